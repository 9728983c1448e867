"""What an entry of the fact catalogue is: its type, its group, where it comes from."""

from dataclasses import dataclass
from enum import StrEnum


class FactType(StrEnum):
    """What may be done with a fact in a sentence."""

    HS = "hs"  # hierarchical code: starts with, in, is
    CODE = "code"  # closed or open code: is, in
    TEXT = "text"  # free text: contains
    NUMBER = "number"  # comparisons and arithmetic, in decimal
    DATE = "date"  # comparisons, between
    FLAG = "flag"  # stands alone
    CODES = "codes"  # a set of codes: include, include any of


class FactGroup(StrEnum):
    """Which question the fact answers; the first seven are the criteria of TFA 7.4.4."""

    COMMODITY = "commodity"
    DESCRIPTION = "description"
    ORIGIN = "origin"
    SHIPMENT = "shipment"
    VALUE = "value"
    COMPLIANCE = "compliance"
    TRANSPORT = "transport"
    QUANTITY = "quantity"
    PROCEDURE = "procedure"
    PARTIES = "parties"
    DOCUMENTS = "documents"
    CALENDAR = "calendar"
    BEHAVIOUR = "behaviour"
    SPS = "sps"


class FactSource(StrEnum):
    """Where a fact comes from."""

    DECLARED = "declared"  # the declared value itself
    DERIVED = "derived"  # declared values compared with one another, and with settings
    REFERENCE = "reference"  # compared with peers
    REGISTER = "register"  # looked up in a register
    HISTORY = "history"  # what was known before this declaration


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the catalogue.

    Attributes
    ----------
    name
        The name used in sentences and columns.
    type
        What may be done with it.
    group
        The question it answers.
    meaning
        What it is.
    source
        Where it comes from.
    unit
        ``kg``, ``1``, ``days``, ``value`` (the currency of the customs value) …; empty for what is not a number.
    item
        Whether it belongs to a goods item; otherwise to the whole declaration.
    example
        A literal as it would be written in a sentence; of a flag, its name.
    """

    name: str
    type: FactType
    group: FactGroup
    meaning: str
    source: FactSource
    unit: str = ""
    item: bool = False
    example: str = ""


def read_facts(source: FactSource, table: str) -> tuple[Fact, ...]:
    r"""Read entries of the catalogue off a table in plain text, one a line, under the name of their group.

    Parameters
    ----------
    source
        Where all of them come from.
    table
        Lines ``[group]`` and ``name | type | unit | example | meaning``; a type that begins with ``item`` belongs
        to a goods item, any other to the whole declaration.

    Raises
    ------
    ValueError
        When a line has not five parts, or names a group or type that does not exist.

    Examples
    --------
    >>> line = "stake | item number | value | 180 | Declared duties and taxes: customs value × rate."
    >>> (fact,) = read_facts(FactSource.DERIVED, "[value]\n" + line)
    >>> fact.name, fact.type.value, fact.group.value, fact.unit, fact.item
    ('stake', 'number', 'value', 'value', True)
    """
    made: list[Fact] = []
    group = ""
    for line in table.strip().splitlines():
        if line.startswith("["):
            group = line.strip("[]")
            continue
        name, kind, unit, example, meaning = (part.strip() for part in line.split(" | "))
        of_item, type_ = kind.startswith("item "), FactType(kind.removeprefix("item "))
        made.append(Fact(name, type_, FactGroup(group), meaning, source, unit, of_item, example))
    return tuple(made)
