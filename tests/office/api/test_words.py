"""What is told to systems is told in the words that the description of the interface and its reference name."""

import re
from typing import Any

import pytest
from django.utils import timezone

from architecture.house import DOCS
from darvoza.flow.intake.lodged_form import MOST_ITEMS
from darvoza.office.api import bodies, documents
from darvoza.office.api.models import MINUTE, Delivery, Event
from darvoza.office.api.problems import KINDS, LONGEST_KEY
from darvoza.office.api.services import outbox, planning, subscribing
from darvoza.office.api.views import asking, control
from darvoza.office.api.views.answers import EVENTS, DecisionSchema
from darvoza.office.api.words import MEANINGS, DeliveryState, EventKind
from darvoza.office.operations.retention import KeptData, read_retention, shipped_rules
from office.api.systems import POST, Systems, a_body, an_item

CARS = [an_item(hs="870323", origin="DE")]


def test_every_word_has_a_meaning() -> None:
    for kind, meanings in MEANINGS.items():
        assert list(meanings) == list(kind), kind
        assert all(meanings.values())
    assert set(EVENTS) == set(EventKind)
    assert tuple(EventKind) == subscribing.KINDS
    assert {each.value for each in Delivery.State} == set(DeliveryState)


def test_events_are_as_the_description_says(systems: Systems) -> None:
    systems.send("POST", "/subscriptions", {"url": "https://office.example/x"})
    systems.lodge(a_body(items=CARS))
    systems.send("POST", "/declarations/D-1/amendments", a_body(items=CARS))
    systems.send("POST", "/declarations/D-1/arrival", {"post": POST})
    systems.send("POST", "/orders/D-1:customs:physical/findings", {"items": [{"item": 1}]})
    systems.send("POST", "/declarations/D-1/cancellation")
    now = timezone.now()
    again = Event.objects.get(kind="declaration.amended")
    for kind in ("declaration.reassessed", "declaration.returned"):
        again.pk, again.kind = None, kind
        again.save(force_insert=True)
    planning.fan_out(now)
    seen = set()
    for row in Delivery.objects.select_related("event", "subscription__client"):
        said = outbox.message(row)
        schema = EVENTS[EventKind(row.event.kind)]
        read = schema.model_validate_json(documents.as_text(said))
        assert set(said) == set(schema.model_fields), row.event.kind
        assert set(row.event.body) == set(type(read.body).model_fields), row.event.kind  # type: ignore[attr-defined]
        seen.add(row.event.kind)
    assert seen == set(EventKind)


@pytest.fixture
def described(systems: Systems) -> Any:
    """The description of the interface."""
    return systems.send("GET", "/openapi.json").body


def test_the_description_tells_of_every_event(described: Any) -> None:
    assert list(described["webhooks"]) == list(EventKind)
    schemas = described["components"]["schemas"]
    for hook in described["webhooks"].values():
        (named,) = hook["post"]["requestBody"]["content"]["application/json"]["schema"]["allOf"]
        assert named["$ref"].rpartition("/")[2] in schemas
    assert {each.rpartition("/")[2] for each in references(described)} <= set(schemas)


def references(said: Any) -> set[str]:
    """Every schema that is referred to."""
    if isinstance(said, dict):
        own = {said["$ref"]} if isinstance(said.get("$ref"), str) else set()
        return own.union(*map(references, said.values()))
    return set().union(*map(references, said)) if isinstance(said, list) else set()


def test_the_description_names_words_and_headers(systems: Systems, described: Any) -> None:
    schemas = described["components"]["schemas"]
    assert schemas["Channel"]["enum"] == ["green", "blue", "yellow", "red"]
    assert schemas["Release"]["enum"] == ["free", "waiting", "held", "cancelled", "not-binding"]
    assert schemas["AgencyWord"]["enum"] == ["done", "open", "finding"]
    assert schemas["CaseState"]["enum"][0] == "waiting"
    assert set(DecisionSchema.model_fields) == set(schemas["DecisionSchema"]["required"])
    kinds = schemas["SubscriptionSent"]["properties"]["kinds"]["items"]["enum"]
    assert kinds == list(EventKind)
    paths = described["paths"]
    findings = paths["/api/v1/orders/{order_id}/findings"]["post"]
    assert {each["name"]: each["required"] for each in findings["parameters"]} == {
        "order_id": True,
        "Idempotency-Key": False,
        "If-Match": False,
    }
    assert set(findings["responses"]["201"]["headers"]) == {"ETag", "Idempotent-Replayed"}
    assert set(findings["responses"]["429"]["headers"]) == {"Retry-After"}
    order = paths["/api/v1/orders/{order_id}"]["get"]
    assert "If-None-Match" in {each["name"] for each in order["parameters"]}
    assert described == systems.send("GET", "/openapi.json").body, "told again, it is the same"


@pytest.mark.parametrize(
    ("path", "required"), [("/declarations", True), ("/declarations/{declaration_id}/amendments", False)]
)
def test_an_amendment_need_not_name_its_declaration_again(
    systems: Systems, described: Any, path: str, *, required: bool
) -> None:
    body = described["paths"][f"/api/v1{path}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert ("declaration_id" in body["required"]) == required
    systems.lodge(a_body())
    sent = a_body(items=CARS)
    del sent["declaration_id"]
    assert systems.send("POST", path.format(declaration_id="D-1"), sent).status == (422 if required else 200)


def test_a_state_of_deliveries_that_does_not_exist_is_refused(systems: Systems) -> None:
    assert systems.send("GET", "/deliveries?state=lost").code == "invalid"
    assert systems.send("GET", "/deliveries?state=dead").body["deliveries"] == []


def test_the_limits_that_are_written_down_are_those_that_hold() -> None:
    text = (DOCS / "how-to" / "connect-a-system.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| ([^|]+) \| (\d+)", text.partition("| limit |")[2], re.MULTILINE))
    assert list(map(int, told.values()))[:7] == [
        bodies.LARGEST // 2**20,
        bodies.LARGEST_STREAM // 2**20,
        MOST_ITEMS,
        LONGEST_KEY,
        asking.MOST_PER_PAGE,
        control.ScreeningSent.model_json_schema()["properties"]["values"]["maxItems"],
        MINUTE,
    ]
    assert f"1 to {LONGEST_KEY} printable" in KINDS["key-missing"].title
    (rule,) = (each for each in read_retention(shipped_rules()) if each.data is KeptData.RECEIPTS)
    assert f"kept for {rule.days} days" in text
