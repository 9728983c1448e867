"""The fact catalogue: everything a profile may speak of and a score may learn from.

A fact is a named, typed statement about a declaration or one of its items, known at the moment of decision. Facts
of the declaration itself keep the value declared; derived facts compare declared values with one another;
reference facts compare them with peers; history facts tell what was known of those who trade, before this
declaration.
"""

from darvoza.domain.facts.declared import DECLARED, FIELD_OF_FACT
from darvoza.domain.facts.derived import DERIVED
from darvoza.domain.facts.fact import Fact, FactGroup, FactSource, FactType
from darvoza.domain.facts.history import HISTORY
from darvoza.domain.facts.reference import REFERENCE
from darvoza.domain.facts.register import REGISTER

__all__ = [
    "CATALOGUE",
    "DECLARED",
    "DERIVED",
    "FACT",
    "FIELD_OF_FACT",
    "HISTORY",
    "REFERENCE",
    "REGISTER",
    "Fact",
    "FactGroup",
    "FactSource",
    "FactType",
]

CATALOGUE: tuple[Fact, ...] = (*DECLARED, *DERIVED, *REFERENCE, *REGISTER, *HISTORY)
FACT: dict[str, Fact] = {fact.name: fact for fact in CATALOGUE}
