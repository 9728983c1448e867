"""What floats leave in doubt is settled in whole numbers, as the reference would settle it."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conditions import LODGED, a_profile, quantities, relations
from darvoza.domain.expression import Arithmetic, Comparison, Number, Operation, Relation
from darvoza.domain.wording import render
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.encoding import Encoded
from darvoza.flow.assessment.interpreter import evaluate
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.assessment.whole_numbers import compare_whole

NAMES = ("price", "customs_value", "net_mass")
close = st.one_of(
    st.none(),
    st.sampled_from([Decimal(n) for n in ("0", "1", "-1", "0.1", "0.2", "0.3", "0.000001", "3", "1000", "-0.3")]),
    st.sampled_from([Decimal(10) ** 20, Decimal(10) ** 13 + Decimal("0.000001"), -(Decimal(10) ** 18)]),
)
rows_of_facts = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, close)), min_size=1, max_size=6)


def framed(rows: list[dict[str, Decimal | None]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(NAMES, pl.Decimal(38, 6)))
    numbers = pl.Series([f"D{n}" for n in range(len(rows))])
    findings, score = pl.Series([1] * len(rows)), pl.Series([0.5] * len(rows))
    return frame.with_columns(
        declaration_id=numbers, lodged_on=pl.lit(LODGED), importer_findings_12m=findings, unit_value_z=score
    )


@given(left=quantities, relation=relations, right=quantities, rows=rows_of_facts, divide=st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_answer_in_whole_numbers_is_the_answer_of_the_reference(
    left: object, relation: Relation, right: object, rows: list[dict[str, Decimal | None]], divide: bool
) -> None:
    first = Arithmetic(left, Operation.DIVIDE, parse("net_mass > 0").left) if divide else left  # type: ignore[arg-type, union-attr]
    node = Comparison(first, relation, right)  # type: ignore[arg-type]
    made = compare_whole(node, relation, Encoded(framed(rows)), np.arange(len(rows)))
    if made is not None:
        facts = [{**row, "importer_findings_12m": 1, "unit_value_z": 0.5} for row in rows]
        assert [bool(truth) for truth in made] == [evaluate(node, [row], 0) is True for row in facts], render(node)


@pytest.mark.parametrize(
    "sentence",
    [
        "price - customs_value = 0",
        "price = 1000.5",
        "price * 3 = customs_value * 3",
        "price / net_mass = 500.25",
        "sum of price = 1000.5",
        "sum of price (net_mass > 1) = customs_value",
    ],
)
def test_an_equality_true_in_most_rows_is_not_left_to_the_reference(
    sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[dict[str, Decimal | None]] = [
        {"price": Decimal("1000.5"), "customs_value": Decimal("1000.5"), "net_mass": Decimal(2)} for _ in range(50)
    ]

    def refuse(*_: object) -> None:
        raise AssertionError(sentence)

    monkeypatch.setattr("darvoza.flow.assessment.masks.evaluate", refuse)
    assert len(ColumnsExecutor([a_profile(parse(sentence))]).match(framed(rows))) == 50


@given(
    values=st.lists(
        st.one_of(st.none(), st.sampled_from([0.1, 0.30000000000000004, 0.3, 5e-324]), st.floats()), min_size=1
    ),
    relation=relations,
    limit=st.sampled_from(
        [Decimal("0.1"), Decimal("0.3"), Decimal(float("0.1")), Decimal(10) ** 400, Decimal("1e-400")]
    ),
)
@settings(max_examples=100, deadline=None)
def test_a_float_is_compared_with_a_literal_as_decimals_are(
    values: list[float | None], relation: Relation, limit: Decimal
) -> None:
    rows: list[dict[str, Decimal | None]] = [dict.fromkeys(NAMES) for _ in values]
    frame = framed(rows).with_columns(unit_value_z=pl.Series(values, dtype=pl.Float64))
    node = Comparison(parse("unit_value_z > 0").left, relation, Number(limit))  # type: ignore[union-attr]
    made = compare_whole(node, relation, Encoded(frame), np.arange(len(values)))
    assert made is not None
    assert [bool(truth) for truth in made] == [evaluate(node, [{"unit_value_z": v}], 0) is True for v in values]


def test_a_third_is_not_its_rounding() -> None:
    row: dict[str, Decimal | None] = {"price": Decimal(1), "customs_value": None, "net_mass": Decimal(3)}
    third = Number(Decimal("0." + "3" * 28))
    node = Comparison(parse("price / net_mass = 1").left, Relation.EQUAL, third)  # type: ignore[union-attr]
    assert evaluate(node, [row], 0) is True, "the reference rounds at 28 digits"
    assert compare_whole(node, Relation.EQUAL, Encoded(framed([row])), np.arange(1)) is None


@pytest.mark.parametrize("sentence", ["price * 3 < customs_value", "price / 3 < customs_value", "unit_value_z * 3 < 1"])
def test_one_giant_does_not_leave_the_others_to_the_reference(sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    giant, small = Decimal(10) ** 25, Decimal(1)
    rows: list[dict[str, Decimal | None]] = [
        {"price": price, "customs_value": Decimal(4), "net_mass": Decimal(1)} for price in (giant, *[small] * 49)
    ]
    frame = framed(rows).with_columns(unit_value_z=pl.Series([1e300, *[0.25] * 49]))
    asked: list[object] = []
    monkeypatch.setattr("darvoza.flow.assessment.masks.evaluate", lambda *given: asked.append(given))
    executor = ColumnsExecutor([a_profile(parse(sentence))])
    assert executor.match(frame).rows.tolist() == list(range(1, 50))
    assert asked == []
