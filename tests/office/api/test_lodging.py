"""Lodging over HTTP: decided once, kept before it is answered, the same answer to the same key."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, transaction

from darvoza.domain.journal import EntryKind
from darvoza.errors import SettingsError
from darvoza.flow.gate.deciding import DRAW_COLUMNS, Decided, Gate
from darvoza.office.api import bodies, documents
from darvoza.office.api.models import Event, Lodgement, Receipt
from darvoza.office.api.services import batch, lodging
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import key_subject, verify
from darvoza.office.journal.services import record
from darvoza.office.registry.models import Decision, Declaration, Order
from office.api.systems import NOW, OTHER, POST, Systems, a_body, an_item

CARS = [an_item(hs="870323", origin="DE")]
APPLES = [an_item(hs="080810", origin="KG")]


def test_a_declaration_is_decided_kept_and_answered(systems: Systems) -> None:
    said = systems.lodge(a_body(items=CARS))
    assert said.status == 201
    assert said.body["channel"] == "red"
    assert said.body["acts"] == [{"act": "physical", "agency": "customs", "items": [1]}]
    assert (said.body["version"], said.body["revision"], said.body["kind"]) == (1, 1, "lodged")
    row = Declaration.objects.get(declaration_id="D-1")
    assert (row.channel, row.post, row.items.count()) == ("red", POST, 1)
    assert Order.objects.get().order_id == "D-1:customs:physical"
    assert Decision.objects.filter(declaration=row, selected=True).count() == 1
    entry = Entry.objects.get(subject="D-1")
    assert entry.kind == EntryKind.DECISION
    assert entry.body is not None
    assert entry.body["state"] == said.body["state"]
    assert entry.body["acts"][0]["floors"]
    assert Entry.objects.filter(kind=EntryKind.SETTINGS_CHANGE).count() == 1
    assert Event.objects.get().kind == "declaration.lodged"
    assert not verify().faults


def test_ordinary_goods_are_green_and_still_have_a_chance(systems: Systems) -> None:
    channels = {systems.lodge(a_body(f"D-{n}")).body["channel"] for n in range(3)}
    assert "green" in channels
    assert min(Decision.objects.values_list("probability", flat=True)) >= 0.01


def test_what_is_answered_never_says_why(systems: Systems) -> None:
    said = systems.lodge(a_body(items=CARS))
    for secret in ("CUS-CARS", "probability", '"u"', "floors", "fingerprint"):
        assert secret not in json.dumps(said.body)


def test_the_same_key_gets_the_same_answer_and_another_body_is_refused(systems: Systems) -> None:
    first = systems.lodge(a_body(), idempotency_key="k")
    again = systems.lodge(a_body(), idempotency_key="k")
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    other = systems.lodge(a_body(importer_id="X"), idempotency_key="k")
    assert (other.status, other.code) == (422, "key-reused")
    assert Lodgement.objects.count() == Receipt.objects.count() == 1


def test_keys_of_two_clients_are_two_keys(systems: Systems) -> None:
    assert systems.lodge(a_body("A"), idempotency_key="k").status == 201
    assert systems.lodge(a_body("B"), by="akt", idempotency_key="k").status == 201


def test_what_was_refused_may_be_sent_again_with_its_key(systems: Systems) -> None:
    assert systems.lodge(a_body(items=[an_item(hs="x")]), idempotency_key="k").status == 422
    assert systems.lodge(a_body(), idempotency_key="k").status == 201


def test_a_reference_is_lodged_once(systems: Systems) -> None:
    systems.lodge(a_body())
    again = systems.lodge(a_body())
    assert (again.status, again.code) == (409, "already-lodged")
    assert Declaration.objects.count() == 1


def test_a_reference_that_is_taken_says_what_can_be_done_instead(systems: Systems) -> None:
    systems.lodge(a_body(items=CARS))
    assert systems.lodge(a_body()).body["detail"] == "amend it: POST /declarations/D-1/amendments"
    systems.send("POST", "/declarations/D-1/cancellation")
    again = systems.lodge(a_body())
    assert (again.status, again.code) == (409, "cancelled")
    assert "under another reference" in again.body["detail"]
    for_another = systems.lodge(a_body(), by="plants")
    assert (for_another.code, "cancelled" in for_another.body["detail"]) == ("already-lodged", False)
    assert systems.lodge(a_body("D-2")).status == 201


def test_every_wrong_field_is_named(systems: Systems) -> None:
    said = systems.lodge(a_body(items=[an_item(hs="87.03"), an_item(net_mass=-1)], lane_wanted="green"))
    assert (said.status, said.headers["Content-Type"]) == (422, "application/problem+json")
    assert [(each["field"], each["code"]) for each in said.body["errors"]] == [
        ("lane_wanted", "unknown-field"),
        ("items.1.hs", "not-hs"),
        ("items.2.net_mass", "below-minimum"),
    ]
    said = systems.lodge(a_body(items=[an_item(hs="87.03"), an_item(net_mass=-1)]))
    assert {each["field"] for each in said.body["errors"]} == {"items.1.hs", "items.2.net_mass"}
    assert not Lodgement.objects.exists()


def test_of_very_many_faults_the_first_are_told_and_how_many_there_are(systems: Systems) -> None:
    said = systems.lodge(a_body(items=[an_item(hs="87.03", origin="QQ", net_mass=-1) for _ in range(500)]))
    assert (said.status, len(said.body["errors"])) == (422, 1_000)
    assert said.body["detail"] == "the first 1000 of 1500 faults are told"


@pytest.mark.parametrize(
    ("headers", "body", "code", "status"),
    [
        ({"idempotency_key": ""}, a_body(), "key-missing", 400),
        ({"idempotency_key": "x" * 91}, a_body(), "key-missing", 400),
        ({"content_type": "text/plain"}, a_body(), "media-type", 415),
        ({}, b"{", "not-json", 400),
        ({}, b"[" * 5000, "not-json", 400),
        ({}, b'{"a": NaN}', "not-json", 400),
        ({}, b'{"declaration_id": "\xff"}', "not-json", 400),
        ({}, b" " * (4 * 1024 * 1024 + 1), "too-large", 413),
        ({}, b"[]", "invalid", 422),
        ({}, b"1" * 5000, "not-json", 400),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_code(
    systems: Systems, headers: dict[str, str], body: Any, code: str, status: int
) -> None:
    said = systems.lodge(body, **headers)
    assert (said.status, said.code) == (status, code)
    assert not Lodgement.objects.exists()


def test_a_token_serves_its_post_only(systems: Systems) -> None:
    said = systems.lodge(a_body(post=OTHER), by="akt")
    assert (said.status, said.code) == (403, "forbidden")
    assert systems.lodge(a_body(post=OTHER), by="dus").status == 201
    assert systems.send("GET", "/declarations/D-1", by="akt").code == "not-found"
    assert systems.send("GET", "/declarations/D-1", by="dus").status == 200


@pytest.mark.parametrize(("by", "status", "code"), [(None, 401, "unauthorised"), ("reader", 403, "forbidden")])
def test_who_has_no_token_or_another_purpose_is_refused(
    systems: Systems, by: str | None, status: int, code: str
) -> None:
    said = systems.send("POST", "/declarations", a_body(), by=by)
    assert (said.status, said.code) == (status, code)
    assert not Lodgement.objects.exists()


def test_a_refused_purpose_is_told_to_the_journal(systems: Systems) -> None:
    systems.lodge(a_body(), by="reader")
    entry = Entry.objects.get(kind=EntryKind.SIGN_IN_REFUSED)
    assert (entry.actor, (entry.body or {})["purpose"]) == ("client:reader", "lodge")


def test_lodging_again_keeps_the_draw(systems: Systems) -> None:
    systems.lodge(a_body("A", transport_document="CMR-7"))
    systems.lodge(a_body("B", transport_document="cmr 7", items=[an_item(customs_value=1)]))
    draws = dict(Decision.objects.values_list("declaration__declaration_id", "u"))
    assert draws["A"] == draws["B"]


def test_an_amendment_is_decided_again_and_takes_nothing_back(systems: Systems) -> None:
    first = systems.lodge(a_body(items=CARS))
    said = systems.send("POST", "/declarations/D-1/amendments", a_body(items=APPLES))
    assert said.status == 200
    assert (said.body["version"], said.body["revision"], said.body["kind"]) == (2, 2, "amended")
    assert {act["act"] for act in said.body["acts"]} == {"physical", "sampling"}
    assert len(set(Decision.objects.values_list("u", flat=True))) == 1
    assert Order.objects.count() == 2
    assert Lodgement.objects.get(revision=1).decisions != Lodgement.objects.get(revision=2).decisions
    assert first.body["channel"] == said.body["channel"] == "red"
    assert Declaration.objects.get().items.get().hs == "080810"


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (a_body(version=1), {}, "invalid"),
        (a_body("D-2"), {}, "invalid"),
        (a_body(items=[]), {}, "invalid"),
        ([], {}, "invalid"),
        (a_body(), {"if_match": '"7"'}, "changed"),
        (a_body(post=OTHER), {"by": "akt"}, "forbidden"),
    ],
)
def test_an_amendment_that_does_not_fit_is_refused(
    systems: Systems, body: Any, headers: dict[str, str], code: str
) -> None:
    systems.lodge(a_body())
    assert systems.send("POST", "/declarations/D-1/amendments", body, **headers).code == code
    assert Lodgement.objects.count() == 1


def test_what_is_cancelled_stays_cancelled(systems: Systems) -> None:
    systems.lodge(a_body(items=CARS))
    said = systems.send("POST", "/declarations/D-1/cancellation", if_match='"1"')
    assert (said.status, said.body["kind"]) == (200, "cancelled")
    assert Order.objects.get().state == "withdrawn"
    for path in ("amendments", "cancellation"):
        assert systems.send("POST", f"/declarations/D-1/{path}", a_body()).code == "cancelled"
    assert systems.send("GET", "/declarations/D-1/release").body["release"] == "cancelled"
    assert systems.send("POST", "/declarations/NONE/cancellation").code == "not-found"


def test_the_mark_of_utf_8_at_the_beginning_of_a_stream_is_no_part_of_its_first_line() -> None:
    file = io.BytesIO(b'\xef\xbb\xbf{"a": 1}\n\xef\xbb\xbf{}\n')
    assert list(bodies.lines(bodies.Received(file, None), 100)) == [b'{"a": 1}\n', b"\xef\xbb\xbf{}\n"]


def test_a_stream_is_answered_line_by_line_and_may_be_sent_again(systems: Systems) -> None:
    sent = [a_body("A"), a_body("B", items=CARS), {"x": 1}, a_body("C"), a_body("A")]
    text = b"\n".join(json.dumps(each).encode() for each in sent) + b"\n\nnot json\n"
    ask = {"content_type": "application/x-ndjson", "idempotency_key": "s"}
    said = systems.send("POST", "/declarations/stream", text, **ask)
    told = [json.loads(line) for line in said.body.splitlines()]
    assert [(each["line"], each["status"]) for each in told] == [
        (1, 201),
        (2, 201),
        (3, 422),
        (4, 201),
        (5, 409),
        (6, 400),
    ]
    assert told[1]["decision"]["channel"] == "red"
    again = [json.loads(line) for line in systems.send("POST", "/declarations/stream", text, **ask).body.splitlines()]
    assert [each["status"] for each in again][:5] == [201, 201, 422, 201, 409]
    assert Lodgement.objects.count() == 3


def test_without_a_database_nothing_is_released(systems: Systems, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(batch, "record_all", broken)
    said = systems.lodge(a_body())
    assert (said.status, said.code) == (503, "gate-closed")
    assert "green" not in json.dumps(said.body)
    monkeypatch.undo()
    assert not Lodgement.objects.exists()
    assert systems.lodge(a_body()).status == 201


@pytest.mark.parametrize("fault", [ZeroDivisionError(), SettingsError(field="probability", expected="0 to 1", got=2)])
def test_one_declaration_that_cannot_be_decided_harms_no_other(
    systems: Systems, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    genuine = documents.journalled

    def poisoned(said: Any, *rest: Any) -> Any:
        if said["declaration_id"] == "BAD":
            raise fault
        return genuine(said, *rest)

    monkeypatch.setattr(batch, "journalled", poisoned)
    text = b"\n".join(json.dumps(a_body(each)).encode() for each in ("A", "BAD", "C"))
    said = systems.send("POST", "/declarations/stream", text, content_type="application/x-ndjson")
    assert [json.loads(line)["status"] for line in said.body.splitlines()] == [201, 500, 201]
    assert set(Declaration.objects.values_list("declaration_id", flat=True)) == {"A", "C"}


@pytest.mark.parametrize("end", range(-3, 1))
def test_a_stream_that_broke_off_at_the_end_of_a_line_is_sent_again_whole(systems: Systems, end: int) -> None:
    first, second = (json.dumps(a_body(name)).encode() + b"\n" for name in ("A", "B"))
    ask = {"content_type": "application/x-ndjson", "idempotency_key": "s"}
    systems.send("POST", "/declarations/stream", first[: len(first) + end], **ask)
    said = systems.send("POST", "/declarations/stream", first + second, **ask)
    assert [json.loads(line)["status"] for line in said.body.splitlines()] == [201, 201]
    assert Declaration.objects.count() == 2


@pytest.mark.parametrize("where", ["enter_decided", "record_all", "memory_text", "event_of", "as_text"])
def test_a_fault_between_any_two_writes_leaves_neither(
    systems: Systems, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(batch, where, broken)
    assert systems.lodge(a_body(items=CARS), idempotency_key="k").code == "failed"
    monkeypatch.undo()
    for table in (Lodgement, Declaration, Decision, Order, Event, Receipt):
        assert not table.objects.exists(), table
    assert not Entry.objects.filter(kind=EntryKind.DECISION).exists()
    said = systems.lodge(a_body(items=CARS), idempotency_key="k")
    assert (said.status, Lodgement.objects.count(), Order.objects.count()) == (201, 1, 1)
    assert not verify().faults


def test_what_is_lodged_for_a_day_whose_draws_anybody_can_know_is_refused(systems: Systems) -> None:
    now = datetime.now(UTC)
    revealed, other = now - timedelta(days=4), now - timedelta(days=3)
    with transaction.atomic():
        record(EntryKind.KEY_REVEAL, key_subject(revealed.date()), {"what": "day key"}, by="system", now=now)
    said = systems.lodge(a_body("A", lodged_at=revealed.isoformat()))
    assert (said.status, said.code) == (422, "invalid")
    assert [(each["field"], each["code"]) for each in said.body["errors"]] == [("lodged_at", "key-revealed")]
    assert systems.lodge(a_body("B", lodged_at=other.isoformat())).status == 201
    assert systems.lodge(a_body("C", lodged_at=now.isoformat())).status == 201


@pytest.mark.parametrize("more", [{}, {"lodged_at": None}, {"version": None}])
def test_an_amendment_keeps_the_moment_of_the_lodging_where_it_states_none(
    systems: Systems, more: dict[str, Any]
) -> None:
    first = systems.lodge(a_body()).body["lodged_at"]
    body = {name: value for name, value in a_body(items=CARS).items() if name != "lodged_at"}
    assert systems.send("POST", "/declarations/D-1/amendments", body | more).body["lodged_at"] == first
    assert Declaration.objects.get().lodged_at.isoformat() == first
    moved = systems.send("POST", "/declarations/D-1/amendments", body | {"lodged_at": "2026-02-27T10:00:00+00:00"})
    assert (moved.status, moved.body["errors"][0]["code"]) == (422, "moved")
    assert systems.send("POST", "/declarations/D-1/amendments", body | more).body["lodged_at"] == first


def test_an_amendment_of_a_day_whose_key_is_revealed_keeps_the_draw_it_had(systems: Systems) -> None:
    now = datetime.now(UTC)
    lodged = (now - timedelta(days=4)).isoformat()
    systems.lodge(a_body("A", lodged_at=lodged))
    drawn = Decision.objects.values_list("u", flat=True)[0]
    with transaction.atomic():
        record(
            EntryKind.KEY_REVEAL, key_subject((now - timedelta(days=4)).date()), {"what": "day key"}, by="s", now=now
        )
    lighter = a_body("A", lodged_at=lodged, items=[an_item(net_mass=50, gross_mass=51)])
    assert systems.send("POST", "/declarations/A/amendments", lighter).status == 200
    assert set(Decision.objects.values_list("u", flat=True)) == {drawn}
    other = systems.send("POST", "/declarations/A/amendments", a_body("A", lodged_at=lodged, items=CARS))
    assert (other.status, other.body["errors"][0]["code"]) == (422, "other-goods"), (
        "the draw is known, and is theirs alone"
    )


def test_what_is_kept_is_told_though_the_gate_cannot_remember_it(
    systems: Systems, state_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(gate: Gate, decided: Decided) -> None:
        gate.draws.enter(decided.told.picked(DRAW_COLUMNS))
        raise MemoryError

    with monkeypatch.context() as once:
        once.setattr(Gate, "keep", forgetful)
        assert systems.lodge(a_body(items=CARS), idempotency_key="k").status == 201
    assert systems.lodge(a_body("D-2", items=CARS)).status == 201
    gate = lodging._Open.gate
    assert gate is not None
    anew = OpenGate.open(state_home / "gate.yaml", now=NOW)
    assert gate.gate.past().equals(anew.gate.past())
    assert gate.gate.past().get_column("declaration_id").to_list() == ["D-1", "D-2"]
