"""Whether the pipeline serves groups alike: rates over people, gaps told only beyond chance."""

import pandas as pd
import pytest

from pipeline.checks.representation import served_worse, told_of_hidden
from pipeline.domain.governance.equity import Corpus, equity, people
from pipeline.domain.governance.representation import represent
from pipeline.domain.themes.groups import Dimension
from pipeline.settings import Settings
from pipeline.tables import EQUITY_MEASURES, TABLES, empty, frame_of, parquet_bytes, to_arrow

SEX = Dimension("sex", "sex", {}, ())
WORDS = 20


def row(name: str, **values: object) -> dict[str, object]:
    """One row: columns that do not matter here are empty."""
    blank = {c.name: 0 if str(c.type) == "int32" else "" for c in TABLES[name].columns}
    return blank | values


def corpus(
    women: int = 30, men: int = 30, *, masked: tuple[int, int] = (1, 1), quotes: int = 1
) -> Corpus:
    """People who each say one turn; `masked`: placeholders in a woman's and in a man's.

    The last of them raises no theme and has nothing left after validation.
    """
    sexes = ["Female"] * women + ["Male"] * men
    tables: dict[str, list[dict[str, object]]] = {name: [] for name in CORPUS}
    for n, sex in enumerate(sexes):
        at = {"conversation_id": f"C{n:03}", "participant_id": f"P{n:03}"}
        of = {"conversation_id": at["conversation_id"]}
        spare = n % 2
        text = "word " * (WORDS + spare) + "[PLACE_1] " * masked[sex == "Male"]
        told = row("redacted_turns", role="participant", turn=1, text=text)
        tables["participants"].append(
            row("participants", **at) | {"sex": sex, "interviewed_on": None}
        )
        tables["redacted_turns"] += [
            told | of | {"n_redactions": masked[sex == "Male"]},
            row("redacted_turns", role="interviewer", turn=0, text="Well?", n_redactions=1) | of,
        ]
        tables["quotes"] += [row("quotes", **at)] * (quotes if sex == "Female" else 1)
        tables["review"] += [row("redaction_review", turn=turn) | of for turn in (0, 1)]
        if n == len(sexes) - 1:
            tables["exclusions"].append(row("exclusions", reason="too_short", n_words=WORDS) | of)
            continue
        segment = f"C{n:03}/1/0"
        tables["segments"].append(row("segments", segment_id=segment, n_words=WORDS) | at)
        tables["assignments"].append(row("theme_assignments", segment_id=segment, theme_id="T1"))
    return Corpus(
        **{name: pd.DataFrame(rows, columns=columns(name)) for name, rows in tables.items()}
    )


CORPUS = Corpus._fields
TABLE_OF = {
    "assignments": "theme_assignments",
    "review": "redaction_review",
    "canaries": "redaction_canaries",
}


def columns(name: str) -> list[str]:
    return [c.name for c in TABLES[TABLE_OF.get(name, name)].columns]


def canaries(*counts: tuple[str, int, int]) -> pd.DataFrame:
    return frame_of(
        "redaction_canaries",
        [
            {
                "by": "origin", "group": origin, "n_seeded": seeded, "n_found": found,
                "recall": found / seeded, "recall_low": 0.0, "recall_high": 1.0,
            }
            for origin, seeded, found in counts
        ],
    )  # fmt: skip


def found(of: Corpus) -> pd.DataFrame:
    return equity(of, [SEX], Settings()).set_index(["measure", "group"])


def test_each_person_is_counted_by_their_own_words_alone() -> None:
    table = people(corpus(women=2, men=1, masked=(3, 5)))
    assert table["n_words"].tolist() == [WORDS, WORDS + 1, WORDS]
    assert table["n_redactions"].tolist() == [3, 3, 5]
    assert table["n_hits"].tolist() == [1, 1, 1]
    assert table["n_left_out"].tolist() == [0, 0, WORDS]
    assert table["is_unthemed"].tolist() == [0, 0, 1]


def test_a_group_that_loses_more_to_redaction_is_told_of_with_its_gap() -> None:
    row = found(corpus(masked=(1, 4))).loc["redactions_per_1000_words", "Male"]
    assert row["value"] == pytest.approx(4 * 1000 / (WORDS + 0.5), rel=0.01)
    assert row["value_of_others"] == pytest.approx(1000 / (WORDS + 0.5), rel=0.01)
    assert 0 < row["gap_low"] < row["gap"] < row["gap_high"]
    assert "Redactions for each 1,000 words" in row["sentence"]


def test_a_group_that_is_quoted_less_than_it_speaks_is_told_of() -> None:
    row = found(corpus(quotes=3)).loc["quotes_per_1000_words", "Male"]
    assert row["gap_high"] < 0
    assert row["sentence"]


def test_gaps_of_chance_have_an_interval_and_no_sentence() -> None:
    table = found(corpus())
    told = table.loc[["words_per_person", "story_words_per_1000_words"]]
    assert told["sentence"].isna().all()
    assert (told["gap_low"] <= told["gap"]).all()


def test_of_few_people_nothing_is_told() -> None:
    table = found(corpus(women=40, men=7))
    of_people = table[table.index.get_level_values("group").isin(["Female", "Male"])]
    assert of_people["value"].isna().all()
    assert of_people["n_people"].isna().all()
    assert set(of_people.xs("Male", level="group")["hidden"]) == {"small_group"}
    assert set(of_people.xs("Female", level="group")["hidden"]) == {"small_number"}


def test_a_few_people_in_no_theme_are_not_told_by_group() -> None:
    rows = found(corpus()).loc["people_in_no_theme"]
    assert set(rows["hidden"]) == {"small_number"}


def test_made_up_names_are_compared_by_origin_and_are_nobody() -> None:
    sown = canaries(("Welsh", 200, 199), ("Turkish", 200, 120), ("Polish", 200, 198))
    rows = found(corpus()._replace(canaries=sown)).loc["canary_recall"]
    assert rows.loc["Turkish", "value"] == pytest.approx(0.6)
    assert rows.loc["Turkish", "gap_high"] < 0
    assert rows["n_people"].isna().all()
    assert rows["hidden"].isna().all()


def test_canaries_of_all_batches_are_counted_together() -> None:
    two = pd.concat([canaries(("Welsh", 10, 9), ("Irish", 10, 10))] * 2)
    rows = found(corpus()._replace(canaries=two)).loc["canary_recall"]
    one = found(corpus()._replace(canaries=two[:2])).loc["canary_recall"]
    assert rows.loc["Welsh", "value"] == one.loc["Welsh", "value"]
    assert rows.loc["Welsh", "gap_low"] > one.loc["Welsh", "gap_low"]


@pytest.mark.parametrize(
    ("women", "men"), [(0, 0), (1, 0), (0, 30)], ids=["nobody", "one person", "one group"]
)
@pytest.mark.parametrize("dimensions", [[], [SEX]], ids=["no dimensions", "one"])
def test_the_table_keeps_its_columns_whoever_is_heard(
    women: int, men: int, dimensions: list[Dimension]
) -> None:
    table = equity(corpus(women, men), dimensions, Settings())
    assert parquet_bytes(to_arrow(TABLES["pipeline_equity"], table))
    assert table["value"].isna().all()


def test_rows_in_any_order_give_the_same_table() -> None:
    of = corpus(masked=(1, 3))
    back = Corpus(*(frame[::-1] for frame in of))
    assert equity(back, [SEX], Settings()).equals(equity(of, [SEX], Settings()))


def test_every_measure_is_one_of_the_table() -> None:
    sown = canaries(("Welsh", 20, 19), ("Irish", 20, 20))
    table = equity(corpus()._replace(canaries=sown), [SEX], Settings())
    assert set(table["measure"]) == set(EQUITY_MEASURES)


def test_the_checks_name_gaps_and_groups_that_should_be_hidden() -> None:
    of = corpus(masked=(1, 4))
    table = equity(of, [SEX], Settings())
    assert "redactions_per_1000_words/sex/Male" in served_worse(table)
    known = of.participants
    told = represent([SEX], known, known["participant_id"], Settings()).representation
    assert told_of_hidden(table, told) == []
    hidden = told.assign(n_people=float("nan"))
    assert "words_per_person/sex/Female" in told_of_hidden(table, hidden)
    assert told_of_hidden(empty(TABLES["pipeline_equity"]), told) == []
