"""Fractions of decimals or of doubles in SQL: computed and compared without ever dividing."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlglot import exp

from darvoza.domain.expression import Operation, Relation
from darvoza.flow.assessment.sql_nodes import WIDEST, Sql, case, cast, compared, joined, text

NEAR: Final = "1e-12"
MIRRORED: Final = {
    Relation.LESS: Relation.MORE,
    Relation.MORE: Relation.LESS,
    Relation.AT_MOST: Relation.AT_LEAST,
    Relation.AT_LEAST: Relation.AT_MOST,
    Relation.EQUAL: Relation.EQUAL,
    Relation.DIFFERENT: Relation.DIFFERENT,
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A sum of products.

    Attributes
    ----------
    node
        Its value.
    size
        The same with every term made positive, as a double.
    digits
        Digits before and after the point, ``None`` when it is a double.
    """

    node: Sql
    size: Sql
    digits: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Fraction:
    """One quantity over another, and every divisor that must not be zero."""

    above: Quantity
    below: Quantity | None = None
    divisors: tuple[Quantity, ...] = ()
    operations: int = 0


class TooWideError(ArithmeticError):
    """A decimal would need more digits than a dialect has."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A condition in SQL, and where it may be wrong (``None``: nowhere)."""

    truth: Sql
    doubts: tuple[Sql, ...] = ()


def double(value: Decimal | float) -> Sql:
    """Write a number as a double."""
    return cast(text(repr(float(value))), "DOUBLE")


def decimal(node: Sql, digits: tuple[int, int]) -> Sql:
    """Cast a node to a decimal with so many digits before and after the point."""
    return cast(node, f"DECIMAL({sum(digits)}, {digits[1]})")


def size_of(node: Sql) -> Sql:
    """Give the absolute value of a node as a double."""
    return exp.Abs(this=cast(node, "DOUBLE"))


def fits(digits: tuple[int, int]) -> tuple[int, int]:
    """Give digits back, or raise `TooWideError`."""
    if sum(digits) > WIDEST:
        raise TooWideError
    return digits


def plus(kind: type[exp.Binary], a: Quantity, b: Quantity) -> Quantity:
    """Add or subtract."""
    digits = None
    if a.digits is not None and b.digits is not None:
        digits = fits((max(a.digits[0], b.digits[0]) + 1, max(a.digits[1], b.digits[1])))
    return Quantity(joined(kind, a.node, b.node), joined(exp.Add, a.size, b.size), digits)


def times(a: Quantity, b: Quantity | None) -> Quantity:
    """Multiply; ``None`` is one."""
    if b is None:
        return a
    digits = None
    if a.digits is not None and b.digits is not None:  # Spark asks for one digit more than the factors have
        digits = fits((a.digits[0] + b.digits[0] + 1, a.digits[1] + b.digits[1]))
    return Quantity(joined(exp.Mul, a.node, b.node), joined(exp.Mul, a.size, b.size), digits)


def literal(number: Decimal) -> Quantity:
    """Write a number as a decimal."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - a literal is finite
    scale = max(0, -exponent)
    before = max(1, len(digits) + exponent)
    node = decimal(text(format(number, "f")), fits((before, scale)))
    return Quantity(node, double(abs(number)), (before, scale))


def combined(a: Fraction, operation: Operation, b: Fraction) -> Fraction:
    """Compute with two fractions, without dividing."""
    divisors, operations = (*a.divisors, *b.divisors), a.operations + b.operations + 1
    if operation is Operation.DIVIDE:
        below = times(b.above, a.below)
        return Fraction(times(a.above, b.below), below, (*divisors, b.above), operations)
    below_both = times(a.below, b.below) if a.below is not None else b.below
    if operation is Operation.TIMES:
        return Fraction(times(a.above, b.above), below_both, divisors, operations)
    kind = exp.Add if operation is Operation.PLUS else exp.Sub
    return Fraction(plus(kind, times(a.above, b.below), times(b.above, a.below)), below_both, divisors, operations)


def ordered(a: Fraction, relation: Relation, b: Fraction) -> Answer:
    """Compare two fractions by multiplying crosswise; every comparison it makes brings its doubt."""
    left, right = times(a.above, b.below), times(b.above, a.below)
    if left.digits is not None and right.digits is not None:
        fits((max(left.digits[0], right.digits[0]), max(left.digits[1], right.digits[1])))
    truth = compared(left.node, relation, right.node)
    doubts = [near(left, right)]
    if a.below is None and b.below is None:
        return Answer(truth, tuple(doubts))
    below = times(a.below, b.below) if a.below is not None else b.below
    assert below is not None  # noqa: S101 - one of the two is
    zero = decimal(text("0"), (1, 0)) if below.digits is not None else double(0)
    nothing = Quantity(zero, double(0), below.digits and (1, 0))
    divisors = (*a.divisors, *b.divisors)
    divided_by_zero = joined(exp.Or, *(compared(part.node, Relation.EQUAL, zero) for part in divisors))
    doubts += [near(part, nothing) for part in divisors if isinstance(part.node, exp.Add | exp.Sub | exp.Mul)]
    mirrored = compared(left.node, MIRRORED[relation], right.node)
    return Answer(
        case(
            (divided_by_zero, exp.Null()),
            (compared(below.node, Relation.MORE, zero), truth),
            (compared(below.node, Relation.LESS, zero), mirrored),
        ),
        tuple(doubts),
    )


def near(a: Quantity, b: Quantity) -> Sql:
    """Tell where two quantities are nearer to each other than doubles can tell."""
    apart = exp.Abs(this=joined(exp.Sub, cast(a.node, "DOUBLE"), cast(b.node, "DOUBLE")))
    size = joined(exp.Add, a.size, b.size)
    return compared(apart, Relation.AT_MOST, joined(exp.Mul, size, cast(text(NEAR), "DOUBLE")))
