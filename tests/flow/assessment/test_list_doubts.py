from datetime import date

import pytest

from darvoza.domain.named_list import NamedList
from darvoza.flow.assessment.list_doubts import doubts

DAY = date(2026, 6, 30)


def told(*codes: str, dated: date | None = None) -> list[str]:
    return list(doubts(NamedList("owing", codes, dated=dated), DAY))


@pytest.mark.parametrize("codes", [("01234567890123", "KG-1", "А-1"), ("E1", "1E", "12E4X"), ("870323", "870324")])
def test_ordinary_codes_raise_no_doubt(codes: tuple[str, ...]) -> None:
    assert told(*codes, dated=DAY) == []


@pytest.mark.parametrize("code", ["1.23457E+13", "1,23457E+13", "1E+13", "5e+12"])
def test_a_number_that_a_spreadsheet_shortened_is_named(code: str) -> None:
    (said,) = told(code, "01")
    assert said == f"1 code is a number as a spreadsheet shortens it, and names nobody: '{code}'"


@pytest.mark.parametrize("twin", ["KG-0СTO", "kg-0cto", "KG 0CTO", "KG-0CTO\u200b"])
def test_codes_that_people_take_for_the_same_are_told_together(twin: str) -> None:
    (said,) = [one for one in told("KG-0CTO", twin, "OTHER") if "differ in nothing" in one]
    assert "2 codes" in said
    assert "'KG-0CTO'" in said
    assert ascii(twin) in said


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\ufeff", "\u00a0", "\u202e"])
def test_signs_that_nobody_sees_are_told_by_their_numbers(sign: str) -> None:
    (said,) = told(f"KG{sign}1")
    assert "signs that nobody sees" in said
    assert ascii(sign).strip("'") in said


def test_one_letter_of_another_alphabet_is_told_and_a_word_of_it_is_not() -> None:
    assert "letters of two alphabets" in told("KG-СTO")[0]
    assert told("КГ-СТО") == []


def test_a_list_of_tomorrow_is_told() -> None:
    assert told("A", dated=date(2026, 7, 1)) == ["it is dated 2026-07-01, after 2026-06-30"]


def test_of_many_the_first_are_named_and_the_others_counted() -> None:
    assert told(*(f"{n}E+13" for n in range(1, 10)))[0].endswith("'1E+13', '2E+13', '3E+13' and 6 more")
