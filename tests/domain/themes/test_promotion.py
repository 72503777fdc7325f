"""A night's candidate becomes what people see only when it keeps what they know."""

from typing import Any

import pandas as pd
import pytest

from pipeline.domain.themes.corpus import read_corpus
from pipeline.domain.themes.promotion import Promotion, _breaks, kept_share, set_faults, tonight
from pipeline.domain.themes.publishing import Found, FoundTheme, Member, PreviousThemes
from pipeline.settings import Settings
from pipeline.tables import TABLES, empty, to_arrow
from tests.domain.themes.conftest import SUBJECTS, Tables

SETTINGS = Settings()
STRICT = Settings(min_kept_share=1.0)
NOTHING = PreviousThemes(*(empty(TABLES[name]) for name in PreviousThemes._fields))


def night(
    spoken: Tables, before: Promotion | None = None, settings: Settings = SETTINGS
) -> Promotion:
    previous, runs = NOTHING, empty(TABLES["theme_runs"])
    if before:
        previous = PreviousThemes(*(getattr(before.tables, n) for n in PreviousThemes._fields))
        runs = before.theme_runs
    return tonight(*spoken, previous, runs, settings)


def theme_of(promotion: Promotion) -> dict[str, str]:
    rows = promotion.tables.theme_assignments
    own = rows[rows["membership"] != "also"]
    return dict(zip(own["segment_id"], own["theme_id"], strict=True))


def collapsed(spoken: Tables) -> Tables:
    """Everybody speaks of one thing only, all but two subjects."""
    same = [min(at % 5, 1) for at in range(len(spoken.segments))]
    said = {name: spoken.segments[name].iloc[same].tolist() for name in ("text", "spans")}
    vectors = spoken.embeddings["vector"].iloc[same].tolist()
    return Tables(spoken.segments.assign(**said), spoken.embeddings.assign(vector=vectors))


@pytest.fixture(scope="module")
def first(thirty_people: Tables) -> Promotion:
    return night(thirty_people)


@pytest.fixture(scope="module")
def refused(first: Promotion, thirty_people: Tables) -> Promotion:
    return night(collapsed(thirty_people), first, STRICT)


def test_a_first_night_is_promoted(first: Promotion) -> None:
    assert first.reasons == first.faults == []
    assert first.theme_runs["is_promoted"].tolist() == [True]
    assert len(first.tables.themes) == len(SUBJECTS)


@pytest.mark.parametrize("n_people", [0, 3])
def test_too_few_to_have_themes_is_no_reason_to_refuse(
    n_people: int, thirty_people: Tables
) -> None:
    few = night(thirty_people.of(range(n_people)))
    assert few.reasons == few.faults == []
    assert few.tables.themes.empty
    assert to_arrow(TABLES["theme_runs"], few.theme_runs).num_rows == len(few.theme_runs)


def test_a_night_with_a_few_more_people_is_promoted(thirty_people: Tables) -> None:
    before = night(thirty_people.of(range(24)))
    after = night(thirty_people, before, STRICT)
    assert after.reasons == []
    assert after.theme_runs["is_promoted"].tolist() == [True, True]
    assert after.theme_runs["kept_share"].tolist() == [1.0, 1.0]


def test_a_collapse_is_refused_and_last_nights_themes_stay(
    refused: Promotion, first: Promotion
) -> None:
    assert any("collapsed" in reason for reason in refused.reasons)
    assert theme_of(refused) == theme_of(first)
    assert refused.tables.theme_lineage.equals(first.tables.theme_lineage)
    runs = refused.theme_runs.sort_values("position")
    assert runs["is_promoted"].tolist() == [True, False]


def test_the_reason_says_how_to_accept_and_that_line_accepts(
    refused: Promotion, first: Promotion, thirty_people: Tables
) -> None:
    line = f"accept_themes_after: {first.theme_runs['run_id'].item()}"
    assert all(line in reason for reason in refused.reasons)
    name, _, run_id = line.partition(": ")
    agreed = Settings(min_kept_share=1.0, **{name: run_id})  # pyright: ignore[reportArgumentType]
    accepted = night(collapsed(thirty_people), refused, agreed)
    assert accepted.reasons == []
    assert len(set(theme_of(accepted).values())) < len(set(theme_of(first).values()))
    again = night(thirty_people, accepted, agreed)
    assert again.theme_runs.sort_values("position")["kept_share"].iloc[-1] == 1.0 or again.reasons


def test_the_same_refused_night_again_changes_nothing(
    refused: Promotion, thirty_people: Tables
) -> None:
    again = night(collapsed(thirty_people), refused, STRICT)
    for table, frame in again.tables._asdict().items():
        assert frame.equals(getattr(refused.tables, table)), table
    assert again.theme_runs.equals(refused.theme_runs)


def test_a_refusal_is_no_longer_the_newest_row_when_its_inputs_are_gone(
    refused: Promotion, first: Promotion, thirty_people: Tables
) -> None:
    mended = night(thirty_people, refused, STRICT)
    newest = mended.theme_runs.sort_values("position").iloc[-1]
    assert newest["run_id"] == first.theme_runs["run_id"].item()
    assert list(newest["reasons"]) == []
    assert night(thirty_people, mended, STRICT).theme_runs.equals(mended.theme_runs)


def test_who_withdrew_is_gone_and_who_came_is_placed_though_the_night_is_refused(
    thirty_people: Tables,
) -> None:
    before = night(thirty_people.of(range(28)))
    after = night(collapsed(thirty_people.of(range(1, 30))), before, STRICT)
    assert after.reasons
    told = set(after.tables.theme_assignments["segment_id"].str.partition("/")[0])
    assert "C000" not in told
    assert {"C028", "C029"} & told
    assert set(after.tables.themes["theme_id"]) == set(before.tables.themes["theme_id"])


def test_a_theme_that_withdrawals_left_to_two_people_retires_though_the_night_is_refused(
    first: Promotion, thirty_people: Tables
) -> None:
    boats = thirty_people.segments["segment_id"].str.endswith("/0/0")
    gone = thirty_people.segments[boats & thirty_people.segments["participant_id"].gt("P001")]
    left = Tables(
        *(table[~table["segment_id"].isin(gone["segment_id"])] for table in thirty_people)
    )
    (lost,) = {theme_of(first)[segment] for segment in gone["segment_id"]}
    after = night(collapsed(left), first, STRICT)
    assert after.reasons
    assert after.faults == []
    live = after.tables.themes[after.tables.themes["status"].eq("live")]
    assert set(live["theme_id"]) == set(first.tables.themes["theme_id"]) - {lost}
    assert live["n_people"].min() >= SETTINGS.min_theme_people
    ended = after.tables.theme_lineage[after.tables.theme_lineage["event"].eq("retired")]
    assert ended["theme_id"].tolist() == [lost]
    again = night(collapsed(left), after, STRICT)
    assert again.tables.theme_lineage.equals(after.tables.theme_lineage)


@pytest.mark.slow
def test_themes_of_few_conversations_are_found_afresh_once_a_steady_growth_has_made_them_many(
    thirty_people: Tables,
) -> None:
    shown = night(collapsed(thirty_people.of(range(7))))
    for n_people in (14, 21):
        shown = night(collapsed(thirty_people.of(range(n_people))), shown)
    coarse = set(theme_of(shown).values())
    assert len(coarse) < len(SUBJECTS)
    kept = night(thirty_people.of(range(27)), shown, STRICT)
    assert set(theme_of(kept).values()) == coarse
    grown = night(thirty_people, shown, STRICT)
    assert grown.reasons == []
    assert len(set(theme_of(grown).values())) == len(SUBJECTS)
    assert set(theme_of(grown).values()) & coarse
    again = night(thirty_people, grown, STRICT)
    assert again.theme_runs.equals(grown.theme_runs)


def test_a_collapse_is_refused_however_much_the_corpus_has_grown(thirty_people: Tables) -> None:
    before = night(thirty_people.of(range(7)))
    (reason,) = night(collapsed(thirty_people), before).reasons
    assert "collapsed" in reason


def test_mass_withdrawal_is_no_collapse_and_does_not_keep_what_is_left_from_promotion(
    first: Promotion, thirty_people: Tables
) -> None:
    subject = thirty_people.segments["segment_id"].str.split("/").str[1].astype(int)
    is_left = subject.lt(2) | thirty_people.segments["participant_id"].le("P001")
    ids = set(thirty_people.segments.loc[is_left, "segment_id"])
    after = night(
        Tables(*(table[table["segment_id"].isin(ids)] for table in thirty_people)), first, STRICT
    )
    assert after.reasons == after.faults == []
    assert after.theme_runs["is_promoted"].tolist() == [True, True]


def test_arrivals_do_not_hide_that_earlier_segments_are_left_out(thirty_people: Tables) -> None:
    corpus = read_corpus(*thirty_people)
    last = found([member(row, "T1") for row in range(100)])
    half = [member(row, "T1") for row in range(50)]
    arrived = [member(row, "T1") for row in range(100, 150)]
    told = list(_breaks(found([*half, *arrived]), last, corpus, Settings(), 0.0))
    assert any("50.0% of the segments of earlier conversations" in reason for reason in told)


def test_themes_given_up_are_found_afresh_and_what_is_found_again_keeps_its_id(
    thirty_people: Tables,
) -> None:
    coarse = night(collapsed(thirty_people))
    led = night(thirty_people, coarse)
    assert theme_of(led).items() >= theme_of(coarse).items()
    live = led.tables.theme_lineage.sort_values("position")["run_id"].iloc[-1]
    agreed = Settings(accept_themes_after=live)  # pyright: ignore[reportCallIssue]
    afresh = night(thirty_people, led, agreed)
    assert afresh.reasons == []
    assert len(set(theme_of(afresh).values())) == len(SUBJECTS)
    assert set(theme_of(afresh).values()) >= set(theme_of(led).values())
    for settings in (agreed, SETTINGS):
        again = night(thirty_people, afresh, settings)
        assert again.theme_runs.equals(afresh.theme_runs)


def member(row: int, theme_id: str, membership: str = "core") -> Member:
    return Member(row, theme_id, membership, 1.0, "R0123456789")


def found(members: list[Member]) -> Found:
    ids = sorted({m.theme_id for m in members})
    themes = tuple(FoundTheme(i, True, "R0123456789", None, None) for i in ids)
    return Found("R0123456789", themes, tuple(members), empty(TABLES["theme_lineage"]))


FAULTS: list[tuple[str, list[Member], dict[str, Any]]] = [
    ("has 4 people, fewer than 5", [member(5 * at, "T1") for at in range(4)], {}),
    ("centres alike", [member(5 * at, f"T{at % 2}") for at in range(30)], {}),
    (
        "share 70% of their members",
        [member(at, f"T{at % 5}") for at in range(150)]
        + [member(at, "T1", "also") for at in range(0, 150, 5)]
        + [member(at, "T0", "also") for at in range(1, 150, 5)],
        {},
    ),
    ("71 themes", [member(at, f"T{at:02}") for at in range(71)], {"min_theme_people": 1}),
]


@pytest.mark.parametrize(
    ("fault", "members", "settings"), FAULTS, ids=[fault for fault, *_ in FAULTS]
)
def test_each_fault_of_a_theme_set_is_told(
    fault: str, members: list[Member], settings: dict[str, Any], thirty_people: Tables
) -> None:
    told = set_faults(found(members), read_corpus(*thirty_people), Settings(**settings))
    assert any(fault in sentence for sentence in told)


def test_themes_that_people_keep_apart_may_be_alike(thirty_people: Tables) -> None:
    alike = found([member(5 * at, f"T{at % 2}") for at in range(30)])
    corpus = read_corpus(*thirty_people)
    assert list(set_faults(alike, corpus, Settings()))
    assert not list(set_faults(alike, corpus, Settings(), [("T1", "T0")]))


def test_the_share_kept_counts_members_of_last_night_only() -> None:
    before = found([member(0, "T1"), member(1, "T1"), member(2, "T2"), member(3, "T2", "also")])
    after = found([member(0, "T1"), member(1, "T2"), member(2, "T2"), member(9, "T9")])
    assert kept_share(after, before) == pytest.approx(2 / 3)


def test_a_refused_night_publishes_tables_that_keep_their_contract(refused: Promotion) -> None:
    tables = refused.tables._asdict() | {"theme_runs": refused.theme_runs}
    for name, frame in tables.items():
        assert isinstance(frame, pd.DataFrame)
        assert to_arrow(TABLES[name], frame).num_rows == len(frame)
