"""Where decisions bind: at the post where the goods are; what was found or ordered holds goods wherever they are declared for."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from darvoza.office.api.models import Lodgement
from darvoza.office.api.problems import Problem
from darvoza.office.api.services import lodging, reassessing
from darvoza.office.api.services.reassessing import reassess
from darvoza.office.registry.models import Decision, Declaration, Order
from office.api.systems import OTHER, POST, Systems, a_body, an_item, write_state

CARS = [an_item(hs="870323")]
D = "/declarations/D-1"
FOUND = {"items": [{"item": 1, "areas": ["undervaluation"]}]}
NOTHING = {"items": [{"item": 1}]}
LATER = timedelta(days=4)
MUCH_LATER = timedelta(days=61)


@pytest.fixture
def home(systems: Systems, settings: object, tmp_path: Path) -> Path:  # noqa: ARG001 - clients come first
    """A state that binds at one post, and not at the other."""
    write_state(tmp_path, more=f"silent: [{OTHER}]\n")
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    lodging.close()
    return tmp_path


def take_over(home: Path) -> None:
    """Let the state bind everywhere."""
    write_state(home)
    os.utime(home / "gate.yaml", ns=(1, 1))


def released(systems: Systems) -> tuple[str, bool]:
    said = systems.send("GET", f"{D}/release").body
    return said["release"], said["binding"]


def amended(systems: Systems, **changes: Any) -> None:
    assert systems.send("POST", f"{D}/amendments", a_body("D-1", **{"items": CARS, **changes})).status == 200


@pytest.mark.usefixtures("home")
def test_what_was_found_holds_goods_that_are_declared_for_a_silent_post_afterwards(systems: Systems) -> None:
    systems.lodge(a_body(items=CARS))
    assert systems.send("POST", "/orders/D-1:customs:physical/findings", FOUND).status == 201
    amended(systems, post=OTHER)
    assert released(systems) == ("held", True)
    message = systems.send("GET", f"{D}/cusres").body
    assert "GIS+red:ZZZ'" in message
    assert "customs physical" in message


@pytest.mark.usefixtures("home")
def test_an_order_keeps_goods_that_are_declared_for_a_silent_post_until_it_is_carried_out(systems: Systems) -> None:
    systems.lodge(a_body(items=CARS))
    amended(systems, post=OTHER, items=[*CARS, an_item(hs="080810")])
    assert released(systems) == ("waiting", True)
    message = systems.send("GET", f"{D}/cusres").body
    assert "customs physical" in message
    assert "phytosanitary" not in message  # nobody ordered it: another system decides about goods that came then
    assert systems.send("POST", "/orders/D-1:customs:physical/findings", NOTHING).status == 201
    assert released(systems) == ("not-binding", False)
    assert "GIS+not-binding" in systems.send("GET", f"{D}/cusres").body


@pytest.mark.usefixtures("home")
def test_goods_that_have_arrived_where_it_binds_are_bound_whatever_post_is_declared_then(systems: Systems) -> None:
    systems.lodge(a_body(items=[an_item()]))
    assert systems.send("POST", f"{D}/arrival", {"post": POST}).status == 200
    amended(systems, post=OTHER)
    assert Lodgement.objects.get(revision=2).binding is True
    assert Order.objects.get().post == POST
    assert released(systems) == ("waiting", True)


@pytest.mark.usefixtures("home")
def test_goods_of_a_silent_post_that_arrive_where_it_binds_are_controlled_there_without_a_new_draw(
    systems: Systems,
) -> None:
    systems.lodge(a_body(post=OTHER, items=CARS))
    u = Decision.objects.values_list("u", flat=True).get()
    assert (released(systems), Order.objects.count()) == (("not-binding", False), 0)
    said = systems.send("POST", f"{D}/arrival", {"post": POST})
    assert (said.status, said.body["rerouted"]) == (200, True)
    order = Order.objects.get()
    assert (order.post, order.state, order.order_id) == (POST, "waiting", "D-1:customs:physical")
    assert Decision.objects.values_list("u", flat=True).get() == u
    assert released(systems) == ("waiting", True)
    assert systems.send("POST", f"{D}/arrival", {"post": POST}).status == 200
    assert list(Lodgement.objects.order_by("revision").values_list("binding", "kind")) == [
        (False, "lodged"),
        (True, "reassessed"),
    ]


@pytest.mark.usefixtures("home")
def test_goods_that_arrive_at_a_silent_post_are_not_let_go_here(systems: Systems) -> None:
    systems.lodge(a_body())
    assert released(systems) == ("free", True)
    systems.send("POST", f"{D}/arrival", {"post": OTHER})
    assert released(systems) == ("not-binding", False)


@pytest.mark.usefixtures("home")
def test_an_arrival_is_noted_though_the_gate_is_shut_and_looked_at_later(
    systems: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(_now: object) -> None:
        raise Problem("gate-closed")

    systems.lodge(a_body(post=OTHER, items=CARS))
    with monkeypatch.context() as patch:
        patch.setattr(reassessing, "state_in_force", shut)
        assert systems.send("POST", f"{D}/arrival", {"post": POST}).status == 200
    assert (Declaration.objects.get().arrived_post, Order.objects.count()) == (POST, 0)
    assert reassess(timezone.now()) == 1
    assert (Order.objects.get().post, released(systems)) == (POST, ("waiting", True))
    assert reassess(timezone.now()) == 0


def test_what_was_lodged_long_before_a_post_is_taken_over_is_bound_then(systems: Systems, home: Path) -> None:
    for name in ("D-1", "GONE"):
        systems.lodge(a_body(name, post=OTHER, items=CARS, transport_document=name))
    systems.send("POST", "/declarations/GONE/arrival", {"post": OTHER})
    take_over(home)
    now = timezone.now() + LATER
    assert reassess(now) == 1  # of what arrived while the other system decided nobody gives an order now
    assert [order.declaration.declaration_id for order in Order.objects.all()] == ["D-1"]
    assert released(systems) == ("waiting", True)
    assert reassess(now) == 0


def test_what_nobody_looked_at_again_is_bound_when_it_arrives(systems: Systems, home: Path) -> None:
    systems.lodge(a_body(post=OTHER, items=CARS))
    take_over(home)
    assert reassess(timezone.now() + MUCH_LATER) == 0
    assert systems.send("POST", f"{D}/arrival", {"post": OTHER}).status == 200
    assert (Order.objects.get().post, released(systems)) == (OTHER, ("waiting", True))


def test_a_new_alert_reaches_goods_on_their_way_and_goods_that_are_held_and_none_that_are_gone(
    systems: Systems, home: Path
) -> None:
    for name in ("WAY", "GONE", "HELD"):
        goods = CARS if name == "HELD" else [an_item()]
        systems.lodge(a_body(name, items=goods, transport_document=name))
    systems.send("POST", "/orders/HELD:customs:physical/findings", FOUND)
    for name in ("GONE", "HELD"):
        systems.send("POST", f"/declarations/{name}/arrival", {"post": POST})
    text = (home / "profiles" / "cus-cars.yaml").read_text(encoding="utf-8")
    alert = text.replace("CUS-CARS", "CUS-NEW").replace("8703", "6203").replace("870323", "620342")
    (home / "profiles" / "new.yaml").write_text(alert, encoding="utf-8")
    os.utime(home / "gate.yaml", ns=(1, 1))
    assert reassess(timezone.now() + LATER) == 2
    assert set(Lodgement.objects.filter(revision=2).values_list("declaration_id", flat=True)) == {"WAY", "HELD"}


def test_where_nobody_tells_of_arrivals_goods_lodged_lately_count_as_on_their_way(systems: Systems, home: Path) -> None:
    systems.lodge(a_body("D-1", lodged_at="2026-02-01T08:00:00Z"))
    write_state(home, more='share: "0.2"\n')
    os.utime(home / "gate.yaml", ns=(1, 1))
    assert reassess(timezone.now() + LATER) == 0
    # what a client says of when it was lodged does not matter
    assert reassess(timezone.now() + reassessing.FRESH / 2) == 1
