"""The feature vector: facts as numbers, unknown staying unknown."""

import math
from decimal import Decimal

import numpy as np
import pytest

from builders import Item, an_item, goods, trade
from darvoza.domain.facts import FACT, FactType
from darvoza.domain.features import FEATURES
from darvoza.flow.enrichment.enrich import enrich
from darvoza.flow.enrichment.vectors import vectors, vectors_of_few
from darvoza.flow.fact_table import FactTable

PLACE = {feature.name: place for place, feature in enumerate(FEATURES)}


def vector(**changes: object) -> dict[str, float]:
    row: Item = an_item(**changes)
    numbers = vectors(enrich(goods(row)))[0].tolist()
    return {name: numbers[place] for name, place in PLACE.items()}


def test_every_feature_speaks_of_a_fact_of_the_catalogue_in_a_fitting_form() -> None:
    fitting = {
        "number": {FactType.NUMBER},
        "log": {FactType.NUMBER},
        "flag": {FactType.FLAG},
        "prefix2": {FactType.HS},
        "prefix4": {FactType.HS},
        "code": {FactType.CODE},
        "weekday": {FactType.CODE},
        "length": {FactType.CODES},
    }
    assert [feature.name for feature in FEATURES if FACT[feature.fact].type not in fitting[feature.form]] == []
    assert len(PLACE) == len(FEATURES)


def test_there_is_one_row_per_item_and_one_column_per_feature() -> None:
    items = trade(30, 1)
    matrix = vectors(enrich(items))
    assert matrix.shape == (items.height, len(FEATURES))
    assert matrix.dtype == np.float32
    assert matrix.flags.c_contiguous


def test_each_form_of_feature_is_the_number_it_says() -> None:
    numbers = vector(documents=["380", "705"], preference="FTA", export_country="GE")
    expected = {
        "hs_chapter": 87,
        "hs_heading": 8703,
        "transport_mode": 3,
        "procedure": 4000,
        "weekday": 1,
        "month": 3,
        "hour": 8,
        "customs_value": math.log(1001),
        "tax_rate": 0.2,
        "documents": 2,
        "preference_claimed": 1,
        "origin_differs_from_export": 1,
        "importer_items": 0,
        "importer_is_new": 1,
    }
    assert {name: numbers[name] for name in expected} == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        ({"vehicle_id": None}, [name for name in PLACE if name.startswith("vehicle_")]),
        ({"customs_value": None}, ["customs_value", "total_value", "stake", "unit_value", "unit_value_z"]),
        ({"net_mass": Decimal(0)}, ["unit_value", "gross_net_ratio"]),
        ({"documents": None}, ["documents"]),
        ({"procedure": "EX-1"}, ["procedure"]),
        ({"transport_mode": None}, ["transport_mode"]),
    ],
)
def test_an_unknown_fact_is_never_replaced_by_a_number(missing: dict[str, object], unknown: list[str]) -> None:
    numbers = vector(**missing)
    assert unknown
    assert all(math.isnan(numbers[name]) for name in unknown)


def test_no_documents_are_known_to_be_none() -> None:
    assert vector(documents=[])["documents"] == 0


def test_the_vectors_of_few_are_those_of_many() -> None:
    strange = goods(
        an_item(transport_mode="3", procedure="4000", hs="0203110000", documents=["380", "861"]),
        an_item(transport_mode="x", procedure="99999999999", hs="999999", documents=[]),
        an_item(transport_mode=None, procedure=" 7", documents=None, net_mass=None),
    )
    for items in (trade(60, 2, examined=0.5), strange, strange[:0]):
        facts = enrich(items, replay=True)
        few, many = vectors_of_few(FactTable.of(facts)), vectors(facts)
        assert np.array_equal(few, many, equal_nan=True)
