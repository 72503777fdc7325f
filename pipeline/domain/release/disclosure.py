"""How counts of people are told: small ones not at all, others rounded, none that moved by a few.

Somebody who subtracts must not come upon a few people: not parts from a total, and not last month's
release from this month's. So a count that has moved by fewer people than may be told of is told as
it was told before, until it has moved by enough.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from pipeline.errors import UsageError
from pipeline.tables import AUDIENCES

SMALL, GIVEN_AWAY = "small_number", "gives_another_away"
REASONS = (SMALL, GIVEN_AWAY)
"""Why a count is hidden: of few people, or it would give away one that is."""

Told = Mapping[str, frozenset[int]]
"""For every cell, the counts that have been gone by so far; the figures told are made of these."""

_FEWEST_THAT_COUNTS = 3
_LEAST_TELLING = 5
"""A hidden count must be left as many values as this, or all that a hidden one can have."""


class Disclosure(NamedTuple):
    """How one audience is told counts.

    Attributes
    ----------
    name : str
    fewest : int
        Fewer people than this are not told of.
    rounded_to : int
        Counts are told to the nearest multiple; 1: as counted.
    complementary : bool
        Whether counts that would give a hidden one away are hidden too.
    """

    name: str
    fewest: int
    rounded_to: int
    complementary: bool

    @property
    def is_exact(self) -> bool:
        """Whether counts are told as they are, to people who hold the rows themselves."""
        return self.fewest <= 1

    def shown(self, n: int) -> int:
        """A count that may be told, as it is told."""
        return self.rounded_to * ((n + self.rounded_to // 2) // self.rounded_to)

    @property
    def in_words(self) -> str:
        """The policy in a sentence."""
        if self.is_exact:
            return f"{self.name}: counts as they are, to those who hold the rows themselves"
        rounding = f"rounded to {self.rounded_to}" if self.rounded_to > 1 else "not rounded"
        others = "; counts that would give one away are hidden too" * self.complementary
        return f"{self.name}: counts below {self.fewest} people hidden, others {rounding}{others}"


AS_COUNTED = Disclosure("as counted", 1, 1, complementary=False)
HES2018 = Disclosure("hes2018", 8, 5, complementary=True)
"""What holds where a programme lays down nothing else."""


def settled(n: int, told: Iterable[int], fewest: int) -> int:
    """The count to go by: this one, or the nearest told before if it differs by too few people."""
    near = [before for before in told if abs(before - n) < fewest]
    return min(near, key=lambda before: (abs(before - n), before), default=n)


def moved_by_few(cells: Mapping[str, int], told: Told, fewest: int) -> list[str]:
    """Cells that go by a count which is new and too near to one that was told before."""
    return sorted(
        cell
        for cell, n in cells.items()
        if n not in told.get(cell, ())
        and any(abs(before - n) < fewest for before in told.get(cell, ()))
    )


def hidden_parts(whole: int, parts: Sequence[int], policy: Disclosure) -> list[str | None]:
    """Why each part of a whole is hidden, None where it is shown; somebody may be in two parts.

    Parameters
    ----------
    whole : int
        People counted altogether.
    parts : sequence of int
        People counted in each part; nobody is in none.
    """
    reasons = [SMALL if n < policy.fewest or _few_others(whole, n, policy) else None for n in parts]
    if not policy.complementary or whole < policy.fewest:
        return reasons
    while _given_away(whole, parts, reasons, policy):
        shown = [place for place, reason in enumerate(reasons) if reason is None]
        reasons[min(shown, key=lambda place: (parts[place], place))] = GIVEN_AWAY
    return reasons


def _few_others(whole: int, n: int, policy: Disclosure) -> bool:
    """Whether the few who are not in a part are told of by subtraction; rounding blurs them."""
    return policy.rounded_to == 1 and 0 < whole - n < policy.fewest


def _given_away(
    whole: int, parts: Sequence[int], reasons: Sequence[str | None], policy: Disclosure
) -> bool:
    """Whether what is shown leaves a hidden part few values: it holds all who are in no other."""
    slack = policy.rounded_to // 2
    shown = [n for n, reason in zip(parts, reasons, strict=True) if reason is None]
    unseen = [
        policy.fewest - 1 if n < policy.fewest else whole
        for n, reason in zip(parts, reasons, strict=True)
        if reason is not None
    ]
    if not shown or not unseen:
        return False
    least_in_unseen = policy.shown(whole) - slack - sum(policy.shown(n) + slack for n in shown)
    for most in unseen:
        least = max(0, least_in_unseen - (sum(unseen) - most))
        if most - least + 1 < min(_LEAST_TELLING, most + 1):
            return True
    return False


# The file


def read_disclosure(content: Mapping[str, Any], audience: str) -> Disclosure:
    """The policy that a programme's file lays down for an audience.

    Raises
    ------
    UsageError
        With a sentence that says what is wrong, and what may stand there.
    """
    policies = cast("Mapping[str, Mapping[str, Any]]", content.get("policies") or {})
    chosen = cast("Mapping[str, str]", content.get("audiences") or {})
    unknown = sorted(set(map(str, content)) - {"policies", "audiences", "default"})
    unknown += sorted(set(map(str, chosen)) - set(AUDIENCES))
    if unknown:
        raise UsageError(f"unknown entries: {', '.join(unknown)}; audiences: {AUDIENCES}")
    known = {name: _policy(name, entry) for name, entry in policies.items()}
    known |= {policy.name: policy for policy in (AS_COUNTED, HES2018) if policy.name not in known}
    name = str(chosen.get(audience) or content.get("default") or HES2018.name)
    if name not in known:
        raise UsageError(f"{audience}: no such policy: {name}; there are {', '.join(known)}")
    if known[name].is_exact and audience != AUDIENCES[0]:
        raise UsageError(f"{audience}: only the {AUDIENCES[0]} may be told counts as they are")
    return known[name]


def _policy(name: str, entry: Mapping[str, Any]) -> Disclosure:
    if name == AS_COUNTED.name:
        raise UsageError(f"{name}: the name is taken; choose another")
    fewest, rounded_to, complementary = (
        entry.get(key) for key in ("fewest", "rounded_to", "complementary")
    )
    if (
        type(fewest) is not int
        or type(rounded_to) is not int
        or type(complementary) is not bool
        or not fewest >= _FEWEST_THAT_COUNTS
        or not 1 <= rounded_to <= fewest
    ):
        raise UsageError(
            f"{name}: write `fewest`, at least {_FEWEST_THAT_COUNTS}; `rounded_to`, from 1 to "
            "`fewest`; and `complementary`, true or false"
        )
    return Disclosure(str(name), fewest, rounded_to, complementary)
