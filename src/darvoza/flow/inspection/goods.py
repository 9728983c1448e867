"""Which goods a word was given on: a digest of what is declared of a goods item, so that it does not count for others.

The number of an item says where it stands in its declaration, not what it is. A declaration can be amended after a result
was recorded; what was found, or not found, was so of the goods as they were declared then, on the lorry on which they came.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

from darvoza.domain.fields import FIELDS, Kind, Level
from darvoza.domain.folding import BETWEEN_PLATES, folded_number
from darvoza.domain.goods_told import CARRIED, OF_SEVERAL

RECKONED: Final = frozenset({"item", "tax_rate", "tax_type"})
"""Fields of an item that say nothing of the goods: where it stands, and what the tariff takes for it."""

OF_GOODS: Final = {
    field.name: field.kind for field in FIELDS if field.level is Level.ITEM and field.name not in RECKONED
}
"""Fields that say what the goods are, and by which papers: all else that is declared of an item."""

KEPT_SINCE: Final = frozenset({"origin_region", "establishment", "process", "intended_use", "document_numbers"})
"""Those that registers did not keep at first; an item of which none is named, not even as unknown, is one kept before."""

WRITTEN_BEFORE: Final = KEPT_SINCE | {
    "hs", "description", "origin", "preference", "gross_mass", "net_mass", "supplementary_quantity", "supplementary_unit",
    "price", "customs_value", "valuation_method", "packages", "package_kind", "documents",
}  # fmt: skip
"""Fields of which an earlier version made one digest: words that were given then, and those of posts that still have it, name it."""

LENGTH: Final = 32
"""Signs of each of the two parts of a digest."""

OF_CARRIAGE: Final = ("importer_id", "transport_document", "container_ids", "vehicle_id", "trailer_id")
"""Fields of the head that say which goods these are: whose they are, and what carries them."""

SHORT: Final = 16
"""Signs of the hash of each number of `OF_CARRIAGE`."""

_BETWEEN_CODES: Final = re.compile(r"[\s,;]+")


def goods_digest(said: Mapping[str, object]) -> str:
    """Give the digest of a goods item: the same for the same goods, however amounts, texts and codes are written.

    That of an item of which no field of `KEPT_SINCE` is named begins the digest of the same item with them, and that by which
    words of an earlier version were given ends it: so goods are told apart neither by what was not kept nor by how a digest
    is written (`darvoza.domain.goods_told.other_goods`). Where it is said whose the goods are, and what carries them, that
    follows: a hash of each number.

    Parameters
    ----------
    said
        What is declared of it, by the names of the fields, as values or as JSON holds them; what is unknown is missing, empty or
        ``None``. That of `OF_CARRIAGE` is of the head of its declaration.

    Examples
    --------
    >>> goods_digest({"item": 1, "hs": "930200", "net_mass": "15.50"}) == goods_digest({"hs": "930200", "net_mass": Decimal("15.5")})
    True
    >>> goods_digest({"hs": "930200"}) == goods_digest({"hs": "240220"})
    False
    >>> goods_digest({"hs": "930200", "establishment": "KZ-17"}).startswith(goods_digest({"hs": "930200"}))
    True
    >>> goods_digest({"hs": "930200", "importer_id": "I-1"}).startswith(goods_digest({"hs": "930200"}) + "@importer:")
    True
    """
    always, carriage = _digest(said, OF_GOODS.keys() - KEPT_SINCE), _carriage_of(said)
    if not KEPT_SINCE & said.keys():
        return always + carriage
    return always + _digest(said, KEPT_SINCE) + _digest(said, WRITTEN_BEFORE) + carriage


def under_head(head: Mapping[str, object], items: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    """Give goods items with what the head of their declaration says of whose they are, and of what carries them.

    Examples
    --------
    >>> list(under_head({"importer_id": "I-1", "post": "KG-OSH"}, [{"item": 1}]))
    [{'item': 1, 'importer_id': 'I-1'}]
    """
    carried = {name: head[name] for name in OF_CARRIAGE if name in head}
    return ({**each, **carried} for each in items)


def _carriage_of(said: Mapping[str, object]) -> str:
    """Write whose goods are and what carries them; nothing where it is not said."""
    importer, document, boxes, *plates = (said.get(name) for name in OF_CARRIAGE)
    if not importer:
        return ""
    held = tuple(map(str, boxes)) if isinstance(boxes, list | tuple) else ()
    return _carriage(str(importer), str(document or ""), held, "/".join(str(each) for each in plates if each))


@lru_cache(maxsize=512)
def _carriage(importer: str, document: str, boxes: tuple[str, ...], plates: str) -> str:
    """Write it of the numbers; each plate, that of a trailer among them, stands behind all of them together.

    So does one that is alone: an earlier version, which said nothing of a trailer in its own field, wrote it once.
    """
    parts = BETWEEN_PLATES.split(plates)
    told = {
        "importer": [importer],
        "document": [document],
        "containers": sorted(set(boxes)),
        "vehicle": [plates, *sorted(parts)],
    }
    hashed = {kind: list(filter(None, map(_short, codes))) for kind, codes in told.items()}
    return CARRIED + ";".join(f"{kind}:{OF_SEVERAL.join(codes)}" for kind, codes in hashed.items() if codes)


def _short(code: str) -> str:
    """Hash a number as it is compared; nothing where there is none."""
    plain = folded_number(code)
    return hashlib.sha256(plain.encode()).hexdigest()[:SHORT] if plain else ""


def digest_without_papers(digest: str) -> str:
    """Give of the digest of a goods item the part that is made of none of `KEPT_SINCE`, the numbers of its papers among them.

    Examples
    --------
    >>> item = {"hs": "930200", "document_numbers": ["862:1"]}
    >>> digest_without_papers(goods_digest(item)) == goods_digest({"hs": "930200"})
    True
    """
    return digest[:LENGTH]


def _digest(said: Mapping[str, object], names: Collection[str]) -> str:
    told = {name: plain for name in names if (plain := _plain(OF_GOODS[name], said.get(name)))}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:LENGTH]


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
