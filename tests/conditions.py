"""Strategies for conditions and the facts they speak of, dirty data included; and builders of profiles."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.expression import (
    AllItems,
    AnyItem,
    Arithmetic,
    Between,
    Comparison,
    Contains,
    Day,
    DaysBetween,
    DistinctCount,
    Empty,
    Expression,
    FactValue,
    Flag,
    HasWord,
    Include,
    InList,
    ItemCount,
    ItemSum,
    Known,
    Not,
    Number,
    OneOf,
    Operation,
    Relation,
    Shifted,
    StartsWith,
    both,
    either,
)
from darvoza.domain.facts import FACT, FactType
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import RiskProfile, Treatment, UnknownPolicy, Validity

CODES = ("GE", "AE", "CN", "is", "in", "KG-IRK", "00 1", 'q"\\', "origin")
CAPITALS = tuple(code for code in CODES if code == code.upper())  # countries are refused in small letters
HS = ("870323", "8703231981", "870422", "010121", "8703", "87")
TEXTS = ("used car", "Used CAR", "б/у автомобиль", "Бёдра", "  usedcar", "ﬁne Café", "x")
LISTS = (NamedList("watched", ("GE", "CN", "00 1")), NamedList("empty of use", ("ZZ",)))
BY_HAND = NamedList("written by hand", ("bad 1", "bad-1"))
NUMBERS = ("price", "customs_value", "net_mass", "importer_findings_12m", "unit_value_z")
DECIMALS_HELD = ("price", "customs_value", "net_mass")
FLAGS = ("importer_is_new", "preference_claimed")
CODED = ("origin", "export_country", "importer")
WORDED = ("description", "importer_name")
SETS = ("documents", "containers")
BOXES = ("MSCU1234566", "MSCU 123456-6")
LODGED = date(2026, 3, 1)

amounts = st.one_of(
    st.sampled_from([Decimal(0), Decimal(1), Decimal("0.1"), Decimal("0.3"), Decimal(3), Decimal(10) ** 20]),
    st.decimals(min_value=-1000, max_value=1000, places=6),
)
floats = st.one_of(
    st.sampled_from([0.0, -0.0, 0.1, 0.2, 0.1 + 0.2, 3.0, 5e-324, 1e-200, 1e308, float("nan"), float("inf")]),
    st.floats(min_value=-1e6, max_value=1e6),
)
days = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 1, 9))
literals = st.one_of(amounts, st.decimals(min_value=0, max_value=2, places=9)).map(Number)
leaves = st.one_of(literals, st.sampled_from(NUMBERS).map(FactValue))
quantities = st.recursive(
    leaves,
    lambda below: st.builds(Arithmetic, below, st.sampled_from(Operation), below).filter(
        lambda made: (
            not (made.operation is Operation.DIVIDE and isinstance(made.right, Number) and not made.right.value)
        )
    ),
    max_leaves=4,
)
moments = st.one_of(days.map(Day), st.just(FactValue("lodged_on")))
relations = st.sampled_from(Relation)


def some(choices: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(choices), min_size=1, max_size=3).map(tuple)


def questions_of_one_fact() -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(Comparison, quantities, relations, quantities),
        st.builds(Comparison, leaves, relations, leaves),
        st.builds(Between, quantities, leaves, leaves),
        st.builds(Comparison, moments, relations, moments),
        st.sampled_from(FLAGS).map(Flag),
        st.builds(OneOf, st.just("importer"), some(CODES)),
        st.builds(OneOf, st.sampled_from(("origin", "export_country")), some(CAPITALS)),
        st.builds(OneOf, st.just("hs"), some(HS)),
        st.builds(OneOf, st.sampled_from(WORDED), some(TEXTS)),
        st.builds(StartsWith, st.just("hs"), some(HS)),
        st.builds(InList, st.sampled_from(CODED), st.sampled_from(LISTS)),
        st.builds(Contains, st.sampled_from(WORDED), some((*TEXTS, "us", "car", "у"))),
        st.builds(Include, st.sampled_from(SETS), some((*CODES, *BOXES)), st.booleans()),
        st.sampled_from([*NUMBERS, *FLAGS, *CODED, *WORDED, *SETS, "hs", "lodged_on"]).map(Known),
    )


def joined(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(below, min_size=2, max_size=3)
    return st.one_of(below.map(Not), several.map(lambda terms: both(*terms)), several.map(lambda terms: either(*terms)))


of_one_item: st.SearchStrategy[Expression] = st.recursive(questions_of_one_fact(), joined, max_leaves=5)
quantified = st.one_of(
    st.builds(AnyItem, of_one_item),
    st.builds(AllItems, of_one_item),
    st.builds(
        ItemCount, of_one_item, relations, st.one_of(st.integers(0, 3).map(lambda n: Number(Decimal(n))), quantities)
    ),
    st.builds(ItemSum, st.sampled_from(NUMBERS), st.one_of(st.none(), of_one_item), relations, quantities),
)
conditions: st.SearchStrategy[Expression] = st.recursive(st.one_of(of_one_item, quantified), joined, max_leaves=4)
"""Conditions that SQL can express, too."""

moved = st.recursive(
    moments, lambda below: st.builds(Shifted, below, st.one_of(st.integers(-9, 9), st.just(99_999))), max_leaves=2
)
thresholds = st.one_of(
    st.integers(0, 3).map(lambda n: Number(Decimal(n))), quantities, st.builds(DaysBetween, moved, moved)
)
beyond_sql: st.SearchStrategy[Any] = st.one_of(
    st.builds(Comparison, moved, relations, moved),
    st.builds(Comparison, st.builds(DaysBetween, moved, moved), relations, thresholds),
    st.builds(HasWord, st.sampled_from(WORDED), some((*TEXTS, "us", "car", "used", "у"))),
    st.sampled_from(SETS).map(Empty),
)
counting = st.builds(
    DistinctCount,
    st.sampled_from([*CODED, *WORDED, "hs"]),
    st.one_of(st.none(), beyond_sql, of_one_item),
    relations,
    thresholds,
)
whole_language: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(conditions, beyond_sql, counting), joined, max_leaves=3
)
"""Conditions of every kind."""

VALUES: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(DECIMALS_HELD, amounts),
    "importer_findings_12m": st.integers(0, 4),
    "unit_value_z": floats,
    **dict.fromkeys(FLAGS, st.booleans()),
    **dict.fromkeys(CODED, st.sampled_from(CODES)),
    **dict.fromkeys(WORDED, st.sampled_from(TEXTS)),
    **dict.fromkeys(SETS, st.lists(st.one_of(st.none(), st.sampled_from((*CODES, *BOXES))), max_size=3)),
    "hs": st.sampled_from(HS),
    "lodged_on": days,
}
HEADER = ("importer", "importer_name", "importer_is_new", "importer_findings_12m", "export_country", "containers")
facts_of_items = st.fixed_dictionaries(
    {name: st.one_of(st.none(), VALUES[name]) for name in VALUES if name not in HEADER}
)
facts_of_headers = st.fixed_dictionaries({name: st.one_of(st.none(), VALUES[name]) for name in HEADER})


@st.composite
def declarations(draw: st.DrawFn) -> list[list[dict[str, object]]]:
    """One to four declarations of one to four items, each item with the facts of its declaration."""
    made = []
    for _ in range(draw(st.integers(1, 4))):
        header = {**draw(facts_of_headers), "lodged_on": draw(days)}
        made.append([{**draw(facts_of_items), **header} for _ in range(draw(st.integers(1, 4)))])
    return made


DTYPES: dict[FactType, Any] = {
    FactType.NUMBER: pl.Decimal(38, 6),
    FactType.DATE: pl.Date,
    FactType.FLAG: pl.Boolean,
    FactType.CODES: pl.List(pl.String),
}


KEPT_OTHERWISE: dict[str, Any] = {
    **dict.fromkeys(("unit_value_z", "reference_unit_value", "importer_examined_12m"), pl.Float64),
    **dict.fromkeys(("importer_findings_12m", "item_count"), pl.Int64),
}


def framed(declared: Sequence[Sequence[dict[str, object]]]) -> pl.DataFrame:
    """The same facts as columns."""
    rows = [
        {"declaration_id": f"D{place}", "item": number, **item}
        for place, items in enumerate(declared)
        for number, item in enumerate(items, 1)
    ]
    names = dict.fromkeys(name for row in rows for name in row)
    schema: dict[str, Any] = {name: DTYPES.get(FACT[name].type, pl.String) for name in names if name in FACT}
    schema |= {name: dtype for name, dtype in KEPT_OTHERWISE.items() if name in schema}
    schema |= {"declaration_id": pl.String, "item": pl.Int64}
    frame = pl.DataFrame({name: pl.Series(name, [row.get(name) for row in rows], dtype=schema[name]) for name in names})
    if "lodged_on" not in names:
        frame = frame.with_columns(lodged_on=pl.lit(LODGED))
    return frame


def a_profile(
    condition: Expression,
    *,
    code: str = "T-1",
    unknown: UnknownPolicy = UnknownPolicy.NO_MATCH,
    valid: Validity | None = None,
) -> RiskProfile:
    """A customs profile with nothing but a condition."""
    return RiskProfile(
        code=code,
        title="A profile",
        agency=Agency.CUSTOMS,
        risk_area=RiskArea.ORIGIN,
        condition=condition,
        treatment=Treatment(Act.PHYSICAL),
        unknown=unknown,
        valid=valid or Validity(LODGED - timedelta(days=1000), LODGED + timedelta(days=1000)),
    )
