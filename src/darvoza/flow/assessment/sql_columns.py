"""The table a predicate is about: one row a goods item, columns named after facts, and how each number is kept."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from darvoza.domain.facts import CATALOGUE, FactType

WHOLE_FACTS: Final = frozenset(
    [
        "version",
        "item_count",
        "heading_count",
        "origin_count",
        "transit_count",
        "container_count",
        "container_faults",
        "seal_count",
        "document_count",
        "description_length",
        "description_words",
        "value_roundness",
        "price_roundness",
        "month",
        "hour",
        "local_hour",
    ]
)
COUNTED: Final = (
    *("_items", "_examined", "_examined_12m", "_findings", "_findings_12m", "reference_count"),
    *("_declarations", "_declarations_72h", "_items_72h", "_below_limit_12m", "_above_limit_12m"),
)


class Kept(StrEnum):
    """How a column keeps its numbers."""

    DECIMAL = "decimal"  # DECIMAL with at most 6 decimals: amounts, masses, rates as declared
    WHOLE = "whole"  # an integer type
    COUNT = "count"  # DOUBLE that holds nothing but whole numbers: counts of history
    FLOAT = "float"  # DOUBLE: ratios, references, rates


def _kept(name: str, source: str) -> Kept:
    if name in WHOLE_FACTS:
        return Kept.WHOLE
    if source == "declared":
        return Kept.DECIMAL
    return Kept.COUNT if name.endswith(COUNTED) else Kept.FLOAT


KEPT: Final[Mapping[str, Kept]] = MappingProxyType(
    {fact.name: _kept(fact.name, fact.source) for fact in CATALOGUE if fact.type is FactType.NUMBER}
)
"""How the facts frames of Darvoza keep each number."""


def folded_column(fact: str) -> str:
    """Name the column that holds a text after folding.

    Folding (case, marks, compatibility forms, white space; see `darvoza.flow.assessment.folding`) is Unicode work
    that no two dialects do alike. So it is done once, when the table is written, and never in SQL.

    Examples
    --------
    >>> folded_column("description")
    'description_folded'
    """
    return f"{fact}_folded"


def worded_column(fact: str) -> str:
    """Name the column that holds a text after `worded`.

    Examples
    --------
    >>> worded_column("description")
    'description_words'
    """
    return f"{fact}_words"


def worded(text: str) -> str:
    """Set the words of a folded text apart, so that a whole word in it is a part of a text like any other.

    A space goes before and after the whole, and on either side of everything that is neither letter nor digit. A
    word or phrase stands whole in a text exactly when, both written so, the one contains the other: a space before
    a word that begins with a letter or digit says that none touches it, and two before any other sign say the same.

    Examples
    --------
    >>> worded("hev") in worded("toyota hev, 2020"), worded("hev") in worded("chevrolet")
    (True, False)
    >>> worded("б/у")
    ' б / у '
    """
    return f" {''.join(sign if sign.isalnum() else f' {sign} ' for sign in text)} "
