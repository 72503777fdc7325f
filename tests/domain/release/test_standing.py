"""Figures about the whole programme move only when enough people came or went."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.domain.release.standing import (
    FIGURES,
    Hearing,
    Words,
    heard,
    keep_standing,
    keep_words,
    standing,
    standing_words,
)
from pipeline.resources.storage import Storage
from pipeline.tables import TABLES, empty, frame_of

KEY = b"a key of this test"
PEOPLE = frozenset(f"P{n}" for n in range(40))


def night(share: float) -> dict[str, pd.DataFrame]:
    """Tables of a night in which saturation came to this share."""
    row = {"n_conversations": 5, "share_seen": share, "share_low": share, "share_high": share}
    return {name: empty(TABLES[name]) for name in FIGURES} | {
        "saturation": frame_of("saturation", [row])
    }


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """A data root in which figures of forty people were told."""
    storage = Storage(root=str(tmp_path))
    keep_standing(storage, night(0.5), heard(PEOPLE, KEY), 8)
    return storage


def told(storage: Storage, people: frozenset[str], share: float = 0.75) -> float:
    tables = standing(storage, night(share), heard(people, KEY), 8)
    keep_standing(storage, tables, heard(people, KEY), 8)
    return tables["saturation"]["share_seen"].iloc[0]


def test_the_first_figures_are_told_as_they_are(tmp_path: Path) -> None:
    assert told(Storage(root=str(tmp_path)), PEOPLE) == 0.75


@pytest.mark.parametrize("n", [1, 7])
def test_figures_stand_while_few_people_came(storage: Storage, n: int) -> None:
    assert told(storage, PEOPLE | {f"new {at}" for at in range(n)}) == 0.5


def test_figures_stand_when_one_came_for_one_who_went(storage: Storage) -> None:
    assert told(storage, PEOPLE - {"P0"} | {"new"}) == 0.5


def test_figures_move_once_enough_people_came_over_several_nights(storage: Storage) -> None:
    nights = [told(storage, PEOPLE | {f"new {at}" for at in range(n)}) for n in (3, 6, 9)]
    assert nights == [0.5, 0.5, 0.75]


def test_figures_of_the_same_people_are_told_anew(storage: Storage) -> None:
    assert told(storage, PEOPLE) == 0.75


def test_nobody_is_named_in_what_is_kept(storage: Storage) -> None:
    kept = storage.read_bytes("restricted/disclosure/whole-programme/people.json").decode()
    assert not any(f'"{person}"' in kept for person in PEOPLE)


def test_figures_of_an_earlier_version_do_not_stand(storage: Storage) -> None:
    path = "restricted/disclosure/whole-programme/saturation.parquet"
    storage.write_bytes(path, storage.read_bytes(path.replace("saturation", "touchpoints")))
    assert told(storage, PEOPLE | {"new"}) == 0.75


def feelings(words: list[str], *quotes: str) -> dict[str, pd.DataFrame]:
    """Tables of a night in which these words were told of one moment, with quotes beside them."""
    row = {
        "touchpoint": "waiting",
        "position": 1,
        "group_of_feelings": "worried",
        "title": "Worried",
        "group_position": 1,
        "n_people": 10,
        "words": words,
        "quote_id": quotes[0],
        "candidates": [*quotes],
    }
    return night(0.5) | {"emotional_map": frame_of("emotional_map", [row])}


def test_words_stand_and_the_quotes_beside_them_are_tonights(storage: Storage) -> None:
    keep_standing(storage, feelings(["afraid"], "Q-gone", "Q-stays"), heard(PEOPLE, KEY), 8)
    path = "restricted/disclosure/whole-programme/emotional_map.parquet"
    kept = pd.read_parquet(storage.path(path))
    assert kept["quote_id"].isna().all()
    assert not kept["candidates"].map(len).any()
    tonight = feelings(["cross"], "Q-stays")
    tables = standing(storage, tonight, heard(PEOPLE - {"P0"}, KEY), 8)
    (row,) = tables["emotional_map"].to_dict("records")
    assert [*row["words"]] == ["afraid"]
    assert (row["quote_id"], [*row["candidates"]]) == ("Q-stays", ["Q-stays"])


def named(label: str, by: str = "text") -> pd.DataFrame:
    """Themes as they are released, of which one has this label."""
    row = {"theme_id": "T1", "label": label, "label_by": by, "keywords": [label]}
    return pd.DataFrame([row])


UNHEARD = frozenset(f"partner {n}" for n in range(20))
"""People who may be heard, but not by the audience."""
TOLD = {"T1": {"label": "quinces", "keywords": ["quinces"]}}


def hearing(
    people: frozenset[str], unheard: frozenset[str] = UNHEARD, audience: str = "public"
) -> Hearing:
    return Hearing(audience, heard(people, KEY), heard(people | unheard, KEY))


def words_after(storage: Storage, then: Hearing) -> Words:
    """What stands when these people are heard, a night after everybody's words were kept."""
    keep_words(storage, hearing(PEOPLE, audience=then.audience), 8, named("quinces"))
    stands = standing_words(storage, then, 8)
    keep_words(storage, then, 8, named("plums"))
    return stands


def without(people: frozenset[str], n: int) -> frozenset[str]:
    return frozenset(sorted(people)[n:])


FEW_MOVED = {
    "one heard": hearing(without(PEOPLE, 1)),
    "seven heard": hearing(without(PEOPLE, 7)),
    "one unheard": hearing(PEOPLE, without(UNHEARD, 1)),
    "seven unheard": hearing(PEOPLE, without(UNHEARD, 7)),
    "one unheard for another": hearing(PEOPLE, without(UNHEARD, 1) | {"new"}),
    "one heard, many unheard": hearing(without(PEOPLE, 1), without(UNHEARD, 9)),
    "one narrowed their consent": hearing(PEOPLE - {"P0"}, UNHEARD | {"P0"}),
}
ENOUGH_MOVED = {
    "nobody": hearing(PEOPLE),
    "eight heard": hearing(without(PEOPLE, 8)),
    "eight unheard": hearing(PEOPLE, without(UNHEARD, 8)),
    "eight of both": hearing(without(PEOPLE, 8), without(UNHEARD, 8)),
}


@pytest.mark.parametrize("then", FEW_MOVED.values(), ids=FEW_MOVED.keys())
def test_words_stand_while_few_moved_whether_the_audience_heard_them_or_not(
    tmp_path: Path, then: Hearing
) -> None:
    storage = Storage(root=str(tmp_path))
    assert words_after(storage, then) == TOLD
    assert standing_words(storage, then, 8) == TOLD


@pytest.mark.parametrize("then", ENOUGH_MOVED.values(), ids=ENOUGH_MOVED.keys())
def test_words_are_made_anew_of_the_same_people_and_when_enough_moved(
    tmp_path: Path, then: Hearing
) -> None:
    storage = Storage(root=str(tmp_path))
    assert words_after(storage, then) == {}
    one_more = then._replace(everybody=then.everybody | heard({"new"}, KEY))
    assert standing_words(storage, one_more, 8)["T1"]["label"] == "plums"


def test_words_of_one_audience_do_not_stand_for_another(tmp_path: Path) -> None:
    storage = Storage(root=str(tmp_path))
    words_after(storage, hearing(PEOPLE))
    fewer = without(PEOPLE, 1)
    assert standing_words(storage, hearing(fewer, audience="co-design events"), 8) == {}
    assert words_after(storage, hearing(fewer, audience="programme team")) == {}


def test_nobody_is_named_beside_the_words_that_are_kept(storage: Storage) -> None:
    words_after(storage, hearing(PEOPLE))
    for of in ("people", "everybody"):
        kept = storage.read_bytes(f"restricted/disclosure/words/public-{of}.json").decode()
        assert not any(f'"{person}"' in kept for person in PEOPLE | UNHEARD)


def test_a_label_that_people_decided_does_not_outlive_their_decision(tmp_path: Path) -> None:
    storage = Storage(root=str(tmp_path))
    keep_words(storage, hearing(PEOPLE), 8, named("quinces", "people"))
    stands = standing_words(storage, hearing(without(PEOPLE, 1)), 8)
    assert stands == {"T1": {"keywords": ["quinces"]}}
