from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.control import (
    AgencyDecision,
    Check,
    CheckStatus,
    ControlOutcome,
    LaboratoryTest,
    LaboratoryVerdict,
)
from darvoza.errors import InvalidValue
from darvoza.flow.inspection.outcomes import (
    CODE_OF_OUTCOME,
    CODE_OF_STATUS,
    customs_code,
    joint_outcome,
    laboratory_verdict,
    may_be_released,
    second_test,
    substituted,
    with_result,
)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
VET, PHYTO, SAN = Agency.VETERINARY, Agency.PHYTOSANITARY, Agency.SANITARY


def checks(*statuses: CheckStatus) -> list[Check]:
    return [Check(PHYTO, Act.PHYSICAL, status) for status in statuses]


def said(agency: Agency, outcome: ControlOutcome, hours: int = 0, items: tuple[int, ...] = ()) -> AgencyDecision:
    return AgencyDecision(agency, outcome, NOW + timedelta(hours=hours), items)


@given(st.lists(st.sampled_from(list(CheckStatus)), min_size=1))
def test_a_refusal_outweighs_a_hold_and_a_hold_a_clearance(statuses: list[CheckStatus]) -> None:
    letters = {CODE_OF_STATUS[status][0] for status in statuses}
    assert customs_code(checks(*statuses))[0] == next(letter for letter in "NHC" if letter in letters)


def test_nothing_is_cleared_by_nobodys_word() -> None:
    with pytest.raises(InvalidValue):
        customs_code([])


def test_every_status_and_outcome_has_its_code() -> None:
    assert set(CODE_OF_STATUS) == set(CheckStatus)
    assert set(CODE_OF_OUTCOME) == set(ControlOutcome)


def test_the_worst_word_of_any_service_counts_item_by_item() -> None:
    decisions = [
        said(VET, ControlOutcome.RELEASE),
        said(PHYTO, ControlOutcome.RELEASE, items=(1,)),
        said(PHYTO, ControlOutcome.RETURN, items=(2,)),
    ]
    outcome = joint_outcome(decisions, (VET, PHYTO), (1, 2))
    assert outcome == {1: ControlOutcome.RELEASE, 2: ControlOutcome.RETURN}


def test_goods_wait_for_the_word_of_every_service_unless_one_refuses() -> None:
    assert joint_outcome([said(VET, ControlOutcome.RELEASE)], (VET, SAN), (1,)) == {1: None}
    assert joint_outcome([said(VET, ControlOutcome.DESTROY)], (VET, SAN), (1,)) == {1: ControlOutcome.DESTROY}


def test_the_latest_word_of_a_service_counts() -> None:
    later = [said(VET, ControlOutcome.QUARANTINE), said(VET, ControlOutcome.RELEASE, hours=72)]
    assert joint_outcome(later[::-1], (VET,), (1,)) == {1: ControlOutcome.RELEASE}


A_TEST = LaboratoryTest(
    "S-1", "aflatoxin B1", "µg/kg", suspicion=False, requested_at=NOW, accepted_at=NOW, limit=Decimal(10)
)


def reported(result: str, *, u: str = "2", test: LaboratoryTest = A_TEST) -> LaboratoryTest:
    return with_result(test, Decimal(result), unit="µg/kg", expanded_uncertainty=Decimal(u), at=NOW)


def test_a_result_rejects_only_beyond_its_uncertainty() -> None:
    assert laboratory_verdict(reported("12.0")) is LaboratoryVerdict.ACCEPT
    assert laboratory_verdict(reported("12.5")) is LaboratoryVerdict.REJECT
    assert laboratory_verdict(A_TEST) is LaboratoryVerdict.PENDING


def test_a_result_in_another_unit_is_refused_and_not_converted() -> None:
    with pytest.raises(InvalidValue, match="unit"):
        with_result(A_TEST, Decimal(1), unit="mg/kg", expanded_uncertainty=Decimal(0), at=NOW)


def test_a_laboratory_reports_once_and_after_taking_on() -> None:
    with pytest.raises(InvalidValue, match="accepted_at"):
        reported("1", test=replace(A_TEST, accepted_at=None))
    with pytest.raises(InvalidValue, match="second test"):
        reported("1", test=reported("2"))


@pytest.mark.parametrize("changes", [{"limit": None}, {"expanded_uncertainty": None}, {"result": Decimal("nan")}])
def test_a_result_needs_a_limit_and_an_uncertainty(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        laboratory_verdict(replace(reported("12"), **changes))  # type: ignore[arg-type]


def test_a_rejection_opens_a_second_test_which_then_decides() -> None:
    rejected = reported("20")
    again = replace(second_test(rejected, at=NOW), accepted_at=NOW)
    assert not may_be_released([rejected, again])
    assert may_be_released([rejected, reported("5", test=again)])
    for wrong in (A_TEST, reported("5"), reported("20", test=again)):
        with pytest.raises(InvalidValue):
            second_test(wrong, at=NOW)


def test_goods_go_before_the_result_only_where_nothing_is_suspected() -> None:
    assert may_be_released([A_TEST])
    assert not may_be_released([replace(A_TEST, suspicion=True)])
    assert may_be_released([])


def test_an_officer_may_take_another_consignment_of_the_same_kind_and_it_is_recorded() -> None:
    selected = Check(VET, Act.PHYSICAL, CheckStatus.TO_DO)
    assert substituted(selected, "D-2", same_category=True, same_origin=True).substitute_for == "D-2"
    with pytest.raises(InvalidValue, match="same category and origin"):
        substituted(selected, "D-2", same_category=True, same_origin=False)
