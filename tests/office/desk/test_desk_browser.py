"""The desk in a real browser: one press is one sending, the keyboard stays where it is, the way back leads back, and no page is wider than its screen."""

import pytest
from playwright.sync_api import Browser, Page

from darvoza.office.desk.models import Draft
from darvoza.office.registry.models import Order, Result
from office.sample import FIRST, ORDER
from office.test_browser import _refuses_again, chromium, faults, office, open_page, pytestmark  # noqa: F401

WIDTHS = pytest.mark.parametrize("width", [1280, 380])
LANGUAGES = pytest.mark.parametrize("language", ["en", "ru", "kk"])
REASON = "the driver answers evasively"


def held(page: Page, office: str) -> list[str]:  # noqa: F811
    """Open an order that is in hand; give what is sent from there, as it goes."""
    Order.objects.filter(order_id=ORDER).update(state="claimed", holder="asel")
    page.goto(f"{office}/queue/{ORDER}/")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url.rsplit("/", 2)[-2]) if asked.method == "POST" else None)
    return sent


def ask_anew(page: Page) -> None:
    """Have the table of the queue come anew, as each half minute does."""
    page.evaluate("htmx.ajax('GET', '/queue/', {target: '#queue', swap: 'innerHTML'})")


@pytest.mark.parametrize("quick", [True, False])
def test_two_presses_record_one_result(chromium: Browser, office: str, quick: bool) -> None:  # noqa: F811
    page, complaints = open_page(chromium, office, "en", 1280, "asel")
    sent = held(page, office)
    page.fill("#id_item1-words", "all as declared")
    page.check("#in-order")
    if not quick:
        page.get_by_text("Draft kept.").wait_for()
    page.get_by_role("button", name="Record the result").dblclick()
    page.get_by_text("The result is recorded.").wait_for()
    assert sent.count("result") == 1
    assert "Nothing was recorded" not in page.content()
    assert (Result.objects.count(), Draft.objects.count(), complaints) == (1, 0, [])


def test_a_form_that_was_refused_can_be_sent_again(chromium: Browser, office: str) -> None:  # noqa: F811
    page, _ = open_page(chromium, office, "en", 1280, "asel")
    sent = held(page, office)
    page.fill("#id_item1-net_mass", "44 kg")
    page.get_by_role("button", name="Record the result").dblclick()
    page.locator("#faults:focus").wait_for()
    page.fill("#id_item1-net_mass", "44,5")
    page.check("#in-order")
    page.get_by_role("button", name="Record the result").click()
    page.get_by_text("The result is recorded.").wait_for()
    assert sent.count("result") == 2


def test_the_way_back_leads_to_the_order_and_to_what_was_typed(chromium: Browser, office: str) -> None:  # noqa: F811
    page, _ = open_page(chromium, office, "en", 1280, "asel")
    held(page, office)
    page.fill("#id_item1-net_mass", "44 kg")
    page.fill("#id_item1-words", "half of it is missing")
    page.get_by_role("button", name="Record the result").click()
    page.locator("#faults").wait_for()
    page.get_by_role("link", name="← Queue").click()
    page.get_by_role("heading", name="Queue").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Result").wait_for()
    assert page.input_value("#id_item1-words") == "half of it is missing"
    page.reload()
    assert page.input_value("#id_item1-words") == "half of it is missing"


def test_enter_in_a_reason_raises_nothing_before_an_act_is_chosen(chromium: Browser, office: str) -> None:  # noqa: F811
    page, _ = open_page(chromium, office, "en", 1280, "asel")
    held(page, office)
    page.get_by_text("Do more, or propose less").click()
    page.fill("#depart-reason", REASON)
    page.press("#depart-reason", "Enter")
    page.locator("#faults:focus").get_by_text("Choose the act").wait_for()
    assert page.input_value("#depart-reason") == REASON
    assert page.locator("#depart-reason").is_visible()
    assert Order.objects.get(order_id=ORDER).state == "claimed"


def test_the_keyboard_stays_on_its_order_while_the_queue_comes_anew(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
) -> None:
    page, complaints = open_page(chromium, office, "en", 1280, "asel")
    links = page.locator("a.open")
    words = [links.nth(each).text_content() for each in range(links.count())]
    assert len(set(words)) == len(words) == 2
    for at, find in ((1, "a.open"), (0, "form.claim button")):
        page.locator(find).nth(at).focus()
        name = page.evaluate("document.activeElement.id")
        ask_anew(page)
        assert page.evaluate("document.activeElement.id") == name != ""
    assert complaints == []


def test_where_the_order_is_gone_the_next_one_has_the_keyboard_and_who_is_elsewhere_stays_there(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
) -> None:
    page, _ = open_page(chromium, office, "en", 1280, "asel")
    page.keyboard.press("j")
    page.locator("a.open:focus").wait_for()
    Order.objects.filter(order_id=ORDER).update(state="withdrawn")
    ask_anew(page)
    page.locator("a.open").nth(1).wait_for(state="detached")
    page.locator("a.open:focus").wait_for()
    page.locator("#find").focus()
    ask_anew(page)
    assert page.evaluate("document.activeElement.id") == "find"


@WIDTHS
@LANGUAGES
def test_no_page_of_an_order_is_wider_than_its_screen(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
    language: str,
    width: int,
) -> None:
    page, complaints = open_page(chromium, office, language, width, "asel")
    held(page, office)
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.check("[name='item1-areas'][value=sps]")
    page.fill("#id_item1-net_mass", "0")
    page.select_option("#id_item1-severity", "2")
    page.fill("#id_item1-samples", "PH-1, PH-2")
    page.locator("#result-form button.button").click()
    page.wait_for_url(f"{office}/queue/")
    page.goto(f"{office}/queue/{ORDER}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []
    assert complaints == []


@WIDTHS
@LANGUAGES
@pytest.mark.parametrize("name", ["timur", "umar"])
def test_no_page_of_a_declaration_is_wider_than_its_screen(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
    language: str,
    width: int,
    name: str,
) -> None:
    page, _ = open_page(chromium, office, language, width, name)
    page.goto(f"{office}/declarations/{FIRST}/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []


@WIDTHS
@LANGUAGES
def test_the_journal_stands_below_one_another_on_a_telephone(
    chromium: Browser,  # noqa: F811
    office: str,  # noqa: F811
    language: str,
    width: int,
) -> None:
    page, _ = open_page(chromium, office, language, width, "umar")
    page.goto(f"{office}/journal/")
    table = page.locator("main table")
    assert table.evaluate("(each) => each.scrollWidth") <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []
