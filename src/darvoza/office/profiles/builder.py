"""A sentence as rows of fact, operator and value, in groups; for whoever would rather choose than write.

Rows stand in groups: all of them must hold, one, or none; a group may ask about the goods items of a declaration. Groups
nest `DEEPEST` deep. What fits no row stands among the rows as a piece of text. Rows write text, and the text is read by
the language as any other, so nothing can be said in rows that the language does not know.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

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
    FactValue,
    Flag,
    HasWord,
    Include,
    InList,
    ItemCount,
    ItemSum,
    Known,
    Not,
    Number,
    OneOf,
    Or,
    Quantified,
    Relation,
    StartsWith,
    Value,
)
from darvoza.domain.facts import FACT
from darvoza.domain.wording import BARE, RESERVED, quoted, render

AND, OR, NONE = "and", "or", "none"
JOINS: Final = (AND, OR, NONE)

ANY_ITEM, ALL_ITEMS, COUNT, SUM, DISTINCT = "any item", "all items", "count of items", "sum of", "distinct"
OVER: Final = (ANY_ITEM, ALL_ITEMS, COUNT, SUM, DISTINCT)
"""What a group may ask of the goods items that fulfil its rows."""

COMPARES: Final = (COUNT, SUM, DISTINCT)
"""Those that compare a number."""

OF_A_FACT: Final = (SUM, DISTINCT)
"""Those that speak of a fact, and need no rows."""

DEEPEST: Final = 3
"""Levels of groups below the outermost."""

MOST: Final = 80
"""Rows and groups of one sentence."""

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
RELATIONS: Final = tuple(each.value for each in Relation)
COMPARED: Final = (*RELATIONS, "between")
BARELY: Final = ("holds", "does not hold", "is known", "is missing", "is empty", "is not empty")
"""Operators that take no value; the first two are of flags."""

OPERATORS: Final = (*LITERALS, *LISTED, *COMPARED, *BARELY)

TEXT: Final = "text"
"""In the place of an operator: the value is a piece of a sentence, and nothing else is said."""

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


@dataclass(frozen=True, slots=True)
class Row:
    """One test: the fact, the operator, and the value as it is typed; or a piece of text."""

    fact: str = ""
    operator: str = ""
    value: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing was chosen in it yet."""
        chosen = self.operator and self.operator != TEXT
        return not (self.fact.strip() or chosen or self.value.strip())


@dataclass(frozen=True, slots=True)
class Group:
    """Rows and groups of which all must hold, one, or none.

    Attributes
    ----------
    over
        What is asked of the goods items that fulfil them, one of `OVER`; empty when the declaration itself is meant.
    fact, relation, value
        Of what is summed or told apart, and what the number is compared with; only for those of `COMPARES`.
    """

    join: str = AND
    terms: "tuple[Row | Group, ...]" = ()
    over: str = ""
    fact: str = ""
    relation: str = ""
    value: str = ""


Term: TypeAlias = Row | Group

LOOSE, MIDDLE, TIGHT = range(3)


class _Said(NamedTuple):
    """A piece of a sentence, and how tightly its words hold together: *or*, *and*, anything else."""

    text: str
    binds: int


def sentence_of(group: Group) -> str:
    """Write rows as a sentence; what stands in them is not looked at, the language does that.

    Examples
    --------
    >>> either = Group("or", (Row("origin", "is", "GE, AE"), Row("importer_is_new", "holds")))
    >>> sentence_of(Group("and", (Row("hs", "starts with", "8703"), either, Row())))
    'hs starts with 8703 and (origin in (GE, AE) or importer_is_new)'
    >>> sentence_of(Group(terms=(Group("and", (Row("hs", "starts with", "03"),), "count of items", "", ">=", "3"),)))
    'count of items (hs starts with 03) >= 3'
    """
    said = _said(group)
    return said.text if said else ""


def _said(term: Term) -> _Said | None:
    """Write a row or a group; nothing when nothing stands in it."""
    if isinstance(term, Row):
        return None if term.blank else _Said(_written(term), TIGHT)
    parts = [part for part in map(_said, term.terms) if part is not None]
    inner = _joined(parts, term.join) if parts else None
    if term.over:
        return _of_items(term, inner.text if inner else "")
    return inner


def _joined(parts: list[_Said], join: str) -> _Said:
    if join == NONE:
        return _Said(f"not {_wrapped(_joined(parts, OR), TIGHT)}", TIGHT)
    if len(parts) == 1:
        return parts[0]
    word, binds = (OR, LOOSE) if join == OR else (AND, MIDDLE)
    return _Said(f" {word} ".join(_wrapped(part, binds) for part in parts), binds)


def _wrapped(said: _Said, binds: int) -> str:
    return f"({said.text})" if said.binds < binds else said.text


def _of_items(group: Group, inner: str) -> _Said | None:
    """Write what is asked of the goods items; nothing when a question without rows means nothing."""
    if not inner and group.over not in OF_A_FACT:
        return None
    chosen, fact = f" ({inner})" if inner else "", group.fact.strip()
    head = {SUM: f"sum of {fact}", DISTINCT: f"distinct {fact} of items"}.get(group.over, group.over)
    tail = f" {group.relation or Relation.AT_LEAST} {group.value.strip()}" if group.over in COMPARES else ""
    return _Said(f"{head}{chosen}{tail}".strip(), TIGHT)


def _written(row: Row) -> str:
    fact, value = row.fact.strip(), row.value.strip()
    if row.operator == TEXT:
        return f"({value})"
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


def rows_of(condition: Expression) -> Group | None:
    """Read a condition as rows in groups; nothing when it has more than `MOST` of them.

    Examples
    --------
    >>> from darvoza.domain.expression import OneOf
    >>> rows_of(And((StartsWith("hs", ("8703",)), Not(OneOf("origin", ("GE",)))))).terms[1]
    Row(fact='origin', operator='is not', value='GE')
    """
    made = _grouped(condition, DEEPEST)
    return made if _size(made) <= MOST else None


def texts_in(group: Group) -> int:
    """Count the pieces that fit no row and stand as text."""
    return sum(
        texts_in(term) if isinstance(term, Group) else term.operator == TEXT and not term.blank for term in group.terms
    )


def _size(group: Group) -> int:
    return sum(1 + (_size(term) if isinstance(term, Group) else 0) for term in group.terms)


def _grouped(condition: Expression, below: int) -> Group:
    """Read a condition as the rows of one group, below which so many levels of groups may stand."""
    join: str = AND
    terms: tuple[Expression, ...] = (condition,)
    match condition:
        case And(parts):
            terms = parts
        case Or(parts):
            join, terms = OR, parts
        case Not(inner) if _row(condition) is None:
            join, terms = NONE, inner.terms if isinstance(inner, Or) else (inner,)
    return Group(join, tuple(_term(term, below) for term in terms))


def _term(term: Expression, below: int) -> Term:
    """Read one part of a group: a row, a group, or text where it is neither."""
    row = _row(term)
    if row is not None:
        return row
    if below and isinstance(term, And | Or | Not):
        return _grouped(term, below - 1)
    if below and isinstance(term, Quantified):
        return _items(term, below - 1)
    return Row("", TEXT, render(term))


def _items(term: Quantified, below: int) -> Group:
    """Read a question about the goods items."""
    chosen = _grouped(term.condition, below) if term.condition is not None else Group()
    match term:
        case AnyItem():
            return Group(chosen.join, chosen.terms, ANY_ITEM)
        case AllItems():
            return Group(chosen.join, chosen.terms, ALL_ITEMS)
        case ItemCount(_, relation, right):
            return Group(chosen.join, chosen.terms, COUNT, "", relation.value, _number(right))
        case ItemSum(fact, _, relation, right):
            return Group(chosen.join, chosen.terms, SUM, fact, relation.value, _number(right))
        case DistinctCount(fact, _, relation, right):
            return Group(chosen.join, chosen.terms, DISTINCT, fact, relation.value, _number(right))


def _number(value: Value) -> str:
    """Write a value as it is typed."""
    return render(Comparison(Number(Decimal(0)), Relation.EQUAL, value)).removeprefix("0 = ")


def _row(term: Expression) -> Row | None:
    """Read one test; nothing when it is something else."""
    if isinstance(term, Not):
        inner = _row(term.term)
        opposite = OPPOSITE.get(inner.operator) if inner else None
        return Row(inner.fact, opposite, inner.value) if inner and opposite else None
    if isinstance(term, Comparison) and isinstance(term.left, FactValue):
        return Row(term.left.fact, term.relation.value, _number(term.right))
    if isinstance(term, Between) and isinstance(term.value, FactValue):
        return Row(term.value.fact, "between", f"{_number(term.low)} and {_number(term.high)}")
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
