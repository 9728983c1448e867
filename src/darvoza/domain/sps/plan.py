"""Sampling plans in force: the less a trader's goods fail, the fewer are examined."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.measure import MeasureScope


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """A plan of one service for one act.

    Attributes
    ----------
    code, title, agency, act
        Unique code and name, whose, and for which act.
    scope
        The goods it is about.
    fractions
        Fractions examined, falling from the census: two for a continuous plan, more for a ladder.
    clearances
        Passes in a row that lead from each fraction to the next.
    memory
        Examined consignments for which a failure under monitoring is remembered, in place of an immediate census
        (CSP-2); 0 for CSP-1.
    validity
        Days without a consignment after which a trader starts anew.
    least_mass
        Net mass below which the pass of a consignment does not count, kg; 0 for none.
    distinct_days
        Whether of what was lodged on one day only one pass counts.
    legal_basis
        The act it rests on.
    start, end
        First and last day it is in force.
    """

    code: str
    title: str
    agency: Agency
    act: Act
    scope: MeasureScope
    fractions: tuple[float, ...]
    clearances: tuple[int, ...]
    legal_basis: str
    start: date
    end: date | None = None
    memory: int = 0
    validity: int | None = 365
    least_mass: Decimal = Decimal(0)
    distinct_days: bool = False
