"""Comparisons of numbers in SQL, and where SQL may be wrong about them.

In Darvoza a number means a decimal of 28 significant digits. No dialect computes like that: some divide into doubles,
some round a product, some fail on overflow. So a comparison is rewritten until nothing is left that they do
differently:

- **No division.** A side is a fraction of two sums of products, and a/b < c/d is asked as a·d < c·b, or the other
  way round where b·d is negative; where a divisor is zero the answer is unknown.
- **Decimals where they fit.** If every intermediate result provably fits in 38 digits, it is computed in DECIMAL.
- **Doubles where they do not**, or where a fact is kept as a double.

A number and a fact kept as a double, or two such facts, are ordered exactly: the number is replaced by its nearest
double and the relation adjusted to the side it fell on.

What remains are sides so near to each other that rounding decides: within `sql_fractions.NEAR` of the sizes of their terms. Such a
comparison brings its *doubt*, a second condition that is true for the rows on which SQL may decide otherwise than
Darvoza. A doubt is never left out; most comparisons need none.

A bound: n operations on doubles are off by at most about n·2⁻⁵³ times the size, which is the same sum of products
with every term made positive; a condition holds at most some hundred operations, a declaration at most some thousand
items, so 10⁻¹² covers them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlglot import exp

from darvoza.domain.expression import (
    Arithmetic,
    Day,
    DaysBetween,
    FactValue,
    Number,
    Operation,
    Relation,
    Shifted,
    Value,
)
from darvoza.flow.assessment.sql_columns import Kept
from darvoza.flow.assessment.sql_dialects import Dialect, inexpressible
from darvoza.flow.assessment.sql_fractions import (
    MIRRORED,
    Answer,
    Fraction,
    Quantity,
    TooWideError,
    combined,
    decimal,
    double,
    literal,
    ordered,
    size_of,
    times,
)
from darvoza.flow.assessment.sql_moments import Moments
from darvoza.flow.assessment.sql_nodes import (
    FALSE,
    TRUE,
    Sql,
    case,
    cast,
    column,
    compared,
    is_known,
    joined,
    opposite,
    over_items,
    text,
    whole,
)

LARGEST: Final = "1.7976931348623157e+308"
SIGNIFICANT: Final = 26
"""Two digits below the 28 of the reference, for the rounding of a division on either side."""

DIGITS: Final = {Kept.DECIMAL: (21, 6), Kept.WHOLE: (19, 0), Kept.COUNT: (18, 0)}
"""Digits before and after the point that a column may hold."""

SUM_DIGITS: Final = (26, 6)
DAYS: Final = (7, 0)


@dataclass(frozen=True, slots=True)
class Tally:
    """A whole number that SQL has counted."""

    node: Sql


@dataclass(frozen=True, slots=True)
class Total:
    """A fact added up over the items for which `chosen` is true (``None``: all)."""

    fact: str
    chosen: Sql | None


Side = Value | Tally | Total


def finite(node: Sql) -> Sql:
    """Tell whether a double is a number: no dialect orders NaN or infinity below the largest."""
    largest = cast(text(LARGEST), "DOUBLE")
    lowest = cast(text(f"-{LARGEST}"), "DOUBLE")
    return joined(exp.And, compared(node, Relation.AT_LEAST, lowest), compared(node, Relation.AT_MOST, largest))


def degree(side: Side) -> int:
    """Count the factors that the longest product of a side may have once its divisions are gone."""
    if isinstance(side, Arithmetic):
        return degree(side.left) + degree(side.right)
    return 1


def divides(side: Side) -> bool:
    """Tell whether a side divides anywhere."""
    return isinstance(side, Arithmetic) and (
        side.operation is Operation.DIVIDE or divides(side.left) or divides(side.right)
    )


def faithful(side: Side) -> bool:
    """Tell whether a side rounds at most once, in a division that comes last."""
    if isinstance(side, Arithmetic) and side.operation is Operation.DIVIDE:
        return not divides(side.left) and not divides(side.right)
    return not divides(side)


class Numbers:
    """Compares numbers in one dialect.

    Parameters
    ----------
    dialect
        The dialect.
    kept
        How each fact that is a number is kept.
    """

    def __init__(self, dialect: Dialect, kept: Mapping[str, Kept]) -> None:
        self.dialect, self.kept = dialect, kept
        self.moments = Moments(dialect)

    def known(self, fact: str) -> Sql:
        """Ask whether a number is known."""
        known = is_known(column(fact))
        if self.kept[fact] in {Kept.FLOAT, Kept.COUNT}:
            return joined(exp.And, known, finite(column(fact)))
        return known

    def compare(self, left: Side, relation: Relation, right: Side) -> Answer:
        """Compare two sides.

        Raises
        ------
        ProfileError
            They multiply more factors, or larger numbers, than a double can hold.
        """
        if self._is_float(left) and isinstance(right, Number):
            return Answer(self._against_number(left, relation, right.value))
        if self._is_float(right) and isinstance(left, Number):
            return Answer(self._against_number(right, MIRRORED[relation], left.value))
        if self._is_float(left) and self._is_float(right):
            return Answer(compared(self._float(left), relation, self._float(right)))
        try:
            a, b = self._decimals(left), self._decimals(right)
            made = ordered(a, relation, b)
        except TooWideError:
            return self._in_doubles(left, relation, right)
        plain = not a.operations and not b.operations
        return Answer(made.truth) if plain else _excused(made, left, right, (a, b))

    def _in_doubles(self, left: Side, relation: Relation, right: Side) -> Answer:
        reach = 290 // (degree(left) + degree(right))
        if reach < 33:  # the widest decimal
            raise inexpressible("a product of so many numbers", self.dialect, "it may be larger than a double holds")
        out_of_reach: list[Sql] = []
        made = ordered(self._doubles(left, reach, out_of_reach), relation, self._doubles(right, reach, out_of_reach))
        return Answer(made.truth, (*made.doubts, *out_of_reach))

    def _is_float(self, side: Side) -> bool:
        return isinstance(side, FactValue) and self.kept[side.fact] is Kept.FLOAT

    def _float(self, side: Side) -> Sql:
        """Give a fact kept as a double; NULL where it is no number."""
        assert isinstance(side, FactValue)  # noqa: S101 - what `_is_float` has found out
        return case((finite(column(side.fact)), cast(column(side.fact), "DOUBLE")))

    def _against_number(self, side: Side, relation: Relation, number: Decimal) -> Sql:
        """Compare a double with a number exactly."""
        try:
            near = float(number)
        except OverflowError:
            near = float("inf")
        value = self._float(side)
        if abs(near) == float("inf"):
            holds = {Relation.DIFFERENT} | ({Relation.LESS, Relation.AT_MOST} if number > 0 else set())
            holds |= {Relation.MORE, Relation.AT_LEAST} if number < 0 else set()
            return case((is_known(value), TRUE if relation in holds else FALSE))
        exact = Decimal(near)
        if exact != number:
            if relation in {Relation.EQUAL, Relation.DIFFERENT}:
                return case((is_known(value), TRUE if relation is Relation.DIFFERENT else FALSE))
            if relation in {Relation.LESS, Relation.AT_MOST}:
                relation = Relation.LESS if exact > number else Relation.AT_MOST
            else:
                relation = Relation.AT_LEAST if exact > number else Relation.MORE
        return compared(value, relation, double(near))

    def _decimals(self, side: Side) -> Fraction:
        """Compute a side in decimals; `TooWideError` when they may not fit."""
        match side:
            case Number(number):
                return Fraction(literal(number))
            case FactValue(fact):
                return Fraction(self._column(fact))
            case Tally(node):
                made = decimal(node, (10, 0))
                return Fraction(Quantity(made, size_of(made), (10, 0)))
            case Total(fact, chosen):
                added = self._column(fact)
                node = decimal(_total(added.node, chosen, decimal(text("0"), DIGITS[self.kept[fact]])), SUM_DIGITS)
                return Fraction(Quantity(node, _total(added.size, chosen, double(0)), SUM_DIGITS))
            case Arithmetic(left, operation, right):
                return combined(self._decimals(left), operation, self._decimals(right))
            case DaysBetween():
                days = decimal(self.moments.between(side), DAYS)
                return Fraction(Quantity(days, size_of(days), DAYS))
            case Day() | Shifted():
                raise inexpressible("a date among numbers", self.dialect, "it has no number")

    def _column(self, fact: str) -> Quantity:
        kept = self.kept[fact]
        if kept is Kept.FLOAT:
            raise TooWideError
        node = decimal(column(fact), DIGITS[kept])
        if kept is Kept.COUNT:
            node = case((finite(column(fact)), node))
        return Quantity(node, size_of(node), DIGITS[kept])

    def _doubles(self, side: Side, reach: int, out_of_reach: list[Sql]) -> Fraction:
        """Compute a side in doubles, none of them beyond 10^±reach."""
        match side:
            case Number(number):
                if number and not Decimal(1).scaleb(-reach) < abs(number) < Decimal(1).scaleb(reach):
                    raise inexpressible(
                        f"the number {number}", self.dialect, "products may leave the reach of a double"
                    )
                return Fraction(Quantity(double(number), double(abs(number)), None))
            case FactValue(fact):
                node = self._within(fact, reach, out_of_reach)
                return Fraction(Quantity(node, exp.Abs(this=node.copy()), None))
            case Tally(node):
                return Fraction(Quantity(cast(node, "DOUBLE"), size_of(node), None))
            case Total(fact, chosen):
                beyond: list[Sql] = []
                node = self._within(fact, reach, beyond)
                out_of_reach.extend(_somewhere(doubt) for doubt in beyond)
                made = _total(node, chosen, double(0))
                return Fraction(Quantity(made, _total(exp.Abs(this=node.copy()), chosen, double(0)), None))
            case Arithmetic(left, operation, right):
                sides = (self._doubles(part, reach, out_of_reach) for part in (left, right))
                return combined(next(sides), operation, next(sides))
            case DaysBetween():
                days = cast(self.moments.between(side), "DOUBLE")
                return Fraction(Quantity(days, size_of(days), None))
            case Day() | Shifted():
                raise inexpressible("a date among numbers", self.dialect, "it has no number")

    def _within(self, fact: str, reach: int, out_of_reach: list[Sql]) -> Sql:
        """Give a fact as a double, NULL (and in doubt) where its products could leave the reach of a double."""
        value = cast(column(fact), "DOUBLE")
        if self.kept[fact] is not Kept.FLOAT:
            return case((finite(value), value)) if self.kept[fact] is Kept.COUNT else value
        size: Sql = exp.Abs(this=value.copy())
        inside = joined(
            exp.And,
            compared(size, Relation.AT_LEAST, double(10.0**-reach)),
            compared(size, Relation.AT_MOST, double(10.0**reach)),
        )
        inside = joined(exp.Or, inside, compared(value, Relation.EQUAL, double(0)))
        out_of_reach.append(joined(exp.And, finite(value), opposite(inside)))
        return case((inside, value))


def _excused(made: Answer, left: Side, right: Side, sides: tuple[Fraction, Fraction]) -> Answer:
    """Leave out the doubts of decimals that were computed without any rounding, in SQL and in Darvoza."""
    if not (faithful(left) and faithful(right)):
        return made
    a, b = sides
    parts = [times(a.above, b.below), times(b.above, a.below)]
    scale = max(part.digits[1] for part in parts if part.digits is not None)
    size = joined(exp.Add, *(part.size for part in parts))
    large = compared(size, Relation.AT_LEAST, double(10.0 ** (SIGNIFICANT - scale)))
    return Answer(made.truth, tuple(joined(exp.And, doubt, large) for doubt in made.doubts))


def _total(node: Sql, chosen: Sql | None, zero: Sql) -> Sql:
    """Add up over the items of a declaration; unknown when a choice or an addend is."""
    unknown = case((exp.Is(this=exp.Paren(this=node.copy()), expression=exp.Null()), whole(1)), default=whole(0))
    addend = case((is_known(node), node), default=zero)
    if chosen is not None:
        unchosen = exp.Is(this=exp.Paren(this=chosen.copy()), expression=exp.Null())
        unknown = case((unchosen, whole(1)), (chosen, unknown), default=whole(0))
        addend = case((chosen, addend), default=zero)
    all_known = compared(over_items(exp.Sum, unknown), Relation.EQUAL, whole(0))
    return case((all_known, over_items(exp.Sum, addend)))


def _somewhere(condition: Sql) -> Sql:
    """Tell whether a condition holds for any item of the declaration."""
    held = over_items(exp.Max, case((condition, whole(1)), default=whole(0)))
    return compared(held, Relation.EQUAL, whole(1))
