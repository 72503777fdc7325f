"""Exchange files of releases as they are built: valid, verbatim, and they come back."""

import io
import json
from typing import Any

import frictionless
import pandas as pd
import pyarrow.parquet as pq
import pytest
from lxml import etree

from pipeline.domain.exchange.files import exchanged
from pipeline.domain.exchange.known import known_today
from pipeline.domain.exchange.reading import read_project
from pipeline.domain.governance.keys import pseudonym
from pipeline.domain.release.building import build_release
from pipeline.domain.release.describing import explained
from pipeline.tables import AUDIENCES
from tests.domain.exchange.conftest import SCHEMA
from tests.domain.exchange.dialects import Given, recoded, unzipped
from tests.domain.exchange.test_refi import passages
from tests.domain.release.test_release import (
    KEY,
    NOTHING_YET,
    TODAY,
    Made,
    consent_of,
    made,  # noqa: F401 -- a fixture
    terms_of,
)

TEAM = AUDIENCES[0]


def built(made: Made, audience: str) -> dict[str, bytes]:  # noqa: F811 -- the fixture's value
    terms = terms_of(made, audience)._replace(makers=(explained, exchanged))
    consent = consent_of()
    release = build_release(
        audience, made.tables, consent, TODAY, KEY, terms=terms, before=NOTHING_YET
    )
    return release.files


@pytest.fixture(scope="module")
def releases(made: Made) -> dict[str, dict[str, bytes]]:  # noqa: F811
    return {audience: built(made, audience) for audience in AUDIENCES}


def read(files: dict[str, bytes], resource: str) -> pd.DataFrame:
    return pq.read_table(io.BytesIO(files[f"{resource.replace('-', '_')}.parquet"])).to_pandas()


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_foreign_key_of_the_package_leads_somewhere(
    audience: str, releases: dict[str, dict[str, bytes]]
) -> None:
    files = releases[audience]
    package = json.loads(files["datapackage.json"])
    assert not list(frictionless.Package.metadata_validate(package))
    keys = [
        (resource["name"], key["fields"], key["reference"])
        for resource in package["resources"]
        for key in resource.get("schema", {}).get("foreignKeys", ())
    ]
    assert len(keys) > 3
    for name, (field,), reference in keys:
        values = read(files, name)[field].dropna()
        known = read(files, reference["resource"])[reference["fields"][0]]
        assert set(values) <= set(known), (name, field)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_project_of_a_release_is_valid_and_its_passages_are_verbatim(
    audience: str, releases: dict[str, dict[str, bytes]]
) -> None:
    files = releases[audience]
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    assert schema.validate(etree.fromstring(unzipped(files["project.qdpx"])["project.qde"]))
    said = [text for name in ("quotes", "stories") for text in read(files, name)["text"]]
    if audience == TEAM:
        said += list(read(files, "redacted_turns")["text"])
    found = passages(files["project.qdpx"])
    assert found
    assert all(words.startswith(name) and after.isspace() for name, words, after in found)
    assert all(any(words in text for text in said) for _, words, _ in found)


def test_a_release_holds_project_codebook_and_views(
    releases: dict[str, dict[str, bytes]],
) -> None:
    for files in releases.values():
        package: dict[str, Any] = json.loads(files["datapackage.json"])
        paths = {resource["path"] for resource in package["resources"]}
        assert {"project.qdpx", "codebook.qdc", "views.sql"} <= paths & set(files)


def test_what_is_coded_in_a_release_comes_back_to_the_turns_it_was_made_of(
    made: Made,  # noqa: F811
    releases: dict[str, dict[str, bytes]],
) -> None:
    files, turns = releases[TEAM], made.tables["redacted_turns"]
    released, labels = read(files, "redacted_turns"), read(files, "themes")["label"]
    answers = released[released["role"].eq("participant")].drop_duplicates("conversation_id")
    given = [
        Given(conversation, text[5:60], labels[0])
        for conversation, text in zip(answers["conversation_id"], answers["text"], strict=True)
    ]
    themes = made.tables["themes"].assign(status="live", shown_in=None)
    known = known_today(turns, themes, lambda own: pseudonym(KEY, TEAM, "conversation", own))
    found = read_project(recoded(files["project.qdpx"], "Somebody", given), known, 2**22)
    inner = turns.set_index(["conversation_id", "turn"])["text"]
    words = [
        inner[own.conversation_id, place.turn][place.start : place.end]
        for own in found.codings
        for place in own.places
    ]
    assert sorted(words) == sorted(own.words for own in given)
    assert found.problems == ()
