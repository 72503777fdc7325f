"""A whole conversation: known names, propagation, placeholders, keep list; by a simple finder."""

from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.redaction import (
    addresses,
    ages,
    contacts,
    dates,
    identifiers,
    jobs,
    names,
    organisations,
    places,
)
from pipeline.domain.redaction.conversation import redact_conversation
from pipeline.domain.redaction.keep import KeepList, read_keep_list
from pipeline.domain.redaction.spans import Finding, merge
from pipeline.tables import TABLES, to_arrow

MODULES = (addresses, ages, contacts, dates, identifiers, jobs, names, organisations, places)


def by_rules(texts: Sequence[str]) -> list[list[Finding]]:
    """All evidence modules, without a language model."""
    return [[f for module in MODULES for f in module.find(text)] for text in texts]


def nothing(texts: Sequence[str]) -> list[list[Finding]]:
    return [[] for _ in texts]


def turns(*texts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "conversation_id": "T1",
            "turn": range(len(texts)),
            "role": "participant",
            "start_s": None,
            "end_s": None,
            "text": texts,
        }
    )


def known(*given_names: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"conversation_id": "T1", "name": given_names, "kind": "participant"},
        columns=["conversation_id", "name", "kind"],
    )


def redact(*texts: str, names_known: Sequence[str] = (), keep: KeepList | None = None) -> list[str]:
    output = redact_conversation(turns(*texts), known(*names_known), by_rules, keep or KeepList())
    return output.redacted_turns["text"].tolist()


def test_one_person_keeps_one_placeholder_in_all_forms() -> None:
    assert redact(
        "I'm Margaret Tolpuddy.",
        "Margaret's kettle, said Mrs Tolpuddy.",
        "Mags is here.",
        names_known=["Margaret Tolpuddy"],
    ) == ["I'm [PERSON_1].", "[PERSON_1]'s kettle, said Mrs [PERSON_1].", "[PERSON_1] is here."]


def test_a_first_name_that_two_people_share_is_not_guessed() -> None:
    output = redact("It was Anna Quince.", "No, Anna Pellow.", "Well, Anna knows.")
    assert output[2] == "Well, [PERSON_3] knows."


@pytest.mark.parametrize(
    "text",
    ["then Zbignew came", "then zbigniew came", "then ZBIGNIEW came", "then Zbigniew's van came"],
    ids=["misspelt", "lower case", "shouted", "possessive"],
)
def test_known_names_are_found_however_they_are_written(text: str) -> None:
    output = redact_conversation(turns(text), known("Zbigniew Pellow"), nothing, KeepList())
    assert "[PERSON_1]" in output.redacted_turns["text"].iloc[0]


def test_a_known_name_that_is_a_word_leaves_the_word_alone() -> None:
    output = redact("So Will rang.", "I will go. Will you?", names_known=["Will Pellow"])
    assert output == ["So [PERSON_1] rang.", "I will go. Will you?"]


def test_kept_phrases_stay_and_known_names_outweigh_them() -> None:
    keep = read_keep_list({"keep": {"brands": ["Harold Lewis"]}, "places": []})
    assert redact("I went to Harold Lewis today.", keep=keep) == ["I went to Harold Lewis today."]
    assert (
        "[PERSON_1]" in redact("So Harold Lewis came.", names_known=["Harold Lewis"], keep=keep)[0]
    )


def test_places_of_the_programme_are_found() -> None:
    keep = read_keep_list({"keep": {}, "places": ["Zibbleford"]})
    assert redact("Down in Zibbleford it rains.", keep=keep) == ["Down in [PLACE_1] it rains."]


def test_redacting_twice_changes_nothing() -> None:
    once = redact(
        "I'm Ewa Pellow, I'm seventy-one, and I live at 14 Quarry Lane in Wimborne.",
        "Dr Okafor at Quarry Down Surgery rang oh double seven double oh nine hundred one two three.",
        "my daughter ania took me to the clinic in leeds",
    )
    assert redact(*once) == once


def test_offsets_and_rules_tell_where_and_why() -> None:
    text = "So I rang Ewa at home."
    output = redact_conversation(turns(text), known("Ewa"), nothing, KeepList())
    row = output.redactions.iloc[0]
    assert text[row["start"] : row["end"]] == "Ewa"
    assert (row["entity_type"], row["replacement"], row["rule"]) == (
        "PERSON",
        "[PERSON_1]",
        "known_name+propagated",
    )


def test_both_tables_fit_their_schemas_also_without_any_finding() -> None:
    for texts in (("So I rang Ewa.",), ("nothing here",)):
        output = redact_conversation(turns(*texts), known("Ewa"), nothing, KeepList())
        to_arrow(TABLES["redacted_turns"], output.redacted_turns)
        to_arrow(TABLES["redactions"], output.redactions)


def test_overlapping_findings_become_one_that_covers_both() -> None:
    joined = merge([Finding(0, 8, "PERSON", "a", 0.5), Finding(5, 14, "PERSON", "b", 0.9)])
    assert joined == [Finding(0, 14, "PERSON", "a+b", 0.9)]


def test_findings_that_only_touch_stay_two() -> None:
    assert len(merge([Finding(0, 4, "PERSON", "a", 1), Finding(4, 8, "PLACE", "b", 1)])) == 2


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=4))
def test_no_text_makes_it_fail_and_what_is_not_redacted_stays(texts: list[str]) -> None:
    output = redact_conversation(turns(*texts), known("Ewa Pellow"), by_rules, KeepList())
    for number, text in enumerate(texts):
        rows = output.redactions[output.redactions["turn"] == number].sort_values("start")
        rebuilt, reach = "", 0
        for row in rows.itertuples():
            rebuilt += text[reach : row.start] + row.replacement
            reach = row.end
        assert rebuilt + text[reach:] == output.redacted_turns["text"].iloc[number]


@pytest.mark.slow
def test_a_very_long_turn_is_read_to_its_end() -> None:
    output = redact("so it goes on and on " * 5000 + "and then Ewa rang", names_known=["Ewa"])
    assert output[0].endswith("and then [PERSON_1] rang")


def test_what_is_found_only_beside_a_placeholder_is_found_at_once() -> None:
    """As a model does, which sees another sentence where a name has become a placeholder."""

    def model(texts: Sequence[str]) -> list[list[Finding]]:
        return [
            [
                Finding(start, start + len(word), "PLACE", "model", 0.9)
                for word, shown in (("Rosedown", "Rosedown"), ("Woolford", "[PLACE_1]"))
                for start in [text.find(word)]
                if start >= 0 and shown in text
            ]
            for text in texts
        ]

    text = "From Rosedown on the bus to Woolford, and so home."
    first = redact_conversation(turns(text), known(), model, KeepList())
    assert first.redacted_turns["text"].tolist() == ["From [PLACE_1] on the bus to [PLACE_2], and so home."]  # fmt: skip
    places = [text[row.start : row.end] for row in first.redactions.itertuples()]
    assert places == ["Rosedown", "Woolford"]
    again = redact_conversation(first.redacted_turns, known(), model, KeepList())
    assert again.redacted_turns["text"].tolist() == first.redacted_turns["text"].tolist()


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.sampled_from(
            [
                "I'm Ewa Pellow, I'm seventy-one.", "my daughter ania went to leeds in may 1987",
                "Dr Okafor at Quarry Down Surgery, 14 Quarry Lane.", "Mrs Pellow and Rose Quince.",
                "oh double seven double oh nine hundred one two three", "Will rang Will.",
                "It was the Pellows of Swanage, wasn't it?", "w dot quince at example dot org",
            ]
        ),
        min_size=1,
        max_size=5,
    )
)  # fmt: skip
def test_redacting_twice_changes_nothing_whatever_was_said(texts: list[str]) -> None:
    once = redact(*texts, names_known=["Ewa Pellow"])
    assert redact(*once, names_known=["Ewa Pellow"]) == once
