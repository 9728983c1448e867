"""Dates in SQL: compared as they are, and moved or subtracted as numbers of days.

No two dialects add days to a date alike, and none stops where Darvoza's calendar does. So a date that is moved or
subtracted becomes the number of days since `EPOCH`, which every dialect can give, and what is left is whole numbers.
"""

from datetime import date
from typing import Final

from sqlglot import exp

from darvoza.domain.expression import Day, DaysBetween, FactValue, Relation, Shifted, Value
from darvoza.domain.facts import FACT, FactType
from darvoza.flow.assessment.meaning import shifted
from darvoza.flow.assessment.sql_dialects import Dialect, inexpressible
from darvoza.flow.assessment.sql_nodes import NULL, Sql, case, cast, column, compared, day, joined, whole

EPOCH: Final = date(1970, 1, 1)
FIRST: Final = (date.min - EPOCH).days
LAST: Final = (date.max - EPOCH).days
"""The ends of the calendar: a date moved beyond them is unknown."""


def is_date(value: Value) -> bool:
    """Tell whether a value is a date."""
    return isinstance(value, Day | Shifted) or (isinstance(value, FactValue) and FACT[value.fact].type is FactType.DATE)


class Moments:
    """Compares dates in one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def compare(self, left: Value, relation: Relation, right: Value) -> Sql:
        """Compare two dates: as dates where the dialect can hold both, as numbers of days otherwise."""
        asked = self._plain if self._holds(left) and self._holds(right) else self.number
        return compared(asked(left), relation, asked(right))

    def between(self, span: DaysBetween) -> Sql:
        """Count the days from one date to another; NULL when either is unknown."""
        return joined(exp.Sub, self.number(span.last), self.number(span.first))

    def number(self, value: Value) -> Sql:
        """Give a date as the number of days since `EPOCH`; NULL when it leaves the calendar."""
        match value:
            case Day(when):
                return whole((when - EPOCH).days)
            case FactValue(fact):
                return self._days_of(column(fact))
            case Shifted(Day(when), days):
                moved_on = shifted(when, days)
                return cast(NULL, "BIGINT") if moved_on is None else self.number(Day(moved_on))
            case Shifted(moment, days):
                moved = joined(exp.Add if days >= 0 else exp.Sub, self.number(moment), whole(abs(days)))
                not_before = compared(moved, Relation.AT_LEAST, whole(FIRST))
                not_after = compared(moved, Relation.AT_MOST, whole(LAST))
                return case((joined(exp.And, not_before, not_after), moved))
        raise inexpressible("a number among dates", self.dialect, "it has no day")

    def _days_of(self, moment: Sql) -> Sql:
        epoch = day(EPOCH, self.dialect)
        if self.dialect.subtracts_dates:
            return joined(exp.Sub, moment, epoch)
        return exp.DateDiff(this=moment, expression=epoch, unit=exp.Var(this="DAY"))

    def _holds(self, value: Value) -> bool:
        """Tell whether a value is a date that stands as it is, within what the dialect calls a date."""
        first, last = self.dialect.calendar
        return isinstance(value, FactValue) or (isinstance(value, Day) and first <= value.value <= last)

    def _plain(self, value: Value) -> Sql:
        if isinstance(value, Day):
            return day(value.value, self.dialect)
        assert isinstance(value, FactValue)  # noqa: S101 - what `_holds` has found out
        return column(value.fact)
