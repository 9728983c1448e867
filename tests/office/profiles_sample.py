"""A small set of profiles for the tests of the office: one in force of customs, one of the phytosanitary service."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from builders import trade
from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.flow.assessment.profile_files import parse_profile
from darvoza.flow.chronicle import by_month, keep_history
from darvoza.office.profiles.models import Version
from darvoza.office.profiles.services.files import TakenIn, take_in
from darvoza.office.profiles.services.versions import begin
from office.sample import NOW
from people import Cast

CARS, PLANTS = "CUS-VAL-900", "SPS-PHY-900"
LATER = NOW + timedelta(hours=1)
GOODS = trade(150, 2, days=40, examined=0.4)
"""What the history of the tests holds."""

WHY = "prices have moved since the spring"


def fields(code: str = CARS, **changes: Any) -> dict[str, Any]:
    """The fields of a profile that can be used."""
    made: dict[str, Any] = {
        "code": code,
        "title": "Undervalued used cars",
        "agency": "customs",
        "risk_area": "undervaluation",
        "legal_basis": "Customs Code, Article 310",
        "valid": {"from": "2026-01-01", "to": "2027-12-31"},
        "when": "hs starts with 8703 and unit_value < 2",
        "treatment": {"act": "physical", "share": "0.5"},
        "unknown": "no match",
        "instructions": {"en": "Ask for proof of payment.", "ru": "Запросить подтверждение оплаты."},
        "cases": [
            {"title": "A cheap car is opened", "given": {"hs": "870323", "unit_value": "1.5"}, "expect": "match"}
        ],
    }
    return {**made, **changes}


def a_profile(code: str = CARS, **changes: Any) -> RiskProfile:
    """A profile that can be used."""
    return parse_profile(fields(code, **changes), "sample")


@cache
def sample_set() -> ProfileSet:
    """The profiles in force."""
    plants = a_profile(
        PLANTS, agency="phytosanitary", risk_area="sps", title="Cut flowers in bulk", when="hs starts with 0603",
        cases=[{"title": "Flowers", "given": {"hs": "060311"}, "expect": "match"}],
    )  # fmt: skip
    return ProfileSet((a_profile(), plants))


def take_in_sample() -> TakenIn:
    """Put the sample in force."""
    return take_in(sample_set(), by="system", now=NOW)


def keep_goods(place: Path) -> None:
    """Write the history of the tests."""
    place.mkdir()
    keep_history(by_month(GOODS), place, told={})


def a_draft(cast: Cast, name: str = "timur", **changes: Any) -> Version:
    """A draft of the next version of the cars, by somebody."""
    changed = {"when": "hs starts with 8703 and unit_value < 3", **changes}
    return begin(cast[name], fields(**changed), now=LATER)
