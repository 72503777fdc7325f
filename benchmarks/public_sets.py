"""Other people's marked texts: `python -m benchmarks.public_sets [--data FOLDER]`.

For measuring only: nothing is trained on them, they come with no part of this project, and no name
of theirs is in its lists. FOLDER holds `gum_spoken.jsonl` (spoken genres of GUM), `synth_v2.json`
(sentences of presidio-research) and `tab144.jsonl` (judgments of the Text Anonymization Benchmark);
a set that is not there is left out. A document is read as a conversation, a line a turn, with no
register and no programme's keep list.
"""

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from benchmarks.marked import WRITINGS, Conversation, by_lines
from benchmarks.reporting import ROOT
from benchmarks.scoring import Spans, covered, found_marks, percent, solid
from benchmarks.systems import System, compared, save
from pipeline.domain.redaction.keep import KeepList

DATA = ROOT.parent / "shared/data/redaction"
NOT_NAMES = ROOT / "benchmarks/sets/gum_not_names.yaml"
NOBODY = "NOBODY"
"""In place of a type: a span that someone has read and found to name nobody."""
NOT_ASKED = frozenset({"TITLE", "NRP"})
"""Of presidio-research's types: "Mr" and nationalities are no type of ours. Its own evaluator
leaves types out that a system does not have."""
SKIPPED = frozenset(
    "'s >> >>> street st. st de rue via and a the or do as of day address country state city zip "
    "po apt unit corner p.o. box suite mr. mrs. miss year years y/o month months old morning noon "
    "afternoon night evening this first last week weeks weekend days age ago inc inc. ltd".split()
)
"""Words that presidio-research counts as no error, with stop words and punctuation."""


TITLE = re.compile(
    r"(?:(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|lord|lady|judge|justice|mme|mlle|herr|frau)"
    r"\b\.?\s+)+",
    re.IGNORECASE,
)
"""The benchmark's marks of people begin with it; it is not asked, since it names no one."""


class Document(NamedTuple):
    """A text as a conversation, and what is marked in it beside the marks by line."""

    conversation: Conversation
    text: str
    entities: tuple[dict[str, Any], ...] = ()
    genre: str = ""


def gum(path: Path) -> list[Document]:
    """People's names in the spoken genres of GUM."""
    nobody = spans_that_name_nobody()
    documents: list[Document] = []
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        text = row["text"]
        people = [
            (s["s"], s["e"], NOBODY if text[s["s"] : s["e"]].lower() in nobody else "PERSON")
            for s in row["spans"]
            if s["type"] == "person" and s["sens"] == "DIRECT"
        ]
        documents.append(Document(by_lines(text, people), text, genre=row["genre"]))
    return documents


def spans_that_name_nobody() -> frozenset[str]:
    """Words in lower case that GUM's spans mark as a person and that are none."""
    kinds = yaml.safe_load(NOT_NAMES.read_text("utf-8")).values()
    return frozenset(words.strip().lower() for kind in kinds for words in kind.split(","))


def gum_scores(documents: Sequence[Document], system: System) -> dict[str, Any]:
    """Names found and marked, by writing: all spans, those that are names, and these by genre."""
    scores: dict[str, Any] = {}
    for writing, change in WRITINGS.items():
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for document in documents:
            conversation = change(document.conversation)
            for mark, found in found_marks(conversation, system(conversation)):
                is_name = mark.entity_type != NOBODY
                for part in ("all", "names", document.genre) if is_name else ("all",):
                    counts[part][0] += found
                    counts[part][1] += 1
        scores[writing] = dict(sorted(counts.items()))
    return scores


def synthetic(path: Path) -> list[Document]:
    """Sentences of presidio-research; each is a conversation of its own."""
    return [
        Document(
            by_lines(row["full_text"], []),
            row["full_text"],
            tuple(
                {"start": s["start_position"], "end": s["end_position"], "type": s["entity_type"]}
                for s in row["spans"]
            ),
        )
        for row in json.loads(path.read_text("utf-8"))
    ]


def synthetic_scores(documents: Sequence[Document], system: System) -> dict[str, Any]:
    """Precision, recall and F2 over words, marked or not whatever the type."""
    asked, everything = [0, 0, 0], [0, 0, 0]
    for document in documents:
        spans = in_document(document.conversation, system(document.conversation))
        kinds = {e["type"] for e in document.entities}
        for counts, chosen in ((asked, kinds - NOT_ASKED), (everything, kinds)):
            marked = [(e["start"], e["end"]) for e in document.entities if e["type"] in chosen]
            for i, count in enumerate(word_counts(document.text, marked, spans)):
                counts[i] += count
    return {"asked": f_score(*asked), "all types": f_score(*everything)}


def word_counts(text: str, marked: Spans, found: Spans) -> tuple[int, int, int]:
    """Words found and marked, found, marked; an error in a word that tells nothing is none."""
    both = n_found = n_marked = 0
    for start, end, passable in _words(text):
        is_marked = any(s < end and start < e for s, e in marked)
        is_found = any(s < end and start < e for s, e in found)
        if is_marked != is_found and passable:
            continue
        both += is_marked and is_found
        n_found += is_found
        n_marked += is_marked
    return both, n_found, n_marked


def f_score(both: int, found: int, marked: int, beta: float = 2.0) -> dict[str, float]:
    """Precision, recall and F in per cent; with beta 2 recall weighs twice as much."""
    precision, recall = both / max(found, 1), both / max(marked, 1)
    weighted = (1 + beta**2) * precision * recall / (beta**2 * precision + recall) if both else 0.0
    figures = {"precision": precision, "recall": recall, "F2": weighted}
    return {name: round(100 * value, 1) for name, value in figures.items()}


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    import spacy

    return spacy.blank("en").tokenizer


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[tuple[int, int, bool], ...]:
    """Start and end of each of spaCy's words, and whether an error in it counts for nothing."""
    return tuple(
        (word.idx, word.idx + len(word), _tells_nothing(word)) for word in _tokenizer()(text)
    )


def _tells_nothing(word: Any) -> bool:
    bare = word.text.lower().strip()
    return word.is_stop or (word.is_punct and len(bare) == 1) or not bare or bare in SKIPPED


def judgments(path: Path) -> list[Document]:
    """Court judgments of the Text Anonymization Benchmark; what need not be masked is left out."""
    return [
        Document(
            by_lines(row["text"], []),
            row["text"],
            tuple(_bare(e) for e in row["entities"] if e["identifier_type"] != "NO_MASK"),
        )
        for row in map(json.loads, path.read_text("utf-8").splitlines())
    ]


def _bare(entity: dict[str, Any]) -> dict[str, Any]:
    """The entity as it is scored: a person's mention without the title before it."""
    text, start, end = (entity[key] for key in ("span_text", "start_offset", "end_offset"))
    title = TITLE.match(text) if entity["entity_type"] == "PERSON" else None
    return {
        "kind": entity["identifier_type"].lower(),
        "type": entity["entity_type"],
        "id": entity["entity_id"],
        "start": start + (title.end() if title and title.end() < len(text) else 0),
        "end": end,
    }


def judgment_scores(documents: Sequence[Document], system: System) -> dict[str, Any]:
    """Entities of which every mention is covered, and precision by letters and digits."""
    found: dict[str, int] = defaultdict(int)
    asked: dict[str, int] = defaultdict(int)
    right = n_covered = 0
    for document in documents:
        cover = covered(
            document.text, in_document(document.conversation, system(document.conversation))
        )
        wanted = [(e["start"], e["end"]) for e in document.entities]
        right += len(cover & covered(document.text, wanted))
        n_covered += len(cover)
        for kind, entity_type, whole in entities_found(document, cover):
            for part in (kind, f"{kind} {entity_type}"):
                found[part] += whole
                asked[part] += 1
    return {
        "direct": percent(found["direct"], asked["direct"]),
        "quasi": percent(found["quasi"], asked["quasi"]),
        "precision": percent(right, n_covered),
        "types": {part: [found[part], asked[part]] for part in sorted(asked) if " " in part},
    }


def entities_found(document: Document, cover: set[int]) -> Iterator[tuple[str, str, bool]]:
    """Of each entity its kind, its type and whether all its mentions are covered."""
    whole: dict[tuple[str, str, str], bool] = {}
    for e in document.entities:
        key = (e["kind"], e["type"], e["id"])
        mention = solid(document.text, e["start"], e["end"])
        whole[key] = whole.get(key, True) and mention <= cover
    for (kind, entity_type, _), is_whole in whole.items():
        yield kind, entity_type, is_whole


def in_document(conversation: Conversation, spans: Sequence[Spans]) -> Spans:
    """Spans of lines as spans of the document."""
    placed: Spans = []
    offset = 0
    for text, found in zip(conversation.texts, spans, strict=True):
        placed += [(start + offset, end + offset) for start, end in found]
        offset += len(text) + 1
    return placed


class PublicSet(NamedTuple):
    """A set of others: its file, how it is read and how it is scored."""

    file: str
    read: Callable[[Path], list[Document]]
    score: Callable[[Sequence[Document], System], dict[str, Any]]


SETS = {
    "GUM": PublicSet("gum_spoken.jsonl", gum, gum_scores),
    "presidio-research": PublicSet("synth_v2.json", synthetic, synthetic_scores),
    "TAB": PublicSet("tab144.jsonl", judgments, judgment_scores),
}


def measure(systems: Mapping[str, System], data: Path = DATA) -> dict[str, Any]:
    """Scores of each system on each set that is there."""
    results: dict[str, Any] = {}
    for name, public in SETS.items():
        path = data / public.file
        if path.exists():
            documents = public.read(path)
            results[name] = {s: public.score(documents, system) for s, system in systems.items()}
    return results


def table(result: Mapping[str, Any]) -> list[str]:
    """One row a system: GUM's names, the synthetic sentences, the judgments."""
    missing = [name for name in SETS if name not in result]
    lines = [f"Not measured, since the files are not there: {', '.join(missing)}.", ""]
    return [*(lines if missing else []), *_gum(result), *_synthetic(result), *_tab(result)]


def _gum(result: Mapping[str, Any]) -> list[str]:
    if "GUM" not in result:
        return []
    rows = result["GUM"]
    some = next(iter(rows.values()))["cased"]
    parts = ["all", "names", *(part for part in some if part not in {"all", "names"})]
    heads = [f"{part}, {writing}" for part in parts for writing in WRITINGS]
    lines = [
        f"Names found in GUM's spoken genres, in per cent. Of {some['all'][1]} spans, which were",
        f"made by rule, {some['names'][1]} name somebody (`benchmarks/sets/gum_not_names.yaml`);",
        "genres count those:",
        "",
        f"| system | {' | '.join(heads)} |",
        "|---" * (len(heads) + 1) + "|",
    ]
    for system, scores in rows.items():
        cells = [str(percent(*scores[writing][part])) for part in parts for writing in WRITINGS]
        lines.append(f"| {system} | {' | '.join(cells)} |")
    return [*lines, ""]


def _synthetic(result: Mapping[str, Any]) -> list[str]:
    if "presidio-research" not in result:
        return []
    lines = [
        "presidio-research's synthetic sentences, by word, whatever the type; titles and",
        "nationalities are no type of ours and are asked of nobody in the first three columns:",
        "",
        "| system | precision | recall | F2 | F2, titles and nationalities asked too |",
        "|---|---|---|---|---|",
    ]
    for system, scores in result["presidio-research"].items():
        asked = scores["asked"]
        cells = [*map(str, asked.values()), str(scores["all types"]["F2"])]
        lines.append(f"| {system} | {' | '.join(cells)} |")
    return [*lines, ""]


def _tab(result: Mapping[str, Any]) -> list[str]:
    if "TAB" not in result:
        return []
    lines = [
        "Text Anonymization Benchmark, entities of which every mention is found:",
        "",
        "| system | direct | quasi | precision |",
        "|---|---|---|---|",
    ]
    for system, scores in result["TAB"].items():
        lines.append(
            f"| {system} | {scores['direct']} | {scores['quasi']} | {scores['precision']} |"
        )
    return [*lines, ""]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the public sets")
    systems = compared(KeepList())
    result = measure(systems, parser.parse_args().data)
    save(systems)
    print("\n".join(table(result)))


if __name__ == "__main__":
    main()
