"""A system that runs silently beside another one: it decides, binds nobody, is compared, and takes over."""

import os
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from darvoza.office.api.models import Lodgement
from darvoza.office.api.purposes import Purpose
from darvoza.office.api.services import lodging
from darvoza.office.api.services.clients import NewClient, enter_client
from darvoza.office.api.services.reassessing import reassess
from darvoza.office.registry.models import Decision, Order
from office.api.systems import NOW, OTHER, POST, Systems, a_body, an_item, write_state

CARS = [an_item(hs="870323")]


@pytest.fixture
def silent(systems: Systems, settings: object, tmp_path: Path) -> Path:  # noqa: ARG001 - clients come first
    """A state in which one post is still decided by another system."""
    write_state(tmp_path, more="silent: [KG-AKT]\n")
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    lodging.close()
    return tmp_path


def test_where_it_is_silent_nothing_is_ordered(systems: Systems, silent: Path) -> None:  # noqa: ARG001
    said = systems.lodge(a_body(items=CARS))
    assert (said.body["channel"], said.body["binding"]) == ("red", False)
    assert systems.lodge(a_body("E", post=OTHER, items=CARS)).body["binding"] is True
    assert [order.declaration.declaration_id for order in Order.objects.all()] == ["E"]
    assert Decision.objects.count() == 2


def test_the_systems_are_compared_profile_by_profile(systems: Systems, silent: Path) -> None:  # noqa: ARG001
    ours = [
        systems.lodge(a_body(f"D-{n}", items=CARS if n < 2 else [an_item()], transport_document=f"T-{n}")).body
        for n in range(4)
    ]
    theirs = [{"declaration_id": f"D-{n}", "channel": "green" if n < 3 else ours[n]["channel"]} for n in range(4)]
    said = systems.send("POST", "/comparisons", {"decisions": [*theirs, {"declaration_id": "NONE", "channel": "red"}]})
    assert said.body == {"compared": 4, "unknown": ["NONE"]}
    told = {each["profile"]: each for each in systems.send("GET", "/comparisons").body["agreement"]}
    assert told["CUS-CARS"] == {"profile": "CUS-CARS", "declarations": 2, "exact": 0, "stricter": 2, "laxer": 0}
    assert told[None]["declarations"] == 4
    assert systems.send("GET", "/comparisons", by="plants").body["agreement"][0]["declarations"] == 0
    assert (
        systems.send("POST", "/comparisons", {"decisions": [{"declaration_id": "D-1", "channel": "blau"}]}).code
        == "invalid"
    )


def test_a_client_compares_what_it_may_know_of_and_is_told_names_that_it_may_read(
    systems: Systems, silent: Path
) -> None:
    text = (silent / "profiles" / "cus-cars.yaml").read_text(encoding="utf-8")
    hidden = text.replace("CUS-CARS", "CUS-HIDDEN").replace("valid:", "visibility: restricted\nvalid:")
    (silent / "profiles" / "cus-hidden.yaml").write_text(hidden, encoding="utf-8")
    fruit = an_item(hs="080810")
    for name, items in (("CARS", CARS), ("BOTH", [*CARS, fruit])):
        assert systems.lodge(a_body(name, items=items, transport_document=name)).status == 201
    sent = {"decisions": [{"declaration_id": name, "channel": "green"} for name in ("CARS", "BOTH")]}
    assert systems.send("POST", "/comparisons", sent, by="plants").body == {"compared": 1, "unknown": ["CARS"]}
    assert systems.send("POST", "/comparisons", sent).body["compared"] == 2
    told = {by: systems.send("GET", "/comparisons", by=by).body["agreement"] for by in ("plants", "customs")}
    assert [(each["profile"], each["declarations"]) for each in told["plants"]] == [(None, 1), ("PHY-FRUIT", 1)]
    assert {each["profile"] for each in told["customs"]} == {None, "CUS-CARS"}


def test_every_client_that_may_know_of_them_reads_what_any_system_told_by_post_and_days(
    systems: Systems,
    silent: Path,  # noqa: ARG001
) -> None:
    lodged = {"A": ("2026-02-27", POST), "B": ("2026-02-28", POST), "C": ("2026-02-28", OTHER)}
    for name, (day, post) in lodged.items():
        goods = [an_item()] if name == "C" else CARS
        body = a_body(name, items=goods, transport_document=name, post=post, lodged_at=f"{day}T08:00:00Z")
        assert systems.lodge(body).status == 201
    told = [
        {"declaration_id": name, "channel": channel}
        for name, channel in zip("ABC", ("red", "green", "red"), strict=True)
    ]
    assert systems.send("POST", "/comparisons", {"decisions": told}).body["compared"] == 3
    enter = NewClient("reader-of-all", (Purpose.COMPARE,), "customs")
    systems.tokens["head"] = enter_client(enter, by="oraz", now=NOW)
    systems.tokens["at-akt"] = enter_client(
        NewClient("at-akt", (Purpose.COMPARE,), "customs", POST), by="oraz", now=NOW
    )

    def counted(by: str, asked: str = "") -> tuple[int, int]:
        whole = systems.send("GET", f"/comparisons{asked}", by=by).body["agreement"][0]
        return whole["declarations"], whole["laxer"]

    assert [counted(by) for by in ("customs", "head", "at-akt", "plants")] == [(3, 1), (3, 1), (2, 0), (0, 0)]
    assert counted("head", f"?post={OTHER}") == (1, 1)
    assert counted("head", "?from=2026-02-28") == (2, 1)
    assert counted("head", "?to=2026-02-27") == (1, 0)
    assert counted("head", "?from=2026-02-28&to=2026-02-28&post=KG-AKT") == (1, 0)
    for zone, days in product(
        ("Asia/Bishkek", "Pacific/Pago_Pago"), (date.min, date.max, date(1, 1, 2), date(9999, 12, 30))
    ):
        with override_settings(TIME_ZONE=zone):
            assert counted("head", f"?from={days}") == ((3, 1) if days.year == 1 else (0, 0))
            assert counted("head", f"?to={days}") == ((0, 0) if days.year == 1 else (3, 1))
    assert counted("head", "?system=customs") == (3, 1)
    assert counted("head", "?system=nobody") == (0, 0)
    assert systems.send("GET", "/comparisons?from=2026-02-28&to=2026-02-27", by="head").code == "invalid"
    assert systems.send("GET", "/comparisons?since=2026-02-28", by="head").code == "invalid"


def test_it_is_listed_where_we_are_laxer(systems: Systems, silent: Path) -> None:  # noqa: ARG001
    for name in "ABC":
        goods = [an_item()] if name == "C" else CARS
        assert systems.lodge(a_body(name, items=goods, transport_document=name)).status == 201
    told = [
        {"declaration_id": name, "channel": channel}
        for name, channel in zip("ABC", ("red", "green", "red"), strict=True)
    ]
    assert systems.send("POST", "/comparisons", {"decisions": told}).status == 200
    page = systems.send("GET", "/comparisons/declarations?agreement=laxer").body
    [each] = page["declarations"]
    assert (each["declaration_id"], each["theirs"], each["ours"], each["agreement"]) == ("C", "red", "green", "laxer")
    assert (each["profiles"], each["system"], each["post"], page["next"]) == ([], "customs", POST, None)
    first = systems.send("GET", "/comparisons/declarations?limit=2").body
    assert [(each["declaration_id"], each["profiles"]) for each in first["declarations"]] == [
        ("A", ["CUS-CARS"]),
        ("B", ["CUS-CARS"]),
    ]
    rest = systems.send("GET", f"/comparisons/declarations?limit=2&after={first['next']}").body
    assert ([each["declaration_id"] for each in rest["declarations"]], rest["next"]) == (["C"], None)
    assert systems.send("GET", "/comparisons/declarations", by="plants").body["declarations"] == []
    systems.send("POST", "/comparisons", {"decisions": [{"declaration_id": "C", "channel": "green"}]})
    assert systems.send("GET", "/comparisons/declarations?agreement=laxer").body["declarations"] == []


def test_when_it_takes_over_what_is_open_is_ordered_without_a_new_draw(systems: Systems, silent: Path) -> None:
    systems.lodge(a_body(items=CARS, lodged_at=timezone.now().isoformat()))
    u = Decision.objects.values_list("u", flat=True).get()
    write_state(silent)
    os.utime(silent / "gate.yaml", ns=(1, 1))
    assert reassess(timezone.now()) == 1
    assert Order.objects.get().act == "physical"
    assert Decision.objects.values_list("u", flat=True).get() == u
    assert [row.binding for row in Lodgement.objects.order_by("revision")] == [False, True]
    assert reassess(NOW) == 0


def test_where_it_is_silent_nothing_is_released_and_no_message_orders_anything(
    systems: Systems,
    silent: Path,  # noqa: ARG001
) -> None:
    for name, items in (("GREEN", [an_item()]), ("RED", CARS)):
        systems.lodge(a_body(name, items=items, transport_document=name))
        said = systems.send("GET", f"/declarations/{name}/release").body
        assert (said["release"], said["binding"]) == ("not-binding", False)
        message = systems.send("GET", f"/declarations/{name}/cusres").body
        assert "GIS+not-binding:ZZZ'" in message
        assert not any(word in message for word in ("physical", "red", "green"))
    systems.send("POST", "/declarations/RED/cancellation")
    assert systems.send("GET", "/declarations/RED/release").body["release"] == "cancelled"


def test_a_decision_is_told_as_a_message_and_its_cancellation_as_well(systems: Systems, silent: Path) -> None:  # noqa: ARG001
    systems.lodge(a_body(items=CARS, post=OTHER))
    said = systems.send("GET", "/declarations/D-1/cusres")
    assert said.headers["Content-Type"].startswith("application/edifact")
    assert "GIS+red:ZZZ'" in said.body
    assert "customs physical" in said.body
    systems.send("POST", "/declarations/D-1/cancellation")
    cancelled = systems.send("GET", "/declarations/D-1/cusres").body
    assert "BGM+962+D-1:::2+11'" in cancelled
    assert "GIS+cancelled:ZZZ'" in cancelled
    assert "physical" not in cancelled
    assert "CUS-CARS" not in said.body
