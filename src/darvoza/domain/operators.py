"""Authorised operators: who is one, since when, on what criteria, and which benefits he was granted."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from darvoza.domain.codes import Role


class Benefit(StrEnum):
    """What an authorisation may give; the seven of WTO TFA 7.7.3, of which at least three are to be given."""

    FEW_DOCUMENTS = "few_documents"
    FEW_EXAMINATIONS = "few_examinations"
    RAPID_RELEASE = "rapid_release"
    DEFERRED_PAYMENT = "deferred_payment"
    REDUCED_GUARANTEE = "reduced_guarantee"
    SINGLE_DECLARATION = "single_declaration"
    OWN_PREMISES = "own_premises"


class OperatorCriterion(StrEnum):
    """What an operator is judged by before he is authorised (WTO TFA 7.7.2(a))."""

    COMPLIANCE = "compliance"
    RECORDS = "records"
    SOLVENCY = "solvency"
    SECURITY = "security"


TERMS: Final = ("authorised_on", "ends_on", "suspended_from", "suspended_to")
"""The fields that say on which days an authorisation is in force."""


@dataclass(frozen=True, slots=True)
class AuthorisedOperator:
    """An entry of the register of authorised operators.

    Attributes
    ----------
    trader, role
        Who, and as what.
    authorised_on, ends_on
        First and last day of the authorisation; no last day when open.
    suspended_from, suspended_to
        Days of a suspension, both included; no last day while it lasts.
    criteria
        The criteria found fulfilled.
    benefits
        What he was granted.
    small
        Whether it is a small firm by national law; ``None`` where not stated.
    legal_basis
        The decision that authorised him.
    """

    trader: str
    role: Role
    authorised_on: date
    ends_on: date | None = None
    suspended_from: date | None = None
    suspended_to: date | None = None
    criteria: tuple[OperatorCriterion, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    small: bool | None = None
    legal_basis: str = ""

    def in_force(self, day: date) -> bool:
        """Tell whether the authorisation holds on a day.

        Examples
        --------
        >>> operator = AuthorisedOperator("I-1", Role.IMPORTER, date(2026, 1, 1), suspended_from=date(2026, 3, 1))
        >>> operator.in_force(date(2026, 2, 1)), operator.in_force(date(2026, 3, 1))
        (True, False)
        """
        within = self.authorised_on <= day and (self.ends_on is None or day <= self.ends_on)
        suspended = self.suspended_from is not None and self.suspended_from <= day
        lifted = self.suspended_to is not None and self.suspended_to < day
        return within and not (suspended and not lifted)
