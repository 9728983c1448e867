"""A sentence as rows of fact, operator and value, for whoever would rather choose than write; and the other way round.

Only sentences of a simple shape have rows: tests of one fact each, all joined by *and* or all by *or*. Rows write text,
and the text is read by the language as any other, so nothing can be said in rows that the language does not know.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from darvoza.domain.expression import (
    And,
    Between,
    Comparison,
    Contains,
    Empty,
    Expression,
    FactValue,
    Flag,
    HasWord,
    Include,
    InList,
    Known,
    Not,
    OneOf,
    Or,
    StartsWith,
)
from darvoza.domain.facts import FACT
from darvoza.domain.wording import BARE, RESERVED, quoted, render

AND, OR = "and", "or"
SPARE: Final = 2
"""Empty rows that are offered below the others."""

MOST: Final = 40

VALUES: Final = re.compile(r'"(?:\\.|[^"\\])*"|[^,]+')

LITERALS: Final[Mapping[str, tuple[str, str]]] = {
    "is": ("is {}", "in ({})"),
    "is not": ("is not {}", "not in ({})"),
    "starts with": ("starts with {}", "starts with ({})"),
    "does not start with": ("does not start with {}", "does not start with ({})"),
    "contains": ("contains {}", "contains any of ({})"),
    "does not contain": ("does not contain {}", "does not contain any of ({})"),
    "has word": ("has word {}", "has word any of ({})"),
    "does not have word": ("does not have word {}", "does not have word any of ({})"),
    "include": ("include {}", "include any of ({})"),
    "do not include": ("do not include {}", "do not include any of ({})"),
    "include all of": ("include {}", "include all of ({})"),
    "do not include all of": ("do not include {}", "do not include all of ({})"),
}
"""Operators that take values, with how they are written for one value and for many."""

LISTED: Final = ("in list", "not in list")
COMPARED: Final = ("<", "<=", ">", ">=", "=", "!=", "between")
BARELY: Final = ("holds", "does not hold", "is known", "is missing", "is empty", "is not empty")
"""Operators that take no value; the first two are of flags."""

OPERATORS: Final = (*LITERALS, *LISTED, *COMPARED, *BARELY)

OPPOSITE: Final = {
    "is": "is not",
    "starts with": "does not start with",
    "contains": "does not contain",
    "has word": "does not have word",
    "include": "do not include",
    "include all of": "do not include all of",
    "in list": "not in list",
    "holds": "does not hold",
    "is known": "is missing",
    "is empty": "is not empty",
}


class Row(NamedTuple):
    """One test: the fact, the operator, and the value as it is typed."""

    fact: str = ""
    operator: str = ""
    value: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was chosen in it yet."""
        return not (self.fact.strip() or self.operator or self.value.strip())


class Rows(NamedTuple):
    """The rows of a sentence, and whether all or any of them must hold."""

    join: str
    rows: tuple[Row, ...]


def sentence_of(rows: Iterable[Row], join: str) -> str:
    """Write rows as a sentence; what stands in them is not looked at, the language does that.

    Examples
    --------
    >>> sentence_of([Row("hs", "starts with", "8703"), Row("origin", "is", "GE, AE"), Row()], "and")
    'hs starts with 8703 and origin in (GE, AE)'
    >>> sentence_of([Row("importer_is_new", "does not hold")], "and")
    'not importer_is_new'
    """
    return f" {join if join == OR else AND} ".join(_written(row) for row in rows if not row.blank)


def _written(row: Row) -> str:
    fact, value = row.fact.strip(), row.value.strip()
    if row.operator in LITERALS:
        values = [_literal(part) for part in _parts(value)]
        one, many = LITERALS[row.operator]
        return f"{fact} {one.format(''.join(values)) if len(values) < 2 else many.format(', '.join(values))}".strip()
    if row.operator in LISTED:
        return f"{fact} {row.operator} {value if value.startswith(chr(34)) else quoted(value)}"
    if row.operator == "holds":
        return fact
    if row.operator == "does not hold":
        return f"not {fact}"
    return f"{fact} {row.operator} {'' if row.operator in BARELY else value}".strip()


def _parts(text: str) -> list[str]:
    """Cut typed values at their commas, those within quotes aside."""
    return [part.strip() for part in VALUES.findall(text) if part.strip()]


def _literal(part: str) -> str:
    return part if part.startswith('"') or _bare(part) else quoted(part)


def _bare(value: str) -> bool:
    """Tell whether a value can stand without quotes: it is no keyword and no fact."""
    return bool(BARE.fullmatch(value)) and value.casefold() not in RESERVED and value not in FACT


def rows_of(condition: Expression) -> Rows | None:
    """Read a condition as rows; nothing where its shape is not simple.

    Examples
    --------
    >>> from darvoza.domain.expression import OneOf
    >>> rows_of(And((StartsWith("hs", ("8703",)), Not(OneOf("origin", ("GE",)))))).rows[1]
    Row(fact='origin', operator='is not', value='GE')
    """
    terms: Sequence[Expression] = condition.terms if isinstance(condition, And | Or) else (condition,)
    rows = [_row(term) for term in terms]
    if len(rows) > MOST or any(row is None for row in rows):
        return None
    return Rows(OR if isinstance(condition, Or) else AND, tuple(row for row in rows if row is not None))


def _row(term: Expression) -> Row | None:
    """Read one test; nothing when it is something else."""
    if isinstance(term, Not):
        inner = _row(term.term)
        opposite = OPPOSITE.get(inner.operator) if inner else None
        return inner._replace(operator=opposite) if inner and opposite else None
    if isinstance(term, Comparison) and isinstance(term.left, FactValue):
        fact = term.left.fact
        return Row(fact, term.relation.value, render(term).removeprefix(f"{fact} {term.relation.value} "))
    if isinstance(term, Between) and isinstance(term.value, FactValue):
        fact = term.value.fact
        return Row(fact, "between", render(term).removeprefix(f"{fact} between "))
    return _test(term)


def _test(term: Expression) -> Row | None:  # noqa: PLR0911 - one return a kind of test
    match term:
        case Flag(fact):
            return Row(fact, "holds")
        case Known(fact):
            return Row(fact, "is known")
        case Empty(fact):
            return Row(fact, "is empty")
        case InList(fact, named):
            return Row(fact, "in list", named.name)
        case OneOf(fact, values):
            return Row(fact, "is", _typed(values))
        case StartsWith(fact, values):
            return Row(fact, "starts with", _typed(values))
        case Contains(fact, values):
            return Row(fact, "contains", _typed(values, text=True))
        case HasWord(fact, values):
            return Row(fact, "has word", _typed(values, text=True))
        case Include(fact, values, every):
            return Row(fact, "include all of" if every else "include", _typed(values))
    return None


def _typed(values: tuple[str, ...], *, text: bool = False) -> str:
    """Write values as they are typed: with quotes only where they need them."""
    return ", ".join(value if not text and _bare(value) else quoted(value) for value in values)
