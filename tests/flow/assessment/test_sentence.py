"""What is refused, with its column and what was expected."""

import pytest

from conditions import LISTS
from darvoza.domain.wording import render
from darvoza.errors import CostExceeded, SentenceError, UnknownFact, WrongType
from darvoza.flow.assessment.sentence import parse

REFUSED = [
    ("", SentenceError, 1, "the sentence is empty"),
    ("   ", SentenceError, 1, "the sentence is empty"),
    ("orgin is GE", UnknownFact, 1, "did you mean origin?"),
    ("price > 5 and unit_valeu < 2", UnknownFact, 15, "did you mean unit_value?"),
    ('importer in list "watchd"', UnknownFact, 18, "did you mean watched?"),
    ('importer in list "zzz"', UnknownFact, 18, "add it to lists/"),
    ("origin < 5", WrongType, 1, "origin, a code"),
    ('hs contains "x"', WrongType, 1, "hs, a commodity code"),
    ("customs_value is GE", WrongType, 1, "customs_value, a number"),
    ("price > 5 and customs_value is GE", WrongType, 15, "customs_value, a number"),
    ("importer_is_new > 3", WrongType, 1, "importer_is_new, a flag"),
    ("documents is CO", WrongType, 1, "documents, a set of codes"),
    ("origin include CO", WrongType, 1, "origin, a code"),
    ("origin starts with GE", WrongType, 1, "origin, a code"),
    ("hs starts with GE", WrongType, 16, "digits of a commodity code"),
    ("hs is 8703.23", WrongType, 7, "without dots"),
    ("lodged_on > 5", WrongType, 13, "a date, to compare with a date"),
    ("lodged_on > 2026-13-01", WrongType, 13, "a day of the calendar"),
    ("lodged_on - 2026-01-01 > 5", WrongType, 1, "days between lodged_on and"),
    ("lodged_on * 3 days > 2026-01-01", WrongType, 1, "a date + or - days"),
    ("lodged_on - 1.5 days > 2026-01-01", WrongType, 13, "whole days, at most 99999"),
    ("lodged_on - 100000 days > 2026-01-01", WrongType, 13, "whole days, at most 99999"),
    ("price - 3 days > 2026-01-01", WrongType, 1, "expected a date, got a number"),
    ("days between price and lodged_on > 3", WrongType, 14, "expected a date, got a number"),
    ("price > 30 days", WrongType, 9, "a number of days that stands alone"),
    ("distinct price of items > 2", WrongType, 10, "a code or text to count the values of"),
    ("distinct orign of items > 2", UnknownFact, 10, "did you mean origin?"),
    ("distinct origin of items", WrongType, 1, "a condition, which is true or false"),
    ("any item (distinct origin of items > 1)", CostExceeded, 11, "inside another"),
    ('hs has word "x"', WrongType, 1, "a text before has word"),
    ('description has word " "', WrongType, 22, "a code or text"),
    ("origin is empty", WrongType, 1, "a set of codes before is empty"),
    ("price between 2026-01-01 and 5", WrongType, 15, "a number, to compare"),
    ("origin is export_country", WrongType, 11, "a fact is not compared with a fact"),
    ("price", WrongType, 1, "price, a number"),
    ("price + 1", WrongType, 1, "a condition, which is true or false"),
    ("(price > 3) + 2 > 3", WrongType, 2, "a number or a date"),
    ("sum of origin > 3", WrongType, 8, "a number to sum"),
    ("sum of price", WrongType, 1, "a condition, which is true or false"),
    ("sum of price + 1 > 3", WrongType, 1, "compare it directly"),
    ("count of items (price > 1) > 2026-01-01", WrongType, 30, "expected a number"),
    ('description contains " "', WrongType, 22, "a code or text"),
    ('origin is ""', WrongType, 11, "is missing"),
    ("(origin is GE", SentenceError, 1, "never closed"),
    ("price > 1 and (origin in (GE, AE)", SentenceError, 15, "never closed"),
    ("origin in (GE, AE", SentenceError, 11, "never closed"),
    ("origin is GE)", SentenceError, 13, "the end of the sentence"),
    ("origin is", SentenceError, 10, "a code"),
    ("origin is GE and", SentenceError, 17, "a condition or value"),
    ("origin GE", SentenceError, 8, "is"),
    ("price > 1,000", SentenceError, 10, "thousand separators"),
    ("price > > 2", SentenceError, 9, "a fact, a number or a date"),
    ("price = 'x'", SentenceError, 9, "a fact, a number or a date"),
    ("@", SentenceError, 1, "a condition or value"),
    ('description contains "x', SentenceError, 22, "a code"),
    ("price > 5 / 0", SentenceError, 13, "division by zero"),
    ("price > 5 / 0.00", SentenceError, 13, "division by zero"),
    ("any item (any item (importer_is_new))", CostExceeded, 11, "inside another"),
    ("count of items (all items (price > 1)) > 1", CostExceeded, 17, "inside another"),
    ("any item (sum of price > 1)", CostExceeded, 11, "inside another"),
    ("price > " + "9" * 29, WrongType, 9, "at most 28 digits"),
    ("not " * 51 + "importer_is_new", CostExceeded, 205, "deeper than 50"),
    ("price > 0" + " + 1" * 60, CostExceeded, 9, "deeper than 50"),
    (" or ".join(["price > 1"] * 200), CostExceeded, 1, "500 are allowed"),
    ("origin in (" + "GE, " * 6000 + "GE)", CostExceeded, 1, "20000 are allowed"),
]


@pytest.mark.parametrize(("sentence", "error", "column", "words"), REFUSED)
def test_what_cannot_be_meant_is_refused_where_it_stands(
    sentence: str, error: type[SentenceError], column: int, words: str
) -> None:
    with pytest.raises(SentenceError) as caught:
        parse(sentence, LISTS)
    assert type(caught.value) is error
    assert caught.value.column == column
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("hs STARTS WITH (8704, 8703)", "hs starts with (8703, 8704)"),
        ("origin  in(GE,AE)\nAND not importer_is_new", "origin in (AE, GE) and not importer_is_new"),
        ("not origin is GE", "origin is not GE"),
        ("3 < Distinct origin of items", "distinct origin of items > 3"),
        ("lodged_on + 1 day > 2026-01-01", "lodged_on + 1 days > 2026-01-01"),
        ("not documents is empty", "documents is not empty"),
        ('not description has words ("b", "a")', 'description does not have word any of ("a", "b")'),
        ("origin not in (GE)", "origin is not GE"),
        ("preference is not missing", "preference is known"),
        ("not preference is known", "preference is missing"),
        ("documents includes CO", "documents include CO"),
        ("documents does not include CO", "documents do not include CO"),
        ("3 < count of items (price > 1)", "count of items (price > 1) > 3"),
        ("((price)) > (2)", "price > 2"),
        ("price > 2 * (customs_value * 3)", "price > 2 * (customs_value * 3)"),
        ("price > -0.50", "price > -0.5"),
        ("(importer_is_new and origin is GE) and price > 1", "importer_is_new and origin is GE and price > 1"),
        (r'description contains "6\" \\ x"', r'description contains "6\" \\ x"'),
        ("origin is IN", 'origin is "IN"'),
    ],
)
def test_one_meaning_has_one_wording(written: str, canonical: str) -> None:
    assert render(parse(written)) == canonical
    assert parse(canonical) == parse(written)


def test_a_sentence_within_the_bounds_is_accepted() -> None:
    assert render(parse(" or ".join(["price > 1"] * 160))).count("price") == 160
    assert render(parse("not " * 48 + "importer_is_new")).count("not") == 48
