"""Where a stream of units stands in a plan, and what moves it: pure states, events, and the replay of a log.

A stream is whatever a plan keeps apart, such as one source of one kind. Nothing here reads a clock or draws a number:
the same log gives the same state, today and for the auditor.

Only a census or a draw counts towards less examination. A unit that was picked because it looked suspicious tells
nothing about the others when it passes; when it fails, it counts in full. A unit that both a plan and a suspicion
asked for is `Basis.RANDOM` (or `CENSUS`) exactly when its random number lies below the plan's own fraction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeAlias

from darvoza.errors import SettingsError


class Mode(StrEnum):
    """What a plan does with the next unit.

    `CENSUS` examines all, `MONITOR` a drawn fraction, `TIGHT` all of a short run after a failure. `IMPOSED` examines
    all until a plan of correction is accepted, too. After `ENDED` the plan asks for nothing.
    """

    CENSUS = "census"
    MONITOR = "monitor"
    TIGHT = "tight"
    IMPOSED = "imposed"
    ENDED = "ended"


class Basis(StrEnum):
    """How a unit came to be examined."""

    CENSUS = "census"
    RANDOM = "random"
    TARGETED = "targeted"


class NoticeKind(StrEnum):
    """What may be decided about a stream beside results."""

    CORRECTION_ACCEPTED = "correction_accepted"
    CORRECTION_REVOKED = "correction_revoked"
    WITHDRAWN = "withdrawn"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Result:
    """A unit was examined.

    Attributes
    ----------
    passed
        Whether nothing was found.
    basis
        How the unit came to be examined.
    day
        The day of the result; ``None`` where nothing expires.
    weight
        Mass of the unit, in the unit of the plan; 0 where it is not known, which never helps.
    """

    passed: bool
    basis: Basis = Basis.RANDOM
    day: date | None = None
    weight: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A unit came and was not examined: the stream is alive, and nothing was learnt."""

    day: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something was decided about the stream."""

    kind: NoticeKind
    day: date | None = None


Event: TypeAlias = Result | Arrival | Notice


@dataclass(frozen=True, slots=True)
class PlanState:
    """Where a stream stands; each plan uses the fields it needs and leaves the others at their defaults.

    Attributes
    ----------
    mode
        What happens to the next unit.
    level
        Rung of a ladder, 0 the strictest.
    run
        Counted passes in a row, as far as they still matter.
    memory
        Examined units for which a further failure brings back the census.
    restore
        Rung from which the stream fell and to which few passes may bring it back; ``None`` otherwise.
    failures
        Failures so far, as far as they are counted.
    weight
        Mass of the passes in a row.
    corrected
        Whether a plan of correction was accepted.
    last
        Day of the last event.
    """

    mode: Mode
    level: int = 0
    run: int = 0
    memory: int = 0
    restore: int | None = None
    failures: int = 0
    weight: Decimal = Decimal(0)
    corrected: bool = False
    last: date | None = None


class Plan(Protocol):
    """A rule of how much to examine after what was found."""

    @property
    def validity(self) -> int | None:
        """Days without an event after which a stream starts anew; ``None`` for never."""

    def start(self) -> PlanState:
        """State of a stream of which nothing is known."""

    def share(self, state: PlanState) -> float:
        """Fraction of units to examine in a state, in [0, 1]."""

    def after(self, state: PlanState, result: Result) -> PlanState:
        """State after a result that counts."""

    def noticed(self, state: PlanState, notice: Notice) -> PlanState:
        """State after a decision other than a reset."""


def advance(state: PlanState, event: Event, *, plan: Plan) -> PlanState:
    """State of a stream after one more event.

    Parameters
    ----------
    state
        The state before.
    event
        What happened.
    plan
        The plan, with the parameters it had then.

    Raises
    ------
    SettingsError
        When the event is a decision that this plan does not know.
    """
    here = current(state, plan=plan, day=event.day)
    if isinstance(event, Notice):
        moved = plan.start() if event.kind is NoticeKind.RESET else plan.noticed(here, event)
    elif isinstance(event, Arrival) or (event.passed and event.basis is Basis.TARGETED):
        moved = here
    else:
        moved = plan.after(here, event)
    last = _later(state.last, event.day)
    return moved if moved.last == last else replace(moved, last=last)


def fraction(state: PlanState, *, plan: Plan, day: date | None = None) -> float:
    """Fraction of units to examine now, in [0, 1].

    Parameters
    ----------
    state
        The state of the stream.
    plan
        The plan.
    day
        The day of the question; without it nothing is taken to have expired.
    """
    return plan.share(current(state, plan=plan, day=day))


def current(state: PlanState, *, plan: Plan, day: date | None) -> PlanState:
    """Give the state as it is on a day: the start, when nothing was heard of the stream for too long."""
    if plan.validity is None or state.last is None or day is None or state.mode is Mode.ENDED:
        return state
    silent = (day - state.last).days > plan.validity
    return replace(plan.start(), last=state.last) if silent else state


def replay(events: Iterable[Event], *, plan: Plan) -> PlanState:
    """State of a stream after all of its events, from the start.

    Raises
    ------
    SettingsError
        When one of them is a decision that this plan does not know.
    """
    state = plan.start()
    for event in events:
        state = advance(state, event, plan=plan)
    return state


def unknown_notice(notice: Notice, *, plan: str) -> SettingsError:
    """Make the error of a decision that a plan has no place for."""
    return SettingsError(
        field="notice",
        expected=f"a decision that {plan} knows: {NoticeKind.RESET}",
        got=notice.kind.value,
        hint="corrections and withdrawals belong to intensified examination",
    )


def _later(first: date | None, second: date | None) -> date | None:
    """The later of two days; a result may come in after a younger event."""
    if first is None or second is None:
        return first or second
    return max(first, second)
