"""Conditions compiled to closures over the facts of one declaration."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, cast

from darvoza.domain.expression import (
    AllItems,
    And,
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
    Or,
    Relation,
    Shifted,
    StartsWith,
    Value,
)
from darvoza.domain.facts import FACT, FactType
from darvoza.flow.assessment.folding import folded
from darvoza.flow.assessment.interpreter import Row, all_of, any_of, evaluate, value_of
from darvoza.flow.assessment.meaning import (
    COMPARE,
    READ,
    computed,
    counted,
    literals_of,
    number_of,
    refused,
    text_of,
    total,
)

Items = Sequence[Row]
Truth = Callable[[Row, Items], bool | None]
Amount = Callable[[Row], Decimal | date | None]

FINITE: Final = Decimal.is_finite


def compiled(node: Expression) -> Truth:  # noqa: PLR0911 - one return a kind of node
    """Compile a condition to a closure over the facts of an item and of all items.

    The closure answers true, false or unknown (``None``), as the reference interpreter does; it raises
    `InvalidValue` where a fact it looks at holds a value of another type.
    """
    match node:
        case And(terms):
            return _and(tuple(compiled(term) for term in terms))
        case Or(terms):
            return _or(tuple(compiled(term) for term in terms))
        case Not(term):
            return _not(compiled(term))
        case Between():
            return compiled(node.comparisons())
        case Comparison():
            return _comparison(node)
        case AnyItem() | AllItems() | ItemCount() | ItemSum():
            return _over_items(node)
        case HasWord() | Empty() | DistinctCount():
            return _interpreted(node)
        case _:
            return _test(node)


def _interpreted(node: Expression) -> Truth:
    def asked(row: Row, items: Items) -> bool | None:
        return evaluate(node, items, next(place for place, item in enumerate(items) if item is row))

    return asked


def _and(terms: tuple[Truth, ...]) -> Truth:
    if len(terms) == 2:
        first, second = terms

        def both(row: Row, items: Items) -> bool | None:
            truth = first(row, items)
            if truth is False:
                return False
            other = second(row, items)
            return other if truth or other is False else None

        return both

    def every(row: Row, items: Items) -> bool | None:
        made: bool | None = True
        for term in terms:
            truth = term(row, items)
            if truth is False:
                return False
            if truth is None:
                made = None
        return made

    return every


def _or(terms: tuple[Truth, ...]) -> Truth:
    def some(row: Row, items: Items) -> bool | None:
        made: bool | None = False
        for term in terms:
            truth = term(row, items)
            if truth:
                return True
            if truth is None:
                made = None
        return made

    return some


def _not(term: Truth) -> Truth:
    def other(row: Row, items: Items) -> bool | None:
        truth = term(row, items)
        return None if truth is None else not truth

    return other


def _comparison(node: Comparison) -> Truth:
    compare = COMPARE[node.relation]
    left = amount(node.left)
    if isinstance(node.right, Number | Day):
        limit = node.right.value

        def against(row: Row, items: Items) -> bool | None:  # noqa: ARG001 - one shape for all
            value = left(row)
            return None if value is None else compare(value, limit)

        return against
    right = amount(node.right)

    def between(row: Row, items: Items) -> bool | None:  # noqa: ARG001 - one shape for all
        value, other = left(row), right(row)
        return None if value is None or other is None else compare(value, other)

    return between


def amount(value: Value) -> Amount:
    """Compile one side of a comparison."""
    match value:
        case Number(literal) | Day(literal):
            return lambda row: literal  # noqa: ARG005 - one shape for all
        case FactValue(fact):
            return _fact_amount(fact)
        case Arithmetic(left, operation, right):
            first = cast("Callable[[Row], Decimal | None]", amount(left))
            second = cast("Callable[[Row], Decimal | None]", amount(right))
            return lambda row: computed(first(row), operation, second(row))
        case Shifted() | DaysBetween():
            return lambda row: value_of(value, row)


def _fact_amount(fact: str) -> Amount:
    read = cast("Callable[[str, object], date | None]", READ[FACT[fact].type])
    if FACT[fact].type is not FactType.NUMBER:
        return lambda row: read(fact, row.get(fact))

    def number(row: Row) -> Decimal | None:
        value = row.get(fact)
        # the common case first: a finite decimal needs no reading
        if isinstance(value, Decimal) and FINITE(value):
            return value
        return number_of(fact, value)

    return number


def _test(node: Expression) -> Truth:  # noqa: PLR0911 - one return a kind of node
    """Compile a test of one fact."""
    fact = cast("Flag", node).fact
    match node:
        case OneOf(_, values):
            return _member(fact, literals_of(fact, values))
        case InList(_, named):
            return _member(fact, named.members)
        case StartsWith(_, prefixes):
            return _text_test(fact, lambda text: text.startswith(prefixes))
        case Contains(_, texts):
            sought = tuple(literals_of(fact, texts))
            return _text_test(fact, lambda text: any(part in text for part in sought))
    read = READ[FACT[fact].type]
    if isinstance(node, Known):
        return lambda row, items: read(fact, row.get(fact)) is not None  # noqa: ARG005 - one shape for all
    if isinstance(node, Include):
        return _include(node)
    return cast("Truth", lambda row, items: read(fact, row.get(fact)))  # noqa: ARG005 - a flag is its own truth


def _include(node: Include) -> Truth:
    fact, codes = node.fact, frozenset(node.codes)
    read = READ[FactType.CODES]

    def including(row: Row, items: Items) -> bool | None:  # noqa: ARG001 - one shape for all
        held = cast("frozenset[str] | None", read(fact, row.get(fact)))
        if held is None:
            return None
        return codes <= held if node.every else not codes.isdisjoint(held)

    return including


def _member(fact: str, allowed: frozenset[str]) -> Truth:
    if FACT[fact].type is FactType.TEXT:
        return _text_test(fact, allowed.__contains__)

    def test(row: Row, items: Items) -> bool | None:  # noqa: ARG001 - one shape for all
        value = row.get(fact)
        # the common case first; what is not a text goes the long way, to be unknown or refused
        if value.__class__ is str or text_of(fact, value) is not None:
            return value in allowed
        return None

    return test


def _text_test(fact: str, holds: Callable[[str], bool]) -> Truth:
    is_text = FACT[fact].type is FactType.TEXT

    def test(row: Row, items: Items) -> bool | None:  # noqa: ARG001 - one shape for all
        value = row.get(fact)
        if value is None:
            return None
        if not isinstance(value, str):
            raise refused(fact, value)
        return holds(folded(value)) if is_text else holds(value)

    return test


def _over_items(node: AnyItem | AllItems | ItemCount | ItemSum) -> Truth:
    inner = compiled(node.condition) if node.condition is not None else None
    if isinstance(node, AnyItem | AllItems):
        join = any_of if isinstance(node, AnyItem) else all_of
        asked = cast("Truth", inner)
        return lambda row, items: join(asked(item, items) for item in items)  # noqa: ARG005 - one shape for all
    right = cast("Callable[[Row], Decimal | None]", amount(node.right))
    if isinstance(node, ItemCount):
        return _count(cast("Truth", inner), node.relation, right)
    return _sum(node, inner, right)


def _count(inner: Truth, relation: Relation, right: Callable[[Row], Decimal | None]) -> Truth:
    def counting(row: Row, items: Items) -> bool | None:
        chosen = [inner(item, items) for item in items]
        sure = chosen.count(True)
        return counted(relation, sure, sure + chosen.count(None), right(row))

    return counting


def _sum(node: ItemSum, inner: Truth | None, right: Callable[[Row], Decimal | None]) -> Truth:
    addend = cast("Callable[[Row], Decimal | None]", _fact_amount(node.fact))
    compare = COMPARE[node.relation]

    def summing(row: Row, items: Items) -> bool | None:
        chosen = [True if inner is None else inner(item, items) for item in items]
        addends = [addend(item) for item, truth in zip(items, chosen, strict=True) if truth]
        threshold = right(row)
        if None in chosen or None in addends or threshold is None:
            return None
        made = total(cast("list[Decimal]", addends))
        return None if made is None else compare(made, threshold)

    return summing
