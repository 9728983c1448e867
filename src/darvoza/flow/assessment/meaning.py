"""What one value means: decimals, dates, texts and codes read from facts; the ground all executors share.

A number means a decimal: 28 significant digits, half-even. A float is the decimal it exactly stands for. What is
absent, NaN or infinite is unknown, and so is a division by zero. A value of another type than the catalogue states
is an error, never a silent *false*.
"""

import functools
import math
import operator
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from darvoza.domain.expression import Operation, Relation
from darvoza.domain.facts import FACT, FactType
from darvoza.domain.folding import folded_trader, is_folded
from darvoza.domain.named_list import NamedList
from darvoza.errors import InvalidValue
from darvoza.flow.assessment.forms import COMPARED_AS, IDENTITIES, KEPT_FOLDED, Form

DECIMALS: Final = Context(prec=28, rounding=ROUND_HALF_EVEN, traps=[])
"""No trap: overflow gives an infinity and 0 ÷ 0 a NaN, both of which are then unknown."""

EXPECTED: Final = {
    FactType.HS: "a text of digits",
    FactType.CODE: "a text",
    FactType.TEXT: "a text",
    FactType.NUMBER: "a number",
    FactType.DATE: "a date",
    FactType.FLAG: "true or false",
    FactType.CODES: "a list of texts",
}

COMPARE: Final[dict[Relation, Callable[[Decimal | date, Decimal | date], bool]]] = {
    Relation.LESS: operator.lt,
    Relation.AT_MOST: operator.le,
    Relation.MORE: operator.gt,
    Relation.AT_LEAST: operator.ge,
    Relation.EQUAL: operator.eq,
    Relation.DIFFERENT: operator.ne,
}
"""What each relation means; both sides are of one kind, which the checker has made sure of."""


def refused(fact: str, value: object) -> InvalidValue:
    """Make the error for a value that is not what the catalogue says."""
    return InvalidValue(field=fact, expected=EXPECTED[FACT[fact].type], got=value)


OPERATE: Final[dict[Operation, Callable[[Decimal, Decimal], Decimal]]] = {
    Operation.PLUS: DECIMALS.add,
    Operation.MINUS: DECIMALS.subtract,
    Operation.TIMES: DECIMALS.multiply,
    Operation.DIVIDE: DECIMALS.divide,
}
"""What each operation means, on known numbers."""


def number_of(fact: str, value: object) -> Decimal | None:
    """Read a number; absent, NaN and infinite are unknown.

    Raises
    ------
    InvalidValue
        The value is not a number.

    Examples
    --------
    >>> number_of("price", 0.5), number_of("price", float("nan")), number_of("price", None)
    (Decimal('0.5'), None, None)
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
        raise refused(fact, value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return Decimal(value)


def day_of(fact: str, value: object) -> date | None:
    """Read a date; raises `InvalidValue` when it is something else."""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise refused(fact, value)


def text_of(fact: str, value: object) -> str | None:
    """Read a code or text; raises `InvalidValue` when it is something else."""
    if value is None or isinstance(value, str):
        return value
    raise refused(fact, value)


def flag_of(fact: str, value: object) -> bool | None:
    """Read a flag; raises `InvalidValue` when it is something else."""
    if value is None or isinstance(value, bool):
        return value
    raise refused(fact, value)


def codes_of(fact: str, value: object) -> frozenset[str] | None:
    """Read a set of codes; absent members are left out, an empty set is known.

    Raises
    ------
    InvalidValue
        The value is not a collection of texts.
    """
    if value is None:
        return None
    if not isinstance(value, list | tuple | set | frozenset):
        raise refused(fact, value)
    if not all(isinstance(code, str | None) for code in value):
        raise refused(fact, value)
    return frozenset(code for code in value if code is not None)


READ: Final[dict[FactType, Callable[[str, object], object]]] = {
    FactType.HS: text_of,
    FactType.CODE: text_of,
    FactType.TEXT: text_of,
    FactType.NUMBER: number_of,
    FactType.DATE: day_of,
    FactType.FLAG: flag_of,
    FactType.CODES: codes_of,
}


def read(fact: str, value: object) -> object:
    """Read a value as the type the catalogue gives its fact; ``None`` is unknown."""
    return READ[FACT[fact].type](fact, value)


def literals_of(fact: str, values: Iterable[str]) -> frozenset[str]:
    """Give literals in the form the values of a fact are compared in: texts, plates and containers folded, codes as they are.

    Identifiers of traders are folded where declarations are taken in. So a literal stands for that form, too; it stays as it
    is written beside it, for goods that were taken in before.

    Examples
    --------
    >>> sorted(literals_of("containers", ["MSCU 123456-6"])), sorted(literals_of("vehicle", ["01 KG"]))
    (['MSCU1234566'], ['01KG'])
    >>> sorted(literals_of("importer", ["bad-1"])), sorted(literals_of("post", ["KG-1"]))
    (['BAD1', 'bad-1'], ['KG-1'])
    """
    if fact in KEPT_FOLDED:
        return frozenset(each for value in values for each in (value, folded_trader(value)))
    form = COMPARED_AS.get(fact)
    return frozenset(values if form is None else map(form, values))


@functools.lru_cache(maxsize=256)
def folded_members(named: NamedList) -> frozenset[str]:
    """Give the codes of a list of traders or establishments as they are written and as they are compared; a list may hold a million."""
    odd = {folded_trader(code) for code in named.values if not is_folded(code)}
    return named.members | odd if odd else named.members


@functools.lru_cache(maxsize=256)
def _members_in(named: NamedList, form: Form) -> frozenset[str]:
    """Give the codes of a list of plates or documents as they are compared."""
    return frozenset(map(form, named.values))


def held_of(fact: str, value: object) -> frozenset[str] | None:
    """Read a set of codes in the form in which they are compared.

    Raises
    ------
    InvalidValue
        The value is not a collection of texts.

    Examples
    --------
    >>> sorted(held_of("seals", ["sl 12", None])), held_of("documents", ["CO"]), held_of("seals", None)
    (['SL12'], frozenset({'CO'}), None)
    """
    held, form = codes_of(fact, value), COMPARED_AS.get(fact)
    return held if held is None or form is None else frozenset(map(form, held))


def members_of(fact: str, named: NamedList) -> frozenset[str]:
    """Give the codes of a list in the form the values of a fact are compared in; see `literals_of`."""
    if fact in IDENTITIES:
        return _members_in(named, COMPARED_AS[fact])
    return folded_members(named) if fact in KEPT_FOLDED else named.members


def computed(left: Decimal | None, operation: Operation, right: Decimal | None) -> Decimal | None:
    """Compute with two numbers; unknown when either is, on division by zero and on overflow.

    Examples
    --------
    >>> computed(Decimal(1), Operation.DIVIDE, Decimal(0)) is None
    True
    """
    if left is None or right is None or (operation is Operation.DIVIDE and not right):
        return None
    made = OPERATE[operation](left, right)
    return made if made.is_finite() else None


WIDE: Final = Context(prec=2000, rounding=ROUND_HALF_EVEN, traps=[])
"""Wide enough to add any floats and decimals without rounding (a float spans at most 1074 + 309 digits)."""


def total(addends: Iterable[Decimal]) -> Decimal | None:
    """Add numbers exactly, so that their order cannot matter, and round once.

    Examples
    --------
    >>> total([Decimal("1e20"), Decimal("0.1"), Decimal("-1e20")])
    Decimal('0.1')
    """
    made = DECIMALS.plus(functools.reduce(WIDE.add, addends, Decimal(0)))
    return made if made.is_finite() else None


def shifted(day: date | None, days: int) -> date | None:
    """Move a date; unknown when it is, or when it leaves the calendar.

    Examples
    --------
    >>> shifted(date(2026, 3, 1), -1), shifted(date(9999, 12, 31), 1)
    (datetime.date(2026, 2, 28), None)
    """
    if day is None:
        return None
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def days_between(first: date | None, last: date | None) -> Decimal | None:
    """Count the days from one date to another; unknown when either is.

    Examples
    --------
    >>> days_between(date(2026, 3, 1), date(2026, 2, 27))
    Decimal('-2')
    """
    return None if first is None or last is None else Decimal((last - first).days)


def has_word(text: str, word: str) -> bool:
    """Tell whether a word stands whole in a text, both folded: no letter or digit touches it.

    Examples
    --------
    >>> has_word("toyota prius hev 2020", "hev"), has_word("chevrolet", "hev"), has_word("б/у авто", "б/у")
    (True, False, True)
    """
    place = text.find(word)
    while place >= 0:
        after = place + len(word)
        if not text[max(place - 1, 0) : place].isalnum() and not text[after : after + 1].isalnum():
            return True
        place = text.find(word, place + 1)
    return False


def distinct_bounds(sure: Collection[object], possible: Collection[object]) -> tuple[int, int]:
    """Give the least and the greatest number of different values that may have been chosen.

    Parameters
    ----------
    sure
        Values of the items that are surely chosen; ``None`` is a value nobody knows.
    possible
        Values of the items that may have been chosen.

    Returns
    -------
    tuple of int
        An unknown value may repeat another or be one more; every number between the bounds is possible.

    Examples
    --------
    >>> distinct_bounds(["GE", "GE", None], ["AE"])
    (1, 3)
    """
    known = {value for value in sure if value is not None}
    reached = known | {value for value in possible if value is not None}
    unknown = sum(value is None for value in sure) + sum(value is None for value in possible)
    return max(len(known), int(bool(sure))), len(reached) + unknown


def counted(relation: Relation, least: int, most: int, right: Decimal | None) -> bool | None:
    """Compare a count known to lie in ``[least, most]`` with a number: unknown only where the bounds disagree.

    Examples
    --------
    >>> counted(Relation.AT_LEAST, 3, 5, Decimal(3)), counted(Relation.AT_LEAST, 2, 5, Decimal(3))
    (True, None)
    """
    if right is None:
        return None
    truths = {COMPARE[relation](Decimal(count), right) for count in range(least, most + 1)}
    return truths.pop() if len(truths) == 1 else None
