"""The main task of a line officer in a real browser, by keyboard alone, in both languages and at both widths."""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection, transaction
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from darvoza.domain.named_list import NamedList
from darvoza.office.accounts.models import Person
from darvoza.office.administration.data_life import DataMove
from darvoza.office.administration.services.reference import act, offer_list
from darvoza.office.api.models import Comparison
from darvoza.office.insight.models import Reckoning
from darvoza.office.insight.report_files import read_report
from darvoza.office.insight.services.reckoning import reckon
from darvoza.office.insight.services.reports import take_in_report
from darvoza.office.profiles.services.lists import put_list_in_use
from darvoza.office.registry.models import Finding, Order
from office.insight.made_reports import (
    POSTS_FILE,
    card_directory,
    comparison_file,
    drift_directory,
    frontier_directory,
    with_estimates,
)
from office.profiles_sample import CARS, a_draft, keep_goods, take_in_sample
from office.sample import FIRST, NOW, ORDER, load_sample
from people import PASSWORD, Cast, enter_cast

CHROMIUM = Path(os.environ.get("DARVOZA_CHROMIUM", "/usr/bin/chromium"))
WAIT = 60_000
"""Milliseconds a busy machine is given."""
SLOW = 50_000 / 8
"""Bytes a second over a line of 50 kbit/s."""
FIRST_LOAD, ACTION = 100_000, 15_000
"""Bytes that may come over the line: until the queue stands there for the first time, and for one action."""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists() and "CI" not in os.environ, reason="no Chromium on this machine")
APPEND_ONLY = importlib.import_module("darvoza.office.journal.migrations.0002_append_only")
NESTED = (
    "hs starts with 8703 and unit_value < 3 and (net_mass > 7 or not (importer_is_new or net_mass > 9))"
    " and sum of net_mass (hs is 870323) > 1 and unit_value * 2 < 6"
)
"""A sentence with groups, a question about goods items, and a part that fits no row."""
WORDS = {
    "en": ("Queue", "physical examination", "The result is recorded."),
    "ru": ("Очередь", "досмотр", "Результат записан."),
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for every test here."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the driver runs a loop of its own beside our queries
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE") if before is None else None


@pytest.fixture(scope="module")
def _refuses_again(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001
    """After these tests, which empty their tables, the journal refuses to be emptied again."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(APPEND_ONLY.POSTGRESQL[1] if connection.vendor == "postgresql" else APPEND_ONLY.SQLITE[0])


@pytest.fixture
def office(
    _refuses_again: None,
    transactional_db: None,  # noqa: ARG001 - made by asking
    settings: object,
    live_server: LiveServer,
) -> Iterator[str]:
    """An office with people and orders; its address."""
    settings.DEMO = True  # type: ignore[attr-defined]
    enter_cast()
    load_sample()
    yield str(live_server.url)
    on = " ON journal_entry" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS journal_append_only{on}")


def open_page(chromium: Browser, office: str, language: str, width: int, name: str | None) -> tuple[Page, list[str]]:
    """A page on which somebody signed in by keyboard, and what the browser complains of."""
    page = chromium.new_context(viewport={"width": width, "height": 900}, locale=language).new_page()
    page.set_default_timeout(WAIT)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(f"{office}/")
    if name is not None:
        page.locator("[name=login]:focus").wait_for()  # the first field has the keyboard, but not before it is drawn
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "sign-in" not in address)
    return page, complaints


def faults(page: Page) -> list[str]:
    """What axe finds wrong."""
    found = Axe().run(page)
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found.response["violations"]]


@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_officer_takes_an_order_and_records_a_result_by_keyboard(
    chromium: Browser, office: str, language: str, width: int
) -> None:
    page, complaints = open_page(chromium, office, language, width, "asel")
    title, act_of_it, recorded = WORDS[language]
    assert page.locator("h1").inner_text() == title
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == f"{FIRST}, {act_of_it}"
    page.keyboard.press("c")
    page.wait_for_url(lambda address: "physical" in address)
    page.locator("#id_item1-areas_0").focus()
    page.keyboard.press("Space")
    page.locator("#id_item1-words").focus()
    page.keyboard.type("invoice of another sale")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda address: address.endswith("/queue/"))
    assert recorded in page.locator(".notes").inner_text()
    assert list(Finding.objects.values_list("item", "found")) == [(1, True)]
    assert complaints == []


def offered_list() -> int:
    """A list in use, and the number of a version of it that waits for a second administrator."""
    oraz, told = Person.objects.get(username="oraz"), {"name": "debtors", "source": "Debt unit", "date": "2026-07-01"}
    with transaction.atomic():
        put_list_in_use(
            NamedList("debtors", ("A-1", "B-2")), at=NOW, signed=("oraz", "merdan", "the register"), now=NOW
        )
    row = offer_list(oraz, told, b"code\nB-2\nC-3\n", now=NOW)
    act(oraz, row, DataMove.SUBMIT, "the register of July", now=NOW)
    return int(row.pk)


@pytest.mark.parametrize("width", [1280, 380])
def test_no_page_has_a_fault_of_accessibility_or_is_wider_than_its_window(
    chromium: Browser, office: str, width: int
) -> None:
    asked = {
        None: ["/account/sign-in/"],
        "asel": ["/queue/", f"/queue/{ORDER}/", "/declarations/", f"/declarations/{FIRST}/", "/nowhere/", "/journal/"],
        "umar": ["/journal/", f"/declarations/{FIRST}/"],
        "oraz": [
            "/",
            "/administration/people/",
            "/administration/people/enter/",
            "/administration/people/asel/",
            "/administration/places/",
            "/administration/data/",
            "/administration/reference/",
            "/administration/reference/offer/list/",
            "/administration/reference/of/list/debtors/",
            f"/administration/reference/{offered_list()}/",
        ],
        "salima": ["/post/", "/post/late/", "/post/overrides/", "/returns/"],
    }
    Order.objects.filter(order_id=ORDER).update(state="claimed", holder="asel")
    for name, addresses in asked.items():
        page, _ = open_page(chromium, office, "ru", width, name)
        for address in addresses:
            page.goto(f"{office}{address}")
            assert faults(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize("width", [1280, 380])
def test_no_page_of_the_figures_has_a_fault_or_is_wider_than_its_window(
    chromium: Browser, office: str, width: int, tmp_path: Path
) -> None:
    reckon(now=NOW)
    Reckoning.objects.update(figures=with_estimates(Reckoning.objects.get().figures))
    made = (frontier_directory(tmp_path / "f"), drift_directory(tmp_path / "d"), card_directory(tmp_path / "m"))
    for path in (*made, comparison_file(tmp_path / "c.json"), POSTS_FILE):
        take_in_report(read_report(path), by="system", now=NOW)
    told = {"system": "asycuda", "post": "KG-AKT", "theirs": "green", "ours": "red", "profiles": [], "at": NOW}
    Comparison.objects.create(declaration_id=FIRST, **told)
    figures = [
        f"/figures/{page}"
        for page in ("", "?from=2026-02&to=2026-06", "cases/", "cases/?which=declared", "posts/", "frontier/")
    ]
    asked = {
        None: ["/figures/selection/"],
        "jamila": [*figures, "/comparisons/", "/comparisons/?agreement=all"],
        "timur": ["/figures/score/"],
        "umar": ["/figures/draws/", f"/figures/draws/{FIRST}/"],
    }
    for name, addresses in asked.items():
        page, complaints = open_page(chromium, office, "ru", width, name)
        for address in addresses:
            page.goto(f"{office}{address}")
            assert faults(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert complaints == []


def test_a_draft_outlives_a_lost_line(chromium: Browser, office: str) -> None:
    page, _ = open_page(chromium, office, "en", 1280, "asel")
    Order.objects.filter(order_id=ORDER).update(state="claimed", holder="asel")
    page.goto(f"{office}/queue/{ORDER}/")
    page.context.set_offline(True)
    page.fill("#id_item1-net_mass", "1312.5")
    page.fill("#id_item1-words", "the driver named his brother")
    page.get_by_text("No line").wait_for()
    page.route("**/draft/", lambda route: route.abort())  # the line is back, the office is not
    page.context.set_offline(False)
    page.reload()
    assert page.input_value("#id_item1-net_mass") == "1312.5"
    assert page.input_value("#id_item1-words") == "", "words that may name people do not stay in a browser"


def over_a_slow_line(page: Page) -> list[int]:
    """Let a page load at 50 kbit/s with 400 ms each way; give where the bytes of each answer are noted."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": SLOW, "uploadThroughput": SLOW}
    line.send("Network.emulateNetworkConditions", slow)
    received: list[int] = []
    line.on("Network.loadingFinished", lambda told: received.append(int(told["encodedDataLength"])))
    return received


def test_the_work_is_done_over_a_slow_line_and_with_few_bytes(chromium: Browser, office: str) -> None:
    """At 50 kbit/s and 400 ms each way: from sign-in to a result, the first load and every action within their bytes."""
    page, _ = open_page(chromium, office, "ru", 1280, None)
    received = over_a_slow_line(page)
    spent: dict[str, int] = {}

    def note(what: str) -> None:
        page.wait_for_load_state("networkidle")
        spent[what] = sum(received)
        received.clear()

    page.goto(f"{office}/")
    page.fill("#id_login", "asel")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".queue").wait_for()
    note("first load")
    page.click("form.claim button >> nth=0")
    page.locator("#result-form").wait_for()
    note("take")
    page.check("#id_item1-areas_0")
    page.get_by_text("Черновик сохранён").wait_for()
    note("draft")
    page.click("#result-form button")
    page.locator(".note.success").wait_for()
    note("record")
    assert spent.pop("first load") <= FIRST_LOAD, spent
    assert {what: size for what, size in spent.items() if size > ACTION} == {}
    assert Finding.objects.filter(found=True).count() == 1


def test_reading_and_recording_work_without_scripts(office: str, chromium: Browser) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"{office}/")
    page.fill("#id_login", "asel")
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    page.click("form.claim button >> nth=0")
    page.check("#in-order")
    page.click("#result-form button")
    assert "The result is recorded." in page.content()


@pytest.fixture
def profiles(office: str, settings: object, tmp_path: Path) -> str:
    """The office with profiles in force and a history to try others on."""
    keep_goods(tmp_path / "history")
    settings.HISTORY = tmp_path / "history"  # type: ignore[attr-defined]
    take_in_sample()
    return office


def write_and_submit(chromium: Browser, office: str) -> None:
    """The main task of an analyst."""
    page, complaints = open_page(chromium, office, "en", 1280, "timur")
    page.goto(f"{office}/profiles/of/{CARS}/1/")
    page.get_by_role("button", name="Begin a version").press("Enter")
    page.get_by_role("link", name="Write on").press("Enter")
    sentence = page.locator("#id_when")
    sentence.fill("")
    sentence.press_sequentially("hs starts with 8703 and unit_valeu < 3")
    page.get_by_text("Did you mean unit_value?").wait_for()
    sentence.fill("hs starts with 8703 and unit_value < 3")
    page.get_by_text("Last 90 days: would select").wait_for()
    page.locator("#row1-value").fill("4")
    page.locator("#verdict").get_by_text("unit_value < 4").wait_for()
    assert sentence.input_value() == "hs starts with 8703 and unit_value < 4"
    page.get_by_role("button", name="Keep the draft").press("Enter")
    page.get_by_label("Why it should be as it is here").fill("cars have become dearer")
    page.get_by_role("button", name="Submit for approval").press("Enter")
    page.get_by_text("a second person answers").wait_for()
    assert complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_groups_of_rows_are_built_with_and_without_scripts(chromium: Browser, office: str, scripts: bool) -> None:
    page = chromium.new_context(java_script_enabled=scripts, locale="en").new_page()
    page.set_default_timeout(WAIT)
    page.goto(f"{office}/")
    page.fill("#id_login", "timur")
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    page.goto(f"{office}/profiles/new/")
    page.fill("#row0-fact", "hs")
    page.select_option("#row0-operator", "starts with")
    page.fill("#row0-value", "03")
    page.click("#add-group-top")
    page.locator("#row2-fact").fill("net_mass")
    page.select_option("#row2-operator", ">")
    page.fill("#row2-value", "100")
    page.select_option("#row1-over", "count of items")
    if not scripts:
        page.click("text=Write the sentence from the rows")
    page.locator("#row1-value").fill("2")
    page.click("text=Write the sentence from the rows")
    page.locator("#verdict .note.success").wait_for()
    assert page.input_value("#id_when") == "hs starts with 03 and count of items (net_mass > 100) >= 2"


def approve_and_ask_to_go_back(chromium: Browser, office: str) -> None:
    """The main tasks of an approver, in Russian and on a small screen."""
    page, complaints = open_page(chromium, office, "ru", 380, "zarina")
    page.goto(f"{office}/profiles/of/{CARS}/2/")
    assert "unit_value < 4" in page.get_by_role("region", name="Изменения").inner_text()
    page.locator("#answer-reason").fill("новая граница обоснована")
    page.get_by_role("button", name="Утвердить").press("Enter")
    page.get_by_text("Утверждено.").wait_for()
    page.goto(f"{office}/profiles/of/{CARS}/")
    page.locator("summary").press("Enter")
    page.locator("#back-reason").fill("останавливает каждую машину")
    page.get_by_role("button", name="Спросить второго утверждающего").press("Enter")
    page.get_by_text("отвечает второй утверждающий").wait_for()
    assert page.url.endswith(f"/profiles/of/{CARS}/3/"), "the version that waits"
    assert complaints == []


def test_an_analyst_writes_and_submits_and_an_approver_approves_and_asks_to_go_back(
    chromium: Browser, profiles: str
) -> None:
    write_and_submit(chromium, profiles)
    approve_and_ask_to_go_back(chromium, profiles)


@pytest.mark.parametrize("width", [1280, 380])
def test_no_page_of_the_profiles_has_a_fault_or_is_wider_than_its_window(
    chromium: Browser, profiles: str, width: int
) -> None:
    timur = Person.objects.get(username="timur")
    a_draft(Cast({"timur": timur}), when=NESTED)
    page, _ = open_page(chromium, profiles, "ru", width, "timur")
    page.goto(f"{profiles}/profiles/")
    page.get_by_role("button", name="Сделать показатели заново").press("Enter")
    page.get_by_text("Показатели сделаны").wait_for()
    page.goto(f"{profiles}/profiles/of/{CARS}/2/")
    page.get_by_role("button", name="Запустить в тени").press("Enter")
    page.get_by_role("button", name="Испытать").press("Enter")
    page.get_by_text("Испытано").wait_for()
    edit = f"/profiles/of/{CARS}/2/edit/"
    for address in (
        "/profiles/",
        f"/profiles/of/{CARS}/",
        edit[:-5],
        edit,
        "/profiles/new/",
        "/profiles/search/?q=hs+is+870323",
    ):
        page.goto(f"{profiles}{address}")
        assert faults(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
