"""Erasure: a person's words out of every layer, and a certificate that holds none of them.

What goes and what is then searched for is worked out first and kept in an intent, named by a keyed
hash; then the layers are emptied, and everything is searched. An intent that is still there says
that an erasure was killed or found something: it is carried out again, from what the intent knows.

Whoever withdraws in the register keeps a row there, of ids and consent alone, which is the record
of the withdrawal. Whoever is erased by hand loses it.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, cast

import pandas as pd

from pipeline.domain.embedding.vectors import cache_from_bytes, cache_to_bytes
from pipeline.domain.governance.keys import keyed_hash
from pipeline.domain.governance.recalls import recalled_by, with_recalls
from pipeline.domain.governance.register import n_rows_of, without_names, without_rows
from pipeline.domain.governance.residue import event_logs, holds, scrub
from pipeline.domain.governance.spreadsheets import ERASED, changed
from pipeline.domain.governance.store import Files, Store
from pipeline.domain.governance.traces import (
    ITEMS,
    SPOKEN,
    Traces,
    cache_keys,
    cached,
    conversations_called,
    of_conversation,
    parts_of,
    state_files,
    traces_of,
)
from pipeline.domain.intake.names import CONTROL_FILES, RECODED, SAFE_ID, conversation_id_of
from pipeline.domain.redaction.decisions import is_about, without_person
from pipeline.domain.release.publishing import unpoint_latest
from pipeline.domain.themes.decisions import forget, without_mentions
from pipeline.domain.themes.labels import UNNAMED
from pipeline.errors import UsageError
from pipeline.leftovers import UNFINISHED
from pipeline.tables import TABLES, as_before, records

CERTIFICATES = "restricted/erasures"
INTENT = ".intent.json"
PROMISED_DAYS = 30
"""A calendar month at most: article 12(3) of the UK GDPR."""

MADE_ANEW = ("deidentified/pictures", "deidentified/stories_to_sign.csv")
"""They count everybody, or quote; the next night makes them anew."""

_LISTS = ("conversation_ids", "segment_ids", "quote_ids", "story_ids", "candidates")
_WRITTEN = {"actions": ("what", "by_role", "because", "told_how"), "approvals": ("role", "note")}
"""What people write in their own words, in tables whose rows stay when it mentions the person."""

_ID_HEX = 16
_REGISTERED = "rows of the register"


class Certificate(NamedTuple):
    """Proof of an erasure: a row of table `erasures`, and counts by table and place."""

    certificate_id: str
    subject: str
    erased_on: str
    removed: dict[str, int]
    residual: dict[str, int]
    releases_to_recall: list[str]
    reason: str = "erased"
    asked_on: str = ""
    """The day of the withdrawal, as the register has it; else the day it was begun."""
    finished_on: str | None = None
    promised_days: int = PROMISED_DAYS

    @property
    def is_clean(self) -> bool:
        """Whether the search of the data root and of landing found nothing."""
        return not self.residual

    @property
    def days_taken(self) -> int | None:
        """Days from the withdrawal to the search that found nothing; None: not finished."""
        if self.finished_on is None:
            return None
        asked = date.fromisoformat(self.asked_on or self.erased_on)
        return max((date.fromisoformat(self.finished_on) - asked).days, 0)

    def as_row(self) -> dict[str, Any]:
        """The row of table `erasures`."""
        rows = {*TABLES, _REGISTERED}
        files = sum(n for name, n in self.removed.items() if name not in rows)
        return {
            "certificate_id": self.certificate_id,
            "subject": self.subject,
            "reason": self.reason,
            "asked_on": date.fromisoformat(self.asked_on or self.erased_on),
            "days_taken": self.days_taken,
            "promised_days": self.promised_days,
            "rows_removed": sum(self.removed.values()) - files,
            "files_removed": files,
            "residual_hits": sum(self.residual.values()),
            "releases_to_recall": self.releases_to_recall,
        }


class Spreadsheets(NamedTuple):
    """Files that people keep beside the transcripts and that may name a person."""

    decisions: Path | None = None
    theme_decisions: Path | None = None
    approvals: Path | None = None
    actions: Path | None = None


_NONE = Spreadsheets()


class _Places(NamedTuple):
    store: Store
    landing: Files
    register: Path
    sheets: Spreadsheets


class _Erasure(NamedTuple):
    """One conversation on its way out."""

    traces: Traces
    certificate: Certificate

    @property
    def keeps_row(self) -> bool:
        """Whether the register keeps a row of ids and consent, as the record of a withdrawal."""
        return self.certificate.reason == "withdrawn"


def erase(
    store: Store,
    landing: Files,
    register: Path,
    names: Iterable[str],
    *,
    key: bytes,
    today: date,
    sheets: Spreadsheets = _NONE,
    withdrawn: Mapping[str, date | None] | None = None,
) -> list[Certificate]:
    """Erase conversations and return one certificate each; run it again if it was killed.

    Afterwards themes, stories and releases must be built anew: releases that held the person were
    taken out of the data root and are listed, since copies elsewhere have to be recalled.

    Parameters
    ----------
    store, landing : Store, Files
        The data root; the folder of the originals.
    register : Path
        The register, whose rows of these conversations are removed, or emptied of all but consent.
    names : iterable of str
        Conversation ids; or what a release or a contributor's record calls a conversation or a
        person, all of whose conversations are meant.
    sheets : Spreadsheets
        Other files that people keep: rows about these people, and words that mention them, go.
    withdrawn : mapping of conversation id to date
        Those who withdrew in the register, and when: their row stays as the record of it.

    Raises
    ------
    UsageError
        If nothing is held of a conversation, and it never was erased; nothing is erased then.
    """
    places = _Places(store, landing, register, sheets)
    store.clear_leftovers()  # nobody reads them, but they may hold anything
    wanted = sorted({meant for name in names for meant in _meant(store, key, name)})
    begun = {c: _begun(places, c, key, today, withdrawn or {}) for c in wanted}
    unknown = [conversation for conversation, one in begun.items() if one is None]
    if unknown:
        raise UsageError(
            f"Nothing is known of {', '.join(unknown)}, so nothing was erased; name conversations "
            "by their ids in the register, or as a release does: conversation-... or person-..."
        )
    erasures = [one for one in begun.values() if one]
    for one in erasures:
        _intend(store, one)
    for one in erasures:
        _remove(places, one)
    return [_certify(places, one, today) for one in erasures]


def unfinished(store: Store) -> dict[str, str]:
    """Certificates of erasures that were begun and not finished, each with its conversation."""
    names = [name for name in store.names(CERTIFICATES) if name.endswith(INTENT)]
    intents = {name.removesuffix(INTENT): _intent(store, name) for name in names}
    return {name: str(intent["traces"]["conversation_id"]) for name, intent in intents.items()}


def certificates(store: Store) -> list[Certificate]:
    """All certificates, those of erasures that are not finished among them."""
    names = store.names(CERTIFICATES)
    finished = [n for n in names if n.endswith(".json") and not n.endswith(INTENT)]
    begun = [_intent(store, name)["certificate"] for name in names if name.endswith(INTENT)]
    read = [store.read_json(f"{CERTIFICATES}/{name}") for name in finished]
    return [Certificate(**one) for one in (*read, *begun)]


# Intent and certificate


def _begun(
    places: _Places,
    conversation: str,
    key: bytes,
    today: date,
    withdrawn: Mapping[str, date | None],
) -> _Erasure | None:
    """What is to be done; the plan of a killed run stands. None: nothing is known."""
    store = places.store
    traces = traces_of(store, places.landing, conversation, key)
    hashed = keyed_hash(key, "erasure", conversation)
    path = f"{CERTIFICATES}/{hashed[:_ID_HEX]}"
    number = 1
    while store.exists(f"{path}-{number}.json"):
        number += 1
    if store.exists(f"{path}-{number}{INTENT}"):
        stored = _intent(store, f"{hashed[:_ID_HEX]}-{number}{INTENT}")
        return _Erasure(
            traces.with_those_of(stored["traces"]), Certificate(**stored["certificate"])
        )
    day = withdrawn.get(conversation) or today
    reason = "withdrawn" if conversation in withdrawn else "erased"
    certificate = Certificate(
        f"{hashed[:_ID_HEX]}-{number}", hashed, today.isoformat(), {}, {},
        _releases_of(store, traces), reason, day.isoformat(),
    )  # fmt: skip
    planned = _Erasure(traces, certificate)
    if number == 1 and not _is_known(places, planned):
        return None
    plan = _plan(places, planned)
    if plan or certificate.releases_to_recall:
        return planned._replace(certificate=certificate._replace(removed=plan))
    if number == 1:
        return None
    return _Erasure(traces, Certificate(**store.read_json(f"{path}-{number - 1}.json")))


def _meant(store: Store, key: bytes, name: str) -> list[str]:
    """Conversations that a name stands for; of an erasure that was begun the intent knows them."""
    stored = [_intent(store, f"{begun}{INTENT}")["traces"] for begun in unfinished(store)]
    begun = {str(one["conversation_id"]) for one in stored if name in one["pseudonyms"]}
    return sorted({*conversations_called(store, key, name), *begun}) or [name]


def _is_known(places: _Places, one: _Erasure) -> bool:
    """Whether anything here is the conversation's own: a word that some file holds is nobody's."""
    conversation = one.traces.conversation_id
    if not SAFE_ID.fullmatch(conversation):
        return False
    return (
        bool(one.traces.hashes)
        or bool(_originals(places, one.traces))
        or _n_rows_in_register(places, one.traces) > 0
        or any(
            of_conversation(part, conversation, one.traces.people).any()
            for name in TABLES
            for part in parts_of(places.store, name)
        )
    )


def _intent(store: Store, name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", store.read_json(f"{CERTIFICATES}/{name}"))


def _intend(store: Store, one: _Erasure) -> None:
    """Say what is about to happen, before it does; a finished erasure needs no intent."""
    path = f"{CERTIFICATES}/{one.certificate.certificate_id}"
    if not store.exists(f"{path}.json"):
        _write_intent(store, one)


def _write_intent(store: Store, one: _Erasure) -> None:
    intent = {"certificate": one.certificate._asdict(), "traces": one.traces.as_json()}
    store.write_json(f"{CERTIFICATES}/{one.certificate.certificate_id}{INTENT}", intent)


def _plan(places: _Places, one: _Erasure) -> dict[str, int]:
    """Rows of each table and files of each place that are to go."""
    counts = {
        name: sum(change.n_gone for change in _changes(places.store, name, one)) for name in TABLES
    }
    counts[_REGISTERED] = 0 if one.keeps_row else _n_rows_in_register(places, one.traces)
    counts["files in landing"] = len(_originals(places, one.traces))
    counts["projects coded again"] = len(_recoded(places, one.traces))
    counts["vectors in the cache"] = len(_own_vectors(places.store, one.traces))
    return {name: n for name, n in counts.items() if n}


def _certify(places: _Places, one: _Erasure, today: date) -> Certificate:
    store = places.store
    residual = _residual(places, one)
    done = one.certificate.finished_on or today.isoformat()
    finished = one.certificate._replace(residual=residual, finished_on=None if residual else done)
    _record(store, finished)
    path = f"{CERTIFICATES}/{finished.certificate_id}"
    if finished.is_clean:
        store.write_json(f"{path}.json", finished._asdict())
        store.delete(f"{path}{INTENT}")
    else:
        # It is not finished: the intent stays, and the erasure is to be run again.
        _write_intent(store, one._replace(certificate=finished))
    return finished


def _record(store: Store, certificate: Certificate) -> None:
    """Tables `erasures` and `recalls`, made of all certificates."""
    others = [
        one for one in certificates(store) if one.certificate_id != certificate.certificate_id
    ]
    known = (*others, certificate)
    rows = pd.DataFrame([one.as_row() for one in known], dtype=object)
    store.write_table("erasures", rows)
    recalled = recalled_by((one.releases_to_recall, one.reason, one.erased_on) for one in known)
    before = store.read_table("recalls")
    if len(recalled) or len(before):
        store.write_table("recalls", with_recalls(before, recalled))


# The search


def _residual(places: _Places, one: _Erasure) -> dict[str, int]:
    """What is left under the data root, in landing and in the files that people keep."""
    residual: dict[str, int] = {}
    for path, content in _everything(places, one):
        for kind in holds(path, content, one.traces.needles):
            zone = f"{path.partition('/')[0]}: {kind}"
            residual[zone] = residual.get(zone, 0) + 1
    return residual


def _everything(places: _Places, one: _Erasure) -> Iterator[tuple[str, bytes]]:
    """Every file, apart from intents; a row that stays as the record of a withdrawal left out."""
    store, conversation = places.store, one.traces.conversation_id
    kept = {store.table_path(name): name for name in ("consent", "participants")}
    for path in store.walk():
        if path.startswith(CERTIFICATES) and path.endswith(INTENT):
            continue
        if one.keeps_row and path in kept:
            part = store.read_table(kept[path])
            others = part[part["conversation_id"].ne(conversation)]
            yield path, others.to_csv().encode()
        else:
            yield path, store.read_bytes(path)
    for name in places.landing.walk():
        if not _is_register(places, name):
            yield f"landing/{name}", places.landing.read_bytes(name)
    if places.register.is_file():
        content = places.register.read_bytes()
        yield "register", without_rows(content, {conversation}) if one.keeps_row else content
    for sheet in places.sheets:
        if sheet is not None and sheet.is_file():
            yield "landing", sheet.read_bytes()


def _is_register(places: _Places, name: str) -> bool:
    register = places.register
    if not register.is_file() or name.rpartition("/")[2] != register.name:
        return False
    return places.landing.read_bytes(name) == register.read_bytes()


# Removal


def _remove(places: _Places, one: _Erasure) -> None:
    """Empty every layer; each step is harmless when run again."""
    store, traces = places.store, one.traces
    _remove_mentions(places, one)
    _remove_vectors(store, traces.conversation_id)
    for path in MADE_ANEW if one.certificate.finished_on is None else ():
        store.delete(path)
    for name in TABLES:
        if name not in SPOKEN:
            _remove_rows(store, name, one)
    for folder in {*_releases_of(store, traces), *one.certificate.releases_to_recall}:
        take_out_release(store, folder)
    for path in state_files(store):
        _prune_file(store, path, traces.owns)
    for name in (*_originals(places, traces), *_recoded(places, traces)):
        places.landing.delete(name)
    _remove_from_register(places.register, one)
    for log in event_logs(store):
        scrub(log, traces.needles.identifiers | traces.needles.hashes)
    for name in SPOKEN:
        _remove_rows(store, name, one)


def _remove_mentions(places: _Places, one: _Erasure) -> None:
    """What people wrote of them; before anything else, since names are in no intent."""
    store, traces = places.store, one.traces
    _remove_from_sheets(places.sheets, traces)
    for name in ("redaction_decisions", *_WRITTEN):
        _remove_rows(store, name, one)
    _remove_from_theme_decisions(store, traces)
    _remove_phrases(store, traces)


class _Change(NamedTuple):
    """A published part of a table as it is to be."""

    batch_id: str | None
    after: pd.DataFrame
    n_gone: int


def _changes(store: Store, name: str, one: _Erasure) -> Iterator[_Change]:
    """Each published part of a table that holds anything of the conversation."""
    batches = store.batches(name) if TABLES[name].per_batch else [None]
    for batch_id in batches:
        if store.exists(store.table_path(name, batch_id)):
            part = store.read_table(name, batch_id)
            change = _change(name, part, one)
            if change:
                yield _Change(batch_id, *change)


def _change(name: str, part: pd.DataFrame, one: _Erasure) -> tuple[pd.DataFrame, int] | None:
    """The part without them, and rows gone; None: it holds nothing of them."""
    if one.keeps_row and name == "consent":
        return None
    if one.keeps_row and name == "participants":
        return _without_bands(part, one.traces)
    mask = _rows_of(name, part, one.traces)
    kept = part[~mask]
    after = _without_items(_without_mentions(name, kept, one.traces), one.traces)
    return (after, int(mask.sum())) if mask.any() or after is not kept else None


def _without_bands(part: pd.DataFrame, traces: Traces) -> tuple[pd.DataFrame, int] | None:
    """Their row with ids alone, as the register has it now."""
    mine = part["conversation_id"].eq(traces.conversation_id)
    columns = [column.name for column in TABLES["participants"].columns if column.nullable]
    bands = [name for name in columns if name in part]
    if not part.loc[mine, bands].notna().to_numpy().any():
        return None
    emptied: dict[str, pd.Series[Any]] = {
        name: part[name].astype(object).mask(mine, None) for name in bands
    }
    return part.assign(**emptied), int(mine.sum())


def _rows_of(name: str, part: pd.DataFrame, traces: Traces) -> "pd.Series[bool]":
    mask = of_conversation(part, traces.conversation_id, traces.people)
    values = {
        **dict.fromkeys(ITEMS, traces.items | traces.pseudonyms),
        "content_hash": traces.hashes,
        "file_ref": traces.file_refs,
    }
    for column, known in values.items():
        if column in part:
            mask |= part[column].isin(known)
    if name == "redaction_decisions":  # of which some are for the whole programme
        rows = zip(part["conversation_id"], part["text"], strict=True)
        about = [is_about(of, text, traces.conversation_id, traces.names) for of, text in rows]
        mask |= pd.Series(about, index=part.index, dtype=bool)
    if name in ("redaction_review", "theme_decisions"):
        mask |= part["words"].map(traces.is_mentioned, na_action="ignore").eq(other=True)
    return mask


def _without_mentions(name: str, part: pd.DataFrame, traces: Traces) -> pd.DataFrame:
    """The part without what people wrote that mentions the person; the very frame: nothing did."""
    columns = {column.name: column for column in TABLES[name].columns}
    for written in _WRITTEN.get(name, ()):
        named = part[written].map(traces.is_mentioned, na_action="ignore").eq(other=True)
        if named.any():
            instead = None if columns[written].nullable else ERASED
            part = part.assign(**{written: part[written].astype(object).mask(named, instead)})
    return part


def _without_items(part: pd.DataFrame, traces: Traces) -> pd.DataFrame:
    """The part without their ids in lists; the very frame if there are none."""
    for name in {*_LISTS} & {*part.columns}:
        lists = [[*values] for values in part[name]]
        pruned = [[value for value in values if not traces.owns(value)] for values in lists]
        if pruned != lists:
            part = part.assign(**{name: pd.Series(pruned, index=part.index, dtype=object)})
    return part


def _remove_rows(store: Store, name: str, one: _Erasure) -> None:
    for batch_id, after, _ in _changes(store, name, one):
        path = store.table_path(name, batch_id)
        store.write_bytes(path, as_before(store.read_bytes(path), after))


def _remove_phrases(store: Store, traces: Traces) -> None:
    """Themes without the person's phrases, and without what people wrote that mentions them."""
    themes = store.read_table("themes")
    before = records(themes)
    after = [_without_them(theme, traces) for theme in before]
    if any(_has_changed(*pair) for pair in zip(before, after, strict=True)):
        kept = {
            name: pd.Series([theme[name] for theme in after], index=themes.index, dtype=object)
            for name in ("phrases", "label", "label_history", "description")
        }
        store.write_table("themes", themes.assign(**kept))


def _has_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    is_shorter = any(len(after[n]) < len(before[n]) for n in ("phrases", "label_history"))
    return is_shorter or any(after[n] is not before[n] for n in ("label", "description"))


def _without_them(theme: Mapping[str, Any], traces: Traces) -> dict[str, Any]:
    told = theme["description"]
    is_named = theme["label_by"] == "people" and traces.is_mentioned(theme["label"])
    return {
        "phrases": [p for p in theme["phrases"] if p["conversation_id"] != traces.conversation_id],
        "label": UNNAMED if is_named else theme["label"],
        "label_history": [
            entry
            for entry in theme["label_history"]
            if entry["by"] != "people" or not traces.is_mentioned(entry["label"])
        ],
        "description": None if isinstance(told, str) and traces.is_mentioned(told) else told,
    }


def _own_vectors(store: Store, traces: Traces) -> frozenset[str]:
    """Keys in the cache of the conversation's segments that are nobody else's as well."""
    held = {key for path in cached(store) for key in cache_from_bytes(store.read_bytes(path))}
    return traces.cache_keys & held


def _remove_vectors(store: Store, conversation: str) -> None:
    """Leave only vectors of other people's segments: whose a stray one was, nobody can tell."""
    _, others = cache_keys(store, conversation)
    for path in cached(store):
        vectors = cache_from_bytes(store.read_bytes(path))
        kept = {key: vector for key, vector in vectors.items() if key in others}
        if len(kept) < len(vectors):
            store.write_bytes(path, cache_to_bytes(kept))


def _releases_of(store: Store, traces: Traces) -> list[str]:
    """Release folders in which the conversation speaks, in whatever file."""
    found: set[str] = set()
    for path in store.walk("releases") if store.exists("releases") else ():
        folder = "/".join(path.split("/")[:3])
        is_release = path.count("/") > 2 and not folder.endswith("/latest")
        if is_release and folder not in found and holds("", store.read_bytes(path), traces.needles):
            found.add(folder)
    return sorted(found)


def take_out_release(store: Store, folder: str) -> None:
    """Remove a release from the data root, and `latest` if it points to it."""
    base, _, identity = folder.rpartition("/")
    unpoint_latest(store, base, identity)
    store.delete(folder)


def _originals(places: _Places, traces: Traces) -> list[str]:
    return [
        name
        for name in places.landing.walk()
        if conversation_id_of(name) == traces.conversation_id
        and PurePosixPath(name).name.lower() not in CONTROL_FILES
        and not _is_register(places, name)
    ]


def _recoded(places: _Places, traces: Traces) -> list[str]:
    """Projects that people coded again and that hold the person's words: the whole file goes."""
    return [
        name
        for name in places.landing.walk()
        if name.lower().startswith(f"{RECODED}/")
        and holds(name, places.landing.read_bytes(name), traces.needles)
    ]


def _n_rows_in_register(places: _Places, traces: Traces) -> int:
    register = places.register
    if not register.is_file():
        return 0
    return n_rows_of(register.read_bytes(), traces.conversation_id)


def _remove_from_register(register: Path, one: _Erasure) -> None:
    forgotten = without_names if one.keeps_row else without_rows
    if register.is_file():
        _rewrite(register, forgotten(register.read_bytes(), {one.traces.conversation_id}))


def _remove_from_sheets(sheets: Spreadsheets, traces: Traces) -> None:
    """A file that is no table is left as it is; the search at the end says if it names anybody."""

    def forgotten(_: Sequence[str], cells: Sequence[str]) -> list[str] | None:
        if any(traces.owns(cell.strip()) for cell in cells):
            return None
        return [ERASED if traces.is_mentioned(cell) else cell for cell in cells]

    without: dict[str, Callable[[bytes], bytes]] = {
        "decisions": lambda c: without_person(c, traces.conversation_id, traces.names),
        "theme_decisions": lambda c: without_mentions(c, traces.is_mentioned),
        "approvals": lambda c: changed(c, forgotten),
        "actions": lambda c: changed(c, forgotten),
    }
    for name, path in sheets._asdict().items():
        if path is not None and path.is_file():
            with suppress(ValueError, csv.Error):
                _rewrite(path, without[name](path.read_bytes()))


def _remove_from_theme_decisions(store: Store, traces: Traces) -> None:
    """Decisions about themes hold, without the words and notes that mention the person."""
    before = store.read_table("theme_decisions")
    kept = forget(before, traces.is_mentioned)
    if not kept.equals(before):
        store.write_table("theme_decisions", kept)


def _rewrite(path: Path, content: bytes) -> None:
    if content != path.read_bytes():
        temporary = path.with_name(f"{UNFINISHED}{path.name}")
        temporary.write_bytes(content)
        temporary.chmod(path.stat().st_mode)
        temporary.replace(path)


def _prune_file(store: Store, path: str, owns: Callable[[str], bool]) -> None:
    value = store.read_json(path)
    if conversation_id_of(path) and owns(path.rpartition("/")[2]):
        store.delete(path)
        return
    pruned = pruned_of(value, owns)
    if pruned is None:
        store.delete(path)
    elif pruned != value:
        store.write_json(path, pruned)


def pruned_of(value: Any, owns: Callable[[str], bool]) -> Any:
    """A JSON value without the records that name the conversation; None: it was such a record."""
    if isinstance(value, str):
        return None if owns(value) else value
    if isinstance(value, list):
        children = [(child, pruned_of(child, owns)) for child in cast("list[Any]", value)]
        return [pruned for child, pruned in children if pruned is not None or child is None]
    if not isinstance(value, dict):
        return value
    record = cast("dict[str, Any]", value)
    if any(isinstance(child, str) and owns(child) for child in record.values()):
        return None
    pruned = {name: pruned_of(child, owns) for name, child in record.items() if not owns(name)}
    return {
        name: child for name, child in pruned.items() if child is not None or record[name] is None
    }
