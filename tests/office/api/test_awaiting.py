"""Samples at a laboratory hold the goods until a later call says what it found."""

from datetime import UTC, datetime
from typing import Any

import pytest

from darvoza.office.api.models import Event
from darvoza.office.registry.models import Finding, Order
from office.api.systems import Systems, a_body, an_item

APPLES = an_item(hs="080810", origin="KG")
OTHER = an_item(hs="080810", origin="UZ")
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
    sampled.send("POST", "/declarations/D-1/amendments", a_body(items=[OTHER]))
    assert Order.objects.get(order_id=NAME).state == "waiting"
    assert find(sampled, {"item": 1, "samples": ["B-1"]}).body["state"] == "awaiting"
    assert word(sampled) == "open"


def test_an_amendment_of_the_rest_leaves_it_at_the_laboratory(sampled: Systems) -> None:
    sampled.send("POST", "/declarations/D-1/amendments", a_body(items=[APPLES, an_item()]))
    assert Order.objects.get(order_id=NAME).state == "awaiting"


def cancelled(systems: Systems) -> Any:
    return systems.send("POST", "/declarations/D-1/cancellation")


def test_what_is_at_a_laboratory_cannot_be_cancelled_and_its_word_comes_home(sampled: Systems) -> None:
    refused = cancelled(sampled)
    assert (refused.status, refused.body["code"]) == (409, "at-examination")
    assert f"a laboratory has samples of the order {NAME}" in refused.body["detail"]
    assert Order.objects.get(order_id=NAME).state == "awaiting"
    sampled.send("POST", "/declarations/D-1/amendments", a_body(items=[OTHER]))
    assert cancelled(sampled).status == 409
    assert find(sampled, {"item": 1, "areas": ["sps"], "analysed": ["A-1", "A-2"]}).status == 201
    assert word(sampled) == "finding"


def test_a_second_message_about_samples_is_not_the_word_of_the_laboratory(sampled: Systems) -> None:
    assert find(sampled, {"item": 1, "samples": ["A-2", "A-3"]}).body["state"] == "awaiting"
    assert word(sampled) == "open"
    assert Finding.objects.latest("pk").record["awaited"] == ["A-1", "A-2", "A-3"]
    assert find(sampled, {"item": 1}).body["state"] == "recorded"
    assert word(sampled) == "done"


def test_what_a_laboratory_says_of_one_sample_leaves_the_other_awaited(sampled: Systems) -> None:
    assert find(sampled, {"item": 1, "analysed": ["A-1"]}).body["state"] == "awaiting"
    refused = find(sampled, {"item": 1, "analysed": ["A-1"]})
    assert (refused.status, word(sampled)) == (422, "open")
    assert find(sampled, {"item": 1, "analysed": ["A-2"]}).body["state"] == "recorded"


def test_samples_of_goods_that_are_declared_no_more_hold_the_others(sampled: Systems) -> None:
    sampled.send("POST", "/declarations/D-1/amendments", a_body(items=[an_item()]))
    assert Order.objects.get(order_id=NAME).state == "waiting"
    said = find(sampled, {"item": 1, "words": "jackets, of which nothing is sampled"})
    assert (said.status, said.body["state"], word(sampled)) == (201, "awaiting", "open")
    assert find(sampled, {"item": 1}).body["state"] == "recorded"
    assert word(sampled) == "done"


def test_an_order_that_waits_for_an_officer_again_is_due_anew(sampled: Systems) -> None:
    Order.objects.filter(order_id=NAME).update(deadline=datetime(2026, 1, 1, tzinfo=UTC))
    sampled.send("POST", "/declarations/D-1/amendments", a_body(items=[OTHER]))
    assert Order.objects.get(order_id=NAME).deadline > datetime(2026, 2, 1, tzinfo=UTC)


def test_an_act_of_sampling_has_a_sample_or_a_reason(systems: Systems) -> None:
    systems.lodge(a_body(items=[APPLES]))
    for silent in ({"item": 1}, {"item": 1, "words": "none"}):
        refused = find(systems, silent)
        assert (refused.status, word(systems)) == (422, "open")
    assert find(systems, {"item": 1, "words": "of a lot that was sampled in full"}).body["state"] == "recorded"


@pytest.mark.parametrize("number", ["", "A 1", "x" * 41])
def test_a_number_of_a_sample_is_a_word(systems: Systems, number: str) -> None:
    systems.lodge(a_body(items=[APPLES]))
    assert find(systems, {"item": 1, "samples": [number]}).status == 422
