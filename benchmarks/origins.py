"""Whether people of every origin are protected alike: `python -m benchmarks.origins`.

Names of many origins in sentences as people say them, cased and as automatic text, six sentences to
a conversation. Exits 1 where the best group and the worst are further apart than is allowed. Which
names training may have seen is said in `sets/origins.yaml`.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from random import Random
from typing import Any, NamedTuple

import yaml

from benchmarks.marked import WRITINGS, Conversation, Mark
from benchmarks.reporting import ROOT
from benchmarks.scoring import found_marks, percent
from benchmarks.systems import System, compared, save
from pipeline.domain.redaction.keep import KeepList
from pipeline.domain.redaction.words import is_name

NAMES = ROOT / "benchmarks/sets/origins.yaml"
HELD_OUT = ROOT / "training/pools/held_out.yaml"
ALLOWED = {"cased": 2.0, "lower case": 4.0}
"""Points between the best group and the worst."""
JUDGED = "ours"
SYSTEMS = ("Presidio default", "tagger alone", JUDGED)
DRAWS = 20
"""Times that each sentence is said: 240 mentions a group and writing."""
SENTENCES = (
    (
        "I was in bits to be honest, and it was {first} who sat with me till the ambulance came.",
        "So {first} rang the surgery for me, because I can't hear on the phone.",
        "They kept sending me to Dr {last} and it was the same tablets every time.",
        "And I said to {first}, I can't keep doing this on my own.",
        "My daughter {first} takes me on a Thursday when she's not at work.",
        "{first} {last} from the lunch club, she lost her husband the same year.",
    ),
    (
        "Well, {first} moved away in the end, so there's only me and the cat now.",
        "Mrs {last} over the road has been ever so good since the fall.",
        "You ask {first}, she'll tell you how long we waited.",
        "I'd not seen {first} for a month or more and then there she was at the door.",
        "It was a Mr {last} that came about the damp, very polite he was.",
        "We used to go up there, me and {first}, before they stopped the bus.",
    ),
)


class Group(NamedTuple):
    """Names of one origin, and what training may have seen of them."""

    firsts: tuple[str, ...]
    lasts: tuple[str, ...]
    seen: str


def groups() -> dict[str, Group]:
    """All groups by name."""
    written = yaml.safe_load(NAMES.read_text("utf-8"))
    held_out = yaml.safe_load(HELD_OUT.read_text("utf-8"))
    return {
        **{name: _group(g, "yes") for name, g in written["common"].items()},
        **{name: _group(g, "never drawn") for name, g in held_out.items()},
        **{name: _group(g, "in no list") for name, g in written["apart"].items()},
    }


def _group(names: Mapping[str, str], seen: str) -> Group:
    return Group(tuple(names["first"].split()), tuple(names["last"].split()), seen)


def conversations(name: str, group: Group) -> Iterator[Conversation]:
    """What is said of the group's people; every name comes in turn, none twice side by side."""
    rng = Random(name)  # noqa: S311 no secret depends on it
    firsts, lasts = (cycle(rng.sample(n, len(n))) for n in (group.firsts, group.lasts))
    for sentences in islice(cycle(SENTENCES), DRAWS * len(SENTENCES)):
        said = [_fill(sentence, next(firsts), next(lasts)) for sentence in sentences]
        texts, marks = zip(*said, strict=True)
        yield Conversation(name, tuple(range(len(texts))), texts, marks, ())


def _fill(sentence: str, first: str, last: str) -> tuple[str, tuple[Mark, ...]]:
    """The sentence with its one mention, and where that is."""
    match = re.search(r"\{first\} \{last\}|\{first\}|\{last\}", sentence)
    if match is None:
        raise ValueError(f"No name in {sentence!r}")
    mention = match[0].format(first=first, last=last)
    start = match.start()
    text = sentence[:start] + mention + sentence[match.end() :]
    return text, (Mark(start, start + len(mention), "PERSON"),)


def measure(systems: Mapping[str, System]) -> dict[str, Any]:
    """Share of mentions found in each group, and how far apart the groups are."""
    chosen = {name: systems[name] for name in SYSTEMS if name in systems}
    scores = {name: _scores(name, group, chosen) for name, group in groups().items()}
    return {
        "groups": scores,
        "mentions": DRAWS * sum(map(len, SENTENCES)),
        "allowed": ALLOWED,
        "gap": {s: {w: _gap(scores, s, w) for w in WRITINGS} for s in chosen},
    }


def _scores(name: str, group: Group, systems: Mapping[str, System]) -> dict[str, Any]:
    names = [*group.firsts, *group.lasts]
    said = list(conversations(name, group))
    return {
        "seen": group.seen,
        "listed": percent(sum(is_name(n.lower()) for n in names), len(names)),
        "found": {
            system: {writing: _found(said, writing, find) for writing in WRITINGS}
            for system, find in systems.items()
        },
    }


def _found(said: list[Conversation], writing: str, system: System) -> float:
    changed = [WRITINGS[writing](conversation) for conversation in said]
    hits = [hit for c in changed for _, hit in found_marks(c, system(c))]
    return percent(sum(hits), len(hits))


def _gap(scores: Mapping[str, Any], system: str, writing: str) -> float:
    shares = [group["found"][system][writing] for group in scores.values()]
    return round(max(shares) - min(shares), 1)


def too_far_apart(result: Mapping[str, Any]) -> list[str]:
    """Writings in which the gap is larger than allowed."""
    gaps = result["gap"][JUDGED]
    return [writing for writing, gap in gaps.items() if gap > result["allowed"][writing]]


def table(result: Mapping[str, Any]) -> list[str]:
    """One row a group, and the gap."""
    columns = [(s, w) for s in result["gap"] for w in WRITINGS]
    heads = ["names of", "seen in training", "in our lists", *(f"{s}, {w}" for s, w in columns)]
    lines = [
        f"Mentions found, in per cent, of {result['mentions']} a group and writing:",
        "",
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
    ]
    for name, group in result["groups"].items():
        shares = [str(group["found"][s][w]) for s, w in columns]
        about = [name.replace("_", " "), group["seen"], f"{group['listed']} %"]
        lines.append(f"| {' | '.join([*about, *shares])} |")
    gaps = [str(result["gap"][s][w]) for s, w in columns]
    return [*lines, f"| **best less worst** | | | {' | '.join(gaps)} |", ""]


def main() -> None:
    """Command line: measure, print, and fail where groups are too far apart."""
    systems = compared(KeepList())
    result = measure(systems)
    save(systems)
    print("\n".join(table(result)))
    sys.exit(1 if too_far_apart(result) else 0)


if __name__ == "__main__":
    main()
