"""Events reach whoever subscribed: at least once, in order, signed; what is dead is seen and can be tried again."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from darvoza.office.api.models import Delivery
from darvoza.office.api.services import outbox
from office.api.systems import OTHER, Systems, a_body, an_item

MIXED = [an_item(hs="870323", origin="DE"), an_item(hs="080810", origin="KG")]


@dataclass
class Receiver:
    """Somebody who takes events, or does not."""

    statuses: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, object], Mapping[str, str], bytes]] = field(default_factory=list)

    def __call__(self, _url: str, body: bytes, headers: Mapping[str, str]) -> int:
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.taken.append((json.loads(body), headers, body))
        return status

    def kinds(self, reference: str) -> list[object]:
        return [said["kind"] for said, *_ in self.taken if said["declaration_id"] == reference]


def subscribe(systems: Systems, by: str = "customs", **body: object) -> dict[str, str]:
    said = systems.send("POST", "/subscriptions", {"url": "http://127.0.0.1:9/hook", **body}, by=by)
    assert said.status == 201
    told: dict[str, str] = said.body
    return told


def deliver(receiver: Receiver, at: datetime | None = None) -> outbox.Sent:
    now = at or timezone.now()
    outbox.tell_results(now)
    outbox.fan_out(now)
    return outbox.deliver_due(receiver, now=now)


def test_what_happens_to_a_consignment_is_told_in_order_and_signed(systems: Systems) -> None:
    secret, receiver = subscribe(systems)["secret"], Receiver()
    systems.lodge(a_body(items=MIXED))
    systems.send("POST", "/declarations/D-1/amendments", a_body(items=MIXED[:1]))
    systems.send("POST", "/orders/D-1:customs:physical/findings", {"items": [{"item": 1}]})
    for _ in range(4):
        deliver(receiver)
    assert receiver.kinds("D-1") == ["declaration.lodged", "declaration.amended", "order.recorded"]
    said, headers, body = receiver.taken[0]
    moment, signed = (part.split("=")[1] for part in headers["Darvoza-Signature"].split(","))
    assert signed == outbox.signature(secret, int(moment), body)
    assert headers["Darvoza-Event"] == str(said["event"])
    assert b"CUS-CARS" not in body


def test_nothing_from_before_a_subscription_is_told_and_nothing_after_it_ended(systems: Systems) -> None:
    systems.lodge(a_body("A"))
    number, receiver = subscribe(systems)["subscription"], Receiver()
    systems.lodge(a_body("B"))
    deliver(receiver)
    assert systems.send("DELETE", f"/subscriptions/{number}").status == 204
    systems.lodge(a_body("C"))
    deliver(receiver)
    assert [said["declaration_id"] for said, *_ in receiver.taken] == ["B"]
    assert systems.send("DELETE", f"/subscriptions/{number}").code == "not-found"


def test_a_client_is_told_of_its_agency_and_post(systems: Systems) -> None:
    subscribe(systems, by="plants")
    receiver = Receiver()
    systems.lodge(a_body(items=MIXED))
    systems.send("POST", "/orders/D-1:customs:physical/findings", {"items": [{"item": 1}, {"item": 2}]})
    deliver(receiver)
    deliver(receiver)
    body = receiver.taken[0][0]["body"]
    assert isinstance(body, dict)
    assert {act["agency"] for act in body["acts"]} == {"phytosanitary"}
    assert receiver.kinds("D-1") == ["declaration.lodged"]


def test_what_fails_waits_longer_each_time_and_holds_what_comes_after_it(systems: Systems) -> None:
    subscribe(systems)
    receiver = Receiver(statuses=[500, 0, 302])
    systems.lodge(a_body("A"))
    systems.send("POST", "/declarations/A/amendments", a_body("A"))
    systems.lodge(a_body("B", transport_document="X"))
    now, waits = timezone.now(), []
    assert deliver(receiver, now) == outbox.Sent(0, 2, 0)  # the first of A and that of B
    for _ in range(2):
        row = Delivery.objects.filter(declaration_id="A").first()
        assert row is not None
        waits.append(row.due_at - now)
        now = row.due_at
        deliver(receiver, now)
    assert waits == [timedelta(seconds=5), timedelta(seconds=10)]
    deliver(receiver, now + timedelta(seconds=1))
    assert receiver.kinds("A") == ["declaration.lodged", "declaration.amended"]


def test_a_dead_letter_is_seen_and_tried_again(systems: Systems) -> None:
    subscribe(systems)
    receiver = Receiver(statuses=[500] * outbox.MOST_ATTEMPTS)
    systems.lodge(a_body("A"))
    systems.send("POST", "/declarations/A/amendments", a_body("A"))
    now = timezone.now()
    for _ in range(outbox.MOST_ATTEMPTS + 3):
        now += outbox.LONGEST_WAIT
        deliver(receiver, now)
    assert not receiver.taken
    dead = systems.send("GET", "/deliveries?state=dead").body["deliveries"]
    assert [(each["attempts"], each["fault"]) for each in dead] == [(outbox.MOST_ATTEMPTS, "status 500")]
    number = dead[0]["delivery"]
    assert systems.send("POST", f"/deliveries/{number}/replay", by="plants").code == "not-found"
    assert systems.send("POST", f"/deliveries/{number}/replay").status == 204
    deliver(receiver, now)
    deliver(receiver, now)
    assert receiver.kinds("A") == ["declaration.lodged", "declaration.amended"]


def test_nothing_is_lost_when_workers_die_at_any_moment(systems: Systems) -> None:
    """A worker that dies after sending sends again: what came twice is known by its number."""
    subscribe(systems)
    rng, seen, now = random.Random(5), [], timezone.now()
    for number in range(6):
        systems.lodge(a_body(f"D-{number}", transport_document=f"T-{number}"))

    def dying(_url: str, body: bytes, _headers: Mapping[str, str]) -> int:
        chance = rng.random()
        if chance < 0.3:
            raise KeyboardInterrupt  # before it was sent
        seen.append(json.loads(body)["event"])
        if chance < 0.6:
            raise KeyboardInterrupt  # after it was sent
        return 200 if chance < 0.9 else 503

    outbox.fan_out(now)
    for _ in range(80):
        now += outbox.LONGEST_WAIT
        try:
            outbox.deliver_due(dying, now=now)
        except KeyboardInterrupt:
            continue
    assert len(set(seen)) == 6
    assert not Delivery.objects.exclude(state=Delivery.State.DELIVERED).exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "ftp://host/"}, "url"),
        ({"url": "http://intranet/"}, "url"),
        ({"url": "https://user:word@host/"}, "url"),
        ({"url": "https://host/", "kinds": ["everything"]}, "kinds"),
    ],
)
def test_an_address_that_may_not_be_used_is_refused(systems: Systems, body: object, field: str) -> None:
    said = systems.send("POST", "/subscriptions", body)
    assert (said.status, said.body["errors"][0]["field"]) == (422, field)


def test_a_post_is_told_nothing_of_another(systems: Systems) -> None:
    systems.lodge(a_body("A"))
    subscribe(systems)
    from darvoza.office.api.models import Subscription

    Subscription.objects.update(client=_client("akt"))
    receiver = Receiver()
    systems.lodge(a_body("B", post=OTHER))
    systems.lodge(a_body("C"))
    deliver(receiver)
    assert [said["declaration_id"] for said, *_ in receiver.taken] == ["C"]


def _client(name: str) -> object:
    from darvoza.office.api.models import Client

    return Client.objects.get(name=name)
