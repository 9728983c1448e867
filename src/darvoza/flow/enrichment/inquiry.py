"""Asking a register what was known: kind by kind where there are many goods items, all kinds in one log where few ask."""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from darvoza.flow.enrichment.finder import KeyFinder
from darvoza.flow.enrichment.register import Kind, Register
from darvoza.flow.enrichment.sheets import Event, Logged, Sheet, logged
from darvoza.flow.enrichment.tally import Tally
from darvoza.flow.enrichment.timeline import NEVER
from darvoza.methods.asof import EventLog, Labels, Past, Questions

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Which = int | slice | Ints

FEW = 10_000
"""Goods items up to which all kinds of a sheet are asked for at once: what that takes grows with the kinds."""


class Side(NamedTuple):
    """What a part of the past says.

    Attributes
    ----------
    past
        The events.
    sign
        Whether they are added or taken away: 1 or -1.
    labelled
        Gives the number of a field behind each event, and of the items that ask.
    others
        Whether events of the declaration that asks are to be passed over.
    """

    past: Past
    sign: int
    labelled: Callable[[str], tuple[Ints | Labels, Ints]]
    others: bool

    def first(self) -> Floats:
        """Give the moment of the first event [s], NaN if there is none."""
        return self.past.time_of(self.past.first(*self._unlike(())))

    def last(self, *unlike: str) -> Floats:
        """Give the moment of the last event [s] of an item that differs in these fields, NaN if there is none."""
        return self.past.time_of(self.past.last(*self._unlike(unlike)))

    def _unlike(self, fields: tuple[str, ...]) -> Iterable[tuple[Ints | Labels, Ints]]:
        return map(self.labelled, (*fields, "declaration_id") if self.others else fields)


class Beside(Protocol):
    """A past that stands beside a register."""

    def sides(self, event: Event, sheet: Sheet, places: Sequence[int], asking: Register) -> Iterable[Side]:
        """Give what its parts say of the keys of the present of a register, of kinds at some places of a sheet."""
        ...

    def boxed(self) -> "Beside":
        """Give the same past, container by container."""
        ...

    def since(self, moment: int) -> "Beside":
        """Give its parts of which anything was lodged at a moment [s] or later."""
        ...


class Known:
    """What was known of the keys of each item of the present when it was lodged, its own declaration left out.

    Every answer has a row for each kind, and in it one for each item of the present; that of an unknown key means nothing.
    What is asked for again is not worked out again.

    Parameters
    ----------
    keyed
        The register, asked by some kinds of key.
    event
        What is counted; of what was seen, what was replaced is taken away.
    """

    def __init__(self, keyed: "Keyed", event: Event) -> None:
        self._keyed, self._event = keyed, event
        self._sides = keyed.sides(event)
        self._tallies: tuple[Tally, Tally | None] | None = None
        self._answers: dict[tuple[object, ...], Floats] = {}

    def total(self) -> Floats:
        """Sum over all the past, shape ``(kinds, n, k)``."""
        return self._told(("total",), lambda tally: tally.total())

    def within(self, window: int) -> Floats:
        """Sum over so many seconds before the moment, inclusive, shape ``(kinds, n, k)``."""
        return self._told(("within", window), lambda tally: tally.within(window))

    def fading(self, half_life: int) -> Floats:
        """Sum with each event halved for every `half_life` of its age [s], rounded to 6 decimals, ``(kinds, n, k)``."""
        if ("rounded", half_life) not in self._answers:
            known = self._told(("fading", half_life), lambda tally: tally.fading(half_life))
            self._answers["rounded", half_life] = np.round(known, 6) + 0.0  # no negative nought
        return self._answers["rounded", half_life]

    def first(self) -> Floats:
        """Give the moment an item was first seen [s], in whatever version, NaN if none was, shape ``(kinds, n)``."""
        told = [side.first() for side in self._sides if side.sign > 0]
        return reduce(np.fmin, told).reshape(self._keyed.unknown.shape)

    def last(self, *unlike: str) -> Floats:
        """Give the moment an item was last seen [s], in whatever version, NaN if none was.

        Parameters
        ----------
        unlike
            Fields: only items that differ in them from the one asking count.
        """
        told = [side.last(*unlike) for side in self._sides if side.sign > 0]
        return reduce(np.fmax, told).reshape(self._keyed.unknown.shape)

    def opened_now(self) -> Floats:
        """Sum what was lodged at the moment itself, earlier in the order of intake, shape ``(kinds, n, k)``."""
        if ("opened now",) not in self._answers:
            told = self._keyed.opened_now().astype(np.float64)
            self._answers["opened now",] = told.reshape(*self._keyed.unknown.shape, told.shape[-1])
        return self._answers["opened now",]

    def _told(self, asked: tuple[object, ...], work: Callable[[Tally], Floats]) -> Floats:
        """Work an answer out, less what the own declaration did."""
        if asked not in self._answers:
            every, own = self._both()
            known = work(every)
            if own is not None:
                known[self._keyed.asking] -= work(own)
            self._answers[asked] = known.reshape(*self._keyed.unknown.shape, known.shape[-1])
        return self._answers[asked]

    def _both(self) -> tuple[Tally, Tally | None]:
        """Give what is counted of all, and what of it the own declaration did, where any asks that has several versions."""
        if self._tallies is None:
            keyed, events = self._keyed, [(1, self._event)]
            sides = list(self._sides)
            if self._event is Event.SEEN:
                events.append((-1, Event.REPLACED))
                sides += [side._replace(sign=-side.sign) for side in keyed.sides(Event.REPLACED)]
            own = [(sign, keyed.own(event)) for sign, event in events] if keyed.asking.size else []
            of_own = Tally(own, keyed.times[keyed.asking]) if own else None
            self._tallies = Tally([(side.sign, side.past) for side in sides], keyed.times), of_own
        return self._tallies


class Keyed:
    """A register asked by several kinds of key at once.

    Parameters
    ----------
    inquiry
        The register, and the past beside it.
    sheet, places
        The kinds, and which of them.

    Attributes
    ----------
    unknown
        Which items of the present have no key, shape ``(kinds, n)``.
    times
        The moments that ask, for each kind those of the present.
    asking
        Which of them are of declarations that have several versions.
    """

    def __init__(self, inquiry: "Inquiry", sheet: Sheet, places: Sequence[int]) -> None:
        register = inquiry.register
        self._register, self._beside, self._sheet, self._places = register, inquiry.beside, sheet, places
        self._keys, self._weights = sheet.at(places).counted(register, inquiry.keys(sheet, places))
        present = self._keys[:, register.first :]
        self.unknown: Flags = present < 0
        self._present = np.maximum(present, 0).ravel()
        self.times = np.resize(register.asked, present.size)
        self._asked = Questions.of(self._present, self.times)
        self.asking: Ints = (np.arange(len(places))[:, None] * present.shape[1] + register.amended).ravel()
        self._logs: dict[Event, Logged] = {}

    def sides(self, event: Event) -> list[Side]:
        """Give what is said of events by the register and the past beside it; nothing is said of none, but by one of them."""
        register = self._register
        sides = list(self._beside.sides(event, self._sheet, self._places, register)) if self._beside else []
        if event is Event.REPLACED and not register.has_replaced:
            return sides
        log, rows = self._log(event)

        def labelled(field: str) -> tuple[Ints, Ints]:
            return register.codes.single(field)[rows], register.own(field, self.times.size)

        if log.times.size or not sides:
            sides.append(Side(log.before(self._asked), 1, labelled, bool(register.amended.size)))
        return sides

    def opened_now(self) -> Ints:
        """Sum what was first lodged at the moment that asks, but earlier in the order of intake, shape ``(kinds · n, k)``.

        What an amendment of the same moment changed is not looked at, and the own declaration is left out.
        """
        register, (log, rows) = self._register, self._log(Event.OPENED)
        above = np.resize(register.leaders[register.stated][register.first :], self.times.size)
        told = log.before(self._asked).sums_now_before(rows, above)
        if self._beside:
            # what ended before knows of nothing at the moment itself, and is not put in order to say so
            beside = self._beside.since(int(register.asked.min(initial=NEVER)))
            for side in beside.sides(Event.OPENED, self._sheet, self._places, register):
                told += side.sign * side.past.sums_now()
        later = ~np.resize(register.opens[register.first :], self.times.size)[self.asking]
        if later.any():
            told[self.asking[later]] -= self.own(Event.OPENED).sums_now()[later]
        return told

    def own(self, event: Event) -> Past:
        """Take the events of declarations with several versions by key and declaration: what these did themselves."""
        register, (log, behind) = self._register, self._log(event)
        own = np.tile(register.declaration[register.first :][register.amended], len(self._places))
        mine = np.flatnonzero(np.isin(register.declaration[behind], own)[log.order])
        rows = behind[log.order][mine]
        pairs = np.column_stack(
            [np.append(log.keys[mine], self._present[self.asking]), np.append(register.declaration[rows], own)]
        )
        keys = np.unique(pairs, axis=0, return_inverse=True)[1].ravel().astype(np.int64)
        weights = None if log.weights is None else log.weights[mine]
        since = log.since[mine] if log.takes_back else None
        events = EventLog(keys[: mine.size], log.times[mine], weights, since=since)
        return events.before(Questions.of(keys[mine.size :], self.times[self.asking]))

    def _log(self, event: Event) -> Logged:
        if event is Event.OPENED and self._register.opens.all():
            event = Event.SEEN
        if event not in self._logs:
            self._logs[event] = logged(self._register, event, self._keys, self._weights)
        return self._logs[event]


class Inquiry:
    """What is asked of a register and of the past beside it.

    Parameters
    ----------
    register, beside
        The register, and the past beside it.
    sheets
        Kinds that are asked for together; others are asked for one by one.
    """

    def __init__(self, register: Register, beside: Beside | None, sheets: Sequence[Sheet]) -> None:
        self.register, self.beside = register, beside
        self._places = {told: (sheet, place) for sheet in sheets for place, told in enumerate(sheet.name)}
        self._answering: dict[Sheet, Answering] = {}
        self._found: dict[tuple[tuple[str, ...], ...], Ints] = {}

    @property
    def is_small(self) -> bool:
        """Whether all kinds of a sheet are asked for at once."""
        return self.register.size <= FEW

    def by(self, kind: Kind) -> "Asked":
        """Ask for what is counted together."""
        sheet, place = self._place(kind)
        if self.is_small:
            return Asked(self._whole(sheet), place)
        return Asked(Answering(Keyed(self, sheet, (place,))), 0)

    def keys(self, sheet: Sheet, places: Sequence[int]) -> Ints:
        """Give the code of the key of every item, kind by kind: -1 where it is unknown, or none of the present has it."""
        register = self.register
        if self.is_small:
            if sheet.fields not in self._found:
                finder = KeyFinder(register.codes, sheet.fields, register.first)
                self._found[sheet.fields] = finder.find(register.codes)
            return self._found[sheet.fields][sheet.picked[list(places)]]
        made = np.full((len(places), register.size), -1, dtype=np.int64)
        for row, place in enumerate(places):
            keys = register.codes.of(*sheet.kinds[place].fields)
            rows = register.spoken_of(keys)
            made[row, rows] = keys[rows]
        return made

    def boxed(self) -> tuple["Inquiry", Ints]:
        """Ask container by container; and give the row here from which each of them comes."""
        boxes, rows = self.register.boxed()
        return Inquiry(boxes, self.beside and self.beside.boxed(), ()), rows

    def by_several(self, kinds: Sequence[Kind]) -> "Asked":
        """Ask for several kinds of one sheet: every answer has a row for each."""
        found = [self._place(kind) for kind in kinds]
        sheet, places = found[0][0], tuple(place for _, place in found)
        if self.is_small:
            return Asked(self._whole(sheet), np.array(places))
        return Asked(Answering(Keyed(self, sheet, places)), slice(None))

    def _place(self, kind: Kind) -> tuple[Sheet, int]:
        """Give the sheet on which a kind stands, and where on it."""
        name = (kind.fields, kind.name)
        if name not in self._places:
            self._places[name] = Sheet((kind,)), 0
        return self._places[name]

    def _whole(self, sheet: Sheet) -> "Answering":
        if sheet not in self._answering:
            self._answering[sheet] = Answering(Keyed(self, sheet, range(len(sheet.kinds))))
        return self._answering[sheet]


class Answering:
    """Answers of a register that is asked by several kinds of key, by event, each worked out when it is first asked for.

    The register does not hold them: in a ring, what is large would stay until somebody looks for rings.

    Parameters
    ----------
    keyed
        The register, asked by kinds of key.
    """

    def __init__(self, keyed: Keyed) -> None:
        self.unknown = keyed.unknown
        self._keyed = keyed
        self._known: dict[Event, Known] = {}

    def known(self, event: Event) -> Known:
        """Give what is known of what was seen, less what was replaced, or of results: examined items, and findings."""
        if event not in self._known:
            self._known[event] = Known(self._keyed, event)
        return self._known[event]


class Asked:
    """One kind, or some, of those that a register is asked by.

    Parameters
    ----------
    answering
        The answers by several kinds.
    which
        Which of them.

    Attributes
    ----------
    unknown
        Which items of the present have no key.
    """

    def __init__(self, answering: Answering, which: Which) -> None:
        self._answering, self._which = answering, which
        self.unknown: Flags = answering.unknown[which]

    def lodged(self) -> "Answers":
        """Give what is known of lodgings that stood; the first and the last are those of any version."""
        return Answers(self._answering.known(Event.SEEN), self._which)

    def results(self) -> "Answers":
        """Give what is known of results: examined items, and findings among them."""
        return Answers(self._answering.known(Event.EXAMINED), self._which)


class Answers(NamedTuple):
    """What is known by one kind of key, or some; a row for each item of the present, and for each kind of several."""

    known: Known
    which: Which

    def total(self) -> Floats:
        """Sum over all the past."""
        return self.known.total()[self.which]

    def within(self, window: int) -> Floats:
        """Sum over so many seconds before the moment, inclusive."""
        return self.known.within(window)[self.which]

    def lately(self, window: int) -> Floats:
        """Do as `within`, with what was lodged at the moment itself, but earlier in the order of intake."""
        return (self.known.within(window) + self.known.opened_now())[self.which]

    def fading(self, half_life: int) -> Floats:
        """Sum with each event halved for every `half_life` of its age [s], rounded to 6 decimals."""
        return self.known.fading(half_life)[self.which]

    def first(self) -> Floats:
        """Give the moment an item was first seen [s], in whatever version, NaN if none was."""
        return self.known.first()[self.which]

    def last(self, *unlike: str) -> Floats:
        """Give the moment an item that differs in these fields was last seen [s], NaN if none was."""
        return self.known.last(*unlike)[self.which]
