"""The record executor: many profiles over one declaration, online.

Each profile waits behind its cheapest guard: a declaration wakes only the profiles whose commodity code, trader, post
or country it bears, found with a few look-ups. The rest of a condition is a closure over the facts, asked of each
item, or once of the declaration where one answer holds for all of its items.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, cast

from darvoza.domain.expression import Flag
from darvoza.domain.facts import FACT
from darvoza.domain.profile import Match, RiskProfile, UnknownPolicy
from darvoza.errors import InvalidValue
from darvoza.flow.assessment.guards import Guard, guards, without
from darvoza.flow.assessment.interpreter import Ground, Row
from darvoza.flow.assessment.reasons import Reasons, always_told, reasons_of, surely
from darvoza.flow.assessment.shelves import NOBODY, REMEMBERED, Awake, Question, Shelf, Waiting

RANKS: Final = {"importer": 0, "exporter": 0, "declarant": 0, "carrier": 0, "vehicle": 0, "trailer": 0, "hs": 1}
"""Facts with so many values that waiting behind one of them is nearly free; other codes rank after, flags last."""

make: Final = tuple.__new__
"""Makes a ground at a third of the price of its constructor."""

DAYS: Final = 64
"""Days for which the profiles in force are remembered."""


class Hearing:
    """One declaration being decided.

    Parameters
    ----------
    items
        The facts of every goods item.

    Attributes
    ----------
    found
        The items for which each profile holds, by the place of the profile.
    """

    __slots__ = ("_answers", "_items", "found")

    def __init__(self, items: Sequence[Row]) -> None:
        self.found: dict[int, list[int]] = {}
        self._items = items
        self._answers: dict[int, bool] = {}

    def of_item(self, questions: tuple[Question, ...], index: int, row: Row) -> None:
        """Ask profiles about one item; what concerns the whole declaration is asked once only."""
        items, found = self._items, self.found
        for place, asked, once in questions:
            for ask in asked:
                if not ask(row, items):
                    break
            else:
                if once is not None:
                    answer = self._answers.get(place)
                    if answer is None:
                        answer = self._answers[place] = once(row, items)
                    if not answer:
                        continue
                if place in found:
                    found[place].append(index)
                else:
                    found[place] = [index]

    def of_all(self, questions: tuple[Question, ...]) -> None:
        """Ask profiles about all items, or once where one answer holds for all."""
        for question in questions:
            place, asked, once = question
            if asked:
                for index, row in enumerate(self._items):
                    self.of_item((question,), index, row)
            elif once is None or once(self._items[0], self._items):
                self.found[place] = list(range(len(self._items)))

    def of_header(self, always: Awake, shelves: tuple[Shelf, ...]) -> None:
        """Ask profiles that wait behind nothing, and those woken by the declaration as a whole."""
        if always is not NOBODY:
            self.of_awake(always)
        header = self._items[0]
        for shelf in shelves:
            value = header.get(shelf.fact)
            awake = shelf.seen.get(value) if value.__class__ is str else None
            self.of_awake(shelf.look_up(value) if awake is None else awake)

    def of_awake(self, awake: Awake) -> None:
        """Ask profiles woken by the declaration."""
        if awake.questions:
            self.of_all(awake.questions)
        for further in awake.further:
            if not further.item:
                self.of_all(further.asked(self._items[0].get(further.fact)))
                continue
            fact, seen, look_up = further.fact, further.seen, further.look_up
            for index, row in enumerate(self._items):
                value = row.get(fact)
                questions = seen.get(value) if value.__class__ is str else None
                if questions is None:
                    questions = look_up(value)
                if questions:
                    self.of_item(questions, index, row)


class RecordExecutor:
    """Decides profiles for one declaration at a time; safe to share between threads.

    Parameters
    ----------
    profiles
        The profiles; taken one by one, as they are compiled.

    Examples
    --------
    >>> RecordExecutor([]).match([{"item": 1, "hs": "870323"}], date(2026, 1, 1))
    ()
    """

    def __init__(self, profiles: Iterable[RiskProfile]) -> None:
        taken: list[RiskProfile] = []
        shelved: dict[str, list[tuple[Waiting, tuple[Guard, ...]]]] = {}
        always: list[Waiting] = []
        for profile in profiles:
            guard = _best(guards(profile.condition))
            rest = profile.condition if guard is None else without(profile.condition, guard)
            waiting = Waiting(len(taken), rest, doubt=profile.unknown is UnknownPolicy.MATCH)
            taken.append(profile)
            if guard is None:
                always.append(waiting)
            else:
                shelved.setdefault(guard[0].fact, []).append((waiting, guard))
        self.profiles = tuple(taken)
        self._place = {profile.code: place for place, profile in enumerate(taken)}
        self._reasons: list[Reasons | tuple[str, ...] | None] = [None] * len(taken)
        shelves = [Shelf(fact, ones) for fact, ones in shelved.items()]
        self._always = Awake(always) if always else NOBODY
        self._header = tuple(shelf for shelf in shelves if not FACT[shelf.fact].item)
        self._item = tuple(shelf for shelf in shelves if FACT[shelf.fact].item)
        self._in_force: dict[date, tuple[str | None, ...]] = {}
        self._made: dict[tuple[int, ...], Match] = {}

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
        hearing = Hearing(items)
        hearing.of_header(self._always, self._header)
        for shelf in self._item:
            fact, seen, look_up = shelf.fact, shelf.seen, shelf.look_up
            for index, row in enumerate(items):
                value = row.get(fact)
                awake = seen.get(value) if value.__class__ is str else None
                if awake is None:
                    awake = look_up(value)
                if awake is NOBODY:
                    continue
                if awake.questions:
                    hearing.of_item(awake.questions, index, row)
                for further in awake.further:
                    value = row.get(further.fact)
                    questions = further.seen.get(value) if value.__class__ is str else None
                    if questions is None:
                        questions = further.look_up(value)
                    if questions:
                        hearing.of_item(questions, index, row)
        return self._matches(hearing.found, items, day) if hearing.found else ()

    def grounds(self, match: Match, items: Sequence[Row]) -> tuple[Ground, ...]:
        """Give the facts, with their values, on which a match rests.

        Parameters
        ----------
        match
            What `match` gave for these items.
        items
            The facts of every goods item.

        Returns
        -------
        tuple of Ground
            Item by item, each ground once; none for an item that matched in doubt.
        """
        place = self._place[match.profile]
        reasons = self._reasons[place]
        if reasons is None:
            reasons = self._reasons[place] = _reasons(self.profiles[place])
        if isinstance(reasons, tuple):
            return tuple(
                [
                    make(Ground, (index, fact, items[index].get(fact)))
                    for index in _indices(match.items, items)
                    for fact in reasons
                ]
            )
        made = [ground for index in _indices(match.items, items) for ground in reasons(items, index)]
        return tuple({(ground.item, ground.fact): ground for ground in made}.values())

    def _matches(self, found: dict[int, list[int]], items: Sequence[Row], day: date) -> tuple[Match, ...]:
        codes = self._in_force.get(day)
        if codes is None:
            codes = self._codes(day)
        numbers, known, made = _numbers(items), self._made, []
        for place in sorted(found):
            code = codes[place]
            if code is not None:
                key = (place, *[numbers[index] for index in found[place]])
                made.append(known.get(key) or self._match(code, key))
        return tuple(made)

    def _match(self, code: str, key: tuple[int, ...]) -> Match:
        """Make a match, and remember it: the same profile matches the same few numbers again and again."""
        if len(self._made) >= REMEMBERED:
            self._made.clear()
        self._made[key] = made = Match(code, key[1:])
        return made

    def _codes(self, day: date) -> tuple[str | None, ...]:
        """Give the code of each profile in force on a day, and ``None`` for the others."""
        codes = tuple([profile.code if day in profile.valid else None for profile in self.profiles])
        if len(self._in_force) >= DAYS:
            self._in_force.clear()
        self._in_force[day] = codes
        return codes


def _best(known: tuple[tuple[Guard, ...], ...]) -> tuple[Guard, ...] | None:
    """Choose the guard that wakes a profile least often: all alternatives on one fact, traders and codes first."""
    usable = [guard for guard in known if len({test.fact for test in guard}) == 1]
    return min(usable, key=lambda guard: _rank(guard[0]), default=None)


def _reasons(profile: RiskProfile) -> Reasons | tuple[str, ...]:
    """Compile the reasons of a profile, when it first matches: most never do; or give its facts, always the same."""
    doubtful = profile.unknown is UnknownPolicy.MATCH
    facts = None if doubtful else always_told(profile.condition, wanted=True)
    if facts is not None:
        return facts
    certain = reasons_of(profile.condition, wanted=True)
    if not doubtful:
        return certain
    known = surely(profile.condition, wanted=True)
    return lambda items, index: certain(items, index) if known(items[index], items) else []


def _indices(numbers: Sequence[int], items: Sequence[Row]) -> list[int]:
    """Find items by their numbers; most declarations count theirs from one without a gap."""
    made, n_items = [], len(items)
    for number in numbers:
        if not 0 < number <= n_items or items[number - 1].get("item", number) != number:
            break
        made.append(number - 1)
    else:
        return made
    known = {number: index for index, number in enumerate(_numbers(items))}
    return [known[number] for number in numbers]


def _numbers(items: Sequence[Row]) -> list[int]:
    """Give the number of each item; they are mostly there, and whole."""
    made = [row.get("item") for row in items]
    for number in made:
        if number.__class__ is not int:
            break
    else:
        return cast("list[int]", made)
    return [_number(row, index) for index, row in enumerate(items)]


def _number(row: Row, index: int) -> int:
    number = row.get("item", index + 1)
    if not isinstance(number, int):
        raise InvalidValue(field="item", expected="the number of the item", got=number)
    return number


def _rank(test: Guard) -> int:
    return RANKS.get(test.fact, 3 if isinstance(test, Flag) else 2)
