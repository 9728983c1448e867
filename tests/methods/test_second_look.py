"""A blind second look tells what the first one missed, as far as it can."""

import numpy as np
import pytest

from darvoza.errors import SettingsError
from darvoza.methods.estimation import Estimate
from darvoza.methods.rate_ratio import ratio_of
from darvoza.methods.second_look import FEWEST, sensitivity


def test_the_share_found_is_recovered_even_when_the_second_look_misses_as_much() -> None:
    rng = np.random.default_rng(1)
    made = []
    for _ in range(400):
        there = rng.random(1_500) < 0.2
        first, second = (there & (rng.random(1_500) < share) for share in (0.8, 0.6))
        found = sensitivity(first, second)
        assert found is not None
        made.append(found)
    assert np.mean([found.value for found in made]) == pytest.approx(0.8, abs=0.01)
    assert 0.92 <= np.mean([found.low <= 0.8 <= found.high for found in made]) <= 0.98


def test_what_is_hard_for_both_stays_hidden() -> None:
    rng = np.random.default_rng(2)
    there = rng.random(40_000) < 0.2
    hard = rng.random(40_000) < 0.3
    first, second = (there & (rng.random(40_000) < np.where(hard, 0.3, 0.95)) for _ in range(2))
    found = sensitivity(first, second)
    assert found is not None
    assert found.value > first.sum() / there.sum() + 0.05, "the correction is then too small, never too large"


def test_few_findings_of_the_second_look_say_nothing_of_the_first() -> None:
    assert sensitivity([1] * 100, [1] * (FEWEST - 1) + [0] * (101 - FEWEST)) is None
    assert sensitivity([1] * 100, [1] * FEWEST + [0] * (100 - FEWEST)) is not None
    with pytest.raises(SettingsError):
        sensitivity([1, 0], [1])
    with pytest.raises(SettingsError):
        sensitivity([0.5], [1])


def test_a_ratio_has_limits_from_both_sides() -> None:
    one, other = Estimate(8.0, 1.0, 6.0, 10.5, 90), Estimate(2.0, 0.04, 1.6, 2.5, 400)
    ratio = ratio_of(one, other)
    assert ratio is not None
    assert ratio.value == pytest.approx(4.0 / 1.01)
    assert 8.0 / 2.5 > ratio.low > 6.0 / 2.5
    assert 8.0 / 1.6 < ratio.high < 10.5 / 1.6
    exact = ratio_of(one, Estimate(2.0, 0.0, 2.0, 2.0, 400))
    assert exact is not None
    assert (exact.low, exact.value, exact.high) == pytest.approx((3.0, 4.0, 5.25))


def test_a_ratio_over_what_may_be_nothing_has_no_upper_limit() -> None:
    nothing = Estimate(0.0, 0.0, 0.0, 0.3, 50)
    assert ratio_of(Estimate(1.0, 0.1, 0.5, 2.0, 50), nothing) is None
    unsure = ratio_of(nothing, Estimate(1.0, 0.2, 0.0, 2.0, 50))
    assert unsure is not None
    assert (unsure.value, unsure.low, unsure.high) == (0.0, 0.0, float("inf"))
