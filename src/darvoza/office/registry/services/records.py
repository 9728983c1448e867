"""Rows of an intake as records of declarations."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import polars as pl

from darvoza.domain.declaration import Declaration, GoodsItem

_ITEM: Final = tuple(field.name for field in fields(GoodsItem))
_HEAD: Final = tuple(field.name for field in fields(Declaration) if field.name != "items")


def declarations_of(items: pl.DataFrame) -> Iterator[Declaration]:
    """Give the declarations whose items these are, in the order of their references; of the last version of each.

    Parameters
    ----------
    items
        Goods items as intake gives them, one row an item.
    """
    columns = [name for name in dict.fromkeys((*_HEAD, *_ITEM)) if name in items.columns]
    rows = items.select(columns)
    if "version" in columns:
        newest = pl.col("version").fill_null(1)
        rows = rows.filter(newest == newest.max().over("declaration_id"))
    ordered = rows.sort("declaration_id", "item").iter_rows(named=True)
    for _, of_one in groupby(ordered, key=itemgetter("declaration_id")):
        goods = list(of_one)
        items_of = tuple(GoodsItem(**_values(row, _ITEM)) for row in goods)
        yield Declaration(**_values(goods[0], _HEAD), items=items_of)


def _values(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Give the known values of some fields; lists as tuples."""
    known = {name: row[name] for name in names if row.get(name) is not None}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
