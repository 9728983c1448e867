"""Rows of an intake as declarations in plain values, as the register keeps them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.flow.inspection.goods import OF_GOODS
from darvoza.office.registry.plain import as_plain

Plain = dict[str, Any]


class Stated(NamedTuple):
    """A declaration in plain values: what is said of all of it, and of each goods item; what nobody said is left out."""

    header: Plain
    goods: list[Plain]


def _usual(field: "Field[Any]") -> object:
    """Give what a field holds where nothing is said; nothing where that is an empty one."""
    return None if field.default is MISSING or field.default == () else as_plain(field.default)


_ITEM: Final = dict.fromkeys(OF_GOODS) | {field.name: _usual(field) for field in fields(GoodsItem)}
"""Fields of an item: those of the record, and what else says which goods they are."""
_NONE: Final = "document_numbers"
"""Is named also where there is none: that all which says which goods they are was kept; see `KEPT_SINCE` there."""
_HEAD: Final = {field.name: _usual(field) for field in fields(Declaration) if field.name != "items"}


def stated(rows: Iterable[Mapping[str, Any]]) -> Iterator[Stated]:
    """Give the declarations whose items these are, one after another; of the last version of each.

    They are what `darvoza.office.registry.plain.plain_record` gives of their records, and what else is said of the goods.

    Parameters
    ----------
    rows
        Goods items as `darvoza.flow.gate.records.plain_rows` gives them, rising, those of a declaration next to each other.
    """
    for _, of_one in groupby(rows, key=itemgetter("declaration_id")):
        every = list(of_one)
        newest = max(map(_version, every))
        goods = [row for row in every if _version(row) == newest]
        yield Stated(_said(goods[0], _HEAD), [{_NONE: []} | _said(row, _ITEM) for row in goods])


def _version(row: Mapping[str, Any]) -> int:
    return int(row.get("version", 1))


def _said(row: Mapping[str, Any], usual: Mapping[str, object]) -> Plain:
    return {name: told for name, value in usual.items() if (told := row.get(name, value)) is not None and told != []}
