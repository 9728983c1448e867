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
NONE = ItemResult(2, words="one sealed bottle, of a lot that was sampled")
GOODS = {1: "ab", 2: "cd"}


def a_result(*items: ItemResult, by: str = "saniya", at: datetime = NOW) -> ExaminationResult:
    return ExaminationResult(by, at, items)


def a_case() -> Case:
    case = Case("D1:sanitary:sampling", Agency.SANITARY, "KG-OSH", Act.SAMPLING, (1, 2), goods=GOODS)
    return casework.claim(case, SANIYA)


def awaiting() -> Case:
    return casework.record(a_case(), SANIYA, a_result(SAMPLED, NONE))


def test_samples_on_which_nothing_was_found_await_the_laboratory_in_nobodys_hands() -> None:
    case = awaiting()
    assert (case.state, case.holder) == (CaseState.AWAITING, None)
    assert case.awaited == case.lacking == casework.owed(case) == {1}
    assert [row["item"] for row in outcomes_of(case)] == [2]


def test_what_was_found_beside_a_sample_awaits_nothing() -> None:
    found = replace(SAMPLED, areas=(RiskArea.SPS,))
    assert casework.record(a_case(), SANIYA, a_result(found, NONE)).state is CaseState.RECORDED


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
    corrected = replace(SAMPLED, samples=("П-71", "П-18"))
    case = casework.correct(awaiting(), SANIYA, a_result(corrected, NONE), reason=WHY)
    assert (case.state, case.words[1].awaited) == (CaseState.AWAITING, ("П-71", "П-18"))


@pytest.mark.parametrize("samples", [(), ("П-17",)])
def test_samples_are_taken_out_of_a_result_by_two(samples: tuple[str, ...]) -> None:
    said = a_result(ItemResult(1, samples=samples), NONE, at=LATER)
    case = casework.correct(awaiting(), SANIYA, said, reason=WHY)
    assert (case.state, case.words[1].awaited) == (CaseState.LOWERING, SAMPLED.samples)
    with pytest.raises(CaseRefused, match="somebody other than saniya"):
        casework.confirm_lowering(case, SANIYA, reason=WHY, at=LATER)
    refused = casework.refuse_lowering(case, TIMUR, reason=WHY, at=LATER)
    assert (refused.state, refused.words[1].awaited) == (CaseState.AWAITING, SAMPLED.samples)
    agreed = casework.confirm_lowering(case, TIMUR, reason=WHY, at=LATER)
    assert agreed.words[1].awaited == samples
    if samples:
        assert agreed.state is CaseState.AWAITING
    else:
        assert (agreed.state, agreed.holder) == (CaseState.RECORDED, "saniya")


def test_what_was_found_in_one_sample_is_told_before_the_others_are_known() -> None:
    both = casework.record(a_case(), SANIYA, a_result(SAMPLED, ItemResult(2, samples=("П-19",))))
    said = a_result(replace(SAMPLED, areas=(RiskArea.SPS,)), ItemResult(2, samples=("П-19",)), at=LATER)
    case = casework.correct(both, SANIYA, said, reason="the laboratory called first")
    assert (case.state, case.awaited) == (CaseState.AWAITING, frozenset({2}))
    assert [(row["item"], row["finding"]) for row in outcomes_of(case)] == [(1, True)]


def test_a_sample_that_was_forgotten_is_awaited_once_it_is_told_and_a_word_of_the_laboratory_stays_one() -> None:
    done = casework.record(a_case(), SANIYA, a_result(replace(NONE, item=1), NONE))
    told = casework.correct(done, SANIYA, a_result(SAMPLED, NONE), reason=WHY)
    assert (told.state, told.holder) == (CaseState.AWAITING, None)
    known = casework.record(casework.claim(awaiting(), SANIYA), SANIYA, a_result(ItemResult(1), at=LATER))
    same = casework.correct(known, SANIYA, a_result(replace(SAMPLED, samples=("П-71",)), at=LATER), reason=WHY)
    assert same.state is CaseState.RECORDED


def test_words_on_samples_that_were_recorded_before_anything_was_awaited_stand() -> None:
    old = replace(a_case(), state=CaseState.RECORDED, results=(a_result(SAMPLED, NONE),))
    assert (old.awaited, old.lacking) == (frozenset(), frozenset())


def test_an_amendment_takes_no_sample_out_of_the_laboratory() -> None:
    same = casework.order_again(awaiting(), (1, 2), (), Act.SAMPLING, goods=GOODS)
    assert (same.state, same.lacking) == (CaseState.AWAITING, frozenset({1}))
    other = casework.order_again(awaiting(), (1, 2), (), Act.SAMPLING, goods={**GOODS, 1: "xy"})
    assert (other.state, other.awaited, casework.owed(other)) == (CaseState.WAITING, frozenset({1}), frozenset({1}))
    fewer = casework.order_again(awaiting(), (2,), (), Act.SAMPLING, goods={2: "cd"})
    assert (fewer.state, fewer.lacking, casework.owed(fewer)) == (CaseState.AWAITING, frozenset({1}), frozenset({1}))
    spoken = casework.record(casework.claim(fewer, TIMUR), TIMUR, a_result(ItemResult(1), by="timur", at=LATER))
    assert (spoken.state, spoken.lacking) == (CaseState.RECORDED, frozenset())


def test_another_look_at_what_is_declared_instead_is_not_the_word_of_the_laboratory() -> None:
    other = casework.order_again(awaiting(), (1, 2), (), Act.SAMPLING, goods={**GOODS, 1: "xy"})
    claimed = casework.claim(other, TIMUR)
    with pytest.raises(CaseRefused, match="why none was taken"):
        casework.record(claimed, TIMUR, a_result(ItemResult(1), by="timur", at=LATER))
    looked = ItemResult(1, words="jackets, of which nothing is sampled")
    case = casework.record(claimed, TIMUR, a_result(looked, by="timur", at=LATER))
    assert (case.state, case.words[1].awaited, case.words[1].samples) == (CaseState.AWAITING, SAMPLED.samples, ())
    more = casework.record(claimed, TIMUR, a_result(ItemResult(1, samples=("К-1",)), by="timur", at=LATER))
    assert more.words[1].awaited == (*SAMPLED.samples, "К-1")
    for each in (case, more):
        known = casework.record(casework.claim(each, TIMUR), TIMUR, a_result(ItemResult(1), by="timur", at=LATER))
        assert (known.state, known.words[1].analysed) == (CaseState.RECORDED, each.words[1].awaited)


def test_more_samples_are_no_word_of_the_laboratory() -> None:
    more = a_result(ItemResult(1, samples=("П-19",)), by="timur", at=LATER)
    case = casework.record(casework.claim(awaiting(), TIMUR), TIMUR, more)
    assert (case.state, case.words[1].awaited) == (CaseState.AWAITING, (*SAMPLED.samples, "П-19"))
    assert case.words[1].samples == case.words[1].awaited


def test_a_laboratory_speaks_of_one_sample_before_the_other() -> None:
    first = a_result(ItemResult(1, analysed=("П-17",)), by="timur", at=LATER)
    case = casework.record(casework.claim(awaiting(), TIMUR), TIMUR, first)
    assert (case.state, case.words[1].awaited) == (CaseState.AWAITING, ("П-18",))
    with pytest.raises(CaseRefused, match="samples that are awaited: П-18, got 'П-17'"):
        casework.record(casework.claim(case, TIMUR), TIMUR, first)
    second = a_result(ItemResult(1, analysed=("П-18",)), by="timur", at=LATER)
    case = casework.record(casework.claim(case, TIMUR), TIMUR, second)
    assert (case.state, case.words[1].samples) == (CaseState.RECORDED, SAMPLED.samples)


def test_a_note_on_a_sampled_item_while_others_are_looked_at_is_no_word_of_the_laboratory() -> None:
    more = casework.claim(casework.order_again(awaiting(), (1, 2, 3), (), Act.SAMPLING, goods={**GOODS, 3: "e"}), TIMUR)
    note = a_result(ItemResult(1, words="it stands in the shade"), replace(NONE, item=3), by="timur", at=LATER)
    case = casework.record(more, TIMUR, note)
    assert (case.state, case.words[1].awaited) == (CaseState.AWAITING, SAMPLED.samples)
    said = replace(note, items=(ItemResult(1, analysed=SAMPLED.samples), note.items[1]))
    assert casework.record(more, TIMUR, said).state is CaseState.RECORDED


def test_a_suspicion_ends_no_wait_either() -> None:
    done = casework.record(a_case(), SANIYA, a_result(replace(NONE, item=1), NONE))
    told = casework.correct(done, SANIYA, a_result(SAMPLED, NONE), reason=WHY)
    less = casework.propose_lowering(casework.claim(told, SANIYA), SANIYA, Act.DOCUMENTARY, reason=WHY, at=NOW)
    less = casework.confirm_lowering(less, TIMUR, reason=WHY, at=NOW)
    assert less.state is CaseState.AWAITING
    other = casework.order_again(less, (1, 2), (), Act.DOCUMENTARY, goods={**GOODS, 1: "xy"})
    anew = casework.refer_again(other, SANIYA, Act.SAMPLING, suspicion="the cold chain was broken", at=LATER)
    looked = casework.record(anew, SANIYA, a_result(replace(NONE, item=1), NONE, at=LATER))
    assert (looked.state, looked.awaited) == (CaseState.AWAITING, frozenset({1}))


def test_a_finding_that_is_taken_back_leaves_its_samples_awaited() -> None:
    case = casework.record(a_case(), SANIYA, a_result(replace(SAMPLED, areas=(RiskArea.SPS,)), NONE))
    assert (case.state, [row["finding"] for row in outcomes_of(case)]) == (CaseState.RECORDED, [True, False])
    case = casework.correct(case, SANIYA, a_result(SAMPLED, NONE), reason=WHY)
    case = casework.confirm_lowering(case, TIMUR, reason=WHY, at=LATER)
    assert (case.state, case.awaited) == (CaseState.AWAITING, frozenset({1}))


def test_goods_that_came_are_looked_at_without_speaking_for_the_laboratory() -> None:
    more = casework.order_again(awaiting(), (1, 2, 3), (), Act.SAMPLING, goods={**GOODS, 3: "ef"})
    assert (more.state, casework.owed(more)) == (CaseState.WAITING, frozenset({3}))
    case = casework.record(casework.claim(more, TIMUR), TIMUR, a_result(replace(NONE, item=3), by="timur", at=LATER))
    assert (case.state, case.lacking) == (CaseState.AWAITING, frozenset({1}))


def test_other_goods_that_were_sampled_are_awaited_as_those_to_be_examined_are() -> None:
    case = replace(a_case(), items=(2,))
    case = casework.record(case, SANIYA, a_result(SAMPLED, NONE))
    assert (case.state, casework.owed(case)) == (CaseState.AWAITING, frozenset({1}))


def test_a_finding_is_taken_back_by_two_also_by_way_of_a_laboratory() -> None:
    found = a_result(ItemResult(1, (RiskArea.SPS,)), NONE)
    case = casework.record(a_case(), SANIYA, found)
    case = casework.refer_again(case, SANIYA, Act.SAMPLING, suspicion="the cold chain was broken", at=LATER)
    said = a_result(replace(SAMPLED, words=WHY), NONE, at=LATER)
    case = casework.record(case, SANIYA, said)
    assert case.state is CaseState.LOWERING
    case = casework.confirm_lowering(case, TIMUR, reason="the sample was taken", at=LATER)
    assert case.state is CaseState.AWAITING


def test_what_awaits_a_laboratory_ends_by_its_word_alone() -> None:
    for case in (awaiting(), casework.order_again(awaiting(), (1, 2), (), Act.SAMPLING, goods={**GOODS, 1: "xy"})):
        with pytest.raises(CaseRefused, match="no sample at a laboratory, got 'П-17, П-18'"):
            casework.cancel(case, SANIYA)
        with pytest.raises(CaseRefused, match="no sample at a laboratory"):
            casework.propose_lowering(casework.claim(case, SANIYA), SANIYA, None, reason=WHY, at=NOW)
    with pytest.raises(CaseRefused, match="a case that is claimed"):
        casework.record(awaiting(), SANIYA, a_result(ItemResult(1)))


def test_an_act_of_sampling_has_a_sample_or_a_reason_at_every_door() -> None:
    for silent in (ItemResult(1), ItemResult(1, words="none")):
        with pytest.raises(CaseRefused) as refused:
            casework.record(a_case(), SANIYA, a_result(silent, NONE))
        assert refused.value.field == "items.1.samples"
    told = a_result(ItemResult(1, (RiskArea.SPS,)), NONE)
    assert casework.record(a_case(), SANIYA, told).state is CaseState.RECORDED
