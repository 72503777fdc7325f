"""Packs for events of co-design: touchpoints, the map of feelings, clips, and sheets to print."""

import csv
import io
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

from pipeline.domain.codesign.clips import timecode
from pipeline.domain.codesign.sheets import PROGRAMME_PACK
from pipeline.domain.codesign.touchpoints import WHOLE
from pipeline.domain.release.report.harmless import harmless, safe_name
from pipeline.domain.release.report.reading import Passage, Row, Told, by, rows
from pipeline.domain.release.report.shell import Shell, has_page, page
from pipeline.domain.validation.words import count_words
from pipeline.tables import FEELINGS

INDEX = "packs/index.html"

_HARD = FEELINGS[: FEELINGS.index("relieved")]
"""Groups of feelings that are hard to bear; the others are good to have."""
_AT_ANY_MOMENT = "All conversations, at any moment"
_SHADES = ((40, 4), (20, 3), (10, 2))
_BLANK_LINES = 5
_ROOMY_WORDS, _USUAL_WORDS = 260, 420
"""Words on a sheet up to which its type is large, or of the usual size: one sheet, one page."""

_PACK_KINDS = {
    "programme": "All of it",
    "theme": "Themes that many people raise",
    "priority": "Priorities of the shared plan",
    "pathway": "Care-pathway groups",
}
_RESULTS = (
    "pack", "sheet", "table", "priority", "votes", "what_should_change", "who_could_take_it",
    "by_when", "who_else_to_ask",
)  # fmt: skip
_STARTS_A_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""The last four are the first four, written wide."""


class Cell(NamedTuple):
    """A touchpoint and a group of feelings: words, how many people, and how dark it is shaded."""

    words: list[str]
    n_people: int | None
    shade: int
    quote: int | None


class Line(NamedTuple):
    """A touchpoint's line of the map."""

    title: str
    cells: list[Cell]


class FeelingMap(NamedTuple):
    """Part of the map: groups of feelings and touchpoints that are told of; titles of those not."""

    caption: str
    groups: list[str]
    lines: list[Line]
    without: list[str]


class Sheet(NamedTuple):
    """What is printed on one page for a table."""

    number: int
    question: str
    story: Passage | None
    quotes: list[Passage]
    others: list[Passage]
    size: str


class Pack(NamedTuple):
    """What a pack's page shows."""

    id: str
    kind: str
    title: str
    sheets: list[Sheet]

    @property
    def path(self) -> str:
        """Its page, within the report."""
        return f"packs/{safe_name(self.id)}.html"


def packs(shell: Shell, told: Told) -> dict[str, bytes]:
    """Pages of the packs and the files that lie beside them; none if nothing of theirs leaves."""
    if not has_page(shell, INDEX):
        return {}
    quotes = {quote.id: quote for own in told.quotes.values() for quote in own}
    every = _packs(told, quotes)
    touchpoints = sorted(rows(told.leaving, "touchpoints"), key=lambda row: row["position"])
    maps, beside = _maps(rows(told.leaving, "emotional_map"), touchpoints, quotes)
    clips = sorted(rows(told.leaving, "trigger_clips"), key=lambda row: row["position"])
    known = {"touchpoints": touchpoints, "maps": maps, "beside": beside, "n_clips": len(clips)}
    names = {theme["theme_id"]: theme["label"] for theme in told.themes if theme["is_named"]}
    made = {"packs/packs.css": _stylesheet(), INDEX: _index(shell, every, known)}
    for pack in every:
        improve = touchpoints if pack.kind == PROGRAMME_PACK else []
        made[pack.path] = page(
            shell, pack.path, "packs/pack.html", title=f"Event pack: {pack.title}",
            pack=pack, kind=_PACK_KINDS[pack.kind], ballot=_ballot(improve),
            blank_lines=_BLANK_LINES, names=names, **known,
        )  # fmt: skip
    if every:
        made["packs/results.csv"] = _results(every)
    return made | _film(shell, told, clips, quotes)


def _index(shell: Shell, every: Sequence[Pack], known: Mapping[str, object]) -> bytes:
    kinds = [(words, [p for p in every if p.kind == kind]) for kind, words in _PACK_KINDS.items()]
    return page(
        shell,
        INDEX,
        "packs/index.html",
        title="Event packs",
        kinds=[(words, own) for words, own in kinds if own],
        **known,
    )


def _stylesheet() -> bytes:
    return (
        files("pipeline.domain.release.report") / "templates" / "packs" / "packs.css"
    ).read_bytes()


# Sheets


def _packs(told: Told, quotes: Mapping[str, Passage]) -> list[Pack]:
    """Packs in the order of their kinds, themes as the report has them, others by title."""
    place = {f"theme-{theme}": at for at, theme in enumerate(told.labels)}
    found: list[Pack] = []
    for name, own in by(rows(told.leaving, "table_sheets"), "pack").items():
        title = own[0]["title"] or told.labels.get(own[0]["theme_id"], "A theme")
        laid = by(sorted(own, key=lambda row: row["sheet"]), "sheet").values()
        sheets = [_sheet(on_it, told, quotes) for on_it in laid]
        found.append(Pack(name, own[0]["pack_kind"], title, sheets))
    kinds = list(_PACK_KINDS)
    return sorted(found, key=lambda p: (kinds.index(p.kind), place.get(p.id, 0), p.title, p.id))


def _sheet(laid: Sequence[Row], told: Told, quotes: Mapping[str, Passage]) -> Sheet:
    kinds = by(sorted(laid, key=lambda row: row["position"]), "kind")
    stories = [told.stories[row["story_id"]] for row in kinds.get("story", ())]
    own = [quotes[row["quote_id"]] for row in kinds["quote"]]
    others = [quotes[row["quote_id"]] for row in kinds.get("counterpoint", ())]
    n_words = sum(count_words(text) for p in [*stories, *own, *others] for _, text in p.pieces)
    size = "roomy" if n_words <= _ROOMY_WORDS else "usual" if n_words <= _USUAL_WORDS else "dense"
    question = kinds["question"][0]["question"]
    return Sheet(laid[0]["sheet"], question, next(iter(stories), None), own, others, size)


def _ballot(touchpoints: Sequence[Row]) -> list[str]:
    """Touchpoints to vote on: those of which most people say that they could be improved first."""
    told = [row for row in touchpoints if row["n_improve"]]
    return [row["title"] for row in sorted(told, key=lambda row: -row["n_improve"])]


def _results(every: Sequence[Pack]) -> bytes:
    """A table to fill in after the event: a line for each sheet, more may be added."""
    nothing = [""] * (len(_RESULTS) - 2)
    lines = [[pack.id, str(s.number), *nothing] for pack in every for s in pack.sheets]
    return _spreadsheet(_RESULTS, lines)


# The map of feelings


def _maps(
    cells: Sequence[Row], touchpoints: Sequence[Row], quotes: Mapping[str, Passage]
) -> tuple[list[FeelingMap], list[tuple[str, Passage]]]:
    """The two parts of the map, and the quotes that stand below it, each with its heading."""
    told = sorted(
        (c for c in cells if c["words"] or c["n_people"]),
        key=lambda c: (c["position"], c["group_position"]),
    )
    titles = {row["touchpoint"]: row["title"] for row in touchpoints} | {WHOLE: _AT_ANY_MOMENT}
    numbers: dict[str, int] = {}
    beside: list[tuple[str, Passage]] = []
    for cell in told:
        if cell["quote_id"] in quotes and cell["quote_id"] not in numbers:
            numbers[cell["quote_id"]] = len(numbers) + 1
            heading = f"{titles[cell['touchpoint']]}: {cell['title'].lower()}"
            beside.append((heading, quotes[cell["quote_id"]]))
    parts = (("Words for hard feelings", True), ("Words for good feelings", False))
    maps = [
        _map(
            caption, [c for c in told if (c["group_of_feelings"] in _HARD) == hard], titles, numbers
        )
        for caption, hard in parts
    ]
    return [one for one in maps if one.groups], beside


def _map(
    caption: str, told: Sequence[Row], titles: Mapping[str, str], numbers: Mapping[str, int]
) -> FeelingMap:
    ordered = sorted(told, key=lambda c: c["group_position"])
    groups = {c["group_of_feelings"]: str(c["title"]) for c in ordered}
    at = {(c["touchpoint"], c["group_of_feelings"]): c for c in told}
    known = {c["touchpoint"] for c in told}
    lines = [
        Line(title, [_cell(at.get((code, group)), numbers) for group in groups])
        for code, title in titles.items()
        if code in known
    ]
    without = [title for code, title in titles.items() if code not in {*known, WHOLE}]
    return FeelingMap(caption, list(groups.values()), lines, without)


def _cell(row: Row | None, numbers: Mapping[str, int]) -> Cell:
    if row is None:
        return Cell([], None, 0, None)
    n = None if row["n_people"] is None else int(row["n_people"])
    shade = next((shade for least, shade in _SHADES if (n or 0) >= least), 1)
    return Cell(row["words"], n, shade, numbers.get(row["quote_id"]))


# The film


def _film(
    shell: Shell, told: Told, clips: Sequence[Row], quotes: Mapping[str, Passage]
) -> dict[str, bytes]:
    if not clips:
        return {}
    shown = [(clip, _told_in(clip, told, quotes)) for clip in clips]
    listed = [
        clip
        | {"from": timecode(clip["start_s"]), "to": timecode(clip["end_s"]), "passage": passage}
        for clip, passage in shown
    ]
    return {
        "packs/film.html": page(
            shell, "packs/film.html", "packs/film.html", title="Clips for the film",
            clips=listed, lasts=timecode(sum(clip["seconds"] for clip in clips)),
        ),
        "packs/clips.csv": _clip_list(shown),
    }  # fmt: skip


def _told_in(clip: Row, told: Told, quotes: Mapping[str, Passage]) -> Passage:
    return quotes[clip["quote_id"]] if clip["kind"] == "quote" else told.stories[clip["story_id"]]


def _clip_list(shown: Sequence[tuple[Row, Passage]]) -> bytes:
    """The clips for an editor's program."""
    header = (
        "position", "touchpoint", "voice", "conversation_id", "participant_id", "kind", "turn",
        "start", "end", "seconds", "is_estimated", "words",
    )  # fmt: skip
    lines = [
        [
            str(clip["position"]), clip["title"], clip["voice"], clip["conversation_id"],
            clip["participant_id"], clip["kind"], str(clip["turn"]), timecode(clip["start_s"]),
            timecode(clip["end_s"]), f"{clip['seconds']:.1f}",
            "yes" if clip["is_estimated"] else "no",
            "\n".join(text for _, text in passage.pieces),
        ]
        for clip, passage in shown
    ]  # fmt: skip
    return _spreadsheet(header, lines)


def _spreadsheet(header: Sequence[str], lines: Sequence[Sequence[str]]) -> bytes:
    """A CSV file that spreadsheets open as text: nothing in it is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_as_text(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def _as_text(cell: str) -> str:
    shown = str(harmless(cell))
    return f"'{shown}" if shown.lstrip(" ").startswith(_STARTS_A_FORMULA) else shown
