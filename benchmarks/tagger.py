"""How well the tagger does, by itself and inside the detector: `python -m benchmarks.tagger`.

The figures are honest only for a model trained with `--hold-out`: give its folder with `--model`.
All text is unseen: the held-out fold of the answer key, names that are in no training pool, and
public sets, which `--data FOLDER` names (`gum_spoken.jsonl`, `synth_v2.json`, `tab144.jsonl`).
Those are for measuring only and come with no part of this project. Thresholds were chosen on the
even-numbered conversations of the fold; the odd-numbered are the untouched half, from which no rule
was written either.
"""

import argparse
import datetime
import hashlib
import json
import os
import platform
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.marked import Conversation, Mark, as_automatic_text, load
from benchmarks.redaction import DEFAULT_GOLD, GAZETTEER, halves
from benchmarks.reporting import ROOT
from benchmarks.scoring import Tally, covered, solid
from pipeline.domain.redaction.conversation import gather
from pipeline.domain.redaction.keep import KeepList, read_keep_list
from pipeline.domain.redaction.spans import Finding
from pipeline.resources import tagger as shipped
from pipeline.resources.detector import TAGGER, Detector
from training.names import held_out_half

RESULTS = ROOT / "benchmarks/results/tagger.json"
HELD_OUT_NAMES = ROOT / "training/pools/held_out.yaml"
MODEL = ROOT / "pipeline/models/tagger"
WORD_NAMES = ROOT / "training/pools/word_names.yaml"
FOLD = 5
PAIRS = 25
STRESS = (
    "so it was {first} who fetched the prescription and sat with me",
    "I told {first} I couldn't manage the stairs any more",
    "my wife {first} does the evenings and I do the mornings",
    "then {first} moved in over the launderette",
    "and {first} {last} used to drive the school bus",
    "we'd see {first} at the allotment most weekends",
    "Mrs {last} downstairs keeps my spare key",
    "they sent me back to Dr {last} with the same letter",
)
Find = Callable[[Sequence[str]], list[list[Finding]]]


def held_out(conversations: Iterable[Conversation]) -> list[Conversation]:
    """The fold that `python -m training.train --hold-out` leaves out."""
    return [c for c in conversations if int(re.sub(r"\D", "", c.conversation_id)) % FOLD == 0]


def key_scores(
    conversations: Sequence[Conversation], find: Find, keep: KeepList | None, names: bool
) -> dict[str, Any]:
    """Scores on the fold, cased and as automatic text; without a keep list, of bare findings."""
    scores: dict[str, Any] = {}
    for kind, change in (("cased", lambda c: c), ("lower case", as_automatic_text)):
        tally, untouched = Tally(), Tally()
        for conversation in map(change, conversations):
            known = sorted(set(conversation.names)) if names else []
            texts = conversation.texts
            found = find(texts) if keep is None else gather(texts, known, find, keep)
            spans = [[(f.start, f.end) for f in turn] for turn in found]
            tally.add(conversation, spans)
            if "unseen half" in halves(conversation):
                untouched.add(conversation, spans)
        scores[kind] = {"fold": tally.scores(), "untouched half": untouched.scores()}
    return scores


def origin_scores(find: Find) -> dict[str, dict[str, float]]:
    """Share of name words covered, by origin; the names are in no training pool."""
    rng = random.Random(7)  # noqa: S311 no secret depends on it
    groups = yaml.safe_load(HELD_OUT_NAMES.read_text("utf-8"))
    groups["word_names"] = _held_out_word_names()
    scores: dict[str, dict[str, float]] = {}
    for origin, names in groups.items():
        firsts, lasts = names["first"].split(), names["last"].split()
        for kind in ("cased", "lower case"):
            hits = marks = 0
            for template in STRESS * PAIRS:
                conversation = _stressed(template, rng.choice(firsts), rng.choice(lasts))
                if kind == "lower case":
                    conversation = as_automatic_text(conversation)
                cover = covered(conversation.texts[0], [f[:2] for f in find(conversation.texts)[0]])
                for mark in conversation.marks[0]:
                    marks += 1
                    hits += solid(conversation.texts[0], mark.start, mark.end) <= cover
            scores.setdefault(origin, {})[kind] = round(100 * hits / marks, 1)
    return scores


def _held_out_word_names() -> dict[str, str]:
    """The half of the names that are ordinary words too which a measured model is not taught."""
    names = yaml.safe_load(WORD_NAMES.read_text("utf-8"))
    return {
        part: " ".join(sorted({n for n in names[part].split() if held_out_half(n)}))
        for part in ("first", "last")
    }


def _stressed(template: str, first: str, last: str) -> Conversation:
    text, marks = "", []
    for piece in re.split(r"(\{\w+\})", template):
        value = {"{first}": first, "{last}": last}.get(piece)
        if value:
            marks.append(Mark(len(text), len(text) + len(value), "PERSON"))
        text += value or piece
    return Conversation("stress", (0,), (text,), (tuple(marks),), ())


def by_lines(text: str, spans: Iterable[tuple[int, int, str]]) -> Conversation:
    """A document as one conversation, a line a turn; a span over lines is a mark in each."""
    lines, marks, offset = text.split("\n"), [], 0
    placed = sorted(spans)
    for line in lines:
        end = offset + len(line)
        marks.append(
            tuple(
                Mark(max(s, offset) - offset, min(e, end) - offset, y)
                for s, e, y in placed
                if s < end and offset < e
            )
        )
        offset = end + 1
    return Conversation("document", tuple(range(len(lines))), tuple(lines), tuple(marks), ())


def gum_scores(path: Path, find: Find) -> dict[str, Any]:
    """Names of people found in GUM's spoken genres, as edited and as automatic text."""
    scores: dict[str, Any] = {}
    for kind, change in (("cased", lambda c: c), ("lower case", as_automatic_text)):
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            people = [
                (s["s"], s["e"], "PERSON")
                for s in row["spans"]
                if s["type"] == "person" and s["sens"] == "DIRECT"
            ]
            conversation = change(by_lines(row["text"], people))
            for text, marks, found in zip(
                conversation.texts, conversation.marks, find(conversation.texts), strict=True
            ):
                cover = covered(text, [f[:2] for f in found])
                for mark in marks:
                    hit = solid(text, mark.start, mark.end) <= cover
                    for part in ("all", row["genre"]):
                        counts[part][0] += hit
                        counts[part][1] += 1
        scores[kind] = {part: [round(100 * a / b, 1), b] for part, (a, b) in sorted(counts.items())}
    return scores


def synth_scores(path: Path, find: Find) -> dict[str, Any]:
    """Words of presidio-research's synthetic sentences: marked or not, whatever the type."""
    right = found_words = marked_words = 0
    for row in json.loads(path.read_text("utf-8")):
        spans = [(s["start_position"], s["end_position"], s["entity_type"]) for s in row["spans"]]
        conversation = by_lines(row["full_text"], spans)
        for text, marks, found in zip(
            conversation.texts, conversation.marks, find(conversation.texts), strict=True
        ):
            cover, marked = (
                covered(text, [f[:2] for f in found]),
                covered(text, [m[:2] for m in marks]),
            )
            for word in re.finditer(r"\w+", text):
                hit, wanted = word.start() in cover, word.start() in marked
                right, found_words, marked_words = (
                    right + (hit and wanted),
                    found_words + hit,
                    marked_words + wanted,
                )
    precision, recall = right / found_words, right / marked_words
    f2 = 5 * precision * recall / (4 * precision + recall)
    return {
        "recall": round(100 * recall, 1),
        "precision": round(100 * precision, 1),
        "F2": round(100 * f2, 1),
    }


def tab_scores(path: Path, find: Find) -> dict[str, Any]:
    """Entities of the Text Anonymization Benchmark of which every mention is covered."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    right = found_all = 0
    for row in map(json.loads, path.read_text("utf-8").splitlines()):
        text = row["text"]
        conversation = by_lines(text, ())
        spans, offset = [], 0
        for line, found in zip(conversation.texts, find(conversation.texts), strict=True):
            spans += [(f.start + offset, f.end + offset) for f in found]
            offset += len(line) + 1
        cover = covered(text, spans)
        wanted = [e for e in row["entities"] if e["identifier_type"] != "NO_MASK"]
        marked = covered(text, [(e["start_offset"], e["end_offset"]) for e in wanted])
        right, found_all = right + len(cover & marked), found_all + len(cover)
        entities: dict[tuple[str, str], bool] = {}
        for e in wanted:
            key = (e["identifier_type"], e["entity_id"])
            entities[key] = (
                entities.get(key, True) and solid(text, e["start_offset"], e["end_offset"]) <= cover
            )
        for (kind, _), whole in entities.items():
            counts[kind][0] += whole
            counts[kind][1] += 1
    shares = {kind.lower(): round(100 * a / b, 1) for kind, (a, b) in counts.items()}
    return {**shares, "precision": round(100 * right / found_all, 1)}


def _provenance() -> dict[str, str]:
    key = DEFAULT_GOLD / "gold_turns.jsonl"
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "data": f"gold_turns.jsonl sha256 {hashlib.sha256(key.read_bytes()).hexdigest()[:12]}",
    }


def speed(conversations: Sequence[Conversation], find: Find) -> int:
    """Words a second of processor time, one thread."""
    words = sum(len(t.split()) for c in conversations for t in c.texts)
    began = time.process_time()
    for conversation in conversations:
        find(conversation.texts)
    return round(words / (time.process_time() - began))


def run(data: Path | None, folder: Path) -> dict[str, Any]:
    """Measure, write the results file, print it."""
    conversations = held_out(load(DEFAULT_GOLD))
    keep = read_keep_list(yaml.safe_load(GAZETTEER.read_text("utf-8")))
    beside = Detector(without=[TAGGER])
    whole = Detector()
    results: dict[str, Any] = {
        **_provenance(),
        "training": json.loads((folder / "training.json").read_text("utf-8")),
        "held_out_conversations": len(conversations),
        "key": {
            "tagger": key_scores(conversations, shipped.tagger, None, names=False),
            "tagger, propagated": key_scores(conversations, shipped.tagger, keep, names=False),
            "detector without tagger": key_scores(conversations, beside.find, keep, names=True),
            "detector with tagger": key_scores(conversations, whole.find, keep, names=True),
        },
        "origins": {
            "tagger": origin_scores(shipped.tagger),
            "detector with tagger": origin_scores(whole.find),
        },
        "words_per_second": speed(conversations, shipped.tagger),
    }
    if data:
        results["public"] = {
            "GUM names": gum_scores(data / "gum_spoken.jsonl", shipped.tagger),
            "presidio-research": synth_scores(data / "synth_v2.json", shipped.tagger),
            "TAB": tab_scores(data / "tab144.jsonl", shipped.tagger),
        }
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1, sort_keys=True))
    return results


def use(folder: Path, network: str) -> None:
    """Measure another model than the shipped one, for the rest of this process."""
    other = shipped.read_model(folder, network)
    shipped.load_model = lambda _folder="": other


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--model", type=Path, help="folder of another model, such as one trained with --hold-out"
    )
    parser.add_argument("--network", default="model.int8.onnx", help="file of that model")
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    arguments = parser.parse_args()
    if arguments.model:
        use(arguments.model, arguments.network)
    run(arguments.data, arguments.model or MODEL)


if __name__ == "__main__":
    main()
