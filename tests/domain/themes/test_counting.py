import pytest

from pipeline.domain.themes.counting import wilson


@pytest.mark.parametrize(
    ("n_with", "n_all", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (0, 0, 0.0, 1.0)],
    ids=["nobody", "everybody", "half", "no people at all"],
)
def test_the_interval_is_the_one_in_the_books(
    n_with: int, n_all: int, low: float, high: float
) -> None:
    share = wilson(n_with, n_all)
    assert (share.low, share.high) == pytest.approx((low, high), abs=1e-4)
