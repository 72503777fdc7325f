"""Which files in landing are transcripts, and which names can serve as an id."""

import re

import pytest

from pipeline.domain.intake.names import conversation_id_of, file_ref, is_ignored, suffix_of


@pytest.mark.parametrize(
    "name",
    [
        "~$C001.docx", ".DS_Store", ".hidden/C001.vtt", "C001.vtt.tmp", "C001.docx.part",
        "C001.txt.crdownload", "participants.csv", "archive/Participants.csv", "Thumbs.db",
        "story_approvals.csv", "Actions.csv",
    ],
)  # fmt: skip
def test_a_file_that_is_no_transcript_is_left_alone(name: str) -> None:
    assert is_ignored(name)


@pytest.mark.parametrize("name", ["C001.vtt", "round two/C001.VTT", "C1.pages", "participants.vtt"])
def test_a_file_that_may_be_a_transcript_is_not_left_alone(name: str) -> None:
    assert not is_ignored(name)


@pytest.mark.parametrize(
    "name",
    [
        "../../x.txt", "C001\n.txt", "C\x00.txt", "C\u202e100.txt", "C001 (1).vtt", "_C1.txt",
        "Zo\u00eb.txt", "C001.docx.txt", "-rf.txt", f"{'C' * 65}.txt", ".txt", "C001\udcff.txt",
    ],
    ids=[
        "path", "newline", "null", "direction mark", "copy", "leading line", "accent",
        "two endings", "option", "65 letters", "nothing", "no Unicode",
    ],
)  # fmt: skip
def test_a_name_that_could_do_harm_is_no_conversation_id(name: str) -> None:
    found = conversation_id_of(name)
    assert found is None or re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", found)
    assert found in {None, "x"}


def test_the_id_is_the_name_without_folder_and_ending() -> None:
    assert conversation_id_of("round two/C001.VTT") == "C001"
    assert suffix_of("round two/C001.VTT") == ".vtt"


def test_a_reference_tells_files_apart_and_holds_nothing_of_the_name() -> None:
    assert file_ref("Rose Gale.txt") != file_ref("Rose Gale.vtt")
    assert re.fullmatch(r"[0-9a-f]{12}", file_ref("Rose \udcff.txt"))
