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

Every |a| may be replaced by something larger. At first it is: the largest value of the column, one number for all
rows, so that the bound costs nothing; only rows that this leaves in doubt are bounded each by its own size.

The reference itself rounds at 28 digits. That error obeys the same recurrences with u' = 5·10⁻²⁸, 10¹¹ times
smaller, and the factor `MARGIN` covers it together with the rounding of the bounds. `FLOOR` covers underflow.

NaN stands for what is unknown, so callers ask NumPy not to warn of it (``np.errstate``), once for both sides.
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
from darvoza.flow.assessment.candidates import Candidates
from darvoza.flow.assessment.encoding import GRID_LIMIT, GRID_SCALE, Floats, Mask

UNIT: Final = 2.0**-53
MARGIN: Final = 1.001
FLOOR: Final = 1e-280
EPOCH: Final = date(1970, 1, 1).toordinal()
DAYS: Final = 2.0**22
"""More than all days from year 1 to year 9999."""

FIRST_DAY, LAST_DAY = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH

COMPARE: Final = {
    Relation.LESS: np.less,
    Relation.AT_MOST: np.less_equal,
    Relation.MORE: np.greater,
    Relation.AT_LEAST: np.greater_equal,
    Relation.EQUAL: np.equal,
    Relation.DIFFERENT: np.not_equal,
}
Compared = tuple[Mask, Mask | None]

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
    error, size
        Bounds of the absolute error and of the magnitude: of each, or one of all.
    grid
        Whether they stand for multiples of 10⁻⁶ below 10⁹, see `Amounts`.
    doubt
        Where neither value nor bound means anything.
    """

    values: Floats
    error: Floats | float
    size: Floats | float
    grid: bool = False
    doubt: Mask | None = None


def approximate(value: Value, asked: Candidates, *, closely: bool = True) -> Approximate:
    """Compute one side of a comparison for some rows.

    Parameters
    ----------
    value
        The side.
    asked
        The rows.
    closely
        Whether the error of each row is bounded by its own values; otherwise by the largest of the columns.
    """
    match value:
        case Number(number):
            return _literal(number)
        case Day(day):
            return _of_days(np.asarray(day.toordinal() - EPOCH, np.float64))
        case FactValue(fact):
            amounts = asked.columns.amounts(fact)
            values = asked.read(fact)
            size = np.abs(values) if closely else amounts.largest
            error = amounts.error * size if amounts.error else 0.0
            return Approximate(values, error, size, amounts.grid)
        case Arithmetic(left, operation, right):
            first, second = approximate(left, asked, closely=closely), approximate(right, asked, closely=closely)
            return _computed(first, operation, second)
        case Shifted(day, days):
            moved = approximate(day, asked).values + days
            return _of_days(np.where((moved >= FIRST_DAY) & (moved <= LAST_DAY), moved, np.nan))
        case DaysBetween(earlier, later):
            return _of_days(approximate(later, asked).values - approximate(earlier, asked).values)


def _of_days(days: Floats) -> Approximate:
    """Give days, or their number: whole, and exact."""
    return Approximate(days, 0.0, DAYS, grid=True)


def _literal(number: Decimal) -> Approximate:
    near = float(number)
    error = 0.0 if Decimal(near) == number else UNIT * abs(near) + FLOOR
    on_grid = abs(near) < GRID_LIMIT and int(number.as_tuple().exponent) >= -GRID_SCALE
    return Approximate(np.asarray(near), error, abs(near), grid=on_grid)


def _computed(a: Approximate, operation: Operation, b: Approximate) -> Approximate:
    doubt = _either(a.doubt, b.doubt)
    if operation is Operation.TIMES:
        made, size = a.values * b.values, a.size * b.size
        error = a.size * b.error + b.size * a.error + a.error * b.error + FLOOR
    elif operation is Operation.DIVIDE:
        made = np.where(b.values == 0, np.nan, a.values / b.values)
        size, under = np.abs(made), np.abs(b.values)
        error = (a.error + size * b.error) / (under - b.error) + FLOOR
        doubt = _either(doubt, (under <= 2 * b.error) & (b.error > 0))
    else:
        made, size = a.values + b.values if operation is Operation.PLUS else a.values - b.values, a.size + b.size
        error = a.error + b.error
    if not np.isfinite(size).all():  # a float may overflow where the decimal does not
        doubt = _either(doubt, np.isinf(made))
    return Approximate(made, error + rounding(size), size, doubt=doubt)


def rounding(size: Floats | float) -> Floats | float:
    """Give a bound of the error of rounding numbers no larger than this; a nought is not rounded, and the least of floats are."""
    return UNIT * size + np.where(size > 0, FLOOR, 0.0)


def _either(a: Mask | None, b: Mask | None) -> Mask | None:
    if a is None or b is None:
        return b if a is None else a
    return a | b


def compared(a: Approximate, relation: Relation, b: Approximate, n_rows: int) -> Compared:
    """Compare two sides.

    Returns
    -------
    sure : Mask
        Where the relation certainly holds; shape ``(n_rows,)``. Elsewhere it does not hold, or a side is unknown.
    doubtful : Mask or None
        Where decimals must decide, and `sure` says nothing; ``None``: nowhere.
    """
    sure = np.asarray(COMPARE[relation](a.values, b.values))
    if relation is Relation.DIFFERENT:
        sure = sure & ~(np.isnan(a.values) | np.isnan(b.values))
    if sure.shape != (n_rows,):
        sure = np.broadcast_to(sure, (n_rows,))
    if a.grid and b.grid:
        return sure, None
    near = _near(a, b)
    doubt = _either(a.doubt, b.doubt)
    near = near if doubt is None else near | doubt
    return sure, np.broadcast_to(near, (n_rows,)) if near.any() else None


def _near(a: Approximate, b: Approximate) -> Mask:
    """Tell where two sides lie within their errors of each other."""
    tolerance = np.asarray((a.error + b.error) * MARGIN)
    apart = a.values - b.values
    near: Mask = np.abs(apart, out=apart if apart.ndim else None) <= tolerance + FLOOR
    if not tolerance.all():  # without an error floats are ordered as what they stand for
        near &= tolerance > 0
    if not np.isfinite(tolerance).all():  # a bound that is itself NaN or infinite bounds nothing
        near |= ~(np.isnan(a.values) | np.isnan(b.values)) & ~np.isfinite(tolerance)
    return near
