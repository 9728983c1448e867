"""What another selection would have detected: unbiased, and the interval holds the truth as often as it says."""

import numpy as np
import pytest
from numpy.typing import NDArray

from darvoza.errors import SettingsError
from darvoza.methods.detection import FEWEST_POSITIVE, Found, share_detected, total
from darvoza.methods.inclusion import Units, inclusion, levels_of, logs_of, solve_cuts, with_chance

Floats = NDArray[np.float64]
SHARES = (0.05, 0.10, 0.20, 0.40)


def selected(worth: Floats, share: float, floor: float = 0.01) -> Floats:
    """π of a selection by worth."""
    levels = with_chance(levels_of(logs_of(worth[:, None]), dial=0.1))
    units = Units(levels, np.full(worth.size, floor), np.ones(worth.size))
    cuts = solve_cuts(units, parts=(1.0,), budget=share * worth.size)
    return inclusion(levels, cuts, units.floors)


def coverage(seed: int, *, n: int, money: bool, floor: float) -> tuple[Floats, Floats, Floats]:
    """Of each share, how often the interval held the truth; the mean of the estimates; the truth."""
    rng = np.random.default_rng(seed)
    likely = rng.beta(0.6, 9, n)
    wrong = rng.random(n) < likely
    amounts = np.where(wrong, rng.lognormal(0, 1, n) if money else 1.0, 0.0)
    pi = selected(likely * rng.lognormal(0, 0.5, n), 0.10, floor)
    replays = [selected(likely, share, floor) for share in SHARES]
    truth = np.array([amounts @ q / amounts.sum() for q in replays])
    held, means, draws = np.zeros(len(SHARES)), np.zeros(len(SHARES)), 250
    for _ in range(draws):
        drawn = rng.random(n) < pi
        found = Found(amounts[drawn], pi[drawn])
        for k, q in enumerate(replays):
            span = share_detected(found, q[drawn])
            assert span is not None
            held[k] += span.low <= truth[k] <= span.high
            means[k] += span.value
    return held / draws, means / draws, truth


@pytest.mark.parametrize(("n", "floor"), [(4_000, 0.01), (20_000, 0.01), (6_000, 0.03)])
def test_the_band_holds_the_true_curve_of_findings_as_often_as_stated(n: int, floor: float) -> None:
    held, means, truth = coverage(n, n=n, money=False, floor=floor)
    assert np.all(held >= 0.93)
    np.testing.assert_allclose(means, truth, atol=0.05)


def test_the_band_holds_the_true_curve_of_money_nearly_as_often() -> None:
    held, means, truth = coverage(5, n=20_000, money=True, floor=0.02)
    assert np.all(held >= 0.90)
    np.testing.assert_allclose(means, truth, atol=0.06)


def test_what_a_larger_selection_adds_is_estimated_without_bias_and_held() -> None:
    rng = np.random.default_rng(6)
    likely = rng.beta(0.6, 9, 10_000)
    wrong = (rng.random(10_000) < likely).astype(float)
    pi, more = selected(likely, 0.10), selected(likely, 0.12)
    truth = float(wrong @ (more - pi))
    held, values = 0, []
    for _ in range(400):
        drawn = rng.random(10_000) < pi
        span = total(Found(wrong[drawn], pi[drawn]), np.maximum(more - pi, 0)[drawn])
        assert span is not None
        held += span.low <= truth <= span.high
        values.append(span.value)
    assert held / 400 >= 0.93
    assert np.mean(values) == pytest.approx(truth, rel=0.06)


def test_the_selection_that_was_made_detected_what_was_found() -> None:
    pi = np.array([0.2] * 50 + [1.0] * 50)
    found = Found(np.array([1.0] * 10 + [0.0] * 40 + [1.0] * 30 + [0.0] * 20), pi)
    span = share_detected(found, pi)
    assert span is not None
    assert span.value == pytest.approx(40 / 80)
    assert 0 < span.low < 0.5 < span.high < 1


def test_examining_everything_detects_everything_for_certain() -> None:
    found = Found(np.ones(40), np.full(40, 0.1))
    assert share_detected(found, np.ones(40)) == (1.0, 1.0, 1.0)


def test_nothing_missed_in_the_sample_is_not_nothing_missed() -> None:
    found = Found(np.array([1.0] * 40 + [0.0] * 40), np.array([1.0] * 40 + [0.01] * 40))
    span = share_detected(found, np.array([1.0] * 40 + [0.01] * 40))
    assert span is not None
    assert span.value == span.high == 1.0
    assert span.low < 0.5


def test_findings_that_were_all_certain_leave_the_rest_unknown() -> None:
    found = Found(np.r_[np.ones(12), np.zeros(300)], np.r_[np.ones(12), np.full(300, 0.01)])
    replayed = np.r_[np.full(12, 0.5), np.full(300, 0.05)]
    share, sum_of = share_detected(found, replayed), total(found, replayed)
    assert share is not None
    assert sum_of is not None
    assert share.low < 0.1
    assert share.value == pytest.approx(0.5)
    assert share.high > 0.7
    assert sum_of.low == pytest.approx(6.0)
    # three in three hundred are not ruled out by none: the exact limit of a count of 0, times 0.05 / 0.01
    assert sum_of.high == pytest.approx(6.0 + 5 * 3.69, rel=0.01)


def test_what_was_certain_everywhere_is_known() -> None:
    found = Found(np.r_[np.ones(12), np.zeros(40)], np.ones(52))
    told = total(found, np.full(52, 0.5)), share_detected(found, np.full(52, 0.5))
    assert [list(each or ()) for each in told] == [[6.0] * 3, pytest.approx([0.5] * 3)]


def test_too_few_findings_give_no_number() -> None:
    few = Found(np.array([1.0] * (FEWEST_POSITIVE - 1) + [0.0] * 90), np.full(FEWEST_POSITIVE + 89, 0.1))
    assert share_detected(few, few.probabilities) is None
    assert total(few, few.probabilities) is None
    assert share_detected(Found(np.ones(20), np.full(20, 0.5)), np.full(20, 0.5)) is None


@pytest.mark.parametrize("wrong", [float("nan"), 0.0, -0.1, 1.1])
def test_a_chance_that_is_none_is_refused_and_does_not_pass_for_certain(wrong: float) -> None:
    with pytest.raises(SettingsError, match="chances in"):
        Found(np.zeros(2), np.array([0.5, wrong]))
