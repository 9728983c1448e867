"""What a sample with known probabilities is worth, and how sure its sums are."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.poisson_sample import Design, outcome_ratio, sampling_variance

CHANCES = st.lists(st.floats(0.01, 1.0), min_size=2, max_size=6)


def exact_variance(y: list[float], pi: list[float], draws: list[int]) -> float:
    """The variance of the weighted sum, over every pair: two of one draw are seen together with the smaller π."""
    pairs = [(i, j) for i in range(len(y)) for j in range(len(y)) if draws[i] == draws[j]]
    return sum(y[i] * y[j] * (min(pi[i], pi[j]) / (pi[i] * pi[j]) - 1) for i, j in pairs)


def expected_estimate(y: list[float], pi: list[float], draws: list[int]) -> float:
    """The mean of the estimated variance, exactly: one draw at a time, over the intervals between its π."""
    total = 0.0
    for draw in set(draws):
        mine = [i for i in range(len(y)) if draws[i] == draw]
        edges = [0.0, *sorted({pi[i] for i in mine})]
        for low, high in pairwise(edges):
            seen = [i for i in mine if pi[i] >= high]
            made = sampling_variance([y[i] for i in seen], [pi[i] for i in seen], [draw] * len(seen))
            total += (high - low) * made
    return total


@given(CHANCES, st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_the_variance_of_acts_that_share_a_draw_is_estimated_without_bias(pi: list[float], draws: list[int]) -> None:
    y = [1.0 + i for i in range(len(pi))]
    drawn = draws[: len(pi)]
    assert expected_estimate(y, pi, drawn) == pytest.approx(exact_variance(y, pi, drawn), abs=1e-6, rel=1e-9)


@given(CHANCES)
def test_acts_that_share_a_draw_are_less_sure_than_acts_that_do_not(pi: list[float]) -> None:
    y = [1.0] * len(pi)
    shared, apart = sampling_variance(y, pi, [0] * len(pi)), sampling_variance(y, pi, list(range(len(pi))))
    assert apart == pytest.approx(sampling_variance(y, pi))
    assert shared >= apart - 1e-9


def test_the_total_over_two_acts_with_one_draw_varies_as_its_variance_says() -> None:
    rng = np.random.default_rng(4)
    y, pi = np.ones((400, 2)), np.column_stack([np.full(400, 0.1), np.full(400, 0.3)])
    totals, variances = [], []
    for _ in range(1_500):
        seen = rng.random((400, 1)) < pi
        totals.append((y / pi)[seen].sum())
        variances.append(sampling_variance(y[seen], pi[seen], np.nonzero(seen)[0]))
    assert np.var(totals) == pytest.approx(np.mean(variances), rel=4 * math.sqrt(2 / 1_500))
    assert np.mean(totals) == pytest.approx(800, abs=4 * np.std(totals) / math.sqrt(1_500))


def test_certain_units_say_nothing_of_the_unseen() -> None:
    few = Design.of_sample([1.0] * 300 + [0.02] * 3)
    assert few.equivalent == pytest.approx(3.0)
    assert Design.of([1.0] * 300 + [0.02] * 150).equivalent == pytest.approx(3.0)
    assert Design.of([1.0] * 300).equivalent == math.inf
    assert Design.of([]).equivalent == Design.of_sample([]).equivalent == 0.0


def test_one_more_that_is_large_and_unlikely_to_be_seen_weighs_heavily() -> None:
    even = Design.of([0.1] * 100, [10.0] * 100)
    uneven = Design.of([0.1] * 100, [5.0] * 99 + [505.0])
    assert uneven.step > 20 * even.step
    assert uneven.equivalent < 0.1 * even.equivalent
    assert even.scaled(0.5).step == pytest.approx(even.step / 2)
    assert Design.of([0.1] * 99 + [1.0], [5.0] * 99 + [505.0]).step == pytest.approx(even.step / 2)


def test_bounds_that_are_no_bounds_are_refused() -> None:
    with pytest.raises(SettingsError):
        Design.of([0.1, 0.1], [1.0])
    with pytest.raises(SettingsError):
        Design.of([0.1], [-1.0])
    assert outcome_ratio([0.0, 0.0], [1.0, 1.0]) == 1.0
