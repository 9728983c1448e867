"""The long run of plans: formulas, states counted out, and simulated streams agree."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.intensified import IntensifiedPlan
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.plans.long_run import (
    clearance_for,
    inspected_by_formula,
    inspected_by_states,
    long_run,
    outgoing_limit,
    transitions,
)
from darvoza.methods.plans.simulated import simulate
from darvoza.methods.plans.states import Plan
from methods.plans.plans import CONTINUOUS, ENDLESS, LADDERS

LEVELS = np.array([0.0, 0.001, 0.01, 0.05, 0.2, 0.5, 0.99, 1.0])


@pytest.mark.parametrize("plan", CONTINUOUS, ids=repr)
def test_the_closed_formula_is_what_the_states_counted_out_give(plan: ContinuousPlan) -> None:
    assert inspected_by_formula(plan, LEVELS) == pytest.approx(inspected_by_states(plan, LEVELS), abs=1e-10)


@given(
    clearance=st.integers(1, 40),
    monitored=st.floats(0.01, 1),
    variant=st.sampled_from(Variant),
    memory=st.integers(1, 40),
    tight=st.integers(1, 6),
    failing=st.floats(0, 1),
)
def test_formula_and_states_agree_for_plans_never_printed(
    clearance: int, monitored: float, variant: Variant, memory: int, tight: int, failing: float
) -> None:
    plan = ContinuousPlan(clearance, monitored, variant, memory, tight)
    assert float(inspected_by_formula(plan, failing)) == pytest.approx(
        float(inspected_by_states(plan, failing)), rel=1e-6, abs=1e-9
    )


@pytest.mark.parametrize("plan", ENDLESS, ids=repr)
@pytest.mark.parametrize(("level", "sensitivity"), [(0.02, 1.0), (0.15, 0.7)])
def test_a_simulated_stream_is_examined_and_leaks_as_computed(plan: Plan, level: float, sensitivity: float) -> None:
    expected = long_run(plan, level, sensitivity=sensitivity)
    run = simulate(plan, level, units=200_000, rng=np.random.default_rng(11), sensitivity=sensitivity)
    # a seed that is kept; the bound of half a point on a million units is tried in benchmarks/plans.py
    assert run.inspected_share == pytest.approx(float(expected.inspected), abs=0.012)
    assert run.leaked_share == pytest.approx(float(expected.treated), abs=0.0035)
    assert run.rejected_share == pytest.approx(float(expected.rejected), abs=0.0035)


@pytest.mark.parametrize("plan", ENDLESS, ids=repr)
def test_a_worse_stream_is_never_examined_less_and_never_beyond_its_bounds(plan: Plan) -> None:
    share = long_run(plan, np.linspace(0, 1, 41)).inspected
    assert np.all(np.diff(share) >= -1e-9)
    fractions = transitions(plan).fractions
    assert share[0] == pytest.approx(fractions.min())
    assert share[-1] == pytest.approx(fractions.max())


@pytest.mark.parametrize("plan", [CONTINUOUS[1], CONTINUOUS[8], LADDERS[0]], ids=repr)
def test_nothing_worse_leaves_than_the_limit_of_outgoing_quality(plan: Plan) -> None:
    peak = outgoing_limit(plan)
    leaving = long_run(plan, np.linspace(0, 1, 801)).treated
    assert leaving.max() <= peak.value + 1e-9
    assert float(long_run(plan, peak.level).treated) == pytest.approx(peak.value)


def test_forgiving_plans_examine_less_and_let_more_out() -> None:
    strict, tight, mild = (ContinuousPlan(10, 0.1, variant) for variant in (Variant.CSP1, Variant.CSP3, Variant.CSP2))
    shares = [float(long_run(plan, 0.03).inspected) for plan in (strict, tight, mild)]
    assert shares == sorted(shares, reverse=True)
    assert outgoing_limit(strict).value < outgoing_limit(tight).value < outgoing_limit(mild).value


def test_monitoring_everything_examines_everything() -> None:
    for variant in Variant:
        plan = ContinuousPlan(5, 1.0, variant)
        assert long_run(plan, LEVELS).inspected.tolist() == pytest.approx([1.0] * len(LEVELS))
        assert long_run(plan, LEVELS).rejected.tolist() == pytest.approx([0.0] * len(LEVELS))


@pytest.mark.parametrize(("limit", "monitored"), [(0.02, 0.1), (0.1, 0.5), (0.005, 0.04)])
def test_the_clearance_found_keeps_the_limit_and_one_less_does_not(limit: float, monitored: float) -> None:
    clearance = clearance_for(limit, monitored=monitored)
    assert outgoing_limit(ContinuousPlan(clearance, monitored)).value <= limit
    assert clearance == 1 or outgoing_limit(ContinuousPlan(clearance - 1, monitored)).value > limit


def test_what_overlooks_half_never_lets_less_than_half_out_at_the_worst() -> None:
    assert (
        outgoing_limit(ContinuousPlan(10, 0.1), sensitivity=0.5).value > outgoing_limit(ContinuousPlan(10, 0.1)).value
    )


@pytest.mark.parametrize(
    ("field", "level", "sensitivity"),
    [("level", 1.5, 1.0), ("level", float("nan"), 1.0), ("level", -0.1, 1.0), ("sensitivity", 0.1, 0.0)],
)
def test_a_wrong_argument_is_named(field: str, level: float, sensitivity: float) -> None:
    plan = Ladder((1.0, 0.5), (2,))
    with pytest.raises(SettingsError) as refused:
        long_run(plan, level, sensitivity=sensitivity)
    assert refused.value.field == field
    with pytest.raises(SettingsError) as refused:
        simulate(plan, level, units=10, rng=np.random.default_rng(0), sensitivity=sensitivity)
    assert refused.value.field == field


def test_a_plan_that_ends_or_has_too_many_states_has_no_long_run() -> None:
    for plan in (ContinuousPlan(2_001, 0.1), ContinuousPlan(30_000, 0.1), IntensifiedPlan(trigger=Decimal(1))):
        with pytest.raises(SettingsError, match="states"):
            inspected_by_states(plan, 0.1)
