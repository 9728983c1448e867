"""A result that a system recorded is corrected by it: more at once, less by a second person."""

from django.utils import timezone

from darvoza.domain.casework import ExaminationResult, ItemResult
from darvoza.office.api.models import Event
from darvoza.office.desk.services import orders as desk
from darvoza.office.registry.models import Order, Result
from office.api.systems import Systems, a_body, an_item
from people import Cast

ORDER = "/orders/D-1:customs:physical"
FOUND, NOTHING = [{"item": 1, "areas": ["undervaluation"]}], [{"item": 1}]
REASON = "the second pallet was looked at, too"


def tell(systems: Systems, items: object, **more: str) -> tuple[int, str]:
    said = systems.send("POST", f"{ORDER}/findings", {"items": items, **more})
    return said.status, said.body.get("state") or said.code


def released(systems: Systems) -> str:
    return str(systems.send("GET", "/declarations/D-1/release").body["release"])


def test_what_a_system_finds_afterwards_holds_the_goods_at_once(systems: Systems) -> None:
    systems.lodge(a_body(items=[an_item(hs="870323")]))
    assert tell(systems, NOTHING) == (201, "recorded")
    assert released(systems) == "free"
    said = systems.send("POST", f"{ORDER}/findings", {"items": FOUND})
    assert (said.status, said.code) == (409, "case-refused")
    assert "with a reason" in said.body["errors"][0]["hint"]
    assert tell(systems, FOUND, reason="no")[0] == 409
    assert tell(systems, FOUND, reason=REASON) == (201, "recorded")
    assert released(systems) == "held"
    assert Event.objects.filter(kind="order.recorded").count() == Result.objects.count() == 2


def test_what_a_system_takes_back_waits_for_a_person(cast: Cast, systems: Systems) -> None:
    systems.lodge(a_body(items=[an_item(hs="870323")]))
    tell(systems, FOUND)
    assert tell(systems, NOTHING, reason=REASON) == (201, "lowering")
    assert released(systems) == "held"
    name = Order.objects.get().order_id
    desk.settle_lowering(cast["salima"], name, agreed=True, reason="weighed again by both", now=timezone.now())
    assert (Order.objects.get().state, released(systems)) == ("recorded", "free")


def test_a_system_does_not_correct_what_a_person_recorded_nor_what_nobody_did(cast: Cast, systems: Systems) -> None:
    systems.lodge(a_body(items=[an_item(hs="870323")]))
    assert tell(systems, FOUND, reason=REASON)[0] == 409
    name, now = Order.objects.get().order_id, timezone.now()
    desk.claim(cast["asel"], name, now=now)
    desk.record_result(cast["asel"], name, ExaminationResult("asel", now, (ItemResult(1),)), now=now)
    said = systems.send("POST", f"{ORDER}/findings", {"items": FOUND, "reason": REASON})
    assert (said.status, said.body["errors"][0]["field"]) == (409, "holder")
