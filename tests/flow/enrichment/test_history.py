"""History facts: what a slow replay would have known, and nothing of the future."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import START, Item, an_item, goods, trade
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, OUTCOMES, enrich
from flow.enrichment.replay import replay

HOURS = st.sampled_from([0, 1, 2, 24, 24 * 8, 24 * 100, 24 * 365, 24 * 366, 24 * 400])
DELAYS = st.none() | st.sampled_from([0, 1, 24, 24 * 99, 24 * 365])


@st.composite
def histories(draw: st.DrawFn) -> list[Item]:
    """A few declarations among few traders, with and without results, some at the same moment."""
    rows = []
    for number in range(draw(st.integers(1, 10))):
        lodged, delay = START + timedelta(hours=draw(HOURS)), draw(DELAYS)
        rows.append(
            an_item(
                declaration_id=f"D{number}",
                lodged_at=lodged,
                importer_id=draw(st.sampled_from("AB")),
                exporter_id=draw(st.sampled_from(["X", None])),
                declarant_id=draw(st.sampled_from(["B1", "B2", None])),
                vehicle_id=draw(st.sampled_from(["V", None])),
                post=draw(st.sampled_from("PQ")),
                hs=draw(st.sampled_from(["870323", "8703231900", "870324", "080810"])),
                origin=draw(st.sampled_from(["CN", "GE"])),
                examined=draw(st.sampled_from([True, True, False, None])),
                finding=draw(st.sampled_from([True, False, None])),
                result_at=None if delay is None else lodged + timedelta(hours=delay),
            )
        )
    return rows


def assert_same(facts: pl.DataFrame, expected: list[dict[str, Any]]) -> None:
    slow = {(row["declaration_id"], row["item"]): row for row in expected}
    for row in facts.iter_rows(named=True):
        for name, value in slow[row["declaration_id"], row["item"]].items():
            assert row[name] == (pytest.approx(value) if isinstance(value, float) else value), name


@settings(max_examples=40)
@given(histories())
def test_columns_know_what_a_record_by_record_replay_knows(rows: list[Item]) -> None:
    items = goods(*rows)
    assert_same(enrich(items, replay=True), list(replay(items.rows(named=True))))


@settings(max_examples=25)
@given(histories(), histories())
def test_at_the_gate_only_results_of_the_past_are_known(before: list[Item], now: list[Item]) -> None:
    past, items = goods(*before), goods(*(row | {"declaration_id": f"N{row['declaration_id']}"} for row in now))
    without = items.with_columns(pl.lit(None).cast(items.schema[name]).alias(name) for name in OUTCOMES)
    expected = list(replay([*past.rows(named=True), *without.rows(named=True)]))
    assert_same(enrich(items, past), expected)


def test_trade_of_some_size_has_the_same_history_either_way() -> None:
    items = trade(250, 5, days=60, examined=0.4)
    assert_same(enrich(items, replay=True), list(replay(items.rows(named=True))))


@pytest.mark.parametrize("kept", [1, 60, 200, 399])
def test_the_future_never_changes_the_facts_of_earlier_items(kept: int) -> None:
    items = trade(400, 3, days=90, examined=0.5)
    ids = items["declaration_id"].unique(maintain_order=True)[:kept]
    early = items.filter(pl.col("declaration_id").is_in(ids.to_list()))
    whole = enrich(items, replay=True).head(early.height)
    assert whole.equals(enrich(early, replay=True))


def test_a_result_of_the_future_never_changes_facts_before_it_is_known() -> None:
    items = trade(300, 4, days=90, examined=0.5)
    now = START + timedelta(days=45)
    other = items.with_columns(pl.when(pl.col("result_at") < now).then(pl.col("finding")).alias("finding"))
    until = items.filter(pl.col("lodged_at") <= now).height
    assert enrich(items, replay=True).head(until).equals(enrich(other, replay=True).head(until))
    assert not enrich(items, replay=True).equals(enrich(other, replay=True))


def test_without_replay_the_outcomes_of_the_items_themselves_are_not_looked_at() -> None:
    items = trade(300, 6, examined=0.5)
    blind = items.with_columns(pl.lit(None).cast(items.schema[name]).alias(name) for name in OUTCOMES)
    assert enrich(items).equals(enrich(blind))
    assert not enrich(items).equals(enrich(items, replay=True))


def test_history_split_into_past_and_present_is_the_same_history() -> None:
    items = trade(300, 7, days=60, examined=0.5)
    ids = items["declaration_id"].unique(maintain_order=True)[:200].to_list()
    past, present = (
        items.filter(mask) for mask in (pl.col("declaration_id").is_in(ids), ~pl.col("declaration_id").is_in(ids))
    )
    whole = enrich(items, replay=True).tail(present.height)
    assert whole.equals(enrich(present, past.select(HISTORY_COLUMNS), replay=True))


def the_facts(*rows: Item) -> dict[str, Any]:
    """Facts of the last item."""
    return enrich(goods(*rows), replay=True).rows(named=True)[-1]


def later(days: float = 0, **changes: object) -> Item:
    lodged: datetime = START + timedelta(days=days)
    return an_item(declaration_id=f"D{days}", lodged_at=lodged, **changes)


def test_an_unknown_vehicle_has_no_history_at_all() -> None:
    facts = the_facts(later(0, vehicle_id=None), later(1, vehicle_id=None))
    assert {facts[name] for name in facts if name.startswith("vehicle_")} == {None}
    assert facts["importer_items"] == 1


def test_a_trader_is_new_once() -> None:
    assert the_facts(later(0))["importer_is_new"] is True
    assert the_facts(later(0))["importer_age"] is None
    assert the_facts(later(0), later(2.5))["importer_is_new"] is False
    assert the_facts(later(0), later(2.5))["importer_age"] == 2.5
    assert the_facts(later(0, declarant_id=None))["declarant_is_new"] is None


def test_a_finding_counts_for_a_year_and_in_the_rate_for_ever() -> None:
    found = later(0, examined=True, finding=True, result_at=START + timedelta(days=1))
    assert the_facts(found, later(366))["importer_findings_12m"] == 1
    facts = the_facts(found, later(366.5))
    assert (facts["importer_findings_12m"], facts["importer_examined_12m"]) == (0, 0)
    base = (1 + 5 * 0.05) / 6
    assert facts["importer_finding_rate"] == pytest.approx((1 + 5 * base) / 6)


def test_a_result_without_a_date_is_known_a_week_after_lodging() -> None:
    found = later(0, examined=True, finding=True)
    assert the_facts(found, later(7))["importer_findings_12m"] == 0
    assert the_facts(found, later(7.01))["importer_findings_12m"] == 1
