"""What is lodged at one moment, by a file of days or a machine within a second, is seen in the order of intake."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from builders import START, Item, an_item, goods
from darvoza.domain.fact_settings import FactSettings, ValueLimit
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, Sources, enrich
from darvoza.flow.enrichment.remembered import Remembered

LIMITED = Sources(FactSettings(limits=(ValueLimit("exemption", Decimal(1000), source="a test"),)))
FACTS = ("split_below_limit", "importer_declarations_72h", "importer_value_72h", "twin_items_72h")
Seen = Callable[[Sequence[Item]], list[tuple[object, ...]]]


def parts(number: int, apart: timedelta = timedelta(0), **changes: object) -> list[Item]:
    """Declarations of one importer, each below the limit."""
    return [
        an_item(declaration_id=f"D{k}", lodged_at=START + k * apart, **{"customs_value": Decimal(900), **changes})
        for k in range(number)
    ]


def at_once(rows: Sequence[Item]) -> list[tuple[object, ...]]:
    return enrich(goods(*rows), sources=LIMITED).select(FACTS).rows()


def one_by_one(rows: Sequence[Item]) -> list[tuple[object, ...]]:
    known, told = Remembered(goods().select(HISTORY_COLUMNS)), []
    for row in rows:
        present = goods(row)
        told += enrich(present, known, sources=LIMITED).select(FACTS).rows()
        known.enter(present.select(HISTORY_COLUMNS))
    return told


@pytest.mark.parametrize("seen", [at_once, one_by_one])
@pytest.mark.parametrize("apart", [timedelta(0), timedelta(milliseconds=3), timedelta(seconds=1)])
def test_parts_of_one_consignment_are_found_however_close_they_are_lodged(seen: Seen, apart: timedelta) -> None:
    assert seen(parts(4, apart)) == [
        (False, 0.0, 0.0, 0.0),
        (True, 1.0, 900.0, 1.0),
        (True, 2.0, 1800.0, 2.0),
        (True, 3.0, 2700.0, 3.0),
    ]


@pytest.mark.parametrize("seen", [at_once, one_by_one])
def test_items_and_versions_of_one_declaration_are_no_parts(seen: Seen) -> None:
    whole = parts(1) + [row | {"item": 2} for row in parts(1)]
    assert at_once(whole) == [(False, 0.0, 0.0, 0.0)] * 2
    amended = [*parts(1), *(row | {"version": 2} for row in parts(1))]
    assert seen(amended) == [(False, 0.0, 0.0, 0.0)] * 2


@pytest.mark.parametrize("seen", [at_once, one_by_one])
def test_an_amendment_of_the_same_moment_makes_no_second_part(seen: Seen) -> None:
    first, second = parts(2)
    assert seen([first, first | {"version": 2}, second])[-1] == (True, 1.0, 900.0, 1.0)


@pytest.mark.parametrize("seen", [at_once, one_by_one])
def test_declarations_of_others_are_no_parts(seen: Seen) -> None:
    first, second = parts(2)
    assert seen([first | {"importer_id": "IMP-2"}, second])[-1] == (False, 0.0, 0.0, 1.0)
