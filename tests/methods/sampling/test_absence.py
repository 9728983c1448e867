"""Evidence of absence: more evidence never lowers it, and introduction wears it away."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.sampling.absence import (
    adjusted_risks,
    confidence_over_time,
    finite_sensitivity,
    in_parallel,
    in_series,
    system_sensitivity,
)
from darvoza.methods.sampling.approximations import cannon_roe_size, cannon_size, fixed_share_size, pooled_size
from darvoza.methods.sampling.detection import binomial_size, hypergeometric_size, miss_probability


@given(st.floats(0.01, 1), st.floats(0.01, 0.99))
def test_nothing_found_raises_the_belief_in_absence_when_nothing_can_enter(seen: float, prior: float) -> None:
    first, second = confidence_over_time(seen, periods=2, introduction=0, prior=prior)
    assert prior < first <= second <= 1


def test_without_looking_the_belief_in_absence_decays() -> None:
    years = confidence_over_time(1e-9, periods=50, introduction=0.05, prior=0.99)
    assert list(years) == sorted(years, reverse=True)
    assert years[-1] < 0.1


def test_strata_with_the_same_level_are_one_sample() -> None:
    assert system_sensitivity([20, 40], levels=[0.05, 0.05]) == pytest.approx(system_sensitivity(60, levels=0.05))
    assert system_sensitivity([0, 60], levels=[1, 0.05]) == pytest.approx(1 - 0.95**60)
    assert system_sensitivity(1, levels=1) == 1


def test_risks_are_scaled_to_a_mean_of_one() -> None:
    assert adjusted_risks([2, 2], shares=[0.5, 0.5]).tolist() == [1, 1]
    with pytest.raises(SettingsError, match="adding up to 1"):
        adjusted_risks([2, 1], shares=[0.5, 0.4])


def test_one_positive_is_enough_in_parallel_and_all_are_needed_in_series() -> None:
    assert in_parallel([0.5]) == in_series([0.5]) == 0.5
    assert in_parallel([0.5, 0.5]) == 0.75
    assert in_series([0.5, 0.5]) == 0.25


@given(st.integers(100, 5000), st.sampled_from([0.02, 0.05, 0.1]))
def test_approximations_come_near_the_exact_sample_where_they_should(lot: int, level: float) -> None:
    exact = hypergeometric_size(lot, level=level, confidence=0.95)
    assert exact is not None
    assert cannon_size(lot, level=level, confidence=0.95) == pytest.approx(exact, rel=0.35)
    marked = int(level * lot + 1e-9)
    assert cannon_roe_size(lot, marked=marked, confidence=0.95) >= exact


def test_the_approximate_sensitivity_of_a_sample_is_below_the_exact_one() -> None:
    exact = 1 - miss_probability(50, lot_size=200, level=0.05)
    assert finite_sensitivity(50, lot_size=200, marked=10) < exact


def test_a_pool_of_one_with_a_perfect_test_is_a_unit() -> None:
    assert pooled_size(0.05, confidence=0.95, pool=1) == binomial_size(0.05, confidence=0.95)


def test_a_fixed_share_is_weak_in_small_lots_and_lavish_in_large_ones() -> None:
    sizes = {lot: fixed_share_size(lot, fraction=0.02) for lot in (50, 3000)}
    confidence = {lot: 1 - miss_probability(size, lot_size=lot, level=0.1) for lot, size in sizes.items()}
    assert confidence == pytest.approx({50: 0.1, 3000: 0.998}, abs=0.0005)


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("level", lambda: cannon_size(10, level=0.01, confidence=0.95)),
        ("marked", lambda: cannon_roe_size(10, marked=0, confidence=0.95)),
        ("fraction", lambda: fixed_share_size(10, fraction=0)),
        ("pool", lambda: pooled_size(0.1, confidence=0.95, pool=0)),
        ("size", lambda: finite_sensitivity(11, lot_size=10, marked=1)),
        ("sizes", lambda: system_sensitivity(-1, levels=0.1)),
        ("introduction", lambda: confidence_over_time(0.5, periods=2, introduction=1)),
        ("sensitivities", lambda: in_series([0.5, 2])),
    ],
)
def test_a_wrong_argument_is_named(field: str, call: Callable[[], object]) -> None:
    with pytest.raises(SettingsError) as refused:
        call()
    assert refused.value.field == field
