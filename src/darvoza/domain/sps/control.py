"""Checks and outcomes: what was looked at, what a laboratory found, what became of the goods."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from darvoza.domain.codes import Act, Agency


class CheckStatus(StrEnum):
    """How far a check has come."""

    TO_DO = "to_do"
    HOLD = "hold"
    TO_BE_INSPECTED = "to_be_inspected"
    NOT_INSPECTED = "not_inspected"
    AUTO_CLEARED = "auto_cleared"
    COMPLIANT = "compliant"
    NOT_COMPLIANT = "not_compliant"


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one service: documentary, identity and physical checks are separate records.

    Attributes
    ----------
    agency, act, status
        Whose, of what kind, how far.
    officer, at
        Who did it and when; ``None`` while it waits.
    method
        How: of packages opened, instruments, organoleptic …
    items
        Numbers of the goods items looked at.
    substitute_for
        The consignment selected in whose place this one was checked, with the same category and origin (Regulation
        (EU) 2019/2129, Article 3); empty when none.
    notes
        The officer's remark.
    """

    agency: Agency
    act: Act
    status: CheckStatus
    officer: str | None = None
    at: datetime | None = None
    method: str = ""
    items: tuple[int, ...] = ()
    substitute_for: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Substitution:
    """An officer checked another consignment than the one selected, and said why.

    Attributes
    ----------
    agency, act
        Whose check, of what kind.
    selected, checked
        The consignment selected, and the one checked in its place.
    category, origin
        What both have in common (Regulation (EU) 2019/2129, Article 3).
    officer, at, reason
        Who decided so, when, and why.
    """

    agency: Agency
    act: Act
    selected: str
    checked: str
    category: str
    origin: str
    officer: str
    at: datetime
    reason: str


class ControlOutcome(StrEnum):
    """What becomes of goods, from the mildest to the worst; the worst over all services counts."""

    RELEASE = "release"
    UNDER_MONITORING = "under_monitoring"
    CONDITIONAL = "conditional"
    TREAT = "treat"
    QUARANTINE = "quarantine"
    TRANSFORM = "transform"
    RETURN = "return"
    DESTROY = "destroy"


@dataclass(frozen=True, slots=True)
class AgencyDecision:
    """The word of one service on a consignment, or on a part of it.

    Attributes
    ----------
    agency, outcome, at
        Whose word, what, when.
    items
        Numbers of the goods items it is about; empty: the whole consignment.
    until
        When a quarantine ends, ``None`` where it does not by itself.
    reason
        Why, in words fit for the trader.
    """

    agency: Agency
    outcome: ControlOutcome
    at: datetime
    items: tuple[int, ...] = ()
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LaboratoryTest:
    """One test of one sample.

    Attributes
    ----------
    sample, analyte, unit
        Which sample, what was looked for, in which unit.
    suspicion
        Whether the goods were suspected; without suspicion they may be released before the result (Regulation (EU)
        2019/2130).
    requested_at, accepted_at, reported_at
        When it was asked for, taken on, and reported.
    result, expanded_uncertainty, limit
        What was measured, corrected for recovery, with its expanded uncertainty U, and the limit; all in `unit`.
    second
        Whether it is the second test that the trader may ask for (WTO TFA 5.3).
    laboratory, method
        Who tests, and how.
    """

    sample: str
    analyte: str
    unit: str
    suspicion: bool
    requested_at: datetime
    accepted_at: datetime | None = None
    reported_at: datetime | None = None
    result: Decimal | None = None
    expanded_uncertainty: Decimal | None = None
    limit: Decimal | None = None
    second: bool = False
    laboratory: str = ""
    method: str = ""


class LaboratoryVerdict(StrEnum):
    """What a test says."""

    PENDING = "pending"
    ACCEPT = "accept"
    REJECT = "reject"
    INCONCLUSIVE = "inconclusive"


class CustomsWord(StrEnum):
    """What customs does with goods on the word of the health services."""

    RELEASE = "release"
    HOLD = "hold"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Sample:
    """What was, or is to be, taken of a lot.

    Attributes
    ----------
    number
        Its number; of an order the number that the sample will carry.
    item, lot
        The goods item, and what names the lot in it.
    packages
        Packages in the lot.
    drawn
        Numbers of the packages to open, rising.
    basis
        The rule that says how many.
    increments, aggregate_kg
        Places at which something is taken, and mass of all of it [kg]; ``None`` where no rule says.
    taken_at, officer
        When and by whom; ``None`` and empty while it is an order.
    seal, kept_seal
        Seal of the part for the laboratory, and of the part kept for a second test; empty where there is none.
    """

    number: str
    item: int
    lot: str
    packages: int
    drawn: tuple[int, ...]
    basis: str = ""
    increments: int | None = None
    aggregate_kg: Decimal | None = None
    taken_at: datetime | None = None
    officer: str = ""
    seal: str = ""
    kept_seal: str = ""
