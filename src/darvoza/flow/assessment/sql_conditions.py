"""A condition as SQL: true, false and unknown become TRUE, FALSE and NULL."""

from collections.abc import Mapping
from typing import Final

from sqlglot import exp

from darvoza.domain.expression import (
    AllItems,
    And,
    AnyItem,
    Between,
    Comparison,
    Contains,
    Day,
    Expression,
    FactValue,
    Flag,
    Include,
    InList,
    ItemCount,
    ItemSum,
    Known,
    Not,
    Number,
    OneOf,
    Or,
    Relation,
    StartsWith,
    Value,
)
from darvoza.domain.facts import FACT, FactType
from darvoza.errors import CostExceeded
from darvoza.flow.assessment.meaning import literals_of
from darvoza.flow.assessment.sql_columns import Kept, folded_column
from darvoza.flow.assessment.sql_dialects import Dialect, inexpressible
from darvoza.flow.assessment.sql_fractions import Answer
from darvoza.flow.assessment.sql_nodes import (
    FALSE,
    TRUE,
    Sql,
    case,
    column,
    compared,
    day,
    decided,
    is_known,
    is_null,
    joined,
    one_of,
    opposite,
    over_items,
    text,
    whole,
)
from darvoza.flow.assessment.sql_numbers import Numbers, Tally, Total

INLINED: Final = 1000
"""A named list of more codes than this is not written into a statement."""

SURE, UNSURE, NOT_SO = whole(2), whole(1), whole(0)


class Conditions:
    """Translates conditions into one dialect.

    Parameters
    ----------
    dialect
        The dialect.
    kept
        How each fact that is a number is kept.
    """

    def __init__(self, dialect: Dialect, kept: Mapping[str, Kept]) -> None:
        self.dialect = dialect
        self.numbers = Numbers(dialect, kept)
        self._doubts: list[Sql] = []
        self._within = False

    def translate(self, condition: Expression) -> tuple[Sql, Sql | None]:
        """Give a condition in SQL, and the rows on which SQL may be wrong (``None``: none).

        Raises
        ------
        ProfileError
            The dialect cannot express an operator; the error names operator, dialect and reason.
        """
        self._doubts = []
        truth = self._condition(condition)
        if not self._doubts:
            return truth, None
        return truth, decided(joined(exp.Or, *self._doubts), unknown=False)

    def _condition(self, node: Expression) -> Sql:
        match node:
            case And(terms) | Or(terms):
                kind = exp.And if isinstance(node, And) else exp.Or
                return joined(kind, *(self._condition(term) for term in terms))
            case Not(term):
                return opposite(self._condition(term))
            case Between():
                return self._condition(node.comparisons())
            case Comparison(left, relation, right):
                return self._compared(left, relation, right)
            case AnyItem() | AllItems() | ItemCount() | ItemSum():
                return self._over_items(node)
            case _:
                return self._test(node)

    def _compared(self, left: Value, relation: Relation, right: Value) -> Sql:
        if _is_date(left) or _is_date(right):
            return compared(self._moment(left), relation, self._moment(right))
        return self._noted(self.numbers.compare(left, relation, right))

    def _noted(self, answer: Answer) -> Sql:
        self._doubts.extend(answer.doubts)
        return answer.truth

    def _moment(self, value: Value) -> Sql:
        match value:
            case Day(when):
                return day(when, self.dialect)
            case FactValue(fact):
                return column(fact)
            case _:
                raise inexpressible("arithmetic with dates", self.dialect, "dates are only compared")

    def _test(self, test: Expression) -> Sql:  # noqa: PLR0911 - one return a kind of node
        match test:
            case Flag(fact):
                return column(fact)
            case Known(fact):
                return self._known(fact)
            case OneOf(fact, values):
                return one_of(_worded(fact), sorted(literals_of(fact, values)))
            case InList(fact, named):
                if len(named.values) > INLINED:
                    why = f"it holds {len(named.values)} codes; up to {INLINED} are written into a statement"
                    raise inexpressible(f"in list {named.name!r}", self.dialect, why)
                return one_of(column(fact), list(named.values))
            case StartsWith(fact, prefixes):
                return _starts(column(fact), prefixes)
            case Contains(fact, texts):
                return _contains(_worded(fact), sorted(literals_of(fact, texts)))
            case Include():
                return self._include(test)
        raise inexpressible(type(test).__name__, self.dialect, "its meaning in SQL is not settled")

    def _known(self, fact: str) -> Sql:
        if FACT[fact].type is FactType.NUMBER:
            return decided(self.numbers.known(fact), unknown=False)
        if FACT[fact].type is FactType.CODES:
            self._able("is known, of a set")
        return is_known(column(fact))

    def _include(self, test: Include) -> Sql:
        self._able("include")
        found = [
            decided(exp.ArrayContains(this=column(test.fact), expression=text(code)), unknown=False)
            for code in test.codes
        ]
        held = joined(exp.And if test.every else exp.Or, *found)
        return case((is_known(column(test.fact)), held))

    def _able(self, operator: str) -> None:
        if operator in self.dialect.cannot:
            raise inexpressible(operator, self.dialect, self.dialect.cannot[operator])

    def _inside(self, condition: Expression) -> Sql:
        """Translate what is asked of every item; its doubts become doubts of the whole declaration."""
        if self._within:
            raise CostExceeded("a question about all items stands inside another", expected="questions side by side")
        outer, self._doubts, self._within = self._doubts, [], True
        made = self._condition(condition)
        inner, self._doubts, self._within = self._doubts, outer, False
        if inner:
            anywhere = case((joined(exp.Or, *inner), whole(1)), default=whole(0))
            self._doubts.append(compared(over_items(exp.Max, anywhere), Relation.EQUAL, whole(1)))
        return made

    def _over_items(self, question: AnyItem | AllItems | ItemCount | ItemSum) -> Sql:
        chosen = None if question.condition is None else self._inside(question.condition)
        match question:
            case ItemSum(fact, _, relation, right):
                return self._noted(self.numbers.compare(Total(fact, chosen), relation, right))
            case ItemCount(_, relation, right):
                assert chosen is not None  # noqa: S101 - a count always has a condition
                return self._counted(chosen, relation, right)
        if chosen is None or not isinstance(question, AnyItem | AllItems):
            raise inexpressible(type(question).__name__, self.dialect, "its meaning in SQL is not settled")
        certainty = case((chosen, SURE), (is_null(chosen), UNSURE), default=NOT_SO)
        reached = over_items(exp.Max if isinstance(question, AnyItem) else exp.Min, certainty)
        return case((compared(reached, Relation.EQUAL, SURE), TRUE), (compared(reached, Relation.EQUAL, NOT_SO), FALSE))

    def _counted(self, chosen: Sql, relation: Relation, right: Value) -> Sql:
        """Compare a count whose bounds are known: unknown only where they disagree."""
        least = Tally(over_items(exp.Sum, case((chosen, whole(1)), default=whole(0))))
        most = Tally(over_items(exp.Sum, case((opposite(chosen), whole(0)), default=whole(1))))
        if relation is Relation.DIFFERENT:
            return opposite(self._counted(chosen, Relation.EQUAL, right))
        if relation is not Relation.EQUAL:
            upward = relation in {Relation.MORE, Relation.AT_LEAST}
            surest, farthest = (least, most) if upward else (most, least)
            surely = self._noted(self.numbers.compare(surest, relation, right))
            possibly = self._noted(self.numbers.compare(farthest, relation, right))
            return case((surely, TRUE), (opposite(possibly), FALSE))
        outside = [
            self._noted(self.numbers.compare(least, Relation.MORE, right)),
            self._noted(self.numbers.compare(most, Relation.LESS, right)),
            self._broken(right),
        ]
        same = compared(least.node, Relation.EQUAL, most.node)
        equal = self._noted(self.numbers.compare(least, Relation.EQUAL, right))
        return case((same, equal), (joined(exp.Or, *outside), FALSE))

    def _broken(self, right: Value) -> Sql:
        """Tell whether a number is not whole."""
        match right:
            case Number(number):
                return TRUE if number % 1 else FALSE
            case FactValue(fact):
                floor: Sql = exp.Floor(this=column(fact))
                return case((self.numbers.known(fact), compared(column(fact), Relation.DIFFERENT, floor)))
        why = "whether the result of arithmetic is a whole number depends on how it is rounded"
        raise inexpressible("count of items = a computed number", self.dialect, why)


def _is_date(value: Value) -> bool:
    return isinstance(value, Day) or (isinstance(value, FactValue) and FACT[value.fact].type is FactType.DATE)


def _worded(fact: str) -> Sql:
    """Give the column a text or code is compared in."""
    return column(folded_column(fact) if FACT[fact].type is FactType.TEXT else fact)


def _starts(code: Sql, prefixes: tuple[str, ...]) -> Sql:
    """Ask whether a code begins with some digits, without LIKE: there is nothing to escape."""
    lengths = sorted({len(prefix) for prefix in prefixes})
    tests = []
    for length in lengths:
        head = exp.Substring(this=code.copy(), start=whole(1), length=whole(length))
        tests.append(one_of(head, [prefix for prefix in prefixes if len(prefix) == length]))
    return joined(exp.Or, *tests)


def _contains(words: Sql, texts: list[str]) -> Sql:
    """Ask whether a folded text contains some others, without LIKE: there is nothing to escape."""
    if "" in texts:
        return case((is_known(words), TRUE))
    found = (exp.StrPosition(this=words.copy(), substr=text(literal)) for literal in texts)
    return joined(exp.Or, *(compared(place, Relation.MORE, whole(0)) for place in found))
