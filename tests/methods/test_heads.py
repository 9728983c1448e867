"""The small parts of a score: shares of groups, amounts, things that stand and fall together, weighted means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from darvoza.methods.amounts import Amount, Base
from darvoza.methods.group_share import GroupShare, group_share
from darvoza.methods.pooling import any_of, fit_independence
from darvoza.methods.weighted_mean import weighted_mean

CHANCES = arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 0.99))


@given(CHANCES, st.floats(0, 1))
def test_any_is_at_least_the_largest_and_at_most_what_independence_gives(chances: np.ndarray, a: float) -> None:
    (got,) = any_of(chances, np.array([0]), independence=a)
    assert chances.max() - 1e-12 <= got <= 1 - np.prod(1 - chances) + 1e-12


@pytest.mark.parametrize("truth", [0.0, 0.3, 1.0])
def test_the_independence_planted_is_recovered(truth: float) -> None:
    rng = np.random.default_rng(7)
    chances, starts = rng.uniform(0.05, 0.4, 60_000), np.arange(0, 60_000, 3)
    found = rng.random(20_000) < any_of(chances, starts, independence=truth)
    members = np.zeros(60_000, dtype=bool)
    members[starts[found]] = True
    assert fit_independence(chances, members, starts, np.ones(20_000)) == pytest.approx(truth, abs=0.05)


def test_groups_of_one_tell_nothing_of_independence() -> None:
    assert fit_independence(np.full(5, 0.2), np.arange(5) == 0, np.arange(5), np.ones(5)) == 0.0


def test_the_share_of_a_group_is_pulled_towards_the_whole_the_more_the_fewer_its_rows() -> None:
    groups = np.repeat([1, 2, 3], [200, 200, 2]).astype(np.float32).reshape(-1, 1)
    kind = np.concatenate([np.arange(200) < 180, np.arange(200) < 20, [True, True]])
    learned = group_share(groups, kind, column=0)
    large, small, few = learned.shares
    assert (large, small) == pytest.approx((0.9, 0.1), abs=0.02)
    assert learned.whole < few < 0.95
    assert (
        GroupShare.read(learned.described() | {"groups": list(learned.groups), "shares": list(learned.shares)})
        == learned
    )


@pytest.mark.parametrize("kind", [np.zeros(4, dtype=bool), np.ones(4, dtype=bool), np.zeros(0, dtype=bool)])
def test_a_kind_that_is_all_or_nothing_has_one_share(kind: np.ndarray) -> None:
    learned = group_share(np.ones((kind.size, 1), dtype=np.float32), kind, column=0)
    assert (learned.groups, learned.whole) == ((), float(kind.mean()) if kind.size else 0.0)


def test_groups_that_are_unknown_have_the_share_of_the_whole() -> None:
    rows = np.array([[np.nan]] * 6 + [[1.0]] * 6, dtype=np.float32)
    learned = group_share(rows, np.arange(12) % 3 == 0, column=0)
    assert learned(rows)[0] == learned.whole


def test_an_amount_without_trees_is_a_multiple_of_its_base() -> None:
    amount = Amount(Base(0, 9.0), 0.5)
    rows = np.log1p(np.array([[0.0], [99.0], [np.nan]], dtype=np.float32))
    assert amount(rows) == pytest.approx([0.5, 50.0, 5.0], rel=1e-5)
    assert amount.usual == 5.0
    assert Amount.read(amount.described(), None) == amount


def test_the_yardstick_is_the_mean_and_a_model_of_before_keeps_its_own() -> None:
    amount = Amount(Base(0, 9.0), 0.5, mean=80.0)
    assert amount.usual == 80.0
    assert Amount.read(amount.described(), None) == amount
    before = {name: value for name, value in amount.described().items() if name != "mean"}
    assert Amount.read(before, None).usual == 5.0


def test_the_interval_of_a_weighted_mean_covers_and_clusters_widen_it() -> None:
    rng = np.random.default_rng(11)
    covered, ratio = [], []
    for _ in range(300):
        weights, groups = rng.uniform(1, 10, 400), np.repeat(np.arange(100), 4)
        values = np.repeat(rng.normal(2, 1, 100), 4)
        mean = weighted_mean(values, weights=weights, clusters=groups)
        alone = weighted_mean(values, weights=weights, clusters=np.arange(400))
        covered.append(mean.low < 2 < mean.high)
        ratio.append((mean.high - mean.low) / (alone.high - alone.low))
    assert 0.91 < np.mean(covered) < 0.98
    assert np.mean(ratio) > 1.5
