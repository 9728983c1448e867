"""Samples at a laboratory hold the goods until a later call says what it found."""

from typing import Any

import pytest

from darvoza.office.api.models import Event
from darvoza.office.registry.models import Finding, Order
from office.api.systems import Systems, a_body, an_item

APPLES = an_item(hs="080810", origin="KG")
NAME = "D-1:phytosanitary:sampling"


def find(systems: Systems, *items: dict[str, Any]) -> Any:
    return systems.send("POST", f"/orders/{NAME}/findings", {"items": list(items)}, by="plants")


def word(systems: Systems) -> str:
    """What the service has said of the goods."""
    told = systems.send("GET", "/declarations/D-1/release").body["agencies"]
    words: dict[str, str] = {each["agency"]: each["word"] for each in told}
    return words["phytosanitary"]


@pytest.fixture
def sampled(systems: Systems) -> Systems:
    """The systems, after the service has told of its samples."""
    systems.lodge(a_body(items=[APPLES]))
    said = find(systems, {"item": 1, "samples": ["A-1", "A-2"]})
    assert (said.status, said.body["state"], said.body["recorded_at"]) == (201, "awaiting", None)
    return systems


@pytest.mark.parametrize(("areas", "now"), [([], "done"), (["sps"], "finding")])
def test_goods_wait_for_the_laboratory_whose_word_completes_the_result(
    sampled: Systems, areas: list[str], now: str
) -> None:
    assert word(sampled) == "open"
    assert not Event.objects.filter(kind="order.recorded").exists()
    assert [each["order_id"] for each in sampled.send("GET", "/orders?state=awaiting", by="plants").body["orders"]] == [
        NAME
    ]
    said = find(sampled, {"item": 1, "areas": areas})
    assert (said.status, said.body["state"]) == (201, "recorded")
    assert word(sampled) == now
    assert Event.objects.get(kind="order.recorded").body["found"] is bool(areas)
    assert [row.record["samples"] for row in Finding.objects.order_by("pk")] == [["A-1", "A-2"]] * 2


def test_other_goods_under_the_number_are_sampled_anew(sampled: Systems) -> None:
    sampled.send("POST", "/declarations/D-1/amendments", a_body(items=[an_item(hs="080810", origin="UZ")]))
    assert Order.objects.get(order_id=NAME).state == "waiting"
    assert find(sampled, {"item": 1, "samples": ["B-1"]}).body["state"] == "awaiting"
    assert word(sampled) == "open"


def test_an_amendment_of_the_rest_leaves_it_at_the_laboratory(sampled: Systems) -> None:
    sampled.send("POST", "/declarations/D-1/amendments", a_body(items=[APPLES, an_item()]))
    assert Order.objects.get(order_id=NAME).state == "awaiting"


def test_a_cancelled_declaration_awaits_nothing(sampled: Systems) -> None:
    sampled.send("POST", "/declarations/D-1/cancellation")
    assert Order.objects.get(order_id=NAME).state == "withdrawn"


@pytest.mark.parametrize("number", ["", "A 1", "x" * 41])
def test_a_number_of_a_sample_is_a_word(systems: Systems, number: str) -> None:
    systems.lodge(a_body(items=[APPLES]))
    assert find(systems, {"item": 1, "samples": [number]}).status == 422
