"""Declarations that were read from files, as another system would lodge them: the way from a message to the interface."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import polars as pl

from darvoza.flow.gate.records import plain_rows
from darvoza.flow.intake.lodged_form import GOODS, HEADER, ITEMS, MOST_ITEMS
from darvoza.flow.intake.records import Intake
from darvoza.flow.intake.report import nameless
from darvoza.json_text import write_json

_HEADER = tuple(field.name for field in HEADER)
_GOODS = tuple(field.name for field in GOODS)
ROW_REJECTED = "a row was rejected"
NAMELESS = "a rejected row of its file names no declaration, and may be of this one; mend or remove that row"


class Lodgeable(NamedTuple):
    """Declarations that can be lodged as they were read, and how many cannot, by the reason.

    Attributes
    ----------
    declarations
        Each as the interface takes it, in the order of their lodging.
    left_out
        How many were left out; whoever lodged a part of one would lodge another declaration.
    """

    declarations: list[dict[str, Any]]
    left_out: Mapping[str, int]

    def text(self) -> str:
        """Write them, one a line."""
        return "".join(f"{write_json(each).decode()}\n" for each in self.declarations)


def lodgeable(intake: Intake) -> Lodgeable:
    """Put goods items together into declarations as they are lodged.

    Of several versions the last one is given. A declaration of which a row was rejected is left out as a whole; while a
    rejected row names no declaration, so is every one of its file, for it may be a goods item of any of them.
    """
    rejected = set(intake.rejected.get_column("declaration_id").drop_nulls())
    files = set(nameless(intake))
    doubtful = set(intake.items.filter(pl.col("file").is_in(list(files))).get_column("declaration_id"))
    version = pl.col("version").fill_null(1)
    newest = version == version.max().over("declaration_id")
    items = intake.items.filter(newest).select(*_HEADER, *_GOODS)
    earlier = intake.items.filter(~newest).select("declaration_id", "version").n_unique()
    made: list[dict[str, Any]] = []
    left_out = Counter({"an earlier version": earlier} if earlier else {})
    seen: set[str] = set()
    for reference, rows in groupby(plain_rows(items), key=itemgetter("declaration_id")):
        seen.add(reference)
        headers, goods = [], []
        for row in rows:
            headers.append({name: row[name] for name in _HEADER if name in row})
            goods.append({name: row[name] for name in _GOODS if name in row})
        if reference in rejected or reference in doubtful:
            left_out[ROW_REJECTED if reference in rejected else NAMELESS] += 1
        elif reason := _fault(headers, goods):
            left_out[reason] += 1
        else:
            made.append({**headers[0], ITEMS: goods})
    if nothing := len(rejected - seen):
        left_out[ROW_REJECTED] += nothing
    return Lodgeable(made, left_out)


def _fault(headers: list[dict[str, Any]], goods: list[dict[str, Any]]) -> str:
    """Say why a declaration cannot be lodged as it was read; empty where it can."""
    if len(goods) > MOST_ITEMS:
        return f"more than {MOST_ITEMS} goods items"
    return "" if all(each == headers[0] for each in headers) else "its rows do not agree on what they declare in common"


def reasons_told(found: Lodgeable) -> Iterator[str]:
    """Say what was left out, a reason a line."""
    yield from (f"{count:,} left out: {reason}" for reason, count in sorted(found.left_out.items()))
