"""The entry document: one for each service and consignment, in three parts, with states of its own.

Part one is what the operator states, part two what the service checked and decided, part three what became of the goods
afterwards. The state follows from the records by replay, goods item by goods item, and is never set by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from darvoza.domain.codes import Act, Agency
from darvoza.domain.declaration import Declaration
from darvoza.domain.sps.control import (
    AgencyDecision,
    Check,
    ControlOutcome,
    LaboratoryTest,
    Sample,
    Substitution,
)
from darvoza.errors import InvalidValue


class EntryState(StrEnum):
    """How far an entry document has come, from the least; `WITHDRAWN` and `CLOSED` are the ends."""

    DRAFT = "draft"
    LODGED = "lodged"
    UNDER_CONTROL = "under_control"
    FOLLOW_UP = "follow_up"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class EntryEvent(StrEnum):
    """What moves an entry document."""

    LODGE = "lodge"  # the operator signs part one
    AMEND = "amend"  # the operator changes part one
    WITHDRAW = "withdraw"  # the operator takes it back
    CHECK = "check"  # the service begins to control, or goes on
    DECIDE = "decide"  # the service lets the goods go
    REFER = "refer"  # the service decides what has to be seen to: treatment, return …
    RESUME = "resume"  # it was seen to, or failed, and a new word is needed
    COMPLETE = "complete"  # it was seen to, and nothing is left to do


TRANSITIONS: Mapping[EntryState, Mapping[EntryEvent, EntryState]] = MappingProxyType(
    {
        EntryState.DRAFT: {EntryEvent.LODGE: EntryState.LODGED, EntryEvent.WITHDRAW: EntryState.WITHDRAWN},
        EntryState.LODGED: {
            EntryEvent.AMEND: EntryState.LODGED,
            EntryEvent.WITHDRAW: EntryState.WITHDRAWN,
            EntryEvent.CHECK: EntryState.UNDER_CONTROL,
        },
        EntryState.UNDER_CONTROL: {
            EntryEvent.CHECK: EntryState.UNDER_CONTROL,
            EntryEvent.DECIDE: EntryState.DECIDED,
            EntryEvent.REFER: EntryState.FOLLOW_UP,
        },
        EntryState.FOLLOW_UP: {
            EntryEvent.CHECK: EntryState.FOLLOW_UP,
            EntryEvent.DECIDE: EntryState.DECIDED,
            EntryEvent.REFER: EntryState.FOLLOW_UP,
            EntryEvent.RESUME: EntryState.UNDER_CONTROL,
            EntryEvent.COMPLETE: EntryState.CLOSED,
        },
        EntryState.DECIDED: {
            EntryEvent.CHECK: EntryState.DECIDED,
            EntryEvent.DECIDE: EntryState.DECIDED,
            EntryEvent.REFER: EntryState.FOLLOW_UP,
        },
        EntryState.CLOSED: {},
        EntryState.WITHDRAWN: {},
    }
)
"""State → event → state; whatever is not here cannot happen. Once control has begun part one can neither be amended nor
withdrawn: who is about to be found out does not change his story."""


def after(state: EntryState, event: EntryEvent) -> EntryState:
    """Give the state after an event.

    Raises
    ------
    InvalidValue
        When the event cannot happen in that state.

    Examples
    --------
    >>> after(EntryState.LODGED, EntryEvent.CHECK).value
    'under_control'
    """
    possible = TRANSITIONS[state]
    if event not in possible:
        expected = f"one of {', '.join(possible)}" if possible else "nothing more"
        raise InvalidValue(field=f"entry document, {state}", expected=expected, got=event.value)
    return possible[event]


class FollowUpKind(StrEnum):
    """What is seen to after a decision, in part three."""

    ARRIVED = "arrived"  # at the place named, under the conditions set
    TREATED = "treated"
    QUARANTINE_ENDED = "quarantine_ended"
    TRANSFORMED = "transformed"
    LEFT = "left"  # the goods left the country
    DESTROYED = "destroyed"


FOLLOW_UP_OF: Mapping[ControlOutcome, FollowUpKind] = MappingProxyType(
    {
        ControlOutcome.CONDITIONAL: FollowUpKind.ARRIVED,
        ControlOutcome.TREAT: FollowUpKind.TREATED,
        ControlOutcome.QUARANTINE: FollowUpKind.QUARANTINE_ENDED,
        ControlOutcome.TRANSFORM: FollowUpKind.TRANSFORMED,
        ControlOutcome.RETURN: FollowUpKind.LEFT,
        ControlOutcome.DESTROY: FollowUpKind.DESTROYED,
    }
)
"""What a decision asks to be seen to; the others let the goods go."""

NEEDS_A_NEW_WORD = frozenset({FollowUpKind.TREATED, FollowUpKind.QUARANTINE_ENDED})
"""After treatment and quarantine the service speaks again: neither releases goods by itself."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something seen to after a decision.

    Attributes
    ----------
    kind, at, officer
        What, when, by whom.
    satisfied
        Whether it was as the decision asked.
    items
        Numbers of the goods items; empty: the whole consignment.
    remark
        What else is to be known.
    """

    kind: FollowUpKind
    at: datetime
    officer: str
    satisfied: bool
    items: tuple[int, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class OrderedAct:
    """An act of control that was selected, as the officer is told it: never what chose it.

    Attributes
    ----------
    act, items
        Which act, and the goods items to look at first; empty: the whole consignment.
    instructions
        What to look at, by language code.
    """

    act: Act
    items: tuple[int, ...] = ()
    instructions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EntryConsignment:
    """Part one: the consignment as the operator states it.

    Attributes
    ----------
    declaration
        What was declared, with its goods items.
    arrived_at
        When the goods arrived at the post; ``None`` where nobody recorded it.
    responsible
        Who answers for the consignment at the post.
    certificates
        Certificates and permits presented, as they name themselves.
    """

    declaration: Declaration
    arrived_at: datetime | None = None
    responsible: str = ""
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryControl:
    """Part two: what the service was to check, checked, had tested, and decided."""

    ordered: tuple[OrderedAct, ...] = ()
    checks: tuple[Check, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    samples: tuple[Sample, ...] = ()
    tests: tuple[LaboratoryTest, ...] = ()
    decisions: tuple[AgencyDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryDocument:
    """The entry document of one service for one consignment.

    Attributes
    ----------
    number, agency
        Its number, and whose it is.
    consignment, control, follow_up
        Parts one, two and three.
    withdrawn_at
        When the operator took it back; ``None`` when he did not.
    """

    number: str
    agency: Agency
    consignment: EntryConsignment
    control: EntryControl = EntryControl()
    follow_up: tuple[FollowUp, ...] = ()
    withdrawn_at: datetime | None = None

    @property
    def items(self) -> tuple[int, ...]:
        """Numbers of its goods items."""
        return tuple(item.item for item in self.consignment.declaration.items)
