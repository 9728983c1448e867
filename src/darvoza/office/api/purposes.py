"""What a client may be for; a token serves the purposes it was made for and no other."""

from enum import StrEnum


class Purpose(StrEnum):
    """One thing a client may do."""

    LODGE = "lodge"
    """Lodge, amend and cancel declarations, and learn what was decided."""
    DECISION_READ = "decision.read"
    """Channel, acts and release of declarations."""
    EXPLAIN = "explain"
    """Why: floors, score, draw. Kept from systems of those who examine, and of those who lodge."""
    ORDER_READ = "order.read"
    FINDING_WRITE = "finding.write"
    ARRIVAL_WRITE = "arrival.write"
    """Tell that goods have arrived at a post: their orders become due there."""
    PROFILE_READ = "profile.read"
    PROFILE_SUBMIT = "profile.submit"
    REFERENCE_READ = "reference.read"
    """Measures and lists of its agency in force, without an agency those of every one, and screening against them."""
    EVENT_READ = "event.read"
    """Have events delivered."""
    COMPARE = "compare"
    """Tell what another system decided, to be compared."""


PULLING = frozenset({Purpose.ARRIVAL_WRITE, Purpose.FINDING_WRITE})
"""Purposes that one token should not serve together: whoever has both pulls any order to himself, and says what was found."""


class LodgementKind(StrEnum):
    """Why a declaration was decided."""

    LODGED = "lodged"
    AMENDED = "amended"
    REASSESSED = "reassessed"
    """Other profiles, measures or scores are in force."""
    CANCELLED = "cancelled"
    """Nothing is decided any more."""
    RETURNED = "returned"
    """A post that had no line brought back what it had decided: it stands beside what was decided here."""
