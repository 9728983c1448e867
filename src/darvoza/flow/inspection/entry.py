"""Entry documents at work: their state out of their records, and the word an officer may change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from darvoza.domain.sps.control import Check, Substitution
from darvoza.domain.sps.entry import (
    FOLLOW_UP_OF,
    NEEDS_A_NEW_WORD,
    EntryDocument,
    EntryEvent,
    EntryState,
    FollowUp,
    after,
)
from darvoza.errors import InvalidValue

Event = tuple[datetime, EntryEvent]
_ORDER = {state: place for place, state in enumerate(EntryState)}
_TURN = {event: place for place, event in enumerate(EntryEvent)}


def events_of(document: EntryDocument, item: int) -> tuple[Event, ...]:
    """Read what happened to a goods item off the records of its document, in order of time.

    Records without a moment are orders and did not happen yet. At the same moment a check comes before the word on it.
    """
    return tuple(sorted(_events(document, item), key=lambda event: (event[0], _TURN[event[1]])))


def _events(document: EntryDocument, item: int) -> Iterator[Event]:
    control = document.control
    yield _lodged(document), EntryEvent.LODGE
    if document.withdrawn_at is not None:
        yield document.withdrawn_at, EntryEvent.WITHDRAW
    for check in control.checks:
        if check.at is not None and _about(check.items, item):
            yield check.at, EntryEvent.CHECK
    for sample in control.samples:
        if sample.taken_at is not None and sample.item == item:
            yield sample.taken_at, EntryEvent.CHECK
    for decision in control.decisions:
        if _about(decision.items, item):
            yield decision.at, EntryEvent.REFER if decision.outcome in FOLLOW_UP_OF else EntryEvent.DECIDE
    for follow_up in document.follow_up:
        if _about(follow_up.items, item):
            yield follow_up.at, _seen_to(follow_up)


def _lodged(document: EntryDocument) -> datetime:
    """Give the moment of part one: goods may be at the post, and looked at, before their declaration is lodged."""
    part = document.consignment
    lodged = part.declaration.lodged_at
    return lodged if part.arrived_at is None else min(lodged, part.arrived_at)


def _about(items: tuple[int, ...], item: int) -> bool:
    """Tell whether a record is about a goods item; one that names none is about all."""
    return not items or item in items


def _seen_to(follow_up: FollowUp) -> EntryEvent:
    done = follow_up.satisfied and follow_up.kind not in NEEDS_A_NEW_WORD
    return EntryEvent.COMPLETE if done else EntryEvent.RESUME


def state_of_item(document: EntryDocument, item: int) -> EntryState:
    """Replay what happened to a goods item.

    Raises
    ------
    InvalidValue
        When something happened that could not: a decision before any check, a withdrawal after control had begun.
    """
    state = EntryState.DRAFT
    for at, event in events_of(document, item):
        try:
            state = after(state, event)
        except InvalidValue as problem:
            raise InvalidValue(
                field=f"{document.number}, item {item}, {at.isoformat()}", expected=f"{problem.expected} ({state})",
                got=problem.got, hint="records must follow one another: lodged or arrived, checked, decided, seen to",
            ) from problem  # fmt: skip
    return state


def state_of(document: EntryDocument) -> EntryState:
    """Give the state of a document: that of the goods item that has come least far.

    Raises
    ------
    InvalidValue
        When something happened to an item that could not.
    """
    return min((state_of_item(document, item) for item in document.items), key=_ORDER.__getitem__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A consignment as far as it matters whether it may be checked in place of another."""

    declaration_id: str
    category: str
    origin: str


def substitute(check: Check, *, selected: Candidate, checked: Candidate, reason: str) -> tuple[Check, Substitution]:
    """Let an officer check another consignment than the one selected, and record it.

    Parameters
    ----------
    check
        The check as it was done, with officer and moment.
    selected, checked
        The consignment drawn, and the one looked at in its place.
    reason
        Why.

    Returns
    -------
    tuple[Check, Substitution]
        The check, which now names the consignment selected, and the record.

    Raises
    ------
    InvalidValue
        When category or origin differ, both are the same consignment, or officer, moment or reason are missing.

    References
    ----------
    Regulation (EU) 2019/2129, Article 3.
    """
    for name in ("category", "origin"):
        wanted, got = getattr(selected, name), getattr(checked, name)
        if wanted != got:
            raise InvalidValue(
                field=f"substitute.{name}", expected=f"the same category and origin, {wanted}", got=got,
                hint="another kind of consignment would undo the draw; check the one selected",
            )  # fmt: skip
    if selected.declaration_id == checked.declaration_id:
        raise InvalidValue(field="substitute", expected="another consignment", got=checked.declaration_id)
    if check.officer is None or check.at is None or not reason.strip():
        raise InvalidValue(field="substitute", expected="an officer, a moment and a reason", got=reason)
    record = Substitution(
        check.agency, check.act, selected.declaration_id, checked.declaration_id, selected.category, selected.origin,
        check.officer, check.at, reason.strip(),
    )  # fmt: skip
    return Check(
        check.agency, check.act, check.status, check.officer, check.at, check.method, check.items,
        selected.declaration_id, check.notes,
    ), record  # fmt: skip
