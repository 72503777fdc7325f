"""File names in landing: which are transcripts, and which can serve as a conversation id."""

import hashlib
import re
from pathlib import PurePosixPath

SUFFIXES = (".vtt", ".srt", ".docx", ".txt", ".json", ".jsonl", ".csv")
CONTROL_FILES = frozenset(
    {
        "participants.csv",
        "redaction_decisions.csv",
        "theme_decisions.csv",
        "story_approvals.csv",
        "actions.csv",
    }
)
"""Files that people keep beside the transcripts; each is read by the stage it steers."""
RECODED = "recoded"
"""The folder of projects that people coded anew: no transcripts, whatever lies there."""

_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".download")
_SYSTEM = frozenset({"thumbs.db", "desktop.ini"})
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def is_ignored(name: str) -> bool:
    """Whether the file is no transcript at all: hidden, half copied, a lock or a control file."""
    path = PurePosixPath(name)
    last = path.name.lower()
    return (
        any(part.startswith(".") for part in path.parts)
        or RECODED in [part.lower() for part in path.parts[:1] if len(path.parts) > 1]
        or last.startswith("~$")
        or last.endswith(_UNFINISHED)
        or last in _SYSTEM
        or last in CONTROL_FILES
    )


def suffix_of(name: str) -> str:
    """The ending that tells the format, in lower case: ``.vtt``."""
    return PurePosixPath(name).suffix.lower()


def conversation_id_of(name: str) -> str | None:
    """The conversation a file is named after; None when the name cannot serve as an id."""
    stem = PurePosixPath(name).name.removesuffix(PurePosixPath(name).suffix)
    return stem if SAFE_ID.fullmatch(stem) else None


def file_ref(name: str) -> str:
    """How a file is spoken of outside landing and restricted, where its name may be personal."""
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:12]
