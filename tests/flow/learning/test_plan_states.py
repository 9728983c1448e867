from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from builders import START, an_item, goods
from darvoza.errors import SettingsError
from darvoza.flow.learning.plan_states import plan_states, the_plan
from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.plans.states import Plan

DAY = START.date() + timedelta(days=60)
DAY_BEFORE = START + timedelta(days=59)
CSP = the_plan((1.0, 0.1), (3,), validity=365)


def lodged(*results: tuple[str, float | None] | None, importer: str = "I-1") -> list[dict[str, object]]:
    """A consignment a day: ``None`` not examined, else passed or failed within hours, with the π it was drawn with."""
    rows = []
    for k, result in enumerate(results):
        outcome: dict[str, object] = {}
        if result is not None:
            said, pi = result
            outcome = {"examined": True, "finding": said == "fail"}
            outcome["inclusion_probability"] = None if pi is None else Decimal(str(pi))
            outcome["result_at"] = START + timedelta(days=k, hours=4)
        rows.append(
            {"declaration_id": f"{importer}-{k:03}", "importer_id": importer, "hs": "081310", "origin": "UZ",
             "lodged_at": START + timedelta(days=k), **outcome}
        )  # fmt: skip
    return rows


def states(*rows: dict[str, object], day: date = DAY) -> pl.DataFrame:
    return plan_states(goods(*(an_item(**row) for row in rows)), CSP, code="P", day=day)


def share(*results: tuple[str, float | None] | None, day: date = DAY) -> float:
    return float(states(*lodged(*results), day=day).row(0, named=True)["fraction"])


def test_enough_passes_of_the_census_bring_monitoring() -> None:
    assert share(*[("pass", 1.0)] * 2) == 1.0
    assert share(*[("pass", 1.0)] * 3) == 0.1


def test_a_failure_brings_the_census_back_however_it_was_found() -> None:
    for pi in (0.1, 1.0, None):
        assert share(*[("pass", 1.0)] * 3, ("fail", pi)) == 1.0


def test_passes_for_cause_under_monitoring_do_not_count() -> None:
    ladder = the_plan((1.0, 0.25, 0.05), (2, 3), validity=365)
    start = [("pass", 1.0)] * 2

    def at(*results: tuple[str, float | None] | None) -> float:
        rows = goods(*(an_item(**row) for row in lodged(*start, *results)))
        return float(plan_states(rows, ladder, code="L", day=DAY).row(0, named=True)["fraction"])

    assert at(*[("pass", 1.0)] * 3) == 0.25
    assert at(*[("pass", None)] * 3) == 0.25
    assert at(*[("pass", 0.25)] * 3) == 0.05


def test_what_is_lodged_or_known_on_the_day_or_later_is_not_looked_at() -> None:
    undated = [{**row, "result_at": None} for row in lodged(*[("pass", 1.0)] * 3)]

    def at(days: int) -> float:
        return float(states(*undated, day=START.date() + timedelta(days=days)).row(0, named=True)["fraction"])

    assert at(9) == 1.0, "a result without a date takes a week"
    assert at(10) == 0.1


def test_a_trader_long_silent_starts_anew() -> None:
    assert share(*[("pass", 1.0)] * 3, day=START.date() + timedelta(days=500)) == 1.0


def test_importers_headings_and_origins_stand_apart() -> None:
    other = [{**row, "declaration_id": f"X{k}", "origin": "TJ"} for k, row in enumerate(lodged(("pass", 1.0)))]
    table = states(*lodged(*[("pass", 1.0)] * 3), *lodged(None, importer="I-2"), *other)
    assert dict(table.select(pl.concat_str("importer_id", "origin"), "fraction").iter_rows()) == {
        "I1TJ": 1.0, "I1UZ": 0.1, "I2UZ": 1.0,
    }  # fmt: skip
    assert table.get_column("consignments").to_list() == [1, 3, 1]


def test_a_stream_is_that_of_the_importer_however_his_identifier_is_typed() -> None:
    failed = lodged(*[("pass", 1.0)] * 3, ("fail", 0.1))
    other = [{**row, "declaration_id": f"X{k}"} for k, row in enumerate(lodged(("pass", 1.0), None, importer="i 1"))]
    table = states(*failed, *other)
    assert table.select("importer_id", "fraction", "consignments").rows() == [("I1", 1.0, 6)]


def test_states_kept_before_identifiers_were_folded_go_on_and_of_two_the_stricter() -> None:
    before = [states(*lodged(*results, importer=importer)).with_columns(importer_id=pl.lit(importer))
              for results, importer in (([("pass", 1.0)] * 3, "I-1"), ([("fail", 1.0)], "i 1"))]  # fmt: skip
    rows = goods(*(an_item(**{**row, "lodged_at": START + timedelta(days=61)}) for row in lodged(None, importer="I1")))
    day = DAY + timedelta(days=2)
    one = plan_states(rows, CSP, code="P", day=day, since=before[0])
    assert one.select("importer_id", "fraction", "consignments").rows() == [("I1", 0.1, 4)]
    both = plan_states(rows, CSP, code="P", day=day, since=pl.concat(before))
    assert both.select("importer_id", "fraction", "consignments", "failures").rows() == [("I1", 1.0, 5, 1)]


def kept(plan: Plan, *results: tuple[str, float | None] | None, importer: str) -> pl.DataFrame:
    """The states of an importer, as they were kept before identifiers were folded."""
    table = plan_states(
        goods(*(an_item(**row) for row in lodged(*results, importer=importer))), plan, code="P", day=DAY
    )
    return table.with_columns(importer_id=pl.lit(importer))


@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_spellings_that_are_monitored_the_one_goes_on_that_remembers_a_failure(*, swapped: bool) -> None:
    plan = the_plan((1.0, 0.2), (3,), memory=5, validity=365)
    clear, failed = [("pass", 1.0)] * 3, [*[("pass", 1.0)] * 3, ("fail", 0.2)]
    before = [kept(plan, *clear, importer="I-1"), kept(plan, *failed, importer="i 1")]
    assert [table.select("fraction", "memory").row(0) for table in before] == [(0.2, 0), (0.2, 5)]
    later = [{**row, "lodged_at": START + timedelta(days=61), "result_at": START + timedelta(days=61, hours=4)}
             for row in lodged(("fail", 0.2), importer="I1")]  # fmt: skip
    since = pl.concat(before[::-1] if swapped else before)
    rows = goods(*(an_item(**row) for row in later))
    assert plan_states(rows, plan, code="P", day=DAY + timedelta(days=3), since=since)["fraction"].to_list() == [1.0]


@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_spellings_the_shorter_run_goes_on_and_the_later_day_of_a_pass_that_counted(*, swapped: bool) -> None:
    one, other = (kept(CSP, ("pass", 1.0), importer=importer) for importer in ("I-1", "i 1"))
    day = DAY - timedelta(days=9)
    one = one.with_columns(run=pl.lit(2, pl.Int64), counted=pl.lit(day), last=pl.lit(day))
    since = pl.concat([other, one] if swapped else [one, other])
    none = goods(an_item()).clear()
    met = plan_states(none, CSP, code="P", day=DAY, since=since).row(0, named=True)
    assert (met["run"], met["counted"], met["last"], met["consignments"]) == (1, day, day, 2)


@pytest.mark.parametrize("swapped", [False, True])
def test_goods_drawn_under_the_looser_of_two_spellings_do_not_end_the_census_of_the_stricter(*, swapped: bool) -> None:
    plan = the_plan((1.0, 0.2), (3,), validity=365)
    before = [kept(plan, *[("pass", 1.0)] * 3, importer="I-1"), kept(plan, ("fail", 1.0), importer="i 1")]
    since = pl.concat(before[::-1] if swapped else before)
    drawn = [{**row, "declaration_id": f"X{k}", "lodged_at": DAY_BEFORE, "result_at": DAY_BEFORE + timedelta(days=3)}
             for k, row in enumerate(lodged(*[("pass", 0.2)] * 3, importer="I-1"))]  # fmt: skip
    rows = goods(*(an_item(**row) for row in drawn))
    met = plan_states(rows, plan, code="P", day=DAY + timedelta(days=9), since=since).row(0, named=True)
    assert (met["fraction"], met["run"], met["examined"]) == (1.0, 0, 4 + 3)


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [*lodged(*[("pass", 1.0)] * 3, ("fail", 0.1)), *lodged(("pass", 1.0), importer="I-2")]
    assert states(*rows).equals(states(*rows[::-1]))


def test_two_fractions_make_a_continuous_plan_and_more_a_ladder() -> None:
    assert the_plan((1.0, 0.2), (5,)) == ContinuousPlan(5, 0.2)
    assert the_plan((1.0, 0.2), (5,), memory=4) == ContinuousPlan(5, 0.2, Variant.CSP2, memory=4)
    assert the_plan((1.0, 0.25, 0.05), (5, 20)) == Ladder((1.0, 0.25, 0.05), (5, 20))
    with pytest.raises(SettingsError):
        the_plan((1.0, 0.25, 0.05), (5,))
