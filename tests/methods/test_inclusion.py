"""Inclusion probabilities: the budget is met, worth decides, and the dial joins rank-and-cut to pure chance."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from darvoza.methods.inclusion import inclusion, solve_cut

Floats = NDArray[np.float64]
UNITS = st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1)), min_size=1, max_size=30)
DIALS = st.floats(0.05, 20)


def columns(units: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    return np.array([worth for worth, _ in units]), np.array([floor for _, floor in units])


@settings(max_examples=60)
@given(UNITS, st.floats(0.01, 0.99), DIALS)
def test_floors_and_worth_together_spend_the_budget(units: list[tuple[float, float]], part: float, dial: float) -> None:
    worth, floors = columns(units)
    room = floors.size - float(floors.sum())
    assume(room > 1e-6)
    budget = float(floors.sum()) + part * room
    cut = solve_cut(worth, floors, budget=budget, dial=dial)
    assert np.maximum(floors, inclusion(worth, cut, dial=dial)).sum() == pytest.approx(budget, abs=1e-3)


@settings(max_examples=60)
@given(UNITS, DIALS)
def test_nothing_is_left_where_floors_alone_reach_the_budget(units: list[tuple[float, float]], dial: float) -> None:
    worth, floors = columns(units)
    assert solve_cut(worth, floors, budget=float(floors.sum()), dial=dial) == math.inf
    assert np.all(inclusion(worth, math.inf, dial=dial) < 1e-300)


def test_an_infinite_cut_gives_exactly_nothing() -> None:
    assert inclusion(np.array([0.5, 1e6]), math.inf, dial=0.1).tolist() == [0.0, 0.0]


@settings(max_examples=60)
@given(UNITS, DIALS)
def test_a_budget_for_everything_takes_everything(units: list[tuple[float, float]], dial: float) -> None:
    worth, floors = columns(units)
    assume(floors.sum() < floors.size)
    assert solve_cut(worth, floors, budget=floors.size, dial=dial) == -math.inf
    assert inclusion(worth, -math.inf, dial=dial).tolist() == [1.0] * worth.size


def test_without_units_there_is_nothing_to_cut() -> None:
    assert solve_cut(np.zeros(0), np.zeros(0), budget=5, dial=0.1) == math.inf


@settings(max_examples=60)
@given(UNITS, st.floats(-20, 20), DIALS)
def test_probability_rises_with_worth_and_stays_within_bounds(
    units: list[tuple[float, float]], cut: float, dial: float
) -> None:
    worth = np.sort(columns(units)[0])
    given_ = inclusion(worth, cut, dial=dial)
    assert np.all(np.diff(given_) >= 0)
    assert np.all((given_ >= 0) & (given_ <= 1))


def test_at_the_cut_the_probability_is_one_half_and_odds_follow_the_worth() -> None:
    # π = 1/(1 + (λ/h)^(1/T)): with T = 1 the odds are h/λ
    assert inclusion(np.array([3.0, 6.0, 9.0]), math.log(3.0), dial=1.0) == pytest.approx([1 / 2, 2 / 3, 3 / 4])


@pytest.mark.parametrize("budget", [1, 3, 7])
def test_a_small_dial_ranks_and_cuts(budget: int) -> None:
    worth = np.exp2(np.random.default_rng(1).permutation(10).astype(np.float64))
    given_ = inclusion(worth, solve_cut(worth, np.zeros(10), budget=budget, dial=0.01), dial=0.01)
    best = np.argsort(-worth)
    assert np.all(given_[best[:budget]] > 0.99)
    assert np.all(given_[best[budget:]] < 0.01)


@pytest.mark.parametrize("budget", [0.5, 3, 9.5])
def test_a_large_dial_leaves_it_to_chance(budget: float) -> None:
    worth = np.exp2(np.arange(10.0))
    given_ = inclusion(worth, solve_cut(worth, np.zeros(10), budget=budget, dial=1e5), dial=1e5)
    assert given_ == pytest.approx(np.full(10, budget / 10), abs=1e-3)


@settings(max_examples=60)
@given(UNITS, st.integers(0, 29), st.floats(0.01, 0.99), DIALS)
def test_a_higher_floor_never_lowers_the_cut(
    units: list[tuple[float, float]], which: int, part: float, dial: float
) -> None:
    worth, floors = columns(units)
    budget = part * floors.size
    raised = floors.copy()
    raised[which % floors.size] = 1.0
    assume(abs(budget - floors.sum()) > 1e-6)
    before, after = (solve_cut(worth, held, budget=budget, dial=dial) for held in (floors, raised))
    spent = np.maximum(floors, inclusion(worth, before, dial=dial)).sum()
    # a little room for the tolerance of the search; where the sum is flat any cut will do
    assert after >= before or np.maximum(floors, inclusion(worth, after, dial=dial)).sum() <= spent + 1e-3
