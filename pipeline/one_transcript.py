"""`conversations redact`: one file, to be read on the screen; nothing is stored."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from pipeline.domain.intake.names import SUFFIXES, suffix_of
from pipeline.domain.redaction.conversation import Redacted
from pipeline.domain.redaction.keep import read_keep_list
from pipeline.domain.redaction.residue import review
from pipeline.domain.transcripts.reading import KnownSpeakers, read_transcript, turns_table
from pipeline.errors import UsageError
from pipeline.receiving import MB, limits_of
from pipeline.redacting import Audited, Work, audited
from pipeline.resources.auditor import Auditor
from pipeline.resources.detector import Detector
from pipeline.resources.language import detect_language
from pipeline.resources.programme import Programme
from pipeline.resources.storage import sha256

NAME = "this"


def redact_file(file: Path, names: list[str], programme_name: str) -> Audited:
    """The transcript redacted and audited as the pipeline would, with these names known."""
    programme = Programme(name=programme_name)
    settings = programme.settings()
    content = _content(file, settings.max_file_mb * MB)
    known = [name for name in names if name]
    transcript = read_transcript(
        content,
        suffix_of(file.name),
        known=KnownSpeakers(tuple(known), ()),
        limits=limits_of(settings),
        detect_language=detect_language,
    )
    known_names = pd.DataFrame(
        [(NAME, name, "participant") for name in known],
        columns=["conversation_id", "name", "kind"],
    )
    return audited(
        Work(turns_table(NAME, sha256(content), transcript), known_names, ()),
        Detector(score_threshold=settings.detector_score_threshold),
        Auditor(),
        read_keep_list(programme.gazetteer()),
    )


def transcript_lines(redacted: Redacted) -> Iterator[str]:
    """The redacted turns as people read them."""
    turns = redacted.redacted_turns
    for role, text in zip(turns["role"], turns["text"], strict=True):
        yield f"{role.capitalize()}: {text}"


def explanation(redacted: Redacted) -> Iterator[str]:
    """For each placeholder where it stands, which rule found it and how sure it was."""
    yield "turn  from-to    placeholder           score  rule"
    for found in redacted.redactions.sort_values(["turn", "start"]).itertuples():
        place = f"{found.start}-{found.end}"
        yield (
            f"{found.turn:>4}  {place:<9}  {found.replacement:<20}  {found.score:>5.2f}  "
            f"{found.rule}"
        )


def left_to_review(done: Audited) -> Iterator[str]:
    """What a second search still finds suspicious, the most suspicious first."""
    turns = done.redacted.redacted_turns
    listed = review({NAME: done.suspicions}, {NAME: turns})
    yield f"To be looked at in the redacted text: {len(listed)}"
    if len(listed):
        yield "rank  turn  from-to    suspicion         score  found by / words"
    for row in listed.itertuples():
        place = f"{row.start}-{row.end}"
        yield (
            f"{row.rank:>4}  {row.turn:>4}  {place:<9}  {row.suspicion:<16}  {row.score:>5.2f}  "
            f"{row.detector} / {row.words}"
        )


def _content(file: Path, max_bytes: int) -> bytes:
    if suffix_of(file.name) not in SUFFIXES:
        raise UsageError(f"{file.name}: not a transcript; known are {' '.join(SUFFIXES)}")
    try:
        if file.stat().st_size > max_bytes:
            raise UsageError(f"{file.name}: larger than {max_bytes} bytes (setting max_file_mb)")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
