"""The nouns of the queue: what waits, how pressing it is, and the slot at which all services see it together."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from darvoza.domain.codes import Agency


class Urgency(StrEnum):
    """How pressing goods are, from the most."""

    LIVE = "live"
    COLD_CHAIN_BROKEN = "cold_chain_broken"
    PERISHABLE = "perishable"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A consignment that waits for its control at a post.

    Attributes
    ----------
    declaration_id, post
        Which, and where.
    ready_at, deadline
        From when on it can be seen, and by when it is to have been seen.
    urgency
        How pressing it is.
    work
        Hours of one officer of each service that is to see it, above 0 [h].
    harm
        Expected harm; among equally pressing goods the greater goes first.
    """

    declaration_id: str
    post: str
    ready_at: datetime
    deadline: datetime
    urgency: Urgency
    work: tuple[tuple[Agency, float], ...]
    harm: float = 0.0

    @property
    def length(self) -> timedelta:
        """How long it takes when all services work at the same time: as long as the slowest of them."""
        return timedelta(hours=max((hours for _, hours in self.work), default=0.0))


@dataclass(frozen=True, slots=True)
class JointSlot:
    """When all services see one consignment together.

    Attributes
    ----------
    declaration_id
        Which consignment.
    start, end
        From when until when.
    slack
        From its end to the deadline; negative when it is late.
    """

    declaration_id: str
    start: datetime
    end: datetime
    slack: timedelta

    @property
    def late(self) -> bool:
        """Whether goods are seen only after their deadline: then the post owes a written reason (WTO TFA 7.9.4)."""
        return self.slack < timedelta()


@dataclass(frozen=True, slots=True)
class Delay:
    """Goods that were not seen by their deadline, with the written reason that the trader may ask for (WTO TFA 7.9.4).

    Attributes
    ----------
    declaration_id, by
        Which consignment, and by how much it is late.
    reason, officer, at
        Why, who wrote it, when.
    """

    declaration_id: str
    by: timedelta
    reason: str
    officer: str
    at: datetime
