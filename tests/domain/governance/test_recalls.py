"""Recalls: a release may not lie about once it holds what its audience may hear no more."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.domain.governance.keys import pseudonym
from pipeline.domain.governance.recalls import (
    as_rows,
    recalled_by,
    to_recall,
    to_tell,
    with_recalls,
)
from pipeline.resources.storage import Storage
from pipeline.tables import AUDIENCES, TABLES, empty

TODAY = date(2024, 6, 1)
KEY = b"a key of thirty-two bytes, or so"
PUBLIC, TEAM = AUDIENCES[-1], AUDIENCES[0]


def consent(**changed: dict[str, Any]) -> pd.DataFrame:
    flags = dict.fromkeys(("quote", "story", "training", "recontact", "film"), True)
    rows = [
        dict.fromkeys(TABLES["consent"].schema.names)
        | flags
        | {"conversation_id": f"D{at}", "participant_id": f"Q{at}", "audience": PUBLIC}
        | changed.get(f"D{at}", {})
        for at in range(4)
    ]
    return pd.DataFrame(rows, columns=TABLES["consent"].schema.names, dtype=object)


def called(audience: str, *conversations: str) -> list[str]:
    return [pseudonym(KEY, audience, "conversation", one) for one in conversations]


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    """Two releases: in each D0 is quoted, D1 told, D2 told to train with, and D3 heard."""
    storage = Storage(root=str(tmp_path))
    for audience, folder in ((PUBLIC, "public/aaaa"), (TEAM, "programme-team/bbbb")):
        d0, d1, d2, d3 = called(audience, "D0", "D1", "D2", "D3")
        phrases = [[{"conversation_id": d0, "text": "words"}], []]
        tables = {
            "quotes": pd.DataFrame({"conversation_id": [d0]}),
            "stories": pd.DataFrame({"conversation_id": [d1, d2], "story_id": ["s1", "s2"]}),
            "story_sets": pd.DataFrame({"kind": ["theme", "training"], "story_id": ["s1", "s2"]}),
            "segments": pd.DataFrame({"conversation_id": [d3]}),
            "themes": pd.DataFrame({"theme_id": ["T1", "T2"], "phrases": phrases}),
        }
        for name, frame in tables.items():
            path = tmp_path / "releases" / folder / f"{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            frame.to_parquet(path)
    return storage


def found(store: Storage, consents: pd.DataFrame) -> list[tuple[str, dict[str, int]]]:
    return [(one.audience, dict(one.people)) for one in to_recall(store, consents, KEY, TODAY)]


@pytest.mark.parametrize("left", [0, 40, -1])
def test_a_release_of_which_a_table_is_cut_short_is_taken_out_and_nobody_called(
    store: Storage, left: int
) -> None:
    path = "releases/public/aaaa/stories.parquet"
    store.write_bytes(path, store.read_bytes(path)[:left])
    recalls = to_recall(store, consent(), KEY, TODAY)
    assert [(one.release_id, one.people) for one in recalls] == [("aaaa", {})]
    assert as_rows(recalls, TODAY).empty


def test_nothing_is_recalled_while_consent_is_as_it_was(store: Storage) -> None:
    assert found(store, consent()) == []


@pytest.mark.parametrize(
    ("change", "recalled"),
    [
        ({"D3": {"audience": "programme team"}}, [(PUBLIC, {"narrowed": 1})]),
        ({"D3": {"audience": None}}, [(TEAM, {"narrowed": 1}), (PUBLIC, {"narrowed": 1})]),
        ({"D0": {"quote": False}}, [(TEAM, {"narrowed": 1}), (PUBLIC, {"narrowed": 1})]),
        ({"D1": {"story": False}}, [(TEAM, {"narrowed": 1}), (PUBLIC, {"narrowed": 1})]),
        ({"D2": {"training": False}}, [(TEAM, {"narrowed": 1}), (PUBLIC, {"narrowed": 1})]),
        ({"D1": {"training": False, "quote": False, "film": False}}, []),
        (
            {"D3": {"expires_on": TODAY - timedelta(1)}, "D0": {"withdrawn_on": TODAY}},
            [(TEAM, {"expired": 1, "withdrawn": 1}), (PUBLIC, {"expired": 1, "withdrawn": 1})],
        ),
        ({"D3": {"expires_on": TODAY}}, []),
    ],
    ids=["a narrower audience", "none", "quote", "story", "training", "uses that were not made",
         "expired and withdrawn", "its last day"],
)  # fmt: skip
def test_what_may_be_held_no_more_is_recalled(
    store: Storage, change: dict[str, dict[str, Any]], recalled: list[tuple[str, dict[str, int]]]
) -> None:
    assert found(store, consent(**change)) == recalled


def test_whom_the_register_has_no_more_nobody_may_hear(store: Storage) -> None:
    gone = consent()
    gone = gone[gone["conversation_id"].ne("D1")]
    assert found(store, gone) == [(TEAM, {"narrowed": 1}), (PUBLIC, {"narrowed": 1})]


def test_a_recall_keeps_its_first_day_and_is_told_of_for_a_month(store: Storage) -> None:
    narrowed = consent(D3={"audience": "programme team"})
    first = as_rows(to_recall(store, narrowed, KEY, TODAY), TODAY)
    later = as_rows(to_recall(store, narrowed, KEY, TODAY), TODAY + timedelta(3))
    table = with_recalls(with_recalls(empty(TABLES["recalls"]), first), later)
    assert table["noticed_on"].tolist() == [TODAY]
    assert len(to_tell(table, TODAY + timedelta(29))) == 1
    assert to_tell(table, TODAY + timedelta(30)) == []


def test_of_erasures_people_are_counted_once_however_often_it_is_told() -> None:
    folder = "releases/health-and-care-partners/cccc"
    erasures = [([folder], "withdrawn", "2024-05-02"), ([folder], "withdrawn", "2024-05-01")]
    once = with_recalls(empty(TABLES["recalls"]), recalled_by(erasures))
    twice = with_recalls(once, recalled_by(erasures))
    assert once.equals(twice)
    (row,) = twice.itertuples(index=False)
    assert row == ("health and care partners", "cccc", "withdrawn", 2, date(2024, 5, 1))
