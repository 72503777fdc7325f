"""Reading a batch: its transcripts as turns, and a row for each file that is set aside."""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from pipeline.domain.governance.quarantine import LIFTED_BY_REGISTER, REASONS
from pipeline.domain.intake.manifest import Entry
from pipeline.errors import TranscriptError
from pipeline.tables import TABLES, empty


class SetAside(NamedTuple):
    """A file that does not go on; `place` says where in it, without its content."""

    entry: Entry
    reason: str
    place: str


class TakenIn(NamedTuple):
    """What a batch became."""

    turns: pd.DataFrame
    quarantine: pd.DataFrame
    not_too_many: list[str]
    """File references when so many were set aside that the batch must stop; else empty."""
    left_out: tuple[tuple[str, int], ...] = ()
    """Lines that are no turns, such as headings and notes: how many of each kind."""


def read_batch(
    entries: Iterable[Entry],
    turns_of: Callable[[Entry], pd.DataFrame],
    *,
    known: Container[str],
    max_share: float,
    min_to_stop: int,
) -> TakenIn:
    """Every file of the batch, either as turns or as a row of quarantine.

    Parameters
    ----------
    turns_of : callable
        Reads one file; raises `TranscriptError` or `OSError` when the file cannot go on.
    known : container of str
        Conversation ids of the register; a file named otherwise may be named after a person.
    max_share : float
        Share of the batch, 0 to 1, that may be set aside before the batch stops.
    min_to_stop : int
        With fewer set aside than this, the batch never stops.
    """
    parts: list[pd.DataFrame] = []
    aside: list[SetAside] = []
    entries = list(entries)
    for entry in entries:
        outcome = _read_one(entry, turns_of)
        if isinstance(outcome, SetAside):
            aside.append(outcome)
        else:
            parts.append(outcome)
    turns = pd.concat(parts, ignore_index=True) if parts else empty(TABLES["turns"])
    too_many = len(aside) >= min_to_stop and len(aside) > max_share * len(entries)
    return TakenIn(
        turns,
        quarantine_table(aside, known),
        sorted(one.entry.file_ref for one in aside) if too_many else [],
    )


def quarantine_table(aside: Iterable[SetAside], known: Container[str]) -> pd.DataFrame:
    """The rows of table `quarantine`: nothing that was said, and no name that only a file has."""
    rows = [
        {
            "file_ref": one.entry.file_ref,
            "conversation_id": id_if_known(one.entry, known),
            "reason": one.reason,
            "place": one.place,
            "sentence": REASONS[one.reason].sentence,
            "remedy": REASONS[one.reason].remedy,
            "content_hash": one.entry.content_hash,
        }
        for one in aside
    ]
    none = empty(TABLES["quarantine"])
    return pd.DataFrame(rows, columns=none.columns).astype(none.dtypes.to_dict())


def id_if_known(entry: Entry, known: Container[str]) -> str | None:
    """The conversation, if the register knows it: any other name may be a person's."""
    conversation_id = entry.conversation_id
    return conversation_id if conversation_id and conversation_id in known else None


def reasons_of(quarantine: pd.DataFrame) -> Mapping[str, str]:
    """Why each file of a published quarantine part was set aside, by file_ref."""
    return dict(zip(quarantine["file_ref"], quarantine["reason"], strict=True))


def _read_one(entry: Entry, turns_of: Callable[[Entry], pd.DataFrame]) -> pd.DataFrame | SetAside:
    if entry.reason:
        place = "the register" if entry.reason in LIFTED_BY_REGISTER else "the file"
        return SetAside(entry, entry.reason, place)
    try:
        return turns_of(entry)
    except TranscriptError as error:
        return SetAside(entry, error.reason, error.where)
    except OSError:
        return SetAside(entry, "unreadable", "the file")
    except Exception:  # noqa: BLE001  a file that a reader stumbles over must not stop the others
        return SetAside(entry, "broken_file", "the file")
