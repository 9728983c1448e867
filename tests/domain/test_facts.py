"""The fact catalogue: every entry says what it is, in what unit, from where, with an example that can be used."""

from collections import Counter

import pytest

from darvoza.domain.facts import (
    CATALOGUE,
    DECLARED,
    DERIVED,
    FACT,
    HISTORY,
    REFERENCE,
    REGISTER,
    Fact,
    FactSource,
    FactType,
)
from darvoza.domain.facts.fact import read_facts
from darvoza.errors import SentenceError
from darvoza.flow.assessment.sentence import parse

QUESTION = {
    FactType.HS: "{name} starts with {example}",
    FactType.CODE: "{name} is {example}",
    FactType.TEXT: "{name} contains {example}",
    FactType.NUMBER: "{name} >= {example}",
    FactType.DATE: "{name} >= {example}",
    FactType.FLAG: "{example}",
    FactType.CODES: "{name} include {example}",
}


def question(fact: Fact) -> str:
    """The plainest sentence with the example of a fact."""
    return QUESTION[fact.type].format(name=fact.name, example=fact.example)


def test_every_fact_says_what_it_is() -> None:
    empty = [
        (fact.name, part)
        for fact in CATALOGUE
        for part in ("name", "type", "group", "meaning", "source", "unit", "example")
        if not getattr(fact, part)
    ]
    assert empty == []


def test_every_meaning_is_a_sentence_of_its_own() -> None:
    assert [fact.name for fact in CATALOGUE if not fact.meaning[0].isupper() or not fact.meaning.endswith(".")] == []
    assert [meaning for meaning, times in Counter(fact.meaning for fact in CATALOGUE).items() if times > 1] == []


@pytest.mark.parametrize("fact", CATALOGUE, ids=lambda fact: str(fact.name))
def test_the_example_of_a_fact_is_a_literal_of_its_type(fact: Fact) -> None:
    parse(question(fact))


@pytest.mark.parametrize(
    ("name", "example"), [("hs", "bolt"), ("customs_value", '"much"'), ("lodged_on", "soon"), ("importer_is_new", "1")]
)
def test_an_example_of_another_type_would_be_noticed(name: str, example: str) -> None:
    with pytest.raises(SentenceError):
        parse(QUESTION[FACT[name].type].format(name=name, example=example))


def test_the_example_of_a_flag_is_the_flag_itself() -> None:
    assert [fact.name for fact in CATALOGUE if fact.type is FactType.FLAG and fact.example != fact.name] == []


def test_each_part_of_the_catalogue_holds_the_facts_of_its_source_and_no_name_twice() -> None:
    parts = {
        FactSource.DECLARED: DECLARED,
        FactSource.DERIVED: DERIVED,
        FactSource.REFERENCE: REFERENCE,
        FactSource.REGISTER: REGISTER,
        FactSource.HISTORY: HISTORY,
    }
    assert [fact.name for source, part in parts.items() for fact in part if fact.source is not source] == []
    assert sum(map(len, parts.values())) == len(CATALOGUE) == len(FACT)


@pytest.mark.parametrize(
    "line", ["[goods]\na | code | x | y | Z.", "[value]\na | money | x | y | Z.", "[value]\na | code"]
)
def test_a_table_with_a_line_that_means_nothing_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"goods|money|unpack"):
        read_facts(FactSource.DERIVED, line)
