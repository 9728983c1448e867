"""Every draw that was made, found by the marks of its goods: the same goods keep theirs."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import polars as pl

from darvoza.flow.selectivity.same_goods import Kept, Lodging
from darvoza.flow.tables import DECISION_SCHEMA

_SCHEMA = {name: DECISION_SCHEMA[name] for name in Lodging._fields}


class DrawBook:
    """Every draw by the marks of its goods."""

    def __init__(self) -> None:
        self._by_mark: dict[str, list[int]] = {}
        self._lodgings: list[Lodging] = []
        self._known: set[tuple[str, ...]] = set()
        self._frame = pl.DataFrame(schema=_SCHEMA)

    def enter(self, decisions: Iterable[Mapping[str, Any]]) -> None:
        """Note the draws of declarations that were decided, told by rows with the columns of `Lodging`."""
        for row in decisions:
            name = (row["declaration_id"], *row["marks"])
            if name in self._known:
                continue
            self._known.add(name)
            for mark in row["marks"]:
                self._by_mark.setdefault(mark, []).append(len(self._lodgings))
            self._lodgings.append(Lodging(*(row[column] for column in Lodging._fields)))

    def frame(self) -> pl.DataFrame | None:
        """Give all of them, in the order in which they were entered; nothing when there are none."""
        later = self._lodgings[self._frame.height :]
        if later:
            self._frame = pl.concat([self._frame, pl.DataFrame(later, schema=_SCHEMA, orient="row")], rechunk=True)
        return self._frame if self._lodgings else None

    def sharing(self, marks: Collection[str]) -> list[Lodging]:
        """Give the lodgings of goods that bear any of these marks, in order of lodging."""
        places = sorted({place for mark in marks for place in self._by_mark.get(mark, ())})
        return sorted((self._lodgings[place] for place in places), key=lambda one: one.lodged_at)


class Unspent(NamedTuple):
    """Draws without those of some declarations, which are spent: the same goods are drawn for anew.

    Attributes
    ----------
    kept
        The draws.
    spent
        References of the declarations whose draws are spent.
    """

    kept: Kept
    spent: Collection[str]

    def sharing(self, marks: Collection[str]) -> list[Lodging]:
        """Give the lodgings of goods that bear any of these marks, in order of lodging."""
        return [one for one in self.kept.sharing(marks) if one.declaration_id not in self.spent]
