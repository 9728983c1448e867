"""Words in answers and events of the interface, and what each of them means; the reference of the interface is made of them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from darvoza.domain.casework import CaseState
from darvoza.domain.codes import Act, Channel
from darvoza.domain.profile_version import ProfileState
from darvoza.domain.selection import FloorKind
from darvoza.office.api.purposes import LodgementKind


class EventKind(StrEnum):
    """What happened to a consignment, as whoever subscribed is told."""

    LODGED = "declaration.lodged"
    AMENDED = "declaration.amended"
    REASSESSED = "declaration.reassessed"
    CANCELLED = "declaration.cancelled"
    RETURNED = "declaration.returned"
    ARRIVED = "declaration.arrived"
    RECORDED = "order.recorded"


class Release(StrEnum):
    """Whether the goods may go."""

    FREE = "free"
    WAITING = "waiting"
    HELD = "held"
    CANCELLED = "cancelled"
    NOT_BINDING = "not-binding"


class AgencyWord(StrEnum):
    """What an agency has said of a consignment so far."""

    DONE = "done"
    OPEN = "open"
    FINDING = "finding"


class DeliveryState(StrEnum):
    """How far an event is on its way to a subscriber."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


MEANINGS: Final[Mapping[type[StrEnum], Mapping[StrEnum, str]]] = {
    Channel: {
        Channel.GREEN: "no control",
        Channel.BLUE: "control after release, which delays nothing",
        Channel.YELLOW: "documents are looked at",
        Channel.RED: "goods are looked at",
    },
    Act: {
        Act.AUDIT: "the trader's books, after release",
        Act.DOCUMENTARY: "documents",
        Act.IDENTITY: "whether the goods are those of the documents",
        Act.SCAN: "a picture through the means of transport",
        Act.SAMPLING: "samples are taken",
        Act.PHYSICAL: "goods are examined by hand",
    },
    LodgementKind: {
        LodgementKind.LODGED: "decided for the first time",
        LodgementKind.AMENDED: "decided again because it was amended",
        LodgementKind.REASSESSED: "decided again because other profiles, measures or scores came into force, or because the goods arrived where it binds",
        LodgementKind.CANCELLED: "cancelled; nothing is decided any more",
        LodgementKind.RETURNED: "a post that had no line brought back what it had decided, which stands beside what was decided here",
    },
    Release: {
        Release.FREE: "no agency has anything left to do, every goods item of a chosen act has its word, and nothing was found",
        Release.WAITING: "an agency still has something to do",
        Release.HELD: "something was found; a person decides what becomes of the goods",
        Release.CANCELLED: "the declaration was cancelled; where something was found before, it stays held",
        Release.NOT_BINDING: "another system decides at this post, and no order that was given here keeps the goods: nothing that is decided here lets them go",
    },
    AgencyWord: {
        AgencyWord.DONE: "nothing is left to do, and nothing was found",
        AgencyWord.OPEN: "an order is open; audits after release do not count",
        AgencyWord.FINDING: "the last result of an order tells of a finding",
    },
    CaseState: {
        CaseState.WAITING: "nobody has taken it yet",
        CaseState.CLAIMED: "an officer has taken it",
        CaseState.AWAITING: "samples were taken; the laboratory has not spoken yet, and nobody holds it",
        CaseState.LOWERING: "an officer proposed to do less, or to take a finding back; a second person has not spoken yet",
        CaseState.RECORDED: "its result is recorded",
        CaseState.WITHDRAWN: "less was agreed on, or the declaration was cancelled",
    },
    ProfileState: {
        ProfileState.DRAFT: "being written",
        ProfileState.SUBMITTED: "waits for somebody to approve it",
        ProfileState.RETURNED: "its author is to work on it again",
        ProfileState.APPROVED: "approved by somebody else than its author",
        ProfileState.DISCARDED: "given up by its author",
    },
    FloorKind: {
        FloorKind.LAW: "a measure of the law",
        FloorKind.ALERT: "an alert of a health service",
        FloorKind.PROFILE: "a risk profile",
        FloorKind.PLAN: "a sampling plan",
        FloorKind.SCORE: "the score, within the capacity of the post",
        FloorKind.RANDOM: "chance, which every consignment has",
    },
    DeliveryState: {
        DeliveryState.WAITING: "not taken yet; it is sent again when it is due",
        DeliveryState.DELIVERED: "taken with a 2xx",
        DeliveryState.DEAD: "sent too often; it waits to be tried again, and with it what came after it",
    },
    EventKind: {
        EventKind.LODGED: "a declaration was lodged and decided",
        EventKind.AMENDED: "a declaration was amended and decided again",
        EventKind.REASSESSED: "a declaration was decided again by what is in force now, where the goods are now",
        EventKind.CANCELLED: "a declaration was cancelled",
        EventKind.RETURNED: "a post that had no line brought back what it had decided, and more is asked for than before",
        EventKind.ARRIVED: "goods arrived; where they arrived elsewhere than declared, both posts are told",
        EventKind.RECORDED: "the result of an order was recorded or corrected",
    },
}
"""What each word means, list by list."""
