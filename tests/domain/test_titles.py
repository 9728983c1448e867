"""Every fact has a title in both languages, which is its own and can stand in a sentence."""

import re
from collections import Counter

import pytest

from darvoza.domain.facts import CATALOGUE, FACT, FactType
from darvoza.domain.titles import TITLE, TITLES, Gender, Title, read_titles

PLAIN = re.compile(r"[а-яёА-ЯЁA-Z0-9][а-яёА-ЯЁA-Z0-9.%/ -]*")
JOINING = re.compile(r"\b(и|или|неверно|что|среди всех)\b")


def forms(title: Title) -> list[str]:
    return [form for form in (title.russian, title.genitive, title.opposite) if form]


def test_every_fact_has_a_title_and_every_title_a_fact() -> None:
    without = [fact.name for fact in CATALOGUE if fact.name not in TITLE]
    assert without == [], "add a line to the table of domain/titles for each"
    assert [title.fact for title in TITLES if title.fact not in FACT] == []


def test_no_two_facts_are_called_the_same() -> None:
    english = Counter(title.english for title in TITLES)
    russian = Counter(form for title in TITLES for form in forms(title))
    assert [words for words, count in (english + russian).items() if count > 1] == []


def test_a_flag_is_a_statement_with_an_opposite_and_other_facts_have_a_genitive() -> None:
    wrong = [
        title.fact
        for title in TITLES
        if (title.gender is Gender.CLAUSE) is not (FACT[title.fact].type is FactType.FLAG)
        or bool(title.opposite) is bool(title.genitive)
    ]
    assert wrong == []


def test_a_set_of_codes_is_called_in_the_plural() -> None:
    sets = [title for title in TITLES if FACT[title.fact].type is FactType.CODES]
    assert {title.gender for title in sets} == {Gender.PLURAL}


@pytest.mark.parametrize("title", TITLES, ids=lambda title: title.fact)
def test_a_russian_title_holds_nothing_that_joins_conditions(title: Title) -> None:
    for form in forms(title):
        assert PLAIN.fullmatch(form), form
        assert not JOINING.search(form), form
    assert not re.search(r"[а-яё]", title.english, re.IGNORECASE)


def test_a_line_of_the_table_has_five_parts() -> None:
    with pytest.raises(ValueError, match="unpack"):
        read_titles("origin | country of origin | страна происхождения | f")
    with pytest.raises(ValueError, match="x"):
        read_titles("origin | country of origin | страна происхождения | x | страны происхождения")
