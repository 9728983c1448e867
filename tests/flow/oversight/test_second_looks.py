"""Second looks: the share that a first look finds is recovered, and what leaked is corrected by it."""

import numpy as np
import polars as pl
import pytest

from darvoza.flow.oversight.estimates import estimates
from flow.oversight.test_estimates import a_world

SEES = 0.8


def test_what_first_looks_overlook_is_recovered() -> None:
    shares, ratios = [], []
    for seed in range(3):
        decisions, items, truth = a_world(seed, 2_400)
        rng = np.random.default_rng([seed, 1])
        seen = pl.Series(rng.random(items.height) < SEES)
        first = items.with_columns(finding=pl.col("finding") & seen)
        second = items.with_columns(finding=pl.col("finding") & pl.Series(rng.random(items.height) < SEES))
        looks = estimates(decisions, first, titles={}, second=second).looks
        assert looks is not None
        assert looks.sensitivity is not None
        assert looks.leaked is not None
        hidden = truth.filter(pl.col("found") & ~pl.col("drawn")).height
        shares.append(looks.sensitivity.value)
        ratios.append(looks.leaked.value / hidden)
    assert np.mean(shares) == pytest.approx(SEES, abs=0.05)
    assert np.mean(ratios) == pytest.approx(1, abs=0.25)


def test_few_second_looks_say_nothing_and_goods_never_examined_do_not_count() -> None:
    decisions, items, _ = a_world(1, 600)
    few = items.filter("examined").head(10)
    looks = estimates(decisions, items, titles={}, second=few).looks
    assert looks is not None
    assert (looks.looked, looks.sensitivity, looks.leaked) == (10, None, None)
    strange = items.filter(~pl.col("examined")).with_columns(examined=pl.lit(value=True), finding=pl.lit(value=True))
    other = estimates(decisions, items, titles={}, second=strange).looks
    assert other is not None
    assert other.looked == 0
