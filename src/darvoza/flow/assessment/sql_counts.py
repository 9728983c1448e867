"""Counts over the goods items of a declaration in SQL: how many at least, how many at most, and what follows."""

from sqlglot import exp

from darvoza.domain.expression import DaysBetween, FactValue, Number, Relation, Value
from darvoza.flow.assessment.sql_columns import Kept
from darvoza.flow.assessment.sql_dialects import inexpressible
from darvoza.flow.assessment.sql_fractions import Answer, decimal
from darvoza.flow.assessment.sql_nodes import (
    FALSE,
    NULL,
    TRUE,
    Sql,
    case,
    column,
    compared,
    is_null,
    joined,
    opposite,
    over_items,
    place_among_items,
    whole,
)
from darvoza.flow.assessment.sql_numbers import DIGITS, Numbers, Tally

Bounds = tuple[Tally, Tally]
ONE, ZERO = whole(1), whole(0)


def chosen_items(chosen: Sql) -> Bounds:
    """Count the items that surely are, and those that may be chosen."""
    least = over_items(exp.Sum, case((chosen, ONE), default=ZERO))
    most = over_items(exp.Sum, case((opposite(chosen), ZERO), default=ONE))
    return Tally(least), Tally(most)


def different_values(value: Sql, chosen: Sql) -> Bounds:
    """Count the different values of a column over the chosen items: the least and the greatest number possible.

    Parameters
    ----------
    value
        The column, or NULL where it is unknown.
    chosen
        Which items count; may be unknown.
    """
    sure, reached = _different(case((chosen, value))), _different(case((opposite(chosen), NULL), default=value))
    any_sure = over_items(exp.Max, case((chosen, ONE), default=ZERO))
    unseen = joined(exp.And, compared(sure, Relation.EQUAL, ZERO), compared(any_sure, Relation.EQUAL, ONE))
    blank = case((opposite(chosen), ZERO), (is_null(value), ONE), default=ZERO)
    return Tally(case((unseen, ONE), default=sure)), Tally(joined(exp.Add, reached, over_items(exp.Sum, blank)))


def _different(value: Sql) -> Sql:
    """Count the different values of a declaration, NULL not counted.

    No dialect but one counts distinct values in a window. But the place of a value from below and its place from
    above add up to the number of different values and one. NULL takes a place of its own, behind all others from
    below and before them from above.
    """
    blank = case((is_null(value), ONE), default=ZERO)
    both_ways = joined(
        exp.Add,
        place_among_items((blank, value), downward=False),
        place_among_items((blank, value), downward=True),
    )
    return joined(exp.Sub, both_ways, joined(exp.Add, ONE, over_items(exp.Max, blank)))


class Counts:
    """Compares counts in one dialect."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers

    def compare(self, bounds: Bounds, relation: Relation, right: Value) -> Answer:
        """Compare a count that is known to lie within bounds: unknown only where they disagree."""
        if relation is Relation.DIFFERENT:
            same = self.compare(bounds, Relation.EQUAL, right)
            return Answer(opposite(same.truth), same.doubts)
        if relation is Relation.EQUAL:
            return self._equal(bounds, right)
        least, most = bounds
        upward = relation in {Relation.MORE, Relation.AT_LEAST}
        surest, farthest = (least, most) if upward else (most, least)
        surely = self.numbers.compare(surest, relation, right)
        possibly = self.numbers.compare(farthest, relation, right)
        truth = case((surely.truth, TRUE), (opposite(possibly.truth), FALSE))
        return Answer(truth, (*surely.doubts, *possibly.doubts))

    def _equal(self, bounds: Bounds, right: Value) -> Answer:
        least, most = bounds
        above = self.numbers.compare(least, Relation.MORE, right)
        below = self.numbers.compare(most, Relation.LESS, right)
        equal = self.numbers.compare(least, Relation.EQUAL, right)
        outside = joined(exp.Or, above.truth, below.truth, self._broken(right))
        settled = compared(least.node, Relation.EQUAL, most.node)
        return Answer(case((settled, equal.truth), (outside, FALSE)), (*above.doubts, *below.doubts, *equal.doubts))

    def _broken(self, right: Value) -> Sql:
        """Tell whether a number is not whole."""
        match right:
            case Number(number):
                return TRUE if number % 1 else FALSE
            case DaysBetween():
                return FALSE
            case FactValue(fact):
                node: Sql = column(fact)
                floor: Sql = exp.Floor(this=column(fact))
                if self.numbers.kept[fact] is Kept.DECIMAL:
                    # two widths of decimals are compared in a third one, which may have no room for the last digit
                    node, floor = (decimal(each, DIGITS[Kept.DECIMAL]) for each in (node, floor))
                return case((self.numbers.known(fact), compared(node, Relation.DIFFERENT, floor)))
        raise inexpressible(
            "a count = a computed number",
            self.numbers.dialect,
            "whether the result of arithmetic is a whole number depends on how it is rounded",
            "compare the count with <= and >=, or with a fact or a number",
        )
