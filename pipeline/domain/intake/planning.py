"""What to take in at one look at landing, given what earlier batches took.

The rules, in the order they apply:

- A file is left alone until its size and time stood still over two looks.
- Identity is the content hash: an unchanged file is not taken twice, a corrected one is.
- What can be said without opening a transcript is said here (`planned_reason`): a name that is no
  id, an unknown format, a second file or a second conversation with the same content, a register
  that does not let it go on.
- A file set aside here is taken again as soon as something else, or nothing, is to be said of it:
  the register got its row, the second file was removed. One set aside for its content waits for
  new content.
- A conversation is taken again, unchanged, when reviewers decided anew what is masked in it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.domain.governance.quarantine import LIFTED_BY_REGISTER
from pipeline.domain.intake.manifest import Entry
from pipeline.domain.intake.names import SUFFIXES, conversation_id_of, file_ref, suffix_of

PLANNED = LIFTED_BY_REGISTER | {
    "unsafe_name", "unknown_format", "outside_landing", "unreadable", "too_large", "empty_file",
    "two_files", "duplicate_content",
}  # fmt: skip
"""Reasons given without opening the transcript."""

TRIED_WITH_OTHERS = frozenset({"redaction_failed"})
"""Reasons that may pass by themselves: such a file joins the next batch that has other work."""

DECIDABLE = frozenset({"still_named", "still_personal"})
"""Reasons that a reviewer's decision may lift."""


class Listed(NamedTuple):
    """A file as the folder lists it; nothing of it was read."""

    name: str
    size: int
    mtime_ns: int
    is_inside: bool = True
    """False: a link that leaves landing."""
    is_readable: bool = True
    """False: not even its size may be known."""

    @property
    def fingerprint(self) -> str:
        """Changes when the file is written to."""
        return f"{self.size}:{self.mtime_ns}"


class Record(NamedTuple):
    """What the newest batch that held a file made of it; reason None: it was taken in."""

    batch_id: str
    entry: Entry
    reason: str | None


class Ledger(NamedTuple):
    """What all batches so far took, by file name."""

    records: Mapping[str, Record]
    stopped: frozenset[str] = frozenset()
    """Batches that their gate stopped and that nobody ran again."""

    def is_in(self, record: Record) -> bool:
        """Whether the file's content went into the tables or is on its way."""
        return record.reason is None and record.batch_id not in self.stopped


def settled(
    listed: Iterable[Listed], seen: Mapping[str, str], ledger: Ledger
) -> tuple[list[Listed], list[Listed]]:
    """Files that stood still since the last look, and those that may still be growing.

    Parameters
    ----------
    seen : mapping of file_ref to fingerprint
        The last look. A file that a batch took with this fingerprint needs no second look.
    """
    still: list[Listed] = []
    growing: list[Listed] = []
    for file in listed:
        record = ledger.records.get(file.name)
        known = record is not None and record.entry.fingerprint == file.fingerprint
        stood = known or seen.get(file_ref(file.name)) == file.fingerprint
        (still if stood else growing).append(file)
    return still, growing


def examine(
    file: Listed, record: Record | None, content_hash: Callable[[str], str], max_bytes: int
) -> Entry:
    """The file with its content hash, or with the reason why it was not opened.

    An unchanged file is not read again, except one that could not be read the last time.
    """
    entry = Entry(file.name, file.size, file.mtime_ns, None, _listing_reason(file, max_bytes))
    if entry.reason:
        return entry
    if record and record.entry.content_hash and record.entry.fingerprint == entry.fingerprint:
        return entry._replace(content_hash=record.entry.content_hash)
    try:
        return entry._replace(content_hash=content_hash(file.name))
    except OSError:
        return entry._replace(reason="unreadable")


def judge(
    entries: Sequence[Entry], ledger: Ledger, refusal: Callable[[str], str | None]
) -> list[Entry]:
    """The entries with the reason, if any, not to open them; `refusal` is the register's word."""
    entries = _two_files(sorted(entries), ledger)
    entries = [
        entry
        if entry.reason or entry.conversation_id is None
        else entry._replace(reason=refusal(entry.conversation_id))
        for entry in entries
    ]
    return _duplicates(entries, ledger)


def to_take(
    judged: Iterable[Entry], ledger: Ledger, due: Container[str] = frozenset()
) -> list[Entry]:
    """What a new batch is needed for, in order of name.

    Parameters
    ----------
    due : container of str
        Conversations to take again as they are: what reviewers decided of them has changed.
    """
    judged = list(judged)
    changed = {
        entry.name
        for entry in judged
        if _is_news(entry, ledger.records.get(entry.name))
        or (entry.reason is None and str(entry.conversation_id) in due)
    }
    reopened = {
        ledger.records[name].batch_id for name in changed if name in ledger.records
    } & ledger.stopped
    return sorted(
        entry
        for entry in judged
        if entry.name in changed
        or (
            entry.name in ledger.records
            and (
                ledger.records[entry.name].batch_id in reopened
                or (changed and ledger.records[entry.name].reason in TRIED_WITH_OTHERS)
            )
        )
    )


def in_batches(entries: Sequence[Entry], batch_size: int) -> list[list[Entry]]:
    """The entries cut into batches, in order."""
    return [
        list(entries[start : start + batch_size]) for start in range(0, len(entries), batch_size)
    ]


def _listing_reason(file: Listed, max_bytes: int) -> str | None:
    if not file.is_inside:
        return "outside_landing"
    if not file.is_readable:
        return "unreadable"
    if suffix_of(file.name) not in SUFFIXES:
        return "unknown_format"
    if conversation_id_of(file.name) is None:
        return "unsafe_name"
    if file.size > max_bytes:
        return "too_large"
    return None if file.size else "empty_file"


def _two_files(entries: Sequence[Entry], ledger: Ledger) -> list[Entry]:
    """Of two files for one conversation neither is right, unless one was taken in before."""
    n_files = Counter(entry.conversation_id for entry in entries if entry.reason is None)
    return [
        entry._replace(reason="two_files")
        if entry.reason is None
        and n_files[entry.conversation_id] > 1
        and not _was_taken_in(entry, ledger)
        else entry
        for entry in entries
    ]


def _was_taken_in(entry: Entry, ledger: Ledger) -> bool:
    record = ledger.records.get(entry.name)
    return record is not None and ledger.is_in(record)


def _duplicates(entries: Sequence[Entry], ledger: Ledger) -> list[Entry]:
    """Content belongs to the conversation that was taken in with it first, else the first named."""
    present = {entry.name for entry in entries}
    claims: defaultdict[str | None, list[tuple[bool, str | None]]] = defaultdict(list)
    for record in ledger.records.values():
        if ledger.is_in(record) and record.entry.name not in present:
            claims[record.entry.content_hash].append((False, record.entry.conversation_id))
    for entry in entries:
        is_old = _is_old(entry, ledger)
        if entry.reason is None or is_old:
            claims[entry.content_hash].append((not is_old, entry.conversation_id))
    owner = {str(content): min(found)[1] for content, found in claims.items()}
    return [
        entry._replace(reason="duplicate_content")
        if entry.reason is None and owner[str(entry.content_hash)] != entry.conversation_id
        else entry
        for entry in entries
    ]


def _is_old(entry: Entry, ledger: Ledger) -> bool:
    """Whether this very content was taken in under this very name."""
    record = ledger.records.get(entry.name)
    return (
        record is not None
        and ledger.is_in(record)
        and record.entry.content_hash == entry.content_hash
    )


def _is_news(entry: Entry, record: Record | None) -> bool:
    if record is None or record.reason == "superseded":
        return True
    if entry.content_hash is None or record.entry.content_hash is None:
        same_content = entry.fingerprint == record.entry.fingerprint
    else:
        same_content = entry.content_hash == record.entry.content_hash
    if not same_content:
        return True
    return record.reason in PLANNED and entry.reason != record.reason
