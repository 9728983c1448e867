"""A second person agrees to nothing on goods that neither of the two has seen; the proposal lapses, and it is told."""

from typing import Any

import pytest

from darvoza.domain.casework import CaseState
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.registry.models import Finding, Order
from office.api.systems import Systems, a_body, an_item
from office.api.test_goods_that_came import CAR, NAME, SUIT, amend
from people import Cast

PAGE = f"/queue/{NAME}/"
WHY = "a known trader, clean for years"
OTHER_CAR = an_item(hs="870323", origin="AE")


def told() -> list[Any]:
    return [(entry.body or {})["what"] for entry in entries_on(NAME)]


def settled(cast: Cast, before: str) -> Any:
    return cast.browser("salima").post(f"{PAGE}settle/", {"agreed": "1", "reason": WHY, "seen": before})


def shown(cast: Cast) -> str:
    """What the page of the supervisor says that it showed."""
    return str(cast.browser("salima").get(PAGE).text.split('name="seen" value="')[1].split('"')[0])


@pytest.mark.parametrize("act", ["", "documentary"])
def test_to_do_less_lapses_with_the_goods(systems: Systems, cast: Cast, act: str) -> None:
    systems.lodge(a_body(items=[CAR]))
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    browser.post(f"{PAGE}depart/", {"act": act, "reason": WHY})
    before, due = shown(cast), Order.objects.get().deadline
    amend(systems, OTHER_CAR)
    order = Order.objects.get()
    assert (order.state, order.holder, order.act, order.deadline) == (CaseState.WAITING, "", "physical", due)
    answer = settled(cast, before)
    assert answer.status_code == 409
    assert "Item 1: other goods are declared than when this form was opened." in answer.text
    assert "proposal lapsed: other goods are declared" in answer.text
    assert told()[-1] == "lapse"
    assert Order.objects.get().state == CaseState.WAITING
    assert "no longer possible" in cast.browser("salima").post(f"{PAGE}settle/", {"reason": WHY}).text
    assert verify().faults == ()


def test_goods_that_nobody_proposed_anything_of_change_nothing(systems: Systems, cast: Cast) -> None:
    systems.lodge(a_body(items=[CAR, SUIT]))
    browser = cast.browser("asel")
    browser.post(f"{PAGE}depart/", {"act": "", "reason": WHY})
    before = shown(cast)
    amend(systems, CAR, an_item(origin="AE"))
    assert Order.objects.get().state == CaseState.LOWERING
    answer = settled(cast, before)
    assert (answer.status_code, WHY in answer.text.split("settle-reason")[-1]) == (409, True)
    assert settled(cast, shown(cast)).status_code == 302
    assert Order.objects.get().state == CaseState.WITHDRAWN


def test_to_take_a_finding_back_lapses_and_the_goods_are_examined(systems: Systems, cast: Cast) -> None:
    systems.lodge(a_body(items=[CAR]))
    browser = cast.browser("asel")
    browser.post(f"{PAGE}claim/")
    browser.post(f"{PAGE}result/", {"item1-areas": ["origin"]})
    arrived = {"post": "KG-AKT", "arrived_at": "2026-02-27T18:00:00Z"}
    assert systems.send("POST", "/declarations/D-1/arrival", arrived).status == 200
    browser.post(f"{PAGE}correct/", {"reason": WHY})
    assert Order.objects.get().state == CaseState.LOWERING
    due = Order.objects.get().deadline
    amend(systems, OTHER_CAR)
    order = Order.objects.get()
    assert (order.state, order.holder, order.recorded_at) == (CaseState.WAITING, "", None)
    assert order.deadline != due
    assert Finding.objects.get().found
    assert told()[-2:] == ["propose_clearing", "lapse"]
