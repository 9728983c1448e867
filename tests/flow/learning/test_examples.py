"""Examples: the examined items alone, each with what it counts for, and nothing known later than it was."""

from datetime import timedelta
from decimal import Decimal

import numpy as np

from builders import START, an_item, goods, trade
from darvoza.domain.codes import RiskFamily, Severity
from darvoza.domain.features import FEATURES
from darvoza.flow.enrichment.enrich import enrich
from darvoza.flow.enrichment.vectors import vectors
from darvoza.flow.learning.examples import FAMILIES, PRECEDENTS, examples_of, known_before


def test_only_items_with_a_result_are_examples() -> None:
    items = goods(
        an_item(item=1, examined=True, finding=True, inclusion_probability=Decimal("0.25"), recovered=Decimal(70)),
        an_item(item=2, examined=True, finding=False),
        an_item(item=3, examined=True, finding=None),
        an_item(item=4, examined=False, finding=True),
        an_item(item=5),
        an_item(item=6, examined=True, finding=False, customs_value=None, inclusion_probability=Decimal(1)),
    )
    facts = enrich(items, replay=True)
    examples = examples_of(items, vectors(facts))
    assert examples.findings.tolist() == [True, False, False]
    assert examples.weights.tolist() == [4.0, 1.0, 1.0]
    assert examples.by_chance.tolist() == [True, False, True]
    np.testing.assert_array_equal(examples.losses, [70.0, np.nan, np.nan])
    assert examples.features.shape == (3, len(FEATURES))
    np.testing.assert_array_equal(examples.features, vectors(facts)[[0, 1, 5]])


def found(item: int, area: str | None, severity: int | None = None, *, finding: bool = True) -> dict[str, object]:
    return an_item(item=item, examined=True, finding=finding, finding_area=area, finding_severity=severity)


def test_a_finding_belongs_to_the_family_of_its_area() -> None:
    items = goods(
        found(1, "undervaluation"),
        found(2, "prohibited"),
        found(3, "sps", finding=False),
        found(4, "X9"),
        found(5, None),
    )
    examples = examples_of(items, vectors(enrich(items)))
    assert examples.of_family(RiskFamily.VALUATION).tolist() == [True, False, False, False, False]
    assert examples.of_family(RiskFamily.CONCEALMENT).tolist() == [False, True, False, False, False]
    assert examples.families.tolist() == [FAMILIES.index(RiskFamily.VALUATION),
                                          FAMILIES.index(RiskFamily.CONCEALMENT), -1, -1, -1]  # fmt: skip


def test_severity_is_what_was_recorded_or_else_what_the_area_stands_for() -> None:
    items = goods(found(1, "sps", 3), found(2, "sps"), found(3, "origin"), found(4, "prohibited", 0), found(5, None))
    levels = examples_of(items, vectors(enrich(items))).severities.tolist()
    assert levels == [Severity.SERIOUS, Severity.MODERATE, Severity.NONE, Severity.NONE, Severity.NONE]


def test_a_result_without_a_date_counts_as_known_a_week_after_lodging() -> None:
    items = goods(
        an_item(item=1, examined=True, finding=False, result_at=START + timedelta(hours=3)),
        an_item(item=2, examined=True, finding=False),
    )
    examples = examples_of(items, vectors(enrich(items)))
    assert (examples.known - examples.lodged).tolist() == [3 * 3600, 7 * 86_400]


def test_what_became_known_at_the_cut_off_or_later_is_forgotten() -> None:
    items = trade(200, 3, examined=0.6)
    cut_off = START + timedelta(days=12)
    kept = known_before(items, cut_off)
    assert kept.drop("examined", "finding", "result_at").equals(items.drop("examined", "finding", "result_at"))
    seen = kept.filter("examined")
    assert 0 < seen.height < items.filter("examined").height
    assert seen["result_at"].max() < cut_off  # type: ignore[operator]
    late = items.filter((items["result_at"] >= cut_off).fill_null(value=False))
    assert late.height > 0
    assert kept.filter(kept["declaration_id"].is_in(late["declaration_id"].implode()))["finding"].null_count() > 0


def test_precedents_number_what_is_the_same_alike() -> None:
    items = goods(
        *(
            an_item(item=k, hs=hs, examined=True, finding=False)
            for k, hs in enumerate(["870323", "870324", "870323"], 1)
        )
    )
    codes = examples_of(items, vectors(enrich(items, replay=True))).precedents
    assert set(codes) == set(PRECEDENTS)
    for numbers in codes.values():
        assert numbers[0] == numbers[2] != numbers[1]
