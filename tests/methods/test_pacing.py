"""Pacing: what is still to come is learned, and a budget of a day is spent by the end of the day and not before."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from darvoza.methods.inclusion import Units, levels_of, steepness, with_chance
from darvoza.methods.pacing import Arrivals, Day, Pace, by_chance, pace_of, run, still_to_come

Floats = NDArray[np.float64]
BUSY = [0.0] * 8 + [10.0] * 8 + [0.0] * 8


def test_a_day_never_seen_is_not_known_and_a_weekday_is_known_by_the_others_first() -> None:
    assert math.isnan(Arrivals().expected(0))
    seen = Arrivals().after(0, BUSY)
    assert [seen.expected(day) for day in range(7)] == [80.0] * 7
    quiet = seen.after(6, [value / 2 for value in BUSY])
    assert quiet.expected(6) == 40.0
    assert 40 < quiet.expected(3) < 80


def test_hours_of_a_day_are_learned() -> None:
    arrivals = Arrivals()
    for day in range(60):
        arrivals = arrivals.after(day % 7, BUSY)
    passed = arrivals.passed(np.array([8.0, 12.0, 16.0]))
    assert passed == pytest.approx([0, 0.5, 1], abs=0.01)


def test_a_day_that_began_busy_is_expected_to_go_on_so_but_less() -> None:
    half = np.array([0.5])
    rest = [float(still_to_come(100.0, half, np.array([seen]))[0]) for seen in (20.0, 50.0, 100.0)]
    assert rest[1] == pytest.approx(50)
    assert 20 < rest[0] < 50 < rest[2] < 100


def test_nothing_more_is_expected_when_the_day_is_over() -> None:
    assert still_to_come(100.0, np.array([1.0]), np.array([30.0])).tolist() == [0.0]


def units(n: int, seed: int = 0, purses: int = 2, *, dial: float = 0.1) -> Units:
    rng = np.random.default_rng(seed)
    floors = np.where(rng.random(n) < 0.03, 1.0, 0.01)
    return Units(levels_of(rng.normal(0, 1, (n, purses)), dial=dial), floors, np.ones(n))


def shift(pace: Pace, share: float) -> float:
    """By how much cuts stand higher when this share of the work may still be spent."""
    one = np.array([1.0])
    return float(run(pace, Day(0 * one, 0 * one, one, share * one, one), spent=0.0)[0][0])


def spent_at(pace: Pace, of: Units, share: float) -> float:
    """What a pace would spend on units at one share."""
    levels = with_chance(of.levels) - np.array(pace.cuts)
    odds = levels.max(axis=1) - shift(pace, share)
    return float(np.maximum(of.floors, 1 / (1 + np.exp(-np.clip(odds, -700, 700)))).mean())


@pytest.mark.parametrize("dial", [0.0, 0.05, 0.1, 1.0, 10.0, math.inf])
@pytest.mark.parametrize("share", [0.06, 0.1, 0.3, 0.7])
def test_a_pace_spends_what_was_planned_on_the_units_it_was_made_of(dial: float, share: float) -> None:
    of = units(400, dial=dial)
    pace = pace_of(of, share=share, parts=(0.5, 0.5), steepness=steepness(dial))
    assert spent_at(pace, of, share) == pytest.approx(share, rel=0.06)


@settings(max_examples=60)
@given(st.floats(0.02, 0.9), st.floats(0.02, 0.9), st.sampled_from([0.0, 0.1, 1.0, math.inf]))
def test_a_larger_share_never_has_a_higher_cut(one: float, other: float, dial: float) -> None:
    pace = pace_of(units(200, dial=dial), share=0.1, parts=(0.5, 0.5), steepness=steepness(dial))
    low, high = sorted((one, other))
    assert shift(pace, high) <= shift(pace, low)


def test_no_more_than_the_floors_claim_is_nothing_for_the_purses() -> None:
    pace = pace_of(units(200), share=0.1, parts=(0.5, 0.5), steepness=10.0)
    assert shift(pace, pace.bound) == math.inf
    assert shift(pace, -1.0) == math.inf
    assert shift(pace, 5.0) < shift(pace, 0.99)


def test_where_nothing_is_known_every_unit_gets_the_share_itself() -> None:
    pace = by_chance(3)
    for share in (0.001, 0.1, 0.5, 0.9):
        assert 1 / (1 + math.exp(shift(pace, share))) == pytest.approx(share)


@settings(max_examples=40)
@given(st.integers(0, 1000), st.integers(1, 60), st.floats(1, 12))
def test_a_day_in_pieces_is_spent_as_the_whole_day_is(seed: int, cut: int, budget: float) -> None:
    rng = np.random.default_rng(seed)
    pace = pace_of(units(200, seed), share=0.1, parts=(0.5, 0.5), steepness=10.0)
    ahead = np.arange(61.0, 1.0, -1.0)
    day = Day(rng.normal(-2, 3, 60), np.full(60, 0.01), np.ones(60), np.full(60, budget), ahead)
    whole, total = run(pace, day, spent=0.0)
    first, spent = run(pace, Day(*(column[:cut] for column in day)), spent=0.0)
    second, end = run(pace, Day(*(column[cut:] for column in day)), spent=spent)
    np.testing.assert_array_equal(np.concatenate([first, second]), whole)
    assert end == total


def test_the_budget_of_a_day_is_spent_when_as_many_come_as_were_expected() -> None:
    of, coming = units(256, 1), units(300, 2)
    pace = pace_of(of, share=0.1, parts=(0.5, 0.5), steepness=10.0)
    highest = (with_chance(coming.levels) - np.array(pace.cuts)).max(axis=1)
    for budget in (20.0, 30.0, 60.0):
        day = Day(highest, coming.floors, coming.costs, np.full(300, budget), np.arange(300.0, 0.0, -1.0))
        _, spent = run(pace, day, spent=0.0)
        assert spent == pytest.approx(budget, abs=1.0)
