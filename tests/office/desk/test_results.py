"""A recorded result: its act, its correction, its grade and origin; for those who may see it."""

import pytest
from django.test import Client

from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.registry.models import Finding, Item, Order, Result
from office.sample import FIRST, ORDER, SECRETS, load_sample
from people import Cast

PAGE = f"/queue/{ORDER}/"
WHY = "the second scale was broken"


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()


def recorded(cast: Cast, **sent: object) -> Client:
    """A browser of the officer who has recorded a result."""
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    assert (
        browser.post(f"{PAGE}result/", {"item1-areas": ["origin"], "item1-net_mass": "1300", **sent}).status_code == 302
    )
    return browser


def test_severity_and_origin_are_kept(cast: Cast) -> None:
    recorded(cast, **{"item1-severity": "3", "item1-corrected_origin": "tr", "item2-net_mass": "5"})
    kept = Finding.objects.get(item=1).record
    assert (kept["severity"], kept["corrected_origin"]) == (3, "TR")
    assert "severity" not in Finding.objects.get(item=2).record


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"item1-corrected_origin": "XX"}, "no country"),
        ({"item1-corrected_origin": "EU"}, "no country"),
        ({"item1-severity": "9"}, "valid choice"),
    ],
)
def test_an_origin_is_a_country_and_a_grade_is_one_of_four(cast: Cast, sent: dict[str, str], told: str) -> None:
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    answer = browser.post(f"{PAGE}result/", sent)
    assert (answer.status_code, told in answer.text) == (422, True)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_act_is_a_pdf_and_the_same_each_time(cast: Cast, language: str) -> None:
    recorded(cast)
    browser = cast.browser("salima", language=language)
    first, second = (browser.get(f"{PAGE}act.pdf") for _ in range(2))
    assert first.content.startswith(b"%PDF")
    assert first.content == second.content
    assert first["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(("name", "status"), [("gulnara", 404), ("farrukh", 404), ("jamila", 403), ("bakyt", 200)])
def test_the_act_is_open_to_the_agency_and_post_only(cast: Cast, name: str, status: int) -> None:
    recorded(cast)
    assert cast.browser(name).get(f"{PAGE}act.pdf").status_code == status


def test_a_correction_shows_what_was_recorded_and_keeps_both(cast: Cast) -> None:
    browser = recorded(cast)
    page = browser.get(f"{PAGE}correct/").text
    assert 'value="1300' in page
    assert [secret for secret in SECRETS if secret in page] == []
    sent = {"item1-areas": ["origin"], "item1-net_mass": "1250", "reason": WHY}
    assert "the first one is kept" in browser.post(f"{PAGE}correct/", sent, follow=True).text
    masses = [row.record["net_mass"] for row in Finding.objects.filter(item=1).order_by("result__number")]
    assert masses == ["1300", "1250"]
    assert WHY in Result.objects.get(number=2).words
    assert [(entry.body or {})["what"] for entry in entries_on(ORDER)] == ["claim", "record", "correct"]
    assert (entries_on(ORDER)[-1].body or {})["reason"] == WHY
    assert verify().faults == ()


def test_a_correction_needs_a_reason_and_loses_nothing_without_one(cast: Cast) -> None:
    answer = recorded(cast).post(f"{PAGE}correct/", {"item1-words": "weighed again", "reason": "x"})
    assert (answer.status_code, "weighed again" in answer.text) == (409, True)
    assert '<a href="#reason">Say why' in answer.text[answer.text.index('id="faults"') : answer.text.index("<h1>")]
    assert Result.objects.count() == 1


@pytest.mark.parametrize(("name", "status"), [("bakyt", 404), ("gulnara", 404), ("salima", 403)])
def test_only_whoever_recorded_it_corrects_it(cast: Cast, name: str, status: int) -> None:
    recorded(cast)
    browser = cast.browser(name)
    assert browser.get(f"{PAGE}correct/").status_code == status
    assert browser.post(f"{PAGE}correct/", {"reason": WHY}).status_code == status
    assert Result.objects.count() == 1
    assert Order.objects.get(order_id=ORDER).state == "recorded"


def test_an_order_that_opened_again_asks_for_what_has_no_word_and_keeps_what_was_recorded(cast: Cast) -> None:
    browser = recorded(cast)
    Order.objects.filter(order_id=ORDER).update(state="waiting", holder="", items=[1, 2], version=9)
    browser.post(f"{PAGE}claim/")
    page = browser.get(PAGE).text
    assert "Examine item 2." in page
    assert page.index('name="item2-words"') < page.index("Other goods:") < page.index('name="item1-words"')
    assert browser.post(f"{PAGE}result/", {"in_order": "1"}).status_code == 302
    assert list(Finding.objects.values_list("result__number", "item", "found")) == [(1, 1, True), (2, 2, False)]
    page = browser.get(PAGE).text
    assert "replaced" not in page
    assert browser.post(f"{PAGE}correct/", {"reason": WHY, "item2-areas": ["origin"]}).status_code == 302
    assert list(Finding.objects.filter(result__number=3).values_list("item", "found")) == [(2, True)]
    assert browser.get(PAGE).text.count("replaced") == 1


def test_the_order_says_where_other_goods_stand_than_those_of_the_result(cast: Cast) -> None:
    browser = recorded(cast)
    assert "Other goods are declared now" not in browser.get(PAGE).text
    item = Item.objects.get(declaration__declaration_id=FIRST, number=1)
    item.record["hs"] = "240220"
    item.save()
    assert "Other goods are declared now than those of which a result speaks: item 1." in browser.get(PAGE).text


def test_duty_finer_than_hundredths_is_refused(cast: Cast) -> None:
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    answer = browser.post(f"{PAGE}result/", {"item1-areas": ["safety"], "item1-additional_duty": "12.345"})
    assert (answer.status_code, "2 decimal places" in answer.text) == (422, True)
