"""A part of the past that is sorted once and asked again and again: what a few goods items need to know of it.

Every log is made when it is first asked for. What came to be known of a declaration later - an amendment, a result - is
not changed here: the declaration is taken out as a whole, by what its events added, and told again beside.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.finder import KeyFinder
from darvoza.flow.enrichment.inquiry import Side
from darvoza.flow.enrichment.register import Register
from darvoza.flow.enrichment.sheets import Event, Logged, Sheet, logged
from darvoza.methods.asof import LARGEST_CODE, Labels, Questions

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ABSENT = LARGEST_CODE - 1
"""Code of a key that an archive does not have."""


class Archive:
    """Goods items of the past, sorted by every key that is asked for.

    Parameters
    ----------
    register
        The goods items, none of them present, coded by a book and ready.
    items
        The goods items with their outcomes.

    Attributes
    ----------
    latest
        When the last of them was lodged [s].
    """

    def __init__(self, register: Register, items: pl.DataFrame) -> None:
        self.register, self.items = register, items
        self._finders: dict[tuple[tuple[str, ...], ...], KeyFinder] = {}
        self._sheets: dict[tuple[object, ...], ArchivedSheet] = {}
        self._boxed: Archive | None = None
        self.latest = int(register.lodged.max(initial=0))
        self._by_declaration = np.argsort(register.declaration, kind="stable")
        self._declarations = register.declaration[self._by_declaration]

    @property
    def boxed(self) -> "Archive":
        """The same goods, container by container."""
        if self._boxed is None:
            self._boxed = Archive(self.register.boxed()[0], self.items.clear())
        return self._boxed

    def holds(self, declarations: Ints) -> Flags:
        """Tell which declarations lie here, by their numbers."""
        if not self._declarations.size:
            return np.zeros(declarations.size, dtype=bool)
        places = np.minimum(np.searchsorted(self._declarations, declarations), self._declarations.size - 1)
        return np.asarray(self._declarations[places] == declarations)

    def rows_of(self, declarations: Ints) -> Ints:
        """Give the rows of some declarations, in their order."""
        first = np.searchsorted(self._declarations, declarations, side="left")
        last = np.searchsorted(self._declarations, declarations, side="right")
        sizes = last - first
        places = np.repeat(first - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        return np.sort(self._by_declaration[places])

    def find(self, fields: tuple[tuple[str, ...], ...], asking: Register) -> Ints:
        """Give the codes that keys of the present of a register, coded by the same book, have here; -1: none."""
        return self._finder(fields).find(asking.codes, asking.first)

    def of_sheet(self, sheet: Sheet) -> "ArchivedSheet":
        """Give the goods items as they are counted by the kinds of a sheet."""
        if sheet.name not in self._sheets:
            keys = self._finder(sheet.fields).codes[sheet.picked]
            self._sheets[sheet.name] = ArchivedSheet(sheet, self.register, *sheet.counted(self.register, keys))
        return self._sheets[sheet.name]

    def make_ahead(self, to: "Archive") -> None:
        """Have another archive make ahead what this one was asked for, so that nobody waits for it who asks the same."""
        for sheet in list(self._sheets.values()):
            sheet.make_ahead(to.of_sheet(sheet.sheet))
        if self._boxed is not None:
            self._boxed.make_ahead(to.boxed)

    def _finder(self, fields: tuple[tuple[str, ...], ...]) -> KeyFinder:
        if fields not in self._finders:
            self._finders[fields] = KeyFinder(self.register.codes, fields)
        return self._finders[fields]


class ArchivedSheet:
    """Goods items of the past, counted by several kinds of key in one log.

    Parameters
    ----------
    sheet
        The kinds.
    register
        The goods items.
    keys
        Code of the key of every item, kind by kind, -1 where it has none.
    weights
        What each item adds; ones by default.
    """

    def __init__(self, sheet: Sheet, register: Register, keys: Ints, weights: Ints | None) -> None:
        self.sheet = sheet
        self._register, self._keys, self._weights = register, keys, weights
        self._logs: dict[Event, Logged] = {}
        self._labels: dict[tuple[Event, str], Labels] = {}

    def sides(self, event: Event, asked: Questions, asking: Register, taken: Ints) -> Iterator[Side]:
        """Give what is said of events.

        Parameters
        ----------
        event
            What is counted.
        asked
            The questions.
        asking
            The register that asks them.
        taken
            Rows that are told again elsewhere.
        """
        log = self.logged(event).log
        if not (log.times.size and asked.times.size):
            return

        def labelled(field: str) -> tuple[Labels, Ints]:
            return self.labelled(event, field), asking.own(field, asked.times.size)

        yield Side(log.before(asked), 1, labelled, bool(taken.size))
        if taken.size:
            out = self._taken(event, taken, asked.keys)
            yield Side(out.log.before(asked), -1, labelled, others=False)

    def make_ahead(self, to: "ArchivedSheet") -> None:
        """Have another make ahead what this one was asked for."""
        for event, made in list(self._logs.items()):
            made.log.make_ahead(to.logged(event).log)
        for event, field in list(self._labels):
            to.labelled(event, field)

    def logged(self, event: Event) -> Logged:
        """Give the log of events."""
        if event not in self._logs:
            self._logs[event] = logged(self._register, event, self._keys, self._weights)
        return self._logs[event]

    def _taken(self, event: Event, rows: Ints, asked: Ints) -> Logged:
        """Put events on some of the items into a log, as far as their keys are asked for."""
        keys, wanted = self._keys[:, rows], np.sort(asked)
        spoken_of = wanted[np.minimum(np.searchsorted(wanted, keys), wanted.size - 1)] == keys
        weights = None if self._weights is None else self._weights[:, rows]
        return logged(self._register, event, np.where(spoken_of, keys, -1), weights, rows=rows)

    def labelled(self, event: Event, field: str) -> Labels:
        """Give the number of a field behind each event of a log."""
        name = (event, field)
        if name not in self._labels:
            log, rows = self.logged(event)
            self._labels[name] = log.labelled(self._register.codes.single(field)[rows])
        return self._labels[name]
