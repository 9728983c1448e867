"""Guards: the tests without which a condition can never hold, by which an index finds the few candidates.

Both fast executors look first at a guard, so that a profile about cars from two countries costs nothing on the
declarations of fruit. A guard is necessary, never sufficient: what it lets through is still decided in full.
"""

from typing import Final

from darvoza.domain.expression import (
    And,
    Contains,
    Expression,
    Flag,
    HasWord,
    InList,
    OneOf,
    Or,
    StartsWith,
)

Guard = OneOf | StartsWith | InList | Contains | Flag

WIDEST: Final = 8
"""More alternatives than this are not worth an index."""


def guards(expression: Expression) -> tuple[tuple[Guard, ...], ...]:
    """Give every guard of a condition.

    Returns
    -------
    tuple
        Each guard as alternatives, of which at least one is not false wherever the condition is not false, and at
        least one is true wherever the condition is true. Empty when the condition has no guard.

    Examples
    --------
    >>> from darvoza.flow.assessment.sentence import parse
    >>> [[test.fact for test in guard] for guard in guards(parse("hs starts with 87 and origin is GE and price > 5"))]
    [['hs'], ['origin']]
    >>> guards(parse("hs starts with 87 or price > 5"))
    ()
    """
    match expression:
        case OneOf() | StartsWith() | InList() | Contains() | Flag():
            return ((expression,),)
        case HasWord(fact, words):
            return ((Contains(fact, words),),)  # a word that stands whole stands there at all
        case And(terms):
            return tuple(guard for term in terms for guard in guards(term))
        case Or(terms):
            parts = [guards(term) for term in terms]
            if all(parts):
                joined = tuple(test for part in parts for test in part[0])
                return (joined,) if len(joined) <= WIDEST else ()
    return ()


def without(condition: Expression, guard: tuple[Guard, ...]) -> Expression | None:
    """Leave out of a condition what its guard has decided already; ``None`` when nothing is left."""
    if len(guard) > 1:
        return condition
    if condition == guard[0]:
        return None
    if isinstance(condition, And):
        rest = tuple(term for term in condition.terms if term != guard[0])
        return rest[0] if len(rest) == 1 else And(rest) if rest else None
    return condition
