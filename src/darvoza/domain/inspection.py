"""The nouns of examination: the order that tells an officer what to check."""

from dataclasses import dataclass
from datetime import datetime

from darvoza.domain.codes import Act, Agency, Channel
from darvoza.domain.sps.queue import Urgency


@dataclass(frozen=True, slots=True)
class InspectionOrder:
    """What an agency is to check on one consignment.

    It tells what to look at and never which floor chose it: whoever examines what chance has chosen must look as hard
    as at what a profile has chosen, or nothing could be measured.

    Attributes
    ----------
    declaration_id, post
        The declaration, and where it lies.
    agency, act
        Who checks, and how.
    items
        Numbers of the goods items to be examined; empty when it is the whole consignment.
    channel
        The channel of the declaration.
    turn
        Place in the work of the post that day, from 1: what does not keep first, then by expected harm.
    deadline
        By when the goods are to be seen.
    urgency
        How pressing the goods are.
    slot
        From when until when all services see the consignment together.
    reason_needed
        Whether that is after the deadline, so that the post owes the trader a written reason (WTO TFA 7.9.4).
    instructions
        What to look at, by language code, each instruction once.
    """

    declaration_id: str
    post: str
    agency: Agency
    act: Act
    items: tuple[int, ...]
    channel: Channel
    turn: int
    deadline: datetime
    urgency: Urgency
    slot: tuple[datetime, datetime]
    reason_needed: bool
    instructions: tuple[tuple[str, str], ...]
