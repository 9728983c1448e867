"""Whether one condition is true only where another is, as far as their form tells.

A yes is a proof: in the order *false, unknown, true* the first is nowhere above the second, so that it matches nothing
the second does not, whatever the policy for the unknown. A no means only that the form does not tell.
"""

from collections.abc import Iterable
from decimal import Decimal

from darvoza.domain.expression import (
    AllItems,
    And,
    AnyItem,
    Between,
    Comparison,
    Contains,
    Day,
    Expression,
    HasWord,
    Include,
    InList,
    Not,
    Number,
    OneOf,
    Or,
    Relation,
    StartsWith,
    Value,
)
from darvoza.flow.assessment.meaning import COMPARE

UPPER, LOWER = (Relation.LESS, Relation.AT_MOST), (Relation.MORE, Relation.AT_LEAST)


def implies(first: Expression, second: Expression) -> bool:  # noqa: PLR0911 - one return a pair of kinds
    """Tell whether the form of two conditions proves that the first is true only where the second is.

    Examples
    --------
    >>> from darvoza.flow.assessment.sentence import parse
    >>> implies(parse("hs starts with 8703 and price > 5"), parse("hs starts with 87"))
    True
    >>> implies(parse("price > 5"), parse("price > 6")), implies(parse("price > 5"), parse("net_mass > 5"))
    (False, False)
    """
    if first == second:
        return True
    first, second = _bounds_apart(first), _bounds_apart(second)
    match first, second:
        case Or(terms), _:
            return all(implies(term, second) for term in terms)
        case _, And(terms):
            return all(implies(first, term) for term in terms)
        case And(terms), Or(others):
            return any(implies(term, second) for term in terms) or any(implies(first, other) for other in others)
        case And(terms), _:
            return any(implies(term, second) for term in terms)
        case _, Or(terms):
            return any(implies(first, term) for term in terms)
    return _plain(first, second)


def _bounds_apart(condition: Expression) -> Expression:
    return condition.comparisons() if isinstance(condition, Between) else condition


def _plain(first: Expression, second: Expression) -> bool:
    """Compare two conditions that are no joins."""
    match first, second:
        case Not(term), Not(other):
            return implies(other, term)
        case (AnyItem(term), AnyItem(other)) | (AllItems(term), AllItems(other)):
            return implies(term, other)
        case Comparison(), Comparison():
            return _tighter(first, second)
    return getattr(first, "fact", 0) == getattr(second, "fact", 1) and _of_one_fact(first, second)


def _tighter(first: Comparison, second: Comparison) -> bool:
    """Compare two bounds on the same value; only bounds that are written out can be compared."""
    one, other = _written(first.right), _written(second.right)
    if one is None or other is None or first.left != second.left:
        return False
    if first.relation is Relation.EQUAL:
        return COMPARE[second.relation](one, other)
    if first.relation in UPPER and second.relation in UPPER:
        return one < other or (one == other and first.relation is Relation.LESS)
    if first.relation in LOWER and second.relation in LOWER:
        return one > other or (one == other and first.relation is Relation.MORE)
    return False


def _written(bound: Value) -> Decimal | None:
    """Give a bound that is written out as a number; dates are counted in days."""
    match bound:
        case Number(number):
            return number
        case Day(day):
            return Decimal(day.toordinal())
    return None


def _of_one_fact(first: Expression, second: Expression) -> bool:  # noqa: PLR0911 - one return a pair of kinds
    match first, second:
        case (OneOf(_, some), OneOf(_, more)) | (Contains(_, some), Contains(_, more)):
            return set(some) <= set(more)
        case HasWord(_, some), (HasWord(_, more) | Contains(_, more)):
            return set(some) <= set(more)
        case ((StartsWith(_, some) | OneOf(_, some)), StartsWith(_, more)):
            return all(code.startswith(more) for code in some)
        case OneOf(_, some), InList(_, named):
            return named.members.issuperset(some)
        case InList(_, named), InList(_, other):
            return named.members <= other.members
        case InList(_, named), OneOf(_, more):
            return named.members.issubset(more)
        case Include(), Include():
            return _included(first, second)
    return False


def _included(first: Include, second: Include) -> bool:
    some, more = set(first.codes), set(second.codes)
    if first.every:
        return more <= some if second.every else bool(some & more)
    return some <= more and not second.every


def pairs(first: Iterable[Expression], second: Iterable[Expression]) -> list[tuple[Expression, Expression]]:
    """Pair the terms of two conditions that ask about the same thing, each at most once, in order."""
    left = list(second)
    made = []
    for term in first:
        partner = next((other for other in left if _subject(other) == _subject(term)), None)
        if partner is not None:
            left.remove(partner)
            made.append((term, partner))
    return made


def _subject(term: Expression) -> object:
    """Say what a condition asks about: a value, or a fact; the kind of question for anything else."""
    match term:
        case Not(inner):
            return ("not", _subject(inner))
        case Comparison(left, relation) if relation in UPPER or relation in LOWER:
            return ("value", left, relation in UPPER)
        case Comparison(left, relation):
            return ("value", left, relation)
        case Between(value):
            return ("between", value)
    fact = getattr(term, "fact", None)
    return ("fact", fact) if fact is not None else type(term)
