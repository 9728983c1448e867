from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from darvoza.domain.casework import FINISHED, MOVES, Case, CaseMove, CaseState, ExaminationResult, Hand, ItemResult
from darvoza.domain.codes import Act, Agency, RiskArea, Severity
from darvoza.errors import CaseRefused
from darvoza.flow.inspection import casework
from darvoza.flow.inspection.learned import outcomes_of

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WHY = "weighed it: the mass does not fit"
AIDA = Hand("aida", Agency.CUSTOMS, frozenset({"KG-OSH"}))
BEK = Hand("bek", Agency.CUSTOMS, frozenset({"KG-OSH"}))
CHIEF = Hand("cholpon", Agency.CUSTOMS)
VET = Hand("venera", Agency.VETERINARY, frozenset({"KG-OSH"}))
ELSEWHERE = Hand("erlan", Agency.CUSTOMS, frozenset({"KG-BIS"}))


def a_case(**changes: object) -> Case:
    return replace(Case("D1:customs:scan", Agency.CUSTOMS, "KG-OSH", Act.SCAN, (1, 2)), **changes)  # type: ignore[arg-type]


def a_result(by: str = "aida", *items: ItemResult) -> ExaminationResult:
    return ExaminationResult(by, NOW, items or (ItemResult(1), ItemResult(2)))


def claimed() -> Case:
    return casework.claim(a_case(), AIDA)


def test_a_case_is_claimed_once_and_given_back() -> None:
    case = claimed()
    assert (case.state, case.holder) == (CaseState.CLAIMED, "aida")
    with pytest.raises(CaseRefused, match="aida holds it"):
        casework.claim(case, BEK)
    with pytest.raises(CaseRefused, match="a case that bek holds"):
        casework.give_back(case, BEK)
    assert casework.give_back(case, AIDA) == a_case()


TRIED: tuple[Callable[[Hand], Case], ...] = (
    lambda hand: casework.claim(a_case(), hand),
    lambda hand: casework.raise_act(a_case(), hand, Act.PHYSICAL, reason=WHY, at=NOW),
    lambda hand: casework.refer(a_case(), hand, Act.PHYSICAL, suspicion=WHY),
    lambda hand: casework.cancel(a_case(), hand),
)


@pytest.mark.parametrize("hand", [VET, ELSEWHERE])
@pytest.mark.parametrize("tried", TRIED)
def test_nobody_reaches_beyond_his_agency_and_posts(hand: Hand, tried: Callable[[Hand], Case]) -> None:
    with pytest.raises(CaseRefused):
        tried(hand)


def test_that_nothing_was_found_is_a_result() -> None:
    case = casework.record(claimed(), AIDA, a_result())
    assert case.state is CaseState.RECORDED
    assert [(row["examined"], row["finding"], row["finding_severity"]) for row in outcomes_of(case)] == [
        (True, False, None)
    ] * 2


def test_what_was_found_is_told_as_the_learner_reads_it() -> None:
    found = ItemResult(2, (RiskArea.UNDECLARED, RiskArea.SAFETY), additional_duty=Decimal("120.50"), seized=True)
    case = casework.record(claimed(), AIDA, a_result("aida", ItemResult(1), found))
    row = outcomes_of(case)[1]
    assert row == {
        "item": 2, "examined": True, "finding": True, "finding_area": "undeclared", "finding_severity": int(Severity.SERIOUS),
        "recovered": Decimal("120.50"), "result_at": NOW,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("result", "field"),
    [
        (a_result("aida", ItemResult(1)), "items"),
        (a_result("aida", ItemResult(1), ItemResult(1)), "items"),
        (a_result("aida", ItemResult(1), ItemResult(3)), "items"),
        (a_result("bek"), "by"),
        (a_result("aida", ItemResult(1, quantity=Decimal(-1)), ItemResult(2)), "items.1.quantity"),
        (a_result("aida", ItemResult(1, net_mass=Decimal("1e16")), ItemResult(2)), "items.1.net_mass"),
        (
            a_result("aida", ItemResult(1, (RiskArea.MISCLASSIFICATION,), corrected_hs="001234"), ItemResult(2)),
            "items.1.corrected_hs",
        ),
        (a_result("aida", ItemResult(1), ItemResult(2, corrected_value=Decimal("NaN"))), "items.2.corrected_value"),
        (a_result("aida", ItemResult(1, seized=True), ItemResult(2)), "items.1.areas"),
        (a_result("aida", ItemResult(1, additional_duty=Decimal(5)), ItemResult(2)), "items.1.areas"),
        (a_result("aida", ItemResult(1, severity=Severity.GRAVE), ItemResult(2)), "items.1.areas"),
        (a_result("aida", ItemResult(1), ItemResult(2, corrected_hs="240220")), "items.2.areas"),
        (a_result("aida", ItemResult(1, corrected_origin="AE"), ItemResult(2)), "items.1.areas"),
        (a_result("aida", ItemResult(1, corrected_value=Decimal(0)), ItemResult(2)), "items.1.areas"),
        (replace(a_result(), at=datetime(2026, 3, 2)), "at"),  # noqa: DTZ001
    ],
)
def test_a_result_that_cannot_be_is_refused_by_name(result: ExaminationResult, field: str) -> None:
    with pytest.raises(CaseRefused) as refused:
        casework.record(claimed(), AIDA, result)
    assert refused.value.field == field


def test_a_correction_keeps_what_it_corrects() -> None:
    case = casework.record(claimed(), AIDA, a_result())
    later = casework.correct(
        case, CHIEF, a_result("cholpon", ItemResult(1, (RiskArea.ORIGIN,)), ItemResult(2)), reason=WHY
    )
    assert [result.by for result in later.results] == ["aida", "cholpon"]
    assert later.result is not None
    assert WHY in later.result.words
    assert outcomes_of(later)[0]["finding"] is True


def test_more_may_be_done_by_one_and_less_only_by_two() -> None:
    raised = casework.raise_act(claimed(), AIDA, Act.PHYSICAL, reason=WHY, at=NOW)
    assert (raised.act, raised.state, raised.holder) == (Act.PHYSICAL, CaseState.CLAIMED, "aida")
    with pytest.raises(CaseRefused, match="propose it to a second person"):
        casework.raise_act(claimed(), AIDA, Act.DOCUMENTARY, reason=WHY, at=NOW)
    proposed = casework.propose_lowering(raised, AIDA, Act.DOCUMENTARY, reason=WHY, at=NOW)
    with pytest.raises(CaseRefused, match="nobody lowers a channel alone"):
        casework.confirm_lowering(proposed, AIDA, reason=WHY, at=NOW)
    lowered = casework.confirm_lowering(proposed, CHIEF, reason=WHY, at=NOW)
    assert (lowered.act, lowered.state, lowered.holder) == (Act.DOCUMENTARY, CaseState.WAITING, None)
    assert [(each.move, each.by) for each in lowered.overrides] == [
        (CaseMove.RAISE, "aida"),
        (CaseMove.PROPOSE_LOWERING, "aida"),
        (CaseMove.CONFIRM_LOWERING, "cholpon"),
    ]


def test_nobody_takes_a_case_out_of_the_hands_of_another() -> None:
    with pytest.raises(CaseRefused, match="a case that bek holds"):
        casework.raise_act(claimed(), BEK, Act.PHYSICAL, reason=WHY, at=NOW)
    with pytest.raises(CaseRefused, match="a case that cholpon holds"):
        casework.propose_lowering(claimed(), CHIEF, None, reason=WHY, at=NOW)
    assert casework.propose_lowering(a_case(), CHIEF, None, reason=WHY, at=NOW).state is CaseState.LOWERING


def test_a_refused_proposal_leaves_the_act_and_an_agreed_nothing_ends_the_case() -> None:
    proposed = casework.propose_lowering(claimed(), AIDA, None, reason=WHY, at=NOW)
    refused = casework.refuse_lowering(proposed, BEK, reason=WHY, at=NOW)
    assert (refused.act, refused.state) == (Act.SCAN, CaseState.WAITING)
    assert casework.confirm_lowering(proposed, BEK, reason=WHY, at=NOW).state is CaseState.WITHDRAWN
    with pytest.raises(CaseRefused, match="whose lowering was proposed"):
        casework.confirm_lowering(claimed(), BEK, reason=WHY, at=NOW)


@pytest.mark.parametrize(
    "act",
    [
        lambda: casework.raise_act(a_case(), AIDA, Act.PHYSICAL, reason="  .  ", at=NOW),
        lambda: casework.propose_lowering(a_case(), AIDA, None, reason="", at=NOW),
        lambda: casework.refer(a_case(), AIDA, Act.PHYSICAL, suspicion="hm"),
        lambda: casework.correct(casework.record(claimed(), AIDA, a_result()), AIDA, a_result(), reason=""),
    ],
)
def test_a_full_stop_is_not_a_reason(act: Callable[[], Case]) -> None:
    with pytest.raises(CaseRefused, match="characters that say why"):
        act()


def test_an_officer_refers_on_his_own_suspicion_and_it_is_a_basis_of_its_own() -> None:
    case = casework.refer(a_case(state=CaseState.RECORDED), AIDA, Act.PHYSICAL, suspicion="the driver changed the seal")
    assert (case.order_id, case.state, case.holder) == ("D1:customs:physical", CaseState.CLAIMED, "aida")
    assert case.referral == "the driver changed the seal"


def test_what_was_done_or_lowered_is_ordered_anew_on_a_suspicion() -> None:
    recorded = casework.record(replace(claimed(), items=(1,)), AIDA, a_result("aida", ItemResult(1)))
    later = NOW + timedelta(hours=1)
    again = casework.refer_again(recorded, BEK, Act.SCAN, suspicion="the dog sits down", at=later)
    assert (again.state, again.holder, again.results) == (CaseState.CLAIMED, "bek", recorded.results)
    assert again.due == {1, 2}
    assert again.suspicions == ("the dog sits down",)
    with pytest.raises(CaseRefused, match="one result for each of the items 1, 2"):
        casework.record(again, BEK, a_result("bek", ItemResult(2)))
    assert casework.record(again, BEK, replace(a_result("bek"), at=later)).lacking == set()
    for act in (None, Act.DOCUMENTARY):
        proposed = casework.propose_lowering(claimed(), AIDA, act, reason=WHY, at=NOW)
        lowered = casework.confirm_lowering(proposed, CHIEF, reason=WHY, at=NOW)
        anew = casework.refer_again(lowered, BEK, Act.SCAN, suspicion="the dog sits down", at=NOW)
        assert (anew.state, anew.act, anew.holder) == (CaseState.CLAIMED, Act.SCAN, "bek")
        assert casework.order_again(anew, (1, 2, 3), (2,), Act.SCAN).due == {1, 2, 3}
    proposed = casework.propose_lowering(claimed(), AIDA, None, reason=WHY, at=NOW)
    for open_ in (a_case(), claimed(), proposed):
        with pytest.raises(CaseRefused, match="not ordered now"):
            casework.refer_again(open_, BEK, Act.SCAN, suspicion="the dog sits down", at=NOW)


def test_assignment_is_drawn_and_whatever_the_order_of_the_roster_the_same() -> None:
    drawn = casework.assign(a_case(), CHIEF, on_duty=("dina", "aida", "bek"), number=0.99)
    assert drawn.holder == "dina"
    assert drawn == casework.assign(a_case(), CHIEF, on_duty=("bek", "dina", "aida", "aida"), number=0.99)
    for roster, number in (((), 0.5), (("aida",), 1.0)):
        with pytest.raises(CaseRefused):
            casework.assign(a_case(), CHIEF, on_duty=roster, number=number)


@given(st.floats(0, 1, exclude_max=True))
def test_everybody_on_duty_is_as_likely(number: float) -> None:
    roster = ("a", "b", "c", "d")
    assert casework.assign(a_case(), CHIEF, on_duty=roster, number=number).holder == roster[int(number * 4)]


def test_a_result_owes_a_word_on_what_was_to_be_examined_and_may_tell_of_more() -> None:
    case = replace(claimed(), declared=(1, 2, 3), items=(2,))
    with pytest.raises(CaseRefused, match="one result for each of the items 2"):
        casework.record(case, AIDA, a_result("aida", ItemResult(1)))
    for told in ((2,), (2, 3)):
        after = casework.record(case, AIDA, a_result("aida", *map(ItemResult, told)))
        assert [row["item"] for row in outcomes_of(after)] == list(told)


def test_a_case_opens_again_for_goods_on_which_there_is_no_word_and_keeps_what_was_recorded() -> None:
    first = ItemResult(1, (RiskArea.ORIGIN,))
    case = casework.record(replace(claimed(), items=(1,)), AIDA, a_result("aida", first))
    assert casework.order_again(case, (1, 2, 3), (1,), Act.SCAN) == case
    opened = casework.order_again(case, (1, 2, 3), (1, 3), Act.SCAN)
    assert (opened.state, opened.holder, opened.lacking) == (CaseState.WAITING, None, frozenset({3}))
    later = replace(a_result("bek", ItemResult(3)), at=NOW + timedelta(hours=1))
    after = casework.record(casework.claim(opened, BEK), BEK, later)
    assert [(row["item"], row["finding"], row["result_at"]) for row in outcomes_of(after)] == [
        (1, True, NOW),
        (3, False, later.at),
    ]
    fewer = casework.order_again(opened, (1, 2), (1,), Act.SCAN)
    assert casework.owed(fewer) == {1}
    corrected = casework.correct(after, BEK, a_result("bek", ItemResult(3, (RiskArea.UNDECLARED,))), reason=WHY)
    assert {item: word.found for item, word in corrected.words.items()} == {1: True, 3: True}


def test_that_less_was_to_be_done_holds_for_the_goods_as_they_were() -> None:
    proposed = casework.propose_lowering(claimed(), AIDA, None, reason=WHY, at=NOW)
    ended = casework.confirm_lowering(proposed, CHIEF, reason=WHY, at=NOW)
    assert casework.order_again(ended, (1, 2), (2,), Act.SCAN) == ended
    assert casework.order_again(ended, (1, 2, 3), (), Act.SCAN).state is CaseState.WAITING
    proposed = casework.propose_lowering(claimed(), AIDA, Act.DOCUMENTARY, reason=WHY, at=NOW)
    less = casework.confirm_lowering(proposed, CHIEF, reason=WHY, at=NOW)
    assert casework.order_again(less, (1, 2), (1,), Act.SCAN).act is Act.DOCUMENTARY
    assert casework.order_again(less, (1, 2, 3), (1, 3), Act.SCAN).act is Act.SCAN


def test_a_suspicion_is_about_the_whole_consignment_whatever_is_decided_of_it() -> None:
    case = casework.refer(a_case(), AIDA, Act.SCAN, suspicion=WHY)
    assert casework.order_again(case, (1, 2, 3), (2,), Act.SCAN).due == {1, 2, 3}


def test_every_state_can_be_left_or_is_finished() -> None:
    after = {CaseMove.CORRECT, CaseMove.PROPOSE_CLEARING, CaseMove.REOPEN, CaseMove.REFER}
    left = {state for state, move in MOVES if move not in after}
    assert left == set(CaseState) - FINISHED


class Work(RuleBasedStateMachine):
    """Two officers and a chief do whatever they like with one case."""

    def __init__(self) -> None:
        super().__init__()
        self.case = a_case()

    def attempt(self, act: Callable[[], Case]) -> None:
        with suppress(CaseRefused):
            self.case = act()

    @rule(hand=st.sampled_from([AIDA, BEK, CHIEF, VET, ELSEWHERE]))
    def claim(self, hand: Hand) -> None:
        self.attempt(lambda: casework.claim(self.case, hand))

    @rule(hand=st.sampled_from([AIDA, BEK, CHIEF]))
    def give_back(self, hand: Hand) -> None:
        self.attempt(lambda: casework.give_back(self.case, hand))

    @rule(hand=st.sampled_from([AIDA, BEK, CHIEF]))
    def record(self, hand: Hand) -> None:
        self.attempt(lambda: casework.record(self.case, hand, a_result(hand.person)))

    @rule(hand=st.sampled_from([AIDA, BEK]), act=st.sampled_from(Act))
    def raise_act(self, hand: Hand, act: Act) -> None:
        self.attempt(lambda: casework.raise_act(self.case, hand, act, reason=WHY, at=NOW))

    @rule(hand=st.sampled_from([AIDA, BEK]), act=st.sampled_from([None, *Act]))
    def propose(self, hand: Hand, act: Act | None) -> None:
        self.attempt(lambda: casework.propose_lowering(self.case, hand, act, reason=WHY, at=NOW))

    @rule(hand=st.sampled_from([AIDA, BEK, CHIEF]), agrees=st.booleans())
    def answer(self, hand: Hand, agrees: bool) -> None:
        verb = casework.confirm_lowering if agrees else casework.refuse_lowering
        self.attempt(lambda: verb(self.case, hand, reason=WHY, at=NOW))

    @invariant()
    def nobody_lowers_alone(self) -> None:
        done = self.case.overrides
        for before, after in pairwise(done):
            if after.move is CaseMove.CONFIRM_LOWERING:
                assert before.move is CaseMove.PROPOSE_LOWERING
                assert before.by != after.by

    @invariant()
    def who_holds_it_is_known_exactly_while_it_is_held(self) -> None:
        if self.case.state is CaseState.CLAIMED:
            assert self.case.holder
        if self.case.state is CaseState.WAITING:
            assert self.case.holder is None


TestWork = Work.TestCase
