"""Rules of European regulations and of the single window of Great Britain, as published."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from architecture.house import ROOT
from darvoza.cli.reference_data import shipped
from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.certificate import ISSUED, CertificateType
from darvoza.domain.sps.control import Check, CheckStatus
from darvoza.errors import InvalidValue
from darvoza.flow.assessment.measures import measure_profiles
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.inspection.outcomes import (
    NOTICE_DAYS,
    NOTICE_DAYS_WOOD,
    NOTICE_HOURS,
    customs_code,
    latest_notice,
    raised_frequency,
    reduced_frequency_allowed,
)
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


@pytest.mark.parametrize(("current", "raised"), [("0.05", "0.15"), ("0.15", "0.30"), ("0.30", "0.50")])
def test_frequencies_after_deficiencies_of_regulation_2019_2129(current: str, raised: str) -> None:
    assert raised_frequency(Decimal(current)) == Decimal(raised)


CASES = ROOT.parent / "shared" / "reference" / "sps_cases.json"
ANY = "UZ"
GENUS = {
    "Citrus": "080510", "Malus": "080810", "Rosa cut flowers": "060311", "Vitis": "080610", "plants for planting": "060220",
    "used agricultural/forestry machinery": "843280",
}  # fmt: skip
STATUS = {status.value.replace("_", " "): status for status in CheckStatus}


def code_of(*words: str) -> str:
    return customs_code([Check(Agency.PHYTOSANITARY, Act.PHYSICAL, STATUS[word.casefold()]) for word in words])


def baseline(category: str) -> dict[str, float]:
    made = measure_profiles(read_measures(shipped("sps_frequencies.yaml")))
    mine = [one for one in made if one.code.startswith(f"EU-2129-{category}:")]
    return {one.treatment.act.value: float(one.treatment.share) for one in mine}


COMPUTED: dict[str, Callable[[dict[str, Any]], object]] = {
    "eu_2019_1793_frequency": lambda g: frequency("sps_increased_controls.yaml", Act.SAMPLING, g["cn"], g["origin"]),
    "eu_2022_2389_rate": lambda g: frequency(
        "sps_plant_frequencies.yaml", Act.PHYSICAL, GENUS[g["product"]], g["origin"].replace("any", ANY)
    ),
    "sps_check_to_customs_code": lambda g: code_of(g["check_status"]),
    "combine_checks_worst_wins": lambda g: code_of(*g.values()),
    "eu_2019_2129_baseline": lambda g: baseline(g["risk_category"]),
    "eu_2019_2129_increase": lambda g: float(raised_frequency(Decimal(str(g["current_physical"])))),
    "eu_2022_2389_eligibility": lambda g: reduced_frequency_allowed(
        g["consignments_per_year"], g["checked_3y"], g["infested_rate_by_year"]
    ),
    "ephyto_type_codes": lambda _: {
        "export_pc": int(CertificateType.EXPORT),
        "reexport_pc": int(CertificateType.RE_EXPORT),
        "issued_status": int(ISSUED),
    },
    "prior_notification": lambda _: {
        "min_lead": f"{NOTICE_DAYS} working day",
        "logistical_derogation_hours": NOTICE_HOURS,
        "logs_and_wood_working_days": NOTICE_DAYS_WOOD,
    },
}
"""Kinds of published cases that are rules of law or of another system; how a run did (FDA PREDICT) is no rule."""


def cases() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    every: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    return [case for case in every if case["algorithm"] in COMPUTED]


@pytest.mark.skipif(not CASES.exists(), reason="the published cases lie outside the repository")
@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases()])
def test_a_published_rule_is_reproduced(case: dict[str, Any]) -> None:
    assert COMPUTED[case["algorithm"]](case["inputs"]) == case["expected"]


@pytest.mark.parametrize(
    ("arrival", "wood", "notice"),
    [
        (datetime(2026, 3, 4, 9, tzinfo=UTC), False, datetime(2026, 3, 3, 9, tzinfo=UTC)),
        (datetime(2026, 3, 2, 9, tzinfo=UTC), False, datetime(2026, 2, 27, 9, tzinfo=UTC)),
        (datetime(2026, 3, 4, 9, tzinfo=UTC), True, datetime(2026, 2, 25, 9, tzinfo=UTC)),
    ],
)
def test_notice_is_given_working_days_before(arrival: datetime, *, wood: bool, notice: datetime) -> None:
    assert latest_notice(arrival, wood=wood) == notice
    assert latest_notice(arrival, wood=wood, prevented=True) == arrival - timedelta(hours=NOTICE_HOURS)


def test_reduced_frequency_asks_for_three_years() -> None:
    with pytest.raises(InvalidValue, match="three years"):
        reduced_frequency_allowed([600], 600, [0.0])
