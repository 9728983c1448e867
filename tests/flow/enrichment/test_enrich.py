"""Facts of a goods item: every one of the catalogue, right where known and unknown where not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from builders import Item, an_item, goods, trade
from darvoza.domain.facts import CATALOGUE, DECLARED, FIELD_OF_FACT, FactType
from darvoza.flow.enrichment.enrich import enrich


def the_facts(*rows: Item) -> dict[str, Any]:
    """Facts of the first item."""
    return enrich(goods(*rows)).rows(named=True)[0]


def test_the_facts_are_those_of_the_catalogue_and_nothing_else() -> None:
    facts = enrich(trade(20, 1))
    assert facts.columns[:2] == ["declaration_id", "item"]
    assert sorted(facts.columns[2:]) == sorted(fact.name for fact in CATALOGUE)


def test_every_fact_has_a_type_its_sentences_can_use() -> None:
    facts = enrich(trade(20, 1)).schema
    expected: dict[FactType, set[pl.DataType]] = {
        FactType.HS: {pl.String()},
        FactType.CODE: {pl.String()},
        FactType.TEXT: {pl.String()},
        FactType.NUMBER: {pl.Float64(), pl.Int64(), pl.Decimal(38, 6)},
        FactType.DATE: {pl.Date()},
        FactType.FLAG: {pl.Boolean()},
        FactType.CODES: {pl.List(pl.String)},
    }
    assert {fact.name: facts[fact.name] for fact in CATALOGUE if facts[fact.name] not in expected[fact.type]} == {}


def test_items_keep_their_number_and_order() -> None:
    items = trade(40, 2)
    assert enrich(items).select("declaration_id", "item").equals(items.select("declaration_id", "item"))


def test_declared_facts_are_the_declared_values() -> None:
    items = trade(40, 2)
    facts = enrich(items)
    for fact in DECLARED:
        if fact.name not in ("lodged_on", "dispatched_on"):
            assert facts[fact.name].equals(items[FIELD_OF_FACT.get(fact.name, fact.name)].alias(fact.name)), fact.name
    for day, moment in (("lodged_on", "lodged_at"), ("dispatched_on", "dispatched_at")):
        assert facts[day].equals(items[moment].dt.date().alias(day))


def test_derived_facts_compare_what_was_declared_with_itself() -> None:
    facts = the_facts(
        an_item(),  # 1000 for 100 kg net, 110 gross, 4 units, 5 packages, 20 %, freight 50, origin and dispatch CN
        an_item(item=2, hs="870324", origin="GE", customs_value=Decimal(1500)),
        an_item(item=3, hs="080810", origin="GE", customs_value=None),
    )
    expected = {
        "unit_value": 10.0,
        "value_per_unit": 250.0,
        "stake": 200.0,
        "total_value": 2500.0,
        "freight_share": 0.02,
        "gross_net_ratio": 1.1,
        "mass_per_package": 20.0,
        "mass_per_unit": 25.0,
        "item_count": 3,
        "heading_count": 2,
        "origin_count": 2,
        "container_count": 0,
        "description_length": 8,
        "origin_differs_from_export": False,
        "preference_claimed": False,
        "weekday": "mon",
        "month": 3,
        "hour": 8,
        "lodged_on": date(2026, 3, 2),
    }
    assert {name: facts[name] for name in expected} == pytest.approx(expected)


def test_totals_stay_within_their_declaration() -> None:
    facts = enrich(goods(an_item(), an_item(item=2), an_item(declaration_id="D2", customs_value=Decimal(7))))
    assert facts["total_value"].to_list() == [2000.0, 2000.0, 7.0]
    assert facts["item_count"].to_list() == [2, 2, 1]


@pytest.mark.parametrize(
    ("zero", "unknown"),
    [
        ("net_mass", ["unit_value", "gross_net_ratio"]),
        ("supplementary_quantity", ["value_per_unit", "mass_per_unit"]),
        ("packages", ["mass_per_package"]),
        ("customs_value", ["unit_value", "freight_share"]),
    ],
)
def test_what_would_divide_by_zero_is_unknown(zero: str, unknown: list[str]) -> None:
    facts = the_facts(an_item(**{zero: Decimal(0)}))
    assert [facts[name] for name in unknown] == [None] * len(unknown)


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ("customs_value", ["unit_value", "value_per_unit", "stake", "total_value", "freight_share"]),
        ("net_mass", ["unit_value", "gross_net_ratio", "mass_per_package", "mass_per_unit"]),
        ("tax_rate", ["stake"]),
        ("freight", ["freight_share"]),
        ("export_country", ["origin_differs_from_export"]),
        ("container_ids", ["container_count"]),
        ("description", ["description_length"]),
    ],
)
def test_what_rests_on_something_unknown_is_unknown(missing: str, unknown: list[str]) -> None:
    facts = the_facts(an_item(**{missing: None}))
    assert [facts[name] for name in unknown] == [None] * len(unknown)


@pytest.mark.parametrize(("day", "name"), [(2, "mon"), (3, "tue"), (7, "sat"), (8, "sun")])
def test_the_weekday_has_the_name_of_its_day(day: int, name: str) -> None:
    assert the_facts(an_item(lodged_at=datetime(2026, 3, day, 23, 59, tzinfo=UTC)))["weekday"] == name
