"""Every draw that was made, found by the marks of its goods: the same goods keep theirs."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeAlias

import polars as pl

from darvoza.flow.selectivity.same_goods import Kept, Lodging
from darvoza.flow.tables import DECISION_SCHEMA

Number: TypeAlias = tuple[str, date]
"""What a draw is made of: a fingerprint, and the day of its key."""

MOST = 20
"""Earlier lodgings of the same goods that are looked at: honest goods have one or two."""

_SCHEMA = {name: DECISION_SCHEMA[name] for name in Lodging._fields}


class DrawBook:
    """Every draw by the marks of its goods."""

    def __init__(self) -> None:
        self._by_mark: dict[str, list[int]] = {}
        self._lodgings: list[Lodging] = []
        self._since: dict[str, int] = {}
        self._known: set[tuple[str, ...]] = set()
        self._frame = pl.DataFrame(schema=_SCHEMA)

    def enter(self, decisions: Iterable[Mapping[str, Any]]) -> None:
        """Note the draws of declarations that were decided, told by rows with the columns of `Lodging`."""
        for row in decisions:
            name = (row["declaration_id"], *row["marks"])
            if name in self._known:
                continue
            self._known.add(name)
            self._since.setdefault(row["declaration_id"], len(self._since))
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

    def latest(self, marks: Collection[str]) -> list[Lodging]:
        """Give of each draw that these marks lead to the declarations that were decided last, `MOST` of them at most."""
        last: dict[Number, dict[str, Lodging]] = {}
        for one in sorted(self.sharing(marks), key=lambda one: self._since[one.declaration_id]):
            last.setdefault((one.fingerprint, one.key_day), {})[one.declaration_id] = one
        return [one for many in last.values() for one in list(many.values())[-MOST:]]


class Unspent(NamedTuple):
    """Draws without those that are spent: goods that were drawn for by one of these are drawn for anew.

    Attributes
    ----------
    kept
        The draws.
    spent
        Those that are spent.
    """

    kept: Kept
    spent: Collection[Number]

    def sharing(self, marks: Collection[str]) -> list[Lodging]:
        """Give the lodgings of goods that bear any of these marks, in order of lodging."""
        return [one for one in self.kept.sharing(marks) if (one.fingerprint, one.key_day) not in self.spent]
