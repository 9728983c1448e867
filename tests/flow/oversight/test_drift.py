"""Drift on the random floor: quiet when quiet, an alarm that says where, and no number where results are too few."""

from datetime import datetime
from functools import cache

import numpy as np
import polars as pl
import pytest

from darvoza.cli.report.drift_words import summary
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.oversight.drift import drift
from darvoza.flow.oversight.drift_records import Drift, Watch
from darvoza.flow.oversight.drift_sample import floor_sample
from darvoza.methods.drift.stability import WATCH
from flow.oversight.drifting_world import START, Year, a_year


@cache
def seen(year: Year) -> Drift:
    return drift(*a_year(year), watch=Watch())


def _day(moment: datetime) -> float:
    return (moment - START).total_seconds() / 86_400


CHANGED = Year(seed=5, change=180)


def test_two_schemes_that_move_no_field_raise_alarms_that_say_where_and_since_when() -> None:
    found = seen(CHANGED)
    late = [(chart, alarm) for chart, alarm in found.alarms if _day(alarm.raised) > 180]
    assert all(shift.moved_by < WATCH / 5 for shift in found.moved)
    assert {chart.by for chart, _ in late} >= {"chapter"}
    guilty = _guilty(CHANGED)
    first = {chart.group: alarm for chart, alarm in reversed(late) if chart.by == "chapter" and chart.group in guilty}
    assert set(first) == guilty
    for alarm in first.values():
        assert 180 < _day(alarm.raised) < 180 + 90
        assert abs(_day(alarm.since) - 180) < 45
        assert alarm.low > 1
        assert alarm.findings > 2 * alarm.expected
    assert found.model.verdict in {"refit", "fall back"}
    assert "alarm" in found.model.why


def _guilty(year: Year) -> set[str]:
    """Chapters in which findings rose most after the change."""
    decisions, items = a_year(year)
    rows = items.join(decisions.select("declaration_id", "score", "lodged_at"), on="declaration_id")
    late = rows.filter("examined").filter((pl.col("lodged_at") - START).dt.total_days() >= year.change)
    apart = late.group_by(pl.col("hs").str.slice(0, 2)).agg((pl.col("finding") - pl.col("score")).mean())
    return set(apart.sort("finding", descending=True)["hs"].head(2))


def test_in_quiet_years_alarms_keep_the_rate_that_was_accepted() -> None:
    alarms = sum(len(seen(Year(seed=seed, declarations=8_000)).alarms) for seed in range(20, 28))
    assert alarms <= 9  # eight years at one in two: four expected, and more than nine less than once in a hundred times


def test_the_false_alarms_expected_of_all_charts_add_up_to_what_was_accepted() -> None:
    found, watch = seen(CHANGED), Watch()
    drawn = [chart for chart in found.charts if chart.why_not is None]
    days = max(_day(chart.known_at[-1]) for chart in drawn) - min(_day(chart.known_at[0]) for chart in drawn)
    expected = sum(chart.results / chart.run_length for chart in drawn) * 365.25 / days
    assert expected == pytest.approx(watch.false_alarms, rel=1e-6)


def test_a_score_that_is_far_too_sure_is_to_be_taken_out_of_use() -> None:
    found = seen(Year(seed=2, declarations=12_000, stretch=3.0))
    assert found.model.verdict == "fall back"
    assert "worse-than-base-rate" in found.model.why
    assert found.model.slope is not None
    assert found.model.slope.high < 0.5


def test_calibration_recovers_what_the_score_was_stretched_by() -> None:
    found = seen(Year(seed=4, stretch=0.5))
    assert found.model.slope is not None
    assert found.model.slope.low < 2.0 < found.model.slope.high


def test_with_few_results_nothing_is_made_up() -> None:
    found = seen(Year(seed=3, declarations=2_000, epsilon=0.01))
    assert found.results < 30
    assert {chart.why_not for chart in found.charts} == {"too few"}
    assert found.model.verdict == "too few"
    assert found.model.slope is None
    assert all(month.line is None and month.why_not == "too few" for month in found.months)
    assert all(one.rate is None for one in found.expectations if one.sample == "random")


def test_months_whose_results_are_still_coming_in_are_called_incomplete() -> None:
    found = seen(Year(seed=6, delay=10, declarations=12_000))
    assert found.months[-1].why_not == "incomplete"
    assert found.months[0].why_not != "incomplete"
    assert found.share_known < 0.95


def test_only_what_chance_asked_for_is_counted() -> None:
    decisions, items = a_year(CHANGED)
    sample = floor_sample(decisions, items)
    asked = decisions.filter(pl.col("u") < CHANGED.epsilon)["declaration_id"]
    assert set(sample.results["declaration_id"]) == set(asked)
    assert set(sample.results["weight"].unique()) == {1 / CHANGED.epsilon}
    assert sample.results["known_at"].is_sorted()


def test_results_of_an_older_policy_count_with_one_chance_for_all() -> None:
    decisions, items = a_year(Year(seed=8))
    rng, n = np.random.default_rng(8), items.height
    chance = np.where(rng.random(n) < 0.3, 0.5, 0.1)
    stated = items.with_columns(examined=pl.Series(rng.random(n) < chance), inclusion_probability=pl.Series(chance))
    sample = floor_sample(decisions, stated)
    assert sample.results.height == pytest.approx(0.1 * n, rel=0.05)
    high = sample.results.join(stated.select("declaration_id", c="inclusion_probability"), on="declaration_id").filter(
        pl.col("c") > 0.3
    )
    assert high.height == pytest.approx(0.3 * 0.1 * n, rel=0.1)


def test_results_come_by_nobody_knows_how_are_counted_and_left_aside() -> None:
    decisions, items = a_year(Year(seed=8, declarations=4_000))
    n = items.height
    mixed = items.with_columns(
        examined=pl.Series(np.arange(n) < 500), finding=pl.lit(value=False),
        inclusion_probability=pl.Series([0.2 if i < 100 else None for i in range(n)], dtype=pl.Float64),
    )  # fmt: skip
    assert floor_sample(decisions, mixed).aside == 400


def test_the_answer_does_not_depend_on_the_order_of_rows() -> None:
    year = Year(seed=3, declarations=3_000)
    decisions, items = a_year(year)
    assert drift(decisions.reverse(), items.reverse(), watch=Watch()) == drift(decisions, items, watch=Watch())


def test_runs_without_a_score_are_refused() -> None:
    decisions, items = a_year(Year(declarations=100))
    with pytest.raises(OutputError, match="assess with --model"):
        drift(decisions.with_columns(score=pl.lit(None, pl.Float64)), items, watch=Watch())


@pytest.mark.parametrize("wrong", [{"false_alarms": 0.0}, {"odds_ratio": 1.0}, {"fewest": 5}])
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        Watch(**wrong)  # type: ignore[arg-type] # wrong on purpose


def own(decisions: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """The results of the run with its π beside them, as intake keeps it: to six decimals."""
    chances = decisions.select("declaration_id", inclusion_probability=pl.col("probability").round(6))
    beside = items.join(chances, on="declaration_id", how="left", maintain_order="left")
    return beside.with_columns(pl.when("examined").then("inclusion_probability").alias("inclusion_probability"))


def test_the_chance_of_the_run_beside_its_own_results_changes_nothing() -> None:
    decisions, items = a_year(Year(seed=8, declarations=6_000))
    uneven = pl.Series(np.random.default_rng(8).uniform(0.1, 0.9, decisions.height))
    decisions = decisions.with_columns(probability=uneven).with_columns(selected=pl.col("u") < pl.col("probability"))
    items = items.drop("examined").join(decisions.select("declaration_id", examined="selected"), on="declaration_id")
    plain, stated = (floor_sample(decisions, known) for known in (items, own(decisions, items)))
    columns = ["declaration_id", "found", "weight"]
    assert stated.results.select(columns).equals(plain.results.select(columns))
    assert stated.aside == plain.aside == 0


def test_one_result_with_another_chance_sets_no_result_of_the_run_aside() -> None:
    decisions, items = a_year(Year(seed=8, declarations=6_000))
    other = (~decisions["selected"]).arg_true()[0]
    row = pl.int_range(pl.len()) == other
    mixed = items.with_columns(
        examined=pl.col("examined") | row, inclusion_probability=pl.when(row).then(pl.lit(0.05)),
    )  # fmt: skip
    assert floor_sample(decisions, mixed).results.height == floor_sample(decisions, items).results.height
    assert floor_sample(decisions, mixed).aside == 1


def test_results_still_to_come_are_missed_though_one_states_another_chance() -> None:
    decisions, items = a_year(Year(seed=8, declarations=6_000))
    few = items.with_columns(pl.col("examined") & (pl.int_range(pl.len()) % 5 < 2))
    other = (~decisions["selected"]).arg_true()[0]
    row = pl.int_range(pl.len()) == other
    mixed = few.with_columns(examined=pl.col("examined") | row, inclusion_probability=pl.when(row).then(pl.lit(0.05)))
    assert drift(decisions, mixed, watch=Watch()).share_known == pytest.approx(0.4, abs=0.1)


def test_goods_that_are_not_in_the_files_of_results_move_no_field() -> None:
    decisions, items = a_year(Year(seed=3, declarations=4_000))
    whole = drift(decisions, items, watch=Watch())
    late = decisions.select("declaration_id", "lodged_at").filter(pl.col("lodged_at").dt.month() > 10)
    some = items.join(late, on="declaration_id", how="semi")
    part = drift(decisions, pl.concat([items.head(600), some]), watch=Watch())
    assert (whole.declared, part.declared) == (4_000, 600 + some.height)
    assert {shift.field for shift in part.moved} >= {"p", "post", "chapter", "origin"}
    assert all(shift.moved_by < WATCH for shift in part.moved)
    (told,) = (line for line in summary(part, Watch()) if line.startswith("goods of "))
    assert told.startswith(
        f"goods of {part.declared:,} of 4,000 declarations are in the files of results; customs value, HS chapter"
    )


def test_results_of_another_policy_are_told_apart_from_those_of_the_run() -> None:
    decisions, items = a_year(Year(seed=4, declarations=4_000))
    foreign = items.with_columns(inclusion_probability=pl.lit(0.031))
    found = drift(decisions, foreign, watch=Watch())
    assert found.foreign == found.results > 0
    assert f"{found.foreign:,} of these results were not drawn by the run" in "\n".join(summary(found, Watch()))
    assert drift(decisions, items, watch=Watch()).foreign == 0
