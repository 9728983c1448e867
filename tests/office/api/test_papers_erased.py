"""The numbers of papers go with the identities, and what was found of the goods stands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from darvoza.office.api.models import Lodgement
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services import lodging
from darvoza.office.api.services.reassessing import SYSTEM, reassess, still_open
from darvoza.office.desk.services import orders as desk
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.operations.retention import KeptData, read_retention, shipped_rules
from darvoza.office.operations.services.expiring import expire
from darvoza.office.registry.attested import ERASED
from darvoza.office.registry.models import Declaration, Finding, Former, Item, Order
from office.api.systems import NOW, POST, Systems, a_body
from office.api.test_goods_that_came import CAR, amend, find, release, told
from people import Cast

CARD = CAR | {"establishment": "KZ-17", "document_numbers": ["862:CARNET-77"]}
NUMBER = "CARNET-77"


def said() -> str:
    """Everything that the register and the gate keep of goods."""
    rows = [*Item.objects.values_list("record"), *Former.objects.values_list("record", "items")]
    return str(
        [*rows, *Lodgement.objects.values_list("items", "decisions", "kin"), *Finding.objects.values_list("record")]
    )


def test_numbers_of_papers_go_and_results_stand(systems: Systems) -> None:
    systems.lodge(a_body(items=[CARD]))
    amend(systems, CARD, vehicle_id="01KG777ABC")
    assert find(systems, told(1)).status == 201
    assert (release(systems)["release"], NUMBER in said()) == ("free", True)
    assert (audit().holds, audit().results) == (True, 1)
    rules = [rule for rule in read_retention(shipped_rules()) if rule.data is KeptData.IDENTITIES]
    [done] = expire(rules, now=NOW + timedelta(days=366 * 40))
    assert done.number == 1
    assert NUMBER not in said()
    assert Item.objects.get().record["establishment"] == "KZ-17"
    assert (release(systems)["release"]) == "free"
    assert (audit().holds, audit().results) == (True, 1)  # what was erased in good order is no change
    Finding.objects.update(seized=True)
    assert not audit().holds


def test_what_was_proposed_of_goods_loses_the_hashes_of_papers_and_carriage(systems: Systems, cast: Cast) -> None:
    systems.lodge(a_body(items=[CARD]))
    assert find(systems, told(1, found=1)).status == 201
    assert find(systems, told(1) | {"reason": "weighed again, in order"}).body["state"] == "lowering"
    order, now = Order.objects.get(), timezone.now()
    desk.settle_lowering(cast["salima"], order.order_id, agreed=True, reason="weighed again by both", now=now)

    def hashes() -> list[str]:
        words = (each["result"]["items"] for each in Order.objects.get().overrides if each.get("result"))
        return [item["goods"] for items in words for item in items]

    assert len(hashes()) > 0
    assert all("@importer:" in each for each in hashes())
    assert audit().holds
    rules = [rule for rule in read_retention(shipped_rules()) if rule.data is KeptData.IDENTITIES]
    expire(rules, now=NOW + timedelta(days=366 * 40))
    assert {len(each) for each in hashes()} == {32}
    assert audit().holds


def test_a_declaration_of_which_identities_are_erased_is_told_of_and_changed_no_more(systems: Systems) -> None:
    systems.lodge(a_body(items=[CARD]))
    assert find(systems, told(1)).status == 201
    rules = [rule for rule in read_retention(shipped_rules()) if rule.data is KeptData.IDENTITIES]
    expire(rules, now=NOW + timedelta(days=366 * 40))
    assert [systems.send("GET", f"/declarations/D-1{way}").status for way in ("", "/evidence", "/explanation")] == [
        200
    ] * 3
    changed = [
        systems.send("POST", f"/declarations/D-1/{way}", a_body(items=[CARD])) for way in ("amendments", "cancellation")
    ]
    again = systems.lodge(a_body(items=[CARD]))
    assert [(each.status, each.code) for each in (*changed, again)] == [
        (404, "not-found"), (404, "not-found"), (409, "already-lodged")
    ]  # fmt: skip
    assert all("erased when its time was over" in each.body["detail"] for each in (*changed, again))


def test_goods_of_which_identities_are_erased_arrive_and_are_not_decided_on_again(systems: Systems) -> None:
    systems.lodge(a_body())
    rules = [rule for rule in read_retention(shipped_rules()) if rule.data is KeptData.IDENTITIES]
    expire(rules, now=NOW + timedelta(days=366 * 40))
    assert list(Lodgement.objects.values_list("items", flat=True)) == [[]]
    Lodgement.objects.update(state="another")
    gate = lodging._Open.gate
    assert systems.send("POST", "/declarations/D-1/arrival", {"post": POST}).status == 200
    assert not Declaration.objects.get().look_due
    again = [Request(SYSTEM, LodgementKind.REASSESSED, None, reference=name) for name in ("D-1", "D-2")]
    systems.lodge(a_body("D-2"))
    lodging.lodge(again, now=timezone.now())
    assert [type(each.outcome) for each in again] == [Problem, Answer]
    assert lodging._Open.gate is gate, "nothing failed for which it is opened anew"


def test_an_open_declaration_of_which_identities_are_erased_is_left_alone_each_round(
    systems: Systems, caplog: pytest.LogCaptureFixture
) -> None:
    systems.lodge(a_body(items=[CAR]))
    systems.lodge(a_body("D-2", items=[CAR]))
    Declaration.objects.update(arrived_at=NOW, look_due=True)
    Lodgement.objects.update(state="another")
    assert still_open(lodging.state_in_force(NOW), NOW).count() == 2
    Declaration.objects.filter(declaration_id="D-1").update(importer_id=ERASED)
    Lodgement.objects.filter(declaration_id="D-1").update(items=[])
    assert reassess(NOW) == 1
    assert not [each.message for each in caplog.records if each.levelname == "ERROR"]
    assert not Declaration.objects.filter(look_due=True).exists()
