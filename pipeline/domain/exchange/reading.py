# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownParameterType=false
# lxml carries no types.
"""Reading REFI-QDA: a project that people coded anew, as codings of our turns.

Programs keep different things: texts and codes are known by their ids, else by their names; the
machine's codings by its name as a user, else by their own ids. Who coded is told by an id here;
the name that is behind it goes no further.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from pipeline.domain.exchange.codes import theme_id_in
from pipeline.domain.exchange.layout import Laid, Place, places_between
from pipeline.domain.exchange.marks import guid, same_guid
from pipeline.domain.exchange.opening import Opened, ProjectError, children, everywhere, opened
from pipeline.domain.exchange.positions import Counting, Passage, counting_of, plain
from pipeline.domain.exchange.refi import MACHINE_GUID, MAKER, coding_guid

_NOBODY = ""
_MOST_LINES = 4
"""To each line of ours: a text that was cut up further is another text."""
_MACHINES = re.compile(rf"{re.escape(MAKER)}\b.*\(machine\)", re.IGNORECASE)


class Known(NamedTuple):
    """What of ours may come back.

    Attributes
    ----------
    texts : mapping of conversation id to Laid
        As the project that was sent out lays out today's redacted turns.
    sources : mapping of id or name, of source or file, to conversation id
        Ids as `same_guid` has them; names in lower case.
    themes : mapping of code id, theme id or label to theme id
        Ids as `same_guid` has them; labels in lower case, those of two themes left out.
    """

    texts: Mapping[str, Laid]
    sources: Mapping[str, str]
    themes: Mapping[str, str]


class Coding(NamedTuple):
    """One code that a person gave to a passage of a conversation."""

    coder: str
    conversation_id: str
    places: tuple[Place, ...]
    theme_id: str | None
    own_code: str
    """The code's id where it is no theme of ours; empty else."""


class Recoded(NamedTuple):
    """What people coded in one project, and what of it could not be used."""

    codings: tuple[Coding, ...]
    problems: tuple[str, ...]


class _Text(NamedTuple):
    """A source of theirs, the conversation that it is, and its text as they have it."""

    element: Any
    conversation_id: str
    raw: str


def read_project(content: bytes, known: Known, max_bytes: int) -> Recoded:
    """People's codings in a project, mapped to turns of our conversations.

    Parameters
    ----------
    max_bytes : int
        What the project may unpack to.

    Raises
    ------
    ProjectError
        If it cannot be read as a project; says why without its content.
    """
    project = opened(content, max_bytes)
    texts, problems = _texts(project, known)
    if not texts:
        raise ProjectError(_none_of_ours(problems))
    passages = {text.conversation_id: _passages(text) for text in texts}
    counting = counting_of(
        (text.raw, [p for _, p in passages[text.conversation_id]]) for text in texts
    )
    coders, codes = _coders(project), _codes(project, known)
    codings: list[Coding] = []
    n_lost = 0
    for text in texts:
        found, lost = _codings(text, passages[text.conversation_id], counting, known, coders)
        codings += [own._replace(**_meaning(own.own_code, codes)) for own in found]
        n_lost += lost
    if any(own.coder == _NOBODY for own in codings):
        n_nobodys = sum(own.coder == _NOBODY for own in codings)
        problems.append(f"{n_nobodys} codings do not say who coded")
    if n_lost:
        problems.append(f"{n_lost} codings lie where the text is another than ours is today")
    by_people = tuple(own for own in codings if own.coder != _NOBODY)
    return Recoded(by_people, tuple(problems))


def _none_of_ours(problems: Sequence[str]) -> str:
    told = "it holds no conversation of this programme as released to the programme team"
    return "; ".join([told, *problems])


# Texts


def _texts(project: Opened, known: Known) -> tuple[list[_Text], list[str]]:
    found: dict[str, _Text] = {}
    unread: list[str] = []
    n_others = 0
    for source in everywhere(project.root, "TextSource"):
        conversation = _conversation(source, known)
        if conversation is None:
            n_others += 1
            continue
        try:
            raw = project.text_of(source)
        except ProjectError as error:
            unread.append(str(error))
            continue
        if raw is None:
            unread.append("a conversation has no plain text; export it with plain text")
        elif conversation not in found:
            found[conversation] = _Text(source, conversation, raw)
    problems = [f"{unread.count(why)} times: {why}" for why in dict.fromkeys(unread)]
    problems += [f"{n_others} texts are none of ours and were left out"] if n_others else []
    return list(found.values()), problems


def _conversation(source: Any, known: Known) -> str | None:
    """Which of ours a source is: by its id, its name, or the name of its file; None: none."""
    name, path = (source.get(key) or "" for key in ("name", "plainTextPath"))
    file = _stem(path.replace("\\", "/").rpartition("/")[2])
    ways = (same_guid(source.get("guid")), _stem(name), same_guid(file), file)
    return next((known.sources[way] for way in ways if way in known.sources), None)


def _stem(name: str) -> str:
    return name.strip().lower().removesuffix(".txt")


def _passages(text: _Text) -> list[tuple[Any, Passage]]:
    """Each selection with its positions; one without readable positions is none."""
    found: list[tuple[Any, Passage]] = []
    for selection in children(text.element, "PlainTextSelection"):
        start, end = (_number(selection.get(name)) for name in ("startPosition", "endPosition"))
        if 0 <= start <= end:
            found.append((selection, Passage(start, end, selection.get("name") or "")))
    return found


def _number(written: str | None) -> int:
    digits = (written or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1


def _aligned(theirs: str, laid: Laid) -> list[Place]:
    """Where our turns stand in their text: the same where both texts are, else line by line."""
    if theirs.rstrip() == laid.text.rstrip():
        return list(laid.turns)
    ours, others = laid.text.split("\n"), theirs.split("\n")
    if len(others) > _MOST_LINES * len(ours):
        return []
    blocks = SequenceMatcher(
        None, [line.rstrip() for line in ours], [line.rstrip() for line in others], autojunk=False
    ).get_matching_blocks()
    moved: dict[int, int] = {}
    our_starts, their_starts = _starts(ours), _starts(others)
    for block in blocks:
        for at in range(block.size):
            moved[our_starts[block.a + at]] = their_starts[block.b + at]
    return [
        Place(turn.turn, moved[turn.start], moved[turn.start] + turn.end - turn.start)
        for turn in laid.turns
        if turn.start in moved
    ]


def _starts(lines: Sequence[str]) -> list[int]:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return starts


# Who coded what


def _coders(project: Opened) -> dict[str, str]:
    """What each user is known by: people by their names' hash, since some programs renew ids."""
    coders = {MACHINE_GUID: MACHINE_GUID}
    for user in everywhere(project.root, "User"):
        name = " ".join((user.get("name") or "").split()).lower()
        own = same_guid(user.get("guid")) or _NOBODY
        is_machine = _MACHINES.fullmatch(name) is not None or own == MACHINE_GUID
        coders[own] = MACHINE_GUID if is_machine else guid("coder", name or own)
    return coders


def _codes(project: Opened, known: Known) -> dict[str, str | None]:
    """The theme of each code, by id, by what its description says, or by name."""
    codes: dict[str, str | None] = {}
    for code in everywhere(project.root, "Code"):
        own = same_guid(code.get("guid"))
        told = "".join(child.text or "" for child in children(code, "Description"))
        name = " ".join((code.get("name") or "").split()).lower()
        ways = (own, theme_id_in(told), name)
        codes[own] = next((known.themes[way] for way in ways if way in known.themes), None)
    return codes


def _meaning(code: str, codes: Mapping[str, str | None]) -> dict[str, Any]:
    theme = codes.get(code)
    return {"theme_id": theme, "own_code": "" if theme else code}


def _codings(
    text: _Text,
    passages: Sequence[tuple[Any, Passage]],
    counting: Counting,
    known: Known,
    coders: Mapping[str, str],
) -> tuple[list[Coding], int]:
    """People's codings of one text, each for now under its code's id, and how many are lost."""
    counted = counting.text(text.raw)
    turns = _aligned(plain(text.raw), known.texts[text.conversation_id])
    found: list[Coding] = []
    n_lost = 0
    whole = Passage(0, len(counted) - counting.is_inclusive, "")
    for element, passage in [*passages, (text.element, whole)]:
        start, end = (counting.plain(counted, at) for at in (passage.start, counting.end(passage)))
        places = tuple(places_between(turns, start, end))
        for coder, code in _given(element, coders):
            if places:
                found.append(Coding(coder, text.conversation_id, places, None, code))
            else:
                n_lost += 1
    return found, n_lost


def _given(element: Any, coders: Mapping[str, str]) -> list[tuple[str, str]]:
    """Who gave which codes to a passage or a whole text; those of the machine left out."""
    passage, found = same_guid(element.get("guid")), list[tuple[str, str]]()
    for coding in children(element, "Coding"):
        by = same_guid(coding.get("creatingUser") or element.get("creatingUser"))
        coder = coders.get(by, guid("coder", by)) if by else _NOBODY
        for reference in children(coding, "CodeRef"):
            code = same_guid(reference.get("targetGUID"))
            is_machines = same_guid(coding.get("guid")) == coding_guid(passage, code)
            if code and not is_machines and coder != MACHINE_GUID:
                found.append((coder, code))
    return found
