"""Whatever reference can be lodged can be asked for again, at every address."""

from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.urls import resolve, reverse

from darvoza.office.api.models import Lodgement
from darvoza.office.api.references import ENDS
from office.api.systems import POST, Systems, a_body, an_item
from office.api.test_client import Line

CARS = [an_item(hs="870323")]
REFERENCES = [
    "2026/KG-AKT/C/17", "A//B", "a?b#c", "100%", "%2F", "A+B&c=d;e", "Ж/é", "A B", "stream/1", "1/stream", "release", "amendments",
    "release/1", "a:b/c:d", "...", "a\\b", "x/openapi.json", "/".join("a" * 32),
]  # fmt: skip


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_reference_that_was_lodged_is_reached_at_every_address(systems: Systems, reference: str) -> None:
    assert systems.lodge(a_body(reference, transport_document="T", items=CARS)).status == 201
    at = f"/declarations/{quote(reference, safe='')}"
    assert systems.send("GET", at).body["declaration_id"] == reference
    for name in ("explanation", "evidence", "release"):
        assert systems.send("GET", f"{at}/{name}").body["declaration_id"] == reference
    assert systems.send("GET", f"{at}/cusres").status == 200
    assert systems.send("POST", f"{at}/arrival", {"post": POST}).body["declaration_id"] == reference
    said = systems.send("POST", f"{at}/amendments", a_body(reference, transport_document="T", items=CARS))
    assert (said.status, said.body["revision"]) == (200, 2)
    order = systems.send("GET", "/orders").body["orders"][0]["order_id"]
    assert order == f"{reference}:customs:physical"
    address = f"/orders/{quote(order, safe='')}"
    assert systems.send("GET", address).body["order_id"] == order
    said = systems.send("POST", f"{address}/findings", {"items": [{"item": 1}]})
    assert (said.status, said.body["state"]) == (201, "recorded")
    assert systems.send("POST", f"{at}/cancellation").body["kind"] == "cancelled"


def test_the_client_reaches_every_reference(systems: Systems) -> None:
    gate = Line(systems).client()
    for reference in ("2026/KG-AKT/C/17", "Ж/é?#%2F"):
        made = gate.lodge(a_body(reference, importer_id=f"I-{reference}", items=CARS))
        assert gate.decision(reference) == made
        assert gate.amend(reference, a_body(reference, importer_id=f"I-{reference}", items=CARS)).revision == 2
        gate.record_finding(f"{reference}:customs:physical", [{"item": 1}])
        assert gate.cancel(reference).kind == "cancelled"


@pytest.mark.parametrize(
    "reference",
    ["stream", " stream ", ".", "..", "a/../b", "./a", "a/.", "/a", "a/", "/", *(f"a/{end}" for end in ENDS)],
)
def test_what_could_never_be_an_address_is_refused_with_the_reason(systems: Systems, reference: str) -> None:
    said = systems.lodge(a_body(reference))
    [fault] = said.body["errors"]
    assert (said.status, fault["field"], fault["code"], fault["got"]) == (
        422,
        "declaration_id",
        "no-address",
        repr(reference),
    )
    assert fault["expected"].startswith("a reference")
    line = systems.send("POST", "/declarations/stream", a_body(reference), content_type="application/x-ndjson")
    assert '"no-address"' in line.body
    assert not Lodgement.objects.exists()


@pytest.mark.parametrize(
    ("stated", "fits"),
    [
        ("D-1", True),
        (" D-1 ", True),
        (..., True),
        (None, True),
        ("D-2", False),
        (17, False),
        (True, False),
        ("", False),
    ],
)
def test_the_reference_of_an_amendment_is_compared_as_it_is_read(systems: Systems, stated: Any, fits: bool) -> None:
    systems.lodge(a_body())
    body = {name: value for name, value in a_body(declaration_id=stated).items() if value is not ...}
    said = systems.send("POST", "/declarations/D-1/amendments", body)
    assert said.status == (200 if fits else 422), said.body
    if not fits:
        [fault] = said.body["errors"]
        assert (fault["code"], fault["expected"], fault["got"]) == ("other-declaration", "'D-1'", repr(stated))


def test_an_address_with_a_control_character_is_none(systems: Systems) -> None:
    assert systems.send("GET", "/declarations/a%00b").status == 404
    assert reverse("api:decision", kwargs={"declaration_id": "a/b"}) == "/api/v1/declarations/a/b"


@pytest.mark.parametrize("name", ["registry:declaration", "insight:replay", "desk:refer"])
def test_a_reference_with_slashes_has_its_pages(name: str) -> None:
    for reference in REFERENCES:
        named = {"declaration_id": reference}
        found = resolve(unquote(reverse(name, kwargs=named)))
        assert (found.view_name, found.kwargs) == (name, named)


@pytest.mark.parametrize("name", ["order", "claim", "result", "correct", "act", "photos", "draft", "settle"])
def test_an_order_with_slashes_has_its_pages(name: str) -> None:
    for reference in REFERENCES:
        named = {"order_id": f"{reference}:customs:physical"}
        found = resolve(unquote(reverse(f"desk:{name}", kwargs=named)))
        assert (found.view_name, found.kwargs) == (f"desk:{name}", named)
