"""How many made-up identifiers redaction finds in real turns: `python -m benchmarks.canaries`.

The same canaries as every batch gets (`pipeline.domain.redaction.canaries`), but more of each kind
and sown into copies of turns of the answer key.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from benchmarks.marked import Conversation, load
from benchmarks.reporting import ROOT
from benchmarks.systems import System, ours
from pipeline.domain.redaction.canaries import counted, covered, sow
from pipeline.domain.redaction.keep import read_keep_list
from pipeline.tables import records

GOLD = ROOT / "demo/answer_key"
GAZETTEER = ROOT / "programmes/100-conversations/gazetteer.yaml"
PER_GROUP = 25
"""Of each origin of names and each other type, in each way of writing."""


def measure(system: System | None = None, per_group: int = PER_GROUP) -> dict[str, Any]:
    """Found of sown with the interval, by type, origin and writing."""
    find = system or ours(read_keep_list(yaml.safe_load(GAZETTEER.read_text("utf-8"))))
    sown = sow(_turns(GOLD), per_group)
    redacted = {name: _redactions(find, copy) for name, copy in sown.copies.items()}
    counts = counted(sown.canaries, covered(sown.canaries, sown.copies, redacted))
    columns = ["by", "group", "n_found", "n_seeded", "recall", "recall_low", "recall_high"]
    rows = records(counts[columns])
    return {"groups": [_in_per_cent(row) for row in rows if row["by"] != "format"]}


def _in_per_cent(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: round(100 * value, 1) if key.startswith("recall") else value
        for key, value in row.items()
    }


def _turns(gold: Path) -> pd.DataFrame:
    """The answer key's turns, as far as canaries need table `turns`."""
    rows = [
        (c.conversation_id, number, text, "answer key")
        for c in load(gold)
        for number, text in zip(c.numbers, c.texts, strict=True)
    ]
    return pd.DataFrame(rows, columns=["conversation_id", "turn", "text", "source_format"])


def _redactions(system: System, copy: pd.DataFrame) -> pd.DataFrame:
    texts = tuple(copy["text"])
    talk = Conversation("canaries", tuple(copy["turn"]), texts, ((),) * len(texts), ())
    rows = [
        (number, start, end)
        for number, spans in zip(talk.numbers, system(talk), strict=True)
        for start, end in spans
    ]
    return pd.DataFrame(rows, columns=["turn", "start", "end"])


def table(result: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """One row a group."""
    lines = ["| by | group | found | in per cent | 95 % interval |", "|---|---|---|---|---|"]
    for row in result["groups"]:
        reach = f"{row['recall_low']} to {row['recall_high']}"
        found = f"{row['n_found']} of {row['n_seeded']}"
        lines.append(f"| {row['by']} | {row['group']} | {found} | {row['recall']} | {reach} |")
    return lines


if __name__ == "__main__":
    print("\n".join(table(measure())))
