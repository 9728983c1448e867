"""Rows of an intake as declarations in plain values, as the register keeps them."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

import polars as pl

from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.office.registry.plain import as_plain

Plain = dict[str, Any]


class Stated(NamedTuple):
    """A declaration in plain values: what is said of all of it, and of each goods item; what nobody said is left out."""

    header: Plain
    goods: list[Plain]


def _usual(field: "Field[Any]") -> object:
    """Give what a field holds where nothing is said; nothing where that is an empty one."""
    return None if field.default is MISSING or field.default == () else field.default


_ITEM: Final = {field.name: _usual(field) for field in fields(GoodsItem)}
_HEAD: Final = {field.name: _usual(field) for field in fields(Declaration) if field.name != "items"}


def stated(items: pl.DataFrame) -> Iterator[Stated]:
    """Give the declarations whose items these are, in the order of their references; of the last version of each.

    They are what `darvoza.office.registry.plain.plain_record` gives of their records.

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
        yield Stated(_said(goods[0], _HEAD), [_said(row, _ITEM) for row in goods])


def _said(row: Mapping[str, Any], usual: Mapping[str, object]) -> Plain:
    known = ((name, row.get(name), otherwise) for name, otherwise in usual.items())
    values = ((name, otherwise if value is None else value) for name, value, otherwise in known)
    return {name: as_plain(value) for name, value in values if value is not None and value != []}
