"""The register: what spreadsheets do to it, what is wrong in it, and what is never carried on."""

from datetime import date

import pytest

from pipeline.domain.governance.register import Register, read_register, report, without_rows
from pipeline.errors import RegisterError
from pipeline.tables import TABLES, to_arrow

HEADER = (
    "conversation_id,participant_id,contributor_role,interviewer_id,interviewed_on,mode,"
    "participant_names,interviewer_name,known_third_parties,age_band,sex,"
    "gender_same_as_registered,ethnic_group,disability,sexual_orientation,religion,unpaid_carer,"
    "first_language,locality,consent_audience,consent_quote,consent_story,consent_training,"
    "consent_recontact,consent_wording,consent_given_on,consent_withdrawn_on"
)
ROW = {
    "conversation_id": "D001",
    "participant_id": "Q1",
    "participant_names": "Zola Quist; Zo",
    "interviewer_name": "Perpetua",
    "interviewed_on": "2024-03-02",
    "consent_audience": "public",
    "consent_quote": "yes",
    "consent_story": "Y",
    "consent_training": "no",
    "consent_given_on": "02/03/2024",
}


def register_of(*rows: dict[str, str], extra: str = "") -> str:
    names = (HEADER + extra).split(",")
    return "\n".join([",".join(names), *(",".join(r.get(n, "") for n in names) for r in rows)])


def read(*rows: dict[str, str], extra: str = "") -> Register:
    return read_register(register_of(*rows, extra=extra).encode())


def problems(register: Register) -> set[tuple[str, str]]:
    return set(zip(register.problems["column"], register.problems["problem"], strict=True))


def test_a_clean_register_has_no_problems_and_fits_its_tables() -> None:
    register = read(ROW)
    assert register.problems.empty
    for name in ("participants", "known_names", "consent"):
        assert to_arrow(TABLES[name], getattr(register, name)).num_rows


def test_names_are_known_one_by_one_with_whose_they_are() -> None:
    names = read(ROW).known_names
    assert set(zip(names["name"], names["kind"], strict=True)) == {
        ("Zola Quist", "participant"),
        ("Zo", "participant"),
        ("Perpetua", "interviewer"),
    }


def test_both_ways_of_writing_a_day_are_the_same_day() -> None:
    register = read(ROW, ROW | {"conversation_id": "D002", "consent_given_on": "2024-03-02"})
    assert set(register.consent["given_on"]) == {date(2024, 3, 2)}


@pytest.mark.parametrize(
    "content",
    [
        register_of(ROW).encode("utf-8-sig"),
        register_of(ROW).replace(",", ";").replace("Quist; Zo", "Quist| Zo").encode(),
        register_of(ROW).replace(",", "\t").encode("utf-16"),
        register_of(ROW).replace("\n", "\r\n").encode(),
        ("sep=,\n" + register_of(ROW)).encode(),
        register_of(ROW).replace("conversation_id", " Conversation ID ").encode(),
        (register_of(ROW) + "\n,,,,\n\n").encode(),
    ],
    ids=["BOM", "semicolons", "Unicode text", "CRLF", "hint line", "header as typed", "blank rows"],
)
def test_what_spreadsheets_do_to_the_file_changes_nothing(content: bytes) -> None:
    register, plain = read_register(content), read(ROW)
    assert register.problems.empty
    for name in ("participants", "known_names", "consent"):
        assert getattr(register, name).equals(getattr(plain, name))


def test_a_register_in_the_western_code_page_keeps_its_accents() -> None:
    row = ROW | {"participant_names": "Zoë Béla"}
    register = read_register(register_of(row).encode("cp1252"))
    assert "Zoë Béla" in set(register.known_names["name"])


def test_columns_in_another_order_say_the_same() -> None:
    names = HEADER.split(",")[::-1]
    lines = [",".join(names), ",".join(ROW.get(name, "") for name in names)]
    assert read_register("\n".join(lines).encode()).consent.equals(read(ROW).consent)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"interviewed_on": "2024-02-30"}, ("interviewed_on", "bad_date")),
        ({"consent_given_on": "12/31/2024"}, ("consent_given_on", "bad_date")),
        ({"consent_given_on": "0024-03-02"}, ("consent_given_on", "bad_date")),
        ({"consent_quote": "maybe"}, ("consent_quote", "unclear_consent")),
        ({"consent_audience": "everybody"}, ("consent_audience", "unknown_audience")),
        ({"conversation_id": "../../x"}, ("conversation_id", "unsafe_id")),
        ({"conversation_id": ""}, ("conversation_id", "unsafe_id")),
        ({"participant_id": "=1+1"}, ("participant_id", "unsafe_id")),
        ({"locality": "call 01632 960 123"}, ("locality", "contact_value")),
        ({"participant_names": "zola@quist.example"}, ("participant_names", "contact_value")),
    ],
    ids=[
        "no such day", "months first", "another millennium", "neither yes nor no",
        "unknown audience", "path as id", "no id", "formula as id", "phone", "e-mail",
    ],
)  # fmt: skip
def test_a_row_with_an_error_is_left_out_and_the_others_go_on(
    change: dict[str, str], problem: tuple[str, str]
) -> None:
    register = read(ROW | change, ROW | {"conversation_id": "D002"})
    assert problems(register) == {problem}
    assert set(register.problems["row"]) == {2}
    for table in (register.participants, register.consent, register.known_names):
        assert set(table["conversation_id"]) == {"D002"}


def test_of_two_rows_for_one_conversation_neither_counts() -> None:
    register = read(ROW, ROW | {"consent_audience": "none"}, ROW | {"conversation_id": "D002"})
    assert problems(register) == {("conversation_id", "duplicate_id")}
    assert list(register.problems["row"]) == [2, 3]
    assert set(register.consent["conversation_id"]) == {"D002"}


def test_a_cell_too_many_spoils_the_row_rather_than_shifting_consent() -> None:
    register = read_register((register_of(ROW) + ",public").encode())
    assert problems(register) == {("the row", "misaligned_row")}
    assert register.consent.empty


def test_contact_columns_are_refused_and_other_columns_ignored() -> None:
    row = ROW | {"Home Phone": "x1", "email": "x2", "Shoe size": "x3"}
    register = read(row, extra=",Home Phone,email,Shoe size")
    assert problems(register) == {
        ("column 28", "contact_column"),
        ("column 29", "contact_column"),
        ("column 30", "extra_column"),
    }
    everything = " ".join(frame.to_csv() for frame in register)
    assert not any(value in everything for value in ("x1", "x2", "x3", "Shoe", "Home"))


def test_without_the_columns_that_carry_consent_there_is_no_register() -> None:
    with pytest.raises(RegisterError, match="consent_audience"):
        read_register(b"conversation_id,participant_id\nD001,Q1\n")


@pytest.mark.parametrize(
    "content",
    [b"", b" \n", b"PK\x03\x04rest", b"a\x00b", b"\xff\xfe\x00\xd8"],
    ids=["empty", "blank", "workbook", "binary", "half a letter"],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(RegisterError):
        read_register(content)


def test_no_entry_means_no() -> None:
    row = dict.fromkeys(ROW, "") | {"conversation_id": "D001", "participant_id": "Q1"}
    consent = read(row).consent.iloc[0]
    assert consent["audience"] is None
    assert not any(consent[use] for use in ("quote", "story", "training", "recontact"))


def test_the_report_names_row_and_column_and_no_value() -> None:
    lines = report(read(ROW | {"consent_quote": "perhaps-Zola"}))
    assert lines == [
        "row 2, consent_quote: The word is neither yes nor no; write yes or no.",
    ]


def test_taking_a_row_out_leaves_every_other_byte() -> None:
    quoted = ROW | {"conversation_id": "D002", "known_third_parties": '"Ann\r\nBea"'}
    text = register_of(ROW, quoted, ROW | {"conversation_id": "D003"})
    kept = without_rows(text.encode("utf-8-sig"), {"D002"})
    assert kept == register_of(ROW, ROW | {"conversation_id": "D003"}).encode("utf-8-sig")
