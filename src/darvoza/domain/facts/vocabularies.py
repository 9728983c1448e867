"""Which codes a fact can have at all, where that is a closed list; of every other fact any code may come."""

from collections.abc import Collection, Mapping
from typing import Final

from darvoza.domain.code_lists import COUNTRIES, CURRENCIES
from darvoza.domain.codes import Agency
from darvoza.domain.facts.declared import DECLARED
from darvoza.domain.fields import FIELDS
from darvoza.domain.matching import PermitFault
from darvoza.domain.sps.certificate import CertificateFault
from darvoza.domain.sps.competence import PlantRisk, SanitaryCategory, VeterinaryCategory
from darvoza.domain.sps.registers import ListingStatus, StatusCode

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_OF_UNIT: Final[Mapping[str, Collection[str]]] = {"ISO 3166-1": COUNTRIES, "ISO 4217": CURRENCIES}


def _declared() -> dict[str, Collection[str]]:
    """Give what intake lets through: nothing else can stand in a declaration."""
    choices = {entry.name: entry.choices for entry in FIELDS if entry.choices}
    codes = {fact.name: _OF_UNIT.get(fact.unit) or choices.get(fact.name) for fact in DECLARED}
    return {name: known for name, known in codes.items() if known}


VOCABULARY: Final[Mapping[str, Collection[str]]] = {
    **_declared(),
    "weekday": WEEKDAYS,
    "local_weekday": WEEKDAYS,
    "sps_agencies": tuple(Agency),
    "veterinary_category": tuple(VeterinaryCategory),
    "plant_risk": tuple(PlantRisk),
    "ispm32_category": ("1", "2", "3", "4"),
    "sanitary_category": tuple(SanitaryCategory),
    "zone_status": tuple(StatusCode),
    "establishment_status": tuple(ListingStatus),
    "phytosanitary_certificate_faults": tuple(CertificateFault),
    "veterinary_certificate_faults": tuple(CertificateFault),
    "sanitary_certificate_faults": tuple(CertificateFault),
    "permit_faults": tuple(PermitFault),
}
"""By fact: every code it can have."""

DIGITS: Final[Mapping[str, tuple[int, int]]] = {
    "chapter": (2, 2), "heading": (4, 4), "subheading": (6, 6), "hs": (6, 10)
}  # fmt: skip
"""By fact of the commodity: the fewest and the most digits it has."""
