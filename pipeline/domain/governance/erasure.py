"""Erasure: a person's words out of every layer, and a certificate that holds none of them.

What goes and what is then searched for is worked out first and kept in memory; an intent under
a keyed hash is written; then the layers are emptied, the turns themselves last, since a run that is
killed on the way and started again needs them to know what to search for.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, cast

import pandas as pd

from pipeline.domain.embedding.vectors import (
    cache_from_bytes,
    cache_key,
    cache_to_bytes,
    texts_to_embed,
)
from pipeline.domain.governance.keys import keyed_hash, pseudonym
from pipeline.domain.governance.register import without_rows
from pipeline.domain.governance.residue import Needles, event_logs, holds, pieces_of, scrub
from pipeline.domain.governance.store import Files, Store
from pipeline.domain.intake.names import conversation_id_of, file_ref
from pipeline.domain.redaction.decisions import is_about, without_person, words_of
from pipeline.domain.redaction.words import is_ordinary
from pipeline.domain.release.publishing import unpoint_latest
from pipeline.domain.themes.decisions import forget, without_mentions
from pipeline.domain.themes.labels import UNNAMED
from pipeline.errors import UsageError
from pipeline.leftovers import UNFINISHED
from pipeline.tables import AUDIENCES, TABLES, Table, records

CERTIFICATES = "restricted/erasures"
_CACHE = "deidentified/vector_cache"
_PICTURES = "deidentified/pictures"
_LAST = ("redacted_turns", "turns")
_TOLD_BY = ("participant", "interpreter")
_ID_HEX = 16


class Certificate(NamedTuple):
    """Proof of an erasure: a row of table `erasures`, and counts by table and place."""

    certificate_id: str
    subject: str
    erased_on: str
    removed: dict[str, int]
    residual: dict[str, int]
    releases_to_recall: list[str]

    @property
    def is_clean(self) -> bool:
        """Whether the search of the data root and of landing found nothing."""
        return not self.residual

    def as_row(self) -> dict[str, Any]:
        """The row of table `erasures`."""
        files = sum(n for name, n in self.removed.items() if name not in TABLES)
        return {
            "certificate_id": self.certificate_id,
            "subject": self.subject,
            "rows_removed": sum(self.removed.values()) - files,
            "files_removed": files,
            "residual_hits": sum(self.residual.values()),
            "releases_to_recall": self.releases_to_recall,
        }


class _Subject(NamedTuple):
    """One conversation: everything it is known by."""

    conversation_id: str
    hashes: frozenset[str]
    file_refs: frozenset[str]
    story_ids: frozenset[str]
    needles: Needles
    pseudonyms: frozenset[str]
    names: frozenset[tuple[str, ...]]
    """Names of the participant and their parts, known of nobody else to the register, as words."""

    def owns(self, value: str) -> bool:
        """Whether a value names the conversation, its file or its content."""
        stem = conversation_id_of(value) if "." in value else value
        inside = value.startswith(f"{self.conversation_id}/")
        return stem == self.conversation_id or inside or value in self.hashes | self.file_refs

    def is_mentioned(self, text: str) -> bool:
        """Whether a text holds their name, their words, or what they are known by."""
        said = f" {' '.join(words_of(text))} "
        is_named = any(f" {' '.join(name)} " in said for name in self.names)
        return is_named or bool(holds("", text.encode(), self.needles))


class _Places(NamedTuple):
    store: Store
    landing: Files
    register: Path
    decisions: Path | None
    theme_decisions: Path | None


def erase(
    store: Store,
    landing: Files,
    register: Path,
    conversation_ids: Iterable[str],
    *,
    key: bytes,
    today: date,
    decisions: Path | None = None,
    theme_decisions: Path | None = None,
) -> list[Certificate]:
    """Erase conversations and return one certificate each; run it again if it was killed.

    Afterwards themes, stories and releases must be built anew: releases that held the person were
    taken out of the data root and are listed, since copies elsewhere have to be recalled.

    Parameters
    ----------
    store, landing : Store, Files
        The data root; the folder of the originals.
    register : Path
        The register, whose rows of these conversations are removed too.
    decisions : Path, optional
        The file of reviewers' decisions, whose rows about these people are removed too.
    theme_decisions : Path, optional
        The file of decisions about themes, whose rows that mention them are removed too.

    Raises
    ------
    UsageError
        If nothing is known of a conversation; nothing is erased then.
    """
    wanted = sorted(set(conversation_ids))
    places = _Places(store, landing, register, decisions, theme_decisions)
    store.clear_leftovers()  # nobody reads them, but they may hold anything
    subjects = [_subject(places, conversation, key) for conversation in wanted]
    planned = [(subject, _planned(places, subject, key, today)) for subject in subjects]
    unknown = [subject.conversation_id for subject, certificate in planned if not certificate]
    if unknown:
        raise UsageError(f"Nothing is known of {', '.join(unknown)}; check the conversation id")
    known = [(subject, certificate) for subject, certificate in planned if certificate]
    for _, certificate in known:
        _intend(store, certificate)
    for subject, _ in known:
        _remove(places, subject)
    return [_certify(places, subject, certificate) for subject, certificate in known]


def unfinished(store: Store) -> list[str]:
    """Certificates of erasures that were begun and not finished: run them again."""
    names = store.names(CERTIFICATES)
    return [name.removesuffix(".intent.json") for name in names if name.endswith(".intent.json")]


# What there is


def _subject(places: _Places, conversation: str, key: bytes) -> _Subject:
    store = places.store
    own: list[str] = []
    others: list[str] = []
    hashes: set[str] = set()
    for name in _LAST:
        for batch_id in store.batches(name):
            part = store.read_table(name, batch_id)
            mine = part["conversation_id"].eq(conversation)
            own += part.loc[mine & part["role"].isin(_TOLD_BY), "text"].tolist()
            others += part.loc[~mine, "text"].tolist()
            if "content_hash" in part:
                hashes |= set(part.loc[mine, "content_hash"])
    hashes |= _manifest_hashes(store, conversation)
    stories = store.read_table("stories")
    person = _only_here(store.read_table("consent"), conversation)
    pseudonyms = {pseudonym(key, audience, "conversation", conversation) for audience in AUDIENCES}
    own_keys, other_keys = _cache_keys(store, conversation)
    names = [name for name in places.landing.walk() if conversation_id_of(name) == conversation]
    return _Subject(
        conversation,
        frozenset(hashes),
        frozenset(file_ref(name) for name in names),
        frozenset(stories.loc[stories["conversation_id"].eq(conversation), "story_id"]),
        Needles(
            frozenset({conversation, *person}),
            frozenset(hashes | pseudonyms | own_keys - other_keys),
            pieces_of(own, others),
        ),
        frozenset(pseudonyms),
        _own_names(store.read_table("known_names"), conversation),
    )


def _own_names(known_names: pd.DataFrame, conversation: str) -> frozenset[tuple[str, ...]]:
    """Their names, and each word of one that is no ordinary word, unless somebody else bears it."""
    mine = known_names["conversation_id"].eq(conversation)
    own = known_names.loc[mine & known_names["kind"].eq("participant"), "name"]
    others = {words_of(name) for name in known_names.loc[~mine, "name"]}
    words_of_others = {word for name in others for word in name}
    whole = {words_of(name) for name in own} - others - {()}
    parts = {word for name in whole for word in name if not is_ordinary(word)} - words_of_others
    return frozenset(whole | {(word,) for word in parts})


def _only_here(consent: pd.DataFrame, conversation: str) -> set[str]:
    """The participant's id, unless the same person has another conversation that stays."""
    mine = consent["conversation_id"].eq(conversation)
    return set(consent.loc[mine, "participant_id"]) - set(consent.loc[~mine, "participant_id"])


def _manifest_hashes(store: Store, conversation: str) -> set[str]:
    hashes: set[str] = set()
    for path in _state_files(store):
        for record in _records(store.read_json(path)):
            if conversation_id_of(str(record.get("name", ""))) == conversation:
                hashes |= {
                    value for key, value in record.items() if key == "content_hash" and value
                }
    return hashes


def _records(value: Any) -> Iterator[Mapping[str, Any]]:
    children: list[Any] = []
    if isinstance(value, dict):
        record = cast("dict[str, Any]", value)
        yield record
        children = list(record.values())
    elif isinstance(value, list):
        children = cast("list[Any]", value)
    for child in children:
        yield from _records(child)


def _state_files(store: Store) -> list[str]:
    """JSON files of the restricted zone, apart from certificates."""
    return [
        path
        for path in store.walk("restricted")
        if path.endswith(".json") and not path.startswith(CERTIFICATES)
    ]


# Intent and certificate


def _planned(places: _Places, subject: _Subject, key: bytes, today: date) -> Certificate | None:
    """The certificate as planned; the plan of a killed run stands. None: nothing is known."""
    store = places.store
    hashed = keyed_hash(key, "erasure", subject.conversation_id)
    path = f"{CERTIFICATES}/{hashed[:_ID_HEX]}"
    number = 1
    while store.exists(f"{path}-{number}.json"):
        number += 1
    if store.exists(f"{path}-{number}.intent.json"):
        return Certificate(**store.read_json(f"{path}-{number}.intent.json"))
    plan, recall = _plan(places, subject), _releases_of(store, subject)
    if plan or recall:
        name = f"{hashed[:_ID_HEX]}-{number}"
        return Certificate(name, hashed, today.isoformat(), plan, {}, recall)
    return Certificate(**store.read_json(f"{path}-{number - 1}.json")) if number > 1 else None


def _intend(store: Store, certificate: Certificate) -> None:
    """Say what is about to happen, before it does; a finished erasure needs no intent."""
    path = f"{CERTIFICATES}/{certificate.certificate_id}"
    if not store.exists(f"{path}.json"):
        store.write_json(f"{path}.intent.json", certificate._asdict())


def _plan(places: _Places, subject: _Subject) -> dict[str, int]:
    """Rows of each table and files of each place that are to go."""
    counts = {
        name: sum(int(mask.sum()) for _, _, mask in _parts(places.store, table, subject))
        for name, table in TABLES.items()
    }
    counts["files in landing"] = len(_originals(places, subject))
    counts["vectors in the cache"] = len(_own_vectors(places.store, subject))
    return {name: n for name, n in counts.items() if n}


def _certify(places: _Places, subject: _Subject, certificate: Certificate) -> Certificate:
    store = places.store
    residual: dict[str, int] = {}
    searched = {"": store, "landing/": places.landing}
    for prefix, files in searched.items():
        for path in files.walk():
            kinds = holds(f"{prefix}{path}", files.read_bytes(path), subject.needles)
            for kind in kinds:
                zone = f"{(prefix + path).partition('/')[0]}: {kind}"
                residual[zone] = residual.get(zone, 0) + 1
    finished = certificate._replace(residual=residual)
    _record(store, finished)
    path = f"{CERTIFICATES}/{finished.certificate_id}"
    if finished.is_clean:
        store.write_json(f"{path}.json", finished._asdict())
        store.delete(f"{path}.intent.json")
    else:
        # It is not finished: the intent stays, and the erasure is to be run again.
        store.write_json(f"{path}.intent.json", finished._asdict())
    return finished


def _record(store: Store, certificate: Certificate) -> None:
    earlier = store.read_table("erasures")
    others = earlier[earlier["certificate_id"].ne(certificate.certificate_id)]
    row = pd.DataFrame([certificate.as_row()])
    store.write_table("erasures", pd.concat([others, row], ignore_index=True))


# Removal


def _remove(places: _Places, subject: _Subject) -> None:
    """Empty every layer, derived ones first; each step is harmless when run again."""
    store = places.store
    # Before the names are gone, by which those for the whole programme are known.
    _remove_from_decisions(places.decisions, subject)
    _remove_rows(store, TABLES["redaction_decisions"], subject)
    _remove_from_theme_decisions(places.theme_decisions, subject)
    _remove_mentions(store, subject)
    _remove_vectors(store, subject)
    _remove_phrases(store, subject)
    store.delete(_PICTURES)  # they count everybody, and name themes; the next night draws them anew
    for name, table in TABLES.items():
        if name not in (*_LAST, "stories"):
            _remove_rows(store, table, subject)
    _remove_rows(store, TABLES["stories"], subject)
    _remove_releases(store, subject)
    for path in _state_files(store):
        _prune_file(store, path, subject.owns)
    for name in _originals(places, subject):
        places.landing.delete(name)
    _remove_from_register(places.register, subject.conversation_id)
    for log in event_logs(store):
        scrub(log, subject.needles.identifiers | subject.needles.hashes)
    for name in _LAST:
        _remove_rows(store, TABLES[name], subject)


def _parts(
    store: Store, table: Table, subject: _Subject
) -> Iterator[tuple[str | None, pd.DataFrame, "pd.Series[bool]"]]:
    """Each published part of a table that has rows of the conversation, and which rows."""
    batches = store.batches(table.name) if table.per_batch else [None]
    for batch_id in batches:
        if store.exists(store.table_path(table.name, batch_id)):
            part = store.read_table(table.name, batch_id)
            mask = _rows_of(part, subject)
            if mask.any():
                yield batch_id, part, mask


def _rows_of(part: pd.DataFrame, subject: _Subject) -> "pd.Series[bool]":
    mask = pd.Series(data=False, index=part.index)
    if "conversation_id" in part:
        mask |= part["conversation_id"].eq(subject.conversation_id).fillna(value=False)
    if "segment_id" in part:
        mask |= part["segment_id"].str.startswith(f"{subject.conversation_id}/")
    if "story_id" in part:
        mask |= part["story_id"].isin(subject.story_ids)
    if {"action", "text"} <= {*part}:  # decisions, of which some are for the whole programme
        rows = zip(part["conversation_id"], part["text"], strict=True)
        about = [is_about(of, text, subject.conversation_id, subject.names) for of, text in rows]
        mask |= pd.Series(about, index=part.index, dtype=bool)
    if "words" in part:
        mask |= part["words"].map(subject.is_mentioned, na_action="ignore").eq(other=True)
    for column, values in (("content_hash", subject.hashes), ("file_ref", subject.file_refs)):
        if column in part:
            mask |= part[column].isin(values)
    return mask


def _remove_rows(store: Store, table: Table, subject: _Subject) -> None:
    for batch_id, part, mask in _parts(store, table, subject):
        store.write_table(table.name, part[~mask], batch_id)


def _remove_phrases(store: Store, subject: _Subject) -> None:
    """Themes without the person's phrases, and without what people wrote that mentions them."""
    themes = store.read_table("themes")
    before = records(themes)
    after = [_without_them(theme, subject) for theme in before]
    if any(_has_changed(*pair) for pair in zip(before, after, strict=True)):
        kept = {
            name: pd.Series([theme[name] for theme in after], index=themes.index, dtype=object)
            for name in ("phrases", "label", "label_history", "description")
        }
        store.write_table("themes", themes.assign(**kept))


def _has_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    is_shorter = any(len(after[n]) < len(before[n]) for n in ("phrases", "label_history"))
    return is_shorter or any(after[n] is not before[n] for n in ("label", "description"))


def _without_them(theme: Mapping[str, Any], subject: _Subject) -> dict[str, Any]:
    told = theme["description"]
    is_named = theme["label_by"] == "people" and subject.is_mentioned(theme["label"])
    return {
        "phrases": [p for p in theme["phrases"] if p["conversation_id"] != subject.conversation_id],
        "label": UNNAMED if is_named else theme["label"],
        "label_history": [
            entry
            for entry in theme["label_history"]
            if entry["by"] != "people" or not subject.is_mentioned(entry["label"])
        ],
        "description": None if isinstance(told, str) and subject.is_mentioned(told) else told,
    }


def _cache_keys(store: Store, conversation: str) -> tuple[set[str], set[str]]:
    """Keys that a vector of the conversation, and of all others, has in the cache.

    They come from the segments, under each model that has a folder there: a batch that crashed
    has no embeddings, and those of an earlier model are gone, but their vectors may be left.
    """
    models = {path.removeprefix(f"{_CACHE}/").rpartition("/")[0] for path in _cached(store)}
    own: set[str] = set()
    others: set[str] = set()
    for batch_id in store.batches("segments"):
        segments = store.read_table("segments", batch_id)
        texts = zip(segments["conversation_id"], texts_to_embed(segments), strict=True)
        for told_in, text in texts:
            keys = own if told_in == conversation else others
            for model, _, precision in (folder.rpartition("-") for folder in models):
                keys.add(cache_key(text, model, precision))
    return own, others


def _own_vectors(store: Store, subject: _Subject) -> set[str]:
    """Keys in the cache of the conversation's segments that are nobody else's as well."""
    own, others = _cache_keys(store, subject.conversation_id)
    held = {key for path in _cached(store) for key in cache_from_bytes(store.read_bytes(path))}
    return (own - others) & held


def _remove_vectors(store: Store, subject: _Subject) -> None:
    """Leave only vectors of other people's segments: whose a stray one was, nobody can tell."""
    _, others = _cache_keys(store, subject.conversation_id)
    for path in _cached(store):
        vectors = cache_from_bytes(store.read_bytes(path))
        kept = {key: vector for key, vector in vectors.items() if key in others}
        if len(kept) < len(vectors):
            store.write_bytes(path, cache_to_bytes(kept))


def _cached(store: Store) -> list[str]:
    return list(store.walk(_CACHE)) if store.exists(_CACHE) else []


def _releases_of(store: Store, subject: _Subject) -> list[str]:
    """Release folders in which the conversation speaks, under its pseudonym."""
    if not store.exists("releases"):
        return []
    needles = Needles(frozenset(), subject.pseudonyms, ())
    folders = {
        path.rpartition("/")[0]
        for path in store.walk("releases")
        if path.endswith(".parquet") and holds(path, store.read_bytes(path), needles)
    }
    return sorted(folder for folder in folders if not folder.endswith("/latest"))


def _remove_releases(store: Store, subject: _Subject) -> None:
    for folder in _releases_of(store, subject):
        base, _, identity = folder.rpartition("/")
        unpoint_latest(store, base, identity)
        store.delete(folder)


def _originals(places: _Places, subject: _Subject) -> list[str]:
    return [
        name
        for name in places.landing.walk()
        if conversation_id_of(name) == subject.conversation_id
    ]


def _remove_from_register(register: Path, conversation: str) -> None:
    if register.is_file():
        _rewrite(register, without_rows(register.read_bytes(), {conversation}))


def _remove_from_decisions(decisions: Path | None, subject: _Subject) -> None:
    """A file that is no table is left as it is; the search at the end says if it names anybody."""
    if decisions is None or not decisions.is_file():
        return
    content = decisions.read_bytes()
    with suppress(ValueError, csv.Error):
        _rewrite(decisions, without_person(content, subject.conversation_id, subject.names))


def _remove_from_theme_decisions(decisions: Path | None, subject: _Subject) -> None:
    if decisions is not None and decisions.is_file():
        with suppress(ValueError, csv.Error):
            _rewrite(decisions, without_mentions(decisions.read_bytes(), subject.is_mentioned))


def _remove_mentions(store: Store, subject: _Subject) -> None:
    """Decisions about themes hold, without the words and notes that mention the person."""
    before = store.read_table("theme_decisions")
    kept = forget(before, subject.is_mentioned)
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
