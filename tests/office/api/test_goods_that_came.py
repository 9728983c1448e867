"""Goods that must be examined are, also those that come by an amendment once a result is recorded."""

from typing import Any

from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Finding, Order, Result
from office.api.systems import OTHER, POST, Systems, a_body, an_item

CAR, APPLES, SUIT = an_item(hs="870323", origin="DE"), an_item(hs="080810", origin="KG"), an_item()
D, NAME = "/declarations/D-1", "D-1:customs:physical"


def told(*numbers: int, found: int = 0) -> dict[str, Any]:
    """What was found on some items: nothing, but on one."""
    return {"items": [{"item": each, "areas": ["undervaluation"] if each == found else []} for each in numbers]}


def find(systems: Systems, body: Any, name: str = NAME, by: str = "customs") -> Any:
    return systems.send("POST", f"/orders/{name}/findings", body, by=by)


def amend(systems: Systems, *items: dict[str, Any], **more: Any) -> Any:
    return systems.send("POST", f"{D}/amendments", a_body(items=list(items), **more))


def release(systems: Systems) -> Any:
    return systems.send("GET", f"{D}/release").body


def test_goods_that_come_after_the_result_are_ordered_and_hold_the_release(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR]))
    assert find(systems, told(1)).status == 201
    assert release(systems)["release"] == "free"
    assert amend(systems, CAR, CAR, SUIT, CAR).body["acts"] == [
        {"agency": "customs", "act": "physical", "items": [1, 2, 4]}
    ]
    order = systems.send("GET", f"/orders/{NAME}").body
    assert (order["state"], order["items"], order["recorded_at"]) == ("waiting", [1, 2, 4], None)
    assert release(systems) == {
        "declaration_id": "D-1", "revision": 2, "channel": "red", "binding": True, "release": "waiting",
        "agencies": [{"agency": "customs", "word": "open", "orders": 1, "open": 1}],
    }  # fmt: skip
    assert find(systems, told(2)).code == "invalid"
    assert find(systems, told(2, 4)).status == 201
    assert release(systems)["release"] == "free"
    assert list(Result.objects.values_list("number", "by")) == [(1, "client:customs"), (2, "client:customs")]
    assert list(Finding.objects.values_list("result__number", "item")) == [(1, 1), (2, 2), (2, 4)]
    assert Entry.objects.get(body__what="reopen").subject == NAME


def test_an_order_that_opens_again_is_due_as_one_that_is_given_now(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR]))
    before = Order.objects.get()
    find(systems, told(1))
    arrived = {"post": OTHER, "arrived_at": "2026-02-27T18:00:00Z"}
    assert systems.send("POST", "/declarations/D-1/arrival", arrived).status == 200
    assert Order.objects.get().post == POST  # its result is recorded
    amend(systems, CAR, CAR)
    after = Order.objects.get()
    assert (after.post, after.left_post, after.holder, after.claimed_at) == (OTHER, POST, "", None)
    moved = Entry.objects.get(body__what="rerouted").body or {}
    assert {name: moved[name] for name in ("from", "to")} == {"from": POST, "to": OTHER}
    assert after.deadline > before.deadline
    assert [each["order_id"] for each in systems.send("GET", "/orders?state=waiting", by="dus").body["orders"]] == [
        NAME
    ]


def test_what_was_found_before_still_holds_the_goods(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR]))
    find(systems, told(1, found=1))
    amend(systems, CAR, CAR)
    assert release(systems)["release"] == "held"
    find(systems, told(2))
    assert release(systems)["release"] == "held"


def test_an_open_order_is_about_the_goods_that_there_are_now(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR, SUIT]))
    tag = systems.send("GET", f"/orders/{NAME}").headers["ETag"]
    amend(systems, CAR, CAR)
    assert Order.objects.get().items == [1, 2]
    assert systems.send("POST", f"/orders/{NAME}/findings", told(1, 2), if_match=tag).code == "changed"
    amend(systems, CAR)
    assert Order.objects.get().items == [1]
    assert find(systems, told(1)).status == 201
    assert release(systems)["release"] == "free"


def test_goods_that_are_amended_away_open_nothing_and_where_none_is_left_all_are_examined(systems: Systems) -> None:
    systems.lodge(a_body(items=[SUIT, CAR]))
    assert Order.objects.get().items == [2]
    amend(systems, SUIT)
    assert (Order.objects.get().items, release(systems)["release"]) == ([], "waiting")
    assert find(systems, told(1)).status == 201
    assert (Order.objects.get().state, release(systems)["release"]) == ("recorded", "free")
    amend(systems, SUIT)
    assert (Order.objects.get().state, release(systems)["release"]) == ("recorded", "free")


def test_a_service_vouches_for_the_goods_that_it_was_sent_to_and_for_no_other(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR, APPLES, SUIT]))
    fruit = "D-1:phytosanitary:sampling"
    assert find(systems, told(1), fruit, "plants").code == "invalid"
    fresh = {"items": [{"item": 2, "words": "of a lot that was sampled"}]}
    assert find(systems, fresh, fruit, "plants").status == 201
    assert list(Finding.objects.values_list("item", flat=True)) == [2]
    assert find(systems, told(1, 3, found=3)).status == 201
    assert list(Finding.objects.order_by("item").values_list("item", "found")) == [(1, False), (2, False), (3, True)]
    assert release(systems)["release"] == "held"


def test_without_an_order_an_act_that_binds_is_never_free(systems: Systems) -> None:
    systems.lodge(a_body(items=[CAR, APPLES]))
    find(systems, told(1))
    Order.objects.filter(agency="phytosanitary").delete()
    assert release(systems)["release"] == "waiting"
