"""Reasons: what moved a score, by concept, with the value and what it is compared with."""

from dataclasses import replace

import numpy as np
import pytest

from builders import a_rates_model, an_item, goods, trade
from darvoza.domain.features import FEATURES
from darvoza.flow.assessment.reasoning import CODES, CONCEPTS, REASONS, reasons, reasons_of, typical_ranges
from darvoza.flow.enrichment.enrich import enrich
from darvoza.flow.enrichment.vectors import vectors
from darvoza.flow.fact_table import FactTable

NAMES = tuple(feature.name for feature in FEATURES)
MODEL = replace(
    a_rates_model("importer_finding_rate", "origin_finding_rate", "importer_hs4_finding_rate"),
    typical={"net_mass": (np.log1p(10.0), np.log1p(5_000.0))},
)
ROW = dict.fromkeys(enrich(goods(an_item())).columns)


def said(feature: str, amount: float = 1.0, **facts: object) -> dict[str, object]:
    """The first reason where one feature moved everything."""
    contributions = np.zeros(len(NAMES))
    contributions[NAMES.index(feature)] = amount
    told = reasons_of(MODEL, contributions, {**ROW, **facts})[0]
    values = {value["name"]: value["text"] or value["number"] for value in told["values"]}
    return {**told, **values}


def test_every_concept_is_named_once() -> None:
    assert len(set(CONCEPTS)) == len(CONCEPTS)
    assert {feature.concept for feature in FEATURES} == set(CONCEPTS)


def test_reasons_are_concepts_with_the_largest_first_and_parts_of_one_concept_together() -> None:
    contributions = np.zeros(len(NAMES))
    for name, amount in (("importer_finding_rate", 1.0), ("importer_hs4_finding_rate", 0.5), ("net_mass", -1.2)):
        contributions[NAMES.index(name)] = amount
    told = reasons_of(MODEL, contributions, ROW)
    assert len(told) == REASONS
    assert [(reason["concept"], reason["amount"]) for reason in told[:2]] == [("importer", 1.5), ("mass", -1.2)]


def test_a_newcomer_is_said_to_be_one() -> None:
    told = said("importer_age", importer_items=0.0)
    assert (told["code"], told["key"]) == ("first", "importer")


def test_a_record_is_told_with_its_counts_and_the_rate_of_all() -> None:
    told = said("importer_finding_rate", importer_items=40.0, importer_examined_12m=12.0, importer_findings_12m=3.0)
    assert (told["code"], told["findings"], told["examined"], told["base"]) == ("record", 3.0, 12.0, 0.1)
    told = said("importer_finding_rate", importer_items=40.0, importer_examined_12m=0.0)
    assert (told["code"], told["items"]) == ("unexamined", 40.0)


def test_a_unit_value_is_told_with_its_peers() -> None:
    facts = {"unit_value": 1.79, "reference_unit_value": 5.0, "reference_5_percent": 4.1, "reference_count": 212}
    told = said("unit_value_z", **facts, reference_level=1, origin="GE")
    names = ("code", "value", "middle", "fifth", "count", "level", "origin")
    assert [told[name] for name in names] == ["tail", 1.79, 5.0, 4.1, 212.0, 1.0, "GE"]


def test_other_values_are_told_with_the_range_of_nine_importers_in_ten_where_it_is_known() -> None:
    told = said("net_mass", net_mass=7.5)
    assert (told["code"], told["value"]) == ("range", 7.5)
    assert (told["low"], told["high"]) == pytest.approx((10.0, 5_000.0))
    assert said("gross_net_ratio", gross_net_ratio=1.5)["code"] == "number"


def test_what_is_not_known_is_said_so_and_flags_are_stated() -> None:
    assert said("net_mass")["code"] == "unknown"
    assert said("preference_claimed", preference_claimed=True)["code"] == "yes"
    assert said("preference_claimed", preference_claimed=False)["code"] == "no"
    assert (said("hs_chapter", hs="870323")["code"], said("hs_chapter", hs="870323")["value"]) == ("text", "870323")


def test_the_reasons_of_many_are_those_of_each_and_always_the_same() -> None:
    items = trade(60, 2, examined=0.5)
    facts = enrich(items, replay=True)
    features, everyone = vectors(facts), np.arange(facts.height)
    told = reasons(MODEL, features, FactTable.of(facts), everyone, threads=1)
    assert told.equals(reasons(MODEL, features, FactTable.of(facts), everyone, threads=2))
    parts = MODEL.contributions(features)
    assert told.to_list()[17] == reasons_of(MODEL, parts[17], facts.row(17, named=True))
    assert {reason["code"] for row in told.to_list() for reason in row} <= set(CODES)


def test_a_rate_of_a_newcomer_is_missing_never_an_average() -> None:
    facts = enrich(trade(60, 2, examined=1.0), replay=True)
    newcomers = facts["importer_is_new"].fill_null(value=False).to_numpy()
    rates = vectors(facts)[:, NAMES.index("importer_finding_rate")]
    assert newcomers.any()
    assert np.all(np.isnan(rates[newcomers]))
    assert np.isfinite(rates[~newcomers]).any()


def test_the_usual_range_counts_every_owner_once() -> None:
    features = np.full((1_000, len(NAMES)), np.nan, dtype=np.float32)
    features[:, NAMES.index("net_mass")] = np.where(np.arange(1_000) < 900, 9.0, np.arange(1_000) / 1_000)
    owners = np.where(np.arange(1_000) < 900, 0, np.arange(1_000))
    low, high = typical_ranges(features, owners)["net_mass"]
    assert (low, high) == pytest.approx((0.905, 0.995), abs=0.002)


def test_no_reasons_are_asked_of_nothing() -> None:
    nobody = np.zeros(0, dtype=np.int64)
    assert reasons(MODEL, np.zeros((0, len(NAMES)), dtype=np.float32), FactTable({}, 0), nobody, threads=1).len() == 0
