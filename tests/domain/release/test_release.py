"""Releases: only who consented, only what was named on purpose, proven, and whole or not at all."""

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import frictionless
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.domain.governance.approvals import (
    SignOff,
    approvals_table,
    check_of_inequalities,
    named,
)
from pipeline.domain.governance.keys import pseudonym
from pipeline.domain.release.audit import holds_a_name, names_by_conversation
from pipeline.domain.release.building import (
    NOTHING_YET,
    Before,
    Release,
    Terms,
    build_release,
    content_id,
    manifest,
    package_of,
    release_id,
)
from pipeline.domain.release.counts import keep_counts, told_before
from pipeline.domain.release.describing import explained
from pipeline.domain.release.disclosure import AS_COUNTED, Disclosure
from pipeline.domain.release.leaving import Leaving, read_leaving
from pipeline.domain.release.making import made_of
from pipeline.domain.release.policy import COLUMNS, SET_KINDS, slug
from pipeline.domain.release.publishing import files_of, latest_release, publish_release
from pipeline.domain.release.telling import ONLY_TYPES, Policy, read_policy
from pipeline.domain.release.verification import Held, verify_copy, verify_files, verify_release
from pipeline.domain.stories.curation import curate
from pipeline.resources.storage import Storage
from pipeline.settings import Settings
from pipeline.tables import AUDIENCES, TABLES, empty, parquet_bytes, records

TODAY = date(2024, 6, 1)
KEY = b"a key of thirty-two bytes, or so"
PUBLIC = "public"


GENERALISATIONS = pd.DataFrame(
    [
        (f"D{at:02}", placeholder, entity_type, level, value)
        for at in range(12)
        for placeholder, entity_type, level, value in (
            ("[AGE_1234]", "AGE", "five_years", "70 to 74"),
            ("[AGE_1234]", "AGE", "ten_years", "70 to 79"),
            ("[PLACE_123]", "PLACE", "area", "Purbeck"),
            ("[PLACE_123]", "PLACE", "county", "Dorset"),
            ("[PERSON_1]", "PERSON", "relation", "participant"),
        )
    ],
    columns=TABLES["generalisations"].schema.names,
)
POLICIES = {
    audience: read_policy(
        {
            "audience": audience,
            "types": {
                "AGE": {age: "[age {value}]", "otherwise": "[an age]"},
                "PLACE": {place: "[a place in {value}]", "otherwise": "[a place]"},
            },
        },
        audience,
    )
    for audience, age, place in zip(
        AUDIENCES,
        ("five_years", "ten_years", "ten_years", "life_stage"),
        ("area", "area", "county", "county"),
        strict=True,
    )
}


class Made(NamedTuple):
    """What releases are made from, and the counts that each audience's goes by."""

    tables: dict[str, pd.DataFrame]
    settings: Settings
    cells: dict[str, dict[str, int]]


def consent_of(**changed: dict[str, Any]) -> pd.DataFrame:
    """Consent to everything for everybody, except as said."""
    everything = {"audience": PUBLIC, "quote": True, "story": True, "training": True}
    rows = [
        dict.fromkeys(TABLES["consent"].schema.names)
        | everything
        | {
            "recontact": False,
            "film": False,
            "conversation_id": f"D{at:02}",
            "participant_id": f"Q{at:02}",
        }
        | changed.get(f"D{at:02}", {})
        for at in range(12)
    ]
    return pd.DataFrame(rows, columns=TABLES["consent"].schema.names, dtype=object)


@pytest.fixture(scope="module")
def made(programme: Any, settings: Settings) -> Made:
    turns = programme.redacted_turns
    text = turns.loc[turns["conversation_id"].eq("D03"), "text"].iloc[1][:24]
    phrase = {"conversation_id": "D03", "turn": 1, "start": 0, "end": 24, "text": text}
    phrase["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    tables = {
        **curate(*programme, settings)._asdict(),
        "themes": programme.themes.assign(phrases=[[phrase], []]),
        "theme_assignments": programme.theme_assignments,
        "segments": programme.segments,
        "redacted_turns": turns,
        "segment_embeddings": programme.embeddings,
        "generalisations": GENERALISATIONS,
    }
    changed = {name: redacted(frame) for name, frame in tables.items()}
    ours = Made(changed | {"clearances": signed_off(changed["stories"])}, settings, {})
    return ours._replace(
        cells={audience: build_all(ours, audience).cells for audience in AUDIENCES}
    )


def redacted(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as if a place and an age had been found in it; offsets stay as they were."""
    hidden = {"the council": "[PLACE_123]", "the winter": "[AGE_1234]"}
    texts = [column for column in ("text", "question") if column in frame.columns]
    changed = frame.copy()
    for column in texts:
        for words, placeholder in hidden.items():
            assert len(words) == len(placeholder)
            changed[column] = changed[column].str.replace(words, placeholder, regex=False)
    if "sha256" in changed.columns:
        changed["sha256"] = [hashlib.sha256(t.encode()).hexdigest() for t in changed["text"]]
    return changed


SMALL_PROGRAMME = Disclosure("k3", 3, 1, complementary=True)
"""So that twelve people can be told of at all."""


def terms_of(made: Made, audience: str, policy: Policy | None = None) -> Terms:
    return Terms(
        "100-conversations",
        "100 Conversations",
        made.settings,
        policy or POLICIES[audience],
        AS_COUNTED if audience == "programme team" else SMALL_PROGRAMME,
        (explained, page_of),
    )


def page_of(leaving: Leaving) -> dict[str, bytes]:
    """A report that is quickly made, in a folder of its own."""
    quotes = leaving.tables["quotes"]
    lines = [leaving.title, leaving.audience, *quotes["quote_id"], *quotes["reading_text"]]
    return {"report/pages/quotes.html": "\n".join(lines).encode()}


def signed_off(stories: pd.DataFrame, audiences: Sequence[str] = AUDIENCES[1:]) -> pd.DataFrame:
    """Clearances of all these stories, and of inequalities."""
    texts = [*stories[["story_id", "sha256"]].itertuples(index=False, name=None)]
    texts.append(("inequalities", check_of_inequalities(empty(TABLES["inequalities"]))))
    rows = [
        {
            "subject": subject, "audience": audience, "status": "cleared", "roles": ["a", "b"],
            "text_check": text[:12], "cleared_until": None, "is_asked_for": True, "why": "Signed.",
        }
        for audience in audiences
        for subject, text in texts
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=TABLES["clearances"].schema.names)


def approvals_of(stories: pd.DataFrame, **changed: Any) -> pd.DataFrame:
    """Two rows of each story, as people would write them for the public."""
    roles = [("engagement lead", False), ("carer on the panel", True)]
    pairs = [(story, role) for story in records(stories) for role in roles]
    sign_offs = [
        SignOff(
            row=row, subject=story["story_id"], text_check=story["sha256"][:12], audience=PUBLIC,
            role=role, lived_experience=is_lived, decision="approve",
            decided_on=date(2024, 5, 1), checklist=True,
        )._replace(**changed)
        for row, (story, (role, is_lived)) in enumerate(pairs, start=2)
    ]  # fmt: skip
    return approvals_table(sign_offs, named(stories, lambda _: ()), lambda _: ())


def build_all(
    made: Made,
    audience: str = PUBLIC,
    consent: pd.DataFrame | None = None,
    before: Before = NOTHING_YET,
    **other: Any,
) -> Release:
    return build_release(
        audience,
        made.tables | other,
        consent_of() if consent is None else consent,
        TODAY,
        KEY,
        terms=terms_of(made, audience),
        before=before,
    )


def build(
    made: Made, audience: str = PUBLIC, consent: pd.DataFrame | None = None, **other: Any
) -> dict[str, bytes]:
    return build_all(made, audience, consent, **other).files


@pytest.fixture(scope="module")
def first_night(made: Made) -> Release:
    """The public release before anything was told, built once for all that only read it."""
    return build_all(made)


@pytest.fixture(scope="module")
def released(first_night: Release) -> dict[str, bytes]:
    return first_night.files


def verify(
    files: dict[str, bytes], made: Made, audience: str = PUBLIC, **changed: Any
) -> list[str]:
    return verify_release(
        files, held(made, audience, **changed), TODAY, audience=audience,
        terms=terms_of(made, audience),
    )  # fmt: skip


def held(made: Made, audience: str, **changed: Any) -> Held:
    """What the data root holds, of which a release was built from everybody's words."""
    names = ("redacted_turns", "generalisations", "clearances")
    root: dict[str, Any] = {name: made.tables[name] for name in names}
    root |= {name: empty(TABLES[name]) for name in ("inequalities", "known_names")}
    root |= {"consent": consent_of(), "key": KEY, "cells": made.cells[audience], "told": {}}
    return Held(**root | changed)


def read(files: dict[str, bytes], table: str) -> pd.DataFrame:
    return pq.read_table(io.BytesIO(files[f"{table}.parquet"])).to_pandas()


# What leaves


@pytest.mark.slow
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_count_is_said_to_be_rounded_only_to_those_who_are_told_it_rounded(
    made: Made, audience: str
) -> None:
    """Nobody is told a number to the nearest five that is not a multiple of five."""
    facts = read(build(made, audience), "overview").set_index("fact")
    of_people = facts.loc[["people", "conversations", "left_out"]]
    is_rounded = not terms_of(made, audience).disclosure.is_exact
    assert of_people["meaning"].str.endswith(", to the nearest 5.").eq(is_rounded).all()
    assert of_people["n"].dropna().mod(5).eq(0).all() == is_rounded
    assert not facts.drop(of_people.index)["meaning"].str.contains("nearest").any()


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_release_keeps_every_promise_as_built(made: Made, audience: str) -> None:
    assert verify(build(made, audience), made, audience) == []


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_data_package_is_valid(made: Made, audience: str) -> None:
    package = json.loads(build(made, audience)["datapackage.json"])
    assert not list(frictionless.Package.metadata_validate(package))
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"


def test_tables_say_what_they_are_and_how_they_were_made(released: dict[str, bytes]) -> None:
    schema = pq.read_schema(io.BytesIO(released["quotes.parquet"]))
    kept = {key.decode() for key in schema.metadata}
    assert {
        "description", "schema_version", "code_version", "model_ids", "consent_policy",
        "disclosure_policy",
    } <= kept  # fmt: skip
    assert all(b"description" in schema.field(name).metadata for name in schema.names)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_vector_and_no_column_beyond_the_allow_list_leaves(made: Made, audience: str) -> None:
    files = build(made, audience)
    names = {name.removesuffix(".parquet") for name in files if name.endswith(".parquet")}
    assert names == set(COLUMNS[audience])
    for name in names:
        columns = set(read(files, name).columns)
        assert columns == set(COLUMNS[audience][name])
        assert not columns & {"vector", "centre", "n_redactions", "speaker"}


def test_a_new_column_stays_inside_until_it_is_named(made: Made) -> None:
    wider = {name: made.tables[name].assign(shoe_size=7) for name in ("quotes", "stories")}
    assert build(made, **wider) == build(made)


def test_who_withdrew_or_chose_another_audience_is_nowhere(made: Made) -> None:
    consent = consent_of(D01={"audience": "programme team"}, D02={"withdrawn_on": TODAY})
    files = build(made, consent=consent)
    ours = build(made, "programme team", consent)
    for conversation, audience, place in (
        ("D01", PUBLIC, files),
        ("D02", PUBLIC, files),
        ("D02", "programme team", ours),
    ):
        name = pseudonym(KEY, audience, "conversation", conversation)
        for table in COLUMNS[audience]:
            assert name not in read(place, table).to_csv()
    assert (
        pseudonym(KEY, "programme team", "conversation", "D01") in read(ours, "segments").to_csv()
    )
    assert read(ours, "themes")["n_people"].sum() == 10
    assert read(files, "themes")["n_people"].sum() == 9


def test_a_theme_that_too_few_consented_people_raise_does_not_leave(made: Made) -> None:
    few = {f"D{at:02}": {"audience": "programme team"} for at in range(6, 9)}
    files = build(made, consent=consent_of(**few))
    assert set(read(files, "themes")["theme_id"]) == {"theme-bus"}
    for table in ("quotes", "stories", "theme_prevalence"):
        assert set(read(files, table)["theme_id"].dropna()) == {"theme-bus"}
    assert "theme-theme-garden" not in set(read(files, "story_sets")["story_set_id"])
    team = build(made, "programme team", consent_of(**few))
    assert set(read(team, "themes")["theme_id"]) == {"theme-bus", "theme-garden"}


def test_words_of_a_theme_are_those_that_three_people_who_may_be_heard_said(made: Made) -> None:
    segments = made.tables["segments"].copy()
    segments.loc[segments["conversation_id"] >= "D06", "text"] = "We grew apples there."
    told_of_quinces = segments["conversation_id"].isin(["D06", "D07", "D08"])
    segments.loc[told_of_quinces, "text"] += " And there were quinces."
    before = read(build(made, segments=segments), "themes").set_index("theme_id")
    assert "quinces" in before.loc["theme-garden", "keywords"]
    silent = consent_of(D08={"audience": "programme team"})
    files = build(made, consent=silent, segments=segments)
    after = read(files, "themes").set_index("theme_id")
    assert len(after.loc["theme-garden", "keywords"])
    assert not any(b"quinces" in content for content in files.values())


def test_a_word_that_was_told_is_told_again_while_anybody_says_it(made: Made) -> None:
    segments = made.tables["segments"].copy()
    segments.loc[segments["conversation_id"].eq("D06"), "text"] += " And there were quinces."

    def words(**changed: dict[str, Any]) -> set[str]:
        before = Before({}, {}, {"theme-garden": {"label": "quinces", "keywords": ["quinces"]}})
        release = build_all(made, PUBLIC, consent_of(**changed), before, segments=segments)
        garden = read(release.files, "themes").set_index("theme_id").loc["theme-garden"]
        return {garden["label"], *garden["keywords"]}

    assert words() == {"quinces"}
    without = words(D06={"audience": "programme team"})
    assert without
    assert "quinces" not in without


@pytest.mark.parametrize("label", ["no shared words (3)", "No shared words"])
def test_a_theme_that_had_no_name_and_no_keywords_is_given_none_while_words_stand(
    made: Made, label: str
) -> None:
    before = Before({}, {}, {"theme-garden": {"label": label, "keywords": []}})
    release = build_all(made, PUBLIC, before=before)
    garden = read(release.files, "themes").set_index("theme_id").loc["theme-garden"]
    assert garden["label"] == label
    assert not len(garden["keywords"])
    anew = read(build(made), "themes").set_index("theme_id").loc["theme-garden"]
    assert anew["label"] != label
    assert len(anew["keywords"])


def test_where_the_curve_of_saturation_ends_tells_no_exact_number(made: Made) -> None:
    row = dict.fromkeys(TABLES["saturation"].schema.names, 0.5)
    curve = pd.DataFrame([row | {"n_conversations": n} for n in range(1, 13)])
    for audience in AUDIENCES:
        told = read(build(made, audience, saturation=curve), "saturation")["n_conversations"]
        assert told.tolist() == ([*range(1, 13)] if audience == "programme team" else [5, 10])


def test_a_name_stays_where_three_who_may_be_heard_say_its_words_on_any_theme(made: Made) -> None:
    segments = made.tables["segments"].copy()
    beds = segments["conversation_id"].isin(["D01", "D02", "D03"])
    segments.loc[beds, "text"] += " And there were quinces."
    garden = made.tables["themes"]["theme_id"].eq("theme-garden")
    themes = made.tables["themes"].assign(
        label=made.tables["themes"]["label"].mask(garden, "quinces")
    )
    labels = read(build(made, segments=segments, themes=themes), "themes").set_index("theme_id")
    assert labels.loc["theme-garden", "label"] == "quinces"
    silent = consent_of(D03={"audience": "programme team"})
    fewer = read(build(made, consent=silent, segments=segments, themes=themes), "themes")
    assert "quinces" not in set(fewer["label"])


def test_a_set_of_a_theme_has_the_label_that_the_theme_leaves_with(made: Made) -> None:
    files = build(made)
    labels = dict(read(files, "themes")[["theme_id", "label"]].itertuples(index=False))
    sets = read(files, "story_sets").query("kind == 'theme'")
    titles = dict(sets[["story_set_id", "title"]].itertuples(index=False))
    assert titles == {set_id: labels[set_id.removeprefix("theme-")] for set_id in titles}


def test_what_people_called_and_said_of_a_theme_leaves_in_place_of_the_made_name(
    made: Made,
) -> None:
    called = made.tables["themes"].assign(
        label=["Getting about", "beans"], label_by=["people", "text"],
        description=["How people get from here to there.", None],
    )  # fmt: skip
    files = build(made, themes=called)
    themes = read(files, "themes").set_index("theme_id")
    assert themes.loc["theme-bus", "label"] == "Getting about"
    assert themes.loc["theme-bus", "description"] == "How people get from here to there."
    assert themes.loc["theme-garden", "label"] != "beans"
    titles = read(files, "story_sets").set_index("story_set_id")["title"]
    assert set(titles[["theme-theme-bus"]]) == {"Getting about"}


def test_a_theme_that_people_hid_leaves_in_no_table(made: Made) -> None:
    hidden = made.tables["themes"].assign(status=["live", "hidden"])
    for audience in AUDIENCES:
        files = build(made, audience, themes=hidden)
        assert set(read(files, "themes")["theme_id"]) == {"theme-bus"}
        assert set(read(files, "quotes")["theme_id"]) == {"theme-bus"}
        assert "theme-garden" not in set(read(files, "stories")["theme_id"])


def test_counts_are_of_people_who_may_be_heard(made: Made) -> None:
    theme = read(build(made, consent=consent_of(D05={"audience": None})), "themes").iloc[0]
    assert theme["n_people"] == 5
    assert theme["share_of_people"] == pytest.approx(5 / 10, abs=1e-6)  # of 11, to the nearest 5
    assert theme["share_low"] < theme["share_of_people"] < theme["share_high"]


def test_quotes_stories_and_training_each_need_their_own_consent(made: Made) -> None:
    no_quotes = consent_of(**{f"D{at:02}": {"quote": False} for at in range(12)})
    files = build(made, consent=no_quotes)
    assert read(files, "quotes").empty
    assert not any(len(phrases) for phrases in read(files, "themes")["phrases"])
    no_stories = consent_of(**{f"D{at:02}": {"story": False} for at in range(12)})
    assert read(build(made, consent=no_stories), "stories").empty
    assert read(build(made, consent=no_stories), "story_sets").empty
    no_training = consent_of(**{f"D{at:02}": {"training": False} for at in range(12)})
    kinds = set(read(build(made, "programme team", no_training), "story_sets")["kind"])
    assert "training" not in kinds
    assert "theme" in kinds


@pytest.mark.parametrize("audience", AUDIENCES)
def test_only_kinds_of_sets_meant_for_the_audience_leave(made: Made, audience: str) -> None:
    files = build(made, audience)
    assert set(read(files, "story_sets")["kind"]) <= SET_KINDS[audience]
    apart = "new_perspective" in set(read(files, "stories")["lane"])
    assert apart is ("new_perspective" in SET_KINDS[audience])


def test_audiences_cannot_join_their_releases_by_identifier(made: Made) -> None:
    seen: list[set[str]] = []
    for audience in AUDIENCES:
        quotes = read(build(made, audience), "quotes")
        columns = ("quote_id", "conversation_id", "participant_id")
        seen.append({value for column in columns for value in quotes[column]})
        assert not any(value.startswith(("D0", "Q0")) for value in seen[-1])
    assert all(not one & other for one in seen for other in seen if one is not other)


def test_a_text_with_a_phone_number_left_in_it_stays_behind(made: Made) -> None:
    quotes = made.tables["quotes"].copy()
    quotes.loc[0, "text"] = "You can ring me on 01632 960 123 about it any day."
    files = build(made, quotes=quotes)
    assert not read(files, "quotes")["text"].str.contains("01632").any()
    facts = read(files, "overview").set_index("fact")["n"]
    assert facts["left_out_texts"] == 1
    assert b"- 1: Texts left out" in files["README.md"]


def test_the_same_consented_content_is_the_same_release(made: Made) -> None:
    shuffled = {name: frame.sample(frac=1, random_state=3) for name, frame in made.tables.items()}
    again = build(Made(shuffled, made.settings, {}))
    assert again == build(made)
    assert release_id(build(made, consent=consent_of(D00={"audience": None}))) != release_id(again)


# Proof


FILES = sorted(
    {f"{table}.parquet" for table in COLUMNS[PUBLIC]}
    | {"README.md", "data-dictionary.md", "report/pages/quotes.html"}
    | {"datapackage.json", "manifest.json"}
)


def mended(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    """The files with every hash as it must be for the file of this name."""
    package = json.loads(files["datapackage.json"])
    package["version"] = release_id(files)
    for resource in package["resources"]:
        if resource["path"] == name:
            resource["bytes"] = len(files[name])
            resource["hash"] = f"sha256:{hashlib.sha256(files[name]).hexdigest()}"
    if name == "datapackage.json":
        return files | {"manifest.json": manifest(files)}
    described = json.dumps(package, ensure_ascii=False, indent=1).encode() + b"\n"
    changed = files | {"datapackage.json": described}
    return changed | {"manifest.json": manifest(changed)}


def tampered_table(
    files: dict[str, bytes], table: str, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> dict[str, bytes]:
    """A forgery that mends every hash: only what the texts and rows say can give it away."""
    old = pq.read_table(io.BytesIO(files[f"{table}.parquet"]))
    frame = change(old.to_pandas())
    fields = [old.schema.field(name) for name in frame.columns if name in old.schema.names]
    fields += [pa.field(n, pa.string()) for n in frame.columns if n not in old.schema.names]
    body = parquet_bytes(
        pa.Table.from_pandas(frame, pa.schema(fields, old.schema.metadata), preserve_index=False)
    )
    return mended(files | {f"{table}.parquet": body}, f"{table}.parquet")


def completed(tables: dict[str, bytes]) -> dict[str, bytes]:
    """The whole release that these tables make, as a forger who has the software makes it."""
    made = tables | made_of(read_leaving(tables), (explained, page_of))
    made |= {"datapackage.json": package_of(made)}
    return made | {"manifest.json": manifest(made)}


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)


def first(column: str, value: Any) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda frame: frame.assign(**{column: [value, *frame[column][1:]]})


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_single_altered_bit_is_noticed_in_any_file(
    made: Made, released: dict[str, bytes], name: str
) -> None:
    """At both ends and at places drawn for each file, the same at every run."""
    drawn = Random(name)  # noqa: S311 (places, no secrets)
    last = len(released[name]) - 1
    for at in (0, last, *(drawn.randint(0, last) for _ in range(12))):
        body = bytearray(released[name])
        body[at] ^= 1 << drawn.randrange(8)
        problems = verify(released | {name: bytes(body)}, made)
        assert any(name in problem for problem in problems)


def test_every_file_of_a_release_is_among_those_that_are_altered(
    released: dict[str, bytes],
) -> None:
    assert set(FILES) == set(released)


@pytest.mark.parametrize(
    "name", ["report/pages/quotes.html", "README.md", "data-dictionary.md", "datapackage.json"]
)
def test_a_page_that_its_tables_do_not_make_is_noticed_even_when_every_hash_was_mended(
    made: Made, released: dict[str, bytes], name: str
) -> None:
    changed = released[name].replace(b"public", b"publik", 1)
    assert changed != released[name]
    problems = verify(mended(released | {name: changed}, name), made)
    assert f"{name}: not what the release's own tables make of it" in problems


def test_a_missing_and_a_foreign_file_are_noticed(made: Made, released: dict[str, bytes]) -> None:
    files = released
    problems = verify(files | {"Zola Quist.txt": b"hello"}, made)
    assert problems
    assert not any("Zola" in problem for problem in problems)
    assert verify({n: b for n, b in files.items() if n != "stories.parquet"}, made)


@pytest.mark.parametrize(
    ("table", "change", "reason"),
    [
        ("quotes", first("text", "Something that was never said by anyone here."), "not what was"),
        ("quotes", first("start", 1), "not what was"),
        ("quotes", first("sha256", "0" * 64), "not what was"),
        ("stories", first("text", "A story that nobody told."), "not what was"),
        ("stories", first("conversation_id", "conversation-0000"), "without consent"),
        ("quotes", first("theme_id", "theme-none"), "refer to nothing"),
        ("story_sets", first("story_id", "story-none"), "refer to nothing"),
        ("themes", first("n_people", 2), "fewer people than the threshold"),
        ("theme_prevalence", first("n_people", 2), "fewer people than the threshold"),
        ("themes", first("n_people", 7), "not counted as"),
        ("theme_prevalence", first("share_low", 0.01), "not counted as"),
        ("theme_prevalence", lambda frame: frame.assign(hidden=None), "not counted as"),
        ("overview", lambda frame: frame.assign(n=frame["n"].add(1)), "not counted as"),
        ("quotes", lambda frame: frame.assign(locality="somewhere"), "allow-list"),
        ("stories", lambda frame: frame.drop(columns="reasons"), "allow-list"),
        ("themes", first("label", "ring 01632 960 123"), "a phone number"),
        ("themes", first("label", "zola@quist.example"), "an e-mail address"),
        ("themes", first("label", "near DT1 1AA"), "a postcode"),
        ("themes", first("label", "www.quist.example"), "a web address"),
        ("themes", first("description", "ring 01632 960 123"), "a phone number"),
        ("story_sets", first("kind", "training"), "may not leave"),
        ("stories", first("story_id", "story-0000"), "not signed off"),
    ],
    ids=[
        "words", "offset", "hash", "story", "stranger", "theme of a quote", "story of a set",
        "rare theme", "rare voice", "count", "interval", "reason", "overview", "extra column",
        "missing column", "phone", "e-mail", "postcode", "web address",
        "phone in a description", "kind of set", "another story",
    ],
)  # fmt: skip
def test_a_forgery_is_noticed_even_when_every_hash_was_mended(
    made: Made, released: dict[str, bytes], table: str, change: Any, reason: str
) -> None:
    problems = verify(tampered_table(released, table, change), made)
    assert any(reason in problem for problem in problems)
    assert not any("Zola" in p or "quist" in p or "01632" in p for p in problems)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"withdrawn_on": TODAY}, "quotes"),
        ({"audience": "programme team"}, "stories"),
        ({"quote": False}, "themes.phrases"),
        ({"story": False}, "stories"),
    ],
    ids=["withdrawn", "narrowed", "no quotes", "no stories"],
)
def test_consent_that_changed_since_breaks_the_release(
    made: Made, released: dict[str, bytes], change: dict[str, Any], where: str
) -> None:
    everybody = {f"D{at:02}": change for at in range(12)}
    problems = verify(released, made, consent=consent_of(**everybody))
    assert any(problem.startswith(where) and "without consent" in problem for problem in problems)


def test_with_another_key_nobody_is_known(made: Made, released: dict[str, bytes]) -> None:
    assert verify(released, made, key=b"another key")


# Publishing


def verify_folder(folder: Path, storage: Storage, made: Made) -> list[str]:
    return verify_files(folder, storage, TODAY, partial(terms_of, made))


@pytest.fixture
def storage(tmp_path: Path, made: Made) -> Storage:
    root = Storage(root=str(tmp_path / "data"))
    root.prepare()
    root.write_table("redacted_turns", made.tables["redacted_turns"], "b000001")
    root.write_table("generalisations", GENERALISATIONS, "b000001")
    root.write_table("segment_embeddings", made.tables["segment_embeddings"], "b000001")
    root.write_table("consent", consent_of())
    root.write_table("stories", made.tables["stories"])
    root.write_table("approvals", approvals_of(made.tables["stories"]))
    root.write_bytes("restricted/keys/pseudonym.key", KEY)
    return root


def publish(made: Made, storage: Storage, consent: pd.DataFrame | None = None) -> str:
    """A night: built after what was told before, counts kept, then published."""
    folder = latest_release(storage, PUBLIC)
    before = Before(files_of(storage, folder) if folder else {}, told_before(storage, PUBLIC))
    return publish_built(storage, build_all(made, PUBLIC, consent, before))


def publish_built(storage: Storage, release: Release) -> str:
    keep_counts(storage, PUBLIC, release_id(release.files), release.cells)
    return publish_release(storage, PUBLIC, release.files)


def test_a_published_release_proves_itself_from_its_folder(made: Made, storage: Storage) -> None:
    folder = publish(made, storage)
    assert latest_release(storage, PUBLIC) == folder
    latest = Path(storage.path(f"releases/{slug(PUBLIC)}/latest"))
    assert verify_folder(latest, storage, made) == []
    (latest / "README.md").write_bytes(b"altered")
    assert verify_folder(latest, storage, made)


@pytest.mark.slow
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_forgery_in_a_folder_of_its_own_name_was_never_released(
    made: Made, storage: Storage, audience: str
) -> None:
    """Every hash mended, in figures that nothing else is held against."""
    files = build(made, audience)
    honest = Path(storage.path(publish_release(storage, audience, files)))
    assert "made here" not in " ".join(verify_folder(honest, storage, made))
    forged = tampered_table(files, "themes", first("stability", 0.5))
    forged = completed({n: body for n, body in forged.items() if n.endswith(".parquet")})
    folder = honest.with_name(release_id(forged))
    write_files(folder, forged)
    assert any("no such release was ever made" in p for p in verify_folder(folder, storage, made))


def test_a_copy_without_its_data_root_is_proven_as_far_as_it_goes(
    made: Made, released: dict[str, bytes]
) -> None:
    def verify_alone(files: dict[str, bytes]) -> list[str]:
        return verify_copy(files, partial(terms_of, made))

    assert verify_alone(released) == []
    for name, body in released.items():
        assert verify_alone(released | {name: body + b" "})
        assert verify_alone({n: b for n, b in released.items() if n != name})
    changed = tampered_table(released, "quotes", first("text", "Nobody said this here."))
    assert any("not what their hashes" in problem for problem in verify_alone(changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"role": "carer on the panel"},
        {"text_check": "0" * 12},
        {"expires_on": date(2024, 5, 31)},
        {"decided_on": date(2024, 6, 2)},
        {"audience": "co-design events"},
        {"lived_experience": False},
        {"decision": "refuse"},
        {"decision": ""},
        {"problems": (("checklist", "no_checklist"),)},
    ],
    ids=[
        "one role twice", "another text", "over", "not yet", "narrower", "nobody lived it",
        "refused", "undecided", "unclear row",
    ],
)  # fmt: skip
def test_a_release_does_not_outlive_the_approvals_of_its_stories(
    made: Made, storage: Storage, first_night: Release, changed: dict[str, Any]
) -> None:
    """Whatever the table of clearances says, which is made of them."""
    folder = Path(storage.path(publish_built(storage, first_night)))
    assert verify_folder(folder, storage, made) == []
    storage.write_table("clearances", made.tables["clearances"])
    storage.write_table("approvals", approvals_of(made.tables["stories"], **changed))
    assert any("not signed off" in problem for problem in verify_folder(folder, storage, made))


def test_publishing_the_same_again_touches_nothing(made: Made, storage: Storage) -> None:
    folder = Path(storage.path(publish(made, storage)))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert folder / "report/pages/quotes.html" in before
    publish(made, storage)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_publish_that_dies_leaves_the_earlier_latest_whole(made: Made, storage: Storage) -> None:
    earlier = publish(made, storage)

    class Dying(dict[str, bytes]):
        def items(self) -> Any:
            yield from list(super().items())[:2]
            raise KeyboardInterrupt

    newer = build(made, consent=consent_of(D00={"audience": None}))
    with pytest.raises(KeyboardInterrupt):
        publish_release(storage, PUBLIC, Dying(newer))
    assert latest_release(storage, PUBLIC) == earlier
    assert verify_folder(Path(storage.path(earlier)), storage, made) == []
    assert publish_release(storage, PUBLIC, newer) == latest_release(storage, PUBLIC)


def test_a_remote_data_root_has_a_pointer_file(made: Made) -> None:
    remote = Storage(root="memory://programme")
    folder = publish_release(remote, PUBLIC, build(made))
    assert latest_release(remote, PUBLIC) == folder
    assert files_of(remote, folder) == build(made)
    assert "report" in remote.names(folder)


# What placeholders are told as


def test_a_text_is_read_with_what_its_audience_is_told(made: Made) -> None:
    expected = dict(
        zip(
            AUDIENCES,
            ("[a place in Purbeck]", "[a place in Purbeck]", *["[a place in Dorset]"] * 2),
            strict=True,
        )
    )
    for audience in AUDIENCES:
        quotes = read(build(made, audience), "quotes")
        own = quotes[quotes["text"].str.contains("[PLACE_123]", regex=False)]
        assert len(own)
        for text, reading in zip(own["text"], own["reading_text"], strict=True):
            assert reading == text.replace("[PLACE_123]", expected[audience])


def test_a_text_without_placeholders_reads_as_it_was_said(released: dict[str, bytes]) -> None:
    quotes = read(released, "quotes")
    plain = quotes[~quotes["text"].str.contains("[", regex=False)]
    assert len(plain)
    assert plain["text"].tolist() == plain["reading_text"].tolist()


def test_no_value_finer_than_the_policy_leaves(made: Made) -> None:
    files = build(made)
    for table in COLUMNS[PUBLIC]:
        assert "Purbeck" not in read(files, table).to_csv()
        assert "70 to 7" not in read(files, table).to_csv()
    told = read(files, "placeholders")
    assert set(told["level"].dropna()) == {"county"}
    partners = read(build(made, "health and care partners"), "placeholders")
    assert set(partners["value"]) == {"Purbeck", "70 to 79"}


def test_only_placeholders_of_what_is_released_are_listed(made: Made) -> None:
    few = {f"D{at:02}": {"audience": "programme team"} for at in range(5)}
    told = read(build(made, consent=consent_of(**few)), "placeholders")
    assert set(told["placeholder"]) == {"[AGE_1234]"}
    assert "[PERSON_1]" not in set(
        read(build(made, "programme team"), "placeholders")["placeholder"]
    )


@pytest.mark.parametrize(
    ("table", "change", "reason"),
    [
        ("quotes", first("reading_text", "Nobody said this at all, anywhere."), "reading texts"),
        ("stories", first("reading_text", ""), "reading texts"),
        ("placeholders", first("reading", "[a place in Purbeck]"), "not told as"),
        ("placeholders", first("value", "Purbeck"), "not told as"),
        ("placeholders", first("level", "area"), "not told as"),
        ("placeholders", first("conversation_id", "conversation-0000"), "not told as"),
        ("placeholders", lambda frame: frame[1:], "not told as"),
        ("placeholders", lambda frame: pd.concat([frame, frame[:1]]), "not told as"),
    ],
    ids=["quote", "story", "reading", "finer", "level", "stranger", "missing", "twice"],
)
def test_what_is_told_otherwise_is_noticed_even_when_every_hash_was_mended(
    made: Made, released: dict[str, bytes], table: str, change: Any, reason: str
) -> None:
    assert any(
        reason in problem for problem in verify(tampered_table(released, table, change), made)
    )


def test_a_policy_that_became_coarser_breaks_the_release(
    made: Made, released: dict[str, bytes]
) -> None:
    problems = verify_release(
        released, held(made, PUBLIC), TODAY, audience=PUBLIC,
        terms=terms_of(made, PUBLIC, ONLY_TYPES),
    )  # fmt: skip
    assert any("not told as" in problem for problem in problems)


def test_without_generalisations_only_the_type_is_told(made: Made) -> None:
    files = build(made, generalisations=GENERALISATIONS[:0])
    assert set(read(files, "placeholders")["reading"]) == {"[a place]", "[an age]"}


# Sign-offs


def test_a_story_waits_for_its_sign_off_everywhere_but_with_the_programme_team(made: Made) -> None:
    nobody = made.tables["clearances"][:0]
    for audience in AUDIENCES:
        files = build(made, audience, clearances=nobody)
        assert read(files, "stories").empty is (audience != "programme team")
        assert read(files, "story_sets").empty is (audience != "programme team")
        assert len(read(files, "quotes"))
        n_left_out = read(files, "overview").set_index("fact")["n"]["left_out_stories"]
        assert bool(n_left_out) is (audience != "programme team")


@pytest.mark.parametrize(
    "change",
    [
        {"status": "refused"},
        {"text_check": "0" * 12},
        {"cleared_until": date(2024, 5, 31)},
        {"audience": "co-design events"},
    ],
    ids=["refused", "another text", "over", "another audience"],
)
def test_a_sign_off_that_no_longer_holds_breaks_the_release(
    made: Made, released: dict[str, bytes], change: dict[str, Any]
) -> None:
    clearances = made.tables["clearances"].assign(**change)
    assert read(build(made, clearances=clearances), "stories").empty
    problems = verify(released, made, clearances=clearances)
    assert any("not signed off" in problem for problem in problems)


def test_the_programme_team_sees_sign_offs_under_its_own_names_of_stories(made: Made) -> None:
    files = build(made, "programme team")
    subjects = set(read(files, "clearances")["subject"])
    assert "inequalities" in subjects
    assert subjects - {"inequalities"} == set(read(files, "stories")["story_id"])


def inequalities() -> pd.DataFrame:
    row = dict.fromkeys(TABLES["inequalities"].schema.names, 0.1) | {
        "theme_id": "theme-bus", "dimension": "age", "group": "65 and over", "direction": "over",
        "sentence": "They raise it more.",
    }  # fmt: skip
    return pd.DataFrame([row])


@pytest.mark.slow
def test_what_differs_between_groups_waits_for_a_sign_off_of_its_own(made: Made) -> None:
    found = inequalities()
    signed = made.tables["clearances"].copy()
    signed.loc[signed["subject"].eq("inequalities"), "text_check"] = check_of_inequalities(found)
    for audience in AUDIENCES[:3]:
        waiting = build(made, audience, inequalities=found)
        is_team = audience == "programme team"
        assert len(read(waiting, "inequalities")) == (1 if is_team else 0)
        files = build(made, audience, inequalities=found, clearances=signed)
        assert len(read(files, "inequalities")) == 1
    changed = found.assign(direction="under")
    files = build(made, "co-design events", inequalities=found, clearances=signed)
    problems = verify(files, made, "co-design events", clearances=signed, inequalities=changed)
    assert any("about inequalities" in problem for problem in problems)


# A last look


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Zbigniew Kowalczyk", "I told Kowalczyk about it.", True),
        ("Zbigniew Kowalczyk", "i told zbigniew’s mother", True),
        ("Zbigniew Kowalczyk", "I told [PERSON_1] about it.", False),
        ("Rose Hill", "She rose before the hill.", False),
        ("Rose Hill", "We met rose hill there.", True),
        ("Will", "I will ask.", False),
        ("Ann", "The annual fair.", False),
    ],
    ids=["surname", "small", "placeholder", "words", "full name", "a word", "inside a word"],
)
def test_a_known_name_is_seen_where_it_can_be_nothing_else(
    name: str, text: str, *, expected: bool
) -> None:
    known = pd.DataFrame(
        [("D00", name, "participant")], columns=["conversation_id", "name", "kind"]
    )
    assert holds_a_name(text, names_by_conversation(known).get("D00")) is expected


def test_a_text_with_a_name_stays_behind_and_the_release_goes_on(made: Made) -> None:
    quotes = made.tables["quotes"].copy()
    quotes.loc[0, "text"] = "I told Zbigniew about it, and he said that it would not do."
    of = quotes.loc[0, "conversation_id"]
    names = pd.DataFrame(
        [(of, "Zbigniew Kowalczyk", "participant")], columns=TABLES["known_names"].schema.names
    )
    files = build(made, quotes=quotes, known_names=names)
    assert not any(b"Zbigniew" in body for body in files.values())
    assert read(files, "overview").set_index("fact")["n"]["left_out_texts"] == 1


def test_a_name_that_the_register_learns_later_breaks_the_release(
    made: Made, released: dict[str, bytes]
) -> None:
    changed = first("text", "I told Zbigniew of it, and so did they.")
    forged = tampered_table(released, "quotes", changed)
    everybody = [(f"D{at:02}", "Zbigniew Kowalczyk", "participant") for at in range(12)]
    names = pd.DataFrame(everybody, columns=TABLES["known_names"].schema.names)
    assert "quotes: 1 rows hold a name that the register knows in their conversation" in verify(
        forged, made, known_names=names
    )


# One release after another


def test_a_night_on_which_nothing_changed_gives_the_same_bytes(
    made: Made, storage: Storage
) -> None:
    first_night = publish(made, storage)
    assert publish(made, storage) == first_night
    narrowed = consent_of(D03={"quote": False})  # whose phrase a theme has
    second = publish(made, storage, narrowed)
    assert second != first_night
    assert publish(made, storage, narrowed) == second


def test_what_has_changed_is_told_without_naming_what_is_gone(made: Made, storage: Storage) -> None:
    first_night = files_of(storage, publish(made, storage))
    assert read(first_night, "changes").empty
    narrowed = consent_of(**{f"D{at:02}": {"quote": False} for at in range(6)})
    second = files_of(storage, publish(made, storage, narrowed))
    changes = read(second, "changes")
    gone = changes[changes["kind"].eq("quote") & changes["what"].eq("gone")]
    assert gone["id"].tolist() == ["theme-bus"]
    assert gone["before"].tolist() == [
        str(read(first_night, "quotes")["theme_id"].eq("theme-bus").sum())
    ]
    assert json.loads(second["manifest.json"])["compared_with"] == content_id(first_night)
    back = files_of(storage, publish(made, storage))
    assert set(read(back, "changes").query("kind == 'quote'")["what"]) == {"new"}


def test_one_person_more_changes_no_count_that_was_told(made: Made, storage: Storage) -> None:
    without = consent_of(D05={"audience": None})
    before = files_of(storage, publish(made, storage, without))
    after = files_of(storage, publish(made, storage))
    assert read(before, "themes")["n_people"].tolist() == read(after, "themes")["n_people"].tolist()
    fresh = read(build(made), "themes")["n_people"].tolist()
    assert fresh != read(after, "themes")["n_people"].tolist()
    latest = Path(storage.path(f"releases/{slug(PUBLIC)}/latest"))
    assert verify_folder(latest, storage, made) == []


def test_a_count_that_moved_by_one_person_is_noticed(
    made: Made, released: dict[str, bytes]
) -> None:
    told = {cell: frozenset({n - 1}) for cell, n in made.cells[PUBLIC].items() if n}
    problems = verify(released, made, told=told)
    assert any("by too few people" in problem for problem in problems)
    assert verify(released, made, cells={})
