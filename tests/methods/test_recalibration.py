"""Stated probabilities held against results: a right slope is found right, and intervals cover."""

import numpy as np
import pytest

from darvoza.errors import UnfitModel
from darvoza.methods.recalibration import recalibration, reliability_bins


def sample(n: int, seed: int, *, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, and results of which the log-odds are `slope` times theirs."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-2, 1.2, n)
    return 1 / (1 + np.exp(-odds)), rng.random(n) < 1 / (1 + np.exp(-slope * odds))


@pytest.mark.parametrize("slope", [0.4, 1.0, 1.8])
def test_the_slope_planted_is_recovered_and_covered(slope: float) -> None:
    lines = [recalibration(*sample(3_000, seed, slope=slope), weights=np.ones(3_000)) for seed in range(60)]
    assert np.mean([line.slope for line in lines]) == pytest.approx(slope, abs=0.03)
    assert np.mean([line.low < slope < line.high for line in lines]) > 0.85


def test_rows_chosen_by_chance_and_weighted_tell_the_slope_of_the_whole() -> None:
    lines = []
    for seed in range(40):
        stated, happened = sample(12_000, seed)
        chance = np.clip(4 * stated, 0.05, 1)
        seen = np.random.default_rng(seed).random(stated.size) < chance
        lines.append(recalibration(stated[seen], happened[seen], weights=1 / chance[seen]))
    assert np.mean([line.slope for line in lines]) == pytest.approx(1.0, abs=0.04)
    assert np.mean([line.low < 1 < line.high for line in lines]) > 0.8


def test_where_there_is_nothing_to_compare_there_is_no_slope() -> None:
    for stated, happened in ((np.full(9, 0.2), np.arange(9) < 3), (np.linspace(0.1, 0.9, 9), np.zeros(9, dtype=bool))):
        with pytest.raises(UnfitModel):
            recalibration(stated, happened, weights=np.ones(9))


def test_bins_hold_every_row_once_and_their_intervals_cover_the_truth() -> None:
    stated, happened = sample(20_000, 3)
    table = reliability_bins(stated, happened, weights=np.ones(20_000))
    assert len(table) == 10
    assert sum(part.rows for part in table) == 20_000
    assert [part.predicted for part in table] == sorted(part.predicted for part in table)
    assert sum(part.low <= part.predicted <= part.high for part in table) >= 8


def test_a_heavy_row_is_still_one_row() -> None:
    stated, happened = np.full(20, 0.1), np.arange(20) == 0
    plain = reliability_bins(stated, happened, weights=np.ones(20))
    heavy = reliability_bins(stated, happened, weights=np.where(happened, 50.0, 1.0))
    assert (heavy[0].high - heavy[0].low) > (plain[0].high - plain[0].low)


def test_rows_with_one_probability_are_in_one_bin() -> None:
    table = reliability_bins(np.repeat([0.1, 0.2], [90, 10]), np.arange(100) % 7 == 0, weights=np.ones(100))
    assert [part.rows for part in table] == [90, 10]
