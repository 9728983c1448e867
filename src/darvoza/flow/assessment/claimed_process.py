"""A declared process is a claim: goods that would be safe by it alone are looked at, to see that it was carried out."""

from typing import Final

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.expression import Include, Not, OneOf, both
from darvoza.domain.profile import RiskProfile, Treatment, UnknownPolicy, Validity
from darvoza.domain.selection import FloorKind
from darvoza.domain.sps.competence import PROCESSES, Processing
from darvoza.domain.wording import render
from darvoza.flow.assessment.matching_profiles import OUTGOING

CODE: Final = "CLAIMED-PROCESS"
STILL_CONTROLLED: Final = ("2", "3", "4")
"""Categories of ISPM 32 in which something may live."""


def claimed_process_profile() -> RiskProfile:
    """Give the profile that has the identity of such goods checked by plant health.

    Where the register of competence trusts a process, an entry for it says so, and the profile does not match. Goods that
    leave are looked at by the country they go to.

    Examples
    --------
    >>> claimed_process_profile().sentence.split(" and process")[0]
    'sps_agencies include phytosanitary and ispm32_category in (2, 3, 4)'
    """
    safe = tuple(name for name, possible in PROCESSES.items() if possible is Processing.SAFE)
    condition = both(
        Include("sps_agencies", (Agency.PHYTOSANITARY.value,)),
        OneOf("ispm32_category", STILL_CONTROLLED),
        OneOf("process", safe),
        Not(OUTGOING),
    )
    return RiskProfile(
        code=CODE,
        title="Raw or live goods, or goods for planting, declared as processed so that nothing lives in them",
        agency=Agency.PHYTOSANITARY,
        risk_area=RiskArea.SPS,
        condition=condition,
        sentence=render(condition),
        treatment=Treatment(Act.IDENTITY),
        unknown=UnknownPolicy.NO_MATCH,
        valid=Validity(),
        legal_basis="Categories of ISPM 32 by processing; identity check of ISPM 23",
        floor=FloorKind.LAW,
    )
