"""What comes together about one declaration is done one after another, and a gate opened again remembers all it knew."""

from typing import Any

from darvoza.office.api.models import Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Answer, Request, body_digest
from darvoza.office.api.services import lodging
from darvoza.office.api.services.clients import caller_of
from darvoza.office.registry.models import Decision, Order
from office.api.systems import NOW, OTHER, POST, Systems, a_body, an_item

CARS = [an_item(hs="870323", origin="DE")]


def a_request(systems: Systems, kind: LodgementKind, body: Any = None, *, key: str) -> Request:
    caller = caller_of(systems.tokens["customs"])
    assert caller is not None
    reference = "" if kind is LodgementKind.LODGED else "A"
    return Request(caller, kind, body, key=key, digest=body_digest(f"{kind} {body}".encode()), reference=reference)


def outcomes(requests: list[Request]) -> list[object]:
    lodging.lodge(requests, now=NOW)
    return [o.status if isinstance(o, Answer) else o and o.code for o in (each.outcome for each in requests)]


def test_a_reference_that_comes_twice_at_once_was_lodged_before(systems: Systems) -> None:
    wrong = a_body("A", items=[an_item(hs="x")])
    kind = LodgementKind.LODGED
    requests = [a_request(systems, kind, body, key=str(n)) for n, body in enumerate((wrong, a_body("A"), a_body("A")))]
    assert outcomes(requests) == ["invalid", 201, "already-lodged"]


def test_a_key_that_comes_twice_at_once_is_answered_twice_and_decided_once(systems: Systems) -> None:
    kind = LodgementKind.LODGED
    bodies = (a_body("A"), a_body("A"), a_body("B"))
    requests = [a_request(systems, kind, body, key="k") for body in bodies]
    assert outcomes(requests) == [201, 201, "key-reused"]
    first, again = requests[0].outcome, requests[1].outcome
    assert isinstance(first, Answer)
    assert isinstance(again, Answer)
    assert (first.text, again.again) == (again.text, True)
    assert Lodgement.objects.count() == 1


def test_amendment_and_cancellation_that_come_together_are_both_done(systems: Systems) -> None:
    requests = [
        a_request(systems, LodgementKind.LODGED, a_body("A"), key="1"),
        a_request(systems, LodgementKind.AMENDED, a_body("A", items=CARS), key="2"),
        a_request(systems, LodgementKind.CANCELLED, key="3"),
        a_request(systems, LodgementKind.AMENDED, a_body("A"), key="4"),
    ]
    assert outcomes(requests) == [201, 200, 200, "cancelled"]
    assert list(Lodgement.objects.order_by("revision").values_list("kind", flat=True)) == [
        "lodged",
        "amended",
        "cancelled",
    ]
    assert Order.objects.get().state == "withdrawn"


def test_a_gate_that_opens_again_knows_the_goods_of_every_version(systems: Systems) -> None:
    systems.lodge(a_body("A", transport_document="FIRST"))
    systems.send("POST", "/declarations/A/amendments", a_body("A", transport_document="SECOND"))
    draws = []
    for reference, document in (("B", "FIRST"), ("C", "SECOND"), ("D", "FIRST"), ("E", "SECOND")):
        if reference == "D":
            lodging.close()
        systems.lodge(a_body(reference, transport_document=document))
        draws.append(Decision.objects.filter(declaration__declaration_id=reference).values_list("u", flat=True)[0])
    first = Decision.objects.filter(declaration__declaration_id="A").values_list("u", flat=True)[0]
    assert draws == [first] * 4


def test_goods_lodged_with_an_earlier_moment_keep_their_draw(systems: Systems) -> None:
    systems.lodge(a_body("A", transport_document="SAME", lodged_at="2026-02-27T08:00:00Z"))
    systems.lodge(a_body("B", transport_document="SAME", lodged_at="2026-02-25T08:00:00Z"))
    assert Decision.objects.filter(act="physical").values_list("u", flat=True).distinct().count() == 1


def test_of_an_order_the_last_result_counts_also_when_the_gate_opens_again(systems: Systems) -> None:
    from darvoza.domain.casework import ExaminationResult, ItemResult
    from darvoza.domain.codes import RiskArea
    from darvoza.office.desk.services.orders import claim, correct_result, record_result, settle_lowering
    from people import enter_cast

    cast = enter_cast()
    asel = cast["asel"]
    systems.lodge(a_body("A", items=CARS))
    order = "A:customs:physical"
    claim(asel, order, now=NOW)
    found = ItemResult(1, (RiskArea.UNDERVALUATION,))
    record_result(asel, order, ExaminationResult("asel", NOW, (found,)), now=NOW)
    past = _past(systems, "B")
    assert past["finding"].to_list() == [True]
    nothing = ExaminationResult("asel", NOW, (ItemResult(1),))
    correct_result(asel, order, nothing, reason="the wrong lorry was written down", now=NOW)
    assert _past(systems, "B2")["finding"].to_list() == [True], "until a second person agrees"
    settle_lowering(cast["bakyt"], order, agreed=True, reason="the camera shows the other lorry", now=NOW)
    seen = [_past(systems, "C")]
    lodging.close()
    seen.append(_past(systems, "D"))
    assert [each["finding"].to_list() for each in seen] == [[False], [False]]


def _past(systems: Systems, reference: str) -> Any:
    """What the gate knows of the first declaration, once it has decided another."""
    systems.lodge(a_body(reference, transport_document=reference))
    gate = lodging._Open.gate
    assert gate is not None
    return gate.gate.past().filter(declaration_id="A")


def test_a_post_that_a_declaration_left_is_told_nothing_of_it(systems: Systems) -> None:
    systems.lodge(a_body("A", post=POST))
    assert systems.send("GET", "/declarations/A", by="akt").status == 200
    systems.send("POST", "/declarations/A/amendments", a_body("A", post=OTHER))
    assert systems.send("GET", "/declarations/A", by="akt").code == "not-found"
    assert systems.send("GET", "/declarations/A", by="dus").body["revision"] == 2


def test_a_version_that_comes_after_a_result_has_it_as_if_the_gate_were_opened_again(systems: Systems) -> None:
    systems.lodge(a_body("A", items=CARS))
    systems.send("POST", "/orders/A:customs:physical/findings", {"items": [{"item": 1, "areas": ["undervaluation"]}]})
    _past(systems, "B")
    systems.send("POST", "/declarations/A/amendments", a_body("A", items=CARS, importer_id="IMP-2"))
    kept = [_past(systems, "C")]
    lodging.close()
    kept.append(_past(systems, "D"))
    assert [each["finding"].to_list() for each in kept] == [[True, True], [True, True]]
