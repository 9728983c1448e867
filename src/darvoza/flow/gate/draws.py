"""Every draw that was made, found by the marks of its goods: the same goods keep theirs."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import polars as pl

from darvoza.flow.selectivity.fingerprint import SAME_GOODS_DAYS
from darvoza.flow.selectivity.same_goods import Kept, Lodging
from darvoza.flow.tables import DECISION_SCHEMA

Number: TypeAlias = tuple[str, date]
"""What a draw is made of: a fingerprint, and the day of its key."""

MOST = 20
"""Earlier lodgings of the same goods that are looked at: honest goods have one or two."""

NONE_HELD: Mapping[str, Number] = MappingProxyType({})
"""No mark is held, as is usual."""

_SCHEMA = {name: DECISION_SCHEMA[name] for name in Lodging._fields}


class Met(NamedTuple):
    """An earlier lodging that bears a mark of goods.

    Attributes
    ----------
    lodging
        The lodging, as it was declared last.
    near
        The marks of the goods that it bears and whose window, since its draw was first lodged under them, is not over.
    """

    lodging: Lodging
    near: frozenset[str]


def number_of(lodging: Lodging) -> Number:
    """Give by what a lodging was drawn for."""
    return lodging.fingerprint, lodging.key_day


def is_near(mark: str, one: date, another: date) -> bool:
    """Tell whether two days lie within the window of a mark."""
    return abs((one - another).days) <= SAME_GOODS_DAYS[mark.split(":", 1)[0]]


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

    def met(self, marks: Collection[str], day: date) -> list[Met]:
        """Give of each draw that the marks of goods lead to the declarations that were decided last, `MOST` of them at most.

        Parameters
        ----------
        marks
            The marks.
        day
            The day on which the goods are lodged.

        Returns
        -------
        list of Met
            In the order in which they were decided for the first time.
        """
        near = self._near(marks, day)
        last: dict[Number, dict[str, Met]] = {}
        for place in sorted(near, key=lambda each: (self._since[self._lodgings[each].declaration_id], each)):
            one = self._lodgings[place]
            of_draw = last.setdefault(number_of(one), {})
            before = of_draw.get(one.declaration_id)
            of_draw[one.declaration_id] = Met(one, frozenset(near[place]) | (before.near if before else frozenset()))
        kept = (one for many in last.values() for one in list(many.values())[-MOST:])
        return sorted(kept, key=lambda one: self._since[one.lodging.declaration_id])

    def since(self, mark: str, number: Number) -> date | None:
        """Give the day on which goods that bear a mark were first lodged by a draw; nothing where none were."""
        under = (self._lodgings[place] for place in self._by_mark.get(mark, ()))
        return min((one.lodged_at.date() for one in under if number_of(one) == number), default=None)

    def contested(self, day: date) -> list[list[Met]]:
        """Give, mark by mark, the lodgings under marks that several draws came under whose windows are not over on a day."""
        several = (mark for mark, places in self._by_mark.items() if len(places) > 1)
        met = ([one for one in self.met([mark], day) if one.near] for mark in several)
        return [many for many in met if len({number_of(one.lodging) for one in many}) > 1]

    def _near(self, marks: Collection[str], day: date) -> dict[int, set[str]]:
        """Find the lodgings that bear any of some marks; tell of each which of them it bears within their windows."""
        found: dict[int, set[str]] = {}
        for mark in marks:
            since: dict[Number, date] = {}
            for one in (self._lodgings[place] for place in self._by_mark.get(mark, ())):
                first = one.lodged_at.date()
                since[number_of(one)] = min(since.get(number_of(one), first), first)
            for place in self._by_mark.get(mark, ()):
                borne = found.setdefault(place, set())
                if is_near(mark, day, since[number_of(self._lodgings[place])]):
                    borne.add(mark)
        return found


class Standing(NamedTuple):
    """Draws as they stand for goods that are lodged now.

    Attributes
    ----------
    kept
        The draws.
    spent
        Those that are spent: goods that were drawn for by one of these are drawn for anew.
    held
        Marks that stand for a draw by which something is still to be examined, whoever came under them later.
    """

    kept: Kept
    spent: Collection[Number]
    held: Mapping[str, Number]

    def sharing(self, marks: Collection[str]) -> list[Lodging]:
        """Give the lodgings of goods that bear any of these marks, in order of lodging."""
        known = [one for one in self.kept.sharing(marks) if number_of(one) not in self.spent]
        return [one._replace(marks=own_marks(one, self.held)) for one in known] if self.held else known


def own_marks(one: Lodging, held: Mapping[str, Number]) -> list[str]:
    """Give the marks of a lodging that are not held by another draw."""
    number = number_of(one)
    return [mark for mark in one.marks if held.get(mark, number) == number]
