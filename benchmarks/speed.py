"""How fast and how large redaction is beside Presidio: `python -m benchmarks.speed`.

Processor time on one core, conversation by conversation in turns, so that what else the machine
does weighs on all alike. Compare ratios, not words per second. Presidio is `AnalyzerEngine.analyze`
as it comes, turn by turn, with the medium spaCy model. Memory is the largest resident size of a
process of its own that redacts and audits, as a worker of the pipeline does.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.marked import Conversation, load
from benchmarks.reporting import ROOT
from benchmarks.systems import System, ours, presidio, programme_keep_list, tagger_alone
from pipeline.domain.redaction.conversation import REDACTED_TURNS, redact_conversation
from pipeline.domain.redaction.keep import KeepList
from pipeline.resources.auditor import Auditor
from pipeline.resources.detector import Detector
from pipeline.resources.recognisers import OPTIONAL, TAGGER

GOLD = ROOT / "demo/answer_key"
EVERY = 4
"""One conversation in four is read; the shares hardly move with more."""
BASE, WHOLE = "Presidio default", "ours"
LEAST_RATIO, MOST_MB = 2.0, 1536
"""What was asked for: words per second beside Presidio's, and resident memory of a worker."""


def systems(keep: KeepList) -> dict[str, System]:
    """What is timed, by name."""
    return {
        BASE: presidio(british=False),
        WHOLE: ours(keep),
        "ours, with placeholders and audit": _with_audit(keep),
        "ours and spaCy's names": ours(keep, also=[*OPTIONAL]),
        "rules and lists alone": ours(keep, [TAGGER]),
        "tagger alone": tagger_alone(),
    }


def _with_audit(keep: KeepList) -> System:
    """Redaction as a worker does it: placeholders written, and what is left read once more."""
    detector, auditor = Detector(), Auditor()

    def spans(conversation: Conversation) -> list[Any]:
        redacted = redact_conversation(*_tables(conversation), detector.find, keep)
        return auditor.find(list(redacted.redacted_turns["text"]))

    return spans


def _tables(conversation: Conversation) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The conversation as tables `turns` and `known_names`."""
    key, n_turns = conversation.conversation_id, len(conversation.texts)
    turns = pd.DataFrame(dict.fromkeys(REDACTED_TURNS, [0] * n_turns)).assign(
        conversation_id=key,
        turn=range(n_turns),
        role="participant",
        speaker="",
        text=conversation.texts,
    )
    names = [(key, name, "participant") for name in conversation.names]
    return turns, pd.DataFrame(names, columns=["conversation_id", "name", "kind"])


def seconds(
    chosen: Mapping[str, System], conversations: Sequence[Conversation]
) -> dict[str, float]:
    """Processor time of each system on all conversations but the first, which warms them up."""
    spent = dict.fromkeys(chosen, 0.0)
    for number, conversation in enumerate(conversations):
        for place, (name, system) in enumerate(chosen.items()):
            read = _anew(conversation, place)
            began = time.process_time()
            system(read)
            spent[name] += time.process_time() - began if number else 0.0
    return spent


def _anew(conversation: Conversation, place: int) -> Conversation:
    """The same with spaces at the ends of turns, so that no system finds what another kept."""
    return conversation._replace(texts=tuple(text + " " * place for text in conversation.texts))


def n_words(conversations: Sequence[Conversation]) -> int:
    """Words between spaces."""
    return sum(len(text.split()) for c in conversations for text in c.texts)


def peak_mb() -> int:
    """Largest resident memory of a worker that redacted and audited, in MiB."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed", "--worker"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(told.stdout.split()[-1])


def work() -> int:
    """Redact and audit some conversations; the largest resident memory of this process, in MiB."""
    system = _with_audit(programme_keep_list())
    for conversation in load(GOLD)[::EVERY]:
        system(conversation)
    return resident_peak_mb()


def resident_peak_mb() -> int:
    """As the kernel counts it. `getrusage` would count what this process was started from too."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text("utf-8").splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) // 1024
    import resource

    bytes_a_unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_a_unit // 2**20


def measure(
    memory: Callable[[], int] = peak_mb, chosen: Mapping[str, System] | None = None
) -> dict[str, Any]:
    """Words a second of each system, how often Presidio's that is, and a worker's memory."""
    conversations = load(GOLD)[::EVERY]
    load_before = os.getloadavg()[0]
    timed = chosen or systems(programme_keep_list())
    spent = seconds(timed, conversations)
    words = n_words(conversations[1:])
    return {
        "words": words,
        "load_before": round(load_before, 2),
        "words_per_second": {name: round(words / s) for name, s in spent.items()},
        "ratio": {name: round(spent[BASE] / s, 2) for name, s in spent.items()},
        "peak_mb": memory(),
        "asked": {"ratio": LEAST_RATIO, "peak_mb": MOST_MB},
    }


def table(result: Mapping[str, Any]) -> list[str]:
    """One row a system, and the memory."""
    lines = ["| system | words per second of processor time | beside Presidio |", "|---|---|---|"]
    for name, rate in result["words_per_second"].items():
        lines.append(f"| {name} | {rate} | {result['ratio'][name]} |")
    return [
        *lines,
        "",
        f"{result['words']} words, one core. A worker that redacts and audits holds "
        f"{result['peak_mb']} MiB at most.",
    ]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", action="store_true", help="be the worker that is measured")
    if parser.parse_args().worker:
        print(work())
    else:
        print("\n".join(table(measure())))


if __name__ == "__main__":
    main()
