"""The record executor: many profiles over one declaration, online.

Each profile waits behind its cheapest guard: a declaration wakes only the profiles whose commodity code, trader, post
or country it bears, found with a few look-ups. The rest of a condition is a closure over the facts.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from darvoza.domain.expression import Contains, Flag, InList, OneOf, StartsWith, speaks_of_items
from darvoza.domain.facts import FACT, FactType
from darvoza.domain.profile import Match, RiskProfile, UnknownPolicy
from darvoza.errors import InvalidValue
from darvoza.flow.assessment.closures import Truth, compiled
from darvoza.flow.assessment.folding import folded
from darvoza.flow.assessment.guards import Guard, guards, without
from darvoza.flow.assessment.interpreter import Row
from darvoza.flow.assessment.meaning import literals_of, read

RANKS: Final = {"importer": 0, "exporter": 0, "declarant": 0, "carrier": 0, "vehicle": 0, "hs": 1}
"""Facts with so many values that waiting behind one of them is nearly free; other codes rank after, flags last."""

REMEMBERED: Final = 50_000
"""Values of a fact whose profiles are remembered, before all are forgotten."""


class Waiting(NamedTuple):
    """A profile ready to be asked.

    Attributes
    ----------
    place
        Its place among the profiles.
    ask
        What is left of its condition behind its guard, compiled.
    doubt
        Whether an unknown condition counts as a match.
    once
        Whether one answer holds for all items of a declaration.
    """

    place: int
    ask: Truth
    doubt: bool
    once: bool


Woken = tuple[Waiting, ...]


class Shelf:
    """The profiles that wait behind one fact.

    A value is looked up once and then remembered: codes and descriptions repeat. Texts are searched for all literals
    of all profiles at once, and literal by literal only where one was found.

    Parameters
    ----------
    fact
        The fact.
    """

    __slots__ = ("_of_part", "_of_prefix", "_of_value", "_parts", "_seen", "_unknown", "fact")

    def __init__(self, fact: str) -> None:
        self.fact = fact
        self._of_value: dict[object, list[Waiting]] = {}
        self._of_prefix: dict[str, list[Waiting]] = {}
        self._of_part: dict[str, list[Waiting]] = {}
        self._parts: re.Pattern[str] | None = None
        self._unknown: list[Waiting] = []
        self._seen: dict[object, Woken] = {}

    def put(self, waiting: Waiting, guard: tuple[Guard, ...]) -> None:
        """Let a profile wait for any of the alternatives of its guard."""
        for test in guard:
            shelf, keys = self._place(test)
            for key in keys:
                shelf.setdefault(key, []).append(waiting)
        if waiting.doubt:
            self._unknown.append(waiting)
        self._parts = re.compile("|".join(map(re.escape, self._of_part))) if self._of_part else None

    def _place(self, test: Guard) -> tuple[dict[Any, list[Waiting]], Iterable[object]]:
        match test:
            case StartsWith(_, prefixes):
                return self._of_prefix, prefixes
            case Contains(_, texts):
                return self._of_part, literals_of(self.fact, texts)
            case OneOf(_, values):
                return self._of_value, literals_of(self.fact, values)
            case InList(_, named):
                return self._of_value, named.values
        return self._of_value, (True,)

    def woken(self, value: object) -> Woken:
        """Give the profiles to wake for a value, each once.

        Raises
        ------
        InvalidValue
            The value is of another type than the catalogue states.
        """
        known = self._seen.get(value) if value.__class__ is str else None
        return known if known is not None else self._look_up(value)

    def _look_up(self, value: object) -> Woken:
        read_value = read(self.fact, value)
        if read_value is None:
            return tuple(self._unknown)
        found: list[Waiting] = []
        if isinstance(read_value, str):
            text = folded(read_value) if FACT[self.fact].type is FactType.TEXT else read_value
            found += self._of_value.get(text, ())
            for length in {len(prefix) for prefix in self._of_prefix if len(prefix) <= len(text)}:
                found += self._of_prefix.get(text[:length], ())
            if self._parts is not None and self._parts.search(text):
                found += (waiting for part, shelf in self._of_part.items() if part in text for waiting in shelf)
        else:
            found += self._of_value.get(read_value, ())
        made = tuple({waiting.place: waiting for waiting in found}.values())
        if isinstance(value, str):
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            self._seen[value] = made
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
                _nothing_left if rest is None else compiled(rest),
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
        for shelf in self._item:
            fact, wake = shelf.fact, shelf.woken
            for index, row in enumerate(items):
                for place, ask, doubt, _ in wake(row.get(fact)):
                    answer = ask(row, items)
                    if answer or (answer is None and doubt):
                        found.setdefault(place, []).append(index)
        return self._matches(found, items, day) if found else ()

    @staticmethod
    def _ask(waiting: Waiting, items: Sequence[Row], found: dict[int, list[int]]) -> None:
        """Ask a profile woken by the declaration about all its items, or once where one answer holds for all."""
        place, ask, doubt, once = waiting
        if once:
            answer = ask(items[0], items)
            if answer or (answer is None and doubt):
                found[place] = list(range(len(items)))
            return
        for index, row in enumerate(items):
            answer = ask(row, items)
            if answer or (answer is None and doubt):
                found.setdefault(place, []).append(index)

    def _matches(self, found: dict[int, list[int]], items: Sequence[Row], day: date) -> tuple[Match, ...]:
        made = []
        for place in sorted(found):
            profile = self.profiles[place]
            if day in profile.valid:
                made.append(Match(profile.code, tuple([_number(items[index], index) for index in found[place]])))
        return tuple(made)


def _best(known: tuple[tuple[Guard, ...], ...]) -> tuple[Guard, ...] | None:
    """Choose the guard that wakes a profile least often: all alternatives on one fact, traders and codes first."""
    usable = [guard for guard in known if len({test.fact for test in guard}) == 1]
    return min(usable, key=lambda guard: _rank(guard[0]), default=None)


def _nothing_left(row: Row, items: Sequence[Row]) -> bool:  # noqa: ARG001 - the shape of a closure
    return True


def _number(row: Row, index: int) -> int:
    number = row.get("item", index + 1)
    if not isinstance(number, int):
        raise InvalidValue(field="item", expected="the number of the item", got=number)
    return number


def _rank(test: Guard) -> int:
    return RANKS.get(test.fact, 3 if isinstance(test, Flag) else 2)
