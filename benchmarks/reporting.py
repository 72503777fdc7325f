"""Where a figure comes from, and the page it is shown on."""

import datetime
import hashlib
import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"


def provenance(gold: Path) -> dict[str, str]:
    """Date, commit, machine and data version of a measurement."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 - git is found on the path
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    digest = hashlib.sha256((gold / "gold_turns.jsonl").read_bytes()).hexdigest()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": commit.stdout.strip() or "unknown",
        "machine": machine,
        "data": f"gold_turns.jsonl sha256 {digest[:12]}",
    }


def write_results(name: str, results: dict[str, Any]) -> None:
    """Write `benchmarks/results/<name>.json`."""
    path = ROOT / f"benchmarks/results/{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def write_page(page: Path, report: str) -> None:
    """Put the report between the markers of a page of the docs."""
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page.name}: markers {BEGIN} and {END} are missing")
    page.write_text(f"{before}{BEGIN}\n{report}\n{END}{after}", encoding="utf-8")
