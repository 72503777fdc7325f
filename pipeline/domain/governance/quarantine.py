"""Why a conversation is set aside: one code, one sentence, one remedy; never a word of what was said."""

from typing import NamedTuple


class Reason(NamedTuple):
    """What a reader of the quarantine table is told."""

    sentence: str
    remedy: str


RETRY_ON_NEW_FILE = "Put a corrected file in landing; it is taken in at the next look."

REASONS: dict[str, Reason] = {
    "empty_file": Reason("The file holds no text.", RETRY_ON_NEW_FILE),
    "unknown_format": Reason(
        "The file name does not end in a known transcript format.",
        "Export as .vtt, .srt, .docx, .txt, .json, .jsonl or .csv and drop it in again.",
    ),
    "not_this_format": Reason(
        "The content is not what the file name says it is.",
        "Open the file in the program it came from and export it again.",
    ),
    "broken_file": Reason(
        "The file is cut short or damaged.", "Export or copy it again, whole, and drop it in."
    ),
    "too_large": Reason(
        "The file is larger than the size limit (setting max_file_mb).",
        "Transcripts are small: check that no recording or pictures are inside, then split or export as text.",
    ),
    "expands_too_much": Reason(
        "The document unpacks to far more than its size, as a zip bomb does.",
        "Do not open it. Ask the sender for the transcript as .txt or .vtt.",
    ),
    "unreadable": Reason(
        "The file cannot be opened: permission was refused or the disk failed.",
        "Give the pipeline's user read permission on the file.",
    ),
    "outside_landing": Reason(
        "The file is a link to a place outside landing, or to nothing.",
        "Put the file itself in landing.",
    ),
    "superseded": Reason(
        "The file was changed after its batch was planned.",
        "Nothing: the new content is taken in by a later batch.",
    ),
    "unsafe_name": Reason(
        "The file name cannot serve as a conversation id (letters, digits, '-' and '_' only, at most 64).",
        "Rename the file to its conversation id in the register.",
    ),
    "no_speakers": Reason(
        "No line says who is speaking.",
        "Export with speaker names, or mark turns with 'Interviewer:' and 'Participant:'.",
    ),
    "one_speaker": Reason(
        "Only one speaker was found, so questions and answers cannot be told apart.",
        "Check the export's speaker setting; label the interviewer and the participant.",
    ),
    "unclear_roles": Reason(
        "It cannot be told who is the interviewer and who the participant.",
        "Use 'Interviewer' and 'Participant', or the names in the register, as speaker labels.",
    ),
    "several_conversations": Reason(
        "The table holds more than one conversation.",
        "Split it: one file for each conversation, named by its id.",
    ),
    "other_language": Reason(
        "The conversation is not in the programme's language.",
        "Provide a translated transcript.",
    ),
    "too_short": Reason(
        "There are too few words to be a conversation (setting min_conversation_words).",
        "Check that the whole transcript was exported.",
    ),
    "duplicate_content": Reason(
        "The same content is already in the pipeline under another conversation id.",
        "Remove one of the two files, or replace it by the right transcript.",
    ),
    "two_files": Reason(
        "There is more than one file for this conversation.",
        "Leave only the right one in landing.",
    ),
    "no_register_row": Reason(
        "The register has no row for this conversation.",
        "Add the row to participants.csv; the conversation is then taken in by itself.",
    ),
    "bad_register_row": Reason(
        "The register's row for this conversation has errors.",
        "Correct the columns named in the register report; it is then taken in by itself.",
    ),
    "no_consent": Reason(
        "The register records no consent for any audience.",
        "Record consent in participants.csv, if it was given.",
    ),
    "consent_withdrawn": Reason(
        "The participant has withdrawn consent.",
        "Erase the conversation: conversations erase CONVERSATION_ID.",
    ),
    "still_personal": Reason(
        "A second search still found personal data after redaction, so nothing of it was published.",
        "Blank out e-mail addresses, numbers and full names in the transcript and drop it in again.",
    ),
    "still_named": Reason(
        "After redaction a name still stood that the register or the conversation itself gave away, so nothing of it was published.",
        "See its first rows in redaction_review; mask or keep them in redaction_decisions.csv, and it is taken in at the next look.",
    ),
    "redaction_failed": Reason(
        "Redaction of this conversation did not finish, so nothing of it was published.",
        "See the run's error in Dagster; the conversation is tried again with the next batch.",
    ),
}

# These are lifted by a change of the register alone, without a new file.
LIFTED_BY_REGISTER = frozenset(
    {"no_register_row", "bad_register_row", "no_consent", "consent_withdrawn"}
)
