# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
# threadpoolctl carries no types.
"""Short names of themes, made from what people were asked and said: "money and pension credit".

A name is one or two units of a word to five. A unit is a noun, a doing that was asked about
("caring"), or a phrase that at least three people say ("village hall", "getting an appointment");
every word of it is said by at least three people of the theme, or asked of three: people tell of
onions and plates, and it is the question that calls it eating. Names are chosen by what they cover
of the theme's telling words, by how far they were asked about, by how many of its people say them,
and, where an encoder is at hand, by how well they find the theme's segments among all: a good name
is a query that brings its theme back.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.domain.embedding.vectors import Encode
from pipeline.domain.themes.clustering import Floats, unit
from pipeline.domain.themes.corpus import Row
from pipeline.domain.themes.labels import (
    FEWEST_PEOPLE,
    UNNAMED,
    Weights,
    content_terms,
    keywords,
    label,
    said_together,
    term_weights,
)
from pipeline.domain.themes.quality import LEAST_SHARED
from pipeline.domain.themes.wording import base_forms, clauses, is_telling, noun_shares
from pipeline.domain.validation.words import PLACEHOLDER, WORD

_MOST_WORDS = 6
_LONGEST_NAME = 80
"""In characters; as for names that people give."""
_MOSTLY = 0.6
_LIKE_A_NOUN = 0.55
_UNITS = 24
"""Units of a theme that are weighed; each pair of them is a name too."""
_SINGLES = 12
_HEADS = 10

_MEANING = 1.0
_COVERAGE = 1.0
_ASKED = 0.5
_LEAST_HEARD = 0.15
"""Share of a theme's people who say a word of its name; what fewer say is the subject of few."""
_LONGER = 0.04
"""What one more word costs: a name is read at a glance."""
_JOINED = 0.1
_BARE = 0.15
"""What a name of one word costs: "home" says too little."""
_SAME_AGAIN = 0.6
_KINDRED = 0.4
"""Cosine from which two parts of a name begin to say the same."""
_KEPT = 0.1
"""What a name that the theme bore before is worth, so that names do not flicker."""

_OPENERS = frozenset(
    "getting going being having looking trying making waiting talking living coming keeping "
    "asking telling finding using losing giving taking".split()
)
_LINKS = frozenset(
    "a an the of in on at for from with and or into by after about off out up down over "
    "back without through between".split()
)
_WHOSE = frozenset("my your our his her its their this that".split())
_LONGEST_LINK = 2
_ARTICLE_AFTER_AND = re.compile(r" and (?:an?|the) ")
_SENTENCE_END = re.compile(r"[.!?…:\n\"“”(]+")


class Worded(NamedTuple):
    """What a theme is about, in words."""

    label: str
    keywords: list[str]
    weights: Weights


class Unit(NamedTuple):
    """A word or phrase that may stand in a name."""

    text: str
    bases: frozenset[str]
    coverage: float
    asked: float = 0.0
    """Weight of its words among those that the theme's questions are made of."""
    people: frozenset[str] = frozenset()
    """Those of the theme who say all of its words, or are asked them, together or apart."""


class Nearness(NamedTuple):
    """Where the themes lie among all segments, for measuring how well a text finds one."""

    encode: Encode
    centres: Floats
    spread: Floats

    @classmethod
    def of(
        cls, encode: Encode, vectors: NDArray[np.float32], groups: Sequence[Sequence[int]]
    ) -> "Nearness":
        """From the vectors of all segments and the rows of each theme."""
        with threadpool_limits(limits=1):
            X = unit(vectors.astype(np.float64) - vectors.astype(np.float64).mean(axis=0))
            middle = X.mean(axis=0)
            centres = np.stack([X[list(rows)].mean(axis=0) - middle for rows in groups])
            return cls(encode, centres, (X - middle).T @ (X - middle) / len(X))

    def directions(self, texts: Sequence[str]) -> Floats:
        """Vectors of texts as seen from the middle of them all: short texts lie together."""
        vectors = self.encode(texts).astype(np.float64)
        return unit(vectors - vectors.mean(axis=0))

    def finding(self, directions: Floats, theme: int) -> Floats:
        """By how many standard deviations each direction sets the theme's segments apart."""
        with threadpool_limits(limits=1):
            spread = np.sqrt(np.einsum("ij,ij->i", directions @ self.spread, directions))
            return (directions @ self.centres[theme]) / np.maximum(spread, 1e-9)


def worded(
    themes: Sequence[Sequence[Row]],
    *,
    nearness: Nearness | None = None,
    before: Sequence[str] = (),
    settled: Sequence[str] = (),
) -> list[Worded]:
    """Label, keywords and weights of each theme; see `short_names` for the parameters."""
    weights = term_weights(themes)
    together = said_together(themes, weights)
    words = [keywords(own, together) for own in weights]
    plain = [_plain(rows, own) for rows, own in zip(themes, words, strict=True)]
    names = short_names(themes, plain, nearness=nearness, before=before, settled=settled)
    return [Worded(*own) for own in zip(names, words, weights, strict=True)]


def short_names(
    themes: Sequence[Sequence[Row]],
    fallbacks: Sequence[str],
    *,
    nearness: Nearness | None = None,
    before: Sequence[str] = (),
    settled: Sequence[str] = (),
) -> list[str]:
    """A name for each theme, no two alike.

    Parameters
    ----------
    themes : sequence of sequences of Row
        Segments of each theme.
    fallbacks : sequence of str
        Names of themes in which nothing can stand in a name.
    nearness : Nearness, optional
        Without it names are chosen by words alone.
    before : sequence of str, optional
        The name of each theme so far, or nothing; kept while it does nearly as well as the best.
    settled : sequence of str, optional
        The name that each theme is to bear whatever its words, or nothing; no other comes near it.
    """
    if len(themes) == 1:  # without others to be told from, questions tell of no subject
        themes = [[row._replace(question="") for row in themes[0]]]
    exchanges = [[_exchange(row) for row in rows] for rows in themes]
    questions = [[row._replace(text=row.question) for row in rows] for rows in themes]
    common = [common_words(rows) for rows in themes]
    spoken = [_spoken(rows) for rows in exchanges]
    units = _all_units(spoken, term_weights(exchanges), term_weights(questions), common)
    cased = _casing(exchanges, units)
    units = [[own._replace(text=cased.get(own.text, own.text)) for own in theme] for theme in units]
    directions = _directions(units, nearness)
    names = {theme: name for theme, name in enumerate(settled) if name}
    taken = [
        frozenset(word for words in clauses(name) for word in words) for name in names.values()
    ]
    open_ones = [theme for theme in range(len(themes)) if theme not in names]
    for theme in sorted(open_ones, key=lambda at: (-_n_people(themes[at]), at)):
        former = before[theme] if before else ""
        options = _ranked(units[theme], theme, nearness, directions, former)
        fewest = _LEAST_HEARD * _n_people(themes[theme])
        heard = (own for own in options if len(own.people) >= fewest)
        chosen = next((own for own in heard if not _too_like(own.bases, taken)), None)
        names[theme] = chosen.text if chosen else fallbacks[theme]
        taken += [chosen.bases] if chosen else []
    return _distinct([names[theme] for theme in range(len(themes))], fallbacks)


def _exchange(row: Row) -> Row:
    """The segment with what was asked before it."""
    return row._replace(text=f"{row.question}\n{row.text}")


def _spoken(rows: Iterable[Row]) -> list[tuple[str, list[list[str]]]]:
    return [(row.participant_id, clauses(row.text)) for row in rows]


def _plain(rows: Sequence[Row], words: Sequence[str]) -> str:
    """The first keywords, or no name where too few of the theme's people say any of them."""
    first = set(label(words).split(", "))
    people = {row.participant_id for row in rows if first & content_terms(row.text)}
    return label(words) if len(people) >= LEAST_SHARED * _n_people(rows) else UNNAMED


def common_words(rows: Iterable[Row], fewest: int = FEWEST_PEOPLE) -> frozenset[str]:
    """Words that three people among these say, or three are asked; or as many as are wanted.

    One person's own word that the interviewer takes to two others is none of them.
    """
    listed = list(rows)
    asked = said_words((row._replace(text=row.question) for row in listed), fewest)
    return said_words(listed, fewest) | asked


def said_words(rows: Iterable[Row], fewest: int = FEWEST_PEOPLE) -> frozenset[str]:
    """Words that three people among these say, or as many as are wanted."""
    people = _people_by_word(_spoken(rows))
    return frozenset(word for word, own in people.items() if len(own) >= fewest)


def may_be_said(name: str, common: Collection[str]) -> bool:
    """Whether each word of a name is common; "and" and commas part what a name is made of."""
    return all(word in common for words in clauses(name) for word in words if word != "and")


Spoken = Sequence[tuple[str, list[list[str]]]]


def _all_units(
    spoken: Sequence[Spoken],
    weights: Sequence[Weights],
    asked: Sequence[Weights],
    common: Sequence[Collection[str]],
) -> list[list[Unit]]:
    everything = [words for theme in spoken for _, said in theme for words in said]
    bases = base_forms({word for words in everything for word in words})
    nouns = noun_shares(everything)
    phrases = [
        _phrases(theme, own, words, bases, nouns)
        for theme, own, words in zip(spoken, weights, common, strict=True)
    ]
    wanted = {key for own in phrases for key in own}
    said_by = _people_of(wanted, spoken, bases)
    return [
        _units(theme, own, questions, words, found, said_by, bases, nouns)
        for theme, own, questions, words, found in zip(
            spoken, weights, asked, common, phrases, strict=True
        )
    ]


def _units(
    spoken: Spoken,
    weights: Weights,
    asked: Weights,
    common: Collection[str],
    phrases: Mapping[tuple[str, ...], Counter[str]],
    said_by: Mapping[tuple[str, ...], set[str]],
    bases: Mapping[str, str],
    nouns: Mapping[str, float],
) -> list[Unit]:
    """Nouns and doings among the most telling words, and phrases of three people, best first."""
    mass, of_questions = _mass_of_bases(weights, bases), _mass_of_bases(asked, bases)
    total = sum(sorted(mass.values())[-_HEADS:]) or 1.0
    words = [
        Unit(word, frozenset({bases[word]}), mass[bases[word]] / total)
        for word in _usual_forms(spoken, weights, common, bases)
    ]
    things = [own for own in words if _is_noun(own.text, nouns)]
    things = sorted(things, key=_by_coverage)[:_SINGLES]
    doings = [own for own in words if _is_doing(own.text, bases)]
    linked = _linked(doings, things, spoken, bases)
    done = {own.bases for own in linked}
    usual = {key: people for key, people in said_by.items() if len(people) >= FEWEST_PEOPLE}
    whole = [
        Unit(
            min(forms, key=lambda text: (-forms[text], len(text), text)),
            frozenset(key) - _OPENERS,
            sum(mass.get(base, 0.0) for base in set(key)) / total,
        )
        for key, forms in phrases.items()
        if key in usual
        and frozenset(key) not in done
        and not _is_cut_short(key, phrases.keys() & usual.keys(), usual)
    ]
    asked_about = [own for own in doings if not own.bases.isdisjoint(of_questions)]
    units = [*things, *asked_about, *whole, *linked]
    best = sorted(units or doings, key=_by_coverage)[:_UNITS]
    return [
        own._replace(
            asked=sum(of_questions.get(base, 0.0) for base in own.bases),
            people=_who_say(own.bases, spoken, bases),
        )
        for own in best
    ]


def _who_say(wanted: frozenset[str], spoken: Spoken, bases: Mapping[str, str]) -> frozenset[str]:
    people: defaultdict[str, set[str]] = defaultdict(set)
    for person, said in spoken:
        people[person] |= wanted & {bases[word] for words in said for word in words}
    return frozenset(person for person, own in people.items() if wanted <= own)


def _is_cut_short(
    key: tuple[str, ...],
    among: Iterable[tuple[str, ...]],
    people: Mapping[tuple[str, ...], set[str]],
) -> bool:
    """Whether most who say a phrase say more of it: "breath" of "shortness of breath"."""
    n = len(key)
    return any(
        _MOSTLY * len(people[key]) <= len(people[longer])
        for longer in among
        if len(longer) > n
        and any(longer[start : start + n] == key for start in range(len(longer) - n + 1))
    )


def _by_coverage(own: Unit) -> tuple[float, str]:
    return -own.coverage, own.text


def _linked(
    doings: Sequence[Unit], things: Sequence[Unit], spoken: Spoken, bases: Mapping[str, str]
) -> list[Unit]:
    """A doing and what it is done to, with the words that usually stand between them.

    From "rang the doctor" and "ring my doctor" comes "ringing the doctor".
    """
    doing_of = {bases[own.text]: own for own in doings}
    thing_of = {bases[own.text]: own for own in things}
    between: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    people: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for person, said in spoken:
        for verb, link, noun in (found for words in said for found in _links(words, bases)):
            if verb in doing_of and noun in thing_of and verb != noun:
                between[verb, noun][link] += 1
                people[verb, noun].add(person)
    return [
        Unit(
            " ".join(f"{doing_of[verb].text} {_usual(links)} {thing_of[noun].text}".split()),
            doing_of[verb].bases | thing_of[noun].bases,
            doing_of[verb].coverage + thing_of[noun].coverage,
        )
        for (verb, noun), links in between.items()
        if len(people[verb, noun]) >= FEWEST_PEOPLE
    ]


def _links(words: Sequence[str], bases: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for start, first in enumerate(words):
        for end in range(start + 1, min(start + _LONGEST_LINK + 2, len(words))):
            if is_telling(words[end]):
                link = ["the" if word in _WHOSE else word for word in words[start + 1 : end]]
                yield bases[first], " ".join(link), bases[words[end]]
                break
            if words[end] not in _LINKS | _WHOSE | {"to"}:
                break


def _usual(links: Counter[str]) -> str:
    return min(links, key=lambda link: (-links[link], len(link), link))


def _mass_of_bases(weights: Weights, bases: Mapping[str, str]) -> dict[str, float]:
    mass: dict[str, float] = {}
    for term, weight in weights.items():
        for word in term.split():
            mass[bases[word]] = max(mass.get(bases[word], 0.0), weight)
    return mass


def _usual_forms(
    spoken: Spoken, weights: Weights, common: Collection[str], bases: Mapping[str, str]
) -> list[str]:
    """Of each telling word the form that most people of the theme use, and that of doing it."""
    people = _people_by_word(spoken)
    forms: defaultdict[str, list[str]] = defaultdict(list)
    for word in {word for term in weights for word in term.split()}:
        if word in common:
            forms[bases[word]].append(word)
    usual = {min(own, key=lambda word: (-len(people[word]), word)) for own in forms.values()}
    doing = {word for own in forms.values() for word in own if _is_doing(word, bases)}
    return sorted(usual | doing)


def _people_by_word(spoken: Spoken) -> defaultdict[str, set[str]]:
    people: defaultdict[str, set[str]] = defaultdict(set)
    for person, said in spoken:
        for word in (word for words in said for word in words):
            people[word].add(person)
            people[word.removesuffix("'s")].add(person)
    return people


def _phrases(
    spoken: Spoken,
    weights: Weights,
    common: Collection[str],
    bases: Mapping[str, str],
    nouns: Mapping[str, float],
) -> dict[tuple[str, ...], Counter[str]]:
    """By the base forms of their telling words, phrases of common words."""
    telling = {bases[word] for term in weights for word in term.split()}
    found: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for _, said in spoken:
        for words in said:
            for phrase in _stretches(words):
                key = _key(phrase, bases)
                if (
                    all(word in common for word in phrase)
                    and not telling.isdisjoint(key)
                    and _is_noun(phrase[-1], nouns)
                ):
                    found[key][_ARTICLE_AFTER_AND.sub(" and ", " ".join(phrase))] += 1
    return dict(found)


def _stretches(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """Runs from a telling word or an opening verb to a telling word, links between them."""
    for start, first in enumerate(words):
        if not (is_telling(first) or first in _OPENERS):
            continue
        for end in range(start + 1, min(start + _MOST_WORDS, len(words))):
            last = words[end]
            if is_telling(last):
                yield words[start : end + 1]
            elif not _goes_on(words[end - 1], last):
                break


def _goes_on(before: str, link: str) -> bool:
    """Whether a stretch may hold a word that tells nothing.

    Where "a" follows what is no doing, another thing begins: "buses, a train" without its comma.
    """
    is_doing = before.endswith("ing")
    if link in ("a", "an"):
        return is_doing or not is_telling(before)
    return link in _LINKS or (link == "to" and is_doing)


def _key(phrase: Sequence[str], bases: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(bases[word] for word in phrase if is_telling(word) or word in _OPENERS)


def _people_of(
    wanted: set[tuple[str, ...]], spoken: Sequence[Spoken], bases: Mapping[str, str]
) -> defaultdict[tuple[str, ...], set[str]]:
    people: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for person, said in (row for theme in spoken for row in theme):
        for words in said:
            for phrase in _stretches(words):
                key = _key(phrase, bases)
                if key in wanted:
                    people[key].add(person)
    return people


def _is_noun(word: str, nouns: Mapping[str, float]) -> bool:
    return nouns.get(word, 0.5) > _LIKE_A_NOUN


def _is_doing(word: str, bases: Mapping[str, str]) -> bool:
    """A doing may stand in a name as a noun does: "walking", "ringing"."""
    return word.endswith("ing") and bases[word] != word


def _directions(units: Sequence[Sequence[Unit]], nearness: Nearness | None) -> dict[str, Floats]:
    texts = sorted({own.text for theme in units for own in theme})
    if nearness is None or not texts:
        return {}
    return dict(zip(texts, nearness.directions(texts), strict=True))


def _ranked(
    units: Sequence[Unit],
    theme: int,
    nearness: Nearness | None,
    directions: Mapping[str, Floats],
    former: str,
) -> list[Unit]:
    """Units and pairs of units, the best name first."""
    if not units:
        return []
    names: list[tuple[Unit, ...]] = [(own,) for own in units]
    names += [(a, b) for a, b in combinations(units, 2) if not a.bases & b.bases and _simple(a, b)]
    joined = [_joined(own) for own in names]
    coverage = np.array([name.coverage for name in joined])
    asked = np.array([name.asked for name in joined])
    worth = _COVERAGE * coverage / max(float(coverage.max()), 1e-9)
    worth += _ASKED * asked / max(float(asked.max()), 1e-9)
    worth -= np.array([_cost(own) for own in names])
    worth += _KEPT * np.array([name.text == former for name in joined])
    if nearness is not None:
        toward = np.stack([np.mean([directions[u.text] for u in own], axis=0) for own in names])
        finding = nearness.finding(unit(toward), theme)
        worth += _MEANING * finding / max(float(finding.max()), 1e-9)
        worth -= _SAME_AGAIN * np.array([_sameness(own, directions) for own in names])
    order = sorted(range(len(names)), key=lambda at: (-round(float(worth[at]), 6), joined[at].text))
    return [joined[at] for at in order if len(joined[at].text) <= _LONGEST_NAME]


def _cost(parts: Sequence[Unit]) -> float:
    n_words = sum(len(part.text.split()) for part in parts)
    return _LONGER * n_words + (_JOINED if len(parts) > 1 else _BARE if n_words == 1 else 0.0)


def _sameness(parts: Sequence[Unit], directions: Mapping[str, Floats]) -> float:
    """How far the second part only says the first again, 0 to 1: "Dad and father"."""
    if len(parts) == 1:
        return 0.0
    likeness = float(directions[parts[0].text] @ directions[parts[1].text])
    return max(likeness - _KINDRED, 0.0) / (1 - _KINDRED)


def _simple(one: Unit, other: Unit) -> bool:
    """Joining two phrases with "and" within them reads badly."""
    return " and " not in f"{one.text} {other.text}"


def _joined(parts: Sequence[Unit]) -> Unit:
    """What was asked about first, but phrases of doing last: "rent and managing for money"."""
    in_order = sorted(parts, key=lambda part: (_is_phrase_of_doing(part.text), -part.asked))
    return Unit(
        " and ".join(part.text for part in in_order),
        frozenset().union(*(part.bases for part in parts)),
        sum(part.coverage for part in parts),
        sum(part.asked for part in parts),
        frozenset().union(*(part.people for part in parts)),
    )


def _is_phrase_of_doing(text: str) -> bool:
    first, *more = text.split()
    return first.endswith("ing") and bool(more)


def _too_like(bases: frozenset[str], taken: Iterable[frozenset[str]]) -> bool:
    return any(2 * len(bases & other) > min(len(bases), len(other)) for other in taken)


def _casing(themes: Sequence[Sequence[Row]], units: Sequence[Sequence[Unit]]) -> dict[str, str]:
    """How each unit is mostly written inside a sentence: "Polish interpreter", "NHS"."""
    by_first: defaultdict[str, list[list[str]]] = defaultdict(list)
    for text in {own.text for theme in units for own in theme}:
        by_first[text.split()[0]].append(text.split())
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for words in (words for theme in themes for row in theme for words in _inside(row.text)):
        lower = [word.lower() for word in words]
        for place, word in enumerate(lower):
            for unit_words in by_first.get(word, ()):
                end = place + len(unit_words)
                if lower[place:end] == unit_words:
                    written[" ".join(unit_words)][" ".join(words[place:end])] += 1
    return {text: min(forms, key=lambda f: (-forms[f], f)) for text, forms in written.items()}


def _inside(text: str) -> Iterator[list[str]]:
    """The words of each sentence as they are written, but for the first."""
    for sentence in _SENTENCE_END.split(PLACEHOLDER.sub(" ", text)):
        yield [word.replace("’", "'") for word in WORD.findall(sentence)][1:]


def _n_people(rows: Iterable[Row]) -> int:
    return len({row.participant_id for row in rows})


def _distinct(names: Sequence[str], fallbacks: Sequence[str]) -> list[str]:
    """Names of which no two are the same."""
    found: list[str] = []
    for name, fallback in zip(names, fallbacks, strict=True):
        own = name if name not in found else fallback
        number = 2
        while own in found:
            own, number = f"{fallback} ({number})", number + 1
        found.append(own)
    return found
