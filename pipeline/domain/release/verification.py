# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyarrow carries no types.
"""Proving a finished release again: every promise, from its files and the data root alone.

Problems name files, tables, columns and counts. They quote nothing, since a broken release may hold
what must not be seen.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.domain.codesign.passing import unfit
from pipeline.domain.governance.approvals import INEQUALITIES, clearances, cleared
from pipeline.domain.governance.consent import USE_OF, Use, consented
from pipeline.domain.governance.keys import KEY_PATH, pseudonym
from pipeline.domain.governance.store import Store
from pipeline.domain.release.audit import named_rows, names_by_conversation
from pipeline.domain.release.building import (
    MANIFEST,
    PACKAGE,
    Terms,
    manifest,
    package_of,
    release_id,
)
from pipeline.domain.release.counts import counts_of, told_before
from pipeline.domain.release.describing import DICTIONARY, README
from pipeline.domain.release.disclosure import Told, moved_by_few
from pipeline.domain.release.figures import altogether, figures_by_voice
from pipeline.domain.release.identifiers import PATTERNS, texts_of
from pipeline.domain.release.issued import not_issued
from pipeline.domain.release.leaving import SUFFIX, read_leaving
from pipeline.domain.release.making import Maker, made_of
from pipeline.domain.release.policy import COLUMNS, PROGRAMME_TEAM, SET_KINDS, audience_of
from pipeline.domain.release.telling import (
    READ_ALOUD,
    READING_COLUMNS,
    placeholders_in,
    readings_of,
    rendered,
    texts_with_placeholders,
    told,
)
from pipeline.domain.release.version import code_version
from pipeline.domain.validation.segments import JOIN
from pipeline.errors import UsageError
from pipeline.tables import AUDIENCES, records


class _Context(NamedTuple):
    """What a release is held against."""

    audience: str
    turns: dict[str, dict[int, str]]
    inner_ids: dict[str, str]
    held: "Held"
    today: date
    terms: Terms


class Held(NamedTuple):
    """What the data root holds, and the key: a release is proven against it.

    Attributes
    ----------
    redacted_turns, generalisations, consent, clearances, inequalities, known_names : DataFrame
        Tables as they are now.
    key : bytes
    cells : mapping of str to int
        The counts that the figures of this release go by.
    told : Told
        Those of the other releases to the same audience.
    """

    redacted_turns: pd.DataFrame
    generalisations: pd.DataFrame
    consent: pd.DataFrame
    clearances: pd.DataFrame
    inequalities: pd.DataFrame
    known_names: pd.DataFrame
    key: bytes
    cells: Mapping[str, int]
    told: Told


UNPROVEN = (
    "whether it was ever released, and is not a forgery with every hash mended",
    "whether what is quoted was said, and by whom",
    "whether people's consent and sign-offs hold today",
    "whether figures are what was counted",
    "whether a text holds a name that the register knows",
)
"""What nobody can prove without the data root, or may not read there."""


def verify_files(
    folder: Path,
    store: Store,
    today: date,
    terms_of: Callable[[str], Terms],
) -> list[str]:
    """Problems of a release folder, held against its data root; none: every promise is kept.

    Parameters
    ----------
    folder : Path
        `<data root>/releases/<audience>/<release id>` or `.../latest`.
    store : Store
        The data root, see `data_root`.
    terms_of : callable
        What the programme lays down for an audience.
    """
    real = folder.resolve()
    audience = audience_of(real.parent.name)
    if audience is None:
        raise UsageError("The folder above the release is named after no audience.")
    files = files_in(real)
    consent, inequalities = store.read_table("consent"), store.read_table("inequalities")
    stories, approvals = store.read_table("stories"), store.read_table("approvals")
    held = Held(
        store.read_live("redacted_turns"),
        store.read_live("generalisations"),
        consent,
        clearances(approvals, stories, consent, inequalities, today),
        inequalities,
        store.read_table("known_names"),
        store.read_bytes(KEY_PATH),
        counts_of(store, audience, real.name),
        told_before(store, audience, but=real.name),
    )
    problems = not_issued(store, audience, files)
    problems += verify_release(files, held, today, audience=audience, terms=terms_of(audience))
    if release_id(files) != real.name:
        problems.insert(0, "the folder's name is not the hash of its content")
    return problems


def verify_copy(files: Mapping[str, bytes], terms_of: Callable[[str], Terms]) -> list[str]:
    """Problems of a release without its data root; none: it is whole, and made of its tables.

    What this cannot prove is in `UNPROVEN`.
    """
    audience = str(_json(files.get(PACKAGE, b"")).get("audience"))
    if audience not in AUDIENCES:
        return [f"{PACKAGE}: names no audience"]
    tables, problems = _whole(files, audience)
    terms = terms_of(audience)
    return problems or [*_misheard(tables), *_in_itself(files, tables, audience, terms)]


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file of a release folder by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def data_root(folder: Path) -> Path | None:
    """The data root that a release folder belongs to; None: there is none that may be read.

    Raises
    ------
    UsageError
        If there is no such folder.
    """
    real = folder.resolve()
    if not real.is_dir():
        raise UsageError("Give a release: DATA/releases/AUDIENCE/latest, an earlier one or a copy.")
    is_release = len(real.parents) > 2 and real.parents[1].name == "releases"
    root = real.parents[2] if is_release else None
    return root if root and os.access(root / KEY_PATH, os.R_OK) else None


def verify_release(
    files: Mapping[str, bytes], held: Held, today: date, *, audience: str, terms: Terms
) -> list[str]:
    """Problems of a release, without quoting it; none: every promise is kept today."""
    tables, problems = _whole(files, audience)
    if problems:
        return problems
    context = _context(audience, held, today, terms)
    return [
        *_unproven(tables, context),
        *_told_otherwise(tables, context),
        *_unconsented(tables, context),
        *_unsigned(tables, context),
        *_counted_otherwise(tables, context),
        *_named(tables, context),
        *_in_itself(files, tables, audience, terms),
    ]


def _whole(files: Mapping[str, bytes], audience: str) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """The tables, and why what follows cannot be looked at: it reads columns by name."""
    problems = [*_altered(files), *_undeclared(files, audience)]
    tables, broken = _read(files)
    problems += broken
    if audience in AUDIENCES and not broken:
        problems += _beyond_allow_list(tables, audience)
    return tables, problems


def _in_itself(
    files: Mapping[str, bytes], tables: Mapping[str, pd.DataFrame], audience: str, terms: Terms
) -> Iterator[str]:
    """What can be seen from the release alone."""
    yield from _misread(tables)
    yield from _rare_themes(tables, audience, terms)
    yield from _dangling(tables, audience)
    yield from _identifying(tables)
    yield from _made_otherwise(files, terms.makers)


# Files


def _altered(files: Mapping[str, bytes]) -> Iterator[str]:
    if MANIFEST not in files or PACKAGE not in files:
        yield f"{MANIFEST} or {PACKAGE} is missing"
        return
    if files[MANIFEST] != manifest(files):
        for name in _differing(files):
            yield f"{_shown(name, files)}: not the file that was released ({MANIFEST})"


def _differing(files: Mapping[str, bytes]) -> list[str]:
    entries = _json(files[MANIFEST]).get("files", ())
    declared = {entry.get("path"): entry.get("sha256") for entry in entries}
    names = (set(declared) | set(files)) - {MANIFEST}
    differing = [
        name
        for name in sorted(names - {None})
        if name not in files or declared.get(name) != hashlib.sha256(files[name]).hexdigest()
    ]
    return differing or [MANIFEST]


def _undeclared(files: Mapping[str, bytes], audience: str) -> Iterator[str]:
    package, resources = _json(files.get(PACKAGE, b"")), _declared(files)
    if package.get("audience") != audience:
        yield f"{PACKAGE}: made for another audience"
    if package.get("version") != release_id(files):
        yield f"{PACKAGE}: the version is not the hash of the content"
    for name in sorted(set(files) - {MANIFEST, PACKAGE} - set(resources)):
        yield f"{_shown(name, files)}: not declared in {PACKAGE}"
    for name, entry in resources.items():
        body = files.get(name)
        if body is None:
            yield f"{_shown(name, files)}: declared in {PACKAGE}, but missing"
        elif entry.get("bytes") != len(body) or entry.get("hash") != _hash(body):
            yield f"{_shown(name, files)}: size or hash differs from {PACKAGE}"


def _declared(files: Mapping[str, bytes]) -> dict[str, Mapping[str, Any]]:
    """Every file that the package says there is."""
    resources = _json(files.get(PACKAGE, b"")).get("resources", ())
    return {str(entry.get("path")): entry for entry in resources}


def _shown(name: str, files: Mapping[str, bytes]) -> str:
    """A file's name if the release says that it is its own; a foreign one may be personal."""
    tables = {f"{table}{SUFFIX}" for columns in COLUMNS.values() for table in columns}
    ours = tables | {PACKAGE, MANIFEST, README, DICTIONARY}
    is_own = name in ours or (name in _declared(files) and _PLAIN.fullmatch(name))
    return name if is_own else "a file of another name"


_UNREADABLE = (pa.ArrowException, OSError, ValueError, LookupError, TypeError, OverflowError)
"""What a damaged Parquet file may be found out by, such as a name that is no text."""
_PLAIN = re.compile(r"[a-z0-9][\w./-]*")


def _hash(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _read(files: Mapping[str, bytes]) -> tuple[dict[str, pd.DataFrame], list[str]]:
    tables: dict[str, pd.DataFrame] = {}
    broken: list[str] = []
    for name, body in files.items():
        if name.endswith(SUFFIX):
            try:
                tables[name.removesuffix(SUFFIX)] = pq.read_table(pa.BufferReader(body)).to_pandas()
            except _UNREADABLE:
                broken.append(f"{_shown(name, files)}: cannot be read as Parquet")
    return tables, broken


def _beyond_allow_list(tables: Mapping[str, pd.DataFrame], audience: str) -> Iterator[str]:
    allowed = COLUMNS[audience]
    for name in sorted(set(tables) ^ set(allowed)):
        what = "is missing" if name in allowed else "may not leave for this audience"
        yield f"{name if name in allowed else 'a table'}: the table {what}"
    for name in sorted(set(tables) & set(allowed)):
        differing = len(set(tables[name].columns) ^ set(allowed[name]))
        if differing:
            yield f"{name}: {differing} columns are not as the allow-list has them"


# Rows


def _context(audience: str, held: Held, today: date, terms: Terms) -> _Context:
    redacted_turns, consent = held.redacted_turns, held.consent
    known = sorted({*redacted_turns["conversation_id"], *consent["conversation_id"]})
    outer = {inner: pseudonym(held.key, audience, "conversation", inner) for inner in known}
    turns: dict[str, dict[int, str]] = {name: {} for name in outer.values()}
    for conversation, turn, text in zip(
        redacted_turns["conversation_id"],
        redacted_turns["turn"],
        redacted_turns["text"],
        strict=True,
    ):
        turns[outer[conversation]][int(turn)] = text
    inner_ids = {name: inner for inner, name in outer.items()}
    return _Context(audience, turns, inner_ids, held, today, terms)


def _misheard(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Texts that are not as hashed."""
    for name, proofs in _proofs(tables).items():
        wrong = sum(not proof.is_hashed for proof in proofs)
        if wrong:
            yield f"{name}: {wrong} texts are not what their hashes are of"


def _unproven(tables: Mapping[str, pd.DataFrame], context: _Context) -> Iterator[str]:
    """Texts that are not what the redacted turns hold at their offsets, or not as hashed."""
    for name, proofs in _proofs(tables).items():
        wrong = sum(not proof.holds(context.turns) for proof in proofs)
        if wrong:
            yield f"{name}: {wrong} texts are not what was said at their place"


class _Proof(NamedTuple):
    conversation: str
    pieces: Sequence[Mapping[str, int]]
    text: str
    sha256: str | None

    def holds(self, turns: Mapping[str, Mapping[int, str]]) -> bool:
        said = [
            turns.get(self.conversation, {}).get(piece["turn"], "")[piece["start"] : piece["end"]]
            for piece in self.pieces
        ]
        return bool(self.text) and JOIN.join(said) == self.text and self.is_hashed

    @property
    def is_hashed(self) -> bool:
        """Whether the hash is that of the text."""
        return self.sha256 in (None, hashlib.sha256(self.text.encode()).hexdigest())


def _proofs(tables: Mapping[str, pd.DataFrame]) -> dict[str, list[_Proof]]:
    quotes, stories, themes = (records(tables[name]) for name in ("quotes", "stories", "themes"))
    proofs = {
        "quotes": [_Proof(q["conversation_id"], [q], q["text"], q["sha256"]) for q in quotes],
        "stories": [
            _Proof(s["conversation_id"], s["offsets"], s["text"], s["sha256"]) for s in stories
        ],
        "themes.phrases": [
            _Proof(p["conversation_id"], [p], p["text"], p["sha256"])
            for theme in themes
            for p in theme["phrases"]
        ],
    }
    if "segments" in tables:
        proofs["segments"] = [
            _Proof(s["conversation_id"], s["spans"], s["text"], None)
            for s in records(tables["segments"])
        ]
    if "redacted_turns" in tables:
        proofs["redacted_turns"] = [
            _Proof(
                t["conversation_id"],
                [{"turn": t["turn"], "start": 0, "end": len(t["text"])}],
                t["text"],
                None,
            )
            for t in records(tables["redacted_turns"])
            if t["text"]
        ]
    return proofs


def _told_otherwise(tables: Mapping[str, pd.DataFrame], context: _Context) -> Iterator[str]:
    """Placeholders told in another way than today's policy has it, or that no text holds."""
    needed = {
        (context.inner_ids.get(conversation, conversation), placeholder)
        for conversation, placeholder in placeholders_in(texts_with_placeholders(tables))
    }
    placeholders, rest = tables["placeholders"], READING_COLUMNS[1:]
    ours = told(context.held.generalisations, context.terms.policy, needed)
    expected = set(ours.itertuples(index=False, name=None))
    found = [
        (context.inner_ids.get(row["conversation_id"], ""), *[row[name] for name in rest])
        for row in records(placeholders.astype(object).where(placeholders.notna(), None))
    ]
    wrong = len({row[:2] for row in set(found) ^ expected}) + len(found) - len(set(found))
    if wrong:
        yield f"placeholders: {wrong} are not told as this audience's policy has it"


def _misread(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Reading texts that are not the text with its placeholders as they are told."""
    readings = readings_of(tables["placeholders"])
    for name in READ_ALOUD:
        wrong = sum(
            row["reading_text"] != rendered(row["text"], row["conversation_id"], readings)
            for row in records(tables[name])
        )
        if wrong:
            yield f"{name}: {wrong} reading texts are not their text as this audience is told it"


def _unconsented(tables: Mapping[str, pd.DataFrame], context: _Context) -> Iterator[str]:
    for name, frame in tables.items():
        if "conversation_id" in frame.columns:
            yield from _without_consent(
                name, set(frame["conversation_id"]), USE_OF.get(name), context
            )
    phrases = {p["conversation_id"] for theme in tables["themes"]["phrases"] for p in theme}
    yield from _without_consent("themes.phrases", phrases, "quote", context)
    training = {s["story_id"] for s in records(tables["story_sets"]) if s["kind"] == "training"}
    stories = tables["stories"]
    told = set(stories.loc[stories["story_id"].isin(training), "conversation_id"])
    yield from _without_consent("story_sets for training", told, "training", context)


def _without_consent(
    name: str, conversations: set[str], use: Use | None, context: _Context
) -> Iterator[str]:
    allowed = consented(context.held.consent, context.audience, use, context.today)
    heard = {context.inner_ids.get(conversation) for conversation in conversations}
    if not heard <= allowed:
        what = "" if use is None else f" for use as {use}"
        yield f"{name}: {len(heard - allowed)} conversations without consent today{what}"


def _unsigned(tables: Mapping[str, pd.DataFrame], context: _Context) -> Iterator[str]:
    """Stories, and what differs between groups of people, that nobody has signed off today."""
    if context.audience == PROGRAMME_TEAM:
        return
    held, audience = context.held, context.audience
    named = {pseudonym(held.key, audience, "story", s): s for s in held.clearances["subject"]}
    stories = tables["stories"]
    ours = stories.assign(story_id=stories["story_id"].map(named))
    may_leave = cleared(held.clearances, ours, audience, context.today, held.inequalities)
    for name, frame in tables.items():
        told = set(frame["story_id"].dropna()) if "story_id" in frame else set[str]()
        unsigned = {one for one in told if named.get(one) not in may_leave}
        if unsigned:
            yield f"{name}: {len(unsigned)} stories are not signed off for this audience today"
    by_group = int(tables["story_sets"]["kind"].eq(INEQUALITIES).sum())
    by_group += len(tables[INEQUALITIES]) if INEQUALITIES in tables else 0
    if by_group and INEQUALITIES not in may_leave:
        yield f"{by_group} rows about inequalities are not signed off for this audience today"


def _counted_otherwise(tables: Mapping[str, pd.DataFrame], context: _Context) -> Iterator[str]:
    """Figures that are not what their counts come to, or that subtraction makes tell too much."""
    policy, cells = context.terms.disclosure, context.held.cells
    if policy.is_exact:
        return
    themes = tables["themes"]["theme_id"].tolist()
    try:
        whole = altogether(cells, policy)
        ours = pd.DataFrame(figures_by_voice(themes, cells, whole, policy), dtype=object)
    except KeyError:
        yield "theme_prevalence: the counts that its figures go by are not kept in the data root"
        return
    wrong = len(set(_rows(tables["theme_prevalence"])) ^ set(_rows(ours)))
    wrong += len(tables["theme_prevalence"]) != len(ours)
    if wrong:
        yield f"theme_prevalence: {wrong} rows are not counted as this audience's policy has it"
    in_all = ours[ours["voice"].eq("all")] if len(ours) else ours
    wrong = len(set(_rows(tables["themes"], _IN_BOTH)) ^ set(_rows(in_all, _IN_BOTH)))
    facts = {row["fact"]: row["n"] for row in records(tables["overview"])}
    wrong += sum(_number(facts.get(name)) != n for name, n in whole.items())
    if wrong:
        yield f"themes, overview: {wrong} rows are not counted as this audience's policy has it"
    moved = len(moved_by_few(cells, context.held.told, policy.fewest))
    if moved:
        yield f"{moved} counts differ by too few people from a release to this audience before"


_IN_BOTH = ("theme_id", "n_people", "n_conversations", "share_of_people", "share_low", "share_high")


def _rows(frame: pd.DataFrame, columns: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    """Rows that can be compared: every missing value is None, every number a float."""
    names = sorted(columns or frame.columns)
    return [tuple(_number(row[name]) for name in names) for row in records(frame)]


def _number(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return None if pd.isna(value) else float(value)


def _made_otherwise(files: Mapping[str, bytes], makers: Iterable[Maker]) -> Iterator[str]:
    """Pages and projects that are not what the release's own tables make of them."""
    if _json(files[PACKAGE]).get("codeVersion") != code_version():
        yield "made by another version of this software: let that version make its pages again"
        return
    try:
        leaving = read_leaving(files)
        again = made_of(leaving, makers) | {PACKAGE: package_of(files)}
    except (LookupError, ValueError, TypeError, AttributeError, pa.ArrowException):
        yield "the tables cannot be made into pages: they do not belong together"
        return
    made = {name for name in files if not name.endswith(SUFFIX) and name != MANIFEST}
    for name in sorted(made | set(again)):
        if files.get(name) != again.get(name):
            shown = name if name in again else "a file of another name"
            yield f"{shown}: not what the release's own tables make of it"


def _rare_themes(tables: Mapping[str, pd.DataFrame], audience: str, terms: Terms) -> Iterator[str]:
    if audience == PROGRAMME_TEAM:
        return
    for name in ("themes", "theme_prevalence"):
        rare = int(tables[name]["n_people"].lt(terms.settings.min_theme_people).sum())
        if rare:
            yield f"{name}: {rare} rows of fewer people than the threshold"


def _dangling(tables: Mapping[str, pd.DataFrame], audience: str) -> Iterator[str]:
    themes = set(tables["themes"]["theme_id"])
    references = {
        "quotes.theme_id": (tables["quotes"]["theme_id"], themes),
        "stories.theme_id": (tables["stories"]["theme_id"].dropna(), themes),
        "theme_prevalence.theme_id": (tables["theme_prevalence"]["theme_id"], themes),
    }
    for name, (values, known) in references.items():
        n = len(set(values) - known)
        if n:
            yield f"{name}: {n} refer to nothing in this release"
    for name in ("story_id", "segment_id"):
        known = set(tables.get(_LISTED_IN[name], pd.DataFrame({name: []}))[name])
        for table in sorted(tables.keys() - _LOOKED_AT_TOGETHER):
            frame = tables[table]
            n = len(set(frame[name].dropna()) - known) if name in frame else 0
            if n:
                yield f"{table}.{name}: {n} refer to nothing in this release"
    yield from unfit(tables)
    kinds = set(tables["story_sets"]["kind"]) - SET_KINDS[audience]
    if kinds:
        yield f"story_sets: {len(kinds)} kinds of sets may not leave for this audience"


_LISTED_IN = {"story_id": "stories", "segment_id": "segments"}
_LOOKED_AT_TOGETHER = {"emotional_map", "trigger_clips", "table_sheets"}


def _identifying(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Direct identifiers that have a shape: what redaction missed and a pattern can see."""
    for name, frame in tables.items():
        texts = texts_of(frame)
        for what, pattern in PATTERNS.items():
            n = sum(pattern.search(text) is not None for text in texts)
            if n:
                yield f"{name}: {n} texts hold what looks like {what}"


def _named(tables: Mapping[str, pd.DataFrame], context: _Context) -> Iterator[str]:
    """Texts with the name of somebody of whom the register knows in their conversation."""
    names = names_by_conversation(context.held.known_names)
    spoken = {name: frame for name, frame in tables.items() if "conversation_id" in frame.columns}
    phrases = [phrase for own in tables["themes"]["phrases"] for phrase in own]
    columns = ["conversation_id", "text"]
    spoken["themes.phrases"] = pd.DataFrame(phrases, columns=pd.Index(columns))[columns]
    for name, frame in spoken.items():
        n = named_rows(frame, lambda of: names.get(context.inner_ids.get(of, "")))
        if n:
            yield f"{name}: {n} rows hold a name that the register knows in their conversation"
