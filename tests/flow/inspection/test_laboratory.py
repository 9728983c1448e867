"""Laboratory: results against limits (Regulation (EU) 2023/2782), release before them (2019/2130), second test (TFA 5.3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.sps.control import LaboratoryTest, LaboratoryVerdict
from darvoza.errors import InvalidValue
from darvoza.flow.inspection.laboratory import (
    SECOND_TEST_DAYS,
    UNITS,
    accepted,
    conversion,
    deciding,
    laboratory_verdict,
    may_be_released,
    second_test,
    second_test_until,
    with_result,
)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)

A_TEST = LaboratoryTest(
    "S-1",
    "aflatoxin B1",
    "µg/kg",
    suspicion=False,
    requested_at=NOW,
    accepted_at=NOW,
    limit=Decimal(10),
    laboratory="Osh",
)


def reported(result: str, *, u: str = "2", test: LaboratoryTest = A_TEST) -> LaboratoryTest:
    return with_result(test, Decimal(result), unit="µg/kg", expanded_uncertainty=Decimal(u), at=NOW)


def test_a_result_rejects_only_beyond_its_uncertainty() -> None:
    assert laboratory_verdict(reported("12.0")) is LaboratoryVerdict.ACCEPT
    assert laboratory_verdict(reported("12.5")) is LaboratoryVerdict.REJECT
    assert laboratory_verdict(A_TEST) is LaboratoryVerdict.PENDING


def test_a_result_in_another_unit_is_refused_and_not_converted() -> None:
    with pytest.raises(InvalidValue, match=r"unit.*1 mg/kg is 1000 µg/kg; have the laboratory report in µg/kg"):
        with_result(A_TEST, Decimal(1), unit="mg/kg", expanded_uncertainty=Decimal(0), at=NOW)
    with pytest.raises(InvalidValue, match="no factor leads from CFU/g to µg/kg"):
        with_result(A_TEST, Decimal(1), unit="CFU/g", expanded_uncertainty=Decimal(0), at=NOW)


def test_a_unit_may_be_spelled_in_cyrillic() -> None:
    told = with_result(A_TEST, Decimal(1), unit="мкг/кг", expanded_uncertainty=Decimal(0), at=NOW)
    assert told.unit == "µg/kg"


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)))
def test_a_conversion_there_and_back_changes_nothing(one: str, other: str) -> None:
    there, back = conversion(one, into=other), conversion(other, into=one)
    assert (there is None) == (back is None) == (UNITS[one][0] != UNITS[other][0])
    assert there is None or back is None or there * back == 1


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
    again = accepted(second_test(rejected, at=NOW, laboratory="Bishkek"), at=NOW)
    assert not may_be_released([rejected, again])
    assert may_be_released([rejected, reported("5", test=again)])
    for wrong in (A_TEST, reported("5"), reported("20", test=again)):
        with pytest.raises(InvalidValue):
            second_test(wrong, at=NOW, laboratory="Bishkek")


def test_goods_go_before_the_result_only_where_nothing_is_suspected() -> None:
    assert may_be_released([A_TEST])
    assert not may_be_released([replace(A_TEST, suspicion=True)])
    assert may_be_released([])


def test_a_second_test_has_a_deadline_and_another_laboratory() -> None:
    rejected = reported("20")
    last = NOW + timedelta(days=SECOND_TEST_DAYS)
    assert second_test_until(rejected) == last
    assert second_test(rejected, at=last, laboratory="Bishkek").laboratory == "Bishkek"
    with pytest.raises(InvalidValue, match="a request until 2026-03-11"):
        second_test(rejected, at=last + timedelta(seconds=1), laboratory="Bishkek")
    for same in (" osh", ""):
        with pytest.raises(InvalidValue, match="another laboratory"):
            second_test(rejected, at=NOW, laboratory=same)


def test_an_inconclusive_test_holds_goods_and_opens_a_second_test_as_a_rejection_does() -> None:
    wide = reported("12", u="11")
    assert laboratory_verdict(wide) is LaboratoryVerdict.INCONCLUSIVE
    assert second_test_until(wide) == NOW + timedelta(days=SECOND_TEST_DAYS)
    again = accepted(second_test(wide, at=NOW, laboratory="Bishkek"), at=NOW)
    released = [may_be_released(tests) for tests in ([wide], [wide, again], [wide, reported("5", test=again)])]
    assert released == [False, False, True]
    assert second_test_until(reported("12", u="11", test=again)) is None, "there is one second test"


def test_who_was_not_rejected_has_no_right_to_a_second_test() -> None:
    again = accepted(second_test(reported("20"), at=NOW, laboratory="Bishkek"), at=NOW)
    assert [second_test_until(test) for test in (A_TEST, reported("5"), reported("20", test=again))] == [None] * 3


def test_a_laboratory_takes_a_test_on_once_and_not_before_it_was_asked() -> None:
    waiting = replace(A_TEST, accepted_at=None)
    assert accepted(waiting, at=NOW).accepted_at == NOW
    with pytest.raises(InvalidValue, match="not taken on yet"):
        accepted(A_TEST, at=NOW)
    with pytest.raises(InvalidValue, match="a moment from"):
        accepted(waiting, at=NOW - timedelta(hours=1))


@given(st.permutations([reported("20"), second_test(reported("20"), at=NOW, laboratory="Bishkek")]))
def test_of_two_tests_the_second_decides_in_whatever_order_they_come(tests: list[LaboratoryTest]) -> None:
    assert [test.second for test in deciding(tests)] == [True]


def later(test: LaboratoryTest, hours: int = 1) -> LaboratoryTest:
    return replace(test, requested_at=NOW + timedelta(hours=hours))


PENDING, SUSPECTED = A_TEST, replace(A_TEST, suspicion=True)
GOOD, BAD, UNCERTAIN = reported("5"), reported("20"), reported("12", u="6.1")
SECOND = replace(second_test(BAD, at=NOW, laboratory="Bishkek"), accepted_at=NOW)


@pytest.mark.parametrize(
    ("tests", "counting"),
    [
        ([GOOD, PENDING], [PENDING]),
        ([PENDING, GOOD], [GOOD]),
        ([GOOD, BAD], [BAD]),
        # to ask for a test overrules nothing that holds the goods; a result does
        ([BAD, PENDING], [BAD, PENDING]),
        ([BAD, SUSPECTED], [BAD, SUSPECTED]),
        ([UNCERTAIN, PENDING], [UNCERTAIN, PENDING]),
        ([BAD, PENDING, GOOD], [GOOD]),
        ([BAD, GOOD], [GOOD]),
        ([UNCERTAIN, GOOD], [GOOD]),
        ([UNCERTAIN, BAD], [BAD]),
        ([BAD, UNCERTAIN], [BAD, UNCERTAIN]),
        # neither does an unsuspected test take a suspicion away
        ([SUSPECTED, PENDING], [SUSPECTED, PENDING]),
        ([PENDING, SUSPECTED], [SUSPECTED]),
        ([SUSPECTED, GOOD], [GOOD]),
        # the second decides, and until then the goods wait, whatever is said of suspicion
        ([BAD, SECOND], [SECOND]),
        ([BAD, replace(SECOND, suspicion=False)], [replace(SECOND, suspicion=False)]),
        ([BAD, PENDING, reported("5", test=SECOND)], [reported("5", test=SECOND)]),
        ([BAD, reported("20", test=SECOND), GOOD], [reported("20", test=SECOND)]),
    ],
)
def test_what_holds_goods_stands_until_a_result_overrules_it(
    tests: list[LaboratoryTest], counting: list[LaboratoryTest]
) -> None:
    asked = [later(test, hours) for hours, test in enumerate(tests)]
    found = deciding(reversed(asked))
    assert [replace(test, requested_at=NOW) for test in found] == counting
    good = all(test.result == 5 or test == PENDING for test in counting)
    assert may_be_released(asked) is good


def test_a_test_of_another_sample_or_hazard_overrules_nothing() -> None:
    for other in (later(replace(GOOD, sample="S-2")), later(replace(GOOD, analyte="lead"))):
        assert not may_be_released([BAD, other])


def test_a_result_above_its_limit_is_not_excused_by_an_uncertainty_as_large_as_itself() -> None:
    assert laboratory_verdict(reported("12", u="6")) is LaboratoryVerdict.ACCEPT
    assert laboratory_verdict(reported("12", u="6.1")) is LaboratoryVerdict.INCONCLUSIVE
    assert laboratory_verdict(reported("9", u="9")) is LaboratoryVerdict.ACCEPT, "it is within the limit"
    assert not may_be_released([reported("12", u="6.1")])


amounts = st.decimals(0, 1000, places=2)


@given(amounts, amounts, amounts, amounts)
def test_more_uncertainty_never_turns_an_acceptance_into_a_rejection(
    result: Decimal, limit: Decimal, u: Decimal, more: Decimal
) -> None:
    one, other = (
        laboratory_verdict(replace(A_TEST, result=result, limit=limit, expanded_uncertainty=each))
        for each in (u, u + more)
    )
    assert (one, other) != (LaboratoryVerdict.ACCEPT, LaboratoryVerdict.REJECT)
