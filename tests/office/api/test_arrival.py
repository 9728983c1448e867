"""Goods that have arrived: their orders become due where they are; told again, nothing else happens."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Event
from darvoza.office.api.purposes import Purpose
from darvoza.office.api.services.clients import NewClient, enter_client
from darvoza.office.desk.queries.orders import queue
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Declaration, Order
from office.api.systems import NOW, OTHER, POST, Systems, a_body, an_item

CARS = [an_item(hs="870323")]
ADDRESS = "/declarations/D-1/arrival"
AT = datetime.fromisoformat("2026-02-28T10:00:00+00:00")


@pytest.fixture
def lodged(systems: Systems) -> Order:
    """A car that is expected: lodged a day before it arrives."""
    assert systems.lodge(a_body(items=CARS)).status == 201
    return Order.objects.get(act="physical")


def test_an_order_is_due_from_the_arrival_on_and_the_queue_counts_from_it(systems: Systems, lodged: Order) -> None:
    said = systems.send("POST", ADDRESS, {"post": POST, "arrived_at": AT.isoformat()}, by="customs")
    assert (said.status, said.body) == (
        200,
        {"declaration_id": "D-1", "post": POST, "arrived_at": AT.isoformat(), "rerouted": False},
    )
    order = Order.objects.get(pk=lodged.pk)
    lodged_at = Declaration.objects.get().lodged_at
    assert order.deadline - lodged.deadline == AT - lodged_at == timedelta(hours=26)
    assert order.day == AT.date()
    (line,) = queue(Caller(1, "anna", "customs", POST, frozenset(), 0), now=AT + timedelta(minutes=90)).lines
    assert line.waits == timedelta(minutes=90)


def test_told_again_it_is_answered_again_and_nothing_else_happens(systems: Systems, lodged: Order) -> None:
    body = {"post": POST, "arrived_at": AT.isoformat()}
    first, again = (systems.send("POST", ADDRESS, body) for _ in range(2))
    assert first.body == again.body
    assert Event.objects.filter(kind="declaration.arrived").count() == 1
    assert Entry.objects.filter(subject="D-1", body__what="arrived").count() == 1
    due = Order.objects.get(pk=lodged.pk).deadline
    later = (AT + timedelta(hours=2)).isoformat()
    systems.send("POST", ADDRESS, {**body, "arrived_at": later})
    assert Order.objects.get(pk=lodged.pk).deadline - due == timedelta(hours=2)
    assert Order.objects.get(pk=lodged.pk).version == 2


def test_goods_that_arrive_elsewhere_take_their_orders_along_and_both_posts_are_told(
    systems: Systems, lodged: Order
) -> None:
    Order.objects.update(state="claimed", holder="anna", claimed_at=AT)
    said = systems.send("POST", ADDRESS, {"post": OTHER, "arrived_at": AT.isoformat()})
    assert said.body["rerouted"] is True
    order = Order.objects.get(pk=lodged.pk)
    assert (order.post, order.state, order.holder) == (OTHER, "waiting", "")
    events = Event.objects.filter(kind="declaration.arrived")
    assert sorted(events.values_list("post", flat=True)) == sorted([POST, OTHER])
    told = Entry.objects.get(subject=order.order_id, body__what="rerouted").body or {}
    assert (told["from"], told["to"], told["held"]) == (POST, OTHER, "anna")
    assert [each["order_id"] for each in systems.send("GET", "/orders", by="dus").body["orders"]] == [order.order_id]
    amended = a_body(items=[*CARS, an_item(hs="080810")])
    assert systems.send("POST", "/declarations/D-1/amendments", amended).status == 200
    more = Order.objects.get(act="sampling")
    assert (more.post, more.deadline > lodged.deadline) == (OTHER, True)


@pytest.mark.parametrize(
    ("address", "body", "by", "code"),
    [
        ("/declarations/NONE/arrival", {"post": POST}, "customs", "not-found"),
        (ADDRESS, {"post": POST, "arrived_at": "2031-01-01T00:00:00Z"}, "customs", "invalid"),
        (ADDRESS, {"post": POST, "arrived_at": "2026-01-01T00:00:00"}, "customs", "invalid"),
        (ADDRESS, {"post": ""}, "customs", "invalid"),
        (ADDRESS, {"post": POST, "more": 1}, "customs", "invalid"),
        (ADDRESS, {"post": POST}, "reader", "forbidden"),
        (ADDRESS, {"post": POST}, "dus", "forbidden"),
    ],
)
def test_an_arrival_that_cannot_be_is_refused(
    systems: Systems, lodged: Order, address: str, body: object, by: str, code: str
) -> None:
    assert systems.send("POST", address, body, by=by).code == code
    assert Order.objects.get(pk=lodged.pk).version == 0


def test_without_a_moment_it_is_now_and_what_was_cancelled_does_not_arrive(systems: Systems, lodged: Order) -> None:
    before = timezone.now()
    said = systems.send("POST", ADDRESS, {"post": POST})
    assert before <= datetime.fromisoformat(said.body["arrived_at"]) <= timezone.now()
    systems.send("POST", "/declarations/D-1/cancellation")
    assert systems.send("POST", ADDRESS, {"post": POST}).code == "cancelled"
    assert Order.objects.get(pk=lodged.pk).state == "withdrawn"


def test_told_again_without_a_moment_the_first_one_stands(systems: Systems, lodged: Order) -> None:
    first, again = (systems.send("POST", ADDRESS, {"post": POST}).body for _ in range(2))
    assert first == again
    assert Event.objects.filter(kind="declaration.arrived").count() == 1
    assert Order.objects.get(pk=lodged.pk).version == 1
    stated = {"post": POST, "arrived_at": AT.isoformat()}
    assert systems.send("POST", ADDRESS, stated).body["arrived_at"] == AT.isoformat()
    assert systems.send("POST", ADDRESS, {"post": f" {POST} "}).body["arrived_at"] == AT.isoformat()
    elsewhere = systems.send("POST", ADDRESS, {"post": OTHER}).body
    assert (elsewhere["rerouted"], elsewhere["arrived_at"] > AT.isoformat()) == (True, True)


def test_a_post_that_nobody_named_is_refused_and_told_which_are_near(systems: Systems, lodged: Order) -> None:
    said = systems.send("POST", ADDRESS, {"post": "KG-AKTT"})
    assert (said.status, said.body["errors"][0]["code"]) == (422, "not-a-post")
    assert said.body["errors"][0]["hint"] == "did you mean KG-AKT?"
    assert systems.send("POST", ADDRESS, {"post": "   "}).code == "invalid"
    assert Order.objects.get(pk=lodged.pk).post == POST
    systems.lodge(a_body("FAR", transport_document="F"))
    Declaration.objects.filter(declaration_id="FAR").update(post="UZ-TAS")  # a run brought one of that post
    assert systems.send("POST", ADDRESS, {"post": "UZ-TAS"}).body["rerouted"] is True


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+05:00", "1970-01-01T00:00:00Z", "2026-02-26T23:59:00Z"])
def test_goods_do_not_arrive_before_the_day_on_which_they_were_lodged(systems: Systems, lodged: Order, at: str) -> None:
    said = systems.send("POST", ADDRESS, {"post": POST, "arrived_at": at})
    assert (said.status, said.body["errors"][0]["code"]) == (422, "before-lodging")
    assert Order.objects.get(pk=lodged.pk).version == 0
    same_day = "2026-02-27T01:00:00+05:00"  # the evening before by universal time
    assert systems.send("POST", ADDRESS, {"post": POST, "arrived_at": same_day}).status == 200


@pytest.fixture
def posts(systems: Systems) -> Systems:
    """Clients that tell of arrivals at one post each."""
    for name, post in (("at-akt", POST), ("at-dus", OTHER), ("at-tas", "UZ-TAS")):
        new = NewClient(name, (Purpose.ARRIVAL_WRITE, Purpose.FINDING_WRITE), "customs", post)
        systems.tokens[name] = enter_client(new, by="oraz", now=NOW)
    return systems


def test_goods_that_have_arrived_are_sent_on_by_the_post_that_has_them(posts: Systems, lodged: Order) -> None:
    assert posts.send("POST", ADDRESS, {"post": OTHER}, by="at-dus").body["rerouted"] is True
    said = posts.send("POST", ADDRESS, {"post": POST}, by="at-akt")
    assert (said.status, said.code) == (409, "at-another-post")
    assert f"they are at {OTHER}" in said.body["detail"]  # it is the declared post, and may know
    said = posts.send("POST", ADDRESS, {"post": "UZ-TAS"}, by="at-tas")
    assert (said.code, OTHER in said.body["detail"]) == ("at-another-post", False)
    assert Order.objects.get(pk=lodged.pk).post == OTHER
    finding = {"items": [{"item": 1}]}
    assert posts.send("POST", f"/orders/{lodged.order_id}/findings", finding, by="at-tas").code == "not-found"
    assert posts.send("POST", ADDRESS, {"post": "UZ-TAS"}, by="at-akt").code == "forbidden"
    assert posts.send("POST", ADDRESS, {"post": POST}, by="at-dus").status == 200
    assert posts.send("POST", ADDRESS, {"post": OTHER}, by="customs").status == 200  # a client of all posts
    assert Order.objects.get(pk=lodged.pk).post == OTHER
