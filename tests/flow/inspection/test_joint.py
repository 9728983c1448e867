"""The joint word over all services: the worst wins, nothing goes by nobody's word (sps.md 2i as rules)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.codes import Act, Agency
from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.domain.sps.control import (
    AgencyDecision,
    Check,
    CheckStatus,
    ControlOutcome,
    CustomsWord,
    LaboratoryTest,
    Sample,
)
from darvoza.domain.sps.entry import (
    EntryConsignment,
    EntryControl,
    EntryDocument,
    FollowUp,
    FollowUpKind,
    OrderedAct,
)
from darvoza.flow.inspection.joint import JointWord, WhyCode, joint_word
from darvoza.flow.inspection.outcomes import CODE_OF_OUTCOME

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=5)
VET, PHYTO, SAN = Agency.VETERINARY, Agency.PHYTOSANITARY, Agency.SANITARY
DECLARED = Declaration("D-1", NOW, "dostuk", "T-1", tuple(GoodsItem(item, "0809", "UZ") for item in (1, 2)))


def service(agency: Agency, outcome: ControlOutcome | None = None, *items: int, **control: object) -> EntryDocument:
    decisions = () if outcome is None else (AgencyDecision(agency, outcome, LATER, items),)
    made = replace(EntryControl(decisions=decisions), **control)  # type: ignore[arg-type]
    return EntryDocument(f"E-{agency}", agency, EntryConsignment(DECLARED), made)


def joined(*documents: EntryDocument, now: datetime = LATER) -> JointWord:
    return joint_word(documents, items=(1, 2), now=now)


def reasons(word: JointWord) -> set[str]:
    return {why.reason.value for item in word.items for why in item.reasons}


outcomes = st.sampled_from(list(ControlOutcome))


@given(outcomes, outcomes)
def test_the_worst_word_wins_whoever_says_it(one: ControlOutcome, other: ControlOutcome) -> None:
    both = joined(service(VET, one), service(PHYTO, other))
    turned = joined(service(VET, other), service(PHYTO, one))
    alone = [joined(service(VET, each)) for each in (one, other)]
    assert both.customs == turned.customs
    assert both.customs[0] == max((each.customs[0] for each in alone), key="CHN".index)
    assert both.items[0].outcome is max((one, other), key=list(ControlOutcome).index)


@given(st.lists(outcomes, min_size=1, max_size=3))
def test_another_service_never_makes_a_word_milder(words: list[ControlOutcome]) -> None:
    documents = [service(agency, word) for agency, word in zip((VET, PHYTO, SAN), words, strict=False)]
    codes = [joined(*documents[:many]).customs[0] for many in range(1, len(documents) + 1)]
    assert codes == sorted(codes, key="CHN".index)


def test_goods_wait_for_every_service_and_are_refused_by_one() -> None:
    waiting = joined(service(VET, ControlOutcome.RELEASE), service(SAN))
    assert (waiting.word, waiting.customs, waiting.items[0].outcome) == (CustomsWord.HOLD, "H01", None)
    assert "no_word" in reasons(waiting)
    assert joined(service(VET, ControlOutcome.DESTROY), service(SAN)).customs == "N02"


def test_what_no_service_controls_is_held_by_none() -> None:
    free = joined()
    assert (free.word, reasons(free)) == (CustomsWord.RELEASE, {"not_controlled"})


def test_some_goods_may_go_and_others_not() -> None:
    document = service(PHYTO, checks=())
    decisions = (AgencyDecision(PHYTO, ControlOutcome.RELEASE, LATER, (1,)), AgencyDecision(PHYTO, ControlOutcome.RETURN, LATER, (2,)))  # fmt: skip
    parted = joined(replace(document, control=EntryControl(decisions=decisions)))
    assert parted.partial
    assert [item.customs for item in parted.items] == ["C03", "N04"]
    assert parted.customs == "N04"


@pytest.mark.parametrize("act", [Act.DOCUMENTARY, Act.IDENTITY, Act.PHYSICAL, Act.SAMPLING])
def test_a_word_of_release_does_not_go_past_an_ordered_check_that_nobody_did(act: Act) -> None:
    open_ = joined(service(PHYTO, ControlOutcome.RELEASE, ordered=(OrderedAct(act),)))
    assert open_.word is CustomsWord.HOLD
    assert reasons(open_) == {"check_open", "word"}
    done = Check(PHYTO, act, CheckStatus.COMPLIANT, "A", NOW)
    assert joined(service(PHYTO, ControlOutcome.RELEASE, ordered=(OrderedAct(act),), checks=(done,))).customs == "C03"


def test_an_audit_after_release_holds_nothing() -> None:
    assert joined(service(PHYTO, ControlOutcome.RELEASE, ordered=(OrderedAct(Act.AUDIT),))).customs == "C03"


def test_a_failed_check_refuses_until_the_service_has_decided() -> None:
    failed = Check(PHYTO, Act.PHYSICAL, CheckStatus.NOT_COMPLIANT, "A", NOW, notes="larvae")
    assert joined(service(PHYTO, checks=(failed,))).customs == "N01"
    assert joined(service(PHYTO, ControlOutcome.TREAT, checks=(failed,))).customs == "H02"


SAMPLE = Sample("S-1", 1, "1", 100, (4, 9), taken_at=NOW)
TEST = LaboratoryTest("S-1", "Trogoderma", "1/kg", suspicion=False, requested_at=NOW, accepted_at=NOW, limit=Decimal(0))


@pytest.mark.parametrize(
    ("test", "word", "reason"),
    [
        (TEST, CustomsWord.RELEASE, WhyCode.BEFORE_RESULT),
        (replace(TEST, suspicion=True), CustomsWord.HOLD, WhyCode.TEST_PENDING),
        (
            replace(TEST, result=Decimal(3), expanded_uncertainty=Decimal(1), reported_at=LATER + timedelta(days=1)),
            CustomsWord.HOLD,
            WhyCode.TEST_REJECTED,
        ),
    ],
)
def test_results_hold_goods_where_they_should(test: LaboratoryTest, word: CustomsWord, reason: WhyCode) -> None:
    asked = LATER + timedelta(days=2)
    made = joined(service(PHYTO, ControlOutcome.UNDER_MONITORING, samples=(SAMPLE,), tests=(test,)), now=asked)
    assert made.items[0].word is word
    assert reason in {why.reason for why in made.items[0].reasons}
    assert made.items[1].word is CustomsWord.RELEASE, "the sample was of item 1"


def test_to_ask_for_another_test_takes_no_rejection_away() -> None:
    reported_at = LATER + timedelta(days=1)
    rejected = replace(TEST, result=Decimal(3), expanded_uncertainty=Decimal(1), reported_at=reported_at)
    again = replace(TEST, requested_at=LATER + timedelta(days=2), accepted_at=None)
    made = joined(
        service(PHYTO, ControlOutcome.UNDER_MONITORING, samples=(SAMPLE,), tests=(rejected, again)),
        now=LATER + timedelta(days=3),
    )
    assert made.items[0].word is CustomsWord.HOLD
    assert made.items[0].reasons[0].reason is WhyCode.TEST_REJECTED


@pytest.mark.parametrize("outcome", [ControlOutcome.DESTROY, ControlOutcome.RETURN, ControlOutcome.TRANSFORM])
def test_what_cannot_be_undone_waits_for_a_second_test_and_is_not_released(outcome: ControlOutcome) -> None:
    rejected = replace(TEST, result=Decimal(3), expanded_uncertainty=Decimal(1), reported_at=NOW)
    asked = replace(TEST, second=True, suspicion=True, accepted_at=None)
    waiting = joined(service(PHYTO, outcome, samples=(SAMPLE,), tests=(rejected, asked)))
    assert [item.customs for item in waiting.items] == ["H02", CODE_OF_OUTCOME[outcome]]
    assert waiting.items[0].outcome is None
    assert "second_pending" in reasons(waiting)
    confirmed = replace(asked, accepted_at=NOW, result=Decimal(4), expanded_uncertainty=Decimal(1), reported_at=NOW)
    done = joined(service(PHYTO, outcome, samples=(SAMPLE,), tests=(rejected, confirmed)))
    assert done.items[0].customs == CODE_OF_OUTCOME[outcome]


def test_a_quarantine_ends_by_a_word_and_not_by_the_clock() -> None:
    until = LATER + timedelta(days=30)
    quarantined = AgencyDecision(VET, ControlOutcome.QUARANTINE, NOW, until=until)
    document = service(VET, decisions=(quarantined,))
    running, over = joined(document), joined(document, now=until)
    assert (running.word, over.word) == (CustomsWord.HOLD, CustomsWord.HOLD)
    assert (reasons(running), reasons(over)) == ({"quarantine"}, {"quarantine_over"})
    freed = (quarantined, AgencyDecision(VET, ControlOutcome.RELEASE, until))
    assert joined(service(VET, decisions=freed), now=until).customs == "C03"


FAILED = Check(PHYTO, Act.PHYSICAL, CheckStatus.NOT_COMPLIANT, "A", NOW)
REJECTED = replace(TEST, result=Decimal(3), expanded_uncertainty=Decimal(1), reported_at=NOW)


@pytest.mark.parametrize("control", [{"checks": (FAILED,)}, {"samples": (SAMPLE,), "tests": (REJECTED,)}])
def test_a_release_against_a_failure_needs_a_reason_and_is_told_as_what_it_is(control: dict[str, Any]) -> None:
    silent = joined(service(PHYTO, ControlOutcome.RELEASE, **control))
    assert (silent.customs, silent.overruled) == ("H02", False)
    assert "no_reason" in reasons(silent)
    explained = (AgencyDecision(PHYTO, ControlOutcome.RELEASE, LATER, reason="For seed only"),)
    told = joined(service(PHYTO, decisions=explained, **control))
    assert (told.customs, told.overruled) == ("C03", True)
    (why,) = (why for why in told.items[0].reasons if why.reason is WhyCode.OVERRULED)
    assert why.detail.endswith("For seed only")


def test_goods_that_were_treated_or_passed_again_are_released_without_contradiction() -> None:
    treated = FollowUp(FollowUpKind.TREATED, NOW + timedelta(hours=1), "A", satisfied=True)
    document = service(PHYTO, ControlOutcome.RELEASE, checks=(FAILED,))
    assert reasons(joined(replace(document, follow_up=(treated,)))) == {"word"}
    assert joined(replace(document, follow_up=(replace(treated, satisfied=False),))).customs == "H02"
    again = replace(FAILED, status=CheckStatus.COMPLIANT, at=NOW + timedelta(hours=1))
    assert reasons(joined(service(PHYTO, ControlOutcome.RELEASE, checks=(FAILED, again)))) == {"word"}


def test_what_is_recorded_for_a_later_moment_is_not_yet_known() -> None:
    early = LATER - timedelta(minutes=1)
    assert joined(service(PHYTO, ControlOutcome.RELEASE), now=early).customs == "H01"
    done = Check(PHYTO, Act.PHYSICAL, CheckStatus.COMPLIANT, "A", LATER)
    ordered = (OrderedAct(Act.PHYSICAL),)
    assert "check_open" in reasons(joined(service(PHYTO, ordered=ordered, checks=(done,)), now=early))
    passed = replace(TEST, suspicion=True, result=Decimal(0), expanded_uncertainty=Decimal(0), reported_at=LATER)
    freed = (AgencyDecision(PHYTO, ControlOutcome.RELEASE, NOW),)
    document = service(PHYTO, decisions=freed, samples=(SAMPLE,), tests=(passed,))
    assert [joined(document, now=now).customs for now in (early, LATER)] == ["H02", "C03"]


def test_a_sample_of_which_no_test_was_asked_for_holds_its_goods() -> None:
    untested = joined(service(PHYTO, ControlOutcome.RELEASE, samples=(SAMPLE,)))
    assert [item.customs for item in untested.items] == ["H02", "C03"]
    assert "no_request" in reasons(untested)
    assert joined(service(PHYTO, ControlOutcome.RELEASE, samples=(replace(SAMPLE, taken_at=None),))).customs == "C03"


def test_a_sample_of_one_item_is_none_of_another() -> None:
    ordered = (OrderedAct(Act.SAMPLING, (1, 2)),)
    half = joined(service(PHYTO, ControlOutcome.RELEASE, ordered=ordered, samples=(SAMPLE,), tests=(TEST,)))
    assert [item.customs for item in half.items] == ["C03", "H02"]


def test_a_result_above_the_limit_is_told_although_its_uncertainty_excuses_it() -> None:
    near = replace(REJECTED, result=Decimal(11), expanded_uncertainty=Decimal(2), limit=Decimal(10))
    excused = joined(service(PHYTO, ControlOutcome.RELEASE, samples=(SAMPLE,), tests=(near,)))
    assert (excused.customs, excused.overruled) == ("C03", False)
    assert "within_uncertainty" in reasons(excused)
    wide = replace(near, expanded_uncertainty=Decimal(6))
    assert joined(service(PHYTO, ControlOutcome.RELEASE, samples=(SAMPLE,), tests=(wide,))).customs == "H02"
    assert "test_uncertain" in reasons(joined(service(PHYTO, samples=(SAMPLE,), tests=(wide,))))
