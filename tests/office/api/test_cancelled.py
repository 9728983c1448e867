"""Declarations that are cancelled: seen as such, never out of an examination, and counted where a check was made."""

from typing import Any

import pytest

from darvoza.office.insight.records import EVERYBODY, revived
from darvoza.office.insight.services.reckoning import reckon
from darvoza.office.registry.models import Declaration, Order
from office.api.systems import NOW, Systems, a_body, an_item
from people import Cast

CARS = [an_item(hs="870323")]
NAME = "D-1:customs:physical"
FOUND = {"items": [{"item": 1, "areas": ["prohibited"], "seized": True}]}
NOTHING = {"items": [{"item": 1}]}


@pytest.fixture(autouse=True)
def _lodged(systems: Systems) -> None:
    """A car with an order."""
    assert systems.lodge(a_body(items=CARS)).status == 201


def cancel(systems: Systems, reference: str = "D-1") -> Any:
    return systems.send("POST", f"/declarations/{reference}/cancellation")


def test_goods_in_an_officers_hands_are_not_cancelled(cast: Cast, systems: Systems) -> None:
    browser = cast.browser("asel")
    browser.post(f"/queue/{NAME}/claim/")
    said = cancel(systems)
    assert (said.status, said.code) == (409, "at-examination")
    assert "in hand; ask the post" in said.body["detail"]
    assert (
        browser.post(f"/queue/{NAME}/result/", {"item1-areas": ["prohibited"], "item1-seized": "on"}).status_code == 302
    )
    said = cancel(systems)
    assert (said.code, "something was found" in said.body["detail"]) == ("at-examination", True)
    assert systems.send("GET", "/declarations/D-1/release").body["release"] == "held"
    assert Declaration.objects.get().cancelled_at is None


def test_what_was_found_holds_goods_that_were_cancelled_before(systems: Systems) -> None:
    assert cancel(systems).status == 200
    assert systems.send("GET", "/declarations/D-1/release").body["release"] == "cancelled"
    Order.objects.update(state="waiting")
    systems.send("POST", f"/orders/{NAME}/findings", FOUND)
    assert systems.send("GET", "/declarations/D-1/release").body["release"] == "held"


def test_pages_say_that_a_declaration_was_cancelled(cast: Cast, systems: Systems) -> None:
    browser = cast.browser("asel")
    assert "cancelled" not in browser.get("/declarations/D-1/").text
    cancel(systems)
    for page in ("/declarations/D-1/", f"/queue/{NAME}/"):
        assert "This declaration was cancelled by whoever lodged it" in browser.get(page).text
    assert "cancelled" in browser.get("/declarations/").text


def test_figures_leave_out_what_was_cancelled_before_a_check_was_made(cast: Cast, systems: Systems) -> None:
    systems.lodge(a_body("D-2", items=CARS, transport_document="B"))
    systems.send("POST", "/orders/D-2:customs:physical/findings", NOTHING)
    systems.lodge(a_body("D-3", items=CARS, transport_document="C"))
    assert [cancel(systems, each).status for each in ("D-1", "D-2")] == [200, 200]
    figures = revived(reckon(now=NOW).figures)
    assert sum(each.declarations for each in figures.declared if each.agency == EVERYBODY) == 2
    assert sum(each.declarations for each in figures.declared if each.agency == "customs") == 2
    assert [(each.ordered, each.checked) for each in figures.checks] == [(2, 1)]
    assert sum(each.drawn for each in figures.load if each.act == "physical") == 2
    assert sum(each.decisions for each in figures.draws) > 2 * len({each.act for each in figures.load})
    page = cast.browser("timur").get("/figures/cases/?which=declared").text
    assert [each in page for each in ("D-1<", "D-2<", "D-3<")] == [False, True, True]
