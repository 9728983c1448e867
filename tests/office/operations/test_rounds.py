"""The worker: what a round is, that one part which fails stops no other, and how the doctor tells that nobody works."""

import logging
import os
import signal
import subprocess
import sys
from argparse import Namespace
from datetime import datetime, timedelta
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from darvoza.cli.arguments import build_parser
from darvoza.office.api.models import Client, Delivery, Event, Subscription
from darvoza.office.commands import worker
from darvoza.office.operations.probes import Health
from darvoza.office.operations.services import rounds
from office.sample import NOW

DOOR = EntryPoint("office", "darvoza.office.commands:add_commands", "darvoza.commands")


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path) -> None:
    """This process has done no round, and the office has no state in force and no key."""
    monkeypatch.setattr(rounds._Noted, "at", None)
    monkeypatch.setattr(worker._Tried, "day", None)
    settings.HOME, settings.GATE_FILE = tmp_path, tmp_path / "gate.yaml"  # type: ignore[attr-defined]


def subscription(**changes: object) -> Subscription:
    """A subscription of a system."""
    client = Client.objects.create(name="asycuda", token_digest="x", made_at=NOW)
    told = {"url": "https://host.example/", "kinds": ["order.recorded"], "after": 0, "made_at": NOW}
    return Subscription.objects.create(client=client, **told | changes)


def an_event(at: datetime = NOW) -> Event:
    """An event of a consignment."""
    return Event.objects.create(kind="order.recorded", declaration_id="D-1", post="KG-AKT", body={}, at=at)


def test_the_worker_is_a_command() -> None:
    options = build_parser([DOOR]).parse_args(["worker", "--once", "--home", "office", "--interval", "2"])
    assert (options.command_module, options.once, options.interval) == ("darvoza.office.commands.worker", True, 2.0)
    for wrong in ("0", "-1", "soon", "nan"):
        with pytest.raises(SystemExit):
            build_parser([DOOR]).parse_args(["worker", "--interval", wrong])


@pytest.mark.django_db
def test_a_part_that_fails_is_logged_and_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_now: datetime) -> dict[str, int]:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR, "darvoza.worker"):
        done, failed = worker.work({"planning": broken, "sending": lambda _: {"delivered": 1}})
    assert (done, failed) == ({"delivered": 1}, ["planning"])
    assert [record.fields for record in caplog.records] == [{"part": "planning"}]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_one_round_does_everything_and_is_noted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARVOZA_SECRET", "s" * 60)
    assert worker.run(Namespace(home=None, once=True)) == 0
    assert "0 delivered" in capsys.readouterr().out
    assert rounds.last_round() is not None


@pytest.mark.django_db
def test_nobody_is_alarmed_where_nothing_waits_for_the_worker() -> None:
    assert [rounds.worker(NOW).health, rounds.deliveries(NOW).health] == [Health.WELL, Health.WELL]


@pytest.mark.django_db
def test_a_subscription_without_a_worker_is_told_with_what_to_do() -> None:
    subscription()
    found = rounds.worker(NOW)
    assert found.health is Health.FAILED
    assert "has never worked" in found.found
    assert "subscriptions" in found.found
    assert "darvoza worker" in found.remedy
    rounds.note_round(NOW)
    assert rounds.worker(NOW + rounds.SILENT).health is Health.WELL
    assert rounds.worker(NOW + rounds.SILENT + timedelta(seconds=1)).health is Health.FAILED
    Subscription.objects.update(ended_at=NOW)
    assert rounds.worker(NOW + timedelta(days=1)).health is Health.WARNING


@pytest.mark.django_db
def test_an_event_that_nobody_looked_at_is_told() -> None:
    subscription()
    an_event()
    assert rounds.deliveries(NOW + rounds.LATE).health is Health.WELL
    found = rounds.deliveries(NOW + timedelta(hours=1))
    assert (found.health, "was not tried yet" in found.found) == (Health.WARNING, True)


@pytest.mark.django_db
def test_what_waits_long_and_what_is_dead_is_told_with_its_fault() -> None:
    event = an_event()
    made = Delivery(
        subscription=subscription(after=event.pk), event=event, declaration_id="D-1", due_at=NOW, attempts=9
    )
    made.fault = "nobody answered"
    made.save()
    found = rounds.deliveries(NOW + timedelta(hours=1))
    assert found.health is Health.WARNING
    assert "asycuda did not take it in 9 attempts: nobody answered" in found.found
    Delivery.objects.update(state=Delivery.State.DEAD)
    assert "1 were tried too often" in rounds.deliveries(NOW).found
    Client.objects.update(revoked_at=NOW)
    assert rounds.deliveries(NOW).health is Health.WELL


def test_it_stops_when_it_is_asked_to(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    darvoza = [sys.executable, "-m", "darvoza.cli.main"]
    home = ["--home", str(tmp_path)]
    (tmp_path / "secret").write_text("s" * 60, encoding="utf-8")
    subprocess.run([*darvoza, "office", "migrate", *home], check=True, env=clean, capture_output=True)
    working = subprocess.Popen(
        [*darvoza, "worker", "--interval", "600", *home],
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert working.stdout is not None
    assert working.stdout.readline().startswith("the worker works")
    working.send_signal(signal.SIGTERM)
    said, wrong = working.communicate(timeout=30)
    assert (working.returncode, said, wrong) == (0, "the worker has stopped\n", "")


@pytest.mark.django_db
def test_a_token_that_tells_arrivals_and_findings_is_warned_of_until_it_is_shut_out() -> None:
    for name, purposes in (("port", ["arrival.write"]), ("both", ["arrival.write", "finding.write", "lodge"])):
        Client.objects.create(name=name, purposes=purposes, token_digest=name, made_at=NOW)
    found = rounds.tokens()
    assert (found.health, found.found.split(":")[0]) == (Health.WARNING, "both")
    Client.objects.filter(name="both").update(revoked_at=NOW)
    assert rounds.tokens().health is Health.WELL
