"""Conditions compiled to closures over the facts of one declaration, one side of the truth at a time.

A profile asks only whether it matches: whether its condition is true, or, where doubt counts, whether it is not
false. Both sides of Kleene's truth pass through *and* and *or* unchanged and are swapped by *not*, so every closure
answers plain yes or no and stops at the first term that decides.
"""

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import cast

from darvoza.domain.expression import (
    AllItems,
    And,
    AnyItem,
    Between,
    Comparison,
    Contains,
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
    Quantified,
    Relation,
    StartsWith,
    nodes,
)
from darvoza.domain.facts import FACT
from darvoza.flow.assessment.amounts import FINITE, amount, fact_amount
from darvoza.flow.assessment.forms import COMPARED_AS
from darvoza.flow.assessment.interpreter import Row, comparable, evaluate
from darvoza.flow.assessment.meaning import (
    COMPARE,
    READ,
    codes_of,
    counted,
    distinct_bounds,
    has_word,
    held_of,
    literals_of,
    members_of,
    number_of,
    refused,
    text_of,
    total,
)

Items = Sequence[Row]
Ask = Callable[[Row, Items], bool]


def compiled(node: Expression, *, doubt: bool) -> Ask:  # noqa: PLR0911 - one return a kind of node
    """Compile a condition to a closure over the facts of an item and of all items.

    Parameters
    ----------
    node
        The condition. A kind of node that has no closure of its own is left to the reference interpreter.
    doubt
        Whether an unknown condition counts.

    Returns
    -------
    callable
        Tells whether the condition is true, or unknown while doubt counts. It raises `InvalidValue` where a fact it
        looks at holds a value of another type.

    Examples
    --------
    >>> from darvoza.flow.assessment.sentence import parse
    >>> ask = compiled(parse("price > 5 and origin is GE"), doubt=True)
    >>> ask({"price": 6}, ()), ask({"price": 5}, ())
    (True, False)
    """
    match node:
        case And(terms):
            return _and(tuple(compiled(term, doubt=doubt) for term in sorted(terms, key=effort)))
        case Or(terms):
            return _or(tuple(compiled(term, doubt=doubt) for term in sorted(terms, key=effort)))
        case Not(term):
            other = compiled(term, doubt=not doubt)
            return lambda row, items: not other(row, items)
        case Between():
            return compiled(node.comparisons(), doubt=doubt)
        case Comparison():
            return _comparison(node, doubt=doubt)
        case AnyItem() | AllItems() | ItemCount() | ItemSum() | DistinctCount():
            return _over_items(node, doubt=doubt)
        case Flag() | OneOf() | InList() | StartsWith() | Contains() | HasWord() | Include() | Empty() | Known():
            return _test(node, doubt=doubt)
        case _:
            return _interpreted(node, doubt=doubt)


def effort(node: Expression) -> int:
    """Rank a condition by what it costs to ask; the cheapest terms are asked first."""
    if isinstance(node, Quantified):
        return 100
    return 0 if isinstance(node, OneOf | InList | StartsWith | Flag) else sum(1 for _ in nodes(node))


def _interpreted(node: Expression, *, doubt: bool) -> Ask:
    def ask(row: Row, items: Items) -> bool:
        index = next(place for place, item in enumerate(items) if item is row)
        truth = evaluate(node, items, index)
        return doubt if truth is None else truth

    return ask


def _and(terms: tuple[Ask, ...]) -> Ask:
    if len(terms) == 2:
        first, second = terms
        return lambda row, items: first(row, items) and second(row, items)

    def every(row: Row, items: Items) -> bool:
        for term in terms:  # noqa: SIM110 - a generator would cost more than the terms
            if not term(row, items):
                return False
        return True

    return every


def _or(terms: tuple[Ask, ...]) -> Ask:
    if len(terms) == 2:
        first, second = terms
        return lambda row, items: first(row, items) or second(row, items)

    def some(row: Row, items: Items) -> bool:
        for term in terms:  # noqa: SIM110 - a generator would cost more than the terms
            if term(row, items):
                return True
        return False

    return some


def _comparison(node: Comparison, *, doubt: bool) -> Ask:
    if isinstance(node.left, FactValue) and isinstance(node.right, Number):
        return _against(node.left.fact, node.relation, node.right.value, doubt=doubt)
    compare = COMPARE[node.relation]
    left, right = amount(node.left), amount(node.right)

    def between(row: Row, items: Items) -> bool:  # noqa: ARG001 - one shape for all
        value = left(row)
        if value is None:
            return doubt
        other = right(row)
        return doubt if other is None else compare(value, other)

    return between


def _against(fact: str, relation: Relation, limit: Decimal, *, doubt: bool) -> Ask:
    """Compare a fact with a literal.

    Rounding never changes an order, only makes equals: a float that differs from the float nearest to the literal
    lies on the same side of the literal itself. Only a float equal to it is compared in decimals.
    """
    compare = COMPARE[relation]
    near = float(limit)

    def test(row: Row, items: Items) -> bool:  # noqa: ARG001 - one shape for all
        value = row.get(fact)
        kind = value.__class__
        if (kind is Decimal and FINITE(value)) or kind is int:  # type: ignore[arg-type]
            return compare(value, limit)  # type: ignore[arg-type]
        if kind is float and value != near and value - value == 0:  # type: ignore[operator] # finite
            return compare(value, near)  # type: ignore[arg-type]
        number = number_of(fact, value)
        return doubt if number is None else compare(number, limit)

    return test


def _test(node: Expression, *, doubt: bool) -> Ask:  # noqa: PLR0911 - one return a kind of node
    """Compile a test of one fact."""
    fact = cast("Flag", node).fact
    match node:
        case OneOf(_, values):
            return _member(fact, literals_of(fact, values), doubt=doubt)
        case InList(_, named):
            return _member(fact, members_of(fact, named), doubt=doubt)
        case StartsWith(_, prefixes):
            return _text_test(fact, lambda text: text.startswith(prefixes), doubt=doubt)
        case Contains(_, texts):
            sought = tuple(literals_of(fact, texts))
            return _text_test(fact, lambda text: any(part in text for part in sought), doubt=doubt)
        case HasWord(_, words):
            whole = tuple(literals_of(fact, words))
            return _text_test(fact, lambda text: any(has_word(text, word) for word in whole), doubt=doubt)
        case Include() | Empty():
            return _of_codes(node, doubt=doubt)
    return _standing(node, fact, doubt=doubt)


def _standing(node: Expression, fact: str, *, doubt: bool) -> Ask:
    """Compile a test of a fact that stands alone: whether it is known, or a flag."""
    read = READ[FACT[fact].type]
    if isinstance(node, Known):
        return lambda row, items: read(fact, row.get(fact)) is not None  # noqa: ARG005 - one shape for all

    def flag(row: Row, items: Items) -> bool:  # noqa: ARG001 - one shape for all
        value = row.get(fact)
        if value is True or value is False:
            return value
        return doubt if read(fact, value) is None else bool(value)

    return flag


def _of_codes(node: Include | Empty, *, doubt: bool) -> Ask:
    """Compile a test of a set of codes."""
    fact, read = node.fact, held_of if node.fact in COMPARED_AS else codes_of
    codes = frozenset() if isinstance(node, Empty) else literals_of(fact, node.codes)
    holds: Callable[[frozenset[str]], bool] = lambda held: not codes.isdisjoint(held)  # noqa: E731 - one of four
    if isinstance(node, Empty):
        holds = operator.not_
    elif node.every:
        forms = [literals_of(fact, (code,)) for code in node.codes]
        holds = lambda held: not any(map(held.isdisjoint, forms))  # noqa: E731 - one of four
        if all(len(each) == 1 for each in forms):
            holds = codes.issubset

    def test(row: Row, items: Items) -> bool:  # noqa: ARG001 - one shape for all
        held = read(fact, row.get(fact))
        return doubt if held is None else holds(held)

    return test


def _member(fact: str, allowed: frozenset[str], *, doubt: bool) -> Ask:
    if fact in COMPARED_AS:
        return _text_test(fact, allowed.__contains__, doubt=doubt)

    def test(row: Row, items: Items) -> bool:  # noqa: ARG001 - one shape for all
        value = row.get(fact)
        # the common case first; what is not a text goes the long way, to be unknown or refused
        if value.__class__ is str or text_of(fact, value) is not None:
            return value in allowed
        return doubt

    return test


def _text_test(fact: str, holds: Callable[[str], bool], *, doubt: bool) -> Ask:
    form = COMPARED_AS.get(fact)

    def test(row: Row, items: Items) -> bool:  # noqa: ARG001 - one shape for all
        value = row.get(fact)
        if value is None:
            return doubt
        if not isinstance(value, str):
            raise refused(fact, value)
        return holds(value if form is None else form(value))

    return test


def _over_items(node: Quantified, *, doubt: bool) -> Ask:
    match node:
        case AnyItem(condition):
            some = compiled(condition, doubt=doubt)
            return lambda row, items: any(some(item, items) for item in items)  # noqa: ARG005 - one shape for all
        case AllItems(condition):
            every = compiled(condition, doubt=doubt)
            return lambda row, items: all(every(item, items) for item in items)  # noqa: ARG005 - one shape for all
        case ItemCount():
            return _count(node, doubt=doubt)
        case ItemSum():
            return _sum(node, doubt=doubt)
        case DistinctCount():
            return _distinct(node, doubt=doubt)


def _count(node: ItemCount, *, doubt: bool) -> Ask:
    surely, perhaps = compiled(node.condition, doubt=False), compiled(node.condition, doubt=True)
    right = cast("Callable[[Row], Decimal | None]", amount(node.right))
    relation = node.relation
    compare = COMPARE[relation]

    def counting(row: Row, items: Items) -> bool:
        least = most = 0
        for item in items:
            if surely(item, items):
                least += 1
            elif perhaps(item, items):
                most += 1
        threshold = right(row)
        if most == 0 and threshold is not None:
            return compare(least, threshold)  # type: ignore[arg-type] # whole numbers compare with decimals
        truth = counted(relation, least, least + most, threshold)
        return doubt if truth is None else truth

    return counting


def _sum(node: ItemSum, *, doubt: bool) -> Ask:
    surely = perhaps = None
    if node.condition is not None:
        surely, perhaps = compiled(node.condition, doubt=False), compiled(node.condition, doubt=True)
    addend = cast("Callable[[Row], Decimal | None]", fact_amount(node.fact))
    right = cast("Callable[[Row], Decimal | None]", amount(node.right))
    compare = COMPARE[node.relation]

    def summing(row: Row, items: Items) -> bool:
        addends: list[Decimal | None] = []
        for item in items:
            if surely is None or surely(item, items):
                addends.append(addend(item))
            elif perhaps is not None and perhaps(item, items):
                return doubt
        threshold = right(row)
        if None in addends or threshold is None:
            return doubt
        made = total(cast("list[Decimal]", addends))
        return doubt if made is None else compare(made, threshold)

    return summing


def _distinct(node: DistinctCount, *, doubt: bool) -> Ask:
    surely = perhaps = None
    if node.condition is not None:
        surely, perhaps = compiled(node.condition, doubt=False), compiled(node.condition, doubt=True)
    fact, relation = node.fact, node.relation
    right = cast("Callable[[Row], Decimal | None]", amount(node.right))

    def counting(row: Row, items: Items) -> bool:
        sure: list[object] = []
        possible: list[object] = []
        for item in items:
            if surely is None or surely(item, items):
                sure.append(comparable(fact, item.get(fact)))
            elif perhaps is not None and perhaps(item, items):
                possible.append(comparable(fact, item.get(fact)))
        truth = counted(relation, *distinct_bounds(sure, possible), right(row))
        return doubt if truth is None else truth

    return counting
