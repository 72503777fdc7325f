"""Small numbers: which counts of a group may be told, and how exactly.

After the rule of NHS England for figures below national level (Hospital Episode Statistics, 2018):
one to seven people are not told of, other counts are rounded to the nearest five, and shares are
made from the rounded counts. Beyond the rule, zero is hidden as well, and so is a count that would
narrow a hidden one down by subtraction: who is in a theme is known to those who read the tables,
only their groups are not.
"""

from collections.abc import Sequence

ROUNDED_TO = 5
"""A count that is told may be one of five: up to two more, or two fewer."""


def rounded(n: int) -> int:
    """The nearest multiple of five."""
    return ROUNDED_TO * ((n + ROUNDED_TO // 2) // ROUNDED_TO)


def hidden(
    counts: Sequence[int], sizes: Sequence[int], fewest: int, always: Sequence[bool]
) -> list[bool]:
    """Which counts of one table row must not be told.

    Parameters
    ----------
    counts : sequence of n_groups int
        People of each group, all groups of one dimension; their sum is known to everybody.
    sizes : sequence of n_groups int
        People of each group altogether. Where nearly all of a group are counted, the few who are
        not would be told of.
    fewest : int
        Fewer people than this are not told of.
    always : sequence of n_groups bool
        Groups of which nothing is told anyhow.
    """
    ranges = [_guess(n, size, fewest) for n, size in zip(counts, sizes, strict=True)]
    hide = [
        gone or n < fewest or size - n < fewest
        for n, size, gone in zip(counts, sizes, always, strict=True)
    ]
    while not all(hide) and _narrowed(counts, ranges, hide):
        shown = [place for place, is_hidden in enumerate(hide) if not is_hidden]
        hide[min(shown, key=lambda place: (counts[place], place))] = True
    return hide


def _guess(n: int, size: int, fewest: int) -> tuple[int, int]:
    """What a reader who is told nothing may take a hidden count for."""
    if n < fewest:
        return 0, min(fewest - 1, size)
    return (size - fewest + 1, size) if size - n < fewest else (fewest, size - fewest)


def _narrowed(
    counts: Sequence[int], ranges: Sequence[tuple[int, int]], hide: Sequence[bool]
) -> bool:
    """Whether subtraction leaves a hidden count fewer values than rounding leaves a shown one."""
    slack = ROUNDED_TO // 2
    shown = [rounded(n) for n, is_hidden in zip(counts, hide, strict=True) if not is_hidden]
    left = sum(counts) - sum(shown)
    unseen = [guess for guess, is_hidden in zip(ranges, hide, strict=True) if is_hidden]
    lowest, highest = (sum(ends) for ends in zip((0, 0), *unseen, strict=True))
    for low, high in unseen:
        least = max(low, left - slack * len(shown) - (highest - high))
        most = min(high, left + slack * len(shown) - (lowest - low))
        if most - least + 1 < min(ROUNDED_TO, high - low + 1):
            return True
    return False
