"""Certificates and permits: what an exporting service attested, what an importing one allowed."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from darvoza.domain.codes import Agency


class CertificateType(StrEnum):
    """Kind of a certificate, by its code in the UN/CEFACT SPS certificate (ePhyto); the first two are phytosanitary."""

    EXPORT = "851"
    RE_EXPORT = "657"
    SANITARY = "852"
    VETERINARY = "853"


ISSUED = "70"
"""Status of an electronic certificate that was issued and stands; no other status counts."""

SUBJECTS = ("ADEDL", "ADTLIL", "ADAOEDL", "ADAOTLIL")
"""Subjects of notes that are additional declarations: they say that something is declared, and not what."""

KEYED = "keyed"
"""In the place of a subject where a statement was keyed by hand."""


@dataclass(frozen=True, slots=True)
class CertifiedGoods:
    """A line of a certificate.

    Attributes
    ----------
    hs
        Commodity code as the certificate gives it; empty where it gives none.
    name
        Scientific or common name.
    net_mass
        Net mass [kg]; ``None`` where not given.
    origins
        Countries of origin.
    statements
        Additional declarations about these goods, code and text.
    """

    hs: str
    name: str
    net_mass: Decimal | None
    origins: tuple[str, ...]
    statements: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """A phytosanitary, veterinary or sanitary certificate, electronic or keyed by hand.

    Attributes
    ----------
    number, issuer
        Number and issuing service.
    type, status
        Codes as received; see `CertificateType` and `ISSUED`.
    issued_at
        When it was issued, with its time zone.
    valid_to
        Its last day; ``None`` where it says none.
    export_country, import_country
        From and to.
    statements
        Additional declarations about all its goods, code and text.
    goods
        Its lines.
    unread
        Names of elements that were kept aside unread, each once.
    """

    number: str
    issuer: str
    type: str
    status: str
    issued_at: datetime | None
    export_country: str
    import_country: str
    statements: tuple[tuple[str, str], ...] = ()
    goods: tuple[CertifiedGoods, ...] = ()
    unread: tuple[str, ...] = ()
    valid_to: date | None = None


class CertificateFault(StrEnum):
    """What is wrong with a certificate for a consignment, in the order in which it is asked."""

    NO_NUMBER = "no_number"
    NOT_FOUND = "not_found"
    UNKNOWN_TYPE = "unknown_type"
    NOT_ISSUED = "not_issued"
    NO_DATE = "no_date"
    FUTURE_DATE = "future_date"
    AFTER_DISPATCH = "after_dispatch"
    EXPIRED = "expired"
    ALREADY_USED = "already_used"
    OTHER_COUNTRY = "other_country"
    UNKNOWN_COUNTRY = "unknown_country"
    STATEMENT_MISSING = "statement_missing"
    OTHER_GOODS = "other_goods"
    OTHER_ORIGIN = "other_origin"
    TOO_LITTLE = "too_little"
    UNKNOWN_QUANTITY = "unknown_quantity"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a declared goods item asks of its certificate.

    Attributes
    ----------
    hs, origin, net_mass
        As declared; mass in kg, ``None`` where unknown: then it cannot be told whether a quantity covers it.
    dispatched_on
        Day of dispatch; a certificate issued later does not cover the goods.
    import_country
        The country of the post; empty where unknown: then a certificate for a country does not agree.
    statements
        Codes or whole texts of the additional declarations required.
    """

    hs: str
    origin: str
    net_mass: Decimal | None = None
    dispatched_on: date | None = None
    import_country: str = ""
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Permit:
    """An import permit with a quantity that each consignment draws down.

    Attributes
    ----------
    number, trader
        Number, and who may import.
    goods, origins
        Prefixes of commodity codes and countries it covers; an empty part is no limit.
    start, end
        First and last day.
    quantity, drawn
        Quantity allowed, and drawn so far [kg].
    agency
        The service that issued it.
    """

    number: str
    trader: str
    start: date
    end: date
    quantity: Decimal
    goods: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    drawn: Decimal = Decimal(0)
    agency: Agency = Agency.CUSTOMS
