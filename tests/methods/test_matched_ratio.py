import numpy as np
import pytest

from darvoza.errors import SettingsError
from darvoza.methods.matched_ratio import matched_mean_ratio, matched_rate_ratio
from darvoza.methods.rate_ratio import rate, ratio


def test_in_one_stratum_it_is_the_ordinary_ratio_of_rates() -> None:
    ours, theirs = [1] * 7 + [0] * 33, [1] * 30 + [0] * 70
    matched = matched_rate_ratio([0] * 140, [True] * 40 + [False] * 100, ours + theirs).ratio
    plain = ratio(rate(ours), rate(theirs))
    assert matched is not None
    assert plain is not None
    assert (matched.value, matched.low, matched.high) == pytest.approx((plain.value, plain.low, plain.high))


def test_a_group_in_the_riskier_stratum_is_not_blamed_for_it() -> None:
    """Both sides have 40 % in one stratum and 10 % in the other; the group works mostly in the first."""
    strata = [0] * 120 + [1] * 120
    inside = [True] * 100 + [False] * 20 + [True] * 20 + [False] * 100
    positive = [1] * 40 + [0] * 60 + [1] * 8 + [0] * 12 + [1] * 2 + [0] * 18 + [1] * 10 + [0] * 90
    found = matched_rate_ratio(strata, inside, positive).ratio
    assert found is not None
    assert found.value == pytest.approx(1.0)


def test_strata_without_peers_are_left_out_and_said_so() -> None:
    found = matched_rate_ratio([0, 0, 1], [True, False, True], [1, 1, 1])
    assert (found.cases, found.peers) == (1, 1)


def test_without_anything_to_compare_there_is_no_ratio() -> None:
    assert matched_rate_ratio([0, 1], [True, False], [1, 1]).ratio is None
    assert matched_mean_ratio([0, 1], [True, False], [1.0, 1.0]).ratio is None
    assert matched_mean_ratio([], [], []).ratio is None


def test_times_of_nothing_are_refused() -> None:
    with pytest.raises(SettingsError):
        matched_mean_ratio([0, 0], [True, False], [0.0, 1.0])


@pytest.mark.parametrize("truth", [0.5, 1.0])
def test_both_ratios_are_recovered_within_their_intervals(truth: float) -> None:
    rng = np.random.default_rng(5)
    held_rate = held_mean = 0
    for _ in range(200):
        strata = rng.integers(0, 20, 2000)
        inside = rng.random(2000) < 0.3
        base = rng.uniform(0.1, 0.4, 20)[strata]
        rates = matched_rate_ratio(strata, inside, rng.random(2000) < base * np.where(inside, truth, 1)).ratio
        hours = np.exp(rng.normal(np.log(base) + np.where(inside, np.log(truth), 0), 0.7))
        means = matched_mean_ratio(strata, inside, hours).ratio
        assert rates is not None
        assert means is not None
        held_rate += (rates.low or 0) <= truth <= (rates.high or 9)
        held_mean += (means.low or 0) <= truth <= (means.high or 9)
    assert min(held_rate, held_mean) >= 182, "95 % of 200, less 2.6 standard deviations"
