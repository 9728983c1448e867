"""The closed loop: every policy can be played again, sees no more than it found, and is scored against the truth."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import polars as pl
import pytest

from builders import a_profile, trade
from darvoza.domain.profile import ProfileSet
from darvoza.flow.pipeline import learn
from darvoza.flow.selectivity.capacity import Budget
from darvoza.practice.loop import OUTCOMES, Practice, _learn, _with_outcomes, practise
from darvoza.practice.policies import PolicyName
from darvoza.practice.results import MonthResult
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World

PROFILES = ProfileSet((a_profile("unit_value < 0.5 * reference_unit_value", share="0.5"),))


@lru_cache(maxsize=4)
def world(seed: int = 7) -> World:
    return World(WorldSettings(months=4, declarations_per_month=300, importers=200, offence_rate=0.2, seed=seed))


def practice(name: PolicyName, seed: int = 7) -> Practice:
    return Practice(world(seed), PROFILES, Budget(0.2, random_floor=0.05), name)


@lru_cache(maxsize=8)
def played(name: PolicyName, seed: int = 7) -> Sequence[MonthResult]:
    return tuple(practise(practice(name, seed)))


@pytest.mark.parametrize("name", PolicyName)
def test_every_month_is_played_and_nobody_finds_more_than_there_is(name: PolicyName) -> None:
    results = played(name)
    assert [result.k for result in results] == [0, 1, 2, 3]
    for result in results:
        assert result.declarations == 300
        assert 0 < result.found <= result.oracle_found <= min(result.examined, result.offending)
        assert result.found <= result.findable <= result.offending
        assert 0 <= result.recovered <= result.oracle_recovered + 1e-6
        assert result.oracle_recovered <= result.evaded + 1e-6
        assert result.expected_examinations == pytest.approx(0.2 * 300, rel=0.3)
        assert result.examined == pytest.approx(result.expected_examinations, abs=4 * 60**0.5)


@pytest.mark.parametrize("name", [PolicyName.RANDOM, PolicyName.DARVOZA])
def test_the_same_seed_gives_the_same_results(name: PolicyName) -> None:
    assert tuple(practise(practice(name))) == played(name)
    assert played(name, 8) != played(name)


def test_policies_differ_once_there_is_something_to_know() -> None:
    assert played(PolicyName.SCORE)[0] == played(PolicyName.RANDOM)[0], "the first month is all chance for both"
    assert len({tuple(played(name)) for name in PolicyName}) == 4


def test_the_estimate_holds_the_truth_in_its_interval_nearly_always() -> None:
    # worlds of their own: policies of one world share their draws, so that their misses would come together
    results = [result for seed in range(20, 27) for result in played(PolicyName.RANDOM, seed)]
    estimates = [(result.findable, result.estimate) for result in results if result.estimate is not None]
    assert len(estimates) == 28
    covered = sum(estimate.low <= truth <= estimate.high for truth, estimate in estimates)
    assert covered >= 23, "of 28 intervals of 95 %, six misses have a chance of 3 in 1000"
    total = sum(estimate.value for _, estimate in estimates)
    assert total == pytest.approx(sum(truth for truth, _ in estimates), rel=0.15)


def test_what_is_learned_from_is_known_by_then() -> None:
    items = trade(600, 3, days=60, examined=1.0).with_columns(inclusion_probability=pl.lit(None, pl.Decimal(38, 6)))
    now = items["lodged_at"].min()
    assert isinstance(now, datetime)
    now += timedelta(days=45)
    late = pl.col("result_at") >= now
    other = items.with_columns(pl.when(late).then(~pl.col("finding")).otherwise("finding").alias("finding"))
    model = _learn(items, now, practice(PolicyName.SCORE))
    assert model is not None
    again = _learn(other, now, practice(PolicyName.SCORE))
    assert again is not None
    assert again.described() == model.described()
    cut = items.with_columns(pl.when(~late).then(pl.col(name)).alias(name) for name in OUTCOMES)
    assert model.described() == learn(cut, seed=7).model.described()
    assert model.described() != learn(items, seed=7).model.described()


def test_nothing_is_learned_before_enough_is_known() -> None:
    items = trade(200, 3, examined=1.0)
    first = items["lodged_at"].min()
    assert isinstance(first, datetime)
    assert _learn(items, first, practice(PolicyName.SCORE)) is None


def test_a_policy_sees_results_of_its_own_examinations_and_of_nothing_else() -> None:
    month = world().month(0)
    ids = month.items["declaration_id"].unique(maintain_order=True).to_list()
    examinations = pl.DataFrame(
        {"declaration_id": ids, "probability": [0.25] * len(ids), "selected": [False] * len(ids)}
    )
    outcomes = pl.DataFrame(
        {
            "declaration_id": ids[:1],
            "item": [1],
            "examined": [True],
            "finding": [True],
            "finding_area": ["origin"],
            "finding_severity": [0],
            "recovered": [5.0],
            "result_at": month.items["lodged_at"][:1],
        }
    )
    seen = _with_outcomes(month.items, outcomes, examinations)
    assert seen.schema == month.items.schema
    assert seen.drop(*OUTCOMES, "inclusion_probability").equals(month.items.drop(*OUTCOMES, "inclusion_probability"))
    known = seen.filter(pl.col("examined").is_not_null())
    assert known.select("declaration_id", "item", "finding").rows() == [(ids[0], 1, True)]
    assert set(seen["inclusion_probability"].cast(pl.Float64)) == {0.25}
