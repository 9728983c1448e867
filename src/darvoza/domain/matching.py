"""Matching: the levels at which certificates and permits are matched, and what an administration sets about them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from darvoza.domain.codes import Agency
from darvoza.domain.fact_settings import DocumentKind
from darvoza.domain.sps.certificate import CertificateFault

AGENCY_OF_CERTIFICATE = {
    DocumentKind.PHYTOSANITARY: Agency.PHYTOSANITARY,
    DocumentKind.VETERINARY: Agency.VETERINARY,
    DocumentKind.SANITARY: Agency.SANITARY,
}
"""Kind of certificate → the service that answers for it."""


class PermitFault(StrEnum):
    """What is wrong with a permit for a goods item, in the order in which it is asked."""

    NO_NUMBER = "no_number"
    NOT_FOUND = "not_found"
    OTHER_TRADER = "other_trader"
    NOT_IN_FORCE = "not_in_force"
    OTHER_GOODS = "other_goods"
    OTHER_ORIGIN = "other_origin"
    TOO_LITTLE = "too_little"
    UNKNOWN_QUANTITY = "unknown_quantity"


class MatchingLevel(StrEnum):
    """A level of matching, from the first; each asks for more than the one before."""

    EXISTS = "exists"
    COMMODITY = "commodity"
    QUANTITY = "quantity"


_LATER = {
    MatchingLevel.COMMODITY: (CertificateFault.OTHER_GOODS, CertificateFault.OTHER_ORIGIN),
    MatchingLevel.QUANTITY: (CertificateFault.TOO_LITTLE, CertificateFault.UNKNOWN_QUANTITY),
}
LEVEL_OF_FAULT: dict[str, MatchingLevel] = {
    fault.value: next((level for level, faults in _LATER.items() if fault.value in faults), MatchingLevel.EXISTS)
    for fault in (*CertificateFault, *PermitFault)
}
"""Fault of a certificate or permit → the level it belongs to."""


@dataclass(frozen=True, slots=True)
class GreatestAge:
    """How long after its issue a certificate counts, as an administration sets it; none is shipped as law.

    Attributes
    ----------
    days
        Days from the day of issue, 0 or more.
    start, end
        First and last day on which that is in force; no last day while it lasts.
    source
        What it rests on.
    type
        Code of the type of certificates; empty: of all.
    """

    days: int
    start: date
    end: date | None
    source: str
    type: str = ""

    def limits(self, kind: str, day: date) -> bool:
        """Tell whether it limits the age of certificates of a type on a day."""
        return self.type in ("", kind) and self.start <= day <= (self.end or day)


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """What an administration sets about certificates and permits.

    Attributes
    ----------
    passive
        Levels that run passively: their faults are recorded and put no floor under anything.
    tolerance
        Share by which the declared mass may exceed the certified or permitted one, 0 to 1.
    once
        Whether a certificate covers one consignment only; otherwise each draws down its quantity.
    permit_agency
        The service that checks the documents where something is wrong with a permit.
    greatest_ages
        How old certificates may be; of several that are in force the shortest counts.
    """

    passive: tuple[MatchingLevel, ...] = (MatchingLevel.COMMODITY, MatchingLevel.QUANTITY)
    tolerance: Decimal = Decimal("0.05")
    once: bool = True
    permit_agency: Agency = Agency.CUSTOMS
    greatest_ages: tuple[GreatestAge, ...] = ()
