"""The register: every goods item once, in the version that stood, with its result from the moment it became known.

Three rules keep the history honest. A declaration is seen by others in the version that stood at the moment they ask:
an amendment takes the earlier version back and puts the new one in its place. A result counts once, from the moment
it became known, in whatever version it was noted. And no declaration ever sees itself, not in an earlier version either.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.keys import KeyCodes
from darvoza.methods.asof import EventLog, Past, Questions

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY = 86_400
"""Seconds."""

RESULT_DELAY_DAYS = 7
"""A result without a date of its own counts as known this many days after lodging."""

NEVER = np.iinfo(np.int64).max
"""No moment at all."""

FEW = 8
"""So many times more items must there be than those that ask before the rest is looked through for what they ask."""

OUTCOMES = ("examined", "finding", "result_at")
IDENTITY = ("declaration_id", "version", "item")


def all_items(present: pl.DataFrame, past: pl.DataFrame | None, *, replay: bool) -> tuple[pl.DataFrame, int]:
    """Put the past and the present below each other, each goods item once.

    Parameters
    ----------
    present, past
        Goods items with their outcomes; an item of the past that is among the present again gives it its outcome.
    replay
        Whether the outcomes of the present count.

    Returns
    -------
    tuple[pl.DataFrame, int]
        All items, and the row where the present begins.
    """
    if not replay:
        present = present.with_columns(pl.lit(None, present.schema[name]).alias(name) for name in OUTCOMES)
    if past is None or past.is_empty():
        return present, 0
    again = past.join(present.select(IDENTITY), on=IDENTITY, how="semi", nulls_equal=True)
    if again.height:
        told = (pl.col(name).alias(f"_{name}") for name in OUTCOMES)
        earlier = again.unique(IDENTITY, keep="last").select(*IDENTITY, *told)
        present = present.join(earlier, on=IDENTITY, how="left", nulls_equal=True, maintain_order="left")
        known = pl.col("examined").is_not_null() | pl.col("finding").is_not_null()
        present = present.with_columns(
            pl.when(known).then(pl.col(name)).otherwise(f"_{name}").alias(name) for name in OUTCOMES
        ).drop(f"_{name}" for name in OUTCOMES)
        past = past.join(present.select(IDENTITY), on=IDENTITY, how="anti", nulls_equal=True, maintain_order="left")
    return pl.concat([past, present]), past.height


@dataclass(frozen=True, slots=True)
class Register:
    """Goods items on one time axis, in seconds; all arrays of shape ``(n,)``.

    Attributes
    ----------
    items
        Every goods item once: the past, then the present.
    first
        Row where the present begins.
    codes
        Codes of keys over `items`.
    lodged
        When each item was lodged.
    replaced
        When a later version replaced it; `NEVER` where none did.
    known
        When its result became known; meaningless where `examined` is false.
    examined, finding
        Whether a result exists that counts, and whether it is a finding.
    declaration, stated
        Code of its declaration, and of this version of it.
    amended
        Rows of the present, counted from `first`, whose declaration has several versions.
    """

    items: pl.DataFrame
    first: int
    codes: KeyCodes
    lodged: Ints
    replaced: Ints
    known: Ints
    examined: Flags
    finding: Flags
    declaration: Ints
    stated: Ints
    amended: Ints

    @classmethod
    def of(cls, items: pl.DataFrame, first: int) -> Self:
        """Read the register off goods items with their outcomes."""
        made = _timeline(items)
        codes = KeyCodes(items)
        declaration = codes.of("declaration_id")
        version = made.get_column("version").to_numpy()
        stated = np.cumsum((np.diff(declaration, prepend=-1) != 0) | (np.diff(version, prepend=-1) != 0)) - 1
        lodged = made.get_column("lodged").to_numpy()
        versions = _Versions.of(stated, declaration=declaration, version=version, lodged=lodged)
        examined, finding = made.get_column("examined").to_numpy(), made.get_column("finding").to_numpy()
        known = made.get_column("known").to_numpy()
        if versions.several.any():
            examined = examined & _counts_once(items, declaration, version, lodged=lodged, known=known)
        return cls(
            items=items,
            first=first,
            codes=codes,
            lodged=lodged,
            replaced=versions.replaced,
            known=known,
            examined=examined,
            finding=finding,
            declaration=declaration,
            stated=stated,
            amended=np.flatnonzero(versions.several[first:]),
        )

    @property
    def is_amended(self) -> bool:
        """Whether any declaration has several versions."""
        return bool(self.amended.size) or bool(np.any(self.replaced < NEVER))

    @property
    def asked(self) -> Ints:
        """When each item of the present was lodged: the moments that ask."""
        return self.lodged[self.first :]

    def lodgings(self, keys: Ints, weights: Ints | None = None) -> "Known":
        """Give what is known of lodgings, key by key; `weights` of shape ``(n, k)``, ones by default.

        Parameters
        ----------
        keys
            Code of the key of every item, -1 unknown.
        weights
            What each item adds, whole numbers.
        """
        counts = self.spoken_of(keys)
        back = counts[self.replaced[counts] < NEVER]
        added = None if weights is None else weights[counts]
        if not back.size:
            return Known(self, keys, EventLog(keys[counts], self.lodged[counts], added), counts)
        added = np.ones((counts.size, 1), dtype=np.int64) if added is None else added
        taken = -(np.ones((back.size, 1), dtype=np.int64) if weights is None else weights[back])
        rows, times = np.append(counts, back), np.append(self.lodged[counts], self.replaced[back])
        log = EventLog(keys[rows], times, np.concatenate([added, taken]), since=self.lodged[rows])
        return Known(self, keys, log, rows)

    def sightings(self, keys: Ints) -> "Known":
        """Give when keys were seen, in whatever version."""
        rows = self.spoken_of(keys)
        return Known(self, keys, EventLog(keys[rows], self.lodged[rows]), rows)

    def spoken_of(self, keys: Ints) -> Ints:
        """Give the rows whose key some item of the present has: where few ask, most of the past is about others."""
        present = keys[self.first :]
        if present.size * FEW > keys.size:
            return np.flatnonzero(keys >= 0)
        return np.flatnonzero(np.isin(keys, np.unique(present[present >= 0])))

    def results(self, keys: Ints) -> "Known":
        """Give what is known of results, key by key: examined items, and findings among them."""
        rows = self.spoken_of(keys)
        rows = rows[self.examined[rows]]
        weights = np.column_stack([np.ones(rows.size, dtype=np.int64), self.finding[rows].astype(np.int64)])
        return Known(self, keys, EventLog(keys[rows], self.known[rows], weights), rows)


class Known:
    """What was known of the key of each item of the present when it was lodged, its own declaration left out.

    Every answer has one row per item of the present; that of an unknown key means nothing.

    Parameters
    ----------
    register
        The register.
    keys
        Code of the key of every item, -1 unknown.
    log
        Events by key.
    rows
        The item behind each event.
    """

    def __init__(self, register: Register, keys: Ints, log: EventLog, rows: Ints) -> None:
        present = np.maximum(keys[register.first :], 0)
        self._register, self._rows = register, rows
        self._all = log.before(Questions.of(present, register.asked))
        self._own = self._of_own(log, present) if register.amended.size else None

    def _of_own(self, log: EventLog, present: Ints) -> Past:
        """Take the events of amended declarations by key and declaration: what their versions did themselves."""
        register = self._register
        asking = register.amended
        own = register.declaration[register.first :][asking]
        mine = np.flatnonzero(np.isin(register.declaration[self._rows], own)[log.order])
        rows = self._rows[log.order][mine]
        pairs = np.column_stack(
            [np.append(log.keys[mine], present[asking]), np.append(register.declaration[rows], own)]
        )
        keys = np.unique(pairs, axis=0, return_inverse=True)[1].ravel().astype(np.int64)
        weights = None if log.weights is None else log.weights[mine]
        events = EventLog(keys[: mine.size], log.times[mine], weights, since=log.since[mine])
        return events.before(Questions.of(keys[mine.size :], register.asked[asking]))

    def total(self) -> Floats:
        """Sum over all the past, shape ``(n, k)``."""
        return self._less(self._all.total(), None if self._own is None else self._own.total())

    def within(self, window: int) -> Floats:
        """Sum over so many seconds before the moment, inclusive, shape ``(n, k)``."""
        return self._less(self._all.within(window), None if self._own is None else self._own.within(window))

    def fading(self, half_life: int) -> Floats:
        """Sum with each event halved for every `half_life` of its age [s], rounded to 6 decimals, ``(n, k)``."""
        known = self._less(self._all.fading(half_life), None if self._own is None else self._own.fading(half_life))
        return np.round(known, 6) + 0.0  # no negative nought

    def first(self) -> Floats:
        """Give the moment of the first event [s], NaN if there is none."""
        return self._all.time_of(self._all.first(*self._others()))

    def last(self, *unlike: Ints) -> Floats:
        """Give the moment of the last event [s], NaN if there is none.

        Parameters
        ----------
        unlike
            Labels of every item, shape ``(n,)``: only events of items with other labels than the one asking count.
        """
        labelled = ((labels[self._rows], labels[self._register.first :]) for labels in unlike)
        return self._all.time_of(self._all.last(*labelled, *self._others()))

    def _less(self, known: Floats, own: Floats | None) -> Floats:
        """Take away what the own declaration did."""
        if own is not None:
            known[self._register.amended] -= own
        return known

    def _others(self) -> tuple[tuple[Ints, Ints], ...]:
        """Ask for events of other declarations, where any asks that has several versions."""
        register = self._register
        if not register.amended.size:
            return ()
        return ((register.declaration[self._rows], register.declaration[register.first :]),)


class _Versions(NamedTuple):
    """How the versions of declarations follow one another, item by item.

    Attributes
    ----------
    replaced
        When a later version was lodged; `NEVER` where none was.
    several
        Whether the declaration has several versions.
    """

    replaced: Ints
    several: Flags

    @classmethod
    def of(cls, stated: Ints, **of_item: Ints) -> Self:
        """Compare versions; `of_item` gives ``declaration``, ``version`` and ``lodged`` of every item."""
        starts = np.flatnonzero(np.diff(stated, prepend=-1) != 0)
        states = pl.DataFrame({name: values[starts] for name, values in of_item.items()})
        if states.get_column("declaration").n_unique() == states.height:
            return cls(np.full(stated.size, NEVER), np.zeros(stated.size, dtype=bool))
        same = ["declaration", "version"]
        versions = states.group_by(same).agg(pl.col("lodged").min()).sort(same)
        versions = versions.with_columns(
            # the moment from which any later version is known, however they are numbered
            after=pl.col("lodged").reverse().cum_min().reverse().shift(-1).over("declaration"),
            several=pl.len().over("declaration") > 1,
        ).with_columns(replaced=pl.max_horizontal("after", pl.when(pl.col("after").is_not_null()).then("lodged")))
        told = states.join(versions, on=same, how="left", maintain_order="left")
        replaced, several = told.get_column("replaced").fill_null(NEVER), told.get_column("several")
        return cls(replaced.to_numpy()[stated], several.to_numpy()[stated])


def _timeline(items: pl.DataFrame) -> pl.DataFrame:
    """Read moments [s], versions and results off goods items."""
    return items.select(
        version=pl.col("version").fill_null(1).cast(pl.Int64),
        lodged=pl.col("lodged_at").dt.epoch("s"),
        known=pl.col("result_at").dt.epoch("s"),
        examined=pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null(),
        finding=pl.col("finding").fill_null(value=False),
    ).with_columns(known=pl.col("known").fill_null(pl.col("lodged") + RESULT_DELAY_DAYS * DAY))


def _counts_once(items: pl.DataFrame, declaration: Ints, version: Ints, *, lodged: Ints, known: Ints) -> Flags:
    """Tell which results count: one noted on several versions belongs to the one that stood when it became known."""
    told = pl.DataFrame({"declaration": declaration, "version": version, "lodged": lodged, "known": known})
    told = told.with_columns(items.get_column("item"), items.get_column("result_at"))
    same = ["declaration", "item", "result_at"]
    stood = pl.col("version").filter(pl.col("lodged") <= pl.col("known").min()).max()
    belongs = stood.fill_null(pl.col("version").min()).over(same)
    return told.select(pl.col("version") == belongs).to_series().to_numpy()
