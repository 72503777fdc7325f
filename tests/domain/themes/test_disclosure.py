from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.themes.disclosure import ROUNDED_TO, hidden, rounded

FEWEST = 8


@pytest.mark.parametrize(("n", "told"), [(0, 0), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_counts_are_rounded_to_the_nearest_five(n: int, told: int) -> None:
    assert rounded(n) == told


@pytest.mark.parametrize(
    ("counts", "sizes", "hide"),
    [
        ((20, 15), (40, 35), [False, False]),
        ((30, 3), (60, 60), [False, True]),
        ((28, 3), (60, 60), [True, True]),
        ((33, 23, 3), (60, 60, 60), [False, True, True]),
        ((20, 39), (60, 40), [True, True]),
        ((20, 15, 0), (40, 35, 0), [False, False, True]),
    ],
    ids=[
        "enough of both",
        "rounding leaves one to five for the second",
        "the second could be three at most",
        "the smaller of those shown goes with it",
        "all but one raise it, so the one who does not would be told of",
        "a group of nobody gives nobody away",
    ],
)
def test_a_small_count_is_hidden_and_cannot_be_had_by_subtraction(
    counts: tuple[int, ...], sizes: tuple[int, ...], hide: list[bool]
) -> None:
    small = [size < FEWEST for size in sizes]
    assert hidden(counts, sizes, FEWEST, small) == hide


def test_a_group_that_is_hidden_as_a_whole_stays_hidden() -> None:
    assert hidden((20, 20), (40, 40), FEWEST, [True, False])[0]


def values_left(counts: list[int], sizes: list[int], hide: list[bool], place: int) -> set[int]:
    """All that a hidden count may be for a reader who knows the total, by trying everything."""
    choices = []
    for n, size, is_hidden in zip(counts, sizes, hide, strict=True):
        if is_hidden and n < FEWEST:
            choices.append(range(min(FEWEST - 1, size) + 1))
        elif is_hidden and size - n < FEWEST:
            choices.append(range(size - FEWEST + 1, size + 1))
        elif is_hidden:
            choices.append(range(FEWEST, size - FEWEST + 1))
        else:
            choices.append([m for m in range(n - 4, n + 5) if rounded(m) == rounded(n)])
    return {tried[place] for tried in product(*choices) if sum(tried) == sum(counts)}


@given(st.lists(st.tuples(st.integers(0, 24), st.integers(0, 12)), min_size=1, max_size=3))
def test_whatever_is_hidden_beside_something_told_may_be_one_of_five(
    groups: list[tuple[int, int]],
) -> None:
    counts, sizes = [n for n, _ in groups], [n + more for n, more in groups]
    hide = hidden(counts, sizes, FEWEST, [size < FEWEST for size in sizes])
    for n, size, is_hidden in zip(counts, sizes, hide, strict=True):
        assert is_hidden or FEWEST <= n <= size - FEWEST
    if all(hide):
        return
    for place in [place for place, is_hidden in enumerate(hide) if is_hidden]:
        n, size = counts[place], sizes[place]
        possible = (
            min(FEWEST, size + 1) if n < FEWEST or size - n < FEWEST else size - 2 * FEWEST + 1
        )
        assert len(values_left(counts, sizes, hide, place)) >= min(ROUNDED_TO, possible)
