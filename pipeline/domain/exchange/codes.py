"""The tree of codes: themes, voices, why a passage was chosen, and the sets of stories."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.domain.exchange.marks import guid, named, prose
from pipeline.domain.release.leaving import Leaving
from pipeline.tables import records

QUOTE, COUNTERPOINT, STORY, NEW_PERSPECTIVE = "quote", "counterpoint", "story", "new_perspective"

_VOICES = {
    "good": ("Voice: good or helpful", "What was good or helpful."),
    "improve": ("Voice: could be improved", "What could be improved."),
    "hope": ("Voice: hope or idea", "A hope, an idea or an aspiration."),
    "none": ("Voice: none of these", "None of the other voices."),
}
_CHOSEN = {
    QUOTE: ("Chosen: quote", "Chosen as a quote for its theme."),
    COUNTERPOINT: ("Chosen: counterpoint", "Says otherwise than most people in the theme."),
    STORY: ("Chosen: story", "Chosen as a story for its theme."),
    NEW_PERSPECTIVE: ("Chosen: new perspective", "A story that stands apart from every theme."),
}
_ID_IN_PROSE = "theme id: "


class Code(NamedTuple):
    """One code, or a group of codes that is none itself."""

    guid: str
    name: str
    description: str
    within: tuple["Code", ...] = ()

    @property
    def is_codable(self) -> bool:
        """Whether passages bear it; a group only holds others together."""
        return not self.within


def theme_code(theme_id: str) -> str:
    """The id of a theme's code: the same for every audience and every night."""
    return guid("code", "theme", theme_id)


def voice_code(voice: str) -> str:
    """The id of a voice's code."""
    return guid("code", "voice", voice)


def chosen_code(lane: str) -> str:
    """The id of the code of passages chosen as quotes, stories and so on."""
    return guid("code", "chosen", lane)


def set_code(story_set_id: str) -> str:
    """The id of the code of a set's stories."""
    return guid("code", "set", story_set_id)


def theme_id_in(description: str) -> str:
    """The theme that a code's description says it is of; empty: none."""
    lines = [line.strip() for line in description.splitlines()]
    found = [line for line in lines if line.lower().startswith(_ID_IN_PROSE)]
    return found[-1][len(_ID_IN_PROSE) :].strip() if found else ""


def code_tree(leaving: Leaving) -> tuple[Code, ...]:
    """All codes of a release, in groups, no two under the same name."""
    groups = (
        _group("Themes", "What people talk about across conversations.", _themes(leaving)),
        _group("Voices", "What people say of it.", _fixed(_VOICES, voice_code)),
        _group("Chosen", "Passages chosen for quotes and stories.", _fixed(_CHOSEN, chosen_code)),
        _group("Story sets", "Stories chosen together.", _sets(leaving)),
    )
    taken: set[str] = set()
    return tuple(_distinct(group, taken) for group in groups if group.within)


def _group(name: str, description: str, codes: Iterable[Code]) -> Code:
    return Code(guid("group", name), name, description, tuple(codes))


def _fixed(codes: Mapping[str, tuple[str, str]], id_of: Callable[[str], str]) -> list[Code]:
    return [Code(id_of(key), name, meaning) for key, (name, meaning) in codes.items()]


def _themes(leaving: Leaving) -> list[Code]:
    rows = records(leaving.tables["themes"].sort_values("theme_id"))
    return [
        Code(
            theme_code(row["theme_id"]),
            named(row["label"]),
            prose(
                row["description"] if isinstance(row["description"], str) else "",
                _said("keywords: ", row["keywords"]),
                f"{_ID_IN_PROSE}{row['theme_id']}",
            ),
        )
        for row in rows
    ]


def _sets(leaving: Leaving) -> list[Code]:
    """One code for each set that is no theme's: those have the theme's own."""
    sets = leaving.tables["story_sets"].drop_duplicates("story_set_id").sort_values("story_set_id")
    return [
        Code(
            set_code(row["story_set_id"]),
            named(f"{row['kind'].replace('_', ' ').capitalize()}: {row['title']}"),
            "",
        )
        for row in records(sets)
        if row["kind"] != "theme"
    ]


def _said(head: str, words: Sequence[str]) -> str:
    return head + ", ".join(words) if len(words) else ""


def _distinct(code: Code, taken: set[str]) -> Code:
    """The code and those within under names that no other bears: some programs join the rest."""
    name, number = code.name, 1
    while name.casefold() in taken:
        number += 1
        name = f"{code.name} ({number})"
    taken.add(name.casefold())
    return code._replace(name=name, within=tuple(_distinct(own, taken) for own in code.within))
