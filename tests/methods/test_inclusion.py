"""Inclusion probabilities: the budget is met, worth decides, and the dial joins rank-and-cut to pure chance."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import optimize

from darvoza.errors import SettingsError
from darvoza.methods.inclusion import Units, inclusion, levels_of, logs_of, solve_cuts, steepness, with_chance

Floats = NDArray[np.float64]
WORTH = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))
UNITS = st.lists(st.tuples(WORTH, WORTH, st.floats(0, 1), st.floats(0.25, 8)), min_size=1, max_size=30)
DIALS = st.one_of(st.just(0.0), st.floats(0.05, 20), st.just(math.inf))
PARTS = st.sampled_from([(0.5, 0.5), (1.0, 0.0), (0.0, 1.0), (0.1, 0.45), (0.0, 0.0)])
Drawn = list[tuple[float, float, float, float]]


def columns(drawn: Drawn) -> tuple[Floats, Floats, Floats]:
    """Worth to two purses, floors, costs."""
    whole = np.array(drawn)
    return whole[:, :2], whole[:, 2], whole[:, 3]


def spread(
    worth: Floats, floors: Floats, costs: Floats, *, dial: float, budget: float, parts: tuple[float, ...]
) -> Floats:
    levels = with_chance(levels_of(logs_of(worth, costs[:, None]), dial=dial))
    cuts = solve_cuts(Units(levels, floors, costs), parts=parts, budget=budget)
    return inclusion(levels, cuts, floors)


@settings(max_examples=150)
@given(UNITS, st.floats(0.01, 0.99), DIALS, PARTS)
def test_floors_purses_and_chance_together_spend_the_budget(
    drawn: Drawn, part: float, dial: float, parts: tuple[float, ...]
) -> None:
    worth, floors, costs = columns(drawn)
    bound = float(costs @ floors)
    room = float(costs.sum()) - bound
    assume(room > 1e-6)
    budget = bound + part * room
    held = spread(worth, floors, costs, dial=dial, budget=budget, parts=parts)
    assert costs @ held == pytest.approx(budget, rel=1e-5)
    assert np.all((held >= floors) & (held <= 1))


@settings(max_examples=60)
@given(UNITS, DIALS, PARTS)
def test_nothing_is_added_where_floors_alone_reach_the_budget(
    drawn: Drawn, dial: float, parts: tuple[float, ...]
) -> None:
    worth, floors, costs = columns(drawn)
    held = spread(worth, floors, costs, dial=dial, budget=float(costs @ floors), parts=parts)
    np.testing.assert_array_equal(held, floors)


@settings(max_examples=100)
@given(UNITS, st.floats(0.01, 0.99), DIALS)
def test_within_a_purse_more_worth_never_has_a_lower_probability(drawn: Drawn, part: float, dial: float) -> None:
    worth, _, costs = columns(drawn)
    floors = np.full(costs.size, 0.01)
    held = spread(worth[:, :1], floors, costs, dial=dial, budget=part * costs.sum(), parts=(1.0,))
    order = np.argsort(worth[:, 0] / costs)
    assert np.all(np.diff(held[order]) >= -1e-12)


@settings(max_examples=60)
@given(UNITS, st.floats(0.05, 0.95), DIALS, st.permutations(range(30)), st.integers(-20, 20))
def test_relabelling_units_and_scaling_worth_change_nothing(
    drawn: Drawn, part: float, dial: float, order: list[int], power: int
) -> None:
    worth, floors, costs = columns(drawn)
    # at the end of the dial the cut may lie anywhere between two worths, and equals must not be told apart by rounding
    assume(dial > 0 or np.unique(worth).size == worth.size)
    chosen = np.array([place for place in order if place < costs.size])
    budget = float(costs @ floors) + part * float(costs @ (1 - floors))
    options = {"dial": dial, "budget": budget, "parts": (0.5, 0.5)}
    first = spread(worth, floors, costs, **options)  # type: ignore[arg-type]
    again = spread(worth[chosen] * 2.0**power, floors[chosen], costs[chosen], **options)  # type: ignore[arg-type]
    np.testing.assert_allclose(again, first[chosen], atol=1e-4 if dial > 0 else 0.02)


@settings(max_examples=60)
@given(UNITS, st.integers(0, 29), st.floats(0.01, 0.99), DIALS)
def test_a_higher_floor_never_lowers_a_floor(drawn: Drawn, which: int, part: float, dial: float) -> None:
    worth, floors, costs = columns(drawn)
    raised = floors.copy()
    raised[which % floors.size] = 1.0
    held = spread(worth, raised, costs, dial=dial, budget=part * float(costs.sum()), parts=(0.5, 0.5))
    assert np.all(held >= raised)


@pytest.mark.parametrize("budget", [1, 3, 7])
def test_at_nought_the_dial_ranks_and_cuts_exactly(budget: int) -> None:
    worth = np.random.default_rng(1).permutation(np.exp2(np.arange(10.0)))[:, None]
    held = spread(worth, np.zeros(10), np.ones(10), dial=0.0, budget=budget, parts=(1.0,))
    best = np.argsort(-worth[:, 0])
    assert held[best[:budget]].tolist() == [1.0] * budget
    assert held[best[budget:]].tolist() == [0.0] * (10 - budget)


def test_at_nought_equal_worths_share_what_is_left_of_the_cut() -> None:
    worth = np.array([[4.0], [2.0], [2.0], [2.0], [1.0]])
    held = spread(worth, np.zeros(5), np.ones(5), dial=0.0, budget=2.5, parts=(1.0,))
    assert held == pytest.approx([1, 0.5, 0.5, 0.5, 0], abs=1e-5)


@pytest.mark.parametrize("budget", [0.5, 3, 9.5])
def test_at_infinity_the_dial_leaves_it_to_chance_exactly(budget: float) -> None:
    worth = np.exp2(np.arange(10.0))[:, None]
    held = spread(worth, np.zeros(10), np.ones(10), dial=math.inf, budget=budget, parts=(1.0,))
    assert np.ptp(held) == 0
    assert held[0] == pytest.approx(budget / 10, rel=1e-5)


def test_at_infinity_several_purses_are_one() -> None:
    worth = np.random.default_rng(2).lognormal(0, 1, (50, 2))
    held = spread(worth, np.full(50, 0.01), np.ones(50), dial=math.inf, budget=10, parts=(0.5, 0.5))
    assert held == pytest.approx(np.full(50, 0.2), rel=1e-5)


def test_at_the_cut_the_probability_is_one_half_and_odds_follow_the_worth() -> None:
    # π = 1/(1 + (λ/h)^(1/T)): with T = 1 the odds are h/λ
    levels = levels_of(logs_of(np.array([[3.0], [6.0], [9.0]])), dial=1.0)
    assert inclusion(levels, [math.log(3.0)]) == pytest.approx([1 / 2, 2 / 3, 3 / 4])


def test_the_closed_form_is_the_optimum_of_worth_softened_by_entropy() -> None:
    rng = np.random.default_rng(3)
    worth, floors, costs, dial, budget = rng.lognormal(0, 1, 6), np.full(6, 0.05), rng.uniform(0.5, 2, 6), 0.5, 3.0
    held = spread(worth[:, None], floors, costs, dial=dial, budget=budget, parts=(1.0,))

    def lost(pi: Floats) -> float:
        entropy = -(pi * np.log(pi) + (1 - pi) * np.log1p(-pi))
        return -float(costs @ (pi * np.log(worth / costs) + dial * entropy))

    found = optimize.minimize(
        lost,
        np.full(6, budget / costs.sum()),
        method="SLSQP",
        bounds=[(floor, 1 - 1e-9) for floor in floors],
        constraints=optimize.LinearConstraint(costs[None, :], budget, budget),
        options={"ftol": 1e-12, "maxiter": 500},
    )
    np.testing.assert_allclose(held, found.x, atol=1e-4)


def test_the_same_probabilities_follow_from_ranking_with_a_logistic_error_in_the_logarithm() -> None:
    rng = np.random.default_rng(4)
    worth, dial = np.array([0.5, 1.0, 2.0, 4.0]), 0.3
    noisy = np.log(worth) + dial * rng.logistic(size=(200_000, 4))
    assert (noisy > 0).mean(axis=0) == pytest.approx(
        inclusion(levels_of(logs_of(worth[:, None]), dial=dial), [0.0]), abs=0.005
    )


def test_a_purse_never_pays_for_what_is_worth_nothing_to_it() -> None:
    worth = np.array([[0.0, 1.0], [0.0, 1.0], [5.0, 1.0], [0.0, 1.0]])
    for dial in (0.0, 0.1, 10.0, math.inf):
        levels = with_chance(levels_of(logs_of(worth), dial=dial))
        cuts = solve_cuts(Units(levels, np.zeros(4), np.ones(4)), parts=(0.5, 0.5), budget=1.0)
        assert inclusion(levels[:, :1], cuts[:1])[[0, 1, 3]].tolist() == [0.0, 0.0, 0.0]


def test_what_a_purse_cannot_spend_the_next_one_does() -> None:
    worth = np.column_stack([np.array([9.0, 0, 0, 0, 0, 0]), np.arange(1.0, 7)])
    held = spread(worth, np.zeros(6), np.ones(6), dial=0.05, budget=4.0, parts=(0.9, 0.1))
    assert held[0] == pytest.approx(1)
    assert held.sum() == pytest.approx(4)
    assert held[[3, 4, 5]] == pytest.approx([1, 1, 1], abs=0.06)


@pytest.mark.parametrize("dial", [-0.1, math.nan])
def test_a_dial_below_nought_is_refused(dial: float) -> None:
    with pytest.raises(SettingsError, match="dial"):
        steepness(dial)


def test_a_budget_for_everything_takes_everything_whatever_the_parts() -> None:
    rng = np.random.default_rng(5)
    for size in range(50, 400, 7):
        levels = with_chance(levels_of(logs_of(np.column_stack([np.zeros(size), rng.beta(0.5, 8, size)])), dial=0.1))
        units = Units(levels, rng.choice([0.01, 1.0], size), np.ones(size))
        cuts = solve_cuts(units, parts=[0.1, 0.9], budget=float(size))
        assert inclusion(levels, cuts, units.floors) == pytest.approx(np.ones(size))
