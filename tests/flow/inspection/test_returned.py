"""What a post without a line brings back of a case that went on without it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from darvoza.domain.casework import Case, CaseState, ExaminationResult, Hand, ItemResult
from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.errors import CaseRefused
from darvoza.flow.inspection import casework
from darvoza.flow.inspection.returned import Became, Returned, returned

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WHY = "seen on the photographs"
AIDA, CHIEF = Hand("aida", Agency.CUSTOMS), Hand("cholpon", Agency.CUSTOMS)
FOUND, CLEARED = ItemResult(1, (RiskArea.ORIGIN,)), ItemResult(1)
MORE = ItemResult(2, (RiskArea.PROHIBITED,), seized=True)


def a_case(*items: ItemResult) -> Case:
    case = Case("D1:customs:physical", Agency.CUSTOMS, "KG-OSH", Act.PHYSICAL, (1, 2), goods={1: "cars", 2: "shirts"})
    case = casework.claim(case, AIDA)
    return casework.record(case, AIDA, ExaminationResult("aida", NOW, items)) if items else case


def brought(case: Case, *items: ItemResult, by: str = "bek", at: datetime = NOW) -> Returned:
    return returned(case, ExaminationResult(by, at, items), reason=WHY)


def found(case: Case) -> dict[int, bool]:
    return {item: word.found for item, word in case.words.items()}


@pytest.mark.parametrize("agreed", [True, False])
def test_a_new_finding_beside_a_taken_back_one_waits_for_nobody(*, agreed: bool) -> None:
    came = brought(a_case(FOUND, ItemResult(2)), CLEARED, MORE)
    assert ([item.item for item in came.taken], came.became) == ([1], None)
    assert (came.case.state, found(came.case)) == (CaseState.LOWERING, {1: True, 2: True})
    settle = casework.confirm_lowering if agreed else casework.refuse_lowering
    after = settle(came.case, CHIEF, reason=WHY, at=NOW)
    assert (after.state, found(after)) == (CaseState.RECORDED, {1: not agreed, 2: True})


def test_a_newer_word_on_what_a_proposal_takes_back_ends_it() -> None:
    proposed = brought(a_case(FOUND, ItemResult(2)), CLEARED).case
    seized = replace(FOUND, seized=True)
    came = brought(proposed, seized)
    assert (came.case.state, came.became, came.case.words[1].seized) == (CaseState.RECORDED, Became.LAPSED, True)
    # however the newer word came, and also where an earlier version kept the proposal
    late = replace(proposed, results=(*proposed.results, ExaminationResult("bek", NOW + timedelta(hours=1), (seized,))))
    for case in (late, replace(late, overrides=(replace(late.overrides[0], known=None),))):
        with pytest.raises(CaseRefused, match="got 'a newer word on item 1'"):
            casework.confirm_lowering(case, CHIEF, reason=WHY, at=NOW)
        assert casework.refuse_lowering(case, CHIEF, reason=WHY, at=NOW).state is CaseState.RECORDED


def test_a_word_on_other_goods_leaves_a_proposal_to_its_second_person() -> None:
    came = brought(brought(a_case(FOUND, ItemResult(2)), CLEARED).case, MORE)
    assert (came.case.state, came.became, found(came.case)) == (CaseState.LOWERING, Became.WAITS, {1: True, 2: True})
    agreed = casework.confirm_lowering(came.case, CHIEF, reason=WHY, at=NOW)
    assert (found(agreed), agreed.words[2].seized) == ({1: False, 2: True}, True)


def test_what_one_person_proposes_twice_is_decided_together_but_for_what_is_known_better_by_then() -> None:
    first = brought(a_case(FOUND, MORE), CLEARED, ItemResult(2)).case
    again = brought(first, CLEARED, MORE)
    assert (again.became, found(again.case)) == (Became.TOGETHER, {1: True, 2: True})
    assert found(casework.confirm_lowering(again.case, CHIEF, reason=WHY, at=NOW)) == {1: False, 2: True}
    both = brought(brought(a_case(FOUND, MORE), CLEARED).case, ItemResult(2))
    assert found(casework.confirm_lowering(both.case, CHIEF, reason=WHY, at=NOW)) == {1: False, 2: False}
    other = brought(first, CLEARED, by="marat")
    assert other.became is Became.REPLACED
    assert found(casework.confirm_lowering(other.case, CHIEF, reason=WHY, at=NOW)) == {1: False, 2: True}


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_post_does_not_speak_for_a_laboratory_of_which_it_did_not_know(hours: int) -> None:
    case = a_case(ItemResult(1, samples=("A-1",)), ItemResult(2))
    came = brought(case, CLEARED, ItemResult(2), at=NOW + timedelta(hours=hours))
    assert (came.case.state, came.case.words[1].awaited) == (CaseState.AWAITING, ("A-1",))
    held = brought(case, FOUND, at=NOW + timedelta(hours=hours)).case
    assert (held.state, held.words[1].found) == (CaseState.RECORDED, True)
    cleared = casework.confirm_lowering(brought(held, CLEARED).case, CHIEF, reason=WHY, at=NOW)
    assert (cleared.state, cleared.words[1].awaited) == (CaseState.AWAITING, ("A-1",))


def test_to_do_less_is_over_where_all_is_done_and_waits_where_it_is_not() -> None:
    proposed = casework.propose_lowering(a_case(), AIDA, None, reason=WHY, at=NOW)
    assert brought(proposed, CLEARED).became is Became.WAITS
    came = brought(proposed, CLEARED, ItemResult(2))
    assert (came.became, came.case.state) == (Became.OVER, CaseState.RECORDED)
