"""A session that ends while somebody writes, in a real browser: nothing typed is lost, and nothing of it goes to another."""

import pytest
from playwright.sync_api import Browser, Page

from darvoza.office.registry.models import Finding, Order
from office.sample import ORDER
from office.test_browser import _refuses_again, chromium, office, open_page, pytestmark  # noqa: F401
from people import PASSWORD


def sign_in_again(page: Page, address: str, name: str) -> None:
    """Sign in in another tab of the same browser."""
    other = page.context.new_page()
    other.goto(f"{address}/")
    other.locator("[name=login]").fill(name)
    other.locator("[name=password]").fill(PASSWORD)
    other.locator("[name=password]").press("Enter")
    other.wait_for_url(lambda address: "sign-in" not in address)
    other.close()


def test_what_was_typed_outlives_the_end_of_the_session(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
) -> None:
    page, _ = open_page(chromium, office, "en", 1280, "asel")
    Order.objects.filter(order_id=ORDER).update(state="claimed", holder="asel")
    page.goto(f"{office}/queue/{ORDER}/")
    page.context.clear_cookies(name="session")
    page.fill("#id_item1-net_mass", "1312.5")
    page.fill("#id_item1-words", "the driver named his brother")
    page.get_by_text("You are no longer signed in").wait_for()
    assert not page.get_by_text("Draft kept.").count()
    page.get_by_role("button", name="Record the result").click()
    page.get_by_text("You are no longer signed in").wait_for()
    assert page.url.endswith(f"/queue/{ORDER}/"), "nothing leads away from what was typed"
    sign_in_again(page, office, "asel")
    page.check("#in-order")
    page.get_by_role("button", name="Record the result").click()
    page.get_by_text("The result is recorded.").wait_for()
    assert Finding.objects.get(item=1).record["words"] == "the driver named his brother"


def test_who_signs_in_after_another_is_sent_to_the_page_and_finds_nothing_of_his(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
) -> None:
    page, _ = open_page(chromium, office, "en", 1280, "asel")
    Order.objects.filter(order_id=ORDER).update(state="claimed", holder="asel")
    page.goto(f"{office}/queue/{ORDER}/")
    page.context.clear_cookies(name="session")
    page.fill("#id_item1-net_mass", "1312.5")
    page.get_by_text("You are no longer signed in").wait_for()
    Order.objects.filter(order_id=ORDER).update(holder="bakyt")
    page.goto(f"{office}/queue/{ORDER}/result/")
    page.locator("[name=login]").fill("bakyt")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{office}/queue/{ORDER}/")
    assert page.input_value("#id_item1-net_mass") == ""
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))") == []


def test_words_typed_just_before_another_form_is_sent_are_kept(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
) -> None:
    page, _ = open_page(chromium, office, "en", 1280, "asel")
    Order.objects.filter(order_id=ORDER).update(state="claimed", holder="asel")
    page.goto(f"{office}/queue/{ORDER}/")
    page.set_input_files("#photo-files", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    page.fill("#id_item1-words", "behind the spare wheel")
    page.get_by_role("button", name="Send the photos").click()
    page.wait_for_load_state()
    page.locator(".messages, [role=alert], .note").first.wait_for()
    assert page.input_value("#id_item1-words") == "behind the spare wheel"


@pytest.mark.parametrize("width", [1280, 380])
def test_a_word_without_an_end_makes_no_page_wider(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
    width: int,
) -> None:
    page, _ = open_page(chromium, office, "en", width, "asel")
    Order.objects.filter(order_id=ORDER).update(state="claimed", holder="asel")
    page.goto(f"{office}/queue/{ORDER}/")
    page.fill("#id_item1-words", "x" * 300)
    page.locator("[name='item1-areas']").first.check()
    page.get_by_role("button", name="Record the result").click()
    page.get_by_text("The result is recorded.").wait_for()
    page.goto(f"{office}/queue/{ORDER}/")
    page.get_by_text("x" * 300).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
