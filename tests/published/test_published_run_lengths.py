"""Run lengths of cumulative sums, against the tables of Montgomery and of Hawkins."""

import numpy as np
import pytest
from scipy.special import ndtr

from darvoza.methods.drift.run_length import Steps, average_run_length, siegmund_run_length, threshold_for

HALF = 0.5


def normal(mean: float, *, width: float = 0.01) -> Steps:
    """A normal step of deviation 1, in classes."""
    edges = np.arange(-9.0, 9.0 + width, width)
    chances = np.diff(ndtr(edges))
    return Steps((edges[:-1] + edges[1:]) / 2 + mean, chances / chances.sum())


@pytest.mark.parametrize(
    ("shift", "with_four", "with_five"),
    [(0.0, 168, 465), (0.25, 74.2, 139), (0.5, 26.6, 38.0), (0.75, 13.3, 17.0), (1.0, 8.38, 10.4), (1.5, 4.75, 5.75),
     (2.0, 3.34, 4.01), (2.5, 2.62, 3.11), (3.0, 2.19, 2.57), (4.0, 1.71, 2.01)],
)  # fmt: skip
def test_two_sided_run_lengths_of_montgomery(shift: float, with_four: float, with_five: float) -> None:
    """Introduction to Statistical Quality Control, table 9.3: k = 1/2, h = 4 and h = 5."""
    for height, published in ((4.0, with_four), (5.0, with_five)):
        up = average_run_length(normal(shift - HALF), height)
        down = average_run_length(normal(-shift - HALF), height)
        assert 1 / (1 / up + 1 / down) == pytest.approx(published, rel=0.008)


@pytest.mark.parametrize(
    ("reference", "height"), [(0.25, 8.01), (0.5, 4.77), (0.75, 3.34), (1.0, 2.52), (1.25, 1.99), (1.5, 1.61)]
)
def test_thresholds_of_hawkins_for_a_run_length_of_370(reference: float, height: float) -> None:
    """Hawkins (1993), as table 9.4 of Montgomery: two-sided, hence 740 for one side."""
    assert threshold_for(normal(-reference), 740.0, cells=120) == pytest.approx(height, abs=0.012)


def test_the_approximation_of_siegmund_as_worked_out_by_montgomery() -> None:
    """Page 410 of the sixth edition: h = 5, k = 1/2, b = 6.166."""
    assert siegmund_run_length(-0.5, 1.0, 5.0) == pytest.approx(938.2, abs=0.05)
    assert siegmund_run_length(-0.5, 1.0, 5.0) / 2 == pytest.approx(469.1, abs=0.05)
    assert siegmund_run_length(0.0, 1.0, 5.0) == pytest.approx(6.166**2)
