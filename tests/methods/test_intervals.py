"""Intervals of shares and counts at their edges, and the laws they obey."""

from collections.abc import Callable
from math import comb, exp, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.intervals import Interval, clopper_pearson, fay_feuer, garwood, jeffreys, mid_p_gamma, wilson

OfAShare = Callable[..., Interval]
SHARES: list[OfAShare] = [wilson, clopper_pearson, jeffreys]


@pytest.mark.parametrize("interval", SHARES)
@given(trials=st.integers(1, 500), data=st.data())
def test_limits_of_a_share_stay_in_order_around_it(interval: OfAShare, trials: int, data: st.DataObject) -> None:
    positives = data.draw(st.integers(0, trials))
    low, high = interval(positives, trials)
    assert 0 <= low <= positives / trials + 1e-12
    assert positives / trials - 1e-12 <= high <= 1
    assert low < high


@pytest.mark.parametrize("interval", SHARES)
def test_findings_and_their_absence_are_mirrored(interval: OfAShare) -> None:
    low, high = interval([3, 0], [40, 7])
    low_mirror, high_mirror = interval([37, 7], [40, 7])
    assert low == pytest.approx(1 - high_mirror)
    assert high == pytest.approx(1 - low_mirror)


@pytest.mark.parametrize("interval", SHARES)
@pytest.mark.parametrize(("positives", "trials", "level"), [(-1, 5, 0.95), (6, 5, 0.95), (0, 0, 0.95), (1, 5, 1.0)])
def test_impossible_counts_and_levels_are_refused(
    interval: OfAShare, positives: int, trials: int, level: float
) -> None:
    with pytest.raises(SettingsError):
        interval(positives, trials, level=level)


def test_the_exact_interval_never_covers_less_than_stated() -> None:
    n = 25
    low, high = clopper_pearson(np.arange(n + 1), n)
    binomial = np.array([comb(n, k) for k in range(n + 1)], dtype=float)
    for rate in np.linspace(0.01, 0.99, 99):
        chance = binomial * rate ** np.arange(n + 1) * (1 - rate) ** (n - np.arange(n + 1))
        assert chance[(low <= rate) & (rate <= high)].sum() >= 0.95


@given(st.integers(0, 300), st.floats(0.1, 1000))
def test_equal_weights_give_garwoods_limits_times_the_weight(count: int, weight: float) -> None:
    got = fay_feuer(count * weight, count * weight**2, largest_weight=weight)
    assert np.array(got) == pytest.approx(np.array(garwood(count)) * weight)


@given(st.integers(1, 200))
def test_mid_p_limits_lie_inside_the_conservative_ones(count: int) -> None:
    low, high = mid_p_gamma(count, count, next_weight=1, next_variance=1)
    outer_low, outer_high = garwood(count)
    assert outer_low < low < count < high < outer_high


def test_mid_p_limits_solve_the_mid_p_equation_of_a_poisson_count() -> None:
    # By definition: P(X > 10) + P(X = 10)/2 = 0.025 at the lower limit, the mirror image at the upper.
    low, high = (float(limit) for limit in mid_p_gamma(10, 10, next_weight=1, next_variance=1))

    def chance(mean: float) -> list[float]:
        return [exp(-mean) * mean**k / factorial(k) for k in range(11)]

    assert 1 - sum(chance(low)) + chance(low)[10] / 2 == pytest.approx(0.025, abs=1e-9)
    assert sum(chance(high)) - chance(high)[10] / 2 == pytest.approx(0.025, abs=1e-9)


def test_negative_counts_and_impossible_sums_are_refused() -> None:
    with pytest.raises(SettingsError):
        garwood(-1)
    with pytest.raises(SettingsError):
        fay_feuer(5.0, 0.0, largest_weight=1.0)
