"""Everything that one conversation and its teller are known by, wherever it may stand.

Collected before anything is erased. An erasure that is not finished keeps it, apart from names, in
its intent: the tables that told it are empty by then, and a search that no longer knows what to
look for would find nothing.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

import pandas as pd

from pipeline.domain.embedding.vectors import cache_key, texts_to_embed
from pipeline.domain.governance.contributions import token
from pipeline.domain.governance.keys import pseudonym
from pipeline.domain.governance.residue import Needles, holds, windows_of
from pipeline.domain.governance.store import Files, Store
from pipeline.domain.intake.names import conversation_id_of, file_ref
from pipeline.domain.redaction.decisions import words_of
from pipeline.domain.redaction.words import is_ordinary
from pipeline.domain.release.pseudonyms import KINDS
from pipeline.tables import AUDIENCES, TABLES

SPOKEN = ("redacted_turns", "turns")
CACHE = "deidentified/vector_cache"
ITEMS = ("quote_id", "story_id", "clip_id", "item_id", "token", "subject")
"""Columns that name something of one person's, by an id that no two people share."""

_TOLD_BY = ("participant", "interpreter")
_WHO = ("consent", "uses", "segments")
"""Tables that say whose a conversation is; what a person took out of one may be in another."""
_CALLED = re.compile(r"(conversation|person|contribution)-[0-9a-f]{16}")


class Traces(NamedTuple):
    """What a conversation is known by; all but names outlives the tables it was read from."""

    conversation_id: str
    people: frozenset[str]
    """The participant's id, unless the same person has another conversation that stays."""
    hashes: frozenset[str]
    file_refs: frozenset[str]
    items: frozenset[str]
    pseudonyms: frozenset[str]
    """What it and its items are called in releases, whatever the audience."""
    cache_keys: frozenset[str]
    windows: frozenset[str]
    key: bytes
    names: frozenset[tuple[str, ...]] = frozenset()
    """Names of the participant and their parts, known of nobody else to the register, as words."""

    @property
    def needles(self) -> Needles:
        """What a search of everything looks for."""
        opaque = self.hashes | self.file_refs | self.items | self.pseudonyms | self.cache_keys
        ids = frozenset({self.conversation_id, *self.people})
        return Needles(ids, opaque - ids, self.windows, self.key)

    def owns(self, value: str) -> bool:
        """Whether a value names the conversation, its teller, its file or anything of theirs."""
        stem = conversation_id_of(value) if "." in value else value
        inside = value.startswith(f"{self.conversation_id}/")
        known = self.people | self.hashes | self.file_refs | self.items | self.pseudonyms
        return stem == self.conversation_id or inside or value in known

    def is_mentioned(self, text: str) -> bool:
        """Whether a text holds their name, their words, or what they are known by."""
        said = f" {' '.join(words_of(text))} "
        is_named = any(f" {' '.join(name)} " in said for name in self.names)
        return is_named or bool(holds("", text.encode(), self.needles, every=1))

    def with_those_of(self, stored: Mapping[str, Any]) -> "Traces":
        """These and the ones that an intent has kept."""
        kept = {
            name: getattr(self, name) | frozenset(cast("list[str]", stored[name]))
            for name in _STORED
        }
        return self._replace(**kept)

    def as_json(self) -> dict[str, Any]:
        """As an intent keeps them: names are in no layer that is emptied before they are used."""
        own = {name: sorted(getattr(self, name)) for name in _STORED}
        return own | {"conversation_id": self.conversation_id}


_STORED = (
    "people", "hashes", "file_refs", "items", "pseudonyms", "cache_keys", "windows",
)  # fmt: skip


def traces_of(store: Store, landing: Files, conversation: str, key: bytes) -> Traces:
    """What the data root and the folder of originals tell of a conversation now."""
    people = _only_here(store.read_table("consent"), conversation)
    own_keys, other_keys = cache_keys(store, conversation)
    names = [name for name in landing.walk() if conversation_id_of(name) == conversation]
    items, pseudonyms = _items(store, conversation, people, key)
    own, others, hashes = _said(store, conversation)
    return Traces(
        conversation,
        people,
        frozenset(hashes | _manifest_hashes(store, conversation)),
        frozenset(file_ref(name) for name in names),
        items,
        pseudonyms,
        frozenset(own_keys - other_keys),
        windows_of(own, others, key),
        key,
        _own_names(store.read_table("known_names"), conversation),
    )


def conversations_called(store: Store, key: bytes, name: str) -> list[str]:
    """Conversations that a name from a release or a record stands for; none: it is no such name.

    A person's name stands for all conversations of that person. Nobody can tell from the name
    itself: those of everybody who is known are computed and compared.
    """
    if not _CALLED.fullmatch(name):
        return []
    columns = ["conversation_id", "participant_id"]
    parts = [part[columns] for table in _WHO for part in parts_of(store, table)]
    known = pd.concat(parts).drop_duplicates()
    called = {
        conversation
        for conversation, person in zip(*(known[column] for column in columns), strict=True)
        if name in _names_of(key, conversation, person)
    }
    return sorted(called)


def _names_of(key: bytes, conversation: str, person: str) -> set[str]:
    """What a conversation and its teller are called by those who do not know their ids."""
    own = {"conversation_id": conversation, "participant_id": person}
    called = {pseudonym(key, a, KINDS[kind], own[kind]) for a in AUDIENCES for kind in own}
    return called | {token(key, person)}


def _said(store: Store, conversation: str) -> tuple[list[str], list[str], set[str]]:
    """What they said, what all others said, and hashes of the files that it was read from."""
    own: list[str] = []
    others: list[str] = []
    hashes: set[str] = set()
    for name in SPOKEN:
        for batch_id in store.batches(name):
            part = store.read_table(name, batch_id)
            mine = part["conversation_id"].eq(conversation)
            own += part.loc[mine & part["role"].isin(_TOLD_BY), "text"].tolist()
            others += part.loc[~mine, "text"].tolist()
            if "content_hash" in part:
                hashes |= set(part.loc[mine, "content_hash"])
    return own, others, hashes


def _items(
    store: Store, conversation: str, people: frozenset[str], key: bytes
) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of what is theirs in any table, and what they and those are called in releases."""
    found: dict[str, set[str]] = {"conversation_id": {conversation}, "participant_id": {*people}}
    for name, table in TABLES.items():
        wanted = {column.name for column in table.columns} & {*ITEMS, "segment_id"}
        if wanted and name not in ("erasures", "clearances", "approvals"):
            for part in parts_of(store, name):
                own = part[of_conversation(part, conversation, people)]
                for column in wanted & {*own.columns}:
                    found.setdefault(column, set()).update(own[column].dropna())
    items = {value for column in ITEMS for value in found.get(column, ())}
    called = {
        pseudonym(key, audience, KINDS[column], value)
        for column, values in found.items()
        if column in KINDS
        for value in values
        for audience in AUDIENCES
    }
    return frozenset(items - {conversation}), frozenset(called)


def of_conversation(
    part: pd.DataFrame, conversation: str, people: frozenset[str]
) -> "pd.Series[bool]":
    """Which rows say that they are of the conversation, its teller or its segments."""
    mask = pd.Series(data=False, index=part.index)
    if "conversation_id" in part:
        mask |= part["conversation_id"].eq(conversation).fillna(value=False).astype(bool)
    if "participant_id" in part:
        mask |= part["participant_id"].isin(people)
    if "segment_id" in part:
        starts = part["segment_id"].str.startswith(f"{conversation}/")
        mask |= starts.eq(other=True).fillna(value=False).astype(bool)
    return mask


def parts_of(store: Store, name: str) -> Iterator[pd.DataFrame]:
    """A table part by part: one a batch, or all of it."""
    if not TABLES[name].per_batch:
        yield store.read_table(name)
        return
    for batch_id in store.batches(name):
        yield store.read_table(name, batch_id)


def _own_names(known_names: pd.DataFrame, conversation: str) -> frozenset[tuple[str, ...]]:
    """Their names, and each word of one that is no ordinary word, unless somebody else bears it."""
    mine = known_names["conversation_id"].eq(conversation)
    own = known_names.loc[mine & known_names["kind"].eq("participant"), "name"]
    others = {words_of(name) for name in known_names.loc[~mine, "name"]}
    words_of_others = {word for name in others for word in name}
    whole = {words_of(name) for name in own} - others - {()}
    parts = {word for name in whole for word in name if not is_ordinary(word)} - words_of_others
    return frozenset(whole | {(word,) for word in parts})


def _only_here(consent: pd.DataFrame, conversation: str) -> frozenset[str]:
    mine = consent["conversation_id"].eq(conversation)
    own = set(consent.loc[mine, "participant_id"])
    return frozenset(own - set(consent.loc[~mine, "participant_id"]))


def _manifest_hashes(store: Store, conversation: str) -> set[str]:
    hashes: set[str] = set()
    for path in state_files(store):
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


def state_files(store: Store) -> list[str]:
    """JSON files of the restricted zone, apart from certificates."""
    return [
        path
        for path in store.walk("restricted")
        if path.endswith(".json") and not path.startswith("restricted/erasures/")
    ]


def cache_keys(store: Store, conversation: str) -> tuple[set[str], set[str]]:
    """Keys that a vector of the conversation, and of all others, has in the cache.

    They come from the segments, under each model that has a folder there: a batch that crashed
    has no embeddings, and those of an earlier model are gone, but their vectors may be left.
    """
    models = {path.removeprefix(f"{CACHE}/").rpartition("/")[0] for path in cached(store)}
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


def cached(store: Store) -> list[str]:
    """Files of the vector cache."""
    return list(store.walk(CACHE)) if store.exists(CACHE) else []
