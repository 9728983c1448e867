"""The sides of comparisons compiled to closures over the facts of one goods item."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final, cast

from darvoza.domain.expression import Arithmetic, Day, DaysBetween, FactValue, Number, Operation, Shifted, Value
from darvoza.domain.facts import FACT, FactType
from darvoza.flow.assessment.interpreter import Row
from darvoza.flow.assessment.meaning import OPERATE, READ, computed, days_between, number_of, shifted

Amount = Callable[[Row], Decimal | date | None]

FINITE: Final = Decimal.is_finite


def amount(value: Value) -> Amount:
    """Compile one side of a comparison; ``None`` is unknown."""
    match value:
        case Number(literal) | Day(literal):
            return lambda row: literal  # noqa: ARG005 - one shape for all
        case FactValue(fact):
            return fact_amount(fact)
        case Arithmetic():
            return _arithmetic(value)
        case Shifted(day, days):
            start = cast("Callable[[Row], date | None]", amount(day))
            return lambda row: shifted(start(row), days)
        case DaysBetween(earlier, later):
            first, last = (cast("Callable[[Row], date | None]", amount(day)) for day in (earlier, later))
            return lambda row: days_between(first(row), last(row))


def _arithmetic(node: Arithmetic) -> Amount:
    first, second = amount(node.left), amount(node.right)
    operation, operate = node.operation, OPERATE.get(node.operation)
    divides = operation is Operation.DIVIDE

    def made(row: Row) -> Decimal | date | None:
        left, right = first(row), second(row)
        if operate is None or left.__class__ is not Decimal or right.__class__ is not Decimal:
            return computed(cast("Decimal | None", left), operation, cast("Decimal | None", right))
        if divides and not right:
            return None
        number = operate(left, right)
        return number if FINITE(number) else None

    return made


def fact_amount(fact: str) -> Amount:
    """Compile the reading of a fact that is a number or a date."""
    read = cast("Callable[[str, object], date | None]", READ[FACT[fact].type])
    if FACT[fact].type is not FactType.NUMBER:
        return lambda row: read(fact, row.get(fact))

    def number(row: Row) -> Decimal | None:
        value = row.get(fact)
        # the common case first: a finite decimal needs no reading
        if value.__class__ is Decimal and FINITE(value):
            return value
        return number_of(fact, value)

    return number
