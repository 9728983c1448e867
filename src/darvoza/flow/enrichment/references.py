"""Reference values: what peers declared for the same goods, as known when the month opened.

A reference is a reason to ask, never a value to set (WTO Agreement on Customs Valuation; WCO guidelines on the use of
valuation databases as a risk assessment tool): a difference is not by itself an indicator of a wrong value.

The scale is the interquartile range ÷ 1.349, which estimates the same spread as 1.4826 × MAD on a normal law, because
quantiles allow the trader's own declarations to be left out exactly.
"""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.finder import KeyFinder
from darvoza.flow.enrichment.register import Register
from darvoza.flow.enrichment.timeline import DAY
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


@dataclass(frozen=True, slots=True)
class Measure:
    """What is compared with peers.

    Attributes
    ----------
    amount
        What is measured of an item; the scale on which it is compared if `logarithm`, else its logarithm.
    levels
        Cells of peers, from the nearest to the widest; the first with enough peers is used.
    least_spread
        Smallest spread: below it, differences are rounding and packing.
    middle, low, fifth, count, level, z
        Names of the facts: median, lower quartile, 5 % quantile and number of the peers, place of their cell among the
        levels from 1, robust z; empty where it is none.
    """

    amount: pl.Expr
    logarithm: bool
    levels: tuple[tuple[str, ...], ...]
    least_spread: float
    middle: str
    z: str
    low: str = ""
    fifth: str = ""
    count: str = ""
    level: str = ""

    @property
    def facts(self) -> frozenset[str]:
        """Names of the facts."""
        return frozenset({self.middle, self.low, self.fifth, self.count, self.level, self.z} - {""})

    def values(self, items: pl.DataFrame) -> Floats:
        """Give what is compared, NaN unknown."""
        amount = items.select(self.amount).to_series().cast(pl.Float64)
        known = pl.select(pl.when(amount > 0).then(amount.log())).to_series() if self.logarithm else amount
        return known.fill_null(np.nan).to_numpy()


_NET, _GROSS = pl.col("net_mass").cast(pl.Float64), pl.col("gross_mass").cast(pl.Float64)
_QUANTITY = pl.col("supplementary_quantity").cast(pl.Float64)

MEASURES = (
    Measure(
        pl.col("unit_value"),
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
        logarithm=True,
        levels=(("hs", "supplementary_unit"), ("hs6", "supplementary_unit"), ("hs4", "supplementary_unit")),
        least_spread=0.15,
        middle="reference_mass_per_unit",
        z="mass_per_unit_z",
    ),
    Measure(
        pl.when(_GROSS > 0).then((_GROSS - _NET) / _GROSS),
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
    asked = [measure for measure in MEASURES if measure.facts & set(wanted)]
    register.codes.prepare({name for measure in asked for cell in measure.levels for name in cell} | {"importer_id"})
    columns: dict[str, Floats] = {}
    for measure in asked:
        found = peers.found(register, measure) if peers else _found(register, measure, threads=threads)
        columns |= _facts(measure, found, measure.values(register.items[register.first :]))
    frame = pl.DataFrame(columns).with_columns(pl.all().fill_nan(None))
    return frame.select(name for name in frame.columns if name in set(wanted))


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
        Days since the epoch; a version replaced within a day stood when that day began.
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
        values = measure.values(register.items)
        cells = [register.codes.of(*fields) for fields in measure.levels]
        # every cell lies within one of the widest: no peer is outside those that are asked for
        rows = register.spoken_of(cells[-1])
        rows = rows[~np.isnan(values[rows])]
        by_value = rows[np.argsort(values[rows], kind="stable")]
        ordered = [by_value[np.argsort(cell[by_value], kind="stable")] for cell in cells]
        ordered = [rows[np.searchsorted(cell[rows], 0) :] for rows, cell in zip(ordered, cells, strict=True)]
        lodged, replaced = register.lodged // DAY, -(-register.replaced // DAY)
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
    months = register.items.get_column("lodged_at").dt.truncate("1mo").dt.epoch("d").to_numpy()[register.first :]
    found = np.full((months.size, _FOUND), np.nan)

    def fill(month: int) -> None:
        rows = np.flatnonzero(months == month)
        found[rows] = peers.quantiles(month, rows + peers.first)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        list(pool.map(fill, np.unique(months).tolist()))
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
        self._levels: dict[str, tuple[KeyFinder, PeerGroups]] = {}

    def found(self, asking: Register, measure: Measure) -> Floats:
        """Give level, count and `QUANTILES` for the present of a register coded by the same book."""
        finder, groups = self._of(measure)
        first, size = asking.first, asking.asked.size
        owners = asking.codes.single("importer_id")[first:] + 1
        found, open_ = np.full((size, _FOUND), np.nan), np.arange(size)
        for level, cells in enumerate(finder.find(asking.codes, first), start=1):
            count, quantiles = groups.of_others(cells[open_], owners[open_], QUANTILES)
            enough = count >= MIN_PEERS
            found[open_[enough]] = np.column_stack([np.full(count.size, level), count, quantiles])[enough]
            open_ = open_[~enough]
            if not open_.size:
                break
        return found

    def _of(self, measure: Measure) -> tuple[KeyFinder, PeerGroups]:
        """Put the values of a measure in order, level by level, when it is first asked for."""
        if measure.middle not in self._levels:
            register = self._register
            values = measure.values(register.items)
            lodged, replaced = register.lodged // DAY, -(-register.replaced // DAY)
            stood = (lodged < self._month) & (lodged >= self._month - WINDOW_DAYS) & (replaced >= self._month)
            rows = np.flatnonzero(stood & ~np.isnan(values))
            rows = rows[np.argsort(values[rows], kind="stable")]
            owners = register.codes.single("importer_id") + 1
            finder = KeyFinder(register.codes, measure.levels)
            cells = finder.codes[:, rows].ravel()
            known = np.flatnonzero(cells >= 0)
            of_row = rows[known % rows.size] if rows.size else rows
            self._levels[measure.middle] = finder, PeerGroups(values[of_row], cells[known], owners[of_row])
        return self._levels[measure.middle]


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
