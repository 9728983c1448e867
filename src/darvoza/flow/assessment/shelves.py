"""The index of the record executor: profiles waiting behind facts until a value wakes them.

A value is looked up once and then remembered, for codes and descriptions repeat. Profiles woken together stay
together, and what is left of their conditions about one further code (mostly the origin) is remembered the same way:
most items are decided by two look-ups in dictionaries, without asking a single condition.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from darvoza.domain.expression import (
    And,
    Contains,
    Expression,
    Flag,
    InList,
    OneOf,
    Quantified,
    StartsWith,
    facts_used,
    nodes,
    speaks_of_items,
)
from darvoza.domain.facts import FACT, FactType
from darvoza.flow.assessment.closures import Ask, compiled, effort
from darvoza.flow.assessment.forms import compared
from darvoza.flow.assessment.guards import Guard
from darvoza.flow.assessment.meaning import literals_of, members_of, read

REMEMBERED: Final = 50_000
"""Values of a fact whose profiles are remembered, before all are forgotten."""


class Question(NamedTuple):
    """What a profile still asks.

    Attributes
    ----------
    place
        Its place among the profiles.
    item
        What it asks of each item, all of which must hold; empty: nothing.
    once
        What it asks of the declaration as a whole; ``None``: nothing.
    """

    place: int
    item: tuple[Ask, ...]
    once: Ask | None


class Waiting:
    """A profile waiting behind its guard, compiled once.

    Parameters
    ----------
    place
        Its place among the profiles.
    condition
        What is left of its condition; ``None``: nothing.
    doubt
        Whether an unknown condition counts as a match.

    Attributes
    ----------
    further
        A further code it speaks of, by which it can be told apart; ``None``: none.
    tests
        What it says of that code alone.
    question
        What it asks besides.
    """

    __slots__ = ("doubt", "further", "place", "question", "tests")

    def __init__(self, place: int, condition: Expression | None, *, doubt: bool) -> None:
        terms = condition.terms if isinstance(condition, And) else () if condition is None else (condition,)
        self.place, self.doubt = place, doubt
        self.further = _further(terms)
        about = [term for term in terms if self.further is not None and _only_code(term) == self.further]
        self.tests = tuple(compiled(term, doubt=doubt) for term in about)
        self.question = _question(place, [term for term in terms if term not in about], doubt=doubt)


class Awake:
    """Profiles woken together.

    Parameters
    ----------
    waiting
        The profiles.

    Attributes
    ----------
    questions
        What those ask that speak of no further code.
    further
        The rest, by the further code each speaks of.
    """

    __slots__ = ("further", "questions")

    def __init__(self, waiting: Iterable[Waiting]) -> None:
        asked: list[Question] = []
        later: dict[str, list[Waiting]] = {}
        for one in waiting:
            if one.further is None:
                asked.append(one.question)
            else:
                later.setdefault(one.further, []).append(one)
        self.questions = tuple(asked)
        self.further = tuple([Further(fact, tuple(ones)) for fact, ones in later.items()])


NOBODY: Final = Awake(())


class Further:
    """Profiles, awake already, that are told apart by one more code.

    Parameters
    ----------
    fact
        The code.
    waiting
        The profiles.

    Attributes
    ----------
    item
        Whether the code belongs to an item, not to the declaration.
    seen
        What was still asked for the values met so far.
    """

    __slots__ = ("_waiting", "fact", "item", "seen")

    def __init__(self, fact: str, waiting: tuple[Waiting, ...]) -> None:
        self.fact, self.item = fact, FACT[fact].item
        self.seen: dict[object, tuple[Question, ...]] = {}
        self._waiting = waiting

    def asked(self, value: object) -> tuple[Question, ...]:
        """Give what the profiles still ask, from memory where the value was met before."""
        made = self.seen.get(value) if value.__class__ is str else None
        return self.look_up(value) if made is None else made

    def look_up(self, value: object) -> tuple[Question, ...]:
        """Give what the profiles still ask where the code has a value.

        Raises
        ------
        InvalidValue
            The value is of another type than the catalogue states.
        """
        row = {self.fact: value}
        made = tuple([one.question for one in self._waiting if all(test(row, (row,)) for test in one.tests)])
        if isinstance(value, str):
            if len(self.seen) >= REMEMBERED:
                self.seen.clear()
            self.seen[value] = made
        return made


class Shelf:
    """The profiles that wait behind one fact.

    Parameters
    ----------
    fact
        The fact.
    waiting
        The profiles, each with its guard: alternatives about `fact`.

    Attributes
    ----------
    seen
        The profiles woken by the values met so far.
    """

    __slots__ = ("_lengths", "_of_list", "_of_part", "_of_prefix", "_of_value", "_together", "_unknown", "fact", "seen")

    def __init__(self, fact: str, waiting: Sequence[tuple[Waiting, tuple[Guard, ...]]]) -> None:
        self.fact = fact
        self.seen: dict[object, Awake] = {}
        self._of_value: dict[object, list[Waiting]] = {}
        self._of_prefix: dict[object, list[Waiting]] = {}
        self._of_part: dict[str, list[Waiting]] = {}
        self._of_list: list[tuple[frozenset[str], Waiting]] = []  # may be long: kept as they are
        for one, guard in waiting:
            for test in guard:
                self._put(one, test)
        self._lengths = sorted({len(str(prefix)) for prefix in self._of_prefix})
        self._unknown = [one for one, _ in waiting if one.doubt]
        self._together: dict[tuple[int, ...], Awake] = {}

    def _put(self, one: Waiting, test: Guard) -> None:
        match test:
            case StartsWith(_, prefixes):
                for prefix in prefixes:
                    self._of_prefix.setdefault(prefix, []).append(one)
            case Contains(_, texts):
                for text in literals_of(self.fact, texts):
                    self._of_part.setdefault(text, []).append(one)
            case OneOf(_, values):
                for value in literals_of(self.fact, values):
                    self._of_value.setdefault(value, []).append(one)
            case InList(_, named):
                self._of_list.append((members_of(self.fact, named), one))
            case Flag():
                self._of_value.setdefault(True, []).append(one)

    def look_up(self, value: object) -> Awake:
        """Give the profiles to wake for a value, each once.

        Raises
        ------
        InvalidValue
            The value is of another type than the catalogue states.
        """
        known = read(self.fact, value)
        made = self._joined(self._unknown if known is None else self._woken(known))
        if isinstance(value, str):
            if len(self.seen) >= REMEMBERED:
                self.seen.clear()
                self._together.clear()
            self.seen[value] = made
        return made

    def _woken(self, value: object) -> list[Waiting]:
        if not isinstance(value, str):
            return self._of_value.get(value, [])
        text = compared(self.fact, value)
        found = [*self._of_value.get(text, ()), *(one for values, one in self._of_list if text in values)]
        for length in self._lengths:
            if length <= len(text):
                found += self._of_prefix.get(text[:length], ())
        for part, ones in self._of_part.items():  # one by one is quicker than one search for all
            if part in text:
                found += ones
        return found

    def _joined(self, waiting: list[Waiting]) -> Awake:
        """Give one `Awake` for the same profiles, whatever value woke them: what one value taught serves all."""
        if not waiting:
            return NOBODY
        by_place = {one.place: one for one in waiting}
        key = tuple(sorted(by_place))
        made = self._together.get(key)
        if made is None:
            made = self._together[key] = Awake(by_place.values())
        return made


def _further(terms: tuple[Expression, ...]) -> str | None:
    """Choose the code, alone in a term, on which to split; a fact of an item first."""
    facts = [fact for term in terms if (fact := _only_code(term)) is not None]
    return max(facts, key=lambda fact: FACT[fact].item, default=None)


def _only_code(term: Expression) -> str | None:
    facts = facts_used(term)
    fact = next(iter(facts)) if len(facts) == 1 else None
    if fact is None or FACT[fact].type not in {FactType.CODE, FactType.HS}:
        return None
    return None if any(isinstance(node, Quantified) for node in nodes(term)) else fact


def _question(place: int, terms: Sequence[Expression], *, doubt: bool) -> Question:
    item = sorted((term for term in terms if speaks_of_items(term)), key=effort)
    once = tuple(term for term in terms if not speaks_of_items(term))
    return Question(place, tuple([compiled(term, doubt=doubt) for term in item]), _joint(once, doubt=doubt))


def _joint(terms: tuple[Expression, ...], *, doubt: bool) -> Ask | None:
    if not terms:
        return None
    return compiled(terms[0] if len(terms) == 1 else And(terms), doubt=doubt)
