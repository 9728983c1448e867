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
        What else is to be known.
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


class LaboratoryVerdict(StrEnum):
    """What a test says."""

    PENDING = "pending"
    ACCEPT = "accept"
    REJECT = "reject"
