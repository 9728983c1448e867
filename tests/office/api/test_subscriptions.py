"""Where events are sent: who may say so, what can be seen of it, and that it ends with the client."""

from argparse import Namespace

import pytest

from darvoza.errors import SettingsError
from darvoza.office.api.models import Subscription
from darvoza.office.api.services.clients import revoke_client
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
