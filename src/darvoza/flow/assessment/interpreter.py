"""The reference interpreter: slow, plain, and what every other executor is held to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, cast

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
    Quantified,
    Shifted,
    StartsWith,
    Value,
    facts_used,
)
from darvoza.flow.assessment.forms import compared
from darvoza.flow.assessment.meaning import (
    COMPARE,
    computed,
    counted,
    days_between,
    distinct_bounds,
    has_word,
    held_of,
    literals_of,
    members_of,
    read,
    shifted,
    total,
)

Row = Mapping[str, object]


def evaluate(expression: Expression, items: Sequence[Row], index: int) -> bool | None:  # noqa: PLR0911 - one return a kind of node
    """Say whether a condition is true, false or unknown (``None``) for one goods item.

    Parameters
    ----------
    expression
        The condition.
    items
        The facts of every goods item of one declaration, those of the declaration included. A fact that is absent
        or ``None`` is unknown.
    index
        The position of the item in `items`.

    Raises
    ------
    InvalidValue
        A fact holds a value of another type than the catalogue states.

    Examples
    --------
    >>> from darvoza.flow.assessment.sentence import parse
    >>> evaluate(parse("price > 5 or origin is GE"), [{"origin": "GE"}], 0)
    True
    >>> evaluate(parse("price > 5 and origin is GE"), [{"origin": "GE"}], 0) is None
    True
    """
    row = items[index]
    match expression:
        case And(terms):
            return all_of(evaluate(term, items, index) for term in terms)
        case Or(terms):
            return any_of(evaluate(term, items, index) for term in terms)
        case Not(term):
            return opposite(evaluate(term, items, index))
        case Between():
            return evaluate(expression.comparisons(), items, index)
        case Comparison(left, relation, right):
            first, second = value_of(left, row), value_of(right, row)
            return None if first is None or second is None else COMPARE[relation](first, second)
        case AnyItem() | AllItems() | ItemCount() | ItemSum() | DistinctCount():
            return _over_items(expression, items, row)
        case _:
            return _test(expression, row)


def all_of(truths: Iterable[bool | None]) -> bool | None:
    """Kleene's *and*: false beats unknown, unknown beats true."""
    made = list(truths)
    return False if False in made else (None if None in made else True)


def any_of(truths: Iterable[bool | None]) -> bool | None:
    """Kleene's *or*: true beats unknown, unknown beats false."""
    made = list(truths)
    return True if True in made else (None if None in made else False)


def opposite(truth: bool | None) -> bool | None:  # noqa: FBT001 - the truth is the subject
    """Kleene's *not*: the opposite of unknown is unknown."""
    return None if truth is None else not truth


def value_of(value: Value, row: Row) -> Decimal | date | None:
    """Compute one side of a comparison; ``None`` is unknown."""
    match value:
        case Number(number):
            return number
        case Day(day):
            return day
        case FactValue(fact):
            return cast("Decimal | date | None", read(fact, row.get(fact)))
        case Arithmetic(left, operation, right):
            first, second = value_of(left, row), value_of(right, row)
            return computed(cast("Decimal | None", first), operation, cast("Decimal | None", second))
        case Shifted(day, days):
            return shifted(cast("date | None", value_of(day, row)), days)
        case DaysBetween(earlier, later):
            return days_between(*(cast("date | None", value_of(day, row)) for day in (earlier, later)))


def _test(test: Expression, row: Row) -> bool | None:  # noqa: C901, PLR0911 - one return a kind of node
    """Answer a test of one fact."""
    fact = cast("Flag", test).fact
    value = read(fact, row.get(fact))
    if isinstance(test, Known):
        return value is not None
    if value is None:
        return None
    if isinstance(value, str):
        value = compared(fact, value)
    match test:
        case OneOf(_, values):
            return value in literals_of(fact, values)
        case InList(_, named):
            return value in members_of(fact, named)
        case StartsWith(_, prefixes):
            return cast("str", value).startswith(prefixes)
        case Contains(_, texts):
            return any(text in cast("str", value) for text in literals_of(fact, texts))
        case HasWord(_, words):
            return any(has_word(cast("str", value), word) for word in literals_of(fact, words))
        case Empty():
            return not value
        case Include(_, codes, every):
            held = held_of(fact, value) or frozenset()
            found = [not literals_of(fact, (code,)).isdisjoint(held) for code in codes]
            return all(found) if every else any(found)
    return cast("bool", value)  # a flag


def _over_items(question: Quantified, items: Sequence[Row], row: Row) -> bool | None:
    """Answer a question about all items of the declaration."""
    chosen: list[bool | None] = [True] * len(items)
    if question.condition is not None:
        chosen = [evaluate(question.condition, items, other) for other in range(len(items))]
    match question:
        case AnyItem():
            return any_of(chosen)
        case AllItems():
            return all_of(chosen)
        case ItemCount(_, relation, right):
            sure = chosen.count(True)
            threshold = cast("Decimal | None", value_of(right, row))
            return counted(relation, sure, sure + chosen.count(None), threshold)
        case DistinctCount(fact, _, relation, right):
            return counted(
                relation,
                *distinct_bounds(*_chosen_values(fact, items, chosen)),
                cast("Decimal | None", value_of(right, row)),
            )
        case ItemSum(fact, _, relation, right):
            addends = [read(fact, item.get(fact)) for item, truth in zip(items, chosen, strict=True) if truth]
            threshold = cast("Decimal | None", value_of(right, row))
            if None in chosen or None in addends or threshold is None:
                return None
            made = total(cast("list[Decimal]", addends))
            return None if made is None else COMPARE[relation](made, threshold)


def _chosen_values(fact: str, items: Sequence[Row], chosen: Sequence[bool | None]) -> tuple[list[object], list[object]]:
    """Give the values of a code for the items that surely count, and for those that may."""
    pairs = [(comparable(fact, item.get(fact)), truth) for item, truth in zip(items, chosen, strict=True)]
    return [value for value, truth in pairs if truth], [value for value, truth in pairs if truth is None]


def comparable(fact: str, value: object) -> object:
    """Read a value in the form in which it is compared: texts and plates folded."""
    known = read(fact, value)
    return compared(fact, known) if isinstance(known, str) else known


class Ground(NamedTuple):
    """A fact, with its value, that made a condition what it is.

    Attributes
    ----------
    item
        Position of the goods item it was read from, counted from 0.
    fact, value
        The name and the value; ``None`` when the fact is missing.
    """

    item: int
    fact: str
    value: object


def explain(expression: Expression, items: Sequence[Row], index: int) -> tuple[Ground, ...]:
    """Give the facts, with their values, on which a true condition rests.

    Of an *or* only the parts that hold are given, of a question about all items only the items that count. Empty
    when the condition is not true.

    Examples
    --------
    >>> from darvoza.flow.assessment.sentence import parse
    >>> explain(parse("origin in (GE, AE) or price > 5"), [{"origin": "GE", "price": 3}], 0)
    (Ground(item=0, fact='origin', value='GE'),)
    """
    if evaluate(expression, items, index) is not True:
        return ()
    grounds = _grounds(expression, items, index)
    # One fact of one item has one value: a set of codes, which comes as a list, could not be a key itself.
    return tuple({(ground.item, ground.fact): ground for ground in grounds}.values())


def _grounds(expression: Expression, items: Sequence[Row], index: int) -> list[Ground]:
    truth = evaluate(expression, items, index)
    match expression:
        case And(terms) | Or(terms):
            agreeing = [term for term in terms if evaluate(term, items, index) is truth]
            return [ground for term in agreeing for ground in _grounds(term, items, index)]
        case Not(term):
            return _grounds(term, items, index)
        case AnyItem(condition) | AllItems(condition):
            agreeing_items = [other for other in range(len(items)) if evaluate(condition, items, other) is truth]
            return [ground for other in agreeing_items for ground in _grounds(condition, items, other)]
        case ItemCount(condition) | ItemSum(_, condition) | DistinctCount(_, condition):
            counting = [
                other for other in range(len(items)) if condition is None or evaluate(condition, items, other) is True
            ]
            made = [] if condition is None else [g for other in counting for g in _grounds(condition, items, other)]
            if isinstance(expression, ItemSum | DistinctCount):
                made += [Ground(other, expression.fact, items[other].get(expression.fact)) for other in counting]
            return made
        case _:
            used = sorted(facts_used(expression))
            return [Ground(index, fact, items[index].get(fact)) for fact in used]
