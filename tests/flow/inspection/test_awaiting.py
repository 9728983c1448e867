from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from darvoza.domain.casework import Case, CaseState, ExaminationResult, Hand, ItemResult
from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.errors import CaseRefused
from darvoza.flow.inspection import casework
from darvoza.flow.inspection.learned import outcomes_of

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=5)
WHY = "the number of the sample was misread"
SANIYA = Hand("saniya", Agency.SANITARY, frozenset({"KG-OSH"}))
TIMUR = Hand("timur", Agency.SANITARY, frozenset({"KG-OSH"}))
SAMPLED = ItemResult(1, samples=("П-17", "П-18"))
GOODS = {1: "ab", 2: "cd"}


def a_result(*items: ItemResult, by: str = "saniya", at: datetime = NOW) -> ExaminationResult:
    return ExaminationResult(by, at, items)


def a_case() -> Case:
    case = Case("D1:sanitary:sampling", Agency.SANITARY, "KG-OSH", Act.SAMPLING, (1, 2), goods=GOODS)
    return casework.claim(case, SANIYA)


def awaiting() -> Case:
    return casework.record(a_case(), SANIYA, a_result(SAMPLED, ItemResult(2)))


def test_samples_on_which_nothing_was_found_await_the_laboratory_in_nobodys_hands() -> None:
    case = awaiting()
    assert (case.state, case.holder) == (CaseState.AWAITING, None)
    assert case.awaited == case.lacking == casework.owed(case) == {1}
    assert [row["item"] for row in outcomes_of(case)] == [2]


def test_what_was_found_beside_a_sample_awaits_nothing() -> None:
    found = replace(SAMPLED, areas=(RiskArea.SPS,))
    assert casework.record(a_case(), SANIYA, a_result(found, ItemResult(2))).state is CaseState.RECORDED


@pytest.mark.parametrize("areas", [(), (RiskArea.SPS,)])
def test_the_word_of_the_laboratory_is_recorded_later_by_anybody_of_the_post(areas: tuple[RiskArea, ...]) -> None:
    case = casework.claim(awaiting(), TIMUR)
    assert casework.give_back(case, TIMUR) == awaiting()
    case = casework.record(case, TIMUR, a_result(ItemResult(1, areas), by="timur", at=LATER))
    assert (case.state, case.holder, case.lacking) == (CaseState.RECORDED, "timur", frozenset())
    assert case.words[1].samples == SAMPLED.samples
    assert {row["item"]: (row["finding"], row["result_at"]) for row in outcomes_of(case)} == {
        1: (bool(areas), LATER), 2: (False, NOW),
    }  # fmt: skip


def test_a_number_of_a_sample_is_corrected_and_still_awaited() -> None:
    corrected = replace(SAMPLED, samples=("П-71",))
    case = casework.correct(awaiting(), SANIYA, a_result(corrected, ItemResult(2)), reason=WHY)
    assert (case.state, case.words[1].awaited) == (CaseState.AWAITING, ("П-71",))
    none = casework.correct(awaiting(), SANIYA, a_result(ItemResult(1), ItemResult(2)), reason=WHY)
    assert (none.state, none.holder) == (CaseState.RECORDED, "saniya")


def test_what_was_found_in_one_sample_is_told_before_the_others_are_known() -> None:
    both = casework.record(a_case(), SANIYA, a_result(SAMPLED, ItemResult(2, samples=("П-19",))))
    said = a_result(replace(SAMPLED, areas=(RiskArea.SPS,)), ItemResult(2, samples=("П-19",)), at=LATER)
    case = casework.correct(both, SANIYA, said, reason="the laboratory called first")
    assert (case.state, case.awaited) == (CaseState.AWAITING, frozenset({2}))
    assert [(row["item"], row["finding"]) for row in outcomes_of(case)] == [(1, True)]


def test_a_sample_that_was_forgotten_is_awaited_once_it_is_told_and_a_word_of_the_laboratory_stays_one() -> None:
    done = casework.record(a_case(), SANIYA, a_result(ItemResult(1), ItemResult(2)))
    told = casework.correct(done, SANIYA, a_result(SAMPLED, ItemResult(2)), reason=WHY)
    assert (told.state, told.holder) == (CaseState.AWAITING, None)
    known = casework.record(casework.claim(awaiting(), SANIYA), SANIYA, a_result(ItemResult(1), at=LATER))
    same = casework.correct(known, SANIYA, a_result(replace(SAMPLED, samples=("П-71",)), at=LATER), reason=WHY)
    assert same.state is CaseState.RECORDED


def test_words_on_samples_that_were_recorded_before_anything_was_awaited_stand() -> None:
    old = replace(a_case(), state=CaseState.RECORDED, results=(a_result(SAMPLED, ItemResult(2)),))
    assert (old.awaited, old.lacking) == (frozenset(), frozenset())


def test_an_amendment_takes_away_what_was_awaited_of_other_goods_and_no_more() -> None:
    same = casework.order_again(awaiting(), (1, 2), (), Act.SAMPLING, goods=GOODS)
    assert (same.state, same.lacking) == (CaseState.AWAITING, frozenset({1}))
    other = casework.order_again(awaiting(), (1, 2), (), Act.SAMPLING, goods={**GOODS, 1: "xy"})
    assert (other.state, other.awaited, casework.owed(other)) == (CaseState.WAITING, frozenset(), frozenset({1}))


def test_goods_that_came_are_looked_at_without_speaking_for_the_laboratory() -> None:
    more = casework.order_again(awaiting(), (1, 2, 3), (), Act.SAMPLING, goods={**GOODS, 3: "ef"})
    assert (more.state, casework.owed(more)) == (CaseState.WAITING, frozenset({3}))
    case = casework.record(casework.claim(more, TIMUR), TIMUR, a_result(ItemResult(3), by="timur", at=LATER))
    assert (case.state, case.lacking) == (CaseState.AWAITING, frozenset({1}))


def test_other_goods_that_were_sampled_are_awaited_as_those_to_be_examined_are() -> None:
    case = replace(a_case(), items=(2,))
    case = casework.record(case, SANIYA, a_result(SAMPLED, ItemResult(2)))
    assert (case.state, casework.owed(case)) == (CaseState.AWAITING, frozenset({1}))


def test_a_finding_is_taken_back_by_two_also_by_way_of_a_laboratory() -> None:
    found = a_result(ItemResult(1, (RiskArea.SPS,)), ItemResult(2))
    case = casework.record(a_case(), SANIYA, found)
    case = casework.refer_again(case, SANIYA, Act.SAMPLING, suspicion="the cold chain was broken", at=LATER)
    said = a_result(replace(SAMPLED, words=WHY), ItemResult(2), at=LATER)
    case = casework.record(case, SANIYA, said)
    assert case.state is CaseState.LOWERING
    case = casework.confirm_lowering(case, TIMUR, reason="the sample was taken", at=LATER)
    assert case.state is CaseState.AWAITING


def test_what_awaits_a_laboratory_ends_with_its_declaration_and_is_not_done_without_being_taken() -> None:
    assert casework.cancel(awaiting(), SANIYA).state is CaseState.WITHDRAWN
    with pytest.raises(CaseRefused, match="a case that is claimed"):
        casework.record(awaiting(), SANIYA, a_result(ItemResult(1)))
