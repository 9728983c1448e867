"""Goods that a declaration is amended to: what others of them were chosen for stands under it, and a draw is brought no other goods."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from darvoza.office.api.models import Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services import clients, lodging
from darvoza.office.api.services.clients import caller_of
from darvoza.office.api.services.kinship import drawn_for_posts
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.registry.models import Decision, Order
from office.api.systems import NOW, PROFILE, Said, Systems, a_body, an_item, write_state
from office.api.test_goods_again import ASKED, HEAVY, LIGHT, acts, again, examine, replayed, reveal, same_goods

HALF = ASKED | {"code": "CUS-OLD", "when": 'origin is "GE"', "given": "origin: GE"}
FROM_GE = [LIGHT[0] | {"origin": "GE"}]


@pytest.fixture(scope="module")
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gate with a profile that speaks of what a pen can change, and one that asks for one in two."""
    home = tmp_path_factory.mktemp("amended")
    write_state(home)
    (home / "profiles" / "heavy.yaml").write_text(PROFILE.format(**ASKED), encoding="utf-8")
    half = PROFILE.format(**HALF).replace("share: 1.0", "share: 0.5")
    (home / "profiles" / "half.yaml").write_text(half, encoding="utf-8")
    return home


def amend(systems: Systems, reference: str, **changes: Any) -> Said:
    return systems.send("POST", f"/declarations/{reference}/amendments", again(reference, **changes))


def amended(systems: Systems, reference: str, **changes: Any) -> list[str]:
    said = amend(systems, reference, **changes)
    assert said.status == 200, said.body
    return [act["act"] for act in said.body["acts"]]


def number_of(reference: str) -> float:
    return Decision.objects.filter(declaration__declaration_id=reference).values_list("u", flat=True)[0]


def drawn(systems: Systems, *, low: bool, prefix: str, **body: Any) -> str:
    """Lodge goods under one document after another until one is drawn for by a low number, or a high one."""
    for each in count():
        name = f"{prefix}-{each}"
        assert systems.lodge(a_body(name, transport_document=f"CMR-{name}", **body)).status == 201
        if (number_of(name) < 0.5) is low:
            return name
    raise AssertionError


def test_an_amendment_to_goods_that_were_chosen_is_chosen_with_them(systems: Systems, state_home: Path) -> None:
    assert acts(systems, again("D-1", items=HEAVY)) == ["physical"]
    assert acts(systems, again("D-2", transport_document="CMR-2")) == []
    before = number_of("D-2")
    assert amended(systems, "D-2") == ["physical"], "the goods of D-1 are not examined yet"
    assert number_of("D-2") == before, "there is no second draw"
    assert acts(systems, again("D-3")) == ["physical"]
    assert number_of("D-3") == number_of("D-1"), "the mark stands for the draw by which something is to be examined"
    assert [each["declaration_id"] for each in _told(systems, "D-2", 1)] == ["D-1"]
    assert [each["declaration_id"] for each in same_goods(systems, "D-3")] == ["D-2"]
    assert replayed(state_home) == (4, 0, 0)
    lodging.close()
    assert replayed(state_home) == (4, 0, 0)


def _told(systems: Systems, reference: str, place: int) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = systems.send("GET", f"/declarations/{reference}/evidence").body["revisions"][place][
        "same_goods"
    ]
    return told


@pytest.mark.parametrize("many", [False, True], ids=["in rows", "in columns"])
def test_what_was_chosen_by_a_low_number_is_chosen_under_a_high_one(
    systems: Systems, state_home: Path, monkeypatch: pytest.MonkeyPatch, *, many: bool
) -> None:
    if many:
        monkeypatch.setattr("darvoza.flow.pipeline.FEW", 0)
    chosen = drawn(systems, low=True, prefix="L", items=FROM_GE, vehicle_id="01A123BC")
    green = drawn(systems, low=False, prefix="H", items=LIGHT)
    assert amended(systems, green, transport_document=f"CMR-{chosen}", vehicle_id="01A123BC") == ["physical"]
    other = drawn(systems, low=False, prefix="N", items=LIGHT)
    under_two = {"transport_document": f"CMR-{other}", "vehicle_id": "01A123BC"}
    assert acts(systems, again("D-9", **under_two)) == ["physical"]
    assert number_of("D-9") == number_of(other) != number_of(chosen)
    for name in (green, "D-9"):
        told = Decision.objects.get(declaration__declaration_id=name, act="physical")
        assert told.selected
        assert told.u < told.probability
        assert {floor["source"]: floor["probability"] for floor in told.floors}["CUS-OLD"] == 1.0
    assert acts(systems, again("D-10", transport_document=f"CMR-{chosen}")) == ["physical"]
    told = Decision.objects.get(declaration__declaration_id="D-10", act="physical")
    assert told.u == number_of(chosen)
    equal, different, gone = replayed(state_home)
    assert (equal, different, gone) == (Lodgement.objects.count(), 0, 0)


def test_the_next_load_of_a_lorry_inherits_nothing_once_the_window_is_over(systems: Systems) -> None:
    lorry = {"vehicle_id": "01A123BC"}
    acts(systems, again("D-1", items=HEAVY, lodged_at="2026-02-20T08:00:00Z", **lorry))
    assert acts(systems, again("D-2", transport_document="CMR-2", **lorry)) == []
    assert acts(systems, again("D-3", transport_document="CMR-3")) == []
    assert amended(systems, "D-3", transport_document="CMR-3", **lorry) == []
    assert amended(systems, "D-3", transport_document="CMR-1") == ["physical"], (
        "a document is the same goods for a month"
    )


def test_of_a_batch_an_amendment_is_decided_in_the_light_of_what_is_lodged_with_it(
    systems: Systems, state_home: Path
) -> None:
    caller = caller_of(systems.tokens["customs"])
    assert caller is not None
    for name in ("D-2", "D-3"):
        assert acts(systems, again(name, transport_document=f"CMR-{name}")) == []
    requests = [
        Request(caller, LodgementKind.AMENDED, again("D-2"), reference="D-2"),
        Request(caller, LodgementKind.LODGED, again("D-1", items=HEAVY)),
        Request(caller, LodgementKind.AMENDED, again("D-3"), reference="D-3"),
    ]
    lodging.lodge(requests, now=NOW)
    for request in requests:
        assert isinstance(request.outcome, Answer)
        assert [act["act"] for act in json.loads(request.outcome.text)["acts"]] == ["physical"]
    assert replayed(state_home) == (5, 0, 0)


def test_of_a_batch_a_window_begins_with_the_first_lodging_by_the_draw_too(systems: Systems) -> None:
    caller = caller_of(systems.tokens["customs"])
    assert caller is not None
    lorry = {"vehicle_id": "01A123BC"}
    assert acts(systems, again("D-1", items=HEAVY, lodged_at="2026-02-20T08:00:00Z", **lorry)) == ["physical"]
    assert acts(systems, again("D-2", transport_document="CMR-2", lodged_at="2026-02-20T09:00:00Z")) == []
    late = [
        again("D-3", items=HEAVY, lodged_at="2026-02-26T08:00:00Z", **lorry),
        again("D-4", transport_document="CMR-2", lodged_at="2026-02-26T09:00:00Z", **lorry),
    ]
    requests = [Request(caller, LodgementKind.LODGED, body) for body in late]
    lodging.lodge(requests, now=NOW)
    chosen = Decision.objects.filter(selected=True, act="physical").order_by("pk")
    assert list(chosen.values_list("declaration__declaration_id", flat=True)) == ["D-1", "D-3"]


def test_what_was_inherited_and_done_comes_back_with_no_amendment(systems: Systems) -> None:
    acts(systems, again("D-1", items=HEAVY))
    acts(systems, again("D-2"))
    examine(systems, "D-2")
    assert amended(systems, "D-2", importer_name="As it is written") == ["physical"]
    assert Order.objects.get(order_id="D-2:customs:physical").state == "recorded"
    assert Lodgement.objects.get(declaration_id="D-2", revision=2).kin == []


def test_what_is_inherited_is_of_the_whole_consignment_after_an_amendment_too(
    systems: Systems, state_home: Path
) -> None:
    acts(systems, again("D-1", items=HEAVY))
    acts(systems, again("D-2"))
    assert amended(systems, "D-2", items=[*LIGHT, LIGHT[0] | {"net_mass": 70}]) == ["physical"]
    assert Order.objects.get(order_id="D-2:customs:physical").items == [1, 2]
    assert [each["declaration_id"] for each in _told(systems, "D-2", 1)] == ["D-1"]
    assert replayed(state_home) == (3, 0, 0)


def test_what_came_under_the_own_marks_later_is_minded_there(systems: Systems) -> None:
    acts(systems, again("D-1"))
    assert acts(systems, again("D-2", items=HEAVY)) == ["physical"]
    assert amended(systems, "D-1", importer_name="As it is written") == []


def test_a_draw_that_anybody_can_know_is_brought_no_other_goods(systems: Systems) -> None:
    first = datetime.now(UTC) - timedelta(days=2)
    day = first.date()
    shell = {"lodged_at": first.isoformat(), "vehicle_id": "01A123BC"}
    for name in ("S-1", "S-2"):
        assert acts(systems, again(name, transport_document=name, items=[an_item(hs="841810")], **shell)) == []
    goods = {"importer_id": "IMP-X", "vehicle_id": "07B777CC", "transport_document": "CMR-77"}
    assert amended(systems, "S-1", **goods, lodged_at=first.isoformat()) == [], "nobody could know the draw"
    reveal(day)
    said = amend(systems, "S-2", **goods, lodged_at=first.isoformat())
    assert (said.status, said.code) == (422, "invalid")
    assert said.body["errors"] == [
        {
            "field": "transport_document",
            "code": "other-goods",
            "expected": (
                "the transport document, a container or the vehicle with which S-2 was declared before the key of "
                f"{day} was revealed, and its importer and headings"
            ),
            "got": "goods that share none of them",
        }
    ]
    assert "lodge these under a reference of their own" in said.body["detail"]
    assert Lodgement.objects.filter(declaration_id="S-2").count() == 1
    refused = {"items": [an_item(hs="841810"), an_item(hs="220300")], "transport_document": "S-2"} | shell
    assert amend(systems, "S-2", **refused).status == 422, "headings say what the goods are"
    same = {"items": [an_item(hs="841810", net_mass=9)], "transport_document": "CMR-78", **shell}
    assert amended(systems, "S-2", **same) == [], "the lorry is the one that was declared"
    assert amend(systems, "S-2", **{**same, "vehicle_id": "07B777CC"}).status == 422, "step by step neither"
    assert amended(systems, "S-1", **goods, lodged_at=first.isoformat()) == []


def test_earlier_lodgings_are_asked_for_together(systems: Systems, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients._Taken, "left", {})  # what another test took of a minute ends in the midst of this one
    asked = []
    for many in (1, 6):
        document = {"transport_document": f"CMR-{many}"}
        for each in range(many):
            acts(systems, again(f"K{many}-{each}", items=HEAVY, **document))
            examine(systems, f"K{many}-{each}")
        acts(systems, again(f"F{many}", transport_document=f"CMR-F{many}"))
        for body in (again(f"L{many}", **document), None):
            with CaptureQueriesContext(connection) as told:
                acts(systems, body) if body else amended(systems, f"F{many}", **document)
            asked.append(len(told))
    assert asked[:2] == asked[2:]


def test_a_bundle_tells_a_post_the_draw_that_holds_a_mark(systems: Systems, state_home: Path) -> None:
    lodged = {"lodged_at": (datetime.now(UTC) - timedelta(hours=2)).isoformat()}
    acts(systems, again("D-1", items=HEAVY, **lodged))
    acts(systems, again("D-2", transport_document="CMR-2", **lodged))
    amended(systems, "D-2", **lodged)
    gate = OpenGate.open(state_home / "gate.yaml", now=datetime.now(UTC)).gate
    told = drawn_for_posts(gate, datetime.now(UTC).date())
    assert told is not None
    under: dict[str, set[str]] = {}
    for name, marks in told.select("declaration_id", "marks").iter_rows():
        for mark in marks:
            under.setdefault(mark, set()).add(name)
    assert sorted(map(sorted, under.values())) == [["D-1"], ["D-2"]]
    examine(systems, "D-1")
    examine(systems, "D-2")
    told, drawn = drawn_for_posts(gate, datetime.now(UTC).date()), gate.drawn()
    assert told is not None
    assert drawn is not None
    assert told.equals(drawn), "nothing stands any more"
