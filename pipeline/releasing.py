"""Releasing: built from what is live, proven, then published. Rules: `pipeline.domain.release`."""

import dagster as dg

from pipeline.assets.spec import release_asset
from pipeline.checks.gate import Check, Events, check_result, refuse_if_broken
from pipeline.domain.governance.consent import consented, may_go_on
from pipeline.domain.governance.keys import ensure_key
from pipeline.domain.release.building import (
    NEEDED,
    Before,
    Terms,
    build_release,
    is_comparable,
    release_id,
)
from pipeline.domain.release.counts import keep_counts, told_before
from pipeline.domain.release.leaving import read_leaving
from pipeline.domain.release.policy import PASSED_ON
from pipeline.domain.release.publishing import files_of, latest_release, publish_release
from pipeline.domain.release.standing import (
    Hearing,
    Words,
    heard,
    keep_standing,
    keep_words,
    standing,
    standing_words,
)
from pipeline.domain.release.verification import Held, verify_release
from pipeline.hearing import under_present_ids
from pipeline.ledger import note_uses
from pipeline.receiving import today
from pipeline.resources.landing import Landing
from pipeline.resources.programme import Programme
from pipeline.resources.storage import Storage
from pipeline.tables import TABLES

RELEASED_FROM = tuple(sorted({*NEEDED, *PASSED_ON}))


def every_promise_is_proven(audience: str) -> Check:
    """The check of an audience's releases."""
    return Check(
        release_asset(audience),
        "every_promise_is_proven",
        "Read back from its files, the release holds only people with current consent for this "
        "audience and use, only stories that people signed off for it, only texts that stand in "
        "the redacted turns at their offsets, only columns on the allow-list, no theme of too few "
        "people, counts and placeholders told no finer than the audience's policies have it, no "
        "count that differs from one told before by a few people, and nothing shaped like an "
        "e-mail address, telephone number or postcode.",
    )


def release(storage: Storage, programme: Programme, landing: Landing, audience: str) -> Events:
    """Build the release, prove it, and only then publish it and point `latest` to it."""
    consent, live = storage.read_table("consent"), storage.live_batches()
    tables = {
        name: under_present_ids(
            storage.read_live(name, live) if TABLES[name].per_batch else storage.read_table(name),
            consent,
        )
        for name in RELEASED_FROM
    }
    key, day = ensure_key(storage, landing.read_register()), today()
    spoken = tables["segments"]
    people, audible = (
        heard(spoken.loc[spoken["conversation_id"].isin(who), "participant_id"], key)
        for who in (may_go_on(consent, day), consented(consent, audience, None, day))
    )
    fewest = programme.settings().min_cell_people
    tables = standing(storage, tables, people, fewest)
    hearing = Hearing(audience, audible, people)
    before = _before(storage, audience, standing_words(storage, hearing, fewest))
    terms = terms_for(programme, audience)
    files, cells = build_release(audience, tables, consent, day, key, terms=terms, before=before)
    held = Held(
        tables["redacted_turns"],
        tables["generalisations"],
        consent,
        tables["clearances"],
        tables["inequalities"],
        tables["known_names"],
        key,
        cells,
        told_before(storage, audience, but=release_id(files)),
    )
    problems = verify_release(files, held, day, audience=audience, terms=terms)
    result = check_result(every_promise_is_proven(audience), problems)
    yield result
    refuse_if_broken([result])
    keep_counts(storage, audience, release_id(files), cells)
    keep_standing(storage, tables, people, fewest)
    keep_words(storage, hearing, fewest, read_leaving(files).tables["themes"])
    folder = publish_release(storage, audience, files)
    note_uses(storage, audience, files, tables, consent, key, release_id(files))
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


def terms_for(programme: Programme, audience: str) -> Terms:
    """What the programme lays down for releases to an audience."""
    return Terms(
        programme.name,
        programme.title,
        programme.settings(),
        programme.policy(audience),
        programme.disclosure(audience),
    )


def _before(storage: Storage, audience: str, words: Words) -> Before:
    """What the audience was told before: the newest release, the counts of all, and words."""
    folder = latest_release(storage, audience)
    files = files_of(storage, folder) if folder else {}
    return Before(files if is_comparable(files) else {}, told_before(storage, audience), words)
