"""Non-compliance: what the service of the exporting country is told, and how it is taken back."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from darvoza.domain.codes import Agency
from darvoza.errors import InvalidValue


class NonComplianceNature(StrEnum):
    """What was wrong."""

    DOCUMENTS = "documents"
    IDENTITY = "identity"
    PEST = "pest"
    RESIDUE = "residue"
    PROHIBITED = "prohibited"
    PACKAGING = "packaging"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NonCompliance:
    """A notification of non-compliance to the service of the exporting country.

    Attributes
    ----------
    number, agency
        Its number, and the service that notifies.
    notified
        Country of the service notified.
    natures, subject
        What was wrong, and the pest, disease, residue or document it is about.
    requirement
        The requirement that was not met.
    first_action_on
        The first day on which something was done with the consignment.
    notified_on
        The day of the notification.
    items
        Numbers of the goods items; empty: the whole consignment.
    emergency
        Emergency action taken; empty where there was none.
    withdrawn_on, withdrawal
        The day it was taken back, and why.

    References
    ----------
    The information follows ISPM 13, section 6, as recalled; hold it against the text before the first is sent.
    """

    number: str
    agency: Agency
    notified: str
    natures: tuple[NonComplianceNature, ...]
    subject: str
    requirement: str
    first_action_on: date
    notified_on: date
    items: tuple[int, ...] = ()
    emergency: str = ""
    withdrawn_on: date | None = None
    withdrawal: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot have happened in that order, and a withdrawal without a reason."""
        if self.notified_on < self.first_action_on:
            raise InvalidValue(
                field="notified_on", expected=f"a day from {self.first_action_on} on", got=self.notified_on.isoformat()
            )
        if self.withdrawn_on is not None and self.withdrawn_on < self.notified_on:
            raise InvalidValue(
                field="withdrawn_on", expected=f"a day from {self.notified_on} on", got=self.withdrawn_on.isoformat()
            )
        if (self.withdrawn_on is None) != (not self.withdrawal.strip()):
            raise InvalidValue(field="withdrawal", expected="a day and a reason, or neither", got=self.withdrawal)
        if not self.natures:
            raise InvalidValue(field="natures", expected="at least one kind of non-compliance", got="none")
