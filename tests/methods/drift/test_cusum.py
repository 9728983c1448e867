"""Charts: recursion, restart, estimate of the change, and the rate of false alarms that was asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.drift.cusum import cusum, likeliest_start, likelihood_ratio_steps, page_hinkley_steps
from darvoza.methods.drift.run_length import average_run_length, siegmund_run_length, steps_of, threshold_for

STEPS = st.lists(st.floats(-2, 2, allow_nan=False), max_size=60)


@given(STEPS, st.floats(0.5, 6))
def test_the_chart_is_the_recursion_of_page_with_a_new_start_after_each_alarm(
    steps: list[float], height: float
) -> None:
    path, total = cusum(steps, threshold=height), 0.0
    alarms: list[int] = []
    for place, step in enumerate(steps):
        total = max(total + step, 0.0)
        assert path.values[place] == pytest.approx(total, abs=1e-9)
        if path.alarms.size > len(alarms) and path.alarms[len(alarms)] == place:
            assert total >= height - 1e-9
            alarms.append(place)
            total = 0.0
        else:
            assert total < height + 1e-9
    assert path.alarms.tolist() == alarms


@given(STEPS, st.floats(0.5, 6))
def test_the_change_lies_where_the_sum_last_left_zero(steps: list[float], height: float) -> None:
    path = cusum(steps, threshold=height)
    for start, alarm in zip(path.starts, path.alarms, strict=True):
        assert start <= alarm
        assert np.all(path.values[start : alarm + 1] > 0)
        assert start == 0 or path.values[start - 1] == 0 or start - 1 in path.alarms


def test_the_greatest_rise_above_the_minimum_is_the_test_of_page_and_hinkley() -> None:
    rng = np.random.default_rng(1)
    residuals = rng.normal(0, 1, 300)
    steps = page_hinkley_steps(residuals, weights=np.full(300, 7.0), tolerance=0.1)
    running = np.cumsum(residuals - 0.1)
    rise = running - np.minimum(np.minimum.accumulate(running), 0.0)
    assert cusum(steps, threshold=1e9).values == pytest.approx(rise)


def test_weights_count_in_proportion() -> None:
    steps = page_hinkley_steps([0.5, 0.5], weights=[1.0, 3.0], tolerance=0.0)
    assert steps.tolist() == [0.25, 0.75]


@pytest.mark.parametrize("odds_ratio", [1.5, 2.0, 0.5])
def test_evidence_falls_while_the_stated_probabilities_hold_and_rises_after_the_change(odds_ratio: float) -> None:
    p = np.array([0.02, 0.1, 0.4])
    for truth, sign in ((1.0, -1), (odds_ratio, 1)):
        q = truth * p / (1 - p + truth * p)
        mean = q * likelihood_ratio_steps(np.ones(3), p, odds_ratio=odds_ratio) + (1 - q) * likelihood_ratio_steps(
            np.zeros(3), p, odds_ratio=odds_ratio
        )
        assert np.all(sign * mean > 0)


def _first_alarms(p: np.ndarray, truth: float, height: float, *, runs: int, rng: np.random.Generator) -> np.ndarray:
    """Run lengths of many charts at once."""
    totals, lengths, alive, n = np.zeros(runs), np.zeros(runs), np.ones(runs, bool), 0
    while alive.any():
        n += 1
        stated = rng.choice(p, runs)
        y = rng.random(runs) < truth * stated / (1 - stated + truth * stated)
        totals = np.maximum(totals + likelihood_ratio_steps(y, stated, odds_ratio=2.0), 0)
        fires = alive & (totals >= height)
        lengths[fires], alive = n, alive & ~fires
    return lengths


@pytest.mark.parametrize(("truth", "asked"), [(1.0, 400.0), (2.0, 400.0), (4.0, 1000.0)])
def test_simulated_charts_run_as_long_as_worked_out(truth: float, asked: float) -> None:
    rng = np.random.default_rng(20260301)
    p = rng.beta(0.6, 6.0, 2000).clip(0.002, 0.95)
    height = threshold_for(steps_of(p, odds_ratio=2.0), asked)
    expected = average_run_length(steps_of(p, odds_ratio=2.0, true_ratio=truth), height)
    if truth == 1:
        assert expected == pytest.approx(asked, rel=0.05)
    lengths = _first_alarms(p, truth, height, runs=2500, rng=rng)
    error = lengths.std() / np.sqrt(lengths.size)
    assert abs(lengths.mean() - expected) < 4 * error


def test_the_approximation_of_siegmund_is_rough_where_results_are_seldom_one() -> None:
    steps = steps_of([0.2], odds_ratio=1.3)
    mean = float(steps.sizes @ steps.chances)
    deviation = float(np.sqrt((steps.sizes - mean) ** 2 @ steps.chances))
    assert siegmund_run_length(mean, deviation, 3.0) == pytest.approx(average_run_length(steps, 3.0), rel=0.25)


def test_the_likeliest_start_recovers_the_true_one_on_average() -> None:
    rng = np.random.default_rng(9)
    p, places = np.full(400, 0.05), []
    for _ in range(200):
        truth = np.where(np.arange(400) < 300, 0.05, 0.25)
        places.append(likeliest_start(rng.random(400) < truth, p))
    assert abs(np.median(places) - 300) <= 4
    assert np.mean(np.abs(np.array(places) - 300) < 40) > 0.85


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: cusum([1.0], threshold=0.0), "threshold"),
        (lambda: likelihood_ratio_steps([1], [0.0], odds_ratio=2), "probabilities"),
        (lambda: likelihood_ratio_steps([1], [0.5], odds_ratio=1), "odds_ratio"),
        (lambda: page_hinkley_steps([1], weights=[0], tolerance=0), "weights"),
        (lambda: page_hinkley_steps([1], weights=[1], tolerance=-1), "tolerance"),
    ],
)
def test_arguments_out_of_range_are_refused_by_name(call: object, field: str) -> None:
    assert callable(call)
    with pytest.raises(SettingsError) as refused:
        call()
    assert refused.value.field == field
