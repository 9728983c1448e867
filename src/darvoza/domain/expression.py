"""The condition of a risk profile as a small, closed, typed tree; its canonical text and its identity.

A tree is either a *condition* (true, false or unknown) or a *value* inside a comparison. The set of nodes is closed,
so that every executor can be complete and every cost bounded. Content decides identity: two sentences that mean the
same tree, whatever their spacing, case of keywords or order in a list, have the same `digest`.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum

from darvoza.domain.facts import FACT
from darvoza.domain.named_list import NamedList


class Relation(StrEnum):
    """How two numbers or two dates are compared."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    EQUAL = "="
    DIFFERENT = "!="


class Operation(StrEnum):
    """An operation of arithmetic on numbers."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    DIVIDE = "/"


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Day:
    """A literal date."""

    value: date


@dataclass(frozen=True, slots=True)
class FactValue:
    """The value of a fact that is a number or a date."""

    fact: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """An operation on two numbers; unknown when either is unknown, or when dividing by zero."""

    left: "Value"
    operation: Operation
    right: "Value"


@dataclass(frozen=True, slots=True)
class Shifted:
    """A date some days later (negative: earlier); unknown when it leaves the calendar, years 1 to 9999."""

    day: "Value"
    days: int


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """The number of days from one date to another, negative when the second is earlier."""

    first: "Value"
    last: "Value"


Value = Number | Day | FactValue | Arithmetic | Shifted | DaysBetween


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two numbers or two dates compared."""

    left: Value
    relation: Relation
    right: Value


@dataclass(frozen=True, slots=True)
class Between:
    """A number or date within two bounds, both included."""

    value: Value
    low: Value
    high: Value

    def comparisons(self) -> "And":
        """Give the same condition as two comparisons.

        Examples
        --------
        >>> both_bounds = Between(FactValue("price"), Number(Decimal(1)), Number(Decimal(2))).comparisons()
        >>> [str(comparison.relation) for comparison in both_bounds.terms]
        ['>=', '<=']
        """
        low = Comparison(self.value, Relation.AT_LEAST, self.low)
        return And((low, Comparison(self.value, Relation.AT_MOST, self.high)))


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag that stands alone."""

    fact: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """A code or text that equals one of some literals; texts are compared after folding."""

    fact: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(sorted(set(self.values))))


@dataclass(frozen=True, slots=True)
class StartsWith:
    """A commodity code that begins with one of some digits."""

    fact: str
    prefixes: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "prefixes", tuple(sorted(set(self.prefixes))))


@dataclass(frozen=True, slots=True)
class InList:
    """A code that stands in a named list."""

    fact: str
    list: NamedList


@dataclass(frozen=True, slots=True)
class Contains:
    """A text that contains at least one of some literals, after folding."""

    fact: str
    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", tuple(sorted(set(self.texts))))


@dataclass(frozen=True, slots=True)
class HasWord:
    """A text that holds at least one of some words or phrases whole: no letter or digit touches them."""

    fact: str
    words: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(sorted(set(self.words))))


@dataclass(frozen=True, slots=True)
class Include:
    """A set of codes that includes one (or, when `every`, all) of some literals."""

    fact: str
    codes: tuple[str, ...]
    every: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", tuple(sorted(set(self.codes))))
        if len(self.codes) == 1:  # one form for one meaning
            object.__setattr__(self, "every", False)


@dataclass(frozen=True, slots=True)
class Empty:
    """A set of codes that is known and holds none: unknown where the set itself is."""

    fact: str


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a fact is known at all: never unknown itself."""

    fact: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    term: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more conditions, none of which is itself an `And`."""

    terms: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more conditions, none of which is itself an `Or`."""

    terms: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class AnyItem:
    """At least one goods item of the declaration fulfils a condition."""

    condition: "Expression"


@dataclass(frozen=True, slots=True)
class AllItems:
    """Every goods item of the declaration fulfils a condition."""

    condition: "Expression"


@dataclass(frozen=True, slots=True)
class ItemCount:
    """The number of goods items that fulfil a condition, compared with a number."""

    condition: "Expression"
    relation: Relation
    right: Value


@dataclass(frozen=True, slots=True)
class ItemSum:
    """The sum of a fact over the goods items that fulfil a condition (``None``: over all), compared with a number."""

    fact: str
    condition: "Expression | None"
    relation: Relation
    right: Value


@dataclass(frozen=True, slots=True)
class DistinctCount:
    """The number of different values of a code over the goods items that fulfil a condition, against a number.

    Where a condition or a value is unknown, every number that remains possible is compared: the answer is unknown
    only where they disagree.
    """

    fact: str
    condition: "Expression | None"
    relation: Relation
    right: Value


Quantified = AnyItem | AllItems | ItemCount | ItemSum | DistinctCount
Test = Flag | OneOf | StartsWith | InList | Contains | HasWord | Include | Empty | Known
Expression = And | Or | Not | Comparison | Between | Test | Quantified
Node = Expression | Value


def both(*terms: Expression) -> Expression:
    """Join conditions with *and*, in the one form a tree may have.

    Examples
    --------
    >>> both(Flag("a"), both(Flag("b"), Flag("c"))) == both(Flag("a"), Flag("b"), Flag("c"))
    True
    """
    flat = tuple(part for term in terms for part in (term.terms if isinstance(term, And) else (term,)))
    return flat[0] if len(flat) == 1 else And(flat)


def either(*terms: Expression) -> Expression:
    """Join conditions with *or*, in the one form a tree may have."""
    flat = tuple(part for term in terms for part in (term.terms if isinstance(term, Or) else (term,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def children(node: Node) -> Iterator[Node]:
    """Give the nodes directly below a node, in order."""
    for field in fields(node):
        below = getattr(node, field.name)
        if isinstance(below, Node):
            yield below
        elif isinstance(below, tuple) and below and isinstance(below[0], Node):
            yield from below


def nodes(node: Node) -> Iterator[Node]:
    """Give a node and all nodes below it.

    Examples
    --------
    >>> [type(node).__name__ for node in nodes(Not(Flag("importer_is_new")))]
    ['Not', 'Flag']
    """
    yield node
    for child in children(node):
        yield from nodes(child)


def facts_used(node: Node) -> frozenset[str]:
    """Name the facts a tree speaks of.

    Examples
    --------
    >>> sorted(facts_used(And((Flag("importer_is_new"), OneOf("origin", ("GE",))))))
    ['importer_is_new', 'origin']
    """
    return frozenset(part.fact for part in nodes(node) if hasattr(part, "fact"))


def speaks_of_items(node: Node) -> bool:
    """Tell whether the answer may differ between the goods items of one declaration."""
    if isinstance(node, Quantified):
        return isinstance(node, ItemCount | ItemSum | DistinctCount) and speaks_of_items(node.right)
    fact = getattr(node, "fact", None)
    if fact is not None and FACT[fact].item:
        return True
    return any(speaks_of_items(child) for child in children(node))


def as_json(node: Node) -> dict[str, object]:
    """Give a tree as plain JSON values, in one canonical form."""
    made: dict[str, object] = {"node": type(node).__name__}
    for field in fields(node):
        made[field.name] = _plain(getattr(node, field.name))
    return made


def _plain(value: object) -> object:
    if isinstance(value, Node):
        return as_json(value)
    if isinstance(value, NamedList):
        return {"name": value.name, "version": value.version, "digest": value.digest}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return plain_number(value)
    return value.isoformat() if isinstance(value, date) else value


def digest(node: Node) -> str:
    """Identify a condition by its content: SHA-256 of its canonical JSON, in hexadecimal.

    Examples
    --------
    >>> digest(OneOf("origin", ("GE", "AE"))) == digest(OneOf("origin", ("AE", "GE")))
    True
    """
    text = json.dumps(as_json(node), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain_number(value: Decimal) -> str:
    """Write a number without exponent and without idle zeros.

    Examples
    --------
    >>> plain_number(Decimal("1E+3")), plain_number(Decimal("0.60")), plain_number(Decimal("-0.0"))
    ('1000', '0.6', '0')
    """
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
