"""Coded answers that teach the encoder what told stories are about, and in which voice.

`answers/<letter>_<nn>.txt`: invented answers by topic, a topic with a title and a few phrases.
`answers/talks.tsv`: codes of the invented interviews in `templates/talks`, topics in
`answers/talk_topics.txt`. All written for this project.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline.domain.embedding.vectors import in_plain_words
from pipeline.tables import VOICES
from training.texts import TALKS

ANSWERS = Path(__file__).parent / "answers"
_SLOT = re.compile(r"\{([A-Z]+)(?:#\w+)?(?:=[^}]*)?\}")
_TYPES_OF_SLOTS = {"FIRST": "PERSON", "LAST": "PERSON", "PET": "PERSON"}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_WORDS_WITHOUT_ENDS = 12
"""A recogniser's text has no sentences: it is cropped at every so many words."""


class Topic(NamedTuple):
    """What an answer can be about: a title first, then plain phrases."""

    code: str
    phrases: list[str]


class Answer(NamedTuple):
    """A coded answer; `topic` and `voice` are places in the topics and in `VOICES`."""

    topic: int
    voice: int
    question: str
    text: str


class Coded(NamedTuple):
    """All topics and all coded answers; topics from `first_of_key` on are of the answer key."""

    topics: list[Topic]
    answers: list[Answer]
    first_of_key: int | None = None


def read_answers() -> Coded:
    """The coded answers of this folder, in a fixed order."""
    coded, places = Coded([], []), dict[str, int]()
    for path in sorted(ANSWERS.glob("[a-z]_*.txt")):
        _read_topics(path.read_text(encoding="utf-8").splitlines(), coded, places)
    places.clear()  # the interviews have topics of their own
    for line in (ANSWERS / "talk_topics.txt").read_text(encoding="utf-8").splitlines():
        if line.strip():
            _topic(line, coded.topics, places)
    coded.answers.extend(_coded_talks(places))
    return coded


def with_key(coded: Coded, turns: pd.DataFrame, codebook: Mapping[str, Sequence[str]]) -> Coded:
    """The coded answers, and those of some conversations of the answer key.

    Parameters
    ----------
    turns : DataFrame
        Columns question, text, theme, voice of participant turns, redacted.
    codebook : mapping
        Phrases of each code; turns of other codes are left out.
    """
    codes = sorted(set(codebook) & set(turns["theme"]))
    place = {code: len(coded.topics) + at for at, code in enumerate(codes)}
    topics = [Topic(f"key:{code}", list(codebook[code])) for code in codes]
    columns = zip(*(turns[c] for c in ("theme", "voice", "question", "text")), strict=True)
    answers = [
        Answer(place[theme], VOICES.index(voice), in_plain_words(asked), in_plain_words(said))
        for theme, voice, asked, said in columns
        if theme in place
    ]
    return Coded([*coded.topics, *topics], [*coded.answers, *answers], len(coded.topics))


def _read_topics(lines: list[str], coded: Coded, places: dict[str, int]) -> None:
    topic, question = -1, ""
    for line in lines:
        head, _, rest = line.partition(" ")
        if head == "##":
            topic = _topic(rest, coded.topics, places)
        elif head == "Q:":
            question = rest
        elif head.removesuffix(":") in VOICES:
            voice = VOICES.index(head.removesuffix(":"))
            coded.answers.append(
                Answer(topic, voice, in_plain_words(question), in_plain_words(rest))
            )


def _topic(line: str, topics: list[Topic], places: dict[str, int]) -> int:
    """Place of the topic of a line `code | title | phrase ...`; a known code gains phrases."""
    code, *phrases = (part.strip() for part in line.split("|"))
    if code not in places:
        places[code] = len(topics)
        topics.append(Topic(code, []))
    topics[places[code]].phrases.extend(phrase for phrase in phrases if phrase)
    return places[code]


def _coded_talks(places: dict[str, int]) -> Iterator[Answer]:
    for told in coded_talks().itertuples(index=False):
        if told.theme in places and told.voice in VOICES:
            yield Answer(places[told.theme], VOICES.index(told.voice), told.question, told.text)


def coded_talks() -> pd.DataFrame:
    """The coded answers of the invented interviews, in the order told.

    Returns
    -------
    DataFrame
        Columns conversation_id, turn_start (number of the answer), question, text, theme, voice.
    """
    talks = {
        path.name: [
            [line for line in block.splitlines() if line[:3] in ("Q: ", "A: ")]
            for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8"))
            if block.strip()
        ]
        for path in sorted(TALKS.glob("*.txt"))
    }
    rows: list[tuple[str, int, str, str, str, str]] = []
    for row in (ANSWERS / "talks.tsv").read_text(encoding="utf-8").splitlines():
        file, talk, answer, code, voice = row.split("\t")
        lines = talks[file][int(talk) - 1]
        at = [n for n, line in enumerate(lines) if line.startswith("A: ")][int(answer) - 1]
        asked = next((line[3:] for line in reversed(lines[:at]) if line[:2] == "Q:"), "")
        said = _filled(asked), _filled(lines[at][3:])
        rows.append((f"{file}:{talk}", int(answer), *said, code, voice))
    columns = ["conversation_id", "turn_start", "question", "text", "theme", "voice"]
    return pd.DataFrame(rows, columns=columns)


def _filled(text: str) -> str:
    slots = _SLOT.sub(lambda m: f"[{_TYPES_OF_SLOTS.get(m.group(1), m.group(1))}_1]", text)
    return in_plain_words(slots)


def varied(answer: Answer, rng: random.Random) -> str:
    """The answer as it may be met: a part of it, with or without question, as written or not."""
    text = _part(answer.text, rng) if rng.random() < 0.5 else answer.text
    if rng.random() < 0.35:
        text = re.sub(r"[^\w\s']", " ", text)
    if rng.random() < 0.1:
        text = " ".join(word for word in text.split() if rng.random() > 0.1)
    question = " ".join(answer.question.split()[-40:]) if rng.random() < 0.6 else ""
    return " ".join(f"{question} {text}".split())


def _part(text: str, rng: random.Random) -> str:
    """Neighbouring sentences, at least a third of them."""
    words, sentences = text.split(), _SENTENCE_END.split(text)
    if len(sentences) == 1:
        starts = range(0, len(words), _WORDS_WITHOUT_ENDS)
        sentences = [" ".join(words[at : at + _WORDS_WITHOUT_ENDS]) for at in starts]
    if len(sentences) < 3:
        return text
    n = rng.randint(len(sentences) // 3, len(sentences))
    start = rng.randint(0, len(sentences) - n)
    return " ".join(sentences[start : start + n])
