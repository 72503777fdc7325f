"""With the models: redacting twice changes nothing, and what was meant survives."""

import pandas as pd
import pytest

from pipeline.domain.redaction.conversation import Redacted, redact_conversation
from pipeline.domain.redaction.keep import KeepList, read_keep_list
from pipeline.resources.detector import Detector
from pipeline.resources.programme import Programme

pytestmark = pytest.mark.model

SAID = (
    "So I'm Margaret Tolpuddy, I'm seventy-one, and I moved to Swanage in March 1987.",
    "Mags, they call me. Dr Okafor at Quarry Down Surgery rang on 01632 960 123.",
    "my daughter ania lives in leeds and rings on oh one six three two nine six oh one two three",
    "Then Mrs Tolpuddy, that's my husband's mother, she went to Dorset County Hospital.",
    "I was on Universal Credit, and Citizens Advice and Help and Kindness were good to me.",
    "She was born on the fourteenth of February nineteen forty, w dot quince at example dot org.",
    "i says to rose will you come to wool on monday the third and she never said a word",
    "[PERSON_7] told me that the Tolpuddys were at 14 Quarry Lane, and [SIC_1] so I wrote it down.",
)


@pytest.fixture(scope="module")
def keep() -> KeepList:
    return read_keep_list(Programme().gazetteer())


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector()


def redact(texts: list[str], detector: Detector, keep: KeepList) -> Redacted:
    turns = pd.DataFrame(
        {
            "conversation_id": "T1",
            "turn": range(len(texts)),
            "role": "participant",
            "start_s": None,
            "end_s": None,
            "text": texts,
        }
    )
    known = pd.DataFrame(
        [("T1", "Margaret Tolpuddy", "participant"), ("T1", "Mags", "participant")],
        columns=["conversation_id", "name", "kind"],
    )
    return redact_conversation(turns, known, detector.find, keep)


@pytest.fixture(scope="module")
def once(detector: Detector, keep: KeepList) -> Redacted:
    return redact(list(SAID), detector, keep)


def test_redacting_twice_changes_nothing(
    once: Redacted, detector: Detector, keep: KeepList
) -> None:
    texts = once.redacted_turns["text"].tolist()
    again = redact(texts, detector, keep)
    assert again.redacted_turns["text"].tolist() == texts
    assert again.redactions.empty
    assert again.generalisations.empty


@pytest.mark.parametrize("row", range(len(SAID)))
def test_a_turn_alone_and_in_lower_case_is_redacted_once_for_all(
    row: int, detector: Detector, keep: KeepList
) -> None:
    texts = redact([SAID[row].lower()], detector, keep).redacted_turns["text"].tolist()
    assert redact(texts, detector, keep).redacted_turns["text"].tolist() == texts


def test_what_everybody_knows_is_kept(once: Redacted) -> None:
    text = once.redacted_turns["text"].iloc[4]
    assert "Universal Credit, and Citizens Advice and Help and Kindness" in text


def test_one_person_and_one_number_have_one_placeholder(once: Redacted) -> None:
    found = once.redactions
    own = found[(found["turn"] < 2) & found["entity_type"].eq("PERSON")].sort_values("turn")
    assert own["replacement"].iloc[0] == own["replacement"].iloc[1]
    assert set(found.loc[found["entity_type"].eq("PHONE"), "replacement"]) == {"[PHONE_1]"}


def test_age_day_and_place_can_be_told(once: Redacted) -> None:
    told = once.generalisations.set_index("level")["value"]
    assert {"70 to 79", "Purbeck", "spring 1987", "GP surgery"} <= set(told)
    assert not any("Tolpuddy" in value or "Swanage" in value for value in told)
