"""Reference values: what others declared for the same goods before the month opened."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import polars as pl
import pytest

from builders import Item, an_item, goods, trade
from darvoza.flow.enrichment.enrich import enrich
from darvoza.flow.enrichment.remembered import Remembered

REFERENCE = ("reference_unit_value", "reference_low", "reference_count", "unit_value_z")
TAIL = ("reference_5_percent", "reference_level")
_numbers = count()


def peers(number: int, *, value: float = 10.0, **changes: object) -> list[Item]:
    """Declarations of February, each of another importer unless it is said."""
    return [
        an_item(
            **{
                "declaration_id": f"P{next(_numbers)}",
                "lodged_at": datetime(2026, 2, 1 + k % 28, 8, tzinfo=UTC),
                "importer_id": f"PEER-{next(_numbers)}",
                "customs_value": Decimal(str(value * (1 + k))),
                "net_mass": Decimal(1 + k),
                **changes,
            }
        )
        for k in range(number)
    ]


def compared(rows: list[Item], **changes: object) -> tuple[Any, ...]:
    """Reference facts of an item of March, the rows being its past."""
    facts = enrich(goods(an_item(**changes)), goods(*rows))
    return tuple(facts.select(REFERENCE).row(0))


def compared_at_the_gate(rows: list[Item]) -> tuple[Any, ...]:
    """The same, the past being remembered."""
    facts = enrich(goods(an_item()), Remembered(goods(*rows)))
    return tuple(facts.select(REFERENCE).row(0))


def brute_force(row: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[Any, ...]:
    """One item against all others, one by one; the tail last."""
    opened = row["lodged_at"].date().replace(day=1)
    levels: list[Any] = [
        lambda of: (of["hs"], of["origin"]),
        lambda of: (of["hs"][:6], of["origin"]),
        lambda of: of["hs"][:6],
        lambda of: of["hs"][:4],
    ]
    for number, level in enumerate(levels, start=1):
        others = sorted(
            math.log(other["customs_value"] / other["net_mass"])
            for other in rows
            if level(other) == level(row)
            and other["importer_id"] != row["importer_id"]
            and 0 < (opened - other["lodged_at"].date()).days <= 365
        )
        if len(others) >= 30:
            fifth, low, middle, high = (others[math.floor(p * (len(others) - 1))] for p in (0.05, 0.25, 0.5, 0.75))
            x = math.log(row["customs_value"] / row["net_mass"])
            spread = max((high - low) / 1.349, 0.15)
            return math.exp(middle), math.exp(low), len(others), (x - middle) / spread, math.exp(fifth), number
    return (None,) * 6


def test_references_are_those_of_a_comparison_one_by_one() -> None:
    items = trade(420, 9, days=80)
    rows = items.rows(named=True)
    found = enrich(items).select(*REFERENCE, *TAIL).rows()
    levels = set()
    for row, facts in list(zip(rows, found, strict=True))[::3]:
        expected = brute_force(row, rows)
        levels.add(expected[0] is None)
        assert facts == pytest.approx(expected), row["declaration_id"]
    assert levels == {True, False}, "the trade must show both known and unknown references"


def test_a_unit_value_is_compared_with_its_peers() -> None:
    median, low, number, z = compared(peers(31), customs_value=Decimal(500), net_mass=Decimal(100))
    assert (median, low, number) == pytest.approx((10.0, 10.0, 31))
    assert z == pytest.approx(math.log(5 / 10) / 0.15)


def test_fewer_than_thirty_peers_are_no_reference() -> None:
    assert compared(peers(29)) == (None, None, None, None)
    assert compared(peers(30))[2] == 30


def test_own_declarations_are_left_out() -> None:
    own = peers(40, value=1.0, importer_id="IMP-1")
    assert compared(own) == (None, None, None, None)
    assert compared(own + peers(30))[:3] == pytest.approx((10.0, 10.0, 30))


@pytest.mark.parametrize(
    ("nearest", "wider"),
    [
        ({}, {"hs": "8703231900"}),
        ({"hs": "8703231900"}, {"origin": "GE"}),
        ({"origin": "GE"}, {"hs": "870390", "origin": "GE"}),
    ],
)
def test_the_nearest_cell_with_enough_peers_is_used(nearest: dict[str, Any], wider: dict[str, Any]) -> None:
    # the item is 870323 of CN; only the wider cell holds 30 at 20 beside the 29 at 10
    few, many = peers(29, **nearest), peers(30, value=20.0, **wider)
    assert compared(few + many)[2] == 59
    assert compared([*few, *peers(1, **nearest), *many])[:3] == pytest.approx((10.0, 10.0, 30))


def test_goods_of_another_heading_are_never_peers() -> None:
    assert compared(peers(40, hs="870423")) == (None, None, None, None)


@pytest.mark.parametrize(
    ("lodged", "known"),
    [
        (datetime(2026, 2, 28, 23, tzinfo=UTC), True),
        (datetime(2026, 3, 1, 0, tzinfo=UTC), False),  # of the month itself
        (datetime(2025, 3, 1, 0, tzinfo=UTC), True),  # 365 days before the month opened
        (datetime(2025, 2, 28, 23, tzinfo=UTC), False),
    ],
)
def test_only_the_year_before_the_month_is_compared_with(lodged: datetime, known: bool) -> None:
    assert (compared(peers(30, lodged_at=lodged))[2] is not None) is known


@pytest.mark.parametrize(
    ("amended", "stood"),
    [
        (datetime(2026, 2, 28, 0, tzinfo=UTC), 20.0),
        (datetime(2026, 2, 28, 9, tzinfo=UTC), 20.0),
        (datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC), 20.0),
        (datetime(2026, 3, 1, 0, tzinfo=UTC), 10.0),  # the first version stood when the month opened
        (datetime(2026, 3, 1, 9, tzinfo=UTC), 10.0),
    ],
)
@pytest.mark.parametrize("seen", [compared, compared_at_the_gate])
def test_of_an_amended_declaration_the_version_that_stood_is_a_peer(
    amended: datetime, stood: float, seen: Callable[..., tuple[Any, ...]]
) -> None:
    first = peers(30, lodged_at=datetime(2026, 2, 20, tzinfo=UTC))
    second = [
        row | {"version": 2, "lodged_at": amended, "customs_value": Decimal(str(row["customs_value"])) * 2}
        for row in first
    ]
    assert seen(first + second)[:3] == pytest.approx((stood, stood, 30))


@pytest.mark.parametrize("seen", [compared, compared_at_the_gate])
def test_amending_over_and_over_on_the_last_day_of_a_month_makes_no_peers(
    seen: Callable[..., tuple[Any, ...]],
) -> None:
    cheap = peers(1, value=0.1, lodged_at=datetime(2026, 2, 28, 1, tzinfo=UTC))[0]
    over = [cheap | {"version": 1 + k, "lodged_at": datetime(2026, 2, 28, 1, k % 60, tzinfo=UTC)} for k in range(50)]
    assert seen(peers(60) + over)[:3] == pytest.approx((10.0, 10.0, 61))


def test_peers_without_a_unit_value_do_not_count() -> None:
    assert compared(peers(30) + peers(20, net_mass=None) + peers(20, customs_value=Decimal(0)))[2] == 30


def test_an_item_without_a_unit_value_has_a_reference_and_no_z() -> None:
    median, _, number, z = compared(peers(30), net_mass=None)
    assert (median, number, z) == (pytest.approx(10.0), 30, None)


def test_declarations_of_the_same_month_never_move_a_reference() -> None:
    items = trade(300, 2, days=70)
    before = items.filter(pl.col("lodged_at") < datetime(2026, 5, 1, tzinfo=UTC))
    dearer = items.with_columns(
        pl.when(pl.col("lodged_at") >= datetime(2026, 4, 1, tzinfo=UTC))
        .then(pl.col("customs_value") * 9)
        .otherwise("customs_value")
        .cast(items.schema["customs_value"])
        .alias("customs_value")
    )
    names = REFERENCE[:3]
    assert enrich(items).select(names).head(before.height).equals(enrich(dearer).select(names).head(before.height))
