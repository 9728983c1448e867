"""History facts: what a slow replay would have known, and nothing of the future."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import START, Item, an_item, goods, trade
from darvoza.domain.fact_settings import FactSettings, ValueLimit
from darvoza.domain.facts import HISTORY
from darvoza.flow.enrichment import inquiry, keys, side_by_side
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, OUTCOMES, Sources, enrich, enrich_few
from darvoza.flow.enrichment.remembered import Remembered
from flow.enrichment.replay import replay

HOURS = st.sampled_from([0, 1, 2, 24, 71, 72, 24 * 8, 24 * 89, 24 * 90, 24 * 365, 24 * 366, 24 * 800])
DELAYS = st.none() | st.sampled_from([0, 1, 24, 24 * 99, 24 * 365])
BOXES = ("CSQU3054383", "MSKU1234565")
LIMITS = (
    ValueLimit("exemption", Decimal(1000), source="a test"),
    ValueLimit("declaration", Decimal(2500), date(2026, 3, 3), date(2027, 12, 31), source="a test"),
)
HOUSE = FactSettings(half_life_days=30, limits=LIMITS, time_zone="Asia/Bishkek")
WITH_HOUSE = Sources(HOUSE)


def one_item(draw: st.DrawFn, head: Item, number: int) -> Item:
    lodged, delay = head["lodged_at"], draw(DELAYS)
    assert isinstance(lodged, datetime)
    return an_item(
        **head,
        item=number,
        hs=draw(st.sampled_from(["870323", "8703231900", "870324", "080810"])),
        origin=draw(st.sampled_from(["CN", "GE"])),
        customs_value=draw(st.sampled_from([Decimal(950), Decimal(1050), Decimal(2400), None])),
        net_mass=draw(st.sampled_from([Decimal(100), Decimal(7)])),
        examined=draw(st.sampled_from([True, True, False, None])),
        finding=draw(st.sampled_from([True, False, None])),
        result_at=None if delay is None else lodged + timedelta(hours=delay),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Item]:
    """A few declarations among few traders, some amended, some at the same moment, with and without results."""
    rows: list[Item] = []
    for number in range(draw(st.integers(1, 7))):
        for version in range(1, draw(st.sampled_from([1, 1, 2, 3])) + 1):
            head: Item = {
                "declaration_id": f"D{number}",
                "version": None if version == 1 and number % 2 else version,
                "lodged_at": START + timedelta(hours=draw(HOURS)),
                "importer_id": draw(st.sampled_from("AB")),
                "exporter_id": draw(st.sampled_from(["X", None])),
                "declarant_id": draw(st.sampled_from(["B1", "B2", None])),
                "carrier_id": draw(st.sampled_from(["C1", None])),
                "vehicle_id": draw(st.sampled_from(["V", None])),
                "export_country": draw(st.sampled_from(["CN", "AE", None])),
                "post": draw(st.sampled_from("PQ")),
                "border_post": draw(st.sampled_from(["P", "R", None])),
                "container_ids": draw(st.none() | st.lists(st.sampled_from(BOXES), max_size=2, unique=True)),
            }
            rows += [one_item(draw, head, item) for item in range(1, draw(st.integers(1, 2)) + 1)]
    return rows


def identity(row: dict[str, Any]) -> tuple[object, ...]:
    return row["declaration_id"], row["version"], row["item"]


def assert_same(facts: pl.DataFrame, expected: list[dict[str, Any]]) -> None:
    slow = {identity(row): row for row in expected}
    for row in facts.iter_rows(named=True):
        for name, value in slow[identity(row)].items():
            close = pytest.approx(value, rel=1e-6, abs=1.1e-6) if isinstance(value, float) else value
            assert row[name] == close, (name, identity(row))


def test_the_slow_replay_knows_every_history_fact() -> None:
    (facts,) = replay([an_item()], HOUSE)
    assert set(facts) == {fact.name for fact in HISTORY} | {"declaration_id", "version", "item"}


@settings(max_examples=40, deadline=None)
@given(histories())
def test_columns_know_what_a_record_by_record_replay_knows(rows: list[Item]) -> None:
    items = goods(*rows)
    assert_same(enrich(items, sources=WITH_HOUSE, replay=True), list(replay(items.rows(named=True), HOUSE)))


@settings(max_examples=15, deadline=None)
@given(histories(), histories())
def test_at_the_gate_only_results_of_the_past_are_known(before: list[Item], now: list[Item]) -> None:
    past, items = goods(*before), goods(*(row | {"declaration_id": f"N{row['declaration_id']}"} for row in now))
    without = items.with_columns(pl.lit(None).cast(items.schema[name]).alias(name) for name in OUTCOMES)
    expected = list(replay([*past.rows(named=True), *without.rows(named=True)], HOUSE))
    assert_same(enrich(items, past, sources=WITH_HOUSE), expected)


@settings(max_examples=15, deadline=None)
@given(histories(), st.data())
def test_an_item_that_is_among_the_past_and_the_present_counts_once(rows: list[Item], data: st.DataObject) -> None:
    items = goods(*rows)
    again = items.filter(pl.Series([data.draw(st.booleans()) for _ in range(items.height)]))
    whole = enrich(items, sources=WITH_HOUSE, replay=True)
    assert enrich(items, again, sources=WITH_HOUSE, replay=True).equals(whole)
    assert enrich(items, items, sources=WITH_HOUSE).equals(whole), (
        "outcomes noted in the past are known, each from its moment"
    )


@settings(max_examples=15, deadline=None)
@given(histories(), st.integers(0, 12))
def test_all_kinds_in_one_log_say_what_each_says_by_itself(rows: list[Item], cut: int) -> None:
    items = goods(*rows)
    past, present = items[:cut], items[cut:]
    together = enrich(present, past, sources=WITH_HOUSE)
    remembered = enrich(present, Remembered(past.select(HISTORY_COLUMNS)), sources=WITH_HOUSE)
    with pytest.MonkeyPatch.context() as patched:
        for module in (inquiry, keys, side_by_side):
            patched.setattr(module, "FEW", -1)
        assert enrich(present, past, sources=WITH_HOUSE).equals(together)
        assert enrich(present, Remembered(past.select(HISTORY_COLUMNS)), sources=WITH_HOUSE).equals(remembered)


def test_trade_of_some_size_has_the_same_history_either_way() -> None:
    items = trade(160, 5, days=60, examined=0.4, amended=0.1)
    assert_same(enrich(items, sources=WITH_HOUSE, replay=True), list(replay(items.rows(named=True), HOUSE)))


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


@pytest.mark.parametrize(
    "plate", ["01 kg-777 авс", "01KG777АВС", "01.KG.777.ABC", "０１ＫＧ７７７ＡＢＣ"]
)  # two alphabets, wide
def test_a_vehicle_keeps_its_history_however_its_plate_is_typed(plate: str) -> None:
    facts = the_facts(later(0, vehicle_id="01KG777ABC"), later(1, vehicle_id=plate))
    assert facts["vehicle_items"] == 1
    assert the_facts(later(0, vehicle_id="-"), later(1, vehicle_id="-"))["vehicle_items"] is None


@pytest.mark.parametrize("typed", ["kg-1", "КG 1", " KG1"])  # the second begins with a Cyrillic letter
def test_a_trader_keeps_the_history_of_goods_that_were_taken_in_before_identifiers_were_folded(typed: str) -> None:
    of = {"importer": "importer_id", "exporter": "exporter_id", "declarant": "declarant_id", "carrier": "carrier_id"}
    found = {"examined": True, "finding": True}
    earlier = later(0, **found, **dict.fromkeys(of.values(), typed))
    facts = the_facts(earlier, later(9, **dict.fromkeys(of.values(), "KG1")))
    assert [facts[f"{trader}_findings_12m"] for trader in of] == [1] * 4
    again = the_facts(earlier, later(9, **dict.fromkeys(of.values(), typed)))
    told = facts.keys() - set(of)
    assert {name: again[name] for name in told} == {name: facts[name] for name in told}, "and goods of an old decision"


def test_few_goods_find_the_history_of_a_trader_as_many_do() -> None:
    rows = goods(later(0, importer_id="kg-1"), later(1, importer_id="?"), later(2, importer_id="КG 1"))
    present = goods(later(9, importer_id="KG1"), later(10, importer_id="?"))
    columns = enrich(present, rows)
    few = enrich_few(present, rows).frame
    assert columns.get_column("importer_items").to_list() == [2, 1]
    assert few.get_column("importer_items").to_list() == [2, 1]


def test_a_limit_is_in_force_from_the_local_day_on() -> None:
    limit = ValueLimit("exemption", Decimal(1000), source="a test", since=date(2026, 3, 1))
    small = {"customs_value": Decimal(950)}
    rows = [
        an_item(declaration_id=f"D{n}", lodged_at=datetime(2026, 2, 28, 20 + n, tzinfo=UTC), **small) for n in range(2)
    ]  # 02:00 and 03:00 of 1 March in Bishkek
    names = ["limit_margin", "split_below_limit", "importer_below_limit_12m"]
    found = {}
    for zone in (None, "Asia/Bishkek"):
        sources = Sources(FactSettings(time_zone=zone, limits=(limit,)))
        found[zone] = enrich(goods(*rows), replay=True, sources=sources)[names].row(1)
    assert found == {None: (None, False, 0), "Asia/Bishkek": (pytest.approx(0.05), True, 1)}


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


def test_an_amended_declaration_is_counted_in_the_version_that_stood() -> None:
    first = later(0, customs_value=Decimal(500))
    second = first | {"version": 2, "lodged_at": START + timedelta(days=1), "importer_id": "IMP-2"}
    before, after = later(0.5), later(1.5)
    facts = {row["declaration_id"]: row for row in enrich(goods(first, second, before, after)).rows(named=True)}
    assert facts["D0.5"]["importer_items"] == 1
    assert facts["D0.5"]["importer_value_72h"] == 500
    assert facts["D1.5"]["importer_items"] == 1, "the amended one is another importer's now; the one before stays"
    assert facts["D1.5"]["importer_age"] == 1.5, "that it was seen is not taken back"


def test_an_amendment_never_sees_its_own_earlier_version_nor_the_result_of_it() -> None:
    found = later(0, examined=True, finding=True, result_at=START + timedelta(hours=1))
    amended = found | {"version": 2, "lodged_at": START + timedelta(days=1), "customs_value": Decimal(800)}
    rows = enrich(goods(found, amended, later(2)), replay=True).rows(named=True)
    own = rows[1]
    assert (own["importer_items"], own["importer_findings_12m"], own["importer_findings"]) == (0, 0, 0)
    assert own["importer_is_new"] is True
    assert own["importer_findings_recent"] == 0
    assert own["amended_value_ratio"] == pytest.approx(0.8)
    assert rows[2]["importer_findings_12m"] == 1, "noted on both versions, it is one finding"


def test_an_amendment_does_not_wash_a_finding_away() -> None:
    found = later(0, examined=True, finding=True, result_at=START + timedelta(hours=1))
    nothing = {"examined": None, "finding": None, "result_at": None}
    amended = found | {"version": 2, "lodged_at": START + timedelta(days=1)} | nothing
    assert enrich(goods(found, amended, later(2)), replay=True).rows(named=True)[2]["importer_findings"] == 1


def test_fading_counters_halve_with_the_half_life_of_the_settings() -> None:
    found = later(0, examined=True, finding=True, result_at=START + timedelta(days=1))
    items = goods(found, later(31))
    facts = enrich(items, sources=Sources(FactSettings(half_life_days=30)), replay=True).rows(named=True)[1]
    assert facts["importer_findings_recent"] == pytest.approx(0.5, abs=1e-6)
    assert facts["importer_items_recent"] == pytest.approx(2 ** (-31 / 30), abs=1e-6)
    longer = enrich(items, sources=Sources(FactSettings(half_life_days=60)), replay=True).rows(named=True)[1]
    assert longer["importer_findings_recent"] == pytest.approx(2 ** (-30 / 60), abs=1e-6)
    assert longer["importer_findings"] == facts["importer_findings"] == 1


def test_the_number_of_threads_changes_nothing() -> None:
    items = trade(120, 8, examined=0.5, amended=0.1)
    assert enrich(items, replay=True, threads=1).equals(enrich(items, replay=True, threads=4))


def test_facts_that_are_not_wanted_are_not_made_and_change_none_of_the_others() -> None:
    items = trade(80, 9, examined=0.5)
    wanted = ["importer_is_new", "hs6_origin_rarity", "unit_value_z", "origin", "sps_agencies"]
    some = enrich(items, only=wanted, replay=True)
    assert set(some.columns) == {"declaration_id", "item", *wanted}
    assert some.equals(enrich(items, replay=True).select(some.columns))
