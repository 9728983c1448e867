"""Measures: what a health service has in force against goods of a kind, an origin, an establishment."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from darvoza.domain.codes import Act, Agency, Flow

INCOMING = (Flow.IMPORT.value, Flow.TRANSIT.value)
"""Directions of a measure that names none."""


class MeasureKind(StrEnum):
    """What a measure does.

    A prohibition is decided at the documents, explained and open to appeal; it is never a score.
    """

    PROHIBITION = "prohibition"
    CONDITION = "condition"
    FREQUENCY = "frequency"
    INTENSIFIED = "intensified"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class MeasureScope:
    """Which goods a measure is about; an empty part is no limit.

    Attributes
    ----------
    goods
        Prefixes of commodity codes.
    veterinary, plant_risk, sanitary
        Categories of the register of competence.
    origins, regions
        Countries of origin, and regions within them.
    establishments
        Approval numbers.
    posts
        Posts where it holds (WTO TFA 5.1(b): uniformly, or where the circumstances are).
    uses
        Intended uses.
    processes
        How the goods are processed (ISPM 32); goods whose processing is not declared are not taken out.
    zone_hazards
        Diseases and pests of which one is present in the zone of origin, as the register says.
    flows
        Directions of declarations; of a measure that names none import and transit: exports are no business of it.
    dispatched_from
        It holds for goods dispatched from this day on.
    """

    goods: tuple[str, ...] = ()
    veterinary: tuple[str, ...] = ()
    plant_risk: tuple[str, ...] = ()
    sanitary: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    establishments: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    zone_hazards: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    dispatched_from: date | None = None


@dataclass(frozen=True, slots=True)
class Requirements:
    """What certificates and registers must show of goods under a condition; all of it.

    Attributes
    ----------
    statements
        Words of which each must stand in an additional declaration of the certificates.
    zone_free_of
        Diseases and pests of which the zone of origin must be free.
    approved_establishment
        Whether the establishment must be approved for the goods.
    permit
        Whether a permit must cover the goods.
    """

    statements: tuple[str, ...] = ()
    zone_free_of: tuple[str, ...] = ()
    approved_establishment: bool = False
    permit: bool = False

    def __bool__(self) -> bool:
        return bool(self.statements or self.zone_free_of or self.approved_establishment or self.permit)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of a health service.

    Attributes
    ----------
    code, title
        Unique code and name.
    agency, kind, scope
        Whose, what it does, and about which goods.
    legal_basis
        The act it rests on.
    start, end
        First and last day; no last day only for what is law and no alert.
    review_by
        The day by which it is to be reviewed (WTO TFA 5.1(c); SPS Agreement 5.7).
    alert
        Whether it is an enhanced control after a notification, which must end (WTO TFA 5.1).
    acts
        Act → floor under its probability, in (0, 1]; of frequencies and intensified controls.
    yearly
        Consignments expected in a calendar year: the frequency is then the least share of each year, and is raised when
        a service falls behind; ``None``: it is the share of each consignment alone.
    required
        Codes of documents of which one must be presented; of conditions.
    requires
        What certificates and registers must show; of conditions.
    hazard, source, reference
        What it is about, who notified it, and under which number.
    terminated_on, termination
        The day it was ended before its time, and why.
    instructions
        What the officer is told, by language code.
    """

    code: str
    title: str
    agency: Agency
    kind: MeasureKind
    scope: MeasureScope
    legal_basis: str
    start: date
    end: date | None = None
    review_by: date | None = None
    alert: bool = False
    acts: tuple[tuple[Act, Decimal], ...] = ()
    yearly: int | None = None
    required: tuple[str, ...] = ()
    requires: Requirements = Requirements()
    hazard: str = ""
    source: str = ""
    reference: str = ""
    terminated_on: date | None = None
    termination: str = ""
    instructions: dict[str, str] = field(default_factory=dict)

    @property
    def last_day(self) -> date | None:
        """The last day it is in force: its end, or the day before it was terminated."""
        if self.terminated_on is None:
            return self.end
        before = date.fromordinal(self.terminated_on.toordinal() - 1)
        return before if self.end is None else min(before, self.end)
