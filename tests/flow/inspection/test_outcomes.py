from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.control import (
    AgencyDecision,
    Check,
    CheckStatus,
    ControlOutcome,
)
from darvoza.errors import InvalidValue
from darvoza.flow.inspection.outcomes import (
    CODE_OF_OUTCOME,
    CODE_OF_STATUS,
    customs_code,
    customs_word,
    joint_outcome,
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


@pytest.mark.parametrize(("code", "word"), [("C03", "release"), ("H01", "hold"), ("N04", "refuse")])
def test_every_code_is_one_of_three_words(code: str, word: str) -> None:
    assert customs_word(code) == word


def test_a_code_of_no_known_kind_is_refused() -> None:
    with pytest.raises(InvalidValue, match="begins with C, H, N"):
        customs_word("X00")
