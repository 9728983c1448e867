"""Facts of a goods item: every one of the catalogue, right where known and unknown where not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from architecture.house import ROOT
from builders import START, Item, an_item, goods, trade
from darvoza.domain.fact_settings import FactSettings, ValueLimit
from darvoza.domain.facts import CATALOGUE, DECLARED, FIELD_OF_FACT, HISTORY, FactType
from darvoza.domain.sps.registers import Establishment, OriginStatus, StatusCode
from darvoza.flow.assessment.sql_columns import KEPT, Kept
from darvoza.flow.enrichment.certificate_checks import CHECKS
from darvoza.flow.enrichment.certificate_lookup import CheckedCertificates
from darvoza.flow.enrichment.enrich import Registers, Sources, enrich
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.intake.competence import read_competence
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World


def the_facts(*rows: Item) -> dict[str, Any]:
    """Facts of the first item."""
    return enrich(goods(*rows)).rows(named=True)[0]


HOUSE = FactSettings(
    time_zone="Asia/Bishkek",
    limits=(
        ValueLimit("exemption", Decimal(1000), source="a test"),
        ValueLimit("declaration", Decimal(3000), until=date(2026, 3, 31), source="a test"),
    ),
)


def with_house(*rows: Item) -> dict[str, Any]:
    """Facts of the first item, where a time zone and limits are given."""
    return enrich(goods(*rows), sources=Sources(HOUSE)).rows(named=True)[0]


def test_every_fact_is_known_of_some_item() -> None:
    """None is only a name: two months of full declarations, some amended, know each of them."""
    world = World(WorldSettings(months=2, declarations_per_month=1500, importers=150))
    past, present = (world.month(k).items for k in (0, 1))
    past = past.with_columns(examined=True, finding=pl.col("item") % 5 == 0, result_at="lodged_at")
    amended = present.filter(pl.col("declaration_id").str.ends_with("7")).with_columns(version=pl.lit(2, pl.Int64))
    present = pl.concat([present, amended]).sort("lodged_at", "declaration_id", "version", "item")
    never = [name for name, kind in present.schema.items() if kind == pl.String and present[name].is_null().all()]
    present = present.with_columns(
        *(pl.lit("X").alias(name) for name in never),
        supplementary_unit=pl.when(pl.col("item") == 1).then(pl.lit("LTR")).otherwise("supplementary_unit"),
    )
    competence = CompetenceRegister.of(read_competence(ROOT / "reference_data" / "sps_competence.csv"))
    since = date(2020, 1, 1)
    origin = str(present.get_column("origin")[0])
    zones = (OriginStatus("FMD", origin, "", (), StatusCode.PRESENT, since, None, "a test"),)
    declaration, version, item = present.row(0)[0], 1, 1
    checks = [
        (declaration, version, item, kind, "1", 2, ["too_little"], 5.0, "free from pests", "1", "I")
        for kind in ("phytosanitary", "permit")
    ]
    attested = CheckedCertificates(pl.DataFrame(checks, schema=CHECKS, orient="row"), certificates=True, permits=True)
    registers = Registers.of(zones, (Establishment("X", origin, "all", (), since),), attested)
    facts = enrich(present, past, sources=Sources(HOUSE, competence, registers))
    assert [fact.name for fact in CATALOGUE if facts[fact.name].is_null().all()] == []


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


def test_numbers_are_kept_as_sql_takes_them_to_be() -> None:
    facts = enrich(trade(60, 1, examined=0.5), sources=Sources(HOUSE), replay=True)
    kinds = {Kept.WHOLE: pl.Int64, Kept.COUNT: pl.Float64, Kept.FLOAT: pl.Float64, Kept.DECIMAL: pl.Decimal}
    assert [name for name, kept in KEPT.items() if facts.schema[name].base_type() != kinds[kept]] == []
    counts = facts.select(name for name, kept in KEPT.items() if kept is Kept.COUNT)
    assert counts.equals(counts.select(pl.all().round()))
    units = {"items", "declarations"}
    counted = {fact.name for fact in HISTORY if fact.unit in units and not fact.name.endswith("_recent")}
    assert {name for name in counted if KEPT[name] is not Kept.COUNT} == set()


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
        an_item(item=3, hs="080810", origin="GE", customs_value=Decimal(0)),
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
        ("customs_value", ["freight_share"]),
    ],
)
def test_what_would_divide_by_zero_is_unknown(zero: str, unknown: list[str]) -> None:
    facts = the_facts(an_item(**{zero: Decimal(0)}))
    assert [facts[name] for name in unknown] == [None] * len(unknown)


def test_goods_worth_nothing_are_worth_nothing_per_kilogram() -> None:
    earlier = an_item(declaration_id="D0", lodged_at=START - timedelta(days=1))
    facts = enrich(goods(an_item(customs_value=Decimal(0))), goods(earlier)).row(0, named=True)
    assert (facts["unit_value"], facts["value_per_unit"], facts["importer_hs6_value_ratio"]) == (0.0, 0.0, 0.0)
    after = enrich(
        goods(an_item()),
        goods(earlier, an_item(declaration_id="D9", customs_value=Decimal(0), lodged_at=START - timedelta(days=2))),
    )
    assert after["importer_hs6_value_ratio"].item() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ("customs_value", ["total_value", "total_stake", "item_value_share", "freight_share", "limit_margin"]),
        ("tax_rate", ["total_stake"]),
    ],
)
def test_a_sum_of_which_a_part_is_unknown_is_unknown(missing: str, unknown: list[str]) -> None:
    limited = Sources(HOUSE)
    facts = enrich(goods(an_item(), an_item(item=2, **{missing: None})), sources=limited)
    assert {name: facts[name].to_list() for name in unknown} == {name: [None, None] for name in unknown}


def test_limits_ask_for_the_value_of_the_whole_declaration() -> None:
    limited = Sources(HOUSE)
    part, rest = an_item(customs_value=Decimal(900)), an_item(item=2, customs_value=None)
    earlier = [row | {"declaration_id": "D0", "lodged_at": START - timedelta(hours=1)} for row in (part, rest)]
    assert enrich(goods(part, rest), goods(*earlier), sources=limited)["split_below_limit"].to_list() == [None, None]
    assert enrich(goods(part), goods(*earlier), sources=limited)["split_below_limit"].to_list() == [False]
    assert enrich(goods(part), goods(*earlier[:1]), sources=limited)["split_below_limit"].to_list() == [True]


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ("customs_value", ["unit_value", "value_per_unit", "stake", "total_value", "freight_share"]),
        ("net_mass", ["unit_value", "gross_net_ratio", "mass_per_package", "mass_per_unit"]),
        ("tax_rate", ["stake", "total_stake"]),
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


def test_codes_are_cut_at_each_level_of_the_nomenclature() -> None:
    facts = the_facts(an_item(hs="8703231900"))
    assert (facts["chapter"], facts["heading"], facts["subheading"]) == ("87", "8703", "870323")


def test_masses_packages_and_money_are_compared_with_the_whole_consignment() -> None:
    whole = {"total_gross_mass": Decimal(250), "total_packages": Decimal(12), "insurance": Decimal(5)}
    facts = the_facts(an_item(**whole), an_item(item=2, customs_value=Decimal(3000), tax_rate=Decimal("0.1"), **whole))
    expected = {
        "tare_share": 10 / 110,
        "gross_mass_per_package": 22.0,
        "gross_mass_difference": 30.0,
        "gross_mass_difference_share": 0.12,
        "packages_difference": 2.0,
        "value_per_package": 200.0,
        "item_value_share": 0.25,
        "insurance_share": 5 / 4000,
        "total_stake": 500.0,
    }
    assert {name: facts[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize("missing", ["gross_mass", "packages"])
def test_a_sum_of_items_of_which_one_is_unknown_is_compared_with_nothing(missing: str) -> None:
    whole = {"total_gross_mass": Decimal(250), "total_packages": Decimal(12)}
    facts = the_facts(an_item(**whole), an_item(item=2, **{missing: None}, **whole))
    unknown = {"gross_mass": "gross_mass_difference", "packages": "packages_difference"}
    assert facts[unknown[missing]] is None


@pytest.mark.parametrize(
    ("unit", "quantity", "density"),
    [("LTR", "125", 800.0), ("MTQ", "0.2", 500.0), ("PCE", "4", None), (None, "4", None), ("LTR", "0", None)],
)
def test_density_is_known_where_the_quantity_is_a_volume(
    unit: str | None, quantity: str, density: float | None
) -> None:
    facts = the_facts(an_item(supplementary_unit=unit, supplementary_quantity=Decimal(quantity)))
    assert facts["density"] == pytest.approx(density)


@pytest.mark.parametrize(
    ("value", "zeros"),
    [("1000", 3), ("1500", 2), ("1234", 0), ("1000.50", 0), ("0", 0), ("20000000", 6), ("10", 1)],
)
def test_roundness_counts_the_zeros_at_the_end(value: str, zeros: int) -> None:
    assert the_facts(an_item(customs_value=Decimal(value)))["value_roundness"] == zeros
    assert the_facts(an_item(price=Decimal(value)))["price_roundness"] == zeros
    assert the_facts(an_item())["price_roundness"] is None


@pytest.mark.parametrize(
    ("text", "words", "vagueness"),
    [
        ("used passenger car, diesel", 4, 0.0),
        ("GOODS", 0, 1.0),
        ("Запасные части", 0, 1.0),
        ("Новые ботинки ёлочные", 2, 1 / 3),
        ("A-12 / 7", 0, 1.0),
        ("", 0, 1.0),
        ("shoes shoes shoes parts", 1, 0.5),
    ],
)
def test_vague_words_say_nothing_about_goods(text: str, words: int, vagueness: float) -> None:
    facts = the_facts(an_item(description=text))
    assert facts["description_words"] == words
    assert facts["description_vagueness"] == pytest.approx(vagueness)


@pytest.mark.parametrize(
    ("documents", "presented"),
    [
        (["851"], "has_phytosanitary_certificate"),
        (["380", "PC"], "has_phytosanitary_certificate"),
        (["853"], "has_veterinary_certificate"),
        (["852"], "has_sanitary_certificate"),
        (["861"], "has_origin_certificate"),
        (["EUR1"], "has_origin_certificate"),
        (["2"], "has_conformity_certificate"),
        (["911"], "has_permit"),
        (["380", "705"], None),
        ([], None),
    ],
)
def test_documents_are_told_by_their_codes(documents: list[str], presented: str | None) -> None:
    facts = the_facts(an_item(documents=documents))
    kinds = [name for name in facts if name.startswith("has_")]
    assert {name: facts[name] for name in kinds} == {name: name == presented for name in kinds}
    assert facts["document_count"] == len(documents)


@pytest.mark.parametrize(
    ("preference", "documents", "without"),
    [("FTA", ["380"], True), ("FTA", ["380", "861"], False), (None, ["380"], False), ("FTA", None, None)],
)
def test_a_preference_wants_a_certificate(
    preference: str | None, documents: list[str] | None, without: bool | None
) -> None:
    facts = the_facts(an_item(preference=preference, documents=documents))
    assert facts["preference_without_certificate"] is without


def test_container_numbers_are_checked_and_loads_are_shared_out() -> None:
    boxes = {"container_ids": ["CSQU3054383", "CSQU3054384"], "seal_ids": ["S1"], "total_gross_mass": Decimal(50000)}
    facts = the_facts(an_item(**boxes), an_item(item=2, **boxes))
    assert (facts["container_count"], facts["container_faults"], facts["seal_count"]) == (2, 1, 1)
    assert facts["mass_per_container"] == 25000
    loose = the_facts(an_item(container_ids=[], total_gross_mass=Decimal(50000)))
    assert (loose["container_faults"], loose["mass_per_container"]) == (0, None)
    assert the_facts(an_item(container_ids=None))["container_faults"] is None


def test_without_a_mass_of_the_consignment_the_items_are_weighed_together() -> None:
    boxes = {"container_ids": ["CSQU3054383"], "total_gross_mass": None}
    assert the_facts(an_item(**boxes), an_item(item=2, **boxes))["mass_per_container"] == 220


def test_parties_and_places_are_compared() -> None:
    facts = the_facts(
        an_item(
            declarant_id="IMP-1", exporter_country="CN", export_country="AE", trading_country="AE",
            vehicle_country="KZ", border_post="KG-OSH", transit_countries=["CN", "KZ"],
        )
    )  # fmt: skip
    expected = {
        "importer_is_declarant": True,
        "exporter_country_differs_from_export": True,
        "trading_country_differs_from_export": False,
        "vehicle_country_differs_from_export": True,
        "declared_away_from_border": True,
        "transit_count": 2,
    }
    assert {name: facts[name] for name in expected} == expected
    assert the_facts(an_item())["declared_away_from_border"] is None


@pytest.mark.parametrize(
    ("moment", "hour", "day", "rest", "night"),
    [
        (datetime(2026, 3, 2, 8, tzinfo=UTC), 14, "mon", False, False),
        (datetime(2026, 3, 6, 18, tzinfo=UTC), 0, "sat", True, True),
        (datetime(2026, 3, 2, 16, tzinfo=UTC), 22, "mon", False, True),
        (datetime(2026, 3, 2, 0, tzinfo=UTC), 6, "mon", False, False),
    ],
)
def test_local_time_is_that_of_the_settings(moment: datetime, hour: int, day: str, rest: bool, night: bool) -> None:
    facts = with_house(an_item(lodged_at=moment))
    assert (facts["local_hour"], facts["local_weekday"]) == (hour, day)
    assert (facts["lodged_at_weekend"], facts["lodged_at_night"]) == (rest, night)
    assert the_facts(an_item(lodged_at=moment))["lodged_at_night"] is None


def test_a_night_need_not_cross_midnight() -> None:
    early = Sources(FactSettings(time_zone="UTC", night=(1, 5)))
    for hour, night in ((0, False), (1, True), (4, True), (5, False)):
        items = goods(an_item(lodged_at=datetime(2026, 3, 2, hour, tzinfo=UTC)))
        assert enrich(items, sources=early)["lodged_at_night"].to_list() == [night]


@pytest.mark.parametrize(
    ("value", "day", "margin"),
    [
        ("950", 2, 0.05),
        ("1000", 2, 2000 / 3000),
        ("2990", 2, 10 / 3000),
        ("3000", 2, None),
        ("2990", 40, None),  # that limit has ended
        ("950", 40, 0.05),
    ],
)
def test_the_margin_is_that_of_the_nearest_limit_in_force(value: str, day: int, margin: float | None) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day)
    assert with_house(an_item(customs_value=Decimal(value), lodged_at=moment))["limit_margin"] == pytest.approx(margin)
    assert the_facts(an_item(customs_value=Decimal(value)))["limit_margin"] is None


def test_two_versions_of_a_declaration_are_added_up_apart() -> None:
    items = goods(an_item(), an_item(item=2), an_item(version=2, customs_value=Decimal(900)))
    assert enrich(items)["total_value"].to_list() == [2000.0, 2000.0, 900.0]
