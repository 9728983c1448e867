"""The register: every goods item once, in the version that stood, with its result from the moment it became known.

Three rules keep the history honest. A declaration is seen by others in the version that stood at the moment they ask:
an amendment takes the earlier version back and puts the new one in its place. A result counts once, from the moment
it became known, in whatever version it was noted. And no declaration ever sees itself, not in an earlier version either.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import NamedTuple, Protocol, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.flow.enrichment.aside import Aside
from darvoza.flow.enrichment.keys import KeyCodes
from darvoza.flow.enrichment.timeline import NEVER, Versions, counts_once, timeline
from darvoza.methods.asof import EventLog, Past, Questions
from darvoza.methods.fading import faded

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

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
class Kind:
    """What is counted together.

    Attributes
    ----------
    fields
        The fields that make the key; none: everything.
    name
        What tells it from others with the same key.
    counts
        Tells which items count at all; every one by default.
    weights
        Gives what each item adds, whole numbers of shape ``(n, k)``, from the register and the codes of the key; one by
        default.
    """

    fields: tuple[str, ...]
    name: str = ""
    counts: "Callable[[Register], Flags] | None" = None
    weights: "Callable[[Register, Ints], Ints] | None" = None


EVERYTHING = Kind(())


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
    beside
        What is known besides `items`, or ``None``.
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
    beside: "Beside | None" = None

    @classmethod
    def of(cls, items: pl.DataFrame, first: int, codes: KeyCodes | None = None, beside: "Beside | None" = None) -> Self:
        """Read the register off goods items with their outcomes."""
        made = timeline(items)
        codes = codes or KeyCodes(items)
        declaration = codes.of("declaration_id")
        version = made.get_column("version").to_numpy()
        stated = np.cumsum((np.diff(declaration, prepend=-1) != 0) | (np.diff(version, prepend=-1) != 0)) - 1
        lodged = made.get_column("lodged").to_numpy()
        versions = Versions.of(stated, declaration=declaration, version=version, lodged=lodged)
        examined, finding = made.get_column("examined").to_numpy(), made.get_column("finding").to_numpy()
        known = made.get_column("known").to_numpy()
        if versions.several.any():
            examined = examined & counts_once(items, declaration, version, lodged=lodged, known=known)
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
            beside=beside,
        )

    @property
    def is_amended(self) -> bool:
        """Whether any declaration has several versions."""
        return bool(self.amended.size) or bool(np.any(self.replaced < NEVER))

    @property
    def asked(self) -> Ints:
        """When each item of the present was lodged: the moments that ask."""
        return self.lodged[self.first :]

    def keys(self, kind: Kind) -> Ints:
        """Give the code of the key of every item, -1 where it is unknown or the item does not count."""
        keys = self.codes.of(*kind.fields)
        return keys if kind.counts is None else np.where(kind.counts(self), keys, -1)

    def by(self, kind: Kind) -> "Keyed":
        """Ask for what is counted together."""
        return Keyed(self, kind)

    def log(self, event: "Event", keys: Ints, weights: Ints | None, rows: Ints) -> "Logged":
        """Put events on some items into a log.

        Parameters
        ----------
        event
            Which events.
        keys
            Code of the key of every item.
        weights
            What each item adds, shape ``(n, k)``; ones by default.
        rows
            The items, all of them with a key.
        """
        match event:
            case Event.SEEN:
                return Logged(EventLog(keys[rows], self.lodged[rows]), rows)
            case Event.EXAMINED:
                rows = rows[self.examined[rows]]
                found = np.column_stack([np.ones(rows.size, dtype=np.int64), self.finding[rows].astype(np.int64)])
                return Logged(EventLog(keys[rows], self.known[rows], found), rows)
        back = rows[self.replaced[rows] < NEVER]
        added = None if weights is None else weights[rows]
        if not back.size:
            return Logged(EventLog(keys[rows], self.lodged[rows], added), rows)
        added = np.ones((rows.size, 1), dtype=np.int64) if added is None else added
        taken = -(np.ones((back.size, 1), dtype=np.int64) if weights is None else weights[back])
        both, times = np.append(rows, back), np.append(self.lodged[rows], self.replaced[back])
        return Logged(EventLog(keys[both], times, np.concatenate([added, taken]), since=self.lodged[both]), both)

    def boxed(self) -> tuple["Register", Ints]:
        """Give a register with a row for each container of each declaration, and the row here from which each comes."""
        leaders = np.flatnonzero(np.diff(self.stated, prepend=-1) != 0)
        boxes = self.items[leaders].with_columns(leader=leaders).explode("container_ids", empty_as_null=True)
        boxes = boxes.filter(pl.col("container_ids").is_not_null())
        rows = boxes.get_column("leader").to_numpy()
        first, beside = int(np.searchsorted(rows, self.first)), self.beside and self.beside.boxed()
        return Register.of(boxes, first, self.codes.over(boxes), beside), rows

    def spoken_of(self, keys: Ints) -> Ints:
        """Give the rows whose key some item of the present has: where few ask, most of the past is about others."""
        present = keys[self.first :]
        if present.size * FEW > keys.size:
            return np.flatnonzero(keys >= 0)
        return np.flatnonzero(np.isin(keys, np.unique(present[present >= 0])))


class Keyed:
    """A register asked by one kind of key, whose codes are worked out once.

    Parameters
    ----------
    register
        The register.
    kind
        What is counted together.

    Attributes
    ----------
    unknown
        Which items of the present have no key.
    """

    def __init__(self, register: Register, kind: Kind) -> None:
        self._register, self._kind = register, kind
        self._keys = register.keys(kind)
        self.unknown: Flags = self._keys[register.first :] < 0

    def lodgings(self) -> "Known":
        """Give what is known of lodgings, key by key."""
        return self._known(Event.LODGED)

    def sightings(self) -> "Known":
        """Give when keys were seen, in whatever version."""
        return self._known(Event.SEEN)

    def results(self) -> "Known":
        """Give what is known of results, key by key: examined items, and findings among them."""
        return self._known(Event.EXAMINED)

    def _known(self, event: "Event") -> "Known":
        register, kind, keys = self._register, self._kind, self._keys
        log = register.log(event, keys, kind.weights and kind.weights(register, keys), register.spoken_of(keys))
        aside = register.beside.known(event, kind, register) if register.beside else ()
        return Known(register, keys, log, aside)


class Event(StrEnum):
    """What is counted of goods items."""

    LODGED = "lodged"  # until a later version replaces them
    SEEN = "seen"  # in whatever version
    EXAMINED = "examined"


class Logged(NamedTuple):
    """Events, and the item behind each."""

    log: EventLog
    rows: Ints


class Beside(Protocol):
    """The past that stands beside a register."""

    def known(self, event: Event, kind: Kind, asking: Register) -> tuple[Aside, ...]:
        """Give what its parts know of the keys of the present of a register."""
        ...

    def boxed(self) -> "Beside":
        """Give the same past, container by container."""
        ...


class Known:
    """What was known of the key of each item of the present when it was lodged, its own declaration left out.

    Every answer has one row per item of the present; that of an unknown key means nothing.

    Parameters
    ----------
    register
        The register.
    keys
        Code of the key of every item, -1 unknown.
    logged
        Events by key.
    aside
        What is known besides.
    """

    def __init__(self, register: Register, keys: Ints, logged: Logged, aside: tuple[Aside, ...]) -> None:
        present = np.maximum(keys[register.first :], 0)
        self._register, self._rows, self._aside = register, logged.rows, aside
        self._all = logged.log.before(Questions.of(present, register.asked))
        self._own = self._of_own(logged.log, present) if register.amended.size else None

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
        known = self._all.sums() + sum(part.sums() for part in self._aside)
        return self._less(known.astype(np.float64), None if self._own is None else self._own.total())

    def within(self, window: int) -> Floats:
        """Sum over so many seconds before the moment, inclusive, shape ``(n, k)``."""
        known = self._all.sums_within(window) + sum(part.sums_within(window) for part in self._aside)
        return self._less(known.astype(np.float64), None if self._own is None else self._own.within(window))

    def fading(self, half_life: int) -> Floats:
        """Sum with each event halved for every `half_life` of its age [s], rounded to 6 decimals, ``(n, k)``."""
        if self._aside:
            sums = [each for part in self._aside for each in part.fading_sums(half_life)]
            known = faded([self._all.fading_sums(half_life), *sums], self._register.asked, half_life)
        else:
            known = self._all.fading(half_life)
        known = self._less(known, None if self._own is None else self._own.fading(half_life))
        return np.round(known, 6) + 0.0  # no negative nought

    def first(self) -> Floats:
        """Give the moment of the first event [s], NaN if there is none."""
        own = self._all.time_of(self._all.first(*self._others()))
        return reduce(np.fmin, (part.first() for part in self._aside), own)

    def last(self, *unlike: str) -> Floats:
        """Give the moment of the last event [s], NaN if there is none.

        Parameters
        ----------
        unlike
            Fields: only events of items that differ in them from the one asking count.
        """
        register = self._register
        coded = (register.codes.of(field) for field in unlike)
        labelled = ((labels[self._rows], labels[register.first :]) for labels in coded)
        own = self._all.time_of(self._all.last(*labelled, *self._others()))
        return reduce(np.fmax, (part.last(*unlike) for part in self._aside), own)

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
