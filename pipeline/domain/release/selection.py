"""Which rows leave: of people who consented, on themes that enough of them raise, signed off."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from pipeline.domain.governance.approvals import INEQUALITIES
from pipeline.domain.governance.consent import Use, consented
from pipeline.domain.release.audit import Names, fit_to_leave, may_leave, names_by_conversation
from pipeline.domain.release.figures import Heard
from pipeline.domain.release.policy import PROGRAMME_TEAM, SET_KINDS
from pipeline.domain.release.standing import Words
from pipeline.domain.stories.sets import DIFFERING
from pipeline.domain.themes.corpus import Row
from pipeline.domain.themes.counting import conversation_shares, wilson
from pipeline.domain.themes.labels import is_unnamed
from pipeline.domain.themes.naming import common_words, may_be_said, said_words, worded
from pipeline.settings import Settings
from pipeline.tables import VOICES, records

MOST_QUOTES_OF_A_PERSON = 4
"""In one release, so that nobody speaks for everybody."""

_MOST_PHRASES = 3
_LONG = frozenset({"new_perspective", "training", "good_practice", "inequalities"})
_LONGER = 5
"""There is one set of each of these kinds, not one for each of many subjects."""

_SPOKEN = ("quotes", "stories", "segments", "redacted_turns")
_USES: tuple[Use | None, ...] = (None, "quote", "story", "training", "film")


class Selection(NamedTuple):
    """Rows that leave, still under their inner identifiers and as counted; what stayed behind.

    Attributes
    ----------
    tables : dict of table name to DataFrame
    heard : Heard
        Whom they are from.
    hear, film : frozenset of str
        Conversations that this audience may hear; and those of which it may hear a story, and hear
        or see it told in the recording.
    left_out : dict of str to int
        What stayed behind: a fact of the overview, and how many.
    """

    tables: dict[str, pd.DataFrame]
    heard: Heard
    hear: frozenset[str]
    film: frozenset[str]
    left_out: dict[str, int]


class _Quotable(NamedTuple):
    may_quote: Set[str]
    names: Names

    def is_fine(self, conversation: str, text: str) -> bool:
        """Whether a phrase of a conversation may leave."""
        return conversation in self.may_quote and may_leave(text, self.names.get(conversation))


def select(
    audience: str,
    tables: Mapping[str, pd.DataFrame],
    consent: pd.DataFrame,
    today: date,
    settings: Settings,
    cleared: Set[str],
    words: Words,
) -> Selection:
    """Rows of each table that this audience may have today.

    Parameters
    ----------
    cleared : set of str
        Stories, and `inequalities`, that people have signed off for this audience; the programme
        team, who sign them off, sees all.
    words : Words
        What is told of themes as it was before.
    """
    hear, quote, story, training, film = (
        frozenset(consented(consent, audience, use, today)) for use in _USES
    )
    segments = _of(tables["segments"], hear)
    members = tables["theme_assignments"].merge(segments, on="segment_id", how="inner")
    threshold = 1 if audience == PROGRAMME_TEAM else settings.min_theme_people
    live = tables["themes"][tables["themes"]["status"].eq("live")]
    names = names_by_conversation(tables["known_names"])
    themes = _themes(live, members, segments, _Quotable(quote, names), threshold, words)
    published = set(themes["theme_id"])
    fine = {name: fit_to_leave(tables[name], names) for name in _SPOKEN}
    quotes = _quotes(fine["quotes"], quote, published, settings.quotes_per_theme)
    tellable = _of(fine["stories"], story)
    tellable = tellable[tellable["theme_id"].isna() | tellable["theme_id"].isin(published)]
    is_team = audience == PROGRAMME_TEAM
    told = tellable if is_team else tellable[tellable["story_id"].isin(cleared)]
    kinds = SET_KINDS[audience] - ({INEQUALITIES} - cleared if not is_team else set())
    titled = _titled(tables["story_sets"], themes)
    asked = _asked(tables["clearances"]) if is_team else frozenset[str]()
    sets = _sets(titled, told, training, kinds, settings, asked)
    return Selection(
        {
            "themes": themes,
            "theme_prevalence": _prevalence(themes, members, segments),
            "quotes": quotes,
            "stories": told[told["story_id"].isin(sets["story_id"])],
            "story_sets": sets,
            "segments": _of(fine["segments"], hear),
            "redacted_turns": _of(fine["redacted_turns"], hear & set(segments["conversation_id"])),
            "theme_assignments": members.loc[
                members["theme_id"].isin(published)
                & members["segment_id"].isin(fine["segments"]["segment_id"]),
                list(tables["theme_assignments"].columns),
            ],
        },
        Heard(
            segments["participant_id"].nunique(),
            segments["conversation_id"].nunique(),
            _n_outside(tables, hear),
        ),
        hear,
        film & story,
        {
            "left_out_themes": len(live) - len(themes),
            "left_out_stories": len(tellable) - len(told),
            "left_out_texts": sum(len(tables[name]) - len(rows) for name, rows in fine.items()),
        },
    )


def _of(frame: pd.DataFrame, conversations: Set[str]) -> pd.DataFrame:
    return frame[frame["conversation_id"].isin(conversations)]


def _n_outside(tables: Mapping[str, pd.DataFrame], allowed: Set[str]) -> int:
    return len(set(tables["segments"]["conversation_id"]) - allowed)


def _counts(members: pd.DataFrame, n_people: int) -> dict[str, Any]:
    people = members["participant_id"].nunique()
    share = wilson(people, n_people)
    return {
        "n_people": people,
        "n_conversations": members["conversation_id"].nunique(),
        "share_of_people": share.share,
        "share_low": share.low,
        "share_high": share.high,
    }


def _themes(
    live: pd.DataFrame,
    members: pd.DataFrame,
    segments: pd.DataFrame,
    quotable: _Quotable,
    threshold: int,
    words: Words,
) -> pd.DataFrame:
    """Live themes, counted anew over the people who may be heard, phrases of quotable people."""
    n_people = segments["participant_id"].nunique()
    named = _named(live, members, _rows(segments), words)
    rows: list[dict[str, Any]] = []
    for theme in records(live):
        own = members[members["theme_id"].eq(theme["theme_id"])]
        counts = _counts(own, n_people)
        if counts["n_people"] >= threshold:
            phrases = [
                p for p in theme["phrases"] if quotable.is_fine(p["conversation_id"], p["text"])
            ]
            rows.append(
                theme
                | counts
                | named[theme["theme_id"]]
                | _by_people(theme)
                | {"n_segments": len(own), "phrases": phrases[:_MOST_PHRASES]}
            )
    return pd.DataFrame(rows, columns=list(live.columns))


def _named(
    live: pd.DataFrame, members: pd.DataFrame, heard: Sequence[Row], words: Words
) -> dict[str, dict[str, Any]]:
    """Keywords and label of each theme, made anew from what the people who may be heard said.

    A word that three people of the programme said may be the word of one person here. Where three
    of these people say every word of its label, or three are asked it, on whatever theme, it points
    at none of them and the theme keeps it: one name for all audiences. What stands as it was told
    needs one of them: a keyword that nobody says any more, or a word of a label that nobody is
    asked either, was redacted since, or all who said it are gone.
    """
    ids = list(live["theme_id"])
    said = [_rows(members[members["theme_id"].eq(theme_id)]) for theme_id in ids]
    common = common_words(heard)
    by_one = {"keywords": said_words(heard, 1), "label": common_words(heard, 1)}
    stands = {
        theme_id: {name: _still(value, by_one[name]) for name, value in own.items()}
        for theme_id, own in words.items()
    }
    kept = [
        name if may_be_said(name, common) and not is_unnamed(name) else "" for name in live["label"]
    ]
    settled = [
        stands.get(theme_id, {}).get("label") or name
        for theme_id, name in zip(ids, kept, strict=True)
    ]
    return {
        theme_id: {"keywords": own.keywords, "label": own.label}
        | {name: value for name, value in stands.get(theme_id, {}).items() if value != ""}
        for theme_id, own in zip(ids, worded(said, settled=settled), strict=True)
    }


def _still(told: Any, said: Set[str]) -> Any:
    """A label, or keywords, less what nobody says; that a theme had neither stands as well."""
    if isinstance(told, str):
        return told if is_unnamed(told) or may_be_said(told, said) else ""
    return [word for word in told if may_be_said(word, said)]


def _by_people(theme: Mapping[str, Any]) -> dict[str, Any]:
    """The label, if people decided it: it is nobody's own word."""
    return {"label": theme["label"]} if theme["label_by"] == "people" else {}


def _rows(segments: pd.DataFrame) -> list[Row]:
    columns = [field for field in Row._fields if field != "spans"]
    ordered = segments.sort_values("segment_id")
    return [Row(*(row[field] for field in columns), spans=()) for row in records(ordered)]


def _titled(story_sets: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """Sets of a theme under the label that it leaves with."""
    titles: dict[str, str] = {}
    for theme, name in zip(themes["theme_id"].astype(str), themes["label"], strict=True):
        titles |= {f"theme-{theme}": name, f"inequalities-{theme}": f"{DIFFERING}{name}"}
    ours = story_sets["story_set_id"].map(titles)
    return story_sets.assign(title=ours.where(ours.notna(), story_sets["title"]))


def _prevalence(
    themes: pd.DataFrame, members: pd.DataFrame, segments: pd.DataFrame
) -> pd.DataFrame:
    n_people = segments["participant_id"].nunique()
    n_conversations = segments["conversation_id"].nunique()
    rows: list[dict[str, Any]] = []
    for theme in themes["theme_id"]:
        own = members[members["theme_id"].eq(theme)]
        for voice in ("all", *VOICES):
            counts = _counts(own if voice == "all" else own[own["voice"].eq(voice)], n_people)
            told = conversation_shares(counts["n_conversations"], n_conversations)
            rows.append({"theme_id": theme, "voice": voice} | counts | told)
    columns = ["theme_id", "voice", *_counts(members.iloc[:0], 1), *conversation_shares(0, 1)]
    return pd.DataFrame(rows, columns=columns)


def _quotes(
    ranked: pd.DataFrame, may_quote: Set[str], published: Set[str], most: int
) -> pd.DataFrame:
    """The first of each theme's ranking that may leave, all themes' firsts before any second."""
    own = _of(ranked, may_quote)
    own = own[own["theme_id"].isin(published)].sort_values(["position", "theme_id"])
    themes: Counter[str] = Counter()
    people: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    for quote in records(own):
        theme, person = quote["theme_id"], quote["participant_id"]
        if themes[theme] < most and people[person] < MOST_QUOTES_OF_A_PERSON:
            themes[theme] += 1
            people[person] += 1
            rows.append(quote | {"position": themes[theme]})
    return pd.DataFrame(rows, columns=list(ranked.columns))


def _sets(
    ranked: pd.DataFrame,
    told: pd.DataFrame,
    may_train: Set[str],
    kinds: Set[str],
    settings: Settings,
    asked: Set[str],
) -> pd.DataFrame:
    """Each set's first stories that may leave, positions counted anew, and those in `asked`."""
    stories = {row["story_id"]: row for row in records(told)}

    def may_leave(row: Mapping[str, Any]) -> bool:
        story = stories.get(row["story_id"])
        if story is None or row["kind"] not in kinds:
            return False
        return row["kind"] != "training" or story["conversation_id"] in may_train

    return _first_places(
        ranked,
        may_leave,
        lambda row: (row["story_set_id"], stories[row["story_id"]]["lane"]),
        lambda row: places(_lane(row, stories), settings),
        asked,
    )


def places(kind: str, settings: Settings) -> int:
    """How many stories of each lane a set of this kind shows."""
    return settings.stories_per_theme * (_LONGER if kind in _LONG else 1)


def _asked(clearances: pd.DataFrame) -> frozenset[str]:
    """Stories that the team is asked to sign off for others: it has to read them first."""
    return frozenset(clearances.loc[clearances["is_asked_for"].astype(bool), "subject"])


def _lane(row: Mapping[str, Any], stories: Mapping[str, Mapping[str, Any]]) -> str:
    return stories[row["story_id"]]["lane"] if row["kind"] == "theme" else row["kind"]


def _first_places(
    ranked: pd.DataFrame,
    may_leave: Callable[[Mapping[str, Any]], bool],
    place: Callable[[Mapping[str, Any]], tuple[str, str]],
    most: Callable[[Mapping[str, Any]], int],
    asked: Set[str],
) -> pd.DataFrame:
    taken: Counter[tuple[str, str]] = Counter()
    positions: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    for row in records(ranked.sort_values(["story_set_id", "position"])):
        if may_leave(row) and (taken[place(row)] < most(row) or row["story_id"] in asked):
            taken[place(row)] += 1
            positions[row["story_set_id"]] += 1
            rows.append(row | {"position": positions[row["story_set_id"]]})
    return pd.DataFrame(rows, columns=list(ranked.columns))
