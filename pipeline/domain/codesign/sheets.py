"""Sheets for the tables of an event: quotes, a story, a voice that says otherwise, a question.

A pack is about a theme, about a priority or pathway, or about the whole programme. Consent and
sign-off are no matter of choosing here: candidates are ranked longer than they are shown, and a
release deals those that may leave to sheets again. Questions are written ones, the same for
everybody; which is asked depends on the voices of the quotes, and a story beside them is told in
the voice that is asked about. They name no subject and never say *this*: a pack may mix subjects,
and a theme may be called otherwise for another audience. Its name stands at the head of the sheet.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.stories.frameworks import least_sure
from pipeline.domain.themes.frameworks import Entry, Framework
from pipeline.domain.themes.majority import OPPOSITE
from pipeline.tables import TABLES, empty, records

PROGRAMME_PACK = "programme"
PROGRAMME_TITLE = "The whole programme"
FRAMEWORK_KINDS = ("priority", "pathway")

QUOTES_ON_A_SHEET = 3
MOST_SHEETS = 3
"""Of a pack, in a release: as many rounds as an event has time for."""
MOST_THEME_PACKS = 10
"""Packs about themes; the pack of the programme is of the same ones."""
_MOST_CANDIDATES = 30

MIXED = "mixed"
"""Of a sheet whose quotes are not mostly of one voice: any story may lie beside them."""

QUESTIONS: dict[str, tuple[str, ...]] = {
    "improve": (
        "What would have to change so that such things happen to fewer people?",
        "Where did things begin to go wrong, and who could have noticed?",
        "What is the smallest change that would have made a difference?",
    ),
    "good": (
        "What helped these people, and what would it take for everybody to have it?",
        "Who made the difference, and what helped them to do so?",
        "What must be kept, whatever else changes?",
    ),
    "hope": (
        "What would be a first step towards what these people hope for, and who could take it?",
        "Who does something of the kind already, and what can be learnt from them?",
        "How would we notice that these hopes have come true?",
    ),
    MIXED: (
        "Why are people's experiences so different, and what would make the good ones usual?",
        "What do these voices have in common?",
        "What would each of these people have needed?",
    ),
}
"""By what most of the quotes say: a question for the first sheet, the second, the third."""


class Pack(NamedTuple):
    """What a pack is about; without a title it has the theme's name."""

    pack: str
    kind: str
    title: str | None
    theme_id: str | None


class Candidate(NamedTuple):
    """A quote, counterpoint or story that could lie on a table."""

    kind: str
    told_id: str
    participant_id: str
    voice: str


class Chosen(NamedTuple):
    """Tables that sheets are made of."""

    themes: pd.DataFrame
    quotes: pd.DataFrame
    stories: pd.DataFrame
    story_sets: pd.DataFrame
    lens_scores: pd.DataFrame


def table_sheets(chosen: Chosen, frameworks: Sequence[Framework]) -> pd.DataFrame:
    """Table `table_sheets`: all candidates of each pack; `dealt` makes a release's of it."""
    packs = [_programme(chosen), *_of_themes(chosen), *_of_frameworks(chosen, frameworks)]
    rows = [row for pack, own in packs for row in _deal(pack, own, fewest=0, most=None)]
    return _frame(rows)


def dealt(sheets: pd.DataFrame) -> pd.DataFrame:
    """What may leave of `table_sheets`, dealt anew: whole sheets only, the first few of a pack."""
    told = sheets[sheets["kind"].ne("question")].astype(object)
    told = told.where(told.notna(), None).sort_values(["pack", "sheet", "kind", "position"])
    own: defaultdict[Pack, list[Candidate]] = defaultdict(list)
    for row in records(told):
        pack = Pack(row["pack"], row["pack_kind"], row["title"], row["theme_id"])
        told_id = row["quote_id"] or row["story_id"]
        own[pack].append(Candidate(row["kind"], told_id, row["participant_id"], row["voice"]))
    return _frame(
        [
            row
            for pack, candidates in own.items()
            for row in _deal(pack, candidates, fewest=QUOTES_ON_A_SHEET, most=MOST_SHEETS)
        ]
    )


def question_for(voices: Iterable[str], sheet: int) -> str:
    """The question of a sheet: by the voice of more than half of its quotes, if there is one."""
    asked = QUESTIONS[_asked_about(voices)]
    return asked[(sheet - 1) % len(asked)]


def _asked_about(voices: Iterable[str]) -> str:
    said = list(voices)
    counts = Counter(said)
    return next((v for v in ("improve", "good", "hope") if 2 * counts[v] > len(said)), MIXED)


# Packs


def _programme(chosen: Chosen) -> tuple[Pack, list[Candidate]]:
    """First quotes of the themes that most people raise, then second ones; and good practice."""
    ranked = _ranked_themes(chosen.themes)[:MOST_THEME_PACKS]
    place = {theme: at for at, theme in enumerate(ranked)}
    quotes = chosen.quotes[chosen.quotes["theme_id"].isin(ranked)]
    ordered = quotes.assign(place=quotes["theme_id"].map(place)).sort_values(["position", "place"])
    told = _quotes(ordered)
    sets = chosen.story_sets.assign(
        place=chosen.story_sets["story_set_id"].map({f"theme-{t}": at for t, at in place.items()}),
        is_other=chosen.story_sets["kind"].ne("good_practice"),
    )
    wanted = sets[sets["place"].notna() | ~sets["is_other"]]
    stories = wanted.sort_values(["is_other", "position", "place"])["story_id"]
    pack = Pack(PROGRAMME_PACK, "programme", PROGRAMME_TITLE, None)
    return pack, [*told, *_stories(chosen, list(stories))]


def _of_themes(chosen: Chosen) -> list[tuple[Pack, list[Candidate]]]:
    return [
        (
            Pack(f"theme-{theme}", "theme", None, theme),
            [
                *_quotes(
                    chosen.quotes[chosen.quotes["theme_id"].eq(theme)].sort_values("position")
                ),
                *_stories(chosen, _in_set(chosen.story_sets, f"theme-{theme}")),
            ],
        )
        for theme in _ranked_themes(chosen.themes)[:MOST_THEME_PACKS]
    ]


def _of_frameworks(
    chosen: Chosen, frameworks: Sequence[Framework]
) -> list[tuple[Pack, list[Candidate]]]:
    """Quotes of segments that speak of each entry, surest first; stories of its set."""
    packs: list[tuple[Pack, list[Candidate]]] = []
    for framework in frameworks:
        for entry in framework.entries:
            if entry.kind in FRAMEWORK_KINDS:
                pack = Pack(f"{entry.kind}-{entry.code}", entry.kind, entry.title, None)
                own = _quotes_of(chosen, framework.name, entry)
                told = [*own, *_stories(chosen, _in_set(chosen.story_sets, pack.pack))]
                packs.append((pack, told))
    return packs


def _ranked_themes(themes: pd.DataFrame) -> list[str]:
    """Live themes that are a subject: those without a warning first, then by people."""
    plain = themes[themes["status"].eq("live") & ~themes["is_muddled"].astype(bool)]
    ordered = plain.assign(is_doubted=plain["warning"].notna()).sort_values(
        ["is_doubted", "n_people", "theme_id"], ascending=[True, False, True]
    )
    return [str(theme) for theme in ordered["theme_id"]]


def _in_set(story_sets: pd.DataFrame, story_set_id: str) -> list[str]:
    own = story_sets[story_sets["story_set_id"].eq(story_set_id)]
    return [str(story) for story in own.sort_values("position")["story_id"]]


def _quotes(ordered: pd.DataFrame) -> list[Candidate]:
    """Quotes of themes, counterpoints apart; those that say neither good nor bad come last."""
    return [
        Candidate(
            "counterpoint" if row["is_counterpoint"] else "quote",
            row["quote_id"],
            row["participant_id"],
            row["voice"],
        )
        for row in sorted(records(ordered), key=lambda row: row["voice"] == "none")
    ]


def _quotes_of(chosen: Chosen, framework: str, entry: Entry) -> list[Candidate]:
    """One quote of each person; whoever says the opposite of most of them is a counterpoint.

    A quote speaks of the entry as surely as a story of its set does.
    """
    fits = chosen.lens_scores[
        chosen.lens_scores["framework"].eq(framework)
        & chosen.lens_scores["code"].eq(entry.code)
        & chosen.lens_scores["fits"].astype(bool)
        & chosen.lens_scores["score"].ge(least_sure(entry))
    ]
    told = chosen.quotes.merge(fits[["segment_id", "score"]], on="segment_id")
    told = told.sort_values(["score", "quote_id"], ascending=[False, True])
    first = records(told.drop_duplicates("participant_id").head(_MOST_CANDIDATES))
    counts = Counter(str(row["voice"]) for row in first)
    major = max(sorted(OPPOSITE), key=lambda voice: counts[voice])
    return [
        Candidate(
            "counterpoint" if row["voice"] == OPPOSITE[major] else "quote",
            row["quote_id"],
            row["participant_id"],
            row["voice"],
        )
        for row in first
    ]


def _stories(chosen: Chosen, ordered: Sequence[str]) -> list[Candidate]:
    told = {row["story_id"]: row for row in records(chosen.stories)}
    wanted = [told[story] for story in dict.fromkeys(ordered) if story in told]
    return [
        Candidate("story", row["story_id"], row["participant_id"], row["voice"]) for row in wanted
    ]


# Dealing


def _deal(
    pack: Pack, candidates: Sequence[Candidate], *, fewest: int, most: int | None
) -> list[dict[str, Any]]:
    """Rows of the pack's sheets: nobody speaks twice on one, nothing lies on two.

    A story that does not fit the quotes of one sheet waits for another; without one it is left out.
    Whoever told a story is quoted last on later sheets: the quote may be part of the story.
    """
    left = {
        kind: [c for c in candidates if c.kind == kind]
        for kind in ("quote", "story", "counterpoint")
    }
    rows: list[dict[str, Any]] = []
    sheet = 0
    while any(left.values()) and (most is None or sheet < most):
        sheet += 1
        stories = _take(left["story"], 1, (), _suits(left["quote"]))
        quotes = _take(left["quote"], QUOTES_ON_A_SHEET, stories)
        if len(quotes) < fewest:
            break
        others = _take(left["counterpoint"], 1, [*stories, *quotes])
        tellers = {story.participant_id for story in stories}
        left["quote"].sort(key=lambda quote: quote.participant_id in tellers)
        rows += _sheet_rows(pack, sheet, [*stories, *quotes, *others])
    return rows


def _suits(quotes: Sequence[Candidate]) -> Callable[[Candidate], bool]:
    """Whether as many quotes can lie beside a story, and their question is about its voice."""
    needed = len(_take(list(quotes), QUOTES_ON_A_SHEET, ()))

    def suits(story: Candidate) -> bool:
        beside = _take(list(quotes), QUOTES_ON_A_SHEET, [story])
        asked = _asked_about(quote.voice for quote in beside)
        return len(beside) == needed and asked in (story.voice, MIXED)

    return suits


def _anybody(_: Candidate) -> bool:
    return True


def _take(
    queue: list[Candidate],
    most: int,
    beside: Sequence[Candidate],
    is_fit: Callable[[Candidate], bool] = _anybody,
) -> list[Candidate]:
    """The first of the queue whose people are not heard on the sheet yet; they leave the queue."""
    people = {candidate.participant_id for candidate in beside}
    taken: list[Candidate] = []
    for candidate in queue:
        if len(taken) < most and candidate.participant_id not in people and is_fit(candidate):
            people.add(candidate.participant_id)
            taken.append(candidate)
    queue[:] = [candidate for candidate in queue if candidate not in taken]
    return taken


def _sheet_rows(pack: Pack, sheet: int, told: Sequence[Candidate]) -> list[dict[str, Any]]:
    places: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    for candidate in told:
        places[candidate.kind] += 1
        own = "story_id" if candidate.kind == "story" else "quote_id"
        rows.append(
            _blank(pack, sheet, candidate.kind, places[candidate.kind])
            | {own: candidate.told_id}
            | {"participant_id": candidate.participant_id, "voice": candidate.voice}
        )
    voices = [candidate.voice for candidate in told if candidate.kind == "quote"]
    question = {"question": question_for(voices, sheet)}
    return [*rows, _blank(pack, sheet, "question", 1) | question]


def _blank(pack: Pack, sheet: int, kind: str, position: int) -> dict[str, Any]:
    nothing = dict.fromkeys(("participant_id", "voice", "quote_id", "story_id", "question"))
    return {
        "pack": pack.pack,
        "pack_kind": pack.kind,
        "title": pack.title,
        "theme_id": pack.theme_id,
        "sheet": sheet,
        "kind": kind,
        "position": position,
        **nothing,
    }


def _frame(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    table = TABLES["table_sheets"]
    if not rows:
        return empty(table)
    return pd.DataFrame(list(rows), columns=pd.Index([column.name for column in table.columns]))
