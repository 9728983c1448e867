"""The rule by which a score is found fit for use."""

import numpy as np
import pytest

from darvoza.errors import UnfitModel
from darvoza.flow.learning.fitness import Later, judge

N = 2_000
TRUTH = 1 / (1 + np.exp(-np.random.default_rng(1).normal(-1.5, 1.2, N)))
FOUND = np.random.default_rng(2).random(N) < TRUTH
LATER = Later(FOUND, np.ones(N), np.arange(N), float(FOUND.mean()))
FLAT, WRONG = np.full(N, float(FOUND.mean())), TRUTH[::-1]


def sure(probabilities: np.ndarray, factor: float) -> np.ndarray:
    """Make probabilities surer of themselves than they should be."""
    return np.asarray(1 / (1 + np.exp(-factor * np.log(probabilities / (1 - probabilities)))))


def test_trees_that_foretell_are_used() -> None:
    found = judge(TRUTH, FLAT, LATER)
    assert found.trees
    assert found.against_rates is not None
    assert found.against_rates.high < 0
    assert found.slope is not None
    assert found.slope.low < 1 < found.slope.high


def test_trees_worse_than_the_rates_give_way_to_them() -> None:
    found = judge(WRONG, TRUTH, LATER)
    assert not found.trees
    assert "worse-than-rates" in found.why_not


def test_trees_worse_by_chance_alone_are_used() -> None:
    assert judge(np.clip(TRUTH + np.random.default_rng(4).normal(0, 0.01, N), 0.01, 0.99), TRUTH, LATER).trees


def test_trees_that_are_far_too_sure_give_way() -> None:
    assert "slope" in judge(sure(TRUTH, 3.0), FLAT, LATER).why_not


def test_without_trees_the_rates_are_used() -> None:
    found = judge(None, TRUTH, LATER)
    assert (found.trees, found.why_not, found.against_rates) == (False, ("too-few",), None)


def test_where_nothing_says_more_than_the_base_rate_nothing_is_used() -> None:
    with pytest.raises(UnfitModel, match="profiles and chance select"):
        judge(WRONG, WRONG, LATER)


def test_the_rule_looks_at_the_rows_with_the_weights_they_have() -> None:
    half = np.arange(N) < N // 2
    mixed = np.where(half, TRUTH, WRONG)
    assert judge(mixed, FLAT, LATER._replace(weights=np.where(half, 50.0, 1.0))).trees
    assert not judge(mixed, FLAT, LATER._replace(weights=np.where(half, 1.0, 50.0))).trees
