"""Joining what may be one: each with the only one that it may be, with nothing where there are two."""

from collections.abc import Callable


def groups(size: int, may_be: Callable[[int, int], bool]) -> list[list[int]]:
    """Positions that stand for one thing, in order.

    Parameters
    ----------
    size : int
        How many there are.
    may_be : callable
        Whether the first may be another name of the second. Ali may be Alison or Alistair, so he or
        she is neither; Mags and Peggy may each be Margaret, so both are.
    """
    range_ = range(size)
    maybe = [[j for j in range_ if i != j and may_be(i, j)] for i in range_]

    def is_one(candidates: list[int]) -> bool:
        pairs = ((i, j) for i in candidates for j in candidates if i < j)
        return all(j in maybe[i] or i in maybe[j] for i, j in pairs)

    of = [{i} for i in range_]
    for i in range_:
        for j in maybe[i]:
            if is_one(maybe[i]) and (i not in maybe[j] or is_one(maybe[j])):
                both = of[i] | of[j]
                for k in both:
                    of[k] = both
    return [sorted(group) for i, group in enumerate(of) if i == min(group)]
