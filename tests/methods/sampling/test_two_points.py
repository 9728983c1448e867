"""Plans found from two points: they pass them, and nothing smaller does."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.sampling.acceptance import SinglePlan
from darvoza.methods.sampling.two_points import (
    RiskPoint,
    VariablesPlan,
    attributes_plan,
    discriminates,
    variables_acceptance,
    variables_plan_known_sigma,
    variables_plan_unknown_sigma,
)

POINTS = st.tuples(st.integers(1, 15), st.integers(20, 50), st.sampled_from([0.9, 0.95]), st.sampled_from([0.05, 0.1]))


def points(drawn: tuple[int, int, float, float]) -> tuple[RiskPoint, RiskPoint]:
    good, bad, accepted, accepted_bad = drawn
    return RiskPoint(good / 100, accepted), RiskPoint(bad / 100, accepted_bad)


@given(POINTS)
def test_the_plan_found_meets_both_points_and_no_smaller_sample_does(drawn: tuple[int, int, float, float]) -> None:
    producer, consumer = points(drawn)
    plan = attributes_plan(producer, consumer)
    assert discriminates(plan, producer, consumer)
    assume(plan.size < 120)
    smaller = [
        SinglePlan(n, c) for n in range(2, plan.size) for c in range(min(n - 1, plan.acceptance + 1) + 1) if c < n
    ]
    assert not any(discriminates(each, producer, consumer) for each in smaller)


@given(POINTS)
def test_measuring_needs_fewer_than_counting_and_knowing_sigma_fewer_still(
    drawn: tuple[int, int, float, float],
) -> None:
    producer, consumer = points(drawn)
    known, unknown = (find(producer, consumer) for find in (variables_plan_known_sigma, variables_plan_unknown_sigma))
    assert known.size <= unknown.size
    for plan, sigma_known in ((known, True), (unknown, False)):
        assert variables_acceptance(plan, producer.level, sigma_known=sigma_known) >= producer.accepted - 1e-6
        assert variables_acceptance(plan, consumer.level, sigma_known=sigma_known) <= consumer.accepted + 1e-6


def test_a_plan_by_measurement_accepts_as_often_as_simulated_measurements_say() -> None:
    plan = VariablesPlan(20, 1.5)
    rng = np.random.default_rng(9)
    measured = rng.normal(size=(100_000, 20))
    limit = 1.6448536  # 5 % of measurements lie beyond
    accepted = (limit - measured.mean(1)) / measured.std(1, ddof=1) >= plan.factor
    assert accepted.mean() == pytest.approx(variables_acceptance(plan, 0.05, sigma_known=False), abs=0.006)
    accepted = limit - measured.mean(1) >= plan.factor
    assert accepted.mean() == pytest.approx(variables_acceptance(plan, 0.05, sigma_known=True), abs=0.006)


@pytest.mark.parametrize(
    ("producer", "consumer", "field"),
    [
        (RiskPoint(0.05, 0.95), RiskPoint(0.05, 0.1), "consumer"),
        (RiskPoint(0.05, 0.1), RiskPoint(0.15, 0.95), "consumer"),
        (RiskPoint(0, 0.95), RiskPoint(0.15, 0.1), "level"),
        (RiskPoint(0.05, 1), RiskPoint(0.15, 0.1), "accepted"),
        (RiskPoint(1e-7, 0.95), RiskPoint(1.1e-7, 0.1), "consumer"),
    ],
)
def test_points_that_no_plan_meets_are_refused(producer: RiskPoint, consumer: RiskPoint, field: str) -> None:
    with pytest.raises(SettingsError) as refused:
        attributes_plan(producer, consumer)
    assert refused.value.field == field
