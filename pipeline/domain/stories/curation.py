"""Curation: which quotes and stories to show for a theme, which stand apart, and why.

Consent is no matter of curation: it is looked at when a release is built. So rankings are several
times as long as the number shown, and a release takes the first that may leave.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.domain.stories.cues import craft, cues_of
from pipeline.domain.stories.frameworks import matches
from pipeline.domain.stories.passages import (
    Passage,
    Piece,
    Told,
    is_punctuated,
    overlap,
    quotable,
    sentences,
    tellable,
)
from pipeline.domain.stories.selection import similarity, spread, unit
from pipeline.domain.themes.frameworks import Entry, Framework
from pipeline.domain.validation.interpreted import with_interpreted_answers
from pipeline.domain.validation.sentences import Stretch
from pipeline.domain.validation.words import words_of
from pipeline.settings import Settings
from pipeline.tables import TABLES, VOICES, records

RANKED_PER_PLACE = 5
"""Length of a ranking for each place that is shown, to leave room for those without consent."""

REASONS: dict[str, str] = {
    "near_theme_centre": "close to the middle of the theme",
    "stands_for_others": "adds something that those before it do not say",
    "other_voice": "speaks in another voice than most people in the theme",
    "far_from_themes": "far from every theme",
    "first_person": "told in the first person",
    "past_events": "tells what happened",
    "time_order": "tells it in order",
    "reported_speech": "says who said what",
    "feeling": "says how it felt",
    "consequence": "says what it led to",
    "arc": "has a beginning, something that happened and what it meant",
    "clause_bounded": "cut between clauses, as the transcript has no punctuation",
    "near_framework": "close to the wording of the priority or pathway",
}
"""Why something was chosen: code, and words for people."""

_NOVEL_QUANTILE = 0.9
_NOVEL_AT_LEAST = 0.5
"""One minus the cosine to the nearest theme: in few stories the farthest tenth may be near."""
_NOVEL_SHARE_OF_PEOPLE = 0.1
_THEME_SHARE_OF_STORY = 0.5
_CENTRAL_QUANTILE = 0.5
_OTHER_VOICE_BY = 3
"""Position in a theme's quotes by which another voice than the majority's is heard."""


class Curated(NamedTuple):
    """Tables `quotes`, `stories` and `story_sets`."""

    quotes: pd.DataFrame
    stories: pd.DataFrame
    story_sets: pd.DataFrame


class _Segment(NamedTuple):
    segment_id: str
    conversation_id: str
    participant_id: str
    spans: tuple[Piece, ...]
    n_words: int
    voice: str


class _Corpus(NamedTuple):
    """Everything a choice looks at, sorted, so that row order does not matter.

    Hidden themes have members and a centre, so that what is said in them stands not apart from
    every theme; they have no label, and nothing of theirs is chosen.
    """

    segments: list[_Segment]
    vectors: NDArray[np.float64]
    turns: dict[str, dict[int, str]]
    members: dict[str, list[int]]
    centres: dict[str, NDArray[np.float64]]
    majority: dict[str, str]
    labels: dict[str, str]
    keywords: dict[str, frozenset[str]]


class _Quote(NamedTuple):
    segment: int
    piece: Piece
    passage: Passage
    score: float
    is_central: bool


class _Story(NamedTuple):
    conversation_id: str
    participant_id: str
    segment_ids: tuple[str, ...]
    told: Told
    vector: NDArray[np.float64]
    theme_id: str | None
    theme_share: float
    voice: str
    novelty: float


class _Chosen(NamedTuple):
    story: _Story
    lane: str
    theme_id: str | None
    reasons: list[str]
    pool_size: int


def curate(
    segments: pd.DataFrame,
    redacted_turns: pd.DataFrame,
    themes: pd.DataFrame,
    theme_assignments: pd.DataFrame,
    embeddings: pd.DataFrame,
    settings: Settings,
    *,
    lens_scores: pd.DataFrame | None = None,
    frameworks: Sequence[Framework] = (),
) -> Curated:
    """Quotes, stories and story sets of the live themes, ranked, with reasons.

    Without `lens_scores` there are no priority and pathway sets.
    """
    corpus = _corpus(segments, redacted_turns, themes, theme_assignments, embeddings)
    quotes = _quotes(corpus, settings.quotes_per_theme * RANKED_PER_PLACE)
    told = _stories(corpus)
    most = settings.stories_per_theme * RANKED_PER_PLACE
    chosen = _new_perspectives(corpus, told, most)
    chosen += _theme_stories(corpus, told, {id(one.story) for one in chosen}, most)
    sets = _theme_sets(corpus, chosen) + _other_sets(chosen, most)
    if lens_scores is not None:
        sets += _framework_sets(chosen, frameworks, lens_scores, most)
    return Curated(
        _frame("quotes", quotes),
        _frame("stories", [_story_row(one) for one in chosen]),
        _frame("story_sets", sets),
    )


# What there is to choose from


def _corpus(
    segments: pd.DataFrame,
    redacted_turns: pd.DataFrame,
    themes: pd.DataFrame,
    theme_assignments: pd.DataFrame,
    embeddings: pd.DataFrame,
) -> _Corpus:
    vector_of: dict[str, Any] = dict(
        zip(embeddings["segment_id"], embeddings["vector"], strict=True)
    )
    known = [
        _Segment(
            row["segment_id"],
            row["conversation_id"],
            row["participant_id"],
            tuple(Piece(int(s["turn"]), int(s["start"]), int(s["end"])) for s in row["spans"]),
            int(row["n_words"]),
            row["voice"],
        )
        for row in records(segments.sort_values("segment_id"))
        if row["segment_id"] in vector_of
    ]
    vectors = _stack([vector_of[segment.segment_id] for segment in known])
    live = themes[themes["status"].eq("live")].sort_values("theme_id")
    labels: dict[str, str] = dict(zip(live["theme_id"], live["label"], strict=True))
    hidden = themes.loc[themes["status"].eq("hidden"), "theme_id"]
    members = _members(known, theme_assignments, {*labels, *hidden})
    mean = vectors.mean(axis=0) if len(known) else np.zeros(0)
    centred = unit(vectors - mean) if len(known) else vectors
    return _Corpus(
        known,
        centred,
        _participant_turns(redacted_turns, {segment.conversation_id for segment in known}),
        members,
        {theme: unit(centred[at].mean(axis=0)[None, :])[0] for theme, at in members.items()},
        {theme: _majority(known, at) for theme, at in members.items()},
        labels,
        dict(zip(live["theme_id"], map(_words_in, live["keywords"]), strict=True)),
    )


def _words_in(keywords: Iterable[str]) -> frozenset[str]:
    return frozenset(word for keyword in keywords for word in keyword.lower().split())


def _stack(vectors: Sequence[Any]) -> NDArray[np.float64]:
    if not vectors:
        return np.zeros((0, 0))
    return np.stack([np.asarray(vector, dtype=np.float64) for vector in vectors])


def _members(
    segments: Sequence[_Segment], assignments: pd.DataFrame, themes: Set[str]
) -> dict[str, list[int]]:
    position = {segment.segment_id: at for at, segment in enumerate(segments)}
    members: dict[str, list[int]] = {}
    pairs = zip(assignments["theme_id"], assignments["segment_id"], strict=True)
    for theme_id, segment_id in sorted(set(pairs)):
        if theme_id in themes and segment_id in position:
            members.setdefault(theme_id, []).append(position[segment_id])
    return {theme: sorted(at) for theme, at in members.items()}


def _participant_turns(
    redacted_turns: pd.DataFrame, conversations: set[str]
) -> dict[str, dict[int, str]]:
    turns: dict[str, dict[int, str]] = defaultdict(dict)
    heard = with_interpreted_answers(redacted_turns)
    spoken = heard[heard["role"].eq("participant")]
    for conversation, turn, text in zip(
        spoken["conversation_id"], spoken["turn"], spoken["text"], strict=True
    ):
        if conversation in conversations:
            turns[conversation][int(turn)] = text
    return dict(turns)


def _majority(segments: Sequence[_Segment], members: Sequence[int]) -> str:
    """The voice in which most people of the theme speak; one person, one vote a voice."""
    people: dict[str, set[str]] = defaultdict(set)
    for at in members:
        people[segments[at].voice].add(segments[at].participant_id)
    spoken = [voice for voice in VOICES if voice != "none"]
    best = max(spoken, key=lambda voice: len(people[voice]))
    return best if people[best] else "none"


# Quotes


def _quotes(corpus: _Corpus, most: int) -> list[dict[str, Any]]:
    used: dict[str, list[Piece]] = defaultdict(list)
    times: Counter[str] = Counter()
    known = _sentence_index(corpus)
    rows: list[dict[str, Any]] = []
    for theme in _smallest_first(corpus):
        pool = _quote_pool(corpus, theme, known)
        ranked = _rank_quotes(corpus, theme, pool, used, times, most)
        for position, quote in enumerate(ranked, start=1):
            segment = corpus.segments[quote.segment]
            used[segment.conversation_id].append(quote.piece)
            times[segment.participant_id] += 1
            rows.append(_quote_row(corpus, theme, quote, len(pool), position))
    return rows


def _smallest_first(corpus: _Corpus) -> list[str]:
    """Themes of few people choose first: theirs is the smaller choice."""
    shown = corpus.members.keys() & corpus.labels.keys()
    return sorted(shown, key=lambda theme: (len(corpus.members[theme]), theme))


def _sentence_index(corpus: _Corpus) -> dict[tuple[str, int], list[Stretch]]:
    return {
        (conversation, turn): sentences(text)
        for conversation, turns in corpus.turns.items()
        for turn, text in turns.items()
    }


def _quote_pool(
    corpus: _Corpus, theme: str, known: Mapping[tuple[str, int], Sequence[Stretch]]
) -> list[_Quote]:
    members = corpus.members[theme]
    close = similarity(corpus.vectors[members], corpus.centres[theme][None, :])[:, 0]
    central = float(np.quantile(close, _CENTRAL_QUANTILE))
    keywords = corpus.keywords[theme]
    pool: list[_Quote] = []
    for at, near in zip(members, close, strict=True):
        segment = corpus.segments[at]
        turns = corpus.turns.get(segment.conversation_id, {})
        for span in segment.spans:
            text = turns.get(span.turn, "")
            within = Stretch(span.start, span.end)
            sentences_here = known.get((segment.conversation_id, span.turn), ())
            for passage in quotable(span.turn, text, within, sentences_here):
                named = min(len(keywords.intersection(words_of(passage.text))), 2) / 2
                score = round(0.4 * float(near) + 0.4 * craft(passage.text) + 0.2 * named, 6)
                pool.append(_Quote(at, passage.pieces[0], passage, score, bool(near >= central)))
    return pool


def _rank_quotes(
    corpus: _Corpus,
    theme: str,
    pool: Sequence[_Quote],
    used: Mapping[str, Sequence[Piece]],
    times: Mapping[str, int],
    most: int,
) -> list[_Quote]:
    """One quote a person, ranked so that the first few already stand for the theme."""
    best: dict[str, _Quote] = {}
    for quote in sorted(pool, key=lambda quote: (-quote.score, quote.segment, quote.piece)):
        segment = corpus.segments[quote.segment]
        if not overlap([quote.piece], used.get(segment.conversation_id, ())):
            best.setdefault(segment.participant_id, quote)
    people = sorted(best)
    quotes = [best[person] for person in people]
    if not quotes:
        return []
    close = similarity(
        corpus.vectors[[quote.segment for quote in quotes]], corpus.vectors[corpus.members[theme]]
    )
    order = spread([quote.score for quote in quotes], people, close, times, most)
    return _with_other_voice(
        [quotes[at] for at in order],
        lambda quote: _is_other_voice(corpus, theme, corpus.segments[quote.segment].voice),
    )


def _with_other_voice(ranked: list[_Quote], is_other: Callable[[_Quote], bool]) -> list[_Quote]:
    """The first of another voice moved up to where it is heard, if it is not heard already."""
    place = _OTHER_VOICE_BY - 1
    first = next((at for at, quote in enumerate(ranked) if is_other(quote)), None)
    if first is None or first <= place:
        return ranked
    rest = ranked[:first] + ranked[first + 1 :]
    return [*rest[:place], ranked[first], *rest[place:]]


def _is_other_voice(corpus: _Corpus, theme: str, voice: str) -> bool:
    majority = corpus.majority[theme]
    return "none" not in (voice, majority) and voice != majority


def _quote_row(
    corpus: _Corpus, theme: str, quote: _Quote, pool_size: int, position: int
) -> dict[str, Any]:
    segment = corpus.segments[quote.segment]
    turn_text = corpus.turns[segment.conversation_id][quote.piece.turn]
    cues = cues_of(quote.passage.text)
    reasons = {
        "near_theme_centre": quote.is_central,
        "stands_for_others": position > 1,
        "other_voice": _is_other_voice(corpus, theme, segment.voice),
        "first_person": cues.first_person > 0,
        "feeling": cues.feeling > 0,
        "consequence": cues.consequence > 0,
        "clause_bounded": not is_punctuated(turn_text),
    }
    return {
        "quote_id": _hash(segment.conversation_id, (quote.piece,)),
        "conversation_id": segment.conversation_id,
        "participant_id": segment.participant_id,
        "theme_id": theme,
        "segment_id": segment.segment_id,
        "turn": quote.piece.turn,
        "start": quote.piece.start,
        "end": quote.piece.end,
        "text": quote.passage.text,
        "sha256": hashlib.sha256(quote.passage.text.encode()).hexdigest(),
        "voice": segment.voice,
        "n_words": quote.passage.n_words,
        "reasons": [code for code, holds in reasons.items() if holds],
        "is_counterpoint": reasons["other_voice"],
        "pool_size": pool_size,
        "position": position,
    }


# Stories


def _stories(corpus: _Corpus) -> list[_Story]:
    by_conversation: dict[str, list[int]] = defaultdict(list)
    for at, segment in enumerate(corpus.segments):
        by_conversation[segment.conversation_id].append(at)
    themes_of: dict[int, list[str]] = defaultdict(list)
    for theme, members in corpus.members.items():
        for at in members:
            themes_of[at].append(theme)
    found: list[_Story] = []
    for conversation, own in sorted(by_conversation.items()):
        for told in tellable(corpus.turns.get(conversation, {})):
            inside = [at for at in own if overlap(corpus.segments[at].spans, told.passage.pieces)]
            if inside:
                found.append(_story(corpus, conversation, told, inside, themes_of))
    return [story for story in found if story.theme_id is None or story.theme_id in corpus.labels]


def _story(
    corpus: _Corpus,
    conversation: str,
    told: Told,
    inside: Sequence[int],
    themes_of: Mapping[int, Sequence[str]],
) -> _Story:
    vector = unit(corpus.vectors[list(inside)].mean(axis=0)[None, :])
    near = max(
        (float(similarity(vector, centre[None, :])[0, 0]) for centre in corpus.centres.values()),
        default=0.0,
    )
    words = {at: corpus.segments[at].n_words for at in inside}
    themes = _shares((theme, words[at]) for at in inside for theme in themes_of.get(at, ()))
    theme = next(iter(themes), None)
    share = themes[theme] / max(sum(words.values()), 1) if theme is not None else 0.0
    voices = _shares((corpus.segments[at].voice, words[at]) for at in inside)
    return _Story(
        conversation,
        corpus.segments[inside[0]].participant_id,
        tuple(corpus.segments[at].segment_id for at in inside),
        told,
        vector[0],
        theme if share >= _THEME_SHARE_OF_STORY else None,
        share,
        next(iter(voices)),
        round(1 - near, 6),
    )


def _shares(weighed: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Total weight of each name, heaviest first."""
    total: Counter[str] = Counter()
    for name, weight in weighed:
        total[name] += weight
    return dict(sorted(total.items(), key=lambda entry: (-entry[1], entry[0])))


def _new_perspectives(corpus: _Corpus, told: Sequence[_Story], most: int) -> list[_Chosen]:
    """Well-told stories that are far from every theme, one a person."""
    if not told or not corpus.centres:
        return []
    quantile = float(np.quantile([story.novelty for story in told], _NOVEL_QUANTILE))
    far = max(quantile, _NOVEL_AT_LEAST)
    well = float(np.median([story.told.cues.score for story in told]))
    pool = [s for s in told if s.novelty >= far and s.told.cues.score >= well]
    n_people = len({segment.participant_id for segment in corpus.segments})
    most = max(most, round(_NOVEL_SHARE_OF_PEOPLE * n_people))
    chosen: dict[str, _Story] = {}
    for story in sorted(pool, key=lambda s: (-s.novelty - s.told.cues.score, *_place(s))):
        chosen.setdefault(story.participant_id, story)
    return [
        _Chosen(
            story, "new_perspective", None, ["far_from_themes", *story.told.cues.reasons], len(pool)
        )
        for story in list(chosen.values())[:most]
    ]


def _theme_stories(
    corpus: _Corpus, told: Sequence[_Story], taken: set[int], most: int
) -> list[_Chosen]:
    times: Counter[str] = Counter()
    chosen: list[_Chosen] = []
    for theme in _smallest_first(corpus):
        pool = [story for story in told if story.theme_id == theme and id(story) not in taken]
        for lane, is_other in (("theme", False), ("counterpoint", True)):
            own = [s for s in pool if _is_other_voice(corpus, theme, s.voice) == is_other]
            for story in _rank_stories(corpus, theme, own, times, most):
                times[story.participant_id] += 1
                reasons = ["other_voice"] if is_other else ["near_theme_centre"]
                reasons += story.told.cues.reasons
                chosen.append(_Chosen(story, lane, theme, reasons, len(pool)))
    return chosen


def _rank_stories(
    corpus: _Corpus, theme: str, pool: Sequence[_Story], times: Mapping[str, int], most: int
) -> list[_Story]:
    if not pool:
        return []
    vectors = np.stack([story.vector for story in pool])
    near = similarity(vectors, corpus.centres[theme][None, :])[:, 0]
    scores = [
        round(story.theme_share * (0.6 * story.told.cues.score + 0.4 * float(close)), 6)
        for story, close in zip(pool, near, strict=True)
    ]
    close = similarity(vectors, corpus.vectors[corpus.members[theme]])
    people = [story.participant_id for story in pool]
    return [pool[at] for at in spread(scores, people, close, times, most)]


def _place(story: _Story) -> tuple[str, tuple[Piece, ...]]:
    return story.conversation_id, story.told.passage.pieces


def _story_id(story: _Story) -> str:
    return _hash(story.conversation_id, story.told.passage.pieces)


def _story_row(chosen: _Chosen) -> dict[str, Any]:
    story, passage = chosen.story, chosen.story.told.passage
    return {
        "story_id": _story_id(story),
        "conversation_id": story.conversation_id,
        "participant_id": story.participant_id,
        "theme_id": chosen.theme_id,
        "lane": chosen.lane,
        "voice": story.voice,
        "text": passage.text,
        "offsets": [piece._asdict() for piece in passage.pieces],
        "sha256": hashlib.sha256(passage.text.encode()).hexdigest(),
        "n_words": passage.n_words,
        "reasons": chosen.reasons,
        "pool_size": chosen.pool_size,
    }


# Story sets


def _theme_sets(corpus: _Corpus, chosen: Sequence[_Chosen]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for theme, label in corpus.labels.items():
        own = [one for one in chosen if one.theme_id == theme]
        own.sort(key=lambda one: one.lane == "counterpoint")
        rows += _set_rows(f"theme-{theme}", "theme", label, own)
    return rows


def _other_sets(chosen: Sequence[_Chosen], most: int) -> list[dict[str, Any]]:
    apart = [one for one in chosen if one.lane == "new_perspective"]
    return [
        *_set_rows("new-perspective", "new_perspective", "Stories that stand apart", apart),
        *_set_rows("training", "training", "Stories for staff training", _training(chosen, most)),
    ]


def _training(chosen: Sequence[_Chosen], most: int) -> list[_Chosen]:
    """The best told, one a person, a theme's second only after every theme's first."""
    ordered = sorted(chosen, key=lambda one: (-one.story.told.cues.score, *_place(one.story)))
    times: Counter[str | None] = Counter()
    people: set[str] = set()
    rounds: list[tuple[int, _Chosen]] = []
    for one in ordered:
        if one.story.participant_id not in people:
            people.add(one.story.participant_id)
            times[one.theme_id] += 1
            rounds.append((times[one.theme_id], one))
    rounds.sort(key=lambda pair: pair[0])
    return [one for _, one in rounds[: most * RANKED_PER_PLACE]]


def _framework_sets(
    chosen: Sequence[_Chosen],
    frameworks: Sequence[Framework],
    lens_scores: pd.DataFrame,
    most: int,
) -> list[dict[str, Any]]:
    """For each entry the stories that speak of it most surely, one a person."""
    own: dict[Entry, dict[str, _Chosen]] = {e: {} for f in frameworks for e in f.entries}
    for match in matches(frameworks, lens_scores, [one.story.segment_ids for one in chosen]):
        one = chosen[match.story]
        reasons = ["near_framework", *one.story.told.cues.reasons]
        if len(own[match.entry]) < most:
            own[match.entry].setdefault(one.story.participant_id, one._replace(reasons=reasons))
    return [
        row
        for entry, by_person in own.items()
        for row in _set_rows(
            f"{entry.kind}-{entry.code}", entry.kind, entry.title, list(by_person.values())
        )
    ]


def _set_rows(
    set_id: str, kind: str, title: str, chosen: Sequence[_Chosen]
) -> list[dict[str, Any]]:
    return [
        {
            "story_set_id": set_id,
            "kind": kind,
            "title": title,
            "story_id": _story_id(one.story),
            "position": position,
            "why": "; ".join(REASONS[code] for code in one.reasons).capitalize() + ".",
        }
        for position, one in enumerate(chosen, start=1)
    ]


def _hash(conversation_id: str, pieces: Sequence[Piece]) -> str:
    place = "|".join([conversation_id, *(f"{p.turn}:{p.start}-{p.end}" for p in pieces)])
    return hashlib.sha256(place.encode()).hexdigest()[:16]


def _frame(name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    table = TABLES[name]
    frame = pd.DataFrame(rows, columns=[column.name for column in table.columns])
    return frame.sort_values(list(table.key), kind="stable", ignore_index=True)
