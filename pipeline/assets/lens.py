"""Lens: segments and frameworks in, scores out. Rules: `pipeline.domain.themes.lens`."""

import dagster as dg

from pipeline.assets.spec import NIGHTLY, table_spec
from pipeline.boundary import quoting_nobody
from pipeline.checks.gate import Events, check_specs_for, publish
from pipeline.checks.lens import EVERY_SEGMENT_SCORED, KNOWN_CODES, unknown_codes, unscored
from pipeline.domain.themes.lens import lens_scores
from pipeline.hearing import heard_today
from pipeline.resources.encoder import Encoder
from pipeline.resources.expectations import Expectations
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage


@dg.multi_asset(
    name="look_through_frameworks",
    specs=[
        table_spec(
            "lens_scores",
            deps=["segment_embeddings", "consent"],  # the rest is upstream
            kinds={"scikitlearn"},
            freshness_policy=NIGHTLY,
        )
    ],
    check_specs=check_specs_for("lens_scores", checks=[EVERY_SEGMENT_SCORED, KNOWN_CODES]),
    pool="models",
)
@quoting_nobody
def look_through_frameworks(
    context: dg.AssetExecutionContext,
    storage: Storage,
    programme: Programme,
    encoder: Encoder,
    expectations: Expectations,
) -> Events:
    """Every segment's score for every entry of the frameworks that the programme has in mind."""
    heard = heard_today(storage, "segments", "segment_embeddings")
    segments, frameworks = heard["segments"], programme.lenses()
    scores = lens_scores(segments, heard["segment_embeddings"], frameworks, encoder.encode)
    checks = {
        EVERY_SEGMENT_SCORED: unscored(scores, segments, frameworks),
        KNOWN_CODES: unknown_codes(scores, frameworks),
    }
    yield from publish(context, storage, expectations, {"lens_scores": scores}, checks)
