"""Whether one version of a profile in the place of another may ask for less."""

from datetime import date

from darvoza.domain.profile import RiskProfile, UnknownPolicy, Validity
from darvoza.flow.assessment.implication import implies


def asks_no_less(held: RiskProfile, other: RiskProfile, day: date) -> bool:
    """Tell whether it is proved that another version asks, from a day on, for all that the one that is held asks for.

    A yes is a proof by the form of the two, as that of `darvoza.flow.assessment.implication.implies`; a no means only that
    the form does not tell. Acts are compared with themselves only: one is no more of another.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from dataclasses import replace
    >>> from darvoza.domain.codes import Act, Agency, RiskArea
    >>> from darvoza.domain.profile import Treatment
    >>> from darvoza.flow.assessment.sentence import parse
    >>> half = Treatment(Act.PHYSICAL, Decimal("0.5"))
    >>> held = RiskProfile("A", "Cars", Agency.CUSTOMS, RiskArea.UNDERVALUATION, parse("hs starts with 8703"), half,
    ...                    UnknownPolicy.NO_MATCH, Validity())
    >>> wider = replace(held, condition=parse("hs starts with 87"))
    >>> asks_no_less(held, wider, date(2026, 3, 1)), asks_no_less(wider, held, date(2026, 3, 1))
    (True, False)
    """
    same = (held.agency, held.treatment.act, held.floor) == (other.agency, other.treatment.act, other.floor)
    unknown = other.unknown in (held.unknown, UnknownPolicy.MATCH)
    share = held.treatment.share <= other.treatment.share
    return (
        same
        and unknown
        and share
        and _covers(other.valid, held.valid, day)
        and implies(held.condition, other.condition)
    )


def _covers(other: Validity, held: Validity, day: date) -> bool:
    """Tell whether every day from one on that is in one validity is in the other."""
    last = held.end or date.max
    first = max(held.start or date.min, day)
    return first > last or ((other.start or date.min) <= first and last <= (other.end or date.max))
