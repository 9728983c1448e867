"""What a service recorded on one consignment, before it is joined with what was declared and selected."""

from dataclasses import dataclass
from datetime import datetime

from darvoza.domain.codes import Agency
from darvoza.domain.sps.entry import EntryControl, FollowUp
from darvoza.domain.sps.non_compliance import NonCompliance


@dataclass(frozen=True, slots=True)
class ControlRecords:
    """The records of one service on one consignment.

    Attributes
    ----------
    declaration_id, number, agency
        Which declaration, the number of the entry document, whose it is.
    control, follow_up
        Checks, samples, tests, decisions; and what was seen to afterwards. What was to be done is not among them.
    arrived_at, responsible, certificates
        What the operator adds to the declaration in part one.
    notices
        Notifications of non-compliance to the exporting country.
    withdrawn_at
        When the operator took the document back; ``None`` when he did not.
    delay
        Why the control took longer than the goods could bear, in words fit for the trader; empty where it did not.
    """

    declaration_id: str
    number: str
    agency: Agency
    control: EntryControl
    follow_up: tuple[FollowUp, ...] = ()
    arrived_at: datetime | None = None
    responsible: str = ""
    certificates: tuple[str, ...] = ()
    notices: tuple[NonCompliance, ...] = ()
    withdrawn_at: datetime | None = None
    delay: str = ""
