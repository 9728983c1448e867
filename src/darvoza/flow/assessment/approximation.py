"""Arithmetic in floats that knows its own error, so that decimal answers come at the speed of floats.

Money is decimal; a float is not. But two sides of a comparison that lie further apart than the floats can have
strayed are ordered as their decimals are. So each value carries a proven bound of its absolute error, and only rows
whose sides lie within it are decided again, in decimals, by the reference interpreter: the way exact geometric
predicates are computed (J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
Predicates", Discrete & Computational Geometry 18, 1997).

With unit roundoff u = 2⁻⁵³, computed a, b off by at most ea, eb:

- a ± b is off by at most ea + eb + u·|a ± b|;
- a · b by at most |a|·eb + |b|·ea + ea·eb + u·|a · b|;
- a ÷ b by at most (ea + |a ÷ b|·eb) ÷ (|b| − eb) + u·|a ÷ b|, as long as eb < |b|; otherwise it is in doubt.

The reference itself rounds at 28 digits. That error obeys the same recurrences with u' = 5·10⁻²⁸, 10¹¹ times
smaller, and the factor `MARGIN` covers it together with the rounding of the bounds. `FLOOR` covers underflow.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np

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
from darvoza.flow.assessment.encoding import GRID_LIMIT, GRID_SCALE, Encoded, Floats, Mask, Rows

UNIT: Final = 2.0**-53
MARGIN: Final = 1.001
FLOOR: Final = 1e-280
EPOCH: Final = date(1970, 1, 1).toordinal()
FIRST_DAY, LAST_DAY = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH

COMPARE: Final = {
    Relation.LESS: np.less,
    Relation.AT_MOST: np.less_equal,
    Relation.MORE: np.greater,
    Relation.AT_LEAST: np.greater_equal,
    Relation.EQUAL: np.equal,
    Relation.DIFFERENT: np.not_equal,
}
OPPOSITE: Final = {
    Relation.LESS: Relation.AT_LEAST,
    Relation.AT_MOST: Relation.MORE,
    Relation.MORE: Relation.AT_MOST,
    Relation.AT_LEAST: Relation.LESS,
    Relation.EQUAL: Relation.DIFFERENT,
    Relation.DIFFERENT: Relation.EQUAL,
}


@dataclass(frozen=True, slots=True)
class Approximate:
    """Numbers known up to a bound.

    Attributes
    ----------
    values
        The numbers, shape ``(n,)`` or ``()``; NaN is unknown, unless in doubt.
    error
        Bound of the absolute error, same shape or ``()``.
    grid
        Whether they stand for multiples of 10⁻⁶ below 10⁹, see `Amounts`.
    doubt
        Where neither value nor bound means anything.
    """

    values: Floats
    error: Floats
    grid: bool = False
    doubt: Mask | None = None


def approximate(value: Value, columns: Encoded, rows: Rows) -> Approximate:
    """Compute one side of a comparison for some rows."""
    match value:
        case Number(number):
            return _literal(number)
        case Day(day):
            return Approximate(np.float64(day.toordinal() - EPOCH), np.float64(0), grid=True)  # type: ignore[arg-type]
        case FactValue(fact):
            amounts = columns.amounts(fact)
            values = columns.taken(fact, rows)
            error = amounts.error * np.abs(values) if amounts.error else np.zeros(())
            return Approximate(values, error, amounts.grid)
        case Arithmetic(left, operation, right):
            return _computed(approximate(left, columns, rows), operation, approximate(right, columns, rows))
        case Shifted(day, days):
            moved = approximate(day, columns, rows).values + days
            with np.errstate(invalid="ignore"):
                inside = (moved >= FIRST_DAY) & (moved <= LAST_DAY)
            return Approximate(np.where(inside, moved, np.nan), np.zeros(()), grid=True)
        case DaysBetween(earlier, later):
            start, end = approximate(earlier, columns, rows), approximate(later, columns, rows)
            return Approximate(end.values - start.values, np.zeros(()), grid=True)


def _literal(number: Decimal) -> Approximate:
    near = float(number)
    error = 0.0 if Decimal(near) == number else UNIT * abs(near)
    on_grid = number == round(number, GRID_SCALE) and abs(number) < GRID_LIMIT
    return Approximate(np.asarray(near), np.asarray(error), grid=on_grid)


def _computed(a: Approximate, operation: Operation, b: Approximate) -> Approximate:
    doubt = _either(a.doubt, b.doubt)
    with np.errstate(all="ignore"):
        if operation is Operation.TIMES:
            made = a.values * b.values
            error = np.abs(a.values) * b.error + np.abs(b.values) * a.error + a.error * b.error
        elif operation is Operation.DIVIDE:
            made = np.where(b.values == 0, np.nan, a.values / b.values)
            size = np.abs(b.values)
            error = (a.error + np.abs(made) * b.error) / (size - b.error)
            doubt = _either(doubt, (size <= 2 * b.error) & (b.error > 0))
        else:
            made = a.values + b.values if operation is Operation.PLUS else a.values - b.values
            error = a.error + b.error
        # A float may overflow or underflow where the decimal does neither.
        lost = np.isinf(made)
        if operation in {Operation.TIMES, Operation.DIVIDE}:
            lost |= (np.abs(made) < FLOOR) & (a.values != 0) & (b.values != 0)
        return Approximate(made, error + UNIT * np.abs(made), doubt=_either(doubt, lost))


def _either(a: Mask | None, b: Mask | None) -> Mask | None:
    if a is None or b is None:
        return b if a is None else a
    return a | b


def compared(a: Approximate, relation: Relation, b: Approximate, n_rows: int) -> tuple[Mask, Mask]:
    """Compare two sides.

    Returns
    -------
    sure, doubtful : Mask
        Where the relation certainly holds, and where decimals must decide; each of shape ``(n_rows,)``. Elsewhere
        it does not hold, or a side is unknown.
    """
    with np.errstate(invalid="ignore", over="ignore"):  # two huge numbers may lie further apart than a float reaches
        sure = np.broadcast_to(COMPARE[relation](a.values, b.values), (n_rows,))
        if relation is Relation.DIFFERENT:
            sure = sure & ~(np.isnan(a.values) | np.isnan(b.values))
        if a.grid and b.grid:
            return sure, np.zeros(n_rows, np.bool_)
        tolerance = (a.error + b.error) * MARGIN
        tolerance = np.where(tolerance > 0, tolerance + FLOOR, 0.0)
        near = (np.abs(a.values - b.values) <= tolerance) & (tolerance > 0)
        # a bound that is itself NaN or infinite bounds nothing
        known = ~(np.isnan(a.values) | np.isnan(b.values))
        near |= known & ~np.isfinite(tolerance)
    doubt = _either(a.doubt, b.doubt)
    near = np.broadcast_to(near if doubt is None else near | doubt, (n_rows,))
    return sure & ~near, near
