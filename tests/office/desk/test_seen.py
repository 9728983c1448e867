"""A result is taken of the goods and of the act that the officer saw; what was changed meanwhile is told, and nothing entered is lost."""

import re

import pytest
from django.test import Client

from darvoza.office.registry.models import Declaration, Finding, Item, Order, Result
from office.sample import FIRST, ORDER, load_sample
from people import Cast

PAGE = f"/queue/{ORDER}/"
REASON = "the driver answers evasively"


@pytest.fixture(autouse=True)
def _register(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    load_sample()


def seen(browser: Client, page: str = PAGE) -> str:
    """What the form that is shown now will say that it showed."""
    [told] = re.findall(r'name="seen" value="([^"]+)"', browser.get(page).text)
    return str(told)


def declare(number: int, **changes: str) -> None:
    """Have other goods declared under a number, as an amendment does."""
    item, _ = Item.objects.get_or_create(
        declaration=Declaration.objects.get(declaration_id=FIRST),
        number=number,
        defaults={"hs": "1", "origin": "KG", "record": {"item": number, "hs": "1", "origin": "KG"}},
    )
    item.record |= changes
    item.save()
    order = Order.objects.get(order_id=ORDER)
    Order.objects.filter(pk=order.pk).update(version=order.version + 1)


def claimed(cast: Cast) -> tuple[Client, str]:
    """A browser of the officer who holds the order, and what its form showed."""
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    return browser, seen(browser)


def test_a_result_on_goods_that_were_not_seen_is_not_taken_and_is_once_they_were(cast: Cast) -> None:
    browser, before = claimed(cast)
    declare(1, hs="930100")
    sent = {"item1-words": "all counted", "item1-net_mass": "12", "in_order": "1"}
    answer = browser.post(f"{PAGE}result/", {**sent, "seen": before})
    assert answer.status_code == 409
    assert "Item 1: other goods are declared than when this form was opened." in answer.text
    assert "all counted" in answer.text
    assert Finding.objects.count() == 0
    [now] = re.findall(r'name="seen" value="([^"]+)"', answer.text)
    assert browser.post(f"{PAGE}result/", {**sent, "seen": now}).status_code == 302
    assert Finding.objects.get().record["words"] == "all counted"


def test_goods_that_came_or_went_and_another_act_are_told(cast: Cast) -> None:
    browser, before = claimed(cast)
    declare(3)
    Item.objects.filter(declaration__declaration_id=FIRST, number=2).delete()
    Order.objects.filter(order_id=ORDER).update(act="scan")
    answer = browser.post(f"{PAGE}result/", {"seen": before})
    for said in ("Item 3 was added", "Item 2 was left out", "another one now: scan"):
        assert said in answer.text
    assert Result.objects.count() == 0


def test_an_order_that_was_changed_otherwise_is_looked_at_again(cast: Cast) -> None:
    browser, before = claimed(cast)
    Order.objects.filter(order_id=ORDER).update(version=9)
    answer = browser.post(f"{PAGE}result/", {"seen": before})
    assert (answer.status_code, "The order was changed" in answer.text) == (409, True)


def test_a_correction_is_of_what_was_seen_too(cast: Cast) -> None:
    browser, before = claimed(cast)
    assert browser.post(f"{PAGE}result/", {"item1-areas": ["origin"], "seen": before}).status_code == 302
    before = seen(browser, f"{PAGE}correct/")
    declare(3)
    sent = {"item1-areas": ["origin", "quantity"], "item1-words": "counted again", "reason": REASON}
    answer = browser.post(f"{PAGE}correct/", {**sent, "seen": before})
    assert answer.status_code == 409
    assert "Item 3 was added" in answer.text
    assert "counted again" in answer.text
    assert Result.objects.count() == 1
    again = {**sent, "seen": seen(browser, f"{PAGE}correct/")}
    assert browser.post(f"{PAGE}correct/", again).status_code == 302


def test_less_is_agreed_on_for_what_was_seen_and_what_was_written_is_kept(cast: Cast) -> None:
    cast.browser("asel").post(f"{PAGE}depart/", {"act": "", "reason": REASON})
    second = cast.browser("salima")
    before = seen(second)
    declare(1, hs="240220")
    sent = {"agreed": "1", "reason": "clean for years, I agree"}
    for silent in ({}, {"seen": "3 scan 1"}):
        answer = second.post(f"{PAGE}settle/", {**sent, **silent})
        assert (answer.status_code, "does not say what it showed" in answer.text) == (409, True)
        assert sent["reason"] in answer.text.split("settle-reason")[-1]
    answer = second.post(f"{PAGE}settle/", {**sent, "seen": before})
    assert answer.status_code == 409
    assert "Item 1: other goods are declared than when this form was opened." in answer.text
    assert 'value="clean for years, I agree"' in answer.text
    assert Order.objects.get(order_id=ORDER).state == "lowering"
    assert second.post(f"{PAGE}settle/", {**sent, "seen": seen(second)}).status_code == 302
    assert Order.objects.get(order_id=ORDER).state == "withdrawn"
