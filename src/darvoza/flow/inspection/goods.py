"""Which goods a word was given on: a digest of what is declared of a goods item, so that it does not count for others.

The number of an item says where it stands in its declaration, not what it is. A declaration can be amended after a result
was recorded; what was found, or not found, was so of the goods as they were declared then.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from darvoza.domain.fields import FIELDS, Kind, Level

RECKONED: Final = frozenset({"item", "tax_rate", "tax_type"})
"""Fields of an item that say nothing of the goods: where it stands, and what the tariff takes for it."""

OF_GOODS: Final = {
    field.name: field.kind for field in FIELDS if field.level is Level.ITEM and field.name not in RECKONED
}
"""Fields that say what the goods are, and by which papers: all else that is declared of an item."""


_BETWEEN_CODES: Final = re.compile(r"[\s,;]+")


def goods_digest(said: Mapping[str, object]) -> str:
    """Give the digest of a goods item: the same for the same goods, however amounts, texts and codes are written.

    Parameters
    ----------
    said
        What is declared of it, by the names of the fields, as values or as JSON holds them; what is unknown is missing, empty or
        ``None``.

    Examples
    --------
    >>> goods_digest({"item": 1, "hs": "930200", "net_mass": "15.50"}) == goods_digest({"hs": "930200", "net_mass": Decimal("15.5")})
    True
    >>> goods_digest({"hs": "930200"}) == goods_digest({"hs": "240220"})
    False
    """
    told = {name: plain for name, kind in OF_GOODS.items() if (plain := _plain(kind, said.get(name)))}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def digests(items: Iterable[Mapping[str, object]]) -> dict[int, str]:
    """Give the digests of goods items by their numbers.

    Examples
    --------
    >>> list(digests([{"item": 2, "hs": "930200"}]))
    [2]
    """
    return {int(str(each["item"])): goods_digest(each) for each in items}


def _plain(kind: Kind, value: object) -> object:
    """Write a value in one way; an empty one as nothing."""
    if isinstance(value, list | tuple):
        return sorted(map(str, value))
    text = "" if value is None else " ".join(str(value).split())
    if kind is Kind.CODES:
        return sorted(code for code in _BETWEEN_CODES.split(text) if code)
    if kind is Kind.AMOUNT and text:
        return f"{Decimal(text).normalize():f}"
    return text.casefold()
