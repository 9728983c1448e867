"""The form of a declaration that another system sends: which fields it may have, and of which type each is.

What is wrong with the form of one field is told beside what is wrong with the values of the others: whoever mends a declaration
mends it once.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from darvoza.domain.fields import FIELD, FIELDS, Kind, Level
from darvoza.errors import shown

HEADER = tuple(field for field in FIELDS if field.level is Level.DECLARATION)
GOODS = tuple(field for field in FIELDS if field.level is Level.ITEM)
MOST_ITEMS = 999
"""Goods items of one declaration."""

MOST_UNKNOWN = 20
"""Fields that no declaration has and that are told one by one, of each object: a body may hold hundreds of thousands of them."""

ITEMS = "items"
_KNOWN_HEADER = frozenset(field.name for field in HEADER) | {ITEMS}
_KNOWN_GOODS = frozenset(field.name for field in GOODS)
_NUMBERS = frozenset({Kind.AMOUNT, Kind.INTEGER})


class WrongField(NamedTuple):
    """One thing that is wrong with one declaration.

    Attributes
    ----------
    field
        Its path, such as ``items.3.hs``: items are counted from 1, in the order in which they were sent.
    rule
        The stable name of the rule that is broken.
    expected, got
        What would have been right, in words; and what was there.
    """

    field: str
    rule: str
    expected: str
    got: str


def wrong_form(one: object) -> Iterator[WrongField]:
    """Say what is wrong with a declaration before any value is read."""
    if not isinstance(one, dict):
        yield WrongField("", "not-an-object", "an object with the fields of a declaration", shown(one))
        return
    yield from _fields(one, _KNOWN_HEADER, "")
    items = one.get(ITEMS)
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        got = f"{len(items)} items" if isinstance(items, list) else shown(items)
        yield WrongField(ITEMS, "items", f"a list of 1 to {MOST_ITEMS} goods items", got)
        return
    for number, item in enumerate(items, start=1):
        if isinstance(item, dict):
            yield from _fields(item, _KNOWN_GOODS, f"{ITEMS}.{number}.")
        else:
            yield WrongField(f"{ITEMS}.{number}", "not-an-object", "an object with the fields of an item", shown(item))


def _fields(given: Mapping[Any, Any], known: frozenset[str], prefix: str) -> Iterator[WrongField]:
    """Say which fields are not known, and which hold what is no single value."""
    unknown = [name for name in given if name not in known]
    for name in unknown[:MOST_UNKNOWN]:
        yield WrongField(f"{prefix}{str(name)[:64]}", "unknown-field", "a field of the declaration", shown(name))
    if more := len(unknown[MOST_UNKNOWN:]):
        yield WrongField(
            prefix.rstrip("."), "unknown-field", "fields of the declaration", f"{more} more that it has not"
        )
    for name, value in given.items():
        if name in known and name != ITEMS:
            yield from _value(f"{prefix}{name}", FIELD[name].kind, value)


def _value(path: str, kind: Kind, value: object) -> Iterator[WrongField]:
    """Say what is wrong with the value of a field."""
    if not _plain(value):
        yield WrongField(path, "nested", "one value, or a list of codes", shown(value))
    elif not _writable(value):
        yield WrongField(path, "encoding", "text that can be written down", shown(value))
    elif expected := _otherwise(kind, value):
        yield WrongField(path, "type", expected, shown(value))


def _plain(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    return not isinstance(value, dict)


def _otherwise(kind: Kind, value: object) -> str:
    """Say what a value of a kind should be where it is of another type: what is written must not depend on how it is read."""
    if value is None or isinstance(value, str):
        return ""
    if isinstance(value, list):
        return "" if kind is Kind.CODES else "one value"
    if isinstance(value, bool):
        return "" if kind is Kind.FLAG else "a number" if kind in _NUMBERS else "a text"
    return "" if kind in _NUMBERS or kind is Kind.FLAG else "a text"


def _writable(value: object) -> bool:
    """Tell whether a text can be written as UTF-8: half of a pair of surrogates cannot."""
    text = "".join(value) if isinstance(value, list) else value
    if not isinstance(text, str) or text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
