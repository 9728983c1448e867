"""Reference values: what peers declared for the same goods, as known when the month opened.

A reference is a reason to ask, never a value to set (WTO Agreement on Customs Valuation; WCO guidelines on the use of
valuation databases as a risk assessment tool): a difference is not by itself an indicator of a wrong value.

The scale is the interquartile range ÷ 1.349, which estimates the same spread as 1.4826 × MAD on a normal law, because
quantiles allow the trader's own declarations to be left out exactly.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.finder import KeyFinder
from darvoza.flow.enrichment.keys import ONE_BY_ONE, logarithms, unit_values
from darvoza.flow.enrichment.register import Register
from darvoza.flow.enrichment.side_by_side import numbers_of
from darvoza.flow.enrichment.timeline import DAY, months_of
from darvoza.methods.leave_out import PeerGroups, quantiles_of_others

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MIN_PEERS = 30
"""Fewest peers of a reference."""

WINDOW_DAYS = 365
"""How far back peers are taken from."""

IQR_OF_NORMAL = 1.349

QUANTILES = (0.05, 0.25, 0.5, 0.75)
"""What is told of peers."""

_FOUND = 2 + len(QUANTILES)


@dataclass(frozen=True)
class Measure:
    """What is compared with peers.

    Attributes
    ----------
    amount
        What is measured of an item; the scale on which it is compared if `logarithm`, else its logarithm.
    of_few
        The same of few goods items, NaN unknown.
    levels
        Cells of peers, from the nearest to the widest; the first with enough peers is used.
    least_spread
        Smallest spread: below it, differences are rounding and packing.
    middle, low, fifth, count, level, z
        Names of the facts: median, lower quartile, 5 % quantile and number of the peers, place of their cell among the
        levels from 1, robust z; empty where it is none.
    """

    amount: pl.Expr
    of_few: Callable[[pl.DataFrame], Floats]
    logarithm: bool
    levels: tuple[tuple[str, ...], ...]
    least_spread: float
    middle: str
    z: str
    low: str = ""
    fifth: str = ""
    count: str = ""
    level: str = ""

    @cached_property
    def facts(self) -> frozenset[str]:
        """Names of the facts."""
        return frozenset({self.middle, self.low, self.fifth, self.count, self.level, self.z} - {""})

    @cached_property
    def compared(self) -> pl.Expr:
        """What is compared, NaN unknown."""
        amount = self.amount.cast(pl.Float64)
        known = pl.when(amount > 0).then(amount.log()) if self.logarithm else amount
        return known.fill_null(np.nan).alias(self.middle)

    def compared_of_few(self, items: pl.DataFrame) -> Floats:
        """Give what is compared of few goods items, NaN unknown."""
        amount = self.of_few(items)
        return logarithms(np.where(amount > 0, amount, np.nan)) if self.logarithm else amount


def values_of(items: pl.DataFrame, measures: Sequence[Measure]) -> Floats:
    """Give what is compared of goods items, NaN unknown, shape ``(measures, n)``."""
    if items.height <= ONE_BY_ONE:
        return np.array([measure.compared_of_few(items) for measure in measures])
    compared = items.select([measure.compared for measure in measures])
    return np.array([column.to_numpy() for column in compared])


def _float(items: pl.DataFrame, name: str) -> Floats:
    return items.get_column(name).cast(pl.Float64).to_numpy()


def _mass_per_unit(items: pl.DataFrame) -> Floats:
    net, quantity = _float(items, "net_mass"), _float(items, "supplementary_quantity")
    return np.asarray(np.divide(net, quantity, out=np.full(net.size, np.nan), where=quantity > 0))


def _tare_share(items: pl.DataFrame) -> Floats:
    net, gross = _float(items, "net_mass"), _float(items, "gross_mass")
    return np.asarray(np.divide(gross - net, gross, out=np.full(net.size, np.nan), where=gross > 0))


_NET, _GROSS = pl.col("net_mass").cast(pl.Float64), pl.col("gross_mass").cast(pl.Float64)
_QUANTITY = pl.col("supplementary_quantity").cast(pl.Float64)

MEASURES = (
    Measure(
        pl.col("unit_value"),
        unit_values,
        logarithm=True,
        levels=(("hs", "origin"), ("hs6", "origin"), ("hs6",), ("hs4",)),
        least_spread=0.15,
        middle="reference_unit_value",
        z="unit_value_z",
        low="reference_low",
        fifth="reference_5_percent",
        count="reference_count",
        level="reference_level",
    ),
    Measure(
        pl.when(_QUANTITY > 0).then(_NET / _QUANTITY),
        _mass_per_unit,
        logarithm=True,
        levels=(("hs", "supplementary_unit"), ("hs6", "supplementary_unit"), ("hs4", "supplementary_unit")),
        least_spread=0.15,
        middle="reference_mass_per_unit",
        z="mass_per_unit_z",
    ),
    Measure(
        pl.when(_GROSS > 0).then((_GROSS - _NET) / _GROSS),
        _tare_share,
        logarithm=False,
        levels=(("hs6", "package_kind"), ("hs4", "package_kind"), ("hs4",)),
        least_spread=0.02,
        middle="reference_tare_share",
        z="tare_share_z",
    ),
)
"""Unit value, mass apiece and tare; peers of a tare are packed alike."""


def reference_facts(
    register: Register, wanted: Collection[str], *, peers: "PeerBook | None" = None, threads: int = 1
) -> pl.DataFrame:
    """Give the wanted reference facts of the present.

    Each row is compared with what stood when its own month opened: declarations lodged in the year before, in the
    version of that moment; the importer's own declarations are left out.

    Parameters
    ----------
    register
        Every goods item once, with ``unit_value``.
    wanted
        Names of facts; others than those of reference are passed over.
    peers
        What stood when the month of all of the present opened, if it was put in order before.
    threads
        Threads used, a month each; the result does not depend on it.
    """
    return numbers_of(reference_columns(register, wanted, peers=peers, threads=threads))


def reference_columns(
    register: Register, wanted: Collection[str], *, peers: "PeerBook | None" = None, threads: int = 1
) -> dict[str, Floats]:
    """Give the same as `reference_facts`, as numbers, NaN unknown."""
    asked = tuple(measure for measure in MEASURES if not measure.facts.isdisjoint(wanted))
    if not asked:
        return {}
    register.codes.prepare({name for measure in asked for cell in measure.levels for name in cell} | {"importer_id"})
    columns: dict[str, Floats] = {}
    values = values_of(register.items[register.first :], asked)
    found = peers.found(register, asked) if peers else (_found(register, measure, threads=threads) for measure in asked)
    for measure, of_measure, own in zip(asked, found, values, strict=True):
        columns |= _facts(measure, of_measure, own)
    return {name: columns[name] for name in columns if name in wanted}


@dataclass(frozen=True, slots=True)
class _Peers:
    """Values to compare, with their cells: arrays over all items, and for each level the rows in order of cell and value.

    Attributes
    ----------
    values
        What is compared, NaN unknown.
    cells, ordered
        For each level, codes of the cells, and the rows with value and cell, by cell and value.
    owners
        Code of the importer, 0 unknown.
    lodged, replaced
        Days since the epoch. Months open when a day begins: what was replaced later on that day stood then, and what was
        replaced on the day before did not.
    first
        Row where the present begins.
    """

    values: Floats
    cells: list[Ints]
    ordered: list[Ints]
    owners: Ints
    lodged: Ints
    replaced: Ints
    first: int

    @classmethod
    def of(cls, register: Register, measure: Measure) -> "_Peers":
        values = values_of(register.items, [measure])[0]
        cells = [register.codes.of(*fields) for fields in measure.levels]
        # every cell lies within one of the widest: no peer is outside those that are asked for
        rows = register.spoken_of(cells[-1])
        rows = rows[~np.isnan(values[rows])]
        by_value = rows[np.argsort(values[rows], kind="stable")]
        ordered = [by_value[np.argsort(cell[by_value], kind="stable")] for cell in cells]
        ordered = [rows[np.searchsorted(cell[rows], 0) :] for rows, cell in zip(ordered, cells, strict=True)]
        lodged, replaced = register.lodged // DAY, register.replaced // DAY
        owners = register.codes.of("importer_id") + 1
        return cls(values, cells, ordered, owners, lodged, replaced, register.first)

    def quantiles(self, month: int, asked: Ints) -> Floats:
        """Give level, count and `QUANTILES` from the nearest cell with enough peers, NaN where none has."""
        answer = np.full((asked.size, _FOUND), np.nan)
        open_ = np.arange(asked.size)
        stood = (self.lodged < month) & (self.lodged >= month - WINDOW_DAYS) & (self.replaced >= month)
        for level, (cell, ordered) in enumerate(zip(self.cells, self.ordered, strict=True), start=1):
            peers = ordered[stood[ordered]]
            if not open_.size or not peers.size:
                continue
            questions = (np.maximum(cell[asked[open_]], 0), self.owners[asked[open_]])
            count, found = quantiles_of_others(
                self.values[peers], cell[peers], self.owners[peers], asked=questions, probabilities=QUANTILES
            )
            enough = (count >= MIN_PEERS) & (cell[asked[open_]] >= 0)
            answer[open_[enough]] = np.column_stack([np.full(count.size, level), count, found])[enough]
            open_ = open_[~enough]
        return answer


def _found(register: Register, measure: Measure, *, threads: int) -> Floats:
    """Compare every row of the present with what stood when its month opened."""
    peers = _Peers.of(register, measure)
    months = months_of(register.asked)
    found = np.full((months.size, _FOUND), np.nan)

    def fill(month: int) -> None:
        rows = np.flatnonzero(months == month)
        found[rows] = peers.quantiles(month, rows + peers.first)

    opened = np.unique(months).tolist()
    if threads == 1:
        list(map(fill, opened))
        return found
    with ThreadPoolExecutor(max_workers=threads) as pool:
        list(pool.map(fill, opened))
    return found


class PeerBook:
    """What stood when one month opened, in order: to be asked about few goods items at a time.

    Parameters
    ----------
    register
        Goods items of the past with ``unit_value``, coded by a book.
    month
        The first day of the month, in days since 1970.
    """

    def __init__(self, register: Register, month: int) -> None:
        self._register, self._month = register, month
        self._sorted: dict[tuple[str, ...], tuple[KeyFinder, PeerGroups]] = {}

    def found(self, asking: Register, measures: Sequence[Measure]) -> Iterator[Floats]:
        """Yield level, count and `QUANTILES` for the present of a register coded by the same book, by measure."""
        finder, groups = self._of(measures)
        cells = finder.find(asking.codes, asking.first)
        asked = np.where(cells >= 0, _apart(cells, finder.size), NOBODY).ravel()
        owners = np.tile(asking.codes.single("importer_id")[asking.first :] + 1, cells.shape[0])
        count, quantiles = groups.of_others(asked, owners, QUANTILES)
        levels, first = np.column_stack([np.zeros(count.size), count, quantiles]).reshape(*cells.shape, _FOUND), 0
        for measure in measures:
            told = levels[first : first + len(measure.levels)]
            enough = told[:, :, 1] >= MIN_PEERS
            nearest = enough.argmax(axis=0)
            found = told[nearest, np.arange(cells.shape[1])]
            found[:, 0] = nearest + 1
            found[~enough.any(axis=0)] = np.nan
            yield found
            first += len(measure.levels)

    def _of(self, measures: Sequence[Measure]) -> tuple[KeyFinder, PeerGroups]:
        """Put the values of measures in order, level by level, when they are first asked for."""
        name = tuple(measure.middle for measure in measures)
        if name not in self._sorted:
            register = self._register
            lodged, replaced = register.lodged // DAY, register.replaced // DAY
            stood = (lodged < self._month) & (lodged >= self._month - WINDOW_DAYS) & (replaced >= self._month)
            finder = KeyFinder(register.codes, [fields for measure in measures for fields in measure.levels])
            owners, cells = register.codes.single("importer_id") + 1, _apart(finder.codes, finder.size)
            parts, place = [], 0
            for measure, values in zip(measures, values_of(register.items, measures), strict=True):
                rows = np.flatnonzero(stood & ~np.isnan(values))
                rows = rows[np.argsort(values[rows], kind="stable")]
                for level in range(place, place + len(measure.levels)):
                    known = rows[finder.codes[level, rows] >= 0]
                    known = known[np.argsort(cells[level, known], kind="stable")]
                    parts.append((values[known], cells[level, known], owners[known]))
                place += len(measure.levels)
            self._sorted[name] = finder, PeerGroups(*map(np.concatenate, zip(*parts, strict=True)))
        return self._sorted[name]


NOBODY = -1
"""Cell without anybody."""


def _apart(cells: Ints, size: int) -> Ints:
    """Number cells level by level, so that those of different levels differ, those of another measure, too."""
    return cells + np.arange(cells.shape[0])[:, None] * size


def _facts(measure: Measure, found: Floats, values: Floats) -> Iterator[tuple[str, Floats]]:
    """Turn level, count and quantiles into facts."""
    level, count, fifth, low, middle, high = found.T
    spread = np.maximum((high - low) / IQR_OF_NORMAL, measure.least_spread)
    yield measure.middle, np.exp(middle) if measure.logarithm else middle
    yield measure.z, (values - middle) / spread
    if measure.low:
        yield measure.low, np.exp(low)
    if measure.fifth:
        yield measure.fifth, np.exp(fifth)
    if measure.count:
        yield measure.count, count
    if measure.level:
        yield measure.level, level
