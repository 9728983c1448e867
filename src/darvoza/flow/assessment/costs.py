"""What it costs to decide a condition over columns, and the order in which terms are best asked."""

from dataclasses import replace
from typing import Final

from darvoza.domain.expression import (
    And,
    Arithmetic,
    Contains,
    Empty,
    Expression,
    Flag,
    HasWord,
    Include,
    InList,
    Known,
    Not,
    OneOf,
    Or,
    Quantified,
    StartsWith,
    nodes,
)

OVER_ITEMS: Final = 100
"""The cost of a question about all items, which gathers whole declarations."""


def cost(node: Expression) -> int:
    """Rank a condition by what it costs to decide for one row.

    Examples
    --------
    >>> from darvoza.flow.assessment.sentence import parse
    >>> [cost(parse(text)) for text in ("origin is GE", "price > 5", "any item (price > 5)")]
    [0, 3, 100]
    """
    match node:
        case OneOf() | StartsWith() | InList() | Contains() | HasWord() | Flag() | Known():
            return 0
        case Include() | Empty():
            return 1
        case And(terms) | Or(terms):
            return sum(cost(term) for term in terms)
        case Not(term):
            return cost(term)
    if isinstance(node, Quantified):
        return OVER_ITEMS
    return sum(5 if isinstance(part, Arithmetic) else 1 for part in nodes(node))


def is_dear(node: Expression) -> bool:
    """Tell whether a condition is worth asking about as few rows as possible."""
    match node:
        case And(terms) | Or(terms):
            return any(map(is_dear, terms))
        case Not(term):
            return is_dear(term)
    return isinstance(node, Quantified)


def cheapest_first(node: Expression) -> Expression:
    """Put the terms of every *and* and *or* in the order of their cost; the meaning stays.

    Examples
    --------
    >>> from darvoza.domain.wording import render
    >>> from darvoza.flow.assessment.sentence import parse
    >>> render(cheapest_first(parse("any item (price > 5) and origin is GE")))
    'origin is GE and any item (price > 5)'
    """
    match node:
        case And(terms) | Or(terms):
            return type(node)(tuple(sorted(map(cheapest_first, terms), key=cost)))
        case Not(term):
            return Not(cheapest_first(term))
    if isinstance(node, Quantified) and node.condition is not None:
        return replace(node, condition=cheapest_first(node.condition))
    return node
