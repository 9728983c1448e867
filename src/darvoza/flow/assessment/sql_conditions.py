"""A condition as SQL: true, false and unknown become TRUE, FALSE and NULL."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlglot import exp

from darvoza.domain.expression import (
    AllItems,
    And,
    AnyItem,
    Between,
    Comparison,
    Contains,
    DistinctCount,
    Empty,
    Expression,
    Flag,
    HasWord,
    Include,
    InList,
    ItemCount,
    ItemSum,
    Known,
    Not,
    OneOf,
    Or,
    Quantified,
    Relation,
    StartsWith,
    Value,
)
from darvoza.domain.facts import FACT, FactType
from darvoza.errors import CostExceeded
from darvoza.flow.assessment.forms import COMPARED_AS
from darvoza.flow.assessment.meaning import literals_of, members_of
from darvoza.flow.assessment.sql_columns import Kept, folded_column, worded, worded_column
from darvoza.flow.assessment.sql_counts import Counts, chosen_items, different_values
from darvoza.flow.assessment.sql_dialects import Dialect, inexpressible
from darvoza.flow.assessment.sql_fractions import Answer
from darvoza.flow.assessment.sql_moments import Moments, is_date
from darvoza.flow.assessment.sql_nodes import (
    FALSE,
    TRUE,
    Sql,
    case,
    codes_held,
    column,
    compared,
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
from darvoza.flow.assessment.sql_numbers import Numbers, Total

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
        self.counts, self.moments = Counts(self.numbers), Moments(dialect)
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
            case AnyItem() | AllItems() | ItemCount() | ItemSum() | DistinctCount():
                return self._over_items(node)
            case _:
                return self._test(node)

    def _compared(self, left: Value, relation: Relation, right: Value) -> Sql:
        if is_date(left) or is_date(right):
            return self.moments.compare(left, relation, right)
        return self._noted(self.numbers.compare(left, relation, right))

    def _noted(self, answer: Answer) -> Sql:
        self._doubts.extend(answer.doubts)
        return answer.truth

    def _test(self, test: Expression) -> Sql:  # noqa: PLR0911 - one return a kind of node
        match test:
            case Flag(fact):
                return column(fact)
            case Known(fact):
                return self._known(fact)
            case OneOf(fact, values):
                return one_of(_compared_in(fact), sorted(literals_of(fact, values)))
            case InList(fact, named):
                if len(named.values) > INLINED:
                    why = f"it holds {len(named.values):,} codes; up to {INLINED:,} are written into a statement"
                    hint = "divide the list, or replay the profile with `darvoza replay`"
                    raise inexpressible(f"in list {named.name!r}", self.dialect, why, hint)
                return one_of(_compared_in(fact), sorted(members_of(fact, named)))
            case StartsWith(fact, prefixes):
                return _starts(column(fact), prefixes)
            case Contains(fact, texts):
                return _contains(_compared_in(fact), sorted(literals_of(fact, texts)))
            case HasWord(fact, words):
                return _contains(column(worded_column(fact)), sorted(map(worded, literals_of(fact, words))))
            case Include() | Empty():
                return self._of_set(test)
        raise inexpressible(type(test).__name__, self.dialect, "its meaning in SQL is not settled")

    def _known(self, fact: str) -> Sql:
        if FACT[fact].type is FactType.NUMBER:
            return decided(self.numbers.known(fact), unknown=False)
        if FACT[fact].type is FactType.CODES:
            self._able("is known, of a set")
        return is_known(column(fact))

    def _of_set(self, test: Include | Empty) -> Sql:
        codes = column(test.fact)
        if isinstance(test, Empty):
            self._able("is empty")
            count = exp.Coalesce(this=codes_held(codes), expressions=[whole(0)])
            return case((is_known(codes), compared(count, Relation.EQUAL, whole(0))))
        self._able("include")
        compared_in = _compared_in(test.fact)
        each = (self._holding(compared_in, sorted(literals_of(test.fact, (code,)))) for code in test.codes)
        held = joined(exp.And if test.every else exp.Or, *each)
        return case((is_known(codes), held))

    @staticmethod
    def _holding(codes: Sql, forms: Sequence[str]) -> Sql:
        found = (exp.ArrayContains(this=codes.copy(), expression=text(form)) for form in forms)
        return joined(exp.Or, *(decided(each, unknown=False) for each in found))

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

    def _over_items(self, question: Quantified) -> Sql:
        chosen = TRUE if question.condition is None else self._inside(question.condition)
        match question:
            case ItemSum(fact, condition, relation, right):
                total = Total(fact, None if condition is None else chosen)
                return self._noted(self.numbers.compare(total, relation, right))
            case ItemCount(_, relation, right):
                return self._noted(self.counts.compare(chosen_items(chosen), relation, right))
            case DistinctCount(fact, _, relation, right):
                bounds = different_values(_compared_in(fact), chosen)
                return self._noted(self.counts.compare(bounds, relation, right))
            case AnyItem():
                return _furthest(exp.Max, chosen)
            case AllItems():
                return _furthest(exp.Min, chosen)


def _furthest(aggregate: type[exp.AggFunc], chosen: Sql) -> Sql:
    """Give the truest or the least true answer over the items of a declaration."""
    reached = over_items(aggregate, case((chosen, SURE), (is_null(chosen), UNSURE), default=NOT_SO))
    return case((compared(reached, Relation.EQUAL, SURE), TRUE), (compared(reached, Relation.EQUAL, NOT_SO), FALSE))


def _compared_in(fact: str) -> Sql:
    """Give the column a text or code is compared in."""
    return column(folded_column(fact) if fact in COMPARED_AS else fact)


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
