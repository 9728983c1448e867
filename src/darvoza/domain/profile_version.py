"""The nouns of a profile's life: its versions, where each stands, and what was put in force from when on.

The states of a version and the moves between them are data: what is not in the table does not happen. A version that was
approved is not in force by that: an entry into force says from which moment on it is, and the next one ends it. So what
was in force at any moment can be read off, and going back is one entry more.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from darvoza.domain.codes import Agency


class ProfileState(StrEnum):
    """Where a version of a profile stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"  # its author is to work on it again
    APPROVED = "approved"  # by somebody else than its author; never changed again
    DISCARDED = "discarded"  # by its author, before anybody approved it


class ProfileMove(StrEnum):
    """What can happen to a version of a profile."""

    EDIT = "edit"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    RETURN = "return"
    APPROVE = "approve"
    DISCARD = "discard"


PROFILE_MOVES: Final[dict[tuple[ProfileState, ProfileMove], ProfileState]] = {
    (ProfileState.DRAFT, ProfileMove.EDIT): ProfileState.DRAFT,
    (ProfileState.RETURNED, ProfileMove.EDIT): ProfileState.DRAFT,
    (ProfileState.DRAFT, ProfileMove.SUBMIT): ProfileState.SUBMITTED,
    (ProfileState.RETURNED, ProfileMove.SUBMIT): ProfileState.SUBMITTED,
    (ProfileState.SUBMITTED, ProfileMove.TAKE_BACK): ProfileState.DRAFT,
    (ProfileState.SUBMITTED, ProfileMove.RETURN): ProfileState.RETURNED,
    (ProfileState.SUBMITTED, ProfileMove.APPROVE): ProfileState.APPROVED,
    (ProfileState.DRAFT, ProfileMove.DISCARD): ProfileState.DISCARDED,
    (ProfileState.RETURNED, ProfileMove.DISCARD): ProfileState.DISCARDED,
}
"""Every move that exists, and the state it leads to."""


@dataclass(frozen=True, slots=True)
class ProfileVersion:
    """One version of a risk profile, in the hands of people.

    Attributes
    ----------
    code, number
        The code of the profile, and which version of it, from 1.
    agency
        Whose it is.
    author, approver
        Who wrote it, and who approved it: never the author; nobody until then.
    state
        Where it stands.
    reason
        Why the author asks for it.
    answer
        What whoever reviewed it said, last.
    ends
        Whether it asks that the profile ends instead of that it reads otherwise.
    """

    code: str
    number: int
    agency: Agency
    author: str
    state: ProfileState = ProfileState.DRAFT
    approver: str = ""
    reason: str = ""
    answer: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class EntryIntoForce:
    """From a moment on one version of a profile is in force, or none.

    Attributes
    ----------
    code
        The code of the profile.
    number
        The version; ``None`` when none is in force from then on.
    at
        From when on, aware.
    decided_at, by
        When that was decided, and by whom; never after `at`.
    reason
        Why, in words.
    """

    code: str
    number: int | None
    at: datetime
    decided_at: datetime
    by: str
    reason: str = ""
