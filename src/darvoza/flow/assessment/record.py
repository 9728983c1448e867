"""The record executor: many profiles over one declaration, online.

Each profile waits behind its cheapest guard: a declaration wakes only the profiles whose commodity code, trader, post
or country it bears, found with a few look-ups. The rest of a condition is a closure over the facts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from darvoza.domain.expression import Flag, InList, OneOf, StartsWith, speaks_of_items
from darvoza.domain.facts import FACT, FactType
from darvoza.domain.profile import Match, RiskProfile, UnknownPolicy
from darvoza.flow.assessment.closures import Truth, compiled
from darvoza.flow.assessment.guards import Guard, guards, without
from darvoza.flow.assessment.interpreter import Row
from darvoza.flow.assessment.meaning import refused

RANKS: Final = {"importer": 0, "exporter": 0, "declarant": 0, "carrier": 0, "vehicle": 0, "hs": 1}
"""Facts with so many values that waiting behind one of them is nearly free; other codes rank after, flags last."""

REMEMBERED: Final = 50_000
"""Values of a fact whose profiles are remembered, before all are forgotten."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A profile ready to be asked.

    Attributes
    ----------
    place
        Its place among the profiles.
    truth
        What is left of its condition behind its guard, compiled; ``None`` when nothing is left.
    doubt
        Whether an unknown condition counts as a match.
    once
        Whether one answer holds for all items of a declaration.
    """

    place: int
    truth: Truth | None
    doubt: bool
    once: bool


Woken = tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The profiles that wait behind one fact.

    Attributes
    ----------
    fact
        The fact.
    of_value
        The profiles to wake for one value, by value.
    of_prefix
        The profiles to wake for a beginning of a commodity code.
    if_unknown
        The profiles to wake when the fact is unknown, because doubt counts for them.
    seen
        The profiles to wake for each value seen lately.
    """

    fact: str
    of_value: dict[object, list[Waiting]] = field(default_factory=dict)
    of_prefix: dict[str, list[Waiting]] = field(default_factory=dict)
    if_unknown: list[Waiting] = field(default_factory=list)
    seen: dict[object, Woken] = field(default_factory=dict)

    def put(self, waiting: Waiting, guard: tuple[Guard, ...]) -> None:
        """Let a profile wait for any of the alternatives of its guard."""
        for test in guard:
            match test:
                case StartsWith(_, prefixes):
                    for prefix in prefixes:
                        self.of_prefix.setdefault(prefix, []).append(waiting)
                case OneOf(_, values):
                    for value in values:
                        self.of_value.setdefault(value, []).append(waiting)
                case InList(_, named):
                    for value in named.values:
                        self.of_value.setdefault(value, []).append(waiting)
                case _:
                    self.of_value.setdefault(True, []).append(waiting)
        if waiting.doubt:
            self.if_unknown.append(waiting)

    def woken(self, value: object) -> Woken:
        """Give the profiles to wake for a value, each once."""
        known = self.seen.get(value)
        return known if known is not None else self._remember(value)

    def _remember(self, value: object) -> Woken:
        if value is None:
            found = self.if_unknown
        else:
            if not isinstance(value, bool if FACT[self.fact].type is FactType.FLAG else str):
                raise refused(self.fact, value)
            found = list(self.of_value.get(value, ()))
            if isinstance(value, str):
                for length in {len(prefix) for prefix in self.of_prefix}:
                    if length <= len(value):
                        found.extend(self.of_prefix.get(value[:length], ()))
        if len(self.seen) >= REMEMBERED:
            self.seen.clear()
        made = self.seen[value] = tuple({waiting.place: waiting for waiting in found}.values())
        return made


class RecordExecutor:
    """Decides profiles for one declaration at a time.

    Parameters
    ----------
    profiles
        The profiles.

    Examples
    --------
    >>> RecordExecutor([]).match([{"item": 1, "hs": "870323"}], date(2026, 1, 1))
    ()
    """

    def __init__(self, profiles: Iterable[RiskProfile]) -> None:
        self.profiles = tuple(profiles)
        self._always: list[Waiting] = []
        header: dict[str, Shelf] = {}
        item: dict[str, Shelf] = {}
        for place, profile in enumerate(self.profiles):
            guard = _best(guards(profile.condition))
            rest = profile.condition if guard is None else without(profile.condition, guard)
            waiting = Waiting(
                place,
                None if rest is None else compiled(rest),
                profile.unknown is UnknownPolicy.MATCH,
                not speaks_of_items(profile.condition),
            )
            if guard is None:
                self._always.append(waiting)
            else:
                fact = guard[0].fact
                shelves = item if FACT[fact].item else header
                shelves.setdefault(fact, Shelf(fact)).put(waiting, guard)
        self._header, self._item = tuple(header.values()), tuple(item.values())

    def match(self, items: Sequence[Row], day: date) -> tuple[Match, ...]:
        """Decide every profile for one declaration.

        Parameters
        ----------
        items
            The facts of every goods item, those of the declaration included; ``item`` is its number, counted from 1
            when absent.
        day
            The day of lodging, on which a profile must be valid.

        Returns
        -------
        tuple of Match
            In the order of `profiles`.

        Raises
        ------
        InvalidValue
            A fact holds a value of another type than the catalogue states.
        """
        if not items:
            return ()
        found: dict[int, list[int]] = {}
        first = items[0]
        woken = list(self._always)
        for shelf in self._header:
            woken += shelf.woken(first.get(shelf.fact))
        for waiting in woken:
            self._ask(waiting, items, found)
        for index, row in enumerate(items):
            for shelf in self._item:
                for waiting in shelf.woken(row.get(shelf.fact)):
                    truth = True if waiting.truth is None else waiting.truth(row, items)
                    if truth or (truth is None and waiting.doubt):
                        found.setdefault(waiting.place, []).append(index)
        return self._matches(found, items, day)

    @staticmethod
    def _ask(waiting: Waiting, items: Sequence[Row], found: dict[int, list[int]]) -> None:
        """Ask a profile woken by the declaration about all its items, or once where one answer holds for all."""
        truth, doubt = waiting.truth, waiting.doubt
        if truth is None or waiting.once:
            answer = True if truth is None else truth(items[0], items)
            if answer or (answer is None and doubt):
                found[waiting.place] = list(range(len(items)))
            return
        for index, row in enumerate(items):
            answer = truth(row, items)
            if answer or (answer is None and doubt):
                found.setdefault(waiting.place, []).append(index)

    def _matches(self, found: dict[int, list[int]], items: Sequence[Row], day: date) -> tuple[Match, ...]:
        made = []
        for place in sorted(found):
            profile = self.profiles[place]
            if day in profile.valid:
                numbers = tuple(int(str(items[index].get("item", index + 1))) for index in found[place])
                made.append(Match(profile.code, numbers))
        return tuple(made)


def _best(known: tuple[tuple[Guard, ...], ...]) -> tuple[Guard, ...] | None:
    """Choose the guard that wakes a profile least often: all alternatives on one fact, traders and codes first."""
    usable = [guard for guard in known if len({test.fact for test in guard}) == 1 and _indexed(guard[0].fact)]
    return min(usable, key=lambda guard: _rank(guard[0]), default=None)


def _indexed(fact: str) -> bool:
    return FACT[fact].type is not FactType.TEXT


def _rank(test: Guard) -> int:
    return RANKS.get(test.fact, 3 if isinstance(test, Flag) else 2)
