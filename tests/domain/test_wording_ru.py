"""The Russian sentence: grammatical, never empty, and never the same for two conditions."""

import typing
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions import LISTS, whole_language
from darvoza.domain import expression
from darvoza.domain.expression import (
    And,
    Comparison,
    Day,
    Expression,
    FactValue,
    Flag,
    Not,
    Number,
    OneOf,
    Or,
    Relation,
    digest,
    nodes,
)
from darvoza.domain.wording import render
from darvoza.domain.wording_ru import render_ru
from darvoza.flow.assessment.sentence import parse
from domain.back_from_russian import Reader

SAID = [
    ("hs starts with 8703", "код ТН ВЭД начинается с 8703"),
    ("hs starts with (8703, 8704)", "код ТН ВЭД начинается с одного из (8703, 8704)"),
    ("hs does not start with 8703", "код ТН ВЭД не начинается с 8703"),
    ("hs does not start with (87, 88)", "код ТН ВЭД не начинается ни с одного из (87, 88)"),
    ("origin is AE", "страна происхождения — AE"),
    ("origin in (AE, GE)", "страна происхождения — одна из (AE, GE)"),
    ("post in (A, B)", "пост декларирования — один из (A, B)"),
    ("origin is not AE", "страна происхождения — не AE"),
    ("origin not in (AE, GE)", "страна происхождения — ни одна из (AE, GE)"),
    ("flow is I", "направление перемещения — ввоз"),
    ("weekday in (sat, sun)", "день недели подачи — один из (суббота, воскресенье)"),
    ('importer_name is "Дом"', "наименование импортёра — «Дом»"),
    ('importer in list "watched"', "импортёр входит в список «watched»"),
    ('importer not in list "watched"', "импортёр не входит в список «watched»"),
    ('description contains "б/у"', "описание товара содержит «б/у»"),
    ('description contains any of ("a", "b")', "описание товара содержит хотя бы одно из («a», «b»)"),
    ('description does not contain "a"', "описание товара не содержит «a»"),
    ('description does not contain any of ("a", "b")', "описание товара не содержит ни одного из («a», «b»)"),
    ('description has word "hev"', "описание товара содержит слово «hev»"),
    ('description does not have word "hev"', "описание товара не содержит слова «hev»"),
    ("documents include CO", "представленные документы включают CO"),
    ("documents include any of (CO, PC)", "представленные документы включают хотя бы один код из (CO, PC)"),
    ("documents include all of (CO, PC)", "представленные документы включают все коды из (CO, PC)"),
    ("documents do not include all of (CO, PC)", "представленные документы не включают всех кодов из (CO, PC)"),
    ("documents is empty", "представленные документы отсутствуют"),
    ("documents is not empty", "представленные документы имеются"),
    ("net_mass is missing", "масса нетто товара не указана"),
    ("seals is known", "номера пломб указаны"),
    ("importer_age is missing", "число дней с первой подачи товаров импортёра неизвестно"),
    ("importer_is_new is known", "ответ на вопрос «импортёр ранее не встречался» известен"),
    ("importer_is_new", "импортёр ранее не встречался"),
    ("not importer_is_new", "импортёр ранее встречался"),
    ("month = 12", "месяц подачи равен 12"),
    ("version != 1", "версия декларации не равна 1"),
    ("price = 2 * customs_value", "цена товара по счёту = 2 × таможенная стоимость товара"),
    (
        "unit_value < 0.6 * reference_unit_value",
        "таможенная стоимость за кг меньше 0.6 × медианной стоимости за кг у аналогов",
    ),
    ("net_mass between 1 and 5", "масса нетто товара — от 1 до 5 включительно"),
    ("lodged_on >= 2026-02-01", "дата подачи не раньше 01.02.2026"),
    ("lodged_on - 30 days > 2026-01-01", "дата подачи − 30 дней позже 01.01.2026"),
    ("lodged_on + 1 day < 2026-01-01", "дата подачи + 1 день раньше 01.01.2026"),
    ("lodged_on + 22 days < 2026-01-01", "дата подачи + 22 дня раньше 01.01.2026"),
    ("days between 2026-01-01 and lodged_on > 90", "число дней от 01.01.2026 до даты подачи больше 90"),
    ("(price + freight) * 2 > 5", "(цена товара по счёту + стоимость перевозки) × 2 больше 5"),
    ("any item (origin is AE)", "хотя бы для одного товара выполнено условие (страна происхождения — AE)"),
    ("all items (net_mass > 1)", "для каждого товара выполнено условие (масса нетто товара больше 1)"),
    ("count of items (origin is AE) >= 3", "число товаров с условием (страна происхождения — AE) не меньше 3"),
    ("sum of customs_value > 10000", "сумма таможенной стоимости товара по всем товарам больше 10000"),
    (
        "sum of stake (origin is AE) = 5",
        "сумма исчисленных платежей за товар по товарам с условием (страна происхождения — AE) равна 5",
    ),
    ("distinct origin of items >= 3", "число различных значений страны происхождения по всем товарам не меньше 3"),
    ("not price < 5", "не выполнено условие (цена товара по счёту меньше 5)"),
    (
        "flow is I and (month = 1 or month = 2 and hour = 3)",
        "направление перемещения — ввоз и (месяц подачи равен 1 или (месяц подачи равен 2 и час подачи по UTC равен 3))",
    ),
    (
        "flow is I and month = 1 and hour = 3",
        "направление перемещения — ввоз, месяц подачи равен 1 и час подачи по UTC равен 3",
    ),
]


@pytest.mark.parametrize(("sentence", "russian"), SAID)
def test_a_sentence_is_said_in_russian(sentence: str, russian: str) -> None:
    assert render_ru(parse(sentence, LISTS)) == russian


def test_every_kind_of_node_is_said_in_russian() -> None:
    kinds = {type(node) for sentence, _ in SAID for node in nodes(parse(sentence, LISTS))}
    assert kinds == set(typing.get_args(expression.Node))


@given(condition=whole_language)
@settings(max_examples=150, deadline=None)
def test_a_russian_sentence_read_back_is_the_same_condition(condition: Expression) -> None:
    assert render(parse(Reader(render_ru(condition)).english(), LISTS, approved=True)) == render(condition)


@given(condition=whole_language, other=whole_language)
@settings(max_examples=50, deadline=None)
def test_two_conditions_have_two_sentences(condition: Expression, other: Expression) -> None:
    same = render(condition) == render(other)
    assert (render_ru(condition) == render_ru(other)) is same


@given(text=st.text(min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_whatever_stands_in_a_code_is_kept_apart_from_the_sentence(text: str) -> None:
    written = render_ru(Or((OneOf("origin", (text,)), OneOf("origin", ("AE", text)))))
    assert Reader(written).condition(Reader(written).sentence).count(" or ") == 1


def test_the_opposite_of_a_comparison_is_not_another_comparison() -> None:
    less = Comparison(FactValue("price"), Relation.LESS, Number(Decimal(5)))
    at_least = Comparison(FactValue("price"), Relation.AT_LEAST, Number(Decimal(5)))
    assert render_ru(Not(less)) != render_ru(at_least)


def test_joins_of_two_kinds_never_stand_side_by_side() -> None:
    new, dear = Flag("importer_is_new"), Flag("preference_claimed")
    mixed: list[Expression] = [Or((And((new, dear)), new)), And((Or((new, dear)), new)), Or((new, And((dear, new))))]
    assert len({render_ru(tree) for tree in mixed}) == len({digest(tree) for tree in mixed}) == 3
    assert all("(" in render_ru(tree) for tree in mixed)


def test_a_day_long_ago_keeps_its_four_digits() -> None:
    assert "01.02.0033" in render_ru(Comparison(FactValue("lodged_on"), Relation.MORE, Day(date(33, 2, 1))))
