"""Profiles in SQL: what is said, and what is refused with its reason and what to do instead."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.errors import UnsupportedError

from conditions import TEXTS, a_profile
from darvoza.domain.expression import (
    AnyItem,
    Arithmetic,
    Comparison,
    Day,
    Expression,
    FactValue,
    Flag,
    InList,
    Number,
    OneOf,
    Operation,
    Relation,
    Shifted,
)
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import UnknownPolicy, Validity
from darvoza.errors import CostExceeded, ProfileError
from darvoza.flow.assessment.folding import folded
from darvoza.flow.assessment.meaning import has_word
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.assessment.sql import match_predicate, profile_query, translate
from darvoza.flow.assessment.sql_columns import worded
from darvoza.flow.assessment.sql_dialects import DIALECTS, dialect_of
from darvoza.flow.assessment.sql_nodes import column, rendered, text

INSTEAD = "darvoza replay"


def refusal(condition: Expression | str, dialect: str) -> str:
    with pytest.raises(ProfileError) as refused:
        translate(parse(condition) if isinstance(condition, str) else condition, dialect)
    assert refused.value.field == "when"
    assert refused.value.hint
    return str(refused.value)


def test_a_dialect_without_booleans_is_refused_with_those_there_are() -> None:
    with pytest.raises(ProfileError, match=r"expected one of clickhouse, .*trino, got 'mysql' \(.*left out\)"):
        translate(Flag("importer_is_new"), "mysql")


@pytest.mark.parametrize("sentence", ["documents include CO", "documents is empty", "documents is known"])
def test_clickhouse_cannot_tell_an_unknown_set_from_an_empty_one(sentence: str) -> None:
    said = refusal(sentence, "clickhouse")
    assert "an array of ClickHouse is never NULL" in said
    assert INSTEAD in said


def test_a_list_too_long_to_be_written_into_a_statement_is_refused() -> None:
    named = NamedList("debtors", tuple(f"T-{number}" for number in range(1001)))
    said = refusal(InList("importer", named), "duckdb")
    assert "in list 'debtors' cannot be said in duckdb: it holds 1,001 codes; up to 1,000" in said
    assert "divide the list" in said


def test_a_count_is_not_asked_to_equal_a_number_that_is_computed() -> None:
    said = refusal("count of items (price > 5) = 2 * price", "postgres")
    assert "depends on how it is rounded" in said
    assert "compare the count with <= and >=" in said


def test_a_product_of_more_numbers_than_a_double_can_hold_is_refused() -> None:
    said = refusal(" * ".join(["unit_value_z"] * 9) + " > price", "spark")
    assert "a product of so many numbers cannot be said in spark: it may be larger than a double holds" in said
    assert INSTEAD in said


def test_a_number_beyond_the_reach_of_products_is_refused() -> None:
    tiny = Comparison(FactValue("unit_value_z"), Relation.LESS, Arithmetic(
        FactValue("unit_value_z"), Operation.TIMES, Number(Decimal("1e-120"))
    ))  # fmt: skip
    assert "products may leave the reach of a double" in refusal(tiny, "trino")


def test_a_text_that_postgresql_cannot_hold_is_refused_there_and_nowhere_else() -> None:
    odd = OneOf("origin", ("A\0B",))
    assert "the character U+0000 cannot be said in postgres: its texts cannot hold it" in refusal(odd, "postgres")
    assert translate(odd, "duckdb").truth


def test_a_question_about_all_items_within_another_is_refused() -> None:
    with pytest.raises(CostExceeded, match="inside another"):
        translate(AnyItem(AnyItem(Flag("preference_claimed"))), "duckdb")


@pytest.mark.parametrize(
    "mixed",
    [
        Comparison(Arithmetic(Day(date(2026, 1, 1)), Operation.PLUS, FactValue("price")), Relation.LESS, FactValue("price")),
        Comparison(Arithmetic(FactValue("unit_value_z"), Operation.PLUS, Shifted(Day(date(2026, 1, 1)), 1)), Relation.LESS, Number(Decimal(1))),
        Comparison(FactValue("lodged_on"), Relation.LESS, Number(Decimal(1))),
    ],
)  # fmt: skip
def test_a_tree_that_no_sentence_can_give_is_refused_and_not_guessed_at(mixed: Expression) -> None:
    assert "among" in refusal(mixed, "duckdb")


def test_no_node_outside_the_list_of_nodes_reaches_a_statement() -> None:
    with pytest.raises(ProfileError, match="Like cannot be said in duckdb: it is not among the nodes"):
        rendered(exp.Like(this=column("origin"), expression=text("%")), dialect_of("duckdb"))


def test_what_the_renderer_cannot_say_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object, **__: object) -> str:
        raise UnsupportedError("no such thing here")

    monkeypatch.setattr(exp.Column, "sql", unsupported)
    assert "sqlglot says: no such thing here" in refusal(Flag("importer_is_new"), "trino")


def test_no_refusal_is_left_without_a_test() -> None:
    """Every dialect that cannot do something is among those asked above."""
    assert [name for name, dialect in DIALECTS.items() if dialect.cannot] == ["clickhouse"]
    assert [name for name, dialect in DIALECTS.items() if not dialect.nul] == ["postgres"]


@given(st.text(), st.sampled_from(TEXTS))
def test_a_whole_word_is_a_part_of_the_words_set_apart(given_text: str, word: str) -> None:
    inside, sought = folded(given_text + word + given_text[:1]), folded(word)
    assert (worded(sought) in worded(inside)) is has_word(inside, sought)


@given(st.text("a1-/ é", max_size=8), st.text("a1-/ é", min_size=1, max_size=3))
def test_nothing_but_a_whole_word_is(given_text: str, word: str) -> None:
    inside, sought = folded(given_text), folded(word)
    if sought:
        assert (worded(sought) in worded(inside)) is has_word(inside, sought)


def test_a_date_moved_becomes_a_number_of_days_within_the_calendar() -> None:
    said = translate(parse("lodged_on - 30 days >= 2026-02-01"), "postgres").truth
    assert "(\"lodged_on\" - CAST('1970-01-01' AS DATE)) - 30" in said
    assert "2932896" in said
    assert translate(parse("2026-01-31 + 1 day <= lodged_on"), "spark").truth.startswith("20485 <= DATEDIFF(DAY")


def test_a_date_that_clickhouse_cannot_hold_is_compared_as_a_number_of_days() -> None:
    assert "DATE_DIFF" not in translate(parse("lodged_on < 2026-01-01"), "clickhouse").truth
    assert translate(parse("lodged_on < 9999-12-31"), "clickhouse").truth.endswith("< 2932896")


def test_a_profile_matches_on_the_days_it_is_in_force_and_as_its_policy_says() -> None:
    valid = Validity(date(2026, 1, 1), None)
    condition = parse("importer_is_new")
    said = match_predicate(a_profile(condition, unknown=UnknownPolicy.MATCH, valid=valid), "duckdb")
    assert said == '("lodged_on" >= CAST(\'2026-01-01\' AS DATE)) AND COALESCE("importer_is_new", TRUE)'
    always = match_predicate(a_profile(condition, valid=Validity()), "duckdb")
    assert always == 'TRUE AND COALESCE("importer_is_new", FALSE)'


def test_a_statement_says_what_it_is_and_which_columns_it_needs() -> None:
    condition = parse('description has word "tea" or distinct importer_name of items >= 2 or price > unit_value_z')
    said = profile_query(a_profile(condition, code="T-7"), "trino", table="trade.facts")
    assert said.startswith("-- T-7: A profile\n-- profile ")
    assert "-- rendered for trino, which the tests of Darvoza do not execute" in said
    assert "-- needs folded texts in: description_words, importer_name_folded" in said
    assert "-- rounding may decide otherwise where: " in said
    assert 'FROM "trade"."facts"' in said


def test_a_title_cannot_end_the_comment_it_stands_in() -> None:
    profile = a_profile(parse("importer_is_new"), code="T-1\n; DROP TABLE facts; --")
    assert "\n;" not in profile_query(profile, "duckdb")
