"""Both fast executors give the reasons the reference gives."""

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import HealthCheck, given, settings

from conditions import LODGED, a_profile, declarations, framed, whole_language
from darvoza.domain.expression import Expression
from darvoza.domain.profile import UnknownPolicy
from darvoza.domain.wording import render
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.interpreter import Ground, explain
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.assessment.sentence import parse

Declared = list[list[dict[str, object]]]
POLICIES = (UnknownPolicy.NO_MATCH, UnknownPolicy.MATCH)
thorough = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


@given(condition=whole_language, declared=declarations())
@thorough
def test_columns_rest_on_the_facts_the_reference_names(condition: Expression, declared: Declared) -> None:
    executor = ColumnsExecutor([a_profile(condition, code=policy, unknown=policy) for policy in POLICIES])
    frame = framed(declared)
    matches = executor.match(frame)
    table = executor.grounds(frame, matches)
    starts = [sum(len(items) for items in declared[:place]) for place in range(len(declared))]
    where = [
        (items, index, start) for items, start in zip(declared, starts, strict=True) for index in range(len(items))
    ]
    expected = set()
    for match, row in enumerate(matches.rows):
        items, index, start = where[row]
        expected |= {(match, start + ground.item, ground.fact) for ground in explain(condition, items, index)}
    made = list(table.select("match", "row", "fact").iter_rows())
    assert len(made) == len(set(made))
    assert set(made) == expected, render(condition)


@given(condition=whole_language, declared=declarations())
@thorough
def test_one_declaration_rests_on_the_facts_the_reference_names(condition: Expression, declared: Declared) -> None:
    executor = RecordExecutor([a_profile(condition, code=policy, unknown=policy) for policy in POLICIES])
    for items in declared:
        for match in executor.match(items, LODGED):
            expected = [ground for number in match.items for ground in explain(condition, items, number - 1)]
            made = executor.grounds(match, items)
            assert len(made) == len({(ground.item, ground.fact) for ground in made})
            assert all(ground in made for ground in expected), render(condition)
            assert all(ground in expected for ground in made), render(condition)


def test_values_are_given_as_they_were_declared() -> None:
    sentence = "any item (documents include CO and price > 1) and lodged_on >= 2026-01-01"
    executor = ColumnsExecutor([a_profile(parse(sentence))])
    frame = pl.DataFrame(
        {
            "declaration_id": ["D1", "D1"],
            "lodged_on": [date(2026, 3, 1)] * 2,
            "documents": [["CO", None, "X"], []],
            "price": pl.Series([Decimal("1.50"), Decimal(3)], dtype=pl.Decimal(18, 2)),
        }
    )
    table = executor.grounds(frame, executor.match(frame))
    first = table.filter(pl.col("match") == 0)
    assert set(first.select("row", "fact", "value").iter_rows()) == {
        (0, "documents", "CO, X"),
        (0, "price", "1.50"),
        (0, "lodged_on", "2026-03-01"),
    }


def test_no_matches_rest_on_nothing() -> None:
    frame = framed([[{"price": Decimal(1)}]])
    executor = ColumnsExecutor([a_profile(parse("price > 5"))])
    assert executor.grounds(frame, executor.match(frame)).is_empty()


def test_a_ground_of_a_record_holds_the_value_itself() -> None:
    executor = RecordExecutor([a_profile(parse("origin is GE and price > 5"))])
    items = [{"origin": "GE", "price": Decimal(6)}]
    (match,) = executor.match(items, LODGED)
    assert executor.grounds(match, items) == (Ground(0, "origin", "GE"), Ground(0, "price", Decimal(6)))


def test_grounds_are_found_where_items_are_numbered_with_gaps_or_out_of_turn() -> None:
    executor = RecordExecutor([a_profile(parse("origin is GE"))])
    items = [{"item": number, "origin": origin} for number, origin in ((7, "GE"), (1, "KG"), (2, "GE"))]
    (match,) = executor.match(items, LODGED)
    assert match.items == (7, 2)
    assert executor.grounds(match, items) == (Ground(0, "origin", "GE"), Ground(2, "origin", "GE"))
