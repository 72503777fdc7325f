"""How long the whole pipeline takes on one machine: a first run, and a second with nothing new.

`conversations benchmark throughput [--gold FOLDER]`; the transcripts are `raw` beside the answer
key. Wall seconds depend on what else the machine does; processor seconds much less.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from benchmarks.reporting import provenance, write_results

ROOT = Path(__file__).parents[1]
DEFAULT_GOLD = ROOT / "demo/answer_key"
NOTHING_WAITS = 1.5
"""A load below this, on all cores together, before the start: the machine has time for us."""


class Cost(NamedTuple):
    """What a run cost."""

    wall_s: float
    processor_s: float


def cost_of_run(landing: Path, data: Path) -> Cost:
    """The cost of one `conversations run`.

    Raises
    ------
    CalledProcessError
        If the run did not end well: a failed run has no throughput.
    """
    command = Path(sys.executable).parent / "conversations"
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(  # noqa: S603 the arguments are ours
        [command, "run", "--landing", landing, "--data", data],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(round(time.monotonic() - began, 1), round(processor, 1))


def run(gold: Path = DEFAULT_GOLD) -> dict[str, Any]:
    """Measure both runs, write the results file and print a table."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        first, second = (cost_of_run(gold.parent / "raw", data) for _ in range(2))
        parts = (data / "deidentified/redacted_turns").glob("*.parquet")
        turns = pd.concat(pd.read_parquet(part) for part in parts)
    results = {
        **provenance(gold),
        "load_before": round(load, 2),
        "others_were_at_work": load > NOTHING_WAITS,
        "conversations": turns["conversation_id"].nunique(),
        "words": int(turns["text"].str.split().str.len().sum()),
        "first_run": first._asdict(),
        "second_run": second._asdict(),
    }
    write_results("throughput", results)
    print(f"{results['conversations']} conversations, {results['words']} words")
    for name, cost in (("first run", first), ("second run", second)):
        print(f"{name:<12}{cost.wall_s:>8} s {cost.processor_s:>8} s of processor time")
    if results["others_were_at_work"]:
        print("Other programs were at work: wall seconds are longer than on an idle machine")
    return results


if __name__ == "__main__":
    run(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_GOLD)
