"""Tables: the same rows give the same bytes; a wrong frame is refused without quoting it."""

import datetime as dt

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import PipelineError
from pipeline.tables import (
    TABLES,
    data_dictionary,
    empty,
    parquet_bytes,
    to_arrow,
    type_in_words,
)

SOMEONE = "Rosalind of Quince Lane"

FILLERS = {
    "string": "words",
    "int32": 3,
    "double": 0.5,
    "float": 0.5,
    "bool": True,
    "date32[day]": dt.date(2023, 2, 1),
}


def filler(kind: pa.DataType):
    if pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind):
        return [filler(kind.value_type)]
    if pa.types.is_struct(kind):
        return {field.name: filler(field.type) for field in kind}
    return FILLERS[str(kind)]


def one_row(name: str, **values) -> dict:
    return {c.name: filler(c.type) for c in TABLES[name].columns} | values


def redacted_turns(n: int) -> pd.DataFrame:
    return pd.DataFrame([one_row("redacted_turns", turn=turn, text=f"{turn}") for turn in range(n)])


@given(order=st.permutations(range(7)))
def test_rows_in_any_order_give_the_same_bytes(order: list[int]) -> None:
    table, frame = TABLES["redacted_turns"], redacted_turns(7)
    shuffled = frame.iloc[order].reset_index(drop=True)
    assert parquet_bytes(to_arrow(table, shuffled)) == parquet_bytes(to_arrow(table, frame))


def test_columns_in_any_order_give_the_same_bytes() -> None:
    table, frame = TABLES["redacted_turns"], redacted_turns(3)
    turned = frame[frame.columns[::-1]]
    assert parquet_bytes(to_arrow(table, turned)) == parquet_bytes(to_arrow(table, frame))


@pytest.mark.parametrize("name", TABLES)
def test_a_row_survives_the_way_to_parquet_and_back(name: str) -> None:
    arrow = to_arrow(TABLES[name], pd.DataFrame([one_row(name)]))
    read = pa.parquet.read_table(pa.BufferReader(parquet_bytes(arrow)))
    assert read.equals(arrow)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_rows_keeps_its_columns(name: str) -> None:
    arrow = to_arrow(TABLES[name], empty(TABLES[name]))
    assert arrow.num_rows == 0
    assert arrow.schema.names == [c.name for c in TABLES[name].columns]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ({"text": None}, "redacted_turns.text: 1 nulls"),
        ({"turn": SOMEONE}, "redacted_turns.turn: not int32"),
        ({"start_s": SOMEONE}, "redacted_turns.start_s: not double"),
    ],
    ids=["nothing where there must be something", "words for a number", "words for seconds"],
)
def test_a_wrong_value_is_refused_by_its_column_and_never_quoted(spoil: dict, says: str) -> None:
    frame = pd.DataFrame([one_row("redacted_turns", **spoil)])
    with pytest.raises(PipelineError, match=says) as refusal:
        to_arrow(TABLES["redacted_turns"], frame)
    assert SOMEONE not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_a_new_column_is_refused_since_it_could_carry_names_out() -> None:
    frame = redacted_turns(1).assign(speaker=SOMEONE)
    with pytest.raises(PipelineError, match="speaker") as refusal:
        to_arrow(TABLES["redacted_turns"], frame)
    assert SOMEONE not in str(refusal.value)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(PipelineError, match="n_redactions"):
        to_arrow(TABLES["redacted_turns"], redacted_turns(1).drop(columns="n_redactions"))


@pytest.mark.parametrize("name", TABLES)
def test_every_key_is_a_column_that_is_never_empty(name: str) -> None:
    columns = {c.name: c for c in TABLES[name].columns}
    assert all(not columns[key].nullable for key in TABLES[name].key)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_what_it_and_each_of_its_columns_mean(name: str) -> None:
    table = TABLES[name]
    metadata = table.schema.metadata
    assert metadata[b"description"].decode() == table.meaning
    assert all(field.metadata[b"description"].endswith((b".", b"?")) for field in table.schema)


def test_the_data_dictionary_says_what_may_stand_in_a_column() -> None:
    words = data_dictionary([TABLES["quotes"], TABLES["segments"]])
    assert "## quotes" in words
    assert "## segments" in words
    assert "One of: good, improve, hope, none." in words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (pa.string(), "text"),
        (pa.list_(pa.float32()), "list of number"),
        (pa.list_(pa.float32(), 384), "list of number"),
        (pa.struct([("turn", pa.int32()), ("end", pa.int32())]), "records (turn, end)"),
    ],
    ids=["text", "list", "list of fixed length", "records"],
)
def test_types_are_said_in_words(kind: pa.DataType, words: str) -> None:
    assert type_in_words(kind) == words
