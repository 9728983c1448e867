"""Plans by attributes: their curves agree with counting, with simulation and with each other."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.sampling.acceptance import (
    DoublePlan,
    SinglePlan,
    acceptance_probability,
    curves,
    lot_acceptance,
    outgoing_limit,
    switching_acceptance,
)

LEVELS = np.linspace(0, 1, 101)
PLANS = st.integers(1, 60).flatmap(lambda size: st.integers(0, min(size - 1, 8)).map(lambda c: SinglePlan(size, c)))


@given(PLANS)
def test_worse_lots_are_never_accepted_more_often(plan: SinglePlan) -> None:
    accepted = acceptance_probability(plan, LEVELS)
    assert accepted[0] == 1
    assert accepted[-1] == 0
    assert np.all(np.diff(accepted) <= 1e-12)


@given(PLANS, st.integers(60, 200))
def test_one_lot_is_accepted_as_counting_says(plan: SinglePlan, lot: int) -> None:
    marked = lot // 7
    ways = sum(
        math.comb(marked, x) * math.comb(lot - marked, plan.size - x)
        for x in range(min(plan.acceptance, marked) + 1)
        if plan.size - x <= lot - marked
    )
    assert float(lot_acceptance(plan, marked, lot_size=lot)) == pytest.approx(ways / math.comb(lot, plan.size))


def test_a_double_plan_does_what_drawing_twice_does() -> None:
    plan = DoublePlan((50, 50), (1, 4), (4, 5))
    rng = np.random.default_rng(5)
    first, second = rng.binomial(50, 0.04, (2, 400_000))
    accepted = (first <= 1) | ((first < 4) & (first + second <= 4))
    expected = curves(plan, 0.04, lot_size=1000)
    assert accepted.mean() == pytest.approx(float(expected.accepted), abs=0.003)
    again = (first > 1) & (first < 4)
    assert (50 + 50 * again).mean() == pytest.approx(float(expected.sampled), abs=0.15)


@given(PLANS, st.floats(0.001, 0.999))
def test_sorting_rejected_lots_never_makes_quality_worse(plan: SinglePlan, level: float) -> None:
    found = curves(plan, level, lot_size=100)
    assert 0 <= found.outgoing <= level
    assert plan.size <= found.inspected <= 100
    assert found.outgoing == pytest.approx(level * float(found.accepted) * (1 - plan.size / 100), abs=1e-12)


@given(PLANS)
def test_the_limit_of_outgoing_quality_is_nowhere_exceeded(plan: SinglePlan) -> None:
    peak = outgoing_limit(plan, lot_size=500)
    assert np.all(curves(plan, np.linspace(0, 1, 2001), lot_size=500).outgoing <= peak.value + 1e-9)


def test_an_imperfect_examination_lets_more_out() -> None:
    perfect, imperfect = (curves(SinglePlan(50, 1), LEVELS, lot_size=500, sensitivity=s).outgoing for s in (1.0, 0.7))
    assert np.all(imperfect[1:] > perfect[1:])
    assert outgoing_limit(SinglePlan(50, 1), lot_size=500, sensitivity=0.7).value > (
        outgoing_limit(SinglePlan(50, 1), lot_size=500).value
    )


def test_a_scheme_lies_between_its_two_plans() -> None:
    normal, tightened = (acceptance_probability(SinglePlan(200, c), LEVELS) for c in (7, 5))
    scheme = switching_acceptance(normal, tightened)
    assert np.all((tightened - 1e-12 <= scheme) & (scheme <= normal + 1e-12))
    assert scheme[0] == 1
    assert scheme[-1] == 0


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("size", lambda: SinglePlan(0, 0)),
        ("acceptance", lambda: SinglePlan(5, 5)),
        ("acceptance", lambda: SinglePlan(5, -1)),
        ("acceptances", lambda: DoublePlan((5, 5), (1, 1), (2, 2))),
        ("sizes_taken", lambda: DoublePlan((5, 0), (0, 1), (2, 2))),
        ("level", lambda: acceptance_probability(SinglePlan(5, 0), [0.5, 1.5])),
        ("level", lambda: acceptance_probability(SinglePlan(5, 0), math.nan)),
        ("size", lambda: curves(SinglePlan(50, 0), 0.1, lot_size=20)),
        ("marked", lambda: lot_acceptance(SinglePlan(5, 0), 30, lot_size=20)),
    ],
)
def test_a_plan_that_cannot_be_is_refused(field: str, call: Callable[[], object]) -> None:
    with pytest.raises(SettingsError) as refused:
        call()
    assert refused.value.field == field
