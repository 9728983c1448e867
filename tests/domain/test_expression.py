import json
from decimal import Decimal

import pytest
from hypothesis import given, settings

from conditions import conditions
from darvoza.domain.expression import (
    And,
    Comparison,
    Expression,
    FactValue,
    Flag,
    Include,
    InList,
    Not,
    Number,
    OneOf,
    Or,
    Relation,
    as_json,
    both,
    digest,
    either,
    facts_used,
    nodes,
    speaks_of_items,
)
from darvoza.domain.expression_reading import from_json
from darvoza.domain.named_list import NamedList
from darvoza.domain.wording import render

NEW, GEORGIA = Flag("importer_is_new"), OneOf("origin", ("GE",))


def test_the_order_of_codes_does_not_change_the_identity() -> None:
    assert digest(OneOf("origin", ("GE", "AE", "GE"))) == digest(OneOf("origin", ("AE", "GE")))


def test_idle_zeros_do_not_change_the_identity() -> None:
    short, long = (Comparison(FactValue("price"), Relation.LESS, Number(Decimal(text))) for text in ("0.6", "0.60"))
    assert digest(short) == digest(long)


def test_another_value_in_a_named_list_changes_the_identity() -> None:
    first, second = (InList("importer", NamedList("watched", values)) for values in (("A",), ("A", "B")))
    assert digest(first) != digest(second)


def test_and_is_not_or() -> None:
    assert digest(And((NEW, GEORGIA))) != digest(Or((NEW, GEORGIA)))


def test_nested_joins_of_one_kind_are_one_join() -> None:
    assert both(both(NEW, GEORGIA), NEW) == And((NEW, GEORGIA, NEW))
    assert either(NEW, either(GEORGIA, NEW)) == Or((NEW, GEORGIA, NEW))
    assert both(NEW) == NEW


def test_including_all_of_one_code_is_including_it() -> None:
    assert Include("documents", ("CO",), every=True) == Include("documents", ("CO",))


def test_the_facts_of_a_tree_are_named() -> None:
    assert facts_used(both(NEW, Not(GEORGIA))) == {"importer_is_new", "origin"}


def test_a_header_fact_holds_for_every_item() -> None:
    assert not speaks_of_items(NEW)
    assert speaks_of_items(both(NEW, GEORGIA))


def test_groups_are_kept_in_words() -> None:
    assert render(both(NEW, either(GEORGIA, Not(NEW)))) == "importer_is_new and (origin is GE or not importer_is_new)"


def test_a_code_that_reads_like_a_word_of_the_language_is_quoted() -> None:
    assert render(OneOf("origin", ("missing", "GE", "origin"))) == 'origin in (GE, "missing", "origin")'


@given(condition=conditions)
@settings(max_examples=200)
def test_a_tree_reads_back_from_its_json_unless_it_speaks_of_a_list(condition: Expression) -> None:
    told = json.loads(json.dumps(as_json(condition)))
    if any(isinstance(node, InList) for node in nodes(condition)):
        with pytest.raises(ValueError, match="of which only the name was kept"):
            from_json(told)
    else:
        assert from_json(told) == condition


@given(condition=conditions)
@settings(max_examples=60, deadline=None)
def test_the_opposite_has_another_identity(condition: Expression) -> None:
    assert len(digest(condition)) == 64
    assert digest(Not(condition)) != digest(condition)
