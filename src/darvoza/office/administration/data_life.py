"""What people do with a version of reference data: try it, submit it, approve or return it; who may, and when.

The states of a version and the moves between them are data: what is not in the table does not happen.
"""

from enum import StrEnum
from typing import Final, NamedTuple

from darvoza.errors import DataRefused

FEWEST_WORDS: Final = 10
"""Characters that a reason must have."""


class DataKind(StrEnum):
    """What a version is of: a named list, or a file that the state of the gate names."""

    LIST = "list"
    MEASURES = "measures"
    PLANS = "plans"
    COMPETENCE = "competence"
    CAPACITY = "capacity"
    FACTS = "facts"


class DataState(StrEnum):
    """Where a version stands."""

    TRIED = "tried"  # it can be read; nobody was asked yet
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"  # by somebody else than who put it forward; never changed again
    DISCARDED = "discarded"
    FOUND = "found"  # it stood there before the first version was approved


class DataMove(StrEnum):
    """What can happen to a version."""

    SUBMIT = "submit"
    DISCARD = "discard"
    APPROVE = "approve"
    RETURN = "return"


MOVES: Final[dict[tuple[DataState, DataMove], DataState]] = {
    (DataState.TRIED, DataMove.SUBMIT): DataState.SUBMITTED,
    (DataState.TRIED, DataMove.DISCARD): DataState.DISCARDED,
    (DataState.SUBMITTED, DataMove.DISCARD): DataState.DISCARDED,
    (DataState.SUBMITTED, DataMove.APPROVE): DataState.APPROVED,
    (DataState.SUBMITTED, DataMove.RETURN): DataState.RETURNED,
}
"""Every move that exists, and the state it leads to."""

OWN: Final = frozenset({DataMove.SUBMIT, DataMove.DISCARD})
"""Moves of who put a version forward; the others are of a second person."""


class Wish(NamedTuple):
    """Who wants what, and why."""

    move: DataMove
    by: str
    reason: str = ""


def moved(state: DataState, author: str, wish: Wish) -> DataState:
    """Give the state of a version after a move.

    Raises
    ------
    DataRefused
        It is not the person's to do, not possible now, or no reason is given.

    Examples
    --------
    >>> moved(DataState.SUBMITTED, "oraz", Wish(DataMove.APPROVE, "merdan", "register of June")).value
    'approved'
    >>> moved(DataState.SUBMITTED, "oraz", Wish(DataMove.APPROVE, "oraz", "register of June"))
    Traceback (most recent call last):
        ...
    darvoza.errors.DataRefused: approver: expected somebody else than oraz, got 'oraz'
    """
    after = MOVES.get((state, wish.move))
    if after is None:
        raise DataRefused(field="state", expected="a version to which this can happen", got=state.value)
    if wish.move in OWN and wish.by != author:
        raise DataRefused(field="author", expected=author, got=wish.by)
    if wish.move not in OWN and wish.by == author:
        raise DataRefused(field="approver", expected=f"somebody else than {author}", got=wish.by)
    if wish.move is not DataMove.DISCARD:
        reasoned(wish.reason)
    return after


def reasoned(reason: str) -> None:
    """Refuse what is no reason.

    Raises
    ------
    DataRefused
        It is shorter than a reason can be.
    """
    if len(reason.strip()) < FEWEST_WORDS:
        raise DataRefused(field="reason", expected=f"at least {FEWEST_WORDS} characters", got=reason)
