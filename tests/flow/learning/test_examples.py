"""Examples: the examined items alone, each with what it counts for."""

from decimal import Decimal

import numpy as np

from builders import an_item, goods
from darvoza.domain.features import FEATURES
from darvoza.flow.enrichment.enrich import enrich
from darvoza.flow.enrichment.vectors import vectors
from darvoza.flow.learning.examples import SLICES, examples_of


def test_only_items_with_a_result_are_examples() -> None:
    items = goods(
        an_item(item=1, examined=True, finding=True, inclusion_probability=Decimal("0.25")),
        an_item(item=2, examined=True, finding=False),
        an_item(item=3, examined=True, finding=None),
        an_item(item=4, examined=False, finding=True),
        an_item(item=5),
        an_item(item=6, examined=True, finding=False, customs_value=None, inclusion_probability=Decimal(1)),
    )
    facts = enrich(items, replay=True)
    examples = examples_of(items, facts, vectors(facts))
    assert examples.findings.tolist() == [True, False, False]
    assert examples.weights.tolist() == [4.0, 1.0, 1.0]
    np.testing.assert_array_equal(examples.stakes, [200.0, 200.0, np.nan])
    assert examples.features.shape == (3, len(FEATURES))
    np.testing.assert_array_equal(examples.features, vectors(facts)[[0, 1, 5]])


def test_slices_number_what_is_the_same_alike() -> None:
    items = goods(
        *(
            an_item(item=k, hs=hs, examined=True, finding=False)
            for k, hs in enumerate(["870323", "870324", "870323"], 1)
        )
    )
    facts = enrich(items, replay=True)
    codes = examples_of(items, facts, vectors(facts)).slices
    assert set(codes) == set(SLICES)
    for numbers in codes.values():
        assert numbers[0] == numbers[2] != numbers[1]
