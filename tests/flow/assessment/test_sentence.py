"""What is refused, with its column and what was expected."""

import pytest

from conditions import LISTS
from darvoza.domain.wording import render
from darvoza.errors import CostExceeded, SentenceError
from darvoza.flow.assessment.sentence import DEEPEST, LONGEST, MOST_NODES, parse, weigh
from flow.assessment.refusals import SENTENCES


@pytest.mark.parametrize(("sentence", "error", "column", "words"), SENTENCES)
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


def of_parts(count: int) -> str:
    """A sentence of so many parts: the join, and flags."""
    return " or ".join(["importer_is_new"] * (count - 1))


def test_a_sentence_at_the_bound_of_parts_is_read_and_one_above_is_refused() -> None:
    assert weigh(of_parts(MOST_NODES)).parts == MOST_NODES == 500
    assert render(parse(of_parts(MOST_NODES)))
    with pytest.raises(CostExceeded, match="has 501 parts; 500 are allowed"):
        parse(of_parts(MOST_NODES + 1))


def test_a_sentence_at_the_bound_of_levels_is_read_and_one_above_is_refused() -> None:
    deepest = "not " * (DEEPEST - 1) + "importer_is_new"
    assert weigh(deepest).levels == DEEPEST == 50
    assert render(parse(deepest))
    with pytest.raises(CostExceeded, match="deeper than 50 levels"):
        parse(f"not {deepest}")


def test_a_sentence_at_the_bound_of_length_is_read_and_one_above_is_refused() -> None:
    longest = "importer_is_new".ljust(LONGEST)
    assert weigh(longest).characters == LONGEST == 20_000
    assert render(parse(longest))
    with pytest.raises(CostExceeded, match="has 20001 characters; 20000 are allowed"):
        parse(f"{longest} ")
