"""Results are told in the transaction in which they are recorded, whichever door they came through."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from darvoza.domain.casework import ExaminationResult, ItemResult
from darvoza.domain.codes import RiskArea
from darvoza.errors import CaseRefused
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Delivery, Event, Subscription
from darvoza.office.api.services import telling
from darvoza.office.api.services.clients import revoke_client
from darvoza.office.desk.services import orders
from office.api.systems import NOW, POST, Systems, a_body, an_item
from office.api.test_outbox import Receiver, deliver, subscribe

ORDER = "D-1:customs:physical"
CARS = [an_item(hs="870323", origin="DE")]
OFFICER = Caller(0, "asel", "customs", POST, frozenset(), 0)


def found_nothing() -> ExaminationResult:
    """The result of an examination of one item."""
    return ExaminationResult(by=OFFICER.username, at=timezone.now(), items=(ItemResult(1),))


def kinds() -> list[str]:
    """What happened, in the order of its numbers."""
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def test_a_result_is_told_before_the_cancellation_that_came_after_it(systems: Systems) -> None:
    subscribe(systems)
    systems.lodge(a_body(items=CARS))
    systems.send("POST", f"/orders/{ORDER}/findings", {"items": [{"item": 1}]})
    systems.send("POST", "/declarations/D-1/cancellation")
    receiver = Receiver()
    for _ in range(4):
        deliver(receiver)
    assert receiver.kinds("D-1") == ["declaration.lodged", "order.recorded", "declaration.cancelled"]


def test_what_officers_record_and_correct_at_the_desk_is_told(systems: Systems) -> None:
    systems.lodge(a_body(items=CARS))
    now = timezone.now()
    orders.claim(OFFICER, ORDER, now=now)
    assert kinds() == ["declaration.lodged"]
    orders.record_result(OFFICER, ORDER, found_nothing(), now=now)
    better = ExaminationResult(OFFICER.username, timezone.now(), (ItemResult(1, areas=(RiskArea.UNDERVALUATION,)),))
    orders.correct_result(OFFICER, ORDER, better, reason="counted anew", now=now)
    told = [event for event in Event.objects.order_by("pk") if event.kind == "order.recorded"]
    assert [(event.body["result"], event.body["found"], event.at) for event in told] == [
        (1, False, now),
        (2, True, now),
    ]
    assert [event.result.number for event in told if event.result] == [1, 2]


def test_what_is_refused_or_rolled_back_is_not_told(systems: Systems) -> None:
    systems.lodge(a_body(items=CARS))
    with pytest.raises(CaseRefused):
        orders.record_result(OFFICER, ORDER, found_nothing(), now=timezone.now())
    orders.claim(OFFICER, ORDER, now=timezone.now())
    with transaction.atomic():
        orders.record_result(OFFICER, ORDER, found_nothing(), now=timezone.now())
        transaction.set_rollback(True)
    assert kinds() == ["declaration.lodged"]


def test_a_subscription_is_told_no_result_from_before_it(systems: Systems) -> None:
    subscribe(systems)
    systems.lodge(a_body(items=CARS))
    systems.send("POST", f"/orders/{ORDER}/findings", {"items": [{"item": 1}]})
    later = subscribe(systems)["subscription"]
    for _ in range(3):
        deliver(Receiver())
    assert not Delivery.objects.filter(subscription=later).exists()


def untold(systems: Systems) -> int:
    """Record a result as a version did that wrote no events with them; give the later of two subscriptions around it."""
    early = subscribe(systems)["subscription"]
    systems.lodge(a_body(items=CARS))
    systems.send(
        "POST", f"/orders/{ORDER}/findings", {"items": [{"item": 1, "areas": ["undervaluation"], "severity": 1}]}
    )
    Event.objects.filter(kind="order.recorded").delete()
    late: int = subscribe(systems)["subscription"]
    hour = timedelta(hours=1)
    row = Subscription.objects.get(pk=early)
    Subscription.objects.filter(pk=early).update(made_at=row.made_at - hour)
    Subscription.objects.filter(pk=late).update(made_at=row.made_at + hour)
    return late


def upgraded() -> None:
    """Do what an upgrade does."""
    schema = SimpleNamespace(connection=connection, execute=connection.cursor().execute)
    steps = import_module("darvoza.office.api.migrations.0006_result_events")
    steps.end(apps, schema)
    steps.tell(apps, schema)


def caught_up() -> None:
    """Do what the worker does now and then."""
    assert telling.tell_untold(timezone.now()) == 1


@pytest.mark.parametrize("way", [upgraded, caught_up])
def test_a_result_without_an_event_gets_it_once_and_later_subscriptions_are_not_told(
    systems: Systems, way: object
) -> None:
    late = untold(systems)
    assert callable(way)
    way()
    told = Event.objects.get(kind="order.recorded")
    assert told.result is not None
    assert (told.at, told.body["found"]) == (told.result.at, True)
    assert telling.tell_untold(timezone.now()) == 0
    for _ in range(3):
        deliver(Receiver(), timezone.now())
    told_to = Delivery.objects.filter(event=told).values_list("subscription", flat=True)
    assert len(told_to) == 1
    assert late not in told_to


def test_an_upgrade_ends_the_subscriptions_of_who_was_shut_out_before(systems: Systems) -> None:
    subscribe(systems)
    standing = subscribe(systems, by="plants")["subscription"]
    revoke_client("customs", by="oraz", now=NOW)
    Subscription.objects.update(ended_at=None)
    upgraded()
    assert dict(Subscription.objects.values_list("client__name", "ended_at")) == {"customs": NOW, "plants": None}
    assert Subscription.objects.get(ended_at=None).pk == standing


def test_results_whose_events_are_past_their_time_are_not_told_again(systems: Systems) -> None:
    untold(systems)
    assert telling.tell_untold(timezone.now() + telling.LOOKED_BACK + timedelta(hours=1)) == 0
