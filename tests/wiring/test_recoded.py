"""Projects that people coded: found in landing, never taken for transcripts, told without names."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.checks.exchange import unfounded, unknown_segments
from pipeline.comparing import compare_with_people
from pipeline.domain.exchange.refi import project
from pipeline.domain.governance.keys import ensure_key
from pipeline.domain.intake.names import file_ref, is_ignored
from pipeline.domain.release.leaving import Leaving
from pipeline.domain.release.policy import PROGRAMME_TEAM
from pipeline.domain.release.pseudonyms import for_audience
from pipeline.resources.landing import Landing
from pipeline.resources.storage import Storage
from pipeline.settings import Settings
from tests.domain.exchange.conftest import BUS, GARDEN, team
from tests.domain.exchange.dialects import DIALECTS, Given, recoded
from tests.fakes import example

CODER = "Rosalind Quince"
REGISTER = b"conversation_id,participant_id,consent_audience\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("recoded/2026-03-01.qdpx", True),
        ("Recoded/old/C001.vtt", True),
        ("recoded", False),
        ("recoded.vtt", False),
        ("batch/recoded/C001.vtt", False),
    ],
)
def test_the_folder_of_recoded_projects_holds_no_transcripts(name: str, *, expected: bool) -> None:
    assert is_ignored(name) is expected


def test_projects_are_found_in_their_folder_alone(tmp_path: Path) -> None:
    for name in ("recoded/b.qdpx", "recoded/sub/a.QDPX", "recoded/.c.qdpx", "d.qdpx"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "recoded" / "readme.txt").write_text("hello")
    landing = Landing(folder=str(tmp_path))
    assert landing.recoded() == ["recoded/b.qdpx", "recoded/sub/a.QDPX"]
    assert [found.name for found in landing.look().files] == ["d.qdpx"]


def test_a_landing_folder_without_projects_has_none(tmp_path: Path) -> None:
    assert Landing(folder=str(tmp_path)).recoded() == []
    assert Landing(folder=str(tmp_path / "nowhere")).recoded() == []


class Root:
    """A data root that holds the small release's tables under inner ids, and its landing folder."""

    def __init__(self, folder: Path) -> None:
        self.inner = team()
        self.folder = folder / "landing"
        (self.folder / "recoded").mkdir(parents=True)
        (self.folder / "participants.csv").write_bytes(REGISTER)
        self.landing = Landing(folder=str(self.folder))
        self.storage = Storage(root=str(folder / "data"))
        self.storage.prepare()
        themes = example("themes", 2).assign(
            theme_id=["T1", "T2"], label=["bus and road", "garden and hall"], status="live"
        )
        self.storage.write_table("themes", themes)
        self.storage.write_table("theme_assignments", self.inner.tables["theme_assignments"])

    def released(self) -> Leaving:
        """What the programme team got: pseudonyms for ids."""
        key = ensure_key(self.storage, REGISTER)
        tables = {
            name: for_audience(table, PROGRAMME_TEAM, key)
            for name, table in self.inner.tables.items()
        }
        return self.inner._replace(tables=tables)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


def test_what_people_code_under_pseudonyms_comes_back_to_our_segments(root: Root) -> None:
    released = root.released()
    turns = released.tables["redacted_turns"]
    names = turns.loc[turns["text"].isin([BUS, GARDEN]), "conversation_id"].tolist()
    given = [Given(name, BUS if at % 2 == 0 else GARDEN, "bus and road")
             for at, name in enumerate(names)]  # fmt: skip
    coded = recoded(project(released), CODER, given)
    (root.folder / "recoded" / f"{CODER}.qdpx").write_bytes(DIALECTS["nvivo"](coded))
    (root.folder / "recoded" / "torn.qdpx").write_bytes(b"torn")
    tables, problems = compare_with_people(
        root.storage, root.landing, Settings(), root.inner.tables
    )
    differing = tables.coder_disagreements
    assert differing["segment_id"].tolist() == ["segment-1", "segment-3"]
    assert differing["coder_theme_ids"].tolist() == [["T1"], ["T1"]]
    assert problems == [f"{file_ref('recoded/torn.qdpx')}: it is no project: not a ZIP archive"]
    assert "quince" not in repr((tables, problems)).lower()
    assert unfounded(*tables) == []
    assert unknown_segments(differing, root.inner.tables["segments"]) == []


def test_a_project_for_another_audience_is_refused(root: Root) -> None:
    (root.folder / "recoded" / "a.qdpx").write_bytes(project(root.inner))
    tables, problems = compare_with_people(
        root.storage, root.landing, Settings(), root.inner.tables
    )
    assert tables.coder_agreement.empty
    assert "no conversation of this programme" in problems[0]


def test_a_project_that_is_too_large_is_not_read(root: Root) -> None:
    (root.folder / "recoded" / "a.qdpx").write_bytes(b"0" * (2**20 + 1))
    settings = Settings(max_file_mb=1)
    _, problems = compare_with_people(root.storage, root.landing, settings, root.inner.tables)
    assert "max_file_mb" in problems[0]


ROW = {
    "coder": "coder 1", "theme_id": "T1", "n_units": 9, "n_machine": 3, "n_coder": 2, "n_both": 2,
    "agreement": 8 / 9,
}  # fmt: skip
DIFFERING = {
    "coder": "coder 1", "segment_id": "S1", "conversation_id": "C1", "machine_theme_ids": ["T1"],
    "coder_theme_ids": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"n_machine": 4}, ["coder 1/T1"]),
        ({"n_coder": 3}, ["coder 1/T1"]),
        ({"n_both": 1}, ["coder 1/T1"]),
        ({"n_units": 2}, ["coder 1/T1"]),
        ({"theme_id": "all"}, []),
        ({"theme_id": "all", "agreement": 0.5}, ["coder 1/all"]),
    ],
)
def test_counts_that_the_disagreements_speak_against_are_named(
    changed: dict[str, object], expected: list[str]
) -> None:
    agreement = pd.DataFrame([ROW | changed])
    assert unfounded(agreement, pd.DataFrame([DIFFERING])) == expected


def test_segments_that_are_none_of_todays_are_named() -> None:
    segments = pd.DataFrame([{"segment_id": "S1", "conversation_id": "C2"}])
    assert unknown_segments(pd.DataFrame([DIFFERING]), segments) == ["S1"]
