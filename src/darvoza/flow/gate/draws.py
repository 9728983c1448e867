"""Every draw that was made, found by the marks of its goods: the same goods keep theirs."""

from bisect import insort
from collections.abc import Collection, Iterable, Iterator, Mapping
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


class _Under:
    """The lodgings under one mark, by their draws.

    Attributes
    ----------
    first
        The day on which goods were first lodged by each draw.
    """

    def __init__(self) -> None:
        self.first: dict[Number, date] = {}
        self._told: dict[Number, list[tuple[int, int]]] = {}

    def add(self, one: Lodging, since: int, place: int) -> None:
        """Note a lodging: when its declaration was decided for the first time, and where it stands in the book."""
        number, day = number_of(one), one.lodged_at.date()
        self.first[number] = min(self.first.get(number, day), day)
        insort(self._told.setdefault(number, []), (since, place))

    def begun(self) -> dict[Number, tuple[int, int]]:
        """Give of each draw when its first declaration was decided for the first time, and where that stands."""
        return {number: told[0] for number, told in self._told.items()}

    def last(self, number: Number) -> Iterator[int]:
        """Give where the lodgings of the last `MOST` declarations by a draw stand, the last one first."""
        seen = set[int]()
        for since, place in reversed(self._told[number]):
            seen.add(since)
            if len(seen) > MOST:
                return
            yield place


class DrawBook:
    """Every draw by the marks of its goods.

    Where many came under one mark, they are held by their draws, too, so that the next one does not look at all of them.
    """

    def __init__(self) -> None:
        self._by_mark: dict[str, list[int]] = {}
        self._crowded: dict[str, _Under] = {}
        self._lodgings: list[Lodging] = []
        self._since: dict[str, int] = {}
        self._known: set[tuple[Any, ...]] = set()
        self._frame = pl.DataFrame(schema=_SCHEMA)

    def enter(self, decisions: Iterable[Mapping[str, Any]]) -> None:
        """Note the draws of declarations that were decided, told by rows with the columns of `Lodging`.

        One may come with two draws: a post without a line had one for it before it knew that the centre had.
        """
        for row in decisions:
            name = (row["declaration_id"], row["fingerprint"], row["key_day"], *row["marks"])
            if name in self._known:
                continue
            self._known.add(name)
            self._since.setdefault(row["declaration_id"], len(self._since))
            place = len(self._lodgings)
            self._lodgings.append(Lodging(*(row[column] for column in Lodging._fields)))
            for mark in row["marks"]:
                self._by_mark.setdefault(mark, []).append(place)
                self._crowd(mark, place)

    def _crowd(self, mark: str, place: int) -> None:
        """Note a lodging under a mark under which many came."""
        if mark in self._crowded:
            self._add(self._crowded[mark], place)
        elif len(self._by_mark[mark]) > MOST:
            self._crowded[mark] = self._under(mark)

    def _under(self, mark: str) -> _Under:
        """Give the lodgings under a mark."""
        if mark in self._crowded:
            return self._crowded[mark]
        under = _Under()
        for place in self._by_mark.get(mark, ()):
            self._add(under, place)
        return under

    def _add(self, under: _Under, place: int) -> None:
        one = self._lodgings[place]
        under.add(one, self._since[one.declaration_id], place)

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
        under = {mark: self._under(mark) for mark in marks}
        near = _near(under, day)
        last: dict[Number, dict[str, Met]] = {number: {} for number in _in_order(under.values())}
        for place in sorted(near, key=lambda each: (self._since[self._lodgings[each].declaration_id], each)):
            one = self._lodgings[place]
            of_draw = last[number_of(one)]
            before = of_draw.get(one.declaration_id)
            of_draw[one.declaration_id] = Met(one, frozenset(near[place]) | (before.near if before else frozenset()))
        kept = (one for many in last.values() for one in list(many.values())[-MOST:])
        return sorted(kept, key=lambda one: self._since[one.lodging.declaration_id])

    def since(self, mark: str, number: Number) -> date | None:
        """Give the day on which goods that bear a mark were first lodged by a draw; nothing where none were."""
        return self._under(mark).first.get(number)

    def contested(self, day: date) -> list[list[Met]]:
        """Give, mark by mark, the lodgings under marks that several draws came under whose windows are not over on a day."""
        several = (mark for mark, places in self._by_mark.items() if len(places) > 1)
        met = ([one for one in self.met([mark], day) if one.near] for mark in several)
        return [many for many in met if len({number_of(one.lodging) for one in many}) > 1]


def _in_order(under: Iterable[_Under]) -> list[Number]:
    """Name the draws that came under marks, in the order in which the first declaration of each was decided."""
    begun: dict[Number, tuple[int, int]] = {}
    for number, told in (each for one in under for each in one.begun().items()):
        begun[number] = min(begun.get(number, told), told)
    return sorted(begun, key=lambda number: begun[number])


def _near(under: Mapping[str, _Under], day: date) -> dict[int, set[str]]:
    """Find the last lodgings of each draw that bear any of some marks; tell which of them each bears within their windows.

    Whoever is among the last `MOST` under all of the marks together is among them under each that it bears.
    """
    found: dict[int, set[str]] = {}
    for mark, lodged in under.items():
        for number, first in lodged.first.items():
            near = {mark} if is_near(mark, day, first) else set[str]()
            for place in lodged.last(number):
                found.setdefault(place, set()).update(near)
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
