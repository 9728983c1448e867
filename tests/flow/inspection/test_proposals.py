"""What is proposed to a second person: of the goods that both have seen, and holding up nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from darvoza.domain.casework import Case, CaseState, ExaminationResult, Hand, ItemResult
from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.errors import CaseRefused
from darvoza.flow.inspection import casework

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
WHY = "weighed it: the mass does not fit"
AIDA, BEK, CHIEF = (Hand(name, Agency.CUSTOMS) for name in ("aida", "bek", "cholpon"))
GOODS = {1: "cars", 2: "shirts"}
CLEAN, FOUND = (ItemResult(1), ItemResult(2)), ItemResult(1, (RiskArea.ORIGIN,))
TOBACCO = ItemResult(2, (RiskArea.PROHIBITED,), seized=True)


def said(by: str, *items: ItemResult, at: datetime = NOW) -> ExaminationResult:
    return ExaminationResult(by, at, items)


def claimed() -> Case:
    case = Case("D1:customs:scan", Agency.CUSTOMS, "KG-OSH", Act.SCAN, (1, 2), goods=GOODS)
    return casework.claim(case, AIDA)


def recorded(*items: ItemResult) -> Case:
    return casework.record(claimed(), AIDA, said("aida", *items))


def amended(case: Case, act: Act = Act.SCAN, **items: str) -> Case:
    """The case once other goods are declared, by their numbers."""
    goods = {**case.goods, **{int(number.removeprefix("item")): of for number, of in items.items()}}
    return casework.order_again(case, goods, (), act, goods=goods)


@pytest.mark.parametrize("act", [None, Act.DOCUMENTARY])
def test_to_do_less_lapses_with_the_goods_that_it_was_about(act: Act | None) -> None:
    proposed = casework.propose_lowering(claimed(), AIDA, act, reason=WHY, at=NOW)
    assert amended(proposed).state is CaseState.LOWERING
    for after in (amended(proposed, item1="tobacco"), amended(proposed, item3="tobacco")):
        assert (after.state, after.holder, after.act) == (CaseState.WAITING, None, Act.SCAN)
        with pytest.raises(CaseRefused, match="whose lowering was proposed"):
            casework.confirm_lowering(after, CHIEF, reason=WHY, at=NOW)
    assert amended(proposed, Act.PHYSICAL, item1="tobacco").act is Act.PHYSICAL


def test_to_take_a_finding_back_lapses_with_its_goods_and_with_no_others() -> None:
    case = casework.correct(recorded(FOUND, ItemResult(2)), AIDA, said("aida", *CLEAN), reason=WHY)
    assert case.state is CaseState.LOWERING
    assert amended(case, item2="ties").state is CaseState.LOWERING
    after = amended(case, item1="tobacco")
    assert (after.state, after.holder, after.lacking) == (CaseState.WAITING, None, frozenset({1}))
    assert after.words[1].found
    elsewhere = replace(case, items=(2,))
    after = casework.order_again(elsewhere, (1, 2), (2,), Act.SCAN, goods={**GOODS, 1: "tobacco"})
    assert (after.state, after.holder) == (CaseState.RECORDED, "aida")


@pytest.mark.parametrize("agreed", [True, False])
def test_a_new_finding_waits_for_nobody_where_another_is_taken_back(*, agreed: bool) -> None:
    case = casework.correct(recorded(FOUND, ItemResult(2)), AIDA, said("aida", ItemResult(1), TOBACCO), reason=WHY)
    assert case.state is CaseState.LOWERING
    assert {item: word.found for item, word in case.words.items()} == {1: True, 2: True}
    settle = casework.confirm_lowering if agreed else casework.refuse_lowering
    after = settle(case, CHIEF, reason=WHY, at=LATER)
    assert after.state is CaseState.RECORDED
    assert {item: word.found for item, word in after.words.items()} == {1: not agreed, 2: True}


def test_a_result_that_takes_back_one_finding_keeps_its_others() -> None:
    opened = casework.claim(amended(recorded(FOUND, ItemResult(2)), item1="tobacco", item3="ties"), BEK)
    items = (ItemResult(1, words=WHY), ItemResult(3, (RiskArea.QUANTITY,)))
    case = casework.record(opened, BEK, said("bek", *items, at=LATER))
    assert (case.state, case.words[3].found, case.words[1].found) == (CaseState.LOWERING, True, True)
    assert casework.refuse_lowering(case, CHIEF, reason=WHY, at=LATER).lacking == {1}


def test_what_a_correction_leaves_as_it_was_is_not_said_again() -> None:
    case = casework.correct(recorded(FOUND, TOBACCO), AIDA, said("aida", ItemResult(1), TOBACCO), reason=WHY)
    assert len(case.results) == 1


def test_a_correction_answers_no_suspicion() -> None:
    case = casework.refer_again(recorded(*CLEAN), BEK, Act.SCAN, suspicion="the dog sits down", at=LATER)
    late = LATER + timedelta(hours=1)
    corrected = casework.correct(case, AIDA, said("aida", *CLEAN, at=late), reason="a slip of the pen")
    again = casework.correct(corrected, AIDA, said("aida", *CLEAN, at=late), reason="and another slip")
    for each in (corrected, again):
        assert each.lacking == {1, 2}
        with pytest.raises(CaseRefused, match="one result for each of the items 1, 2"):
            casework.record(each, BEK, said("bek", ItemResult(1), at=late))
    looked = casework.record(again, BEK, said("bek", *CLEAN, at=late))
    assert looked.lacking == set()
    own = casework.correct(looked, BEK, said("bek", FOUND, ItemResult(2), at=late), reason="a slip of the pen")
    assert (own.state, own.lacking) == (CaseState.RECORDED, frozenset())


def test_that_a_finding_can_be_taken_back_only_of_what_is_recorded_is_told_by_name() -> None:
    opened = amended(recorded(FOUND, ItemResult(2)), item3="ties")
    with pytest.raises(CaseRefused) as refused:
        casework.correct(opened, AIDA, said("aida", *CLEAN), reason=WHY)
    assert refused.value.field == "finding"
