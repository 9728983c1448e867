"""Where events are sent: who may say so, what can be seen of it, and that it ends with the client."""

from argparse import Namespace
from datetime import timedelta

import pytest
from django.utils import timezone

from darvoza.errors import SettingsError
from darvoza.office.api.models import Delivery, Receipt, Subscription
from darvoza.office.api.services import outbox
from darvoza.office.api.services.clients import revoke_client
from darvoza.office.api.words import DeliveryState
from darvoza.office.commands import subscriptions as command
from darvoza.office.journal.queries import entries_on
from office.api.systems import NOW, Systems, a_body
from office.api.test_outbox import Receiver, deliver, subscribe


def test_a_client_that_is_shut_out_is_sent_nothing_more(systems: Systems) -> None:
    subscribe(systems)
    receiver = Receiver()
    systems.lodge(a_body("A"))
    revoke_client("customs", by="oraz", now=NOW)
    systems.lodge(a_body("B"), by="akt")
    deliver(receiver)
    assert receiver.taken == []
    assert Subscription.objects.get().ended_at == NOW
    told = entries_on("client:customs")[-1].body
    assert told is not None
    assert told["subscriptions"] == [Subscription.objects.get().pk]


def test_a_client_that_was_shut_out_before_its_subscriptions_ended_is_sent_nothing(systems: Systems) -> None:
    subscribe(systems)
    revoke_client("customs", by="oraz", now=NOW)
    Subscription.objects.update(ended_at=None)
    receiver = Receiver()
    systems.lodge(a_body("B"), by="akt")
    deliver(receiver)
    assert receiver.taken == []


def test_a_client_sees_its_own_subscriptions_and_no_secret(systems: Systems) -> None:
    mine, theirs = subscribe(systems), subscribe(systems, by="plants")
    systems.lodge(a_body("A"))
    deliver(Receiver(statuses=[500]))
    [told] = systems.send("GET", "/subscriptions").body["subscriptions"]
    assert (told["subscription"], told["client"], told["waiting"], told["dead"]) == (
        mine["subscription"],
        "customs",
        1,
        0,
    )
    assert (told["url"], told["ended_at"]) == ("http://127.0.0.1:9/hook", None)
    assert mine["secret"] not in str(told)
    systems.send("DELETE", f"/subscriptions/{theirs['subscription']}", by="plants")
    [ended] = systems.send("GET", "/subscriptions", by="plants").body["subscriptions"]
    assert ended["ended_at"] is not None
    assert systems.send("GET", "/subscriptions", by="akt").code == "forbidden"


def test_the_office_sees_all_and_may_end_any(
    systems: Systems, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "start", lambda *_, **__: None)
    command.run(Namespace(home=None, end=None))
    assert capsys.readouterr().out == "nobody has subscribed\n"
    number = subscribe(systems, by="plants")["subscription"]
    command.run(Namespace(home=None, end=None))
    assert "plants  http://127.0.0.1:9/hook  since" in capsys.readouterr().out
    command.run(Namespace(home=None, end=number))
    assert "ended 20" in capsys.readouterr().out
    receiver = Receiver()
    systems.lodge(a_body("A"))
    deliver(receiver)
    assert receiver.taken == []
    with pytest.raises(SettingsError, match="a subscription that has not ended"):
        command.run(Namespace(home=None, end=number))


def test_one_key_makes_one_subscription_and_tells_its_secret_again(systems: Systems) -> None:
    body = {"url": "https://host.example/", "kinds": ["order.recorded"]}
    first = systems.send("POST", "/subscriptions", body, idempotency_key="k1")
    again = systems.send("POST", "/subscriptions", body, idempotency_key="k1")
    assert (again.status, again.body) == (201, first.body)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    other = systems.send("POST", "/subscriptions", {"url": body["url"]}, idempotency_key="k1")
    assert (other.status, other.code) == (422, "key-reused")
    assert systems.send("POST", "/subscriptions", body | {"kinds": []}, idempotency_key="k3").code == "invalid", (
        "of no kind"
    )
    assert Subscription.objects.count() == 1
    assert first.body["secret"] not in Receipt.objects.get().answer
    assert systems.lodge(a_body("A"), idempotency_key="k1").code == "key-reused"
    assert systems.lodge(a_body("A"), idempotency_key="k2").status == 201
    assert systems.send("POST", "/subscriptions", body, idempotency_key="k2").code == "key-reused"
    assert systems.send("POST", "/subscriptions", body, idempotency_key="k1", by="plants").status == 201
    assert systems.send("POST", "/subscriptions", body, idempotency_key="").code == "key-missing"


def test_a_key_does_not_answer_with_a_subscription_that_has_ended(systems: Systems) -> None:
    body = {"url": "https://host.example/"}
    number = systems.send("POST", "/subscriptions", body, idempotency_key="k1").body["subscription"]
    systems.send("DELETE", f"/subscriptions/{number}")
    said = systems.send("POST", "/subscriptions", body, idempotency_key="k1")
    assert (said.status, said.code) == (422, "key-reused")
    assert f"subscription {number} has ended" in said.body["detail"]
    assert systems.send("POST", "/subscriptions", body, idempotency_key="k2").status == 201


def test_what_was_refused_can_be_sent_again_with_its_key(systems: Systems) -> None:
    wrong = systems.send("POST", "/subscriptions", {"url": "nowhere"}, idempotency_key="k1")
    assert wrong.status == 422
    assert systems.send("POST", "/subscriptions", {"url": "https://host.example/"}, idempotency_key="k1").status == 201


def test_all_that_is_dead_of_a_subscription_is_tried_again_at_once(systems: Systems) -> None:
    number, other = (subscribe(systems)["subscription"] for _ in range(2))
    for each in range(3):
        systems.lodge(a_body(f"D-{each}", transport_document=f"T-{each}"))
    deliver(Receiver(statuses=[500] * 6))
    Delivery.objects.update(state=Delivery.State.DEAD, attempts=outbox.MOST_ATTEMPTS)
    assert systems.send("POST", f"/subscriptions/{number}/replay", by="plants").code == "not-found"
    assert systems.send("POST", f"/subscriptions/{number}/replay").body == {"replayed": 3}
    assert systems.send("POST", f"/subscriptions/{number}/replay").body == {"replayed": 0}
    assert Delivery.objects.filter(subscription=other, state=Delivery.State.DEAD).count() == 3
    assert deliver(Receiver()) == outbox.Sent(3, 0, 0)
    systems.send("DELETE", f"/subscriptions/{number}")
    assert systems.send("POST", f"/subscriptions/{number}/replay").code == "not-found"


def test_an_outage_of_a_weekend_kills_nothing(systems: Systems) -> None:
    subscribe(systems)
    systems.lodge(a_body("A"))
    begun = now = timezone.now()
    while now < begun + timedelta(days=3):
        deliver(Receiver(statuses=[503]), now)
        now = Delivery.objects.get().due_at
    assert Delivery.objects.get().state == Delivery.State.WAITING
    receiver = Receiver()
    deliver(receiver, now)
    assert receiver.kinds("A") == ["declaration.lodged"]


def test_a_state_that_is_none_is_refused(systems: Systems) -> None:
    assert {each.value for each in DeliveryState} == set(Delivery.State.values)
    for state in DeliveryState:
        assert systems.send("GET", f"/deliveries?state={state}").body == {"deliveries": [], "next": None}
    for path, field in (("/deliveries?state=Dead", "state"), ("/deliveries?after=-1", "after")):
        said = systems.send("GET", path)
        assert (said.status, said.body["errors"][0]["field"]) == (422, field)
