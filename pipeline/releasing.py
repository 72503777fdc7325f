"""Releasing: built from what is live, proven, then published. Rules: `pipeline.domain.release`."""

import dagster as dg

from pipeline.assets.spec import release_asset
from pipeline.checks.gate import Check, Events, check_result, refuse_if_broken
from pipeline.domain.governance.keys import ensure_key
from pipeline.domain.release.building import build_release
from pipeline.domain.release.publishing import publish_release
from pipeline.domain.release.verification import Held, verify_release
from pipeline.hearing import under_present_ids
from pipeline.receiving import today
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage
from pipeline.tables import TABLES

RELEASED_FROM = (
    "redacted_turns", "generalisations", "segments", "segment_embeddings", "themes",
    "theme_assignments", "quotes", "stories", "story_sets",
)  # fmt: skip


def every_promise_is_proven(audience: str) -> Check:
    """The check of an audience's releases."""
    return Check(
        release_asset(audience),
        "every_promise_is_proven",
        "Read back from its files, the release holds only people with current consent for this "
        "audience and use, only texts that stand in the redacted turns at their offsets, only "
        "columns on the allow-list, no theme of too few people, placeholders told no finer than "
        "the audience's policy has it, and nothing shaped like an e-mail address, telephone number "
        "or postcode.",
    )


def release(storage: Storage, programme: Programme, landing: Landing, audience: str) -> Events:
    """Build the release, prove it, and only then publish it and point `latest` to it."""
    consent, settings = storage.read_table("consent"), programme.settings()
    live = storage.live_batches()
    tables = {
        name: under_present_ids(
            storage.read_live(name, live) if TABLES[name].per_batch else storage.read_table(name),
            consent,
        )
        for name in RELEASED_FROM
    }
    key, day = ensure_key(storage, landing.read_register()), today()
    policy = programme.policy(audience)
    files = build_release(
        audience, tables, consent, day, key,
        settings=settings, programme=programme.name, policy=policy,
    )  # fmt: skip
    held = Held(tables["redacted_turns"], tables["generalisations"], consent, key)
    problems = verify_release(files, held, day, audience=audience, settings=settings, policy=policy)
    result = check_result(every_promise_is_proven(audience), problems)
    yield result
    refuse_if_broken([result])
    folder = publish_release(storage, audience, files)
    yield dg.MaterializeResult(
        asset_key=release_asset(audience),
        data_version=dg.DataVersion(folder.rpartition("/")[2]),
        metadata={
            "dagster/uri": storage.uri(folder),
            "files": len(files),
            "bytes": sum(map(len, files.values())),
            "verify": f"conversations verify {storage.path(folder)}",
        },
    )
