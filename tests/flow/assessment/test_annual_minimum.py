"""What is owed of a least share of the year is counted and brought."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from builders import START, an_item, goods
from darvoza.domain.codes import Act, Agency
from darvoza.domain.profile import Validity
from darvoza.domain.sps.measure import Measure, MeasureKind, MeasureScope
from darvoza.flow.assessment.annual_minimum import counts, owed_profiles, stands
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.measures import measure_profiles
from darvoza.flow.enrichment.enrich import Sources, enrich

DAY = START.date() + timedelta(days=30)


def a_minimum(**changes: object) -> Measure:
    made: dict[str, object] = {
        "code": "Q-1", "title": "Onions", "agency": Agency.PHYTOSANITARY, "kind": MeasureKind.FREQUENCY,
        "scope": MeasureScope(goods=("0703",)), "legal_basis": "Order 1", "start": date(DAY.year, 1, 1),
        "acts": ((Act.PHYSICAL, Decimal("0.2")),), "yearly": 100, **changes,
    }  # fmt: skip
    return Measure(**made)  # type: ignore[arg-type]


def counted(
    *rows: dict[str, object], day: date = DAY, measure: Measure | None = None, act: str = "physical",
    agency: str = "phytosanitary", after: timedelta = timedelta(minutes=1),
) -> pl.DataFrame:  # fmt: skip
    """Count goods of which those `examined` have a result of that act and service."""
    items = goods(*(an_item(**row) for row in rows))
    facts = enrich(items, sources=Sources(), replay=True)
    looked = items.filter(pl.col("examined"))
    results = looked.select(
        "declaration_id", "item", agency=pl.lit(agency), act=pl.lit(act), result_at=pl.col("lodged_at") + after
    )
    return counts(items, facts, [measure or a_minimum()], day=day, results=results)


def onions(n: int, *, examined: int, start: int = 0, hs: str = "070310") -> list[dict[str, object]]:
    return [
        {"declaration_id": f"D-{start + k:04}", "hs": hs, "lodged_at": START + timedelta(hours=start + k),
         "examined": k < examined, "finding": False if k < examined else None}
        for k in range(n)
    ]  # fmt: skip


def test_only_goods_of_the_measure_count_each_declaration_once() -> None:
    two_items = {**onions(1, examined=1)[0], "item": 2}
    table = counted(*onions(40, examined=4), two_items, *onions(5, examined=5, start=40, hs="870323"))
    assert table.rows() == [("Q-1", DAY, 0.2, 40, 4, 60, 0)]


@pytest.mark.parametrize(
    "other", [{"act": "documentary"}, {"act": "identity"}, {"agency": "customs"}, {"after": timedelta(days=60)}]
)
def test_only_the_act_of_the_service_known_on_the_day_counts(other: dict[str, object]) -> None:
    assert counted(*onions(40, examined=4)).row(0)[3:] == (40, 4, 60, 0)
    assert counted(*onions(40, examined=4), **other).row(0)[3:] == (40, 0, 60, 4)  # type: ignore[arg-type]


def test_an_examination_of_which_nobody_says_the_act_is_told_and_not_counted() -> None:
    items = goods(*(an_item(**row) for row in onions(40, examined=4)))
    facts = enrich(items, sources=Sources(), replay=True)
    assert counts(items, facts, [a_minimum()], day=DAY).row(0)[3:] == (40, 0, 60, 4)


def test_a_result_on_another_item_of_the_declaration_does_not_count() -> None:
    other = {**onions(1, examined=1)[0], "item": 2, "hs": "870323"}
    onion = {**onions(1, examined=0)[0], "item": 1}
    assert counted(onion, other).row(0)[3:] == (1, 0, 99, 0)


def test_only_imports_count() -> None:
    rows = [{**row, "flow": flow} for row, flow in zip(onions(4, examined=4), ("I", "E", "T", None), strict=True)]
    assert counted(*rows).row(0)[3:] == (2, 2, 98, 0)


def test_what_comes_on_the_day_or_later_or_came_in_another_year_is_not_counted() -> None:
    rows = onions(40, examined=4)
    assert counted(*rows, day=START.date()).row(0)[3:] == (0, 0, 100, 0)
    assert counted(*rows, day=date(START.year + 1, 1, 1)).row(0)[3:] == (0, 0, 100, 0)


def test_what_is_owed_becomes_a_floor_until_the_end_of_the_year() -> None:
    table = counted(*onions(40, examined=4))
    (profile,) = owed_profiles([a_minimum()], table)
    assert (profile.code, profile.treatment.act, profile.treatment.share) == (
        "Q-1:owed",
        Act.PHYSICAL,
        Decimal("0.266667"),
    )
    assert (profile.valid.start, profile.valid.end) == (DAY, date(DAY.year, 12, 31))
    assert profile.title == f"Onions: 4 of 40 examined in {DAY.year}, 4 owed"
    assert profile.sentence == "hs starts with 0703 and flow is I"


def test_what_is_owed_on_imports_is_brought_by_imports_only_and_by_goods_whose_direction_is_unknown() -> None:
    (profile,) = owed_profiles(
        [a_minimum(scope=MeasureScope(goods=("0703",), flows=("I", "T")))], counted(*onions(40, examined=4))
    )
    rows = [{**row, "flow": flow} for row, flow in zip(onions(4, examined=0), ("I", "E", "T", None), strict=True)]
    facts = enrich(goods(*(an_item(**row) for row in rows)), sources=Sources(), replay=True)
    met = ColumnsExecutor([replace(profile, valid=Validity(START.date(), DAY))]).match(facts)
    assert met.rows.tolist() == [0, 3]


def test_nothing_is_added_where_nothing_is_owed_or_the_measure_has_ended() -> None:
    assert owed_profiles([a_minimum()], counted(*onions(40, examined=30))) == ()
    behind = counted(*onions(40, examined=0))
    assert owed_profiles([a_minimum(end=DAY - timedelta(days=1))], behind) == ()
    assert owed_profiles([a_minimum(code="Q-2")], behind) == ()


def test_a_minimum_that_cannot_be_met_asks_for_everything() -> None:
    table = counted(*onions(99, examined=0))
    assert not stands(table.row(0, named=True)).attainable
    assert owed_profiles([a_minimum()], table)[0].treatment.share == 1


@pytest.mark.parametrize("seed", range(5))
def test_a_year_counted_every_month_ends_with_its_minimum(seed: int) -> None:
    """Officers carry out only half of what the share itself asks for until October; the rest of the year makes it up."""
    rng, taken, arrived, share = np.random.default_rng(seed), 0, 0, 0.2
    for month in range(1, 13):
        table = pl.DataFrame(
            [("Q-1", date(2026, month, 1), share, arrived, taken, 1200 - arrived)],
            schema=["profile", "day", "share", "arrived", "taken", "expected"], orient="row",
        )  # fmt: skip
        owed = owed_profiles([a_minimum(yearly=1200)], table)
        asked = float(owed[0].treatment.share) if owed else share
        done = rng.random(100) < (asked / 2 if month < 10 else asked)
        taken, arrived = taken + int(done.sum()), arrived + 100
    assert taken / arrived > 0.9 * share  # the share alone would bring 0.125


@pytest.mark.parametrize(("flows", "owed"), [((), ("I",)), (("I", "T"), ("I",)), (("T",), ("T",))])
def test_a_minimum_is_owed_by_imports_and_one_that_was_kept_without_them_by_what_it_names(
    flows: tuple[str, ...], owed: tuple[str, ...]
) -> None:
    (made,) = owed_profiles(
        [a_minimum(scope=MeasureScope(goods=("0703",), flows=flows))], counted(*onions(40, examined=0))
    )
    (same,) = measure_profiles([a_minimum(scope=MeasureScope(goods=("0703",), flows=owed))])
    assert made.condition == same.condition
