"""Erasure: nothing is left anywhere, others keep everything, and a killed one is finished later."""

import hashlib
import io
import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest

from pipeline.checks.preview import preview
from pipeline.domain.embedding.vectors import cache_from_bytes, cache_of, cache_to_bytes
from pipeline.domain.governance.erasure import Spreadsheets, erase, pruned_of, unfinished
from pipeline.domain.governance.keys import pseudonym
from pipeline.domain.governance.register import read_register
from pipeline.domain.governance.residue import Needles, holds, scrub, windows_of
from pipeline.domain.redaction.decisions import read_decisions, recorded
from pipeline.domain.release.building import Terms, build_release
from pipeline.domain.release.disclosure import HES2018
from pipeline.domain.release.publishing import latest_release, publish_release
from pipeline.domain.release.telling import ONLY_TYPES
from pipeline.domain.stories.curation import curate
from pipeline.domain.themes.decisions import read_theme_decisions
from pipeline.domain.themes.decisions import recorded as recorded_of_themes
from pipeline.errors import UsageError
from pipeline.resources.storage import Storage
from pipeline.tables import TABLES, empty
from tests.killing import killed_at_each_touch

TODAY = date(2024, 6, 1)
KEY = b"a key of thirty-two bytes, or so"
GONE, STAYS = "D04", "D05"
CACHE = "deidentified/vector_cache/m-float32/b000001.parquet"
OF_ANOTHER_MODEL = "deidentified/vector_cache/an-earlier-model@1-bfloat16/b000001.parquet"
REGISTER = (
    "conversation_id,participant_id,consent_audience,consent_quote,consent_story\n"
    + "".join(f"D{at:02},Q{at:02},public,yes,yes\n" for at in range(12))
)


class Roots(NamedTuple):
    """Where everything is."""

    store: Storage
    landing: Storage
    register: Path


@pytest.fixture(scope="module")
def template(programme: Any, settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root and landing folder in which every layer holds everybody."""
    base = tmp_path_factory.mktemp("template")
    store = Storage(root=str(base / "data"))
    store.prepare()
    landing = base / "landing"
    landing.mkdir()
    (landing / "participants.csv").write_text(REGISTER)
    register = read_register(REGISTER.encode())
    turns = programme.redacted_turns.assign(speaker="x", source_format="vtt")
    turns["content_hash"] = [
        hashlib.sha256(c.encode()).hexdigest() for c in turns["conversation_id"]
    ]
    per_batch = {
        "turns": turns[list(TABLES["turns"].schema.names)],
        "redacted_turns": programme.redacted_turns,
        "segments": programme.segments,
        "segment_embeddings": programme.embeddings,
        "generalisations": _generalisations(),
    }
    for name, frame in per_batch.items():
        store.write_table(name, frame, "b000001")
    curated = curate(*programme, settings)._asdict()
    corpus = curated | {
        "themes": programme.themes.assign(phrases=[[_phrase(programme)], []]),
        "theme_assignments": programme.theme_assignments,
        "consent": register.consent,
        "participants": register.participants,
    }
    for name, frame in corpus.items():
        store.write_table(name, frame)
    store.write_bytes(CACHE, cache_to_bytes(cache_of(programme.segments, programme.embeddings)))
    files = [
        {"name": f"D{at:02}.vtt", "content_hash": turns["content_hash"].iloc[4 * at]}
        for at in range(12)
    ]
    store.write_json("restricted/batches/b000001/manifest.json", {"files": files})
    files_by_audience = build_release(
        "public", per_batch | corpus, register.consent, TODAY, KEY,
        terms=Terms("p", "P", settings, ONLY_TYPES, HES2018),
    )  # fmt: skip
    publish_release(store, "public", files_by_audience.files)
    for at in range(12):
        own = turns.loc[turns["conversation_id"].eq(f"D{at:02}"), "text"]
        (landing / f"D{at:02}.vtt").write_text("\n".join(own))
    (base / "data/dagster").mkdir()
    with closing(sqlite3.connect(base / "data/dagster/runs.db")) as log:
        log.execute("CREATE TABLE events (event TEXT, n INTEGER)")
        log.execute("INSERT INTO events VALUES (?, 4)", (f'{{"id": "{GONE}", "of": "{STAYS}"}}',))
        log.commit()
    return base


def _generalisations() -> pd.DataFrame:
    rows = [(f"D{at:02}", "[AGE_1]", "AGE", "ten_years", "70 to 79") for at in range(12)]
    return pd.DataFrame(rows, columns=TABLES["generalisations"].schema.names)


def _phrase(programme: Any) -> dict[str, Any]:
    turns = programme.redacted_turns
    text = turns.loc[turns["conversation_id"].eq(GONE), "text"].iloc[1][:30]
    place = {"conversation_id": GONE, "turn": 1, "start": 0, "end": 30, "text": text}
    return place | {"sha256": hashlib.sha256(text.encode()).hexdigest()}


@pytest.fixture
def roots(template: Path, tmp_path: Path) -> Roots:
    shutil.copytree(template, tmp_path / "all", symlinks=True)
    base = tmp_path / "all"
    landing = Storage(root=str(base / "landing"))
    return Roots(Storage(root=str(base / "data")), landing, base / "landing/participants.csv")


def rows(store: Storage) -> dict[str, int]:
    return {
        name: len(store.read_live(name) if table.per_batch else store.read_table(name))
        for name, table in TABLES.items()
    }


def everything(base: Storage) -> list[str]:
    """Every string of every file, by its own reading of Parquet."""
    return [text for path in base.walk() for text in everything_of(base, path)]


def everything_of(base: Storage, path: str) -> list[str]:
    content = base.read_bytes(path)
    if content.startswith(b"PAR1"):
        return [path, pd.read_parquet(base.path(path)).to_csv()]
    return [path, content.decode("latin-1")]


def test_afterwards_nothing_of_the_person_is_left_under_any_root(roots: Roots) -> None:
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    assert certificate.is_clean
    content = hashlib.sha256(GONE.encode()).hexdigest()
    for text in (*everything(roots.store), *everything(roots.landing)):
        assert GONE not in text
        assert content not in text
        assert "bakery, number 6" not in text
        assert "number 17, I remember" not in text


def test_no_picture_that_counts_the_person_outlives_them(roots: Roots) -> None:
    picture = "deidentified/pictures/prevalence.svg"
    roots.store.write_bytes(picture, b"<svg><text>Old Quillfeather: 12 people</text></svg>")
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    assert certificate.is_clean
    assert not roots.store.exists(picture)


def test_what_reviewers_saw_and_decided_of_the_person_goes_from_record_and_file(
    roots: Roots,
) -> None:
    """A rule for the whole programme stays, unless it names the person, whole or in part."""
    header = "conversation_id,text,action,entity_type,reviewer,reason"
    rows = [f"{GONE},orchard,mask,PLACE,,", f"{STAYS},orchard,mask,PLACE,,", "*,Quill Hall,keep,,,"]
    named = [
        "*,old Zebedee Quillfeather,mask,PERSON,,",
        "*,zebedee,mask,PERSON,,",
        "*,Mrs Quillfeather,mask,PERSON,,",
    ]
    file = roots.register.with_name("redaction_decisions.csv")
    file.write_text("\n".join([header, *rows, *named]) + "\n")
    decided = read_decisions(file.read_bytes()).decisions
    none = empty(TABLES["redaction_decisions"])
    roots.store.write_table("redaction_decisions", recorded(none, decided))
    names = [(GONE, "Zebedee Quillfeather", "participant"), (STAYS, "Quill", "participant")]
    known = pd.DataFrame(names, columns=TABLES["known_names"].schema.names)
    roots.store.write_table("known_names", known)
    seen = [
        (rank, conversation, 1, 0, 4, "Zebe", "digits", "digits", 0.5)
        for rank, conversation in enumerate((GONE, STAYS), start=1)
    ]
    review = pd.DataFrame(seen, columns=TABLES["redaction_review"].schema.names)
    roots.store.write_table("redaction_review", review, "b000001")
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY, sheets=Spreadsheets(file))
    assert certificate.is_clean
    assert certificate.removed["redaction_decisions"] == 4
    assert file.read_text() == "\n".join([header, *rows[1:]]) + "\n"
    left = roots.store.read_table("redaction_decisions")
    assert left["conversation_id"].tolist() == [STAYS, "*"]
    review = roots.store.read_table("redaction_review", "b000001")
    assert review["conversation_id"].tolist() == [STAYS]


def test_decisions_about_themes_hold_without_the_words_that_mention_the_person(
    roots: Roots,
) -> None:
    header = "theme_id,action,other_theme_id,words,decided_by,date,reason"
    rows = ["T1,hide,,,,,small talk", f"T2,hide,,,,,{GONE} asked", "T3,rename,,Old Quillfeather,,,"]
    file = roots.register.with_name("theme_decisions.csv")
    file.write_text("\n".join([header, *rows]) + "\n")
    none = empty(TABLES["theme_decisions"])
    decided = read_theme_decisions(file.read_bytes())
    roots.store.write_table("theme_decisions", recorded_of_themes(none, decided, ""))
    names = [(GONE, "Zebedee Quillfeather", "participant")]
    known = pd.DataFrame(names, columns=TABLES["known_names"].schema.names)
    roots.store.write_table("known_names", known)
    themes = roots.store.read_table("themes")
    past = [[{"run_id": "R1", "label": "Old Quillfeather", "by": "people"}], []]
    called = {"label": ["Old Quillfeather", "beans"], "label_by": ["people", "text"]}
    said = ["What Quillfeather told us.", "Beans."]
    roots.store.write_table("themes", themes.assign(label_history=past, description=said, **called))
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY, sheets=Spreadsheets(None, file))
    assert certificate.is_clean
    themes = roots.store.read_table("themes")
    assert "Quillfeather" not in themes.to_csv()
    assert themes["description"].iloc[1] == "Beans."
    assert certificate.removed["theme_decisions"] == 1
    assert file.read_text() == "\n".join([header, rows[0]]) + "\n"
    left = roots.store.read_table("theme_decisions")
    assert left["theme_id"].tolist() == ["T1", "T2"]
    assert left["reason"].dropna().tolist() == ["small talk"]


def test_everybody_else_keeps_everything(roots: Roots) -> None:
    before = roots.store.read_live("turns")
    erase(*roots, [GONE], key=KEY, today=TODAY)
    after = roots.store.read_live("turns")
    assert len(after) == len(before) - 4
    assert before[before["conversation_id"].ne(GONE)].reset_index(drop=True).equals(after)
    assert roots.landing.exists(f"{STAYS}.vtt")
    assert STAYS in roots.register.read_text()
    vectors = cache_from_bytes(roots.store.read_bytes(CACHE))
    kept = cache_of(roots.store.read_live("segments"), roots.store.read_live("segment_embeddings"))
    assert set(vectors) == set(kept)
    with closing(sqlite3.connect(roots.store.path("dagster/runs.db"))) as log:
        assert log.execute("SELECT event FROM events").fetchone() == (
            f'{{"id": "erased", "of": "{STAYS}"}}',
        )


def test_vectors_of_other_models_and_of_crashed_batches_go_too(roots: Roots) -> None:
    """Neither has a table of embeddings that would tell whose vectors the cache holds."""
    segments = roots.store.read_table("segments", "b000001")
    embeddings = roots.store.read_table("segment_embeddings", "b000001")
    earlier = embeddings.assign(model="an-earlier-model@1", precision="bfloat16")
    roots.store.write_bytes(OF_ANOTHER_MODEL, cache_to_bytes(cache_of(segments, earlier)))
    roots.store.delete("deidentified/segment_embeddings/b000001.parquet")
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    stays = segments["conversation_id"].ne(GONE)
    for path, model in ((CACHE, embeddings), (OF_ANOTHER_MODEL, earlier)):
        left = cache_from_bytes(roots.store.read_bytes(path))
        assert set(left) == set(cache_of(segments[stays], model[stays.to_numpy()]))
    assert certificate.removed["vectors in the cache"] == 2 * (~stays).sum()


def test_a_vector_that_comes_back_is_found_by_the_search(roots: Roots) -> None:
    class Forgetful(Storage):
        def write_bytes(self, relative: str, content: bytes) -> None:
            if relative != CACHE:
                super().write_bytes(relative, content)

    forgetful = Forgetful(root=roots.store.root)
    (certificate,) = erase(forgetful, *roots[1:], [GONE], key=KEY, today=TODAY)
    assert certificate.residual == {"deidentified: hash": 1}


@pytest.mark.parametrize("gone", ["D04", "D-04_b"])
def test_a_preview_in_the_event_log_loses_the_rows_of_the_person(tmp_path: Path, gone: str) -> None:
    said = {gone: 'She said "no", caf\u00e9 by the orchard, ' + "and on " * 40, STAYS: "Beans."}
    columns = {"conversation_id": list(said), "turn": 0, "text": list(said.values())}
    empty = {c.name: None for c in TABLES["redacted_turns"].columns}
    shown = preview("redacted_turns", pd.DataFrame(empty | columns))
    with closing(sqlite3.connect(tmp_path / "runs.db")) as log:
        log.execute("CREATE TABLE events (event TEXT)")
        log.execute("INSERT INTO events VALUES (?)", (json.dumps({"md": shown, "of": STAYS}),))
        log.commit()
    scrub(tmp_path / "runs.db", frozenset({gone}))
    with closing(sqlite3.connect(tmp_path / "runs.db")) as log:
        event = json.loads(log.execute("SELECT event FROM events").fetchone()[0])
    assert "orchard" not in event["md"]
    assert f"| {STAYS} | 0 |" in event["md"]
    assert event["md"].endswith("2 of 2 rows")
    assert event["of"] == STAYS


def test_the_certificate_counts_what_went_and_says_nothing_else(roots: Roots) -> None:
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    assert certificate.removed["turns"] == 4
    assert certificate.removed["files in landing"] == 1
    recorded = roots.store.read_table("erasures").iloc[0]
    assert recorded["rows_removed"] > 10
    assert recorded["residual_hits"] == 0
    on_disk = roots.store.read_bytes(f"restricted/erasures/{certificate.certificate_id}.json")
    assert GONE.encode() not in on_disk


def test_releases_that_held_the_person_are_taken_out_and_listed_for_recall(roots: Roots) -> None:
    held = latest_release(roots.store, "public")
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    assert certificate.releases_to_recall == [held]
    assert latest_release(roots.store, "public") is None


def test_running_it_again_changes_nothing(roots: Roots) -> None:
    first = erase(*roots, [GONE], key=KEY, today=TODAY)
    before = rows(roots.store)
    picture = "deidentified/pictures/prevalence.svg"
    roots.store.write_bytes(picture, b"<svg>as the night after made it</svg>")
    assert erase(*roots, [GONE], key=KEY, today=date(2024, 7, 1)) == first
    assert rows(roots.store) == before
    assert roots.store.exists(picture)


def owned_rows(store: Storage) -> None:
    """Rows of the person and of another one in tables that only point at what is whose."""
    stories = store.read_table("stories")
    quotes = store.read_table("quotes")

    def of(frame: pd.DataFrame, conversation: str, column: str) -> str:
        return frame.loc[frame["conversation_id"].eq(conversation), column].iloc[0]

    story = {who: of(stories, who, "story_id") for who in (GONE, STAYS)}
    quote = {who: of(quotes, "D00", "quote_id") for who in (GONE, STAYS)}
    quotes.loc[quotes["quote_id"].eq(quote[GONE]), "conversation_id"] = GONE
    store.write_table("quotes", quotes)
    rows: dict[str, list[dict[str, Any]]] = {
        "uses": [
            {"conversation_id": who, "participant_id": f"Q{who[1:]}", "audience": "public"}
            | {"used_as": "story", "item_id": story[who], "first_used_on": TODAY}
            | {"release_id": "aaaa"}
            for who in (GONE, STAYS)
        ],
        "contributions": [
            {"token": hashlib.sha256(who.encode()).hexdigest()[:20]}
            | {"participant_id": f"Q{who[1:]}"}
            | {"conversation_ids": [who], "quote_ids": [], "story_ids": [story[who]]}
            | {"is_overdue": False}
            for who in (GONE, STAYS)
        ],
        "clearances": [
            {
                "subject": story[who],
                "audience": "public",
                "status": "waits",
                "why": "Nobody signed.",
            }
            | {"text_check": "0" * 12, "is_asked_for": True}
            for who in (GONE, STAYS)
        ],
        "segment_novelty": [
            {"segment_id": f"{who}/1-0", "novelty": 0.5, "rank": 1} for who in (GONE, STAYS)
        ],
        "coder_disagreements": [
            {"coder": "coder A", "segment_id": f"{who}/1-0", "conversation_id": who}
            for who in (GONE, STAYS)
        ],
        "emotional_map": [
            {"touchpoint": "waiting", "position": 1, "group_of_feelings": "worried"}
            | {"title": "Worried", "group_position": 1, "candidates": [quote[GONE], "another"]}
        ],
        "actions": [
            {"action_id": who, "position": 1, "status": "planned", "what": what}
            for who, what in (("A1", "Ring Zebedee Quillfeather back"), ("A2", "A bench"))
        ],
    }
    for name, own in rows.items():
        table = TABLES[name]
        lists = {c.name: [] for c in table.columns if "list" in str(c.type)}
        none = dict.fromkeys(table.schema.names)
        filled = {c.name: 0 for c in table.columns if str(c.type) in ("int32", "double")}
        store.write_table(name, pd.DataFrame([none | lists | filled | row for row in own]))


def test_rows_that_only_point_at_what_is_theirs_go_and_those_of_others_stay(roots: Roots) -> None:
    names = [(GONE, "Zebedee Quillfeather", "participant")]
    known = pd.DataFrame(names, columns=TABLES["known_names"].schema.names)
    roots.store.write_table("known_names", known)
    owned_rows(roots.store)
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    assert certificate.residual == {}
    read = roots.store.read_table
    assert read("uses")["conversation_id"].tolist() == [STAYS]
    assert read("contributions")["participant_id"].tolist() == [f"Q{STAYS[1:]}"]
    for name in ("clearances", "segment_novelty", "coder_disagreements"):
        assert certificate.removed[name] == 1
        assert len(read(name)) == 1
    assert [list(own) for own in read("emotional_map")["candidates"]] == [["another"]]
    assert read("actions")["what"].tolist() == ["erased", "A bench"]


def test_sign_offs_actions_and_projects_of_people_lose_what_is_theirs(roots: Roots) -> None:
    """Reviewers write the story's name as a release has it; a coder's project holds the words."""
    names = [(GONE, "Zebedee Quillfeather", "participant")]
    known = pd.DataFrame(names, columns=TABLES["known_names"].schema.names)
    roots.store.write_table("known_names", known)
    stories = roots.store.read_table("stories")
    story = stories.loc[stories["conversation_id"].eq(GONE), "story_id"].iloc[0]
    as_told = pseudonym(KEY, "programme team", "story", story)
    approvals = roots.register.with_name("story_approvals.csv")
    approvals.write_text(
        f"subject,role,note\n{as_told},peer,\nstory-1,peer,as Quillfeather said\nstory-2,nurse,ok\n"
    )
    actions = roots.register.with_name("actions.csv")
    actions.write_text("action_id,what\nA1,A bench\nA2,A ramp for Mr Quillfeather\n")
    said = roots.store.read_live("turns").set_index("conversation_id")["text"]
    for who in (GONE, STAYS):
        project = io.BytesIO()
        with zipfile.ZipFile(project, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("sources/a.txt", said[who].iloc[1])
        roots.landing.write_bytes(f"recoded/by-{who}.qdpx".lower(), project.getvalue())
    sheets = Spreadsheets(approvals=approvals, actions=actions)
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY, sheets=sheets)
    assert certificate.is_clean
    assert approvals.read_text() == "subject,role,note\nstory-1,peer,erased\nstory-2,nurse,ok\n"
    assert actions.read_text() == "action_id,what\nA1,A bench\nA2,erased\n"
    assert certificate.removed["projects coded again"] == 1
    assert roots.landing.names("recoded") == [f"by-{STAYS}.qdpx".lower()]


def test_who_withdrew_keeps_a_row_of_consent_and_nothing_else(roots: Roots) -> None:
    withdrawn = REGISTER.replace("consent_story\n", "consent_story,consent_withdrawn_on,locality\n")
    withdrawn = withdrawn.replace(
        f"{GONE},Q04,public,yes,yes", f"{GONE},Q04,public,yes,yes,2024-05-20,Upwey"
    )
    roots.register.write_text(withdrawn)
    read = read_register(withdrawn.encode())
    roots.store.write_table("consent", read.consent)
    roots.store.write_table("participants", read.participants)
    when = {GONE: date(2024, 5, 20)}
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY, withdrawn=when)
    assert certificate.is_clean
    assert (certificate.reason, certificate.days_taken) == ("withdrawn", 12)
    assert roots.register.read_text() == withdrawn.replace("Upwey", "")
    kept = {
        path for path in roots.store.walk() if GONE in "".join(everything_of(roots.store, path))
    }
    assert kept == {"restricted/consent.parquet", "restricted/participants.parquet"}
    participants = roots.store.read_table("participants").set_index("conversation_id")
    assert participants.loc[GONE].dropna().to_dict() == {"participant_id": "Q04"}
    recalls = roots.store.read_table("recalls")
    assert recalls[["audience", "reason", "n_people"]].to_numpy().tolist() == [
        ["public", "withdrawn", 1]
    ]
    (again,) = erase(*roots, [GONE], key=KEY, today=date(2024, 7, 1), withdrawn=when)
    assert again == certificate


class KilledError(Exception):
    """Stands for the end of the process."""


class Dying(Storage):
    """A data root whose process is killed at the n-th change."""

    lives: int

    def _spend(self) -> None:
        left = self.lives - 1
        object.__setattr__(self, "lives", left)
        if left < 0:
            raise KilledError

    def write_bytes(self, relative: str, content: bytes) -> None:
        self._spend()
        super().write_bytes(relative, content)

    def delete(self, relative: str) -> None:
        self._spend()
        super().delete(relative)


@pytest.mark.slow
@pytest.mark.parametrize("lives", [0, 1, 2, 5, 8, 11, 14, 16])
def test_killed_at_any_change_and_run_again_it_ends_the_same(
    roots: Roots, template: Path, tmp_path: Path, lives: int
) -> None:
    dying = Dying(root=roots.store.root, lives=lives)
    with pytest.raises(KilledError):
        erase(dying, roots.landing, roots.register, [GONE], key=KEY, today=TODAY)
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY)

    shutil.copytree(template, tmp_path / "calm", symlinks=True)
    calm = Roots(
        Storage(root=str(tmp_path / "calm/data")),
        Storage(root=str(tmp_path / "calm/landing")),
        tmp_path / "calm/landing/participants.csv",
    )
    (undisturbed,) = erase(*calm, [GONE], key=KEY, today=TODAY)
    assert certificate == undisturbed
    assert rows(roots.store) == rows(calm.store)
    assert unfinished(roots.store) == {}


@pytest.mark.slow
def test_killed_on_the_way_a_withdrawal_ends_the_same_when_run_again(
    template: Path, tmp_path: Path
) -> None:
    """A real process, killed before every so many things it does to files."""
    base = tmp_path / "all"
    landing = Storage(root=str(base / "landing"))
    roots = Roots(Storage(root=str(base / "data")), landing, base / "landing/participants.csv")
    when = {GONE: date(2024, 5, 20)}

    def renew() -> None:
        shutil.rmtree(base, ignore_errors=True)
        shutil.copytree(template, base, symlinks=True)

    def ended() -> tuple[Any, ...]:
        (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY, withdrawn=when)
        return certificate, rows(roots.store), unfinished(roots.store), roots.register.read_text()

    def work() -> None:
        erase(*roots, [GONE], key=KEY, today=TODAY, withdrawn=when)

    renew()
    calm = ended()
    renew()
    kills = 0
    for n in killed_at_each_touch(base, work, step=41):
        assert ended() == calm, f"killed at {n}"
        kills += 1
        renew()
    assert kills > 3


def test_a_killed_erasure_is_known_to_be_unfinished(roots: Roots) -> None:
    dying = Dying(root=roots.store.root, lives=5)
    with pytest.raises(KilledError):
        erase(dying, roots.landing, roots.register, [GONE], key=KEY, today=TODAY)
    assert len(unfinished(roots.store)) == 1


def test_what_the_search_still_finds_keeps_the_erasure_open(roots: Roots) -> None:
    copied = roots.store.read_live("turns").loc[lambda t: t["conversation_id"].eq(GONE), "text"]
    roots.store.write_bytes("deidentified/notes.txt", copied.iloc[1].encode())
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    assert certificate.residual == {"deidentified: text": 1}
    assert certificate.days_taken is None
    assert list(unfinished(roots.store).values()) == [GONE]
    (still,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    assert still.residual == certificate.residual, "nothing else knows what they said any more"
    roots.store.delete("deidentified/notes.txt")
    (again,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    assert again.is_clean
    assert unfinished(roots.store) == {}


def test_of_an_unknown_conversation_nothing_is_erased(roots: Roots) -> None:
    before = rows(roots.store)
    with pytest.raises(UsageError, match="Nothing is known"):
        erase(*roots, [GONE, "D99"], key=KEY, today=TODAY)
    assert rows(roots.store) == before


@pytest.mark.parametrize(
    "name",
    ["person-30d95e992b5aef78", "audience", "public", "*", "participants", "story_approvals"],
)
def test_what_merely_stands_somewhere_is_nobody_to_erase(roots: Roots, name: str) -> None:
    """In a release, in a reviewers' rule, in the words they saw, as the name of a file."""
    rule = b"conversation_id,text,action\n*,audience,mask\n"
    decided = recorded(empty(TABLES["redaction_decisions"]), read_decisions(rule).decisions)
    roots.store.write_table("redaction_decisions", decided)
    seen = [(1, STAYS, 1, 0, 8, "audience", "digits", "digits", 0.5)]
    review = pd.DataFrame(seen, columns=TABLES["redaction_review"].schema.names)
    roots.store.write_table("redaction_review", review, "b000001")
    for folder in (roots.store.path(held_by(roots)), roots.landing.path("recoded")):
        Path(folder).mkdir(exist_ok=True)
        (Path(folder) / "told.txt").write_text(f"{name} public audience")
    (roots.register.parent / "story_approvals.csv").write_text("subject,decision\n")
    before = everything(roots.store), everything(roots.landing)
    with pytest.raises(UsageError, match=r"Nothing is known of .* register"):
        erase(*roots, [name], key=KEY, today=TODAY)
    assert (everything(roots.store), everything(roots.landing)) == before


def held_by(roots: Roots) -> str:
    """The release that the data root holds."""
    folder = latest_release(roots.store, "public")
    assert folder
    return folder


@pytest.mark.parametrize("audience", ["programme team", "public"])
@pytest.mark.parametrize(("kind", "own"), [("conversation", GONE), ("person", f"Q{GONE[1:]}")])
def test_what_a_release_calls_somebody_erases_them(
    roots: Roots, audience: str, kind: str, own: str
) -> None:
    called = pseudonym(KEY, audience, kind, own)
    (certificate,) = erase(*roots, [called, GONE], key=KEY, today=TODAY)
    assert certificate.is_clean
    assert certificate.removed["turns"] == 4
    assert GONE not in "".join((*everything(roots.store), *everything(roots.landing)))


def test_who_stands_in_an_earlier_release_and_the_register_alone_is_erased(roots: Roots) -> None:
    """As after the clock of a batch: no row is left but the register's, in file or table."""
    held = held_by(roots)
    for name, table in TABLES.items():
        roots.store.delete(roots.store.table_path(name, "b000001" if table.per_batch else None))
    roots.store.delete("restricted/batches")
    roots.store.delete(CACHE)
    roots.landing.delete(f"{GONE}.vtt")
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    assert certificate.is_clean
    assert certificate.releases_to_recall == [held]
    assert certificate.removed == {"rows of the register": 1}
    assert certificate.as_row()["rows_removed"] == 1
    assert not roots.store.exists(held)


def test_an_erasure_that_was_begun_is_finished_by_the_name_of_the_release(roots: Roots) -> None:
    left = roots.store.read_live("turns").loc[lambda t: t["conversation_id"].eq(GONE), "text"]
    roots.store.write_bytes("deidentified/notes.txt", left.iloc[1].encode())
    (certificate,) = erase(*roots, [GONE], key=KEY, today=TODAY)
    assert not certificate.is_clean
    roots.store.delete("deidentified/notes.txt")
    called = pseudonym(KEY, "public", "conversation", GONE)
    (finished,) = erase(*roots, [called], key=KEY, today=TODAY)
    assert finished.certificate_id == certificate.certificate_id
    assert finished.is_clean


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"of": [{"name": "D04.vtt", "n": 1}, {"name": "D05.vtt"}]}, {"of": [{"name": "D05.vtt"}]}),
        ({"D04.vtt": 7, "D05.vtt": None}, {"D05.vtt": None}),
        ({"conversation_id": "D04", "batch": "b1"}, None),
        (["D04", "D041", None, 4], ["D041", None, 4]),
    ],
    ids=["record in a list", "key", "record by itself", "plain list"],
)  # fmt: skip
def test_state_loses_only_records_of_the_conversation(value: Any, expected: Any) -> None:
    assert pruned_of(value, lambda text: text in ("D04", "D04.vtt")) == expected


def test_what_others_say_as_well_is_no_trace() -> None:
    common = "one two three four five six seven eight"
    assert windows_of([common], ["they said " + common + " too"], KEY) == frozenset()
    assert len(windows_of([common], ["something else"], KEY)) == 1


def test_an_identifier_inside_a_longer_one_is_not_found() -> None:
    needles = Needles(frozenset({"D004"}), frozenset())
    assert holds("x.txt", b"D0041 and XD004", needles) == []
    assert holds("x.txt", b"about D004.", needles) == ["identifier"]
    assert holds("D004.txt", b"", needles) == ["identifier"]
