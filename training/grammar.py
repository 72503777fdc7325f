"""Values grown from patterns: `pools/grammar.yaml` says how a job, a club or a house is called."""

import re
from collections.abc import Callable
from functools import cache
from random import Random

import yaml

from training.names import POOLS

SLOT = re.compile(r"\[(\w+)\]|\{([A-Z]+)\}|\(([^()]*)\)")
DEEPEST = 6


@cache
def patterns() -> dict[str, list[str]]:
    """The lists of the grammar."""
    content = yaml.safe_load((POOLS / "grammar.yaml").read_text(encoding="utf-8"))
    split = {key: [p.strip() for p in lists.split("|")] for key, lists in content.items()}
    return {key: [p for p in pieces if p] for key, pieces in split.items()}


def grow(key: str, rng: Random, draw: Callable[[str, Random], str], depth: int = 0) -> str:
    """A phrase of this key; `draw` gives the values of the types it names."""

    def filled(match: re.Match[str]) -> str:
        inner, kind, optional = match.groups()
        if inner:
            return grow(inner, rng, draw, depth + 1) if depth < DEEPEST else ""
        if kind:
            return draw(kind, rng)
        return optional if rng.random() < 0.5 else ""

    return SLOT.sub(filled, rng.choice(patterns()[key])).strip()
