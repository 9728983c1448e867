"""A silent post takes over: what is ordered then, by when it is due, and how much that is beforehand."""

import os
from argparse import Namespace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from darvoza.errors import SettingsError
from darvoza.office.api.models import Lodgement
from darvoza.office.api.services import lodging
from darvoza.office.api.services.reassessing import reassess
from darvoza.office.api.services.taking_over import foreseen
from darvoza.office.commands import take_over as command
from darvoza.office.registry.models import Declaration, Order
from darvoza.office.registry.services.arrivals import arrive
from darvoza.office.registry.services.lodging import AT_ONCE, stand_again
from office.api.systems import POST, Systems, a_body, an_item, write_state

CARS = [an_item(hs="870323")]


@pytest.fixture
def silent(systems: Systems, settings: object, tmp_path: Path) -> Path:  # noqa: ARG001 - clients come first
    """A state in which one post is still decided by another system."""
    write_state(tmp_path, more=f"silent: [{POST}]\n")
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    lodging.close()
    return tmp_path


def lodged(systems: Systems, name: str, days: float, now: datetime) -> None:
    """Lodge cars that came to the register some days ago, to be examined."""
    at = now - timedelta(days=days)
    body = a_body(name, items=CARS, transport_document=name, lodged_at=at.isoformat())
    assert systems.lodge(body).body["channel"] == "red"
    Lodgement.objects.filter(declaration_id=name).update(decided_at=at)


def take_over(home: Path) -> None:
    """Let what is decided bind everywhere."""
    write_state(home)
    os.utime(home / "gate.yaml", ns=(1, 1))


def ordered() -> set[str]:
    return set(Order.objects.values_list("declaration__declaration_id", flat=True))


def test_where_nobody_tells_arrivals_goods_of_weeks_ago_are_not_ordered(systems: Systems, silent: Path) -> None:
    now = timezone.now()
    for name, days in (("OLD", 30), ("LATELY", 2)):
        lodged(systems, name, days, now)
    told = foreseen([POST], now)
    assert (told.orders, told.declarations, told.long_ago) == (1, 1, 0)
    take_over(silent)
    assert reassess(now) == 1
    assert ordered() == {"LATELY"}


def test_where_arrivals_are_told_what_has_not_arrived_is_ordered_and_due_from_the_order_on(
    systems: Systems, silent: Path
) -> None:
    now = timezone.now()
    for name, days in (("OLD", 30), ("CAME", 1)):
        lodged(systems, name, days, now)
    arrive("CAME", POST, now - timedelta(hours=1), by="x", now=now)
    told = foreseen([POST], now)
    assert (told.orders, told.declarations, told.long_ago) == (2, 2, 1)
    take_over(silent)
    assert reassess(now) == 2
    order = Order.objects.get(declaration__declaration_id="OLD")
    span = order.deadline - now
    row = Declaration.objects.get(declaration_id="OLD")
    assert timedelta() < span < timedelta(days=7)
    assert order.day == now.date()
    came = now + timedelta(days=2)
    for at in (now - timedelta(days=1), came, came + timedelta(days=1)):
        arrive(row.declaration_id, POST, at, by="x", now=now)
        assert Order.objects.get(pk=order.pk).deadline - max(at, now) == span
    same = Order.objects.get(declaration__declaration_id="CAME")
    assert same.deadline - now == span


def test_the_command_says_what_taking_over_would_order_and_orders_nothing(
    systems: Systems,
    silent: Path,  # noqa: ARG001
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "start", lambda *_, **__: None)
    lodged(systems, "LATELY", 2, timezone.now())
    assert command.run(Namespace(home=None, post=[POST])) == 0
    assert "would order 1 acts on 1 declarations" in capsys.readouterr().out
    assert command.run(Namespace(home=None, post=[])) == 0
    assert "would order 1 acts on 1 declarations" in capsys.readouterr().out
    assert not Order.objects.exists()
    assert Lodgement.objects.count() == 1
    with pytest.raises(SettingsError, match="--post"):
        command.run(Namespace(home=None, post=["KG-NONE"]))


def test_an_order_that_opens_again_has_its_time_from_then_or_from_the_arrival_on(
    systems: Systems, silent: Path
) -> None:
    now = timezone.now()
    take_over(silent)
    lodged(systems, "D", 5, now)
    assert systems.send("POST", "/declarations/D/cancellation").status == 200
    with transaction.atomic():
        stand_again(Declaration.objects.get(), now=now)
    assert Order.objects.get().deadline - now == AT_ONCE
    for at in (now - timedelta(days=1), now + timedelta(days=2)):
        arrive("D", POST, at, by="x", now=now)
        assert Order.objects.get().deadline - max(at, now) == AT_ONCE
