"""A part of the past that is sorted once and asked again and again: what a few goods items need to know of it.

Every log is made when it is first asked for. What came to be known of a declaration later - an amendment, a result - is
not changed here: the declaration is taken out as a whole, by what its events added, and told again beside.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.keys import Codebook, KeyCodes, KeyFinder
from darvoza.flow.enrichment.register import Event, Kind, Logged, Register
from darvoza.methods.asof import Labels, Past, Questions
from darvoza.methods.fading import FadingSums

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Archive:
    """Goods items of the past, sorted by every key that is asked for.

    Parameters
    ----------
    register
        The goods items, none of them present, coded by a book.
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        self._finders: dict[tuple[str, ...], KeyFinder] = {}
        self._kept: dict[tuple[Event, tuple[str, ...], str], _Kept] = {}
        self._labels: dict[tuple[Event, tuple[str, ...], str, str], Labels] = {}
        self._boxed: Archive | None = None
        self._by_declaration = np.argsort(register.declaration, kind="stable")
        self._declarations = register.declaration[self._by_declaration]

    @classmethod
    def of(cls, items: pl.DataFrame, book: Codebook) -> "Archive":
        """Make an archive of goods items with their outcomes and ``unit_value``, rows of a version next to each other."""
        return cls(Register.of(items, items.height, KeyCodes(items, book)))

    @property
    def boxed(self) -> "Archive":
        """The same goods, container by container."""
        if self._boxed is None:
            self._boxed = Archive(self.register.boxed()[0])
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
        found = [self._by_declaration[start:end] for start, end in zip(first, last, strict=True) if end > start]
        return np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)

    def known(self, event: Event, kind: Kind, asking: Register, taken: Ints) -> "Archived":
        """Give what is known of the keys of the present of a register.

        Parameters
        ----------
        event, kind
            What is counted.
        asking
            The register, coded by the same book.
        taken
            Rows that are told again elsewhere.
        """
        kept = self._keep(event, kind)
        present = kept.finder.find(asking.codes, asking.first)
        asked = Questions.of(present, asking.asked)
        out = None
        if taken.size:
            rows = taken[kept.keys[taken] >= 0]
            out = self.register.log(event, kept.keys, kept.weights, rows).log.before(asked)
        return Archived(self, (event, kind), asking, kept.logged.log.before(asked), out)

    def _keep(self, event: Event, kind: Kind) -> "_Kept":
        name = (event, kind.fields, kind.name)
        if name not in self._kept:
            register = self.register
            finder = self._finder(kind.fields)
            keys = finder.codes if kind.counts is None else np.where(kind.counts(register), finder.codes, -1)
            weights = kind.weights and kind.weights(register, keys)
            self._kept[name] = _Kept(
                finder, keys, weights, register.log(event, keys, weights, np.flatnonzero(keys >= 0))
            )
        return self._kept[name]

    def _finder(self, fields: tuple[str, ...]) -> KeyFinder:
        if fields not in self._finders:
            self._finders[fields] = KeyFinder(self.register.codes, fields)
        return self._finders[fields]

    def labels(self, event: Event, kind: Kind, field: str) -> Labels:
        """Give the number of a field behind each event of a log."""
        name = (event, kind.fields, kind.name, field)
        if name not in self._labels:
            logged = self._keep(event, kind).logged
            self._labels[name] = logged.log.labelled(self.register.codes.single(field)[logged.rows])
        return self._labels[name]


class _Kept(NamedTuple):
    """What is kept of one kind: what finds its keys, keys and weights of every item, and the events."""

    finder: KeyFinder
    keys: Ints
    weights: Ints | None
    logged: Logged


@dataclass(frozen=True, slots=True)
class Archived:
    """What an archive knows of the keys of the present of a register.

    Attributes
    ----------
    archive, counted
        The archive, and what is counted.
    asking
        The register.
    past
        The events.
    taken
        Those of declarations that are told again elsewhere, or ``None``.
    """

    archive: Archive
    counted: tuple[Event, Kind]
    asking: Register
    past: Past
    taken: Past | None

    def sums(self) -> Ints:
        """Sum over all of it, shape ``(n, k)``."""
        known = self.past.sums()
        return known if self.taken is None else known - self.taken.sums()

    def sums_within(self, window: int) -> Ints:
        """Sum over so many seconds before the moment."""
        known = self.past.sums_within(window)
        return known if self.taken is None else known - self.taken.sums_within(window)

    def fading_sums(self, half_life: int) -> tuple[FadingSums, ...]:
        """Give the sums of which fading ones are made."""
        known = self.past.fading_sums(half_life)
        if self.taken is None:
            return (known,)
        out = self.taken.fading_sums(half_life)
        return known, FadingSums(out.first, -out.sums)

    def first(self) -> Floats:
        """Give the moment of the first event [s], NaN if there is none."""
        return self.past.time_of(self.past.first(*self._unlike(())))

    def last(self, *unlike: str) -> Floats:
        """Give the moment of the last event [s] of an item that differs in these fields, NaN if there is none."""
        return self.past.time_of(self.past.last(*self._unlike(unlike)))

    def _unlike(self, fields: tuple[str, ...]) -> tuple[tuple[Labels, Ints], ...]:
        """Ask for other values of fields, and of what is told elsewhere for other declarations."""
        asking = self.asking
        named = fields if self.taken is None else (*fields, "declaration_id")
        return tuple(
            (self.archive.labels(*self.counted, field), asking.codes.single(field)[asking.first :]) for field in named
        )
