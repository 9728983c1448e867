"""How well control works: every rate with its number and interval, and none better than it is."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from darvoza.errors import OutputError, SettingsError
from darvoza.flow.intake.health_results import RESULTS
from darvoza.flow.oversight.health_deciles import deciles, rate_of
from darvoza.flow.oversight.health_evaluation import HealthEvaluation, evaluate
from darvoza.flow.oversight.health_release import releases
from darvoza.methods.order_statistics import order_statistic_interval
from darvoza.methods.plans.continuous import ContinuousPlan

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FLOOR = pl.List(
    pl.Struct({"kind": pl.String, "source": pl.String, "probability": pl.Float64, "items": pl.List(pl.Int64)})
)


def decision(
    name: str, pi: float, u: float, *floors: tuple[str, str, float], act: str = "physical"
) -> dict[str, object]:
    told = [{"kind": kind, "source": source, "probability": p, "items": []} for kind, source, p in floors]
    return {"declaration_id": name, "agency": "phytosanitary", "act": act, "probability": pi, "u": u,
            "selected": u < pi, "floors": told}  # fmt: skip


def decisions(*rows: Mapping[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema_overrides={"floors": FLOOR})


def result(name: str, *, passed: bool = True, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "declaration_id": name, "item": 1, "lodged_at": NOON, "result_at": NOON + timedelta(hours=10), "hs": "080510",
        "origin": "TR", "agency": "phytosanitary", "act": "physical", "passed": passed, "region": None,
        "establishment": None, "hazard": None if passed else "pest", "probability": 1.0, "lot_size": 100,
        "sample_size": 45, "positives": 0, "score": 0.1, "released_at": None,
    }  # fmt: skip
    return plain | changes


def results(*rows: Mapping[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={**RESULTS, "score": pl.Float64})


def of_world(
    rng: np.random.Generator, count: int
) -> tuple[HealthEvaluation, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """Goods whose risk follows their score, examined in proportion to it over a random floor."""
    score = rng.beta(0.5, 20, count)
    bad, u = rng.random(count) < score, rng.random(count)
    pi = np.minimum(np.maximum(4 * score, 0.02), 1)
    rows = [
        decision(f"D{k}", float(pi[k]), float(u[k]), ("random", "random", 0.02), ("score", "hazard", float(pi[k])))
        for k in range(count)
    ]
    seen = [
        result(f"D{k}", passed=not bad[k], score=float(score[k]), probability=float(pi[k]))
        for k in np.flatnonzero(u < pi)
    ]
    return evaluate(decisions(*rows), results(*seen), {}), bad


def test_tenths_are_of_all_goods_and_the_highest_hold_most_failures() -> None:
    found, bad = of_world(np.random.default_rng(7), 20_000)
    (service,) = found.services
    assert [part.rank for part in service.deciles] == list(range(1, 11))
    assert service.deciles[0].found.rate > 4 * service.deciles[9].found.rate
    assert all(one.least >= other.most for one, other in zip(service.deciles, service.deciles[1:], strict=False))
    assert sum(part.found.number for part in service.deciles) == service.examined.number
    assert service.by_chance is not None
    assert service.by_chance.low <= bad.mean() <= service.by_chance.high
    assert service.by_chance.number == pytest.approx(400, abs=60)
    assert service.weighted is not None
    assert service.weighted.low <= bad.mean() <= service.weighted.high
    assert service.examined.rate > 2 * bad.mean()  # what was examined was chosen


def test_the_interval_of_the_base_rate_holds_in_nineteen_worlds_of_twenty() -> None:
    held = 0
    for seed in range(40):
        found, bad = of_world(np.random.default_rng(seed), 1500)
        weighted = found.services[0].weighted
        held += weighted is not None and weighted.low <= bad.mean() <= weighted.high
    assert held >= 34


def test_of_a_consignment_one_failed_item_fails_it_and_counts_once() -> None:
    rows = results(result("D1"), result("D1", passed=False, item=2), result("D9", passed=False))
    found = evaluate(decisions(decision("D1", 1.0, 0.5, ("law", "x", 1.0))), rows, {})
    assert found.services[0].examined[:2] == (1, 1)
    assert found.results == 2  # D9 is of another run
    assert found.services[0].by_chance is None


def test_a_plan_is_held_against_its_formula() -> None:
    rng, plan = np.random.default_rng(3), ContinuousPlan(5, 0.25)
    bad, u = rng.random(3000) < 0.08, rng.random(3000)
    rows = [decision(f"D{k}", 0.5, float(u[k]), ("plan", "CSP", 0.25), ("law", "x", 0.5)) for k in range(3000)]
    seen = [result(f"D{k}", passed=not bad[k]) for k in np.flatnonzero(u < 0.5)]
    (use,) = evaluate(decisions(*rows), results(*seen), {"CSP": plan, "OTHER": plan}).plans
    assert (use.code, use.consignments, use.asked) == ("CSP", 3000, 0.25)
    assert use.failing is not None
    assert use.failing.low <= 0.08 <= use.failing.high
    assert use.by_formula is not None
    assert use.by_formula.low <= 0.25 / (0.25 + 0.75 * 0.92**5) <= use.by_formula.high
    assert use.outgoing == pytest.approx(0.04, abs=0.01)


def test_hours_and_packages_are_told_with_what_they_rest_on() -> None:
    rows = [result(f"D{k}", result_at=NOON + timedelta(hours=k + 1)) for k in range(20)]
    found = evaluate(
        decisions(*[decision(f"D{k}", 1.0, 0.5, ("law", "x", 1.0)) for k in range(20)]), results(*rows), {}
    )
    (waits,) = found.waiting
    assert (waits.results, waits.median, waits.low, waits.high) == (20, 10.5, 6.0, 15.0)
    five = next(level for level in found.workloads if level.level == 0.05)
    assert (five.lots, five.opened) == (20, 900)
    assert five.reached == pytest.approx(0.95, abs=0.01)
    assert [asked.packages for asked in five.asked if asked.confidence == 0.95] == [20 * 45]  # ISPM 31, table 1
    assert json.loads(found.to_json())["results"] == 20


def test_too_little_is_said_to_be_too_little() -> None:
    with pytest.raises(OutputError, match="expected results of the declarations of the run"):
        evaluate(decisions(decision("D1", 1.0, 0.5)), results(result("D2")), {})
    few = pl.DataFrame({"declaration_id": ["a"], "score": [None], "probability": [0.1], "failed": [True]},
                       schema_overrides={"score": pl.Float64})  # fmt: skip
    assert deciles(few) == ()
    with pytest.raises(SettingsError, match="values: expected at least one"):
        order_statistic_interval([], share=0.5)
    with pytest.raises(SettingsError, match="share"):
        order_statistic_interval([1.0], share=1.0)
    assert rate_of(0, 59).bound == pytest.approx(0.0495, abs=1e-4)  # 59 of 59 clean: at most 5 %


def test_time_to_release_runs_to_the_last_result_of_all_services_or_to_the_release_recorded() -> None:
    asked = decisions(*(decision(f"D{k}", 1.0, 0.5) for k in range(6)), decision("D6", 1.0, 0.5, act="sampling"))
    late = NOON + timedelta(hours=30)
    known = results(
        *(result(f"D{k}") for k in range(3)),
        result("D3", released_at=NOON + timedelta(hours=12)),
        result("D4", passed=False),
        result("D5"), result("D5", agency="veterinary", result_at=late),
        result("D6"),  # of its documents only: the sample has no result yet
    )  # fmt: skip
    one, two = releases(known, asked)
    assert (one.services, one.consignments, one.stated, one.pending) == (1, 4, 1, 1)
    assert one.median == 10
    assert (two.services, two.consignments, two.median) == (2, 1, 30)
    assert (two.low, two.high) == (None, None)  # one consignment bounds nothing


def test_goods_of_which_nothing_is_known_yet_have_no_time_to_release() -> None:
    (waiting,) = releases(results(result("D1")), decisions(decision("D1", 1.0, 0.5, act="sampling")))
    assert (waiting.consignments, waiting.pending, waiting.median) == (0, 1, None)
