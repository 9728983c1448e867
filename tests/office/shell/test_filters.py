"""How numbers, spans of time and names of languages are written in the language of a page."""

import re
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from darvoza.office.shell.templatetags.darvoza import concerning, day, lasting, own_name, percent
from people import Cast


@pytest.mark.parametrize(
    ("language", "whole", "part"), [("ru", "97\xa0%", "0,9\xa0%"), ("en", "97%", "0.9%"), ("tk", "97\xa0%", "0,9\xa0%")]
)
def test_a_percentage_with_places_is_written_like_one_without(language: str, whole: str, part: str) -> None:
    with override(language):
        assert (percent(0.97, 0), percent(0.009, 1)) == (whole, part)


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [("en", "4 days 4 hrs", "0 mins"), ("ru", "4 дн. 4 ч", "0 мин"), ("tg", "4 рӯз 4 соат", "0 дақ.")],
)
def test_a_span_of_time_has_words_of_the_language(language: str, long: str, short: str) -> None:
    with override(language):
        assert (lasting(timedelta(days=4, hours=4)), lasting(timedelta())) == (long, short)


def test_a_language_is_called_by_its_name_and_not_by_that_of_a_people() -> None:
    assert [own_name(code) for code in ("ru", "kk", "tk")] == ["Русский", "Қазақша", "Türkmençe"]


def test_an_order_is_named_by_its_agency_and_act() -> None:
    with override("ru"):
        assert concerning("KG-1:customs:documentary") == "таможенная служба, проверка документов"
    assert [concerning(each) for each in ("KG-1", "a:b", "x:customs:nothing", "")] == [
        "KG-1",
        "a:b",
        "x:customs:nothing",
        "",
    ]


def test_a_day_that_was_kept_as_text_is_written_like_any_other() -> None:
    for language in ("en", "ru", "uz"):
        with override(language):
            assert day("2026-11-27") == day(date(2026, 11, 27)) != "2026-11-27"


@pytest.mark.django_db
def test_each_search_of_a_page_has_a_name(cast: Cast) -> None:
    for name, address in (("timur", "/profiles/"), ("oraz", "/administration/people/"), ("umar", "/journal/")):
        page = cast.browser(name).get(address).text
        names = re.findall(r'role="search"(?: aria-label="([^"]+)")?', page)
        assert len(names) == len(set(names)) > 0
        assert all(names)
