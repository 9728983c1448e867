"""Decimal arithmetic over columns, exact, in whole numbers: what floats leave in doubt is settled at their speed.

A column of decimals is a column of whole numbers and a scale, so sums, differences and products of columns are exact
in whole numbers. The reference rounds at 28 digits; as long as no result can need more, it does not round, and both
say the same. A quotient is compared by multiplying across: two sides that differ at all then differ by more than the
reference rounds. Whatever lies outside (floats, quotients inside sums, more than 28 digits) is left to the reference.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.expression import Arithmetic, Comparison, FactValue, ItemSum, Number, Operation, Relation, Value
from darvoza.domain.facts import FACT, FactType
from darvoza.flow.assessment.approximation import COMPARE
from darvoza.flow.assessment.encoding import Encoded, Mask, Rows
from darvoza.flow.assessment.groups import Group
from darvoza.flow.assessment.meaning import COMPARE as IN_DECIMALS

EXACT: Final = 10**28
"""Below this a coefficient has at most 28 digits, and the reference does not round it."""

CLEAR: Final = 10**27
"""Below this two different quotients lie further apart than the reference rounds (relative 5·10⁻²⁸)."""

MACHINE: Final = 2**62


@dataclass(frozen=True, slots=True)
class Whole:
    """Decimals as whole numbers.

    Attributes
    ----------
    values
        Multiples of 10 to the power of minus `scale`, 64-bit or, when large, Python's own; shape ``(n,)`` or ``(1,)``.
    scale
        Digits after the decimal point.
    bound
        No value is larger in magnitude.
    known
        Where the value is known; same shape.
    """

    values: NDArray[Any]
    scale: int
    bound: int
    known: Mask

    def scaled(self, scale: int) -> "Whole":
        """Give the same numbers with more digits after the point."""
        factor = 10 ** (scale - self.scale)
        bound = self.bound * factor
        return Whole(_wide(self.values, bound) * factor, scale, bound, self.known) if factor > 1 else self


def compare_whole(node: Comparison, relation: Relation, columns: Encoded, rows: Rows) -> Mask | None:
    """Compare the sides of a comparison.

    Parameters
    ----------
    node
        Its two sides.
    relation
        The relation asked about; it may differ from the one in `node`.
    columns, rows
        The facts, and the rows to decide; shape ``(n,)``.

    Returns
    -------
    Mask or None
        Where both sides are known and the relation holds, shape ``(n,)``; ``None`` when it cannot be told exactly.
    """
    if isinstance(node.left, FactValue) and isinstance(node.right, Number):
        series = columns.series(node.left.fact).gather(rows)
        if series.dtype.is_float():
            return _float_against(series, relation, node.right.value)
    right = _whole(node.right, columns, rows)
    if right is None:
        return None
    if isinstance(node.left, Arithmetic) and node.left.operation is Operation.DIVIDE:
        over, under = _whole(node.left.left, columns, rows), _whole(node.left.right, columns, rows)
        if over is None or under is None:
            return None
        return _divided(over, under, right, relation=relation, n_rows=len(rows))
    left = _whole(node.left, columns, rows)
    return None if left is None else _related(left, relation, right, len(rows))


def sum_whole(
    node: ItemSum, columns: Encoded, rows: Rows, chosen: tuple[Group, Mask, Mask], *, relation: Relation
) -> Mask | None:
    """Compare a sum over items with a number.

    Parameters
    ----------
    node, columns, rows
        As in `compare_whole`.
    chosen
        The items of the rows' declarations, which of them surely count, and which surely do not.
    relation
        As in `compare_whole`.

    Returns
    -------
    Mask or None
        As in `compare_whole`.
    """
    group, inside, outside = chosen
    addends = _whole(FactValue(node.fact), columns, group.members)
    right = _whole(node.right, columns, rows)
    if addends is None or right is None:
        return None
    bound = addends.bound * int(group.sizes.max(initial=1))
    if bound >= EXACT:
        return None
    made = np.add.reduceat(np.where(inside, _wide(addends.values, bound), 0), group.first)
    known = np.logical_and.reduceat(outside | (inside & addends.known), group.first)
    return _related(Whole(made[group.place], addends.scale, bound, known[group.place]), relation, right, len(rows))


def _float_against(series: pl.Series, relation: Relation, limit: Decimal) -> Mask:
    """Compare floats with a literal: rounding the literal changes no order, so only its own float needs a decimal."""
    near = float(limit)
    values = series.cast(pl.Float64).fill_null(np.nan).to_numpy()
    tie = IN_DECIMALS[relation](Decimal(near), limit)
    holds: Mask = np.where(values == near, tie, COMPARE[relation](values, near))
    known: Mask = np.isfinite(values)
    return np.logical_and(holds, known)


def _wide(values: NDArray[Any], bound: int) -> NDArray[Any]:
    return values if bound < MACHINE else values.astype(object)


def _whole(value: Value, columns: Encoded, rows: Rows) -> Whole | None:
    match value:
        case Number(number):
            return _literal(number)
        case FactValue(fact) if FACT[fact].type is FactType.NUMBER:
            return _column(columns.series(fact).gather(rows))
        case Arithmetic(left, operation, right) if operation is not Operation.DIVIDE:
            first, second = _whole(left, columns, rows), _whole(right, columns, rows)
            return None if first is None or second is None else _computed(first, operation, second)
    return None


def _literal(number: Decimal) -> Whole:
    sign, digits, exponent = number.as_tuple()
    scale = max(0, -int(exponent))
    value = int(Decimal((sign, digits, 0))) if scale else int(number)
    kind = np.int64 if abs(value) < MACHINE else object
    return Whole(np.array([value], kind), scale, abs(value), np.ones(1, np.bool_))


def _column(series: pl.Series) -> Whole | None:
    """Read a column of decimals or whole numbers."""
    if not (series.dtype.is_decimal() or series.dtype.is_integer()):
        return None
    scale = series.dtype.scale if isinstance(series.dtype, pl.Decimal) else 0
    plain = series.to_physical()
    known = plain.is_not_null().to_numpy()
    plain = plain.fill_null(0)
    bound = max((abs(int(edge)) for edge in (plain.min(), plain.max()) if isinstance(edge, int)), default=0)
    if bound < MACHINE:
        return Whole(plain.cast(pl.Int64).to_numpy(), scale, bound, known)
    return Whole(np.array(plain.to_list(), object), scale, bound, known)


def _computed(a: Whole, operation: Operation, b: Whole) -> Whole | None:
    known = a.known & b.known
    if operation is Operation.TIMES:
        bound = a.bound * b.bound
        made = _wide(a.values, bound) * _wide(b.values, bound)
        return Whole(made, a.scale + b.scale, bound, known) if bound < EXACT else None
    scale = max(a.scale, b.scale)
    a, b = a.scaled(scale), b.scaled(scale)
    bound = a.bound + b.bound
    first, second = _wide(a.values, bound), _wide(b.values, bound)
    made = first + second if operation is Operation.PLUS else first - second
    return Whole(made, scale, bound, known) if bound < EXACT else None


def _related(a: Whole, relation: Relation, b: Whole, n_rows: int) -> Mask:
    scale = max(a.scale, b.scale)
    a, b = a.scaled(scale), b.scaled(scale)
    bound = max(a.bound, b.bound)
    holds = COMPARE[relation](_wide(a.values, bound), _wide(b.values, bound))
    return np.broadcast_to(np.asarray(holds, np.bool_) & a.known & b.known, (n_rows,))


def _divided(over: Whole, under: Whole, right: Whole, *, relation: Relation, n_rows: int) -> Mask | None:
    """Compare a quotient by multiplying across; where the divisor is negative the sides change places."""
    across = _computed(right, Operation.TIMES, under)
    if across is None or right.bound >= CLEAR:
        return None
    scale = max(over.scale, across.scale)
    over, across = over.scaled(scale), across.scaled(scale)
    if max(over.bound, across.bound) >= CLEAR:
        return None
    divisor = np.asarray(under.values > 0, np.bool_), np.asarray(under.values < 0, np.bool_)
    upright, turned = _related(over, relation, across, n_rows), _related(across, relation, over, n_rows)
    return (upright & divisor[0]) | (turned & divisor[1])
