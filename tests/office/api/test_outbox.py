"""Events reach whoever subscribed: at least once, in order, signed; what is dead is seen and can be tried again."""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from darvoza.office.api.models import Delivery, Event
from darvoza.office.api.services import outbox, planning
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


def subscribe(systems: Systems, by: str = "customs", **body: object) -> dict[str, Any]:
    said = systems.send("POST", "/subscriptions", {"url": "http://127.0.0.1:9/hook", **body}, by=by)
    assert said.status == 201
    told: dict[str, Any] = said.body
    return told


def deliver(receiver: outbox.Send, at: datetime | None = None) -> outbox.Sent:
    now = at or timezone.now()
    planning.fan_out(now)
    return outbox.deliver_due(receiver, clock=lambda: now)


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

    planning.fan_out(now)
    for _ in range(80):
        now += outbox.LONGEST_WAIT
        try:
            outbox.deliver_due(dying, clock=partial(datetime.fromtimestamp, now.timestamp(), UTC))
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
        ({"url": "https://:word@host/"}, "url"),
        ({"url": "https://host:99999/"}, "url"),
        ({"url": "https://host:0/"}, "url"),
        ({"url": "https://host:port/"}, "url"),
        ({"url": "https://[bad"}, "url"),
        ({"url": "https://a..b/"}, "url"),
        ({"url": "https:///path"}, "url"),
        ({"url": "https://host/события"}, "url"),
        ({"url": "https://хост.example/"}, "url"),
        ({"url": "https://host/a b"}, "url"),
        ({"url": "https://host/\x00\r\nX: y"}, "url"),
        ({"url": "https://host/\ud800"}, "url"),
        ({"url": ""}, "url"),
        *(
            ({"url": f"https://{host}/"}, "url")
            for host in (
                "127.1",
                "2130706433",
                "0x7f000001",
                "[::ffff:10.0.0.1]",
                "[fe80::1]",
                "[fc00::1]",
                "169.254.169.254",
                "10.0.0.1",
                "172.16.0.1",
                "192.168.1.1",
                "100.64.0.1",
                "0.0.0.1",
                "224.0.0.1",
                "metadata.google.internal",
                "intranet",
                "localhost.",
                "a.LOCALHOST",
                "printer.local",
            )
        ),
        ({"url": "https://host/", "kinds": ["\ud800"]}, "kinds.0"),
        ({"url": "https://host/", "kinds": ["everything"]}, "kinds"),
    ],
)
def test_an_address_that_may_not_be_used_is_refused(systems: Systems, body: object, field: str) -> None:
    said = systems.send("POST", "/subscriptions", body)
    assert (said.status, said.body["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("url", ["https://host.example:8443/a?b=c", "https://[2a00::1]/", "https://9.9.9.9/x%20y"])
def test_an_address_that_can_be_sent_to_is_taken(systems: Systems, url: str) -> None:
    assert subscribe(systems, url=url)["url"] == url


def test_a_host_within_the_house_is_taken_where_the_administrator_allows_it(
    systems: Systems, settings: Settings
) -> None:
    settings.DEMO, settings.EVENT_NETWORKS = False, (ip_network("10.20.0.0/16"),)
    for url in (
        "https://10.20.3.4/x",
        "https://receiver.customs.local/",
    ):  # where the name leads is seen when it is sent to
        assert subscribe(systems, url=url)["url"] == url
    for own in ("https://127.0.0.1:9/", "https://[::1]/"):
        assert systems.send("POST", "/subscriptions", {"url": own}).status == 422
    said = systems.send("POST", "/subscriptions", {"url": "https://10.21.0.1/"})
    assert (said.status, said.body["errors"][0]["field"]) == (422, "url")
    assert "DARVOZA_EVENT_NETWORKS" in said.body["errors"][0]["expected"]


def test_whatever_goes_wrong_with_one_subscription_is_an_attempt_and_holds_no_other(
    systems: Systems, caplog: pytest.LogCaptureFixture
) -> None:
    from darvoza.office.api.models import Subscription
    from darvoza.office.api.sending import send

    bad = [subscribe(systems)["subscription"] for _ in range(2)]
    for number, url in zip(bad, ("https://a.example:99999/", "https://127.0.0.1:9/\u0434"), strict=True):
        Subscription.objects.filter(pk=number).update(url=url)  # as they were taken before they were looked at
    subscribe(systems)
    systems.lodge(a_body("A"))
    receiver = Receiver()

    def sent(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        return receiver(url, body, headers) if url.endswith("hook") else send(url, body, headers)

    assert deliver(sent) == outbox.Sent(1, 2, 0)
    assert receiver.kinds("A") == ["declaration.lodged"]
    rows = Delivery.objects.filter(subscription__in=bad).order_by("subscription")
    assert [row.attempts for row in rows] == [1, 1]
    assert rows[0].fault == "it could not be sent (ValueError)"
    assert "an event could not be sent" in caplog.text


def test_a_subscription_that_cannot_be_planned_holds_no_other(
    systems: Systems, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad = subscribe(systems)["subscription"]
    subscribe(systems)
    systems.lodge(a_body("A"))
    plan = planning._plan

    def planned(number: int, now: datetime) -> int:
        if number == bad:
            raise ValueError
        return plan(number, now)

    monkeypatch.setattr(planning, "_plan", planned)
    receiver = Receiver()
    deliver(receiver)
    assert receiver.kinds("A") == ["declaration.lodged"]
    assert "could not be planned" in caplog.text


def test_each_event_is_signed_and_leased_when_it_is_sent_not_when_the_round_began(
    systems: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(systems)
    for name in ("A", "B", "C"):
        systems.lodge(a_body(name, transport_document=name))
    now = timezone.now()
    planning.fan_out(now)
    moments: list[int] = []
    leases: list[timedelta] = []

    class Watch:
        """A clock that a slow receiver moves on."""

        at = now

    def slow(_url: str, _body: bytes, headers: Mapping[str, str]) -> int:
        moments.append(int(headers["Darvoza-Signature"].split(",")[0].removeprefix("t=")))
        Watch.at += timedelta(seconds=100)
        return 200

    def kept(row: Delivery, outcome: object, lease: datetime, at: datetime) -> str:
        leases.append(lease - at)
        return keep(row, outcome, lease, at)  # type: ignore[arg-type] # as it came

    keep = outbox._keep
    monkeypatch.setattr(outbox, "_keep", kept)
    outbox.deliver_due(slow, clock=lambda: Watch.at)
    assert [later - moments[0] for later in moments] == [0, 100, 200]
    assert leases == [outbox.LEASE - timedelta(seconds=100)] * 3


def test_one_slow_receiver_holds_no_other(systems: Systems, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "PATIENCE", 0.2)
    subscribe(systems, url="http://127.0.0.1:9/slow")
    subscribe(systems)
    for number in range(6):
        systems.lodge(a_body(f"D-{number}", transport_document=f"T-{number}"))
    receiver, slow = Receiver(), Receiver()

    def sent(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        if url.endswith("hook"):
            return receiver(url, body, headers)
        time.sleep(0.15)
        return slow(url, body, headers)

    deliver(sent)
    assert len(receiver.taken) == 6
    assert 1 <= len(slow.taken) <= 2
    for _ in range(6):
        deliver(sent)
    assert len(slow.taken) == 6


def test_who_does_not_answer_is_asked_once_in_a_round(systems: Systems) -> None:
    subscribe(systems)
    for number in range(4):
        systems.lodge(a_body(f"D-{number}", transport_document=f"T-{number}"))
    assert deliver(Receiver(statuses=[0, 0, 0, 0])) == outbox.Sent(0, 1, 0)


def test_a_client_is_told_only_of_declarations_that_it_may_read(systems: Systems) -> None:
    """Its agency has something to do with them, as when it asks."""
    from darvoza.office.api.services.planning import known_to

    subscribe(systems, by="plants")
    systems.lodge(a_body("CARS", items=MIXED[:1]))
    systems.lodge(a_body("BOTH", items=MIXED, transport_document="B"))
    systems.send("POST", "/declarations/CARS/arrival", {"post": OTHER})
    systems.send("POST", "/declarations/CARS/cancellation")
    receiver = Receiver()
    deliver(receiver)
    told = {str(said["declaration_id"]) for said, *_ in receiver.taken}
    asked = {
        name for name in ("CARS", "BOTH") if systems.send("GET", f"/declarations/{name}", by="plants").status == 200
    }
    assert told == asked == {"BOTH"}
    assert known_to(_client("customs"), list(Event.objects.all()))  # type: ignore[arg-type]


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
