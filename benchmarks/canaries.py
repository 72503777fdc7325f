"""How many made-up identifiers redaction finds in copies of the demo's turns.

`python -m benchmarks.canaries [FOLDER]`. The same as every run does with each batch
(`pipeline.domain.redaction.canaries`), with more of them, so that intervals are narrow.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.domain.redaction.canaries import counted, covered, found_less, sow, summary
from pipeline.domain.redaction.conversation import redact_conversation
from pipeline.domain.redaction.keep import read_keep_list
from pipeline.resources.detector import Detector
from pipeline.resources.programme import Programme
from pipeline.tables import TABLES, empty, records

DEFAULT_GOLD = Path(__file__).parents[1] / "demo/answer_key"
PER_GROUP = 40
"""Of each origin and type in each way of writing: a run of the pipeline sows six."""


def measure(gold: Path = DEFAULT_GOLD, per_group: int = PER_GROUP) -> dict[str, Any]:
    """Found of sown by type, origin, transcript format and writing, with intervals.

    Parameters
    ----------
    gold : Path
        The answer key, whose turns are copied; its marks are not looked at.
    per_group : int
        Canaries of each origin of names and each other type in each way of writing.
    """
    keep = read_keep_list(Programme().gazetteer())
    find, nobody = Detector().find, empty(TABLES["known_names"])
    sown = sow(_turns(gold), per_group)
    redactions = {
        copy: redact_conversation(turns, nobody, find, keep).redactions
        for copy, turns in sown.copies.items()
    }
    counts = counted(sown.canaries, covered(sown.canaries, sown.copies, redactions))
    settings = Programme().settings()
    worse = found_less(counts, settings.max_canary_gap, settings.max_canary_chance)
    return {
        "n_per_group": per_group,
        "groups": records(counts),
        "origins_found_less": worse,
        "summary": summary(counts),
    }


def table(result: dict[str, Any]) -> list[str]:
    """The result as Markdown lines."""
    lines = [
        f"{result['summary']}.",
        "",
        "| by | group | sown | found | recall | 95 % interval |",
        "|---|---|---|---|---|---|",
    ]
    for row in result["groups"]:
        low, high = 100 * row["recall_low"], 100 * row["recall_high"]
        lines.append(
            f"| {row['by']} | {row['group']} | {row['n_seeded']} | {row['n_found']} | "
            f"{100 * row['recall']:.1f} | {low:.1f} to {high:.1f} |"
        )
    return lines


def _turns(gold: Path) -> pd.DataFrame:
    content = (gold / "gold_turns.jsonl").read_text("utf-8")
    rows = [json.loads(line) for line in content.splitlines()]
    return pd.DataFrame(
        {
            "conversation_id": [row["conversation_id"] for row in rows],
            "turn": [row["turn"] for row in rows],
            "text": [row["text"] for row in rows],
            "source_format": [row.get("format", "unknown") for row in rows],
        }
    )


if __name__ == "__main__":
    print("\n".join(table(measure(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_GOLD))))
