"""Languages beside English and Russian: the screens of an officer speak them, and say when no speaker has checked them."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils.translation import override

from darvoza.office.registry.models import Finding
from darvoza.office.shell import translation
from darvoza.office.shell.offered import OFFERED, is_checked, wrong_places
from darvoza.office.shell.templatetags.darvoza import day, moment, number
from office.sample import ORDER, load_sample
from people import Cast

QUEUE = {"ky": "Кезек", "tg": "Навбат", "uz": "Navbat", "kk": "Кезек", "tk": "Nobat"}
RECORD = {
    "ky": "Жыйынтыкты жазуу", "tg": "Натиҷаро сабт кардан", "uz": "Natijani qayd etish", "kk": "Нәтижені жазу",
    "tk": "Netijäni ýazmak",
}  # fmt: skip
NAMES = {"Кыргызча", "тоҷикӣ", "oʻzbek tili", "Қазақша", "Türkmençe", "English", "Русский"}
TAGS = re.compile(r"<(script|style|head)\b.*?</\1>|<[^>]+>", re.DOTALL)
CYRILLIC = re.compile(r"[а-яА-ЯёЁ]{3,}")


def visible(page: str) -> str:
    """What is read on a page: without the head, the tags, and the names of the languages."""
    text = TAGS.sub(" ", page)
    for name in NAMES:
        text = text.replace(name, "")
    return text


def test_what_is_offered_is_in_the_settings() -> None:
    assert [code for code, _ in settings.LANGUAGES] == ["en", *translation.LANGUAGES, *OFFERED]


@pytest.mark.parametrize("language", [*translation.LANGUAGES, *OFFERED])
def test_places_for_values_are_those_of_the_source(language: str) -> None:
    read = [
        translation.read_catalogue(translation.catalogue_path(app, language), language) for app in translation.apps()
    ]
    assert [word for catalogue in read for word in wrong_places(catalogue)] == []


@pytest.mark.parametrize("language", OFFERED)
def test_a_catalogue_says_whether_a_speaker_has_checked_it(language: str) -> None:
    there = [path for app in translation.apps() if (path := translation.catalogue_path(app, language)).exists()]
    assert len(there) >= 3
    checked = {is_checked(translation.read_catalogue(path, language)) for path in there}
    assert checked == {language not in settings.MACHINE_MADE}


@pytest.mark.parametrize("language", OFFERED)
def test_sign_in_queue_and_result_speak_the_language(cast: Cast, language: str) -> None:
    load_sample()
    stranger = cast.browser(language=language).get("/account/sign-in/").text
    browser = cast.browser("asel", language=language)
    queue = browser.get("/queue/").text
    browser.post(f"/queue/{ORDER}/claim/")
    order = browser.get(f"/queue/{ORDER}/").text
    assert f'lang="{language}"' in queue
    assert f"<h1>{QUEUE[language]}</h1>" in queue
    assert RECORD[language] in order
    for page in (stranger, queue, order):
        assert not {"Sign out", "Password", "Queue", "Declaration", "Result"} & set(
            re.findall(r"[A-Z]\w+(?: \w+)?", visible(page))
        )


@pytest.mark.parametrize("language", ["uz", "tk"])
def test_latin_languages_show_no_cyrillic_on_the_sign_in_page(cast: Cast, language: str) -> None:
    assert CYRILLIC.findall(visible(cast.browser(language=language).get("/account/sign-in/").text)) == []


@pytest.mark.parametrize("language", ["en", "ru", *OFFERED])
def test_a_translation_that_nobody_checked_says_so_at_the_foot(cast: Cast, language: str) -> None:
    page = cast.browser(language=language).get("/account/sign-in/").text
    with override(language):
        from django.utils.translation import gettext

        told = gettext("This translation was made by a machine and has not been checked by a speaker yet.")
    assert (told in page) == (language in settings.MACHINE_MADE)


def test_the_chooser_lists_every_language_by_its_own_name(cast: Cast) -> None:
    page = cast.browser().get("/account/sign-in/").text
    assert re.findall(r'<button[^>]*name="language" value="(\w+)"', page) == [code for code, _ in settings.LANGUAGES]
    assert "Türkmençe" in page


def test_what_is_not_translated_is_russian_rather_than_english(cast: Cast) -> None:
    page = cast.browser("umar", language="ky").get("/journal/").text
    assert "Проверить всю цепочку" in page


@pytest.mark.parametrize(
    ("language", "written", "amount"),
    [
        ("ky", "2026-ж., 1-мар.", "1 234,5"),
        ("tg", "01 Мар 2026", "1 234,5"),
        ("uz", "1-mar, 2026", "1 234,5"),
        ("kk", "2026 ж. 01 нау.", "1 234,5"),
        ("tk", "1 mart 2026", "1 234,5"),
    ],
)
def test_dates_and_numbers_are_written_as_in_the_country(language: str, written: str, amount: str) -> None:
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    with override(language):
        assert re.sub(r"\s", " ", day(at.date())) == written
        assert moment(at).startswith(day(at.date()))
        assert number(Decimal("1234.5"), 1).replace("\xa0", " ") == amount


@pytest.mark.parametrize("language", OFFERED)
def test_an_amount_with_a_comma_is_taken_in_every_language(cast: Cast, language: str) -> None:
    load_sample()
    browser = cast.browser("asel", language=language)
    browser.post(f"/queue/{ORDER}/claim/")
    browser.post(f"/queue/{ORDER}/result/", {"item1-areas": ["quantity"], "item1-additional_duty": "1 930,25"})
    assert Finding.objects.get(item=1).additional_duty == Decimal("1930.25")
