"""Run lengths of a chart of 0 and 1, exact by a chain of whole numbers, and what thresholds promise."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.drift.run_length import (
    Steps,
    average_run_length,
    siegmund_run_length,
    steps_of,
    threshold_for,
)


def exact(p: Fraction, m: int, height: int) -> Fraction:
    """Run length of the chart that adds m − 1 for a 1, takes 1 for a 0, and alarms at `height`; in fractions.

    After Reynolds & Stoumbos (1999), Journal of Quality Technology 31:87, whose reference value is 1/m.
    """
    rows = [[Fraction(0)] * (height + 1) for _ in range(height)]
    for state in range(height):
        row = rows[state]
        row[state] += 1
        row[height] = Fraction(1)
        row[max(state - 1, 0)] -= 1 - p
        if state + m - 1 < height:
            row[state + m - 1] -= p
    for pivot in range(height):
        best = next(line for line in range(pivot, height) if rows[line][pivot] != 0)
        rows[pivot], rows[best] = rows[best], rows[pivot]
        rows[pivot] = [value / rows[pivot][pivot] for value in rows[pivot]]
        for line in range(height):
            if line != pivot and rows[line][pivot] != 0:
                factor = rows[line][pivot]
                rows[line] = [value - factor * top for value, top in zip(rows[line], rows[pivot], strict=True)]
    return rows[0][height]


@pytest.mark.parametrize(("p", "m", "height"), [("1/100", 20, 47), ("1/20", 12, 30), ("1/2", 2, 5), ("3/10", 4, 17)])
def test_the_chart_of_zeros_and_ones_is_exact(p: str, m: int, height: int) -> None:
    chance = Fraction(p)
    steps = Steps(np.array([m - 1.0, -1.0]), np.array([float(chance), 1 - float(chance)]))
    assert average_run_length(steps, float(height), cells=height) == pytest.approx(float(exact(chance, m, height)))


def test_two_ones_in_a_row_take_six_tosses_of_a_coin() -> None:
    # a 1 adds 1, a 0 takes everything: the chart that waits for two in a row
    steps = Steps(np.array([1.0, -9.0]), np.array([0.5, 0.5]))
    assert average_run_length(steps, 2.0, cells=2) == pytest.approx(6.0)


@settings(max_examples=20)
@given(st.floats(0.005, 0.5), st.floats(1.2, 4.0), st.floats(20, 3000))
def test_a_threshold_keeps_at_least_the_run_length_asked_for(p: float, ratio: float, asked: float) -> None:
    quiet = steps_of([p], odds_ratio=ratio)
    height = threshold_for(quiet, asked, cells=60)
    assert average_run_length(quiet, height, cells=60) >= asked
    assert average_run_length(quiet, height * 0.999, cells=60) <= asked * 1.001 or height < quiet.sizes.max()


@settings(max_examples=15)
@given(st.floats(0.02, 0.4), st.floats(1.5, 4.0))
def test_after_the_change_the_alarm_comes_sooner_the_greater_it_is(p: float, ratio: float) -> None:
    height = threshold_for(steps_of([p], odds_ratio=ratio), 500.0, cells=60)
    lengths = [
        average_run_length(steps_of([p], odds_ratio=ratio, true_ratio=true), height, cells=60)
        for true in (0.5, 1.0, 2.0, 4.0)
    ]
    assert lengths == sorted(lengths, reverse=True)


def test_a_finer_grid_changes_little() -> None:
    quiet = steps_of(np.linspace(0.01, 0.4, 50), odds_ratio=2.0)
    assert average_run_length(quiet, 4.0) == pytest.approx(average_run_length(quiet, 4.0, cells=960), rel=0.01)


def test_a_chart_that_never_rises_never_alarms() -> None:
    assert average_run_length(Steps(np.array([-1.0]), np.array([1.0])), 1.0) == float("inf")


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: steps_of([], odds_ratio=2.0), "probabilities"),
        (lambda: average_run_length(steps_of([0.1], odds_ratio=2.0), 0.0), "threshold"),
        (lambda: average_run_length(Steps(np.array([1.0]), np.array([0.5])), 1.0), "steps"),
        (lambda: threshold_for(steps_of([0.1], odds_ratio=2.0), 1.0), "run_length"),
        (lambda: threshold_for(steps_of([0.1], odds_ratio=2.0, true_ratio=3.0), 100.0), "steps"),
        (lambda: siegmund_run_length(0.0, 0.0, 1.0), "threshold"),
    ],
)
def test_arguments_out_of_range_are_refused_by_name(call: object, field: str) -> None:
    assert callable(call)
    with pytest.raises(SettingsError) as refused:
        call()
    assert refused.value.field == field
