"""Rules of European regulations and of the single window of Great Britain, as published."""

from datetime import date
from decimal import Decimal

import pytest

from darvoza.cli.reference_data import shipped
from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.control import Check, CheckStatus
from darvoza.flow.assessment.measures import measure_profiles
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.inspection.outcomes import customs_code, identity_animals, identity_packages, raised_frequency
from darvoza.flow.intake.measures import read_measures

DAY = date(2026, 3, 1)


def frequency(file: str, act: Act, hs: str, origin: str) -> float:
    """The floor that a shipped file puts under an act for goods of an origin; 0 where it says nothing."""
    profiles = [one for one in measure_profiles(read_measures(shipped(file))) if one.treatment.act is act]
    shares = {profile.code: profile.treatment.share for profile in profiles}
    matches = RecordExecutor(profiles).match([{"item": 1, "hs": hs, "origin": origin}], DAY)
    return float(max((shares[match.profile] for match in matches), default=0))


@pytest.mark.parametrize(
    ("hs", "origin", "share"),
    [
        ("080510", "EG", 0.10),
        ("08022100", "GE", 0.20),
        ("12024100", "GH", 0.50),
        ("070820", "KE", 0.10),
        ("1006", "PK", 0.10),
        ("08055010", "TR", 0.20),
        ("08055010", "UZ", 0.0),
    ],
)
def test_increased_controls_of_regulation_2019_1793(hs: str, origin: str, share: float) -> None:
    assert frequency("sps_increased_controls.yaml", Act.SAMPLING, hs, origin) == share


@pytest.mark.parametrize(
    ("hs", "origin", "share"),
    [
        ("080510", "US", 0.75),
        ("080810", "CL", 0.05),
        ("060311", "KE", 0.25),
        ("080610", "UZ", 0.01),
        ("843280", "CN", 0.05),
        ("060220", "UZ", 1.0),
    ],
)
def test_plant_health_frequencies_of_regulation_2022_2389(hs: str, origin: str, share: float) -> None:
    assert frequency("sps_plant_frequencies.yaml", Act.PHYSICAL, hs, origin) == share


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (CheckStatus.AUTO_CLEARED, "C03"),
        (CheckStatus.HOLD, "H01"),
        (CheckStatus.NOT_INSPECTED, "C02"),
        (CheckStatus.TO_DO, "H01"),
    ],
)
def test_codes_of_checks_in_the_single_window_of_great_britain(status: CheckStatus, code: str) -> None:
    assert customs_code([Check(Agency.PHYTOSANITARY, Act.PHYSICAL, status)]) == code


def test_the_worst_check_wins() -> None:
    statuses = [CheckStatus.COMPLIANT, CheckStatus.COMPLIANT, CheckStatus.TO_BE_INSPECTED]
    assert customs_code([Check(Agency.PHYTOSANITARY, Act.PHYSICAL, status) for status in statuses]) == "H02"


@pytest.mark.parametrize(("packages", "checked"), [(1000, 10), (2, 2), (50, 2), (5000, 10)])
def test_packages_of_an_identity_check_of_regulation_2019_2130(packages: int, checked: int) -> None:
    assert identity_packages(packages) == checked


@pytest.mark.parametrize(("animals", "checked"), [(1000, 100), (60, 10), (9, 9)])
def test_animals_of_an_identity_check_of_regulation_2019_2130(animals: int, checked: int) -> None:
    assert identity_animals(animals) == checked


@pytest.mark.parametrize(("current", "raised"), [("0.05", "0.15"), ("0.15", "0.30"), ("0.30", "0.50")])
def test_frequencies_after_deficiencies_of_regulation_2019_2129(current: str, raised: str) -> None:
    assert raised_frequency(Decimal(current)) == Decimal(raised)
