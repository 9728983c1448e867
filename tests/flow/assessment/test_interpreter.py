from decimal import Decimal

import pytest
from hypothesis import given, settings

from conditions import conditions, declarations
from darvoza.domain.expression import Expression, facts_used
from darvoza.errors import InvalidValue
from darvoza.flow.assessment.interpreter import Ground, evaluate, explain
from darvoza.flow.assessment.sentence import parse


def test_only_the_part_of_an_alternative_that_holds_is_a_reason() -> None:
    items = [{"origin": "GE", "price": Decimal(3), "importer_is_new": True}]
    reasons = explain(parse("(origin is GE or price > 5) and importer_is_new"), items, 0)
    assert reasons == (Ground(0, "origin", "GE"), Ground(0, "importer_is_new", True))


def test_the_reasons_of_a_count_are_the_items_that_count() -> None:
    items = [{"price": 9}, {"price": 1}, {"price": 8}]
    reasons = explain(parse("count of items (price > 5) >= 2"), items, 1)
    assert reasons == (Ground(0, "price", 9), Ground(2, "price", 8))


def test_a_sum_rests_on_its_addends() -> None:
    items = [{"price": 9, "origin": "CN"}, {"price": 1, "origin": "GE"}]
    reasons = explain(parse("sum of price (origin is CN) > 5"), items, 1)
    assert reasons == (Ground(0, "origin", "CN"), Ground(0, "price", 9))


def test_what_does_not_hold_has_no_reasons() -> None:
    assert explain(parse("price > 5"), [{}], 0) == ()


def test_a_missing_fact_can_be_the_reason() -> None:
    assert explain(parse("preference is missing"), [{}], 0) == (Ground(0, "preference", None),)


@given(condition=conditions, declared=declarations())
@settings(max_examples=50, deadline=None)
def test_every_reason_is_a_fact_the_condition_speaks_of(
    condition: Expression, declared: list[list[dict[str, object]]]
) -> None:
    reasons = explain(condition, declared[0], 0)
    assert {reason.fact for reason in reasons} <= facts_used(condition)
    assert all(
        declared[0][reason.item].get(reason.fact) == reason.value or reason.value != reason.value for reason in reasons
    )


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("price > 5", {"price": "6"}),
        ("price > 5", {"price": True}),
        ("origin is GE", {"origin": 5}),
        ("importer_is_new", {"importer_is_new": "yes"}),
        ("documents include CO", {"documents": "CO"}),
        ("lodged_on > 2026-01-01", {"lodged_on": "2026-01-01"}),
        ("hs starts with 87", {"hs": 870323}),
    ],
)
def test_a_value_of_another_type_is_an_error_and_never_silently_false(sentence: str, facts: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        evaluate(parse(sentence), [facts], 0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("nan"), Decimal("-inf"), None])
def test_what_is_not_a_finite_number_is_unknown(value: object) -> None:
    assert evaluate(parse("price > 5"), [{"price": value}], 0) is None
    assert evaluate(parse("price is missing"), [{"price": value}], 0) is True


def test_a_float_is_the_decimal_it_stands_for() -> None:
    assert evaluate(parse("price = 0.1"), [{"price": 0.1}], 0) is False
    assert evaluate(parse("price > 0.1"), [{"price": 0.1}], 0) is True
    assert evaluate(parse("price = 0.5"), [{"price": 0.5}], 0) is True
