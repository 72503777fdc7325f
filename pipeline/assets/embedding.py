"""Embedding: segments in, vectors out, placed in the live themes the same day.

Rules: `pipeline.domain.embedding`, `pipeline.domain.themes.placement`.
"""

import dagster as dg

from pipeline.assets.spec import table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.embedding import ONE_EACH, UNIT_LENGTH, unusable, without_vector
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.domain.themes.placement import place_segments
from pipeline.partitions import intake_batches
from pipeline.resources.encoder import Encoder
from pipeline.resources.expectations import Expectations
from pipeline.resources.storage import Storage
from pipeline.vector_cache import embedded_batch


@dg.multi_asset(
    name="embed",
    # Placed into themes of the night before, on which they cannot depend: these depend on them.
    specs=[
        table_spec(table, deps=["segments"], kinds={"pytorch"})
        for table in ("segment_embeddings", "placements")
    ],
    check_specs=check_specs_for("segment_embeddings", "placements", checks=[ONE_EACH, UNIT_LENGTH]),
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
    """One vector per segment, and the theme that it is near, where it is near one.

    A text that was embedded before is not embedded again. Both tables stand together: a batch
    whose vectors are there is finished, and its placements are there too.
    """
    segments = storage.read_table("segments", context.partition_key)
    embeddings = embedded_batch(storage, encoder, segments, context.partition_key)
    checks = {
        ONE_EACH: without_vector(segments, embeddings),
        UNIT_LENGTH: unusable(embeddings),
    }
    themes, assignments = (storage.read_table(t) for t in ("themes", "theme_assignments"))
    tables = {
        "segment_embeddings": embeddings,
        "placements": place_segments(segments, embeddings, themes, assignments),
    }
    yield from publish(context, storage, expectations, tables, checks)
    storage.drop_superseded()
