"""Embedding: segments in, vectors out. Rules: `pipeline.domain.embedding`."""

import dagster as dg

from pipeline.assets.spec import table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.embedding import ONE_EACH, UNIT_LENGTH, unusable, without_vector
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.partitions import intake_batches
from pipeline.resources.encoder import Encoder
from pipeline.resources.expectations import Expectations
from pipeline.resources.storage import Storage
from pipeline.vector_cache import embedded_batch


@dg.multi_asset(
    name="embed",
    specs=[table_spec("segment_embeddings", deps=["segments"], kinds={"pytorch"})],
    check_specs=check_specs_for("segment_embeddings", checks=[ONE_EACH, UNIT_LENGTH]),
    partitions_def=intake_batches,
    pool="models",
)
@quoting_nobody
def embed(
    context: dg.AssetExecutionContext,
    storage: Storage,
    encoder: Encoder,
    expectations: Expectations,
) -> Events:
    """One vector per segment; a text that was embedded before is not embedded again."""
    segments = storage.read_table("segments", context.partition_key)
    embeddings = embedded_batch(storage, encoder, segments, context.partition_key)
    checks = {
        ONE_EACH: without_vector(segments, embeddings),
        UNIT_LENGTH: unusable(embeddings),
    }
    tables = {"segment_embeddings": embeddings}
    yield from publish(context, storage, expectations, tables, checks)
    storage.drop_superseded()
