"""The profiles in force at the gate: replaced while declarations are decided, never half-way.

A set of profiles is compiled beside the one in use and put in its place by one assignment. A decision takes the set
once, at its beginning, and names it; so it rests on exactly one set, and nobody waits for the new one.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from darvoza.domain.profile import Match, ProfileSet, RiskProfile
from darvoza.flow.assessment.interpreter import Ground, Row
from darvoza.flow.assessment.record import RecordExecutor

TURN: Final = 16
"""Profiles compiled at a stretch, about a millisecond, before a waiting decider is let through."""


@dataclass(frozen=True, slots=True)
class CompiledSet:
    """A set of profiles, ready to decide.

    Attributes
    ----------
    digest
        The identity of the set.
    executor
        What decides it.
    """

    digest: str
    executor: RecordExecutor


@dataclass(frozen=True, slots=True)
class Decided:
    """What one set of profiles says of one declaration.

    Attributes
    ----------
    digest
        The identity of the set that decided.
    matches
        The profiles that matched.
    grounds
        For each match, in order, the facts it rests on.
    """

    digest: str
    matches: tuple[Match, ...]
    grounds: tuple[tuple[Ground, ...], ...]


class ProfileGate:
    """Decides declarations by the set of profiles in force, which may be replaced at any moment by any thread.

    Parameters
    ----------
    profiles
        The set to begin with.

    Examples
    --------
    >>> gate = ProfileGate(ProfileSet(()))
    >>> gate.decide([{"hs": "870323"}], date(2026, 1, 1)).digest == ProfileSet(()).digest
    True
    """

    __slots__ = ("_current",)

    def __init__(self, profiles: ProfileSet) -> None:
        self._current = _compiled(profiles)

    @property
    def digest(self) -> str:
        """The identity of the set in force."""
        return self._current.digest

    def swap(self, profiles: ProfileSet) -> str:
        """Put another set in force.

        Returns
        -------
        str
            The identity of the new set. Decisions begun before it took its place still rest on the old one, and
            say so.
        """
        self._current = made = _compiled(profiles)
        return made.digest

    def decide(self, items: Sequence[Row], day: date) -> Decided:
        """Decide one declaration by one set; see `RecordExecutor.match`."""
        current = self._current  # taken once: what follows never sees another set
        matches = current.executor.match(items, day)
        return Decided(current.digest, matches, tuple([current.executor.grounds(one, items) for one in matches]))


def _compiled(profiles: ProfileSet) -> CompiledSet:
    return CompiledSet(profiles.digest, RecordExecutor(_by_turns(profiles)))


def _by_turns(profiles: ProfileSet) -> Iterator[RiskProfile]:
    """Give the profiles, letting other threads have their turn now and then."""
    for place, profile in enumerate(profiles):
        if place % TURN == 0:
            time.sleep(0)
        yield profile
