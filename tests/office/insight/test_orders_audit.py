"""Orders and goods held against the journal: what somebody changed by another way than the office is found and named."""

from argparse import Namespace
from datetime import timedelta

import pytest
from django.db.models import F

from darvoza.domain.casework import CaseState
from darvoza.office.commands import audit as command
from darvoza.office.insight.queries.differences import Difference
from darvoza.office.insight.queries.hearing import Told
from darvoza.office.insight.queries.orders_audit import _differences
from darvoza.office.insight.queries.register_audit import audit, audit_latest
from darvoza.office.journal.models import Entry
from darvoza.office.operations.probes import Health
from darvoza.office.operations.register_probe import register
from darvoza.office.registry.attested import GIVEN, WAS_GIVEN
from darvoza.office.registry.models import Declaration, Former, Item, Order, Result
from darvoza.office.registry.services.arrivals import arrive
from darvoza.office.registry.services.lodging import cancel_declaration
from darvoza.office.registry.services.sealing import told_of_change, told_of_order
from office.insight.world import DECLARATIONS, NOW
from people import Cast

pytestmark = pytest.mark.usefixtures("world")

FIELDS_OF_ALL = "order: items, times, holder, instructions, suspicion or departures"


def an_order() -> Order:
    row = Order.objects.order_by("pk").select_related("declaration").first()
    assert row is not None
    return row


def fields() -> set[str]:
    return {each.field for each in audit().differences}


def test_every_order_stands_as_it_was_given_and_moved() -> None:
    done = audit()
    assert done.holds
    assert (done.orders, done.orders_before) == (Order.objects.count(), 0)
    assert f"{done.orders} orders" in register().found


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state": CaseState.WITHDRAWN}, "order: state"),
        ({"act": "documentary"}, "order: act"),
        ({"post": "KG-OSH"}, "order: post"),
        ({"agency": "veterinary"}, "order: agency"),
        ({"items": [2]}, FIELDS_OF_ALL),
        ({"deadline": F("deadline") + timedelta(days=400)}, FIELDS_OF_ALL),
        ({"recorded_at": NOW}, FIELDS_OF_ALL),
        ({"given_at": NOW}, "order: given"),
        ({"holder": "timur"}, FIELDS_OF_ALL),
        ({"instructions": {}}, FIELDS_OF_ALL),
        ({"overrides": [{"move": "confirm_lowering"}]}, FIELDS_OF_ALL),
    ],
)
def test_an_order_that_was_changed_is_found(change: dict[str, object], field: str) -> None:
    Order.objects.filter(pk=an_order().pk).update(**change)
    assert fields() == {field}
    assert audit_latest(DECLARATIONS).different == 1
    assert register().health is Health.FAILED


def test_a_change_is_found_also_where_another_followed_it_in_good_order() -> None:
    order = an_order()
    Order.objects.filter(pk=order.pk).update(state=CaseState.WITHDRAWN, items=[2])
    Order.objects.filter(pk=order.pk).update(state=CaseState.WAITING)
    cancel_declaration(order.declaration.declaration_id, by="system", now=NOW)
    # the gate would have told that it was cancelled, too
    assert {each.split(" entries ")[0] for each in fields()} == {"order between", "cancelled"}


def test_when_an_order_was_given_is_held_between_two_entries_too() -> None:
    order = an_order()
    Order.objects.filter(pk=order.pk).update(given_at=NOW, state=CaseState.WAITING)
    cancel_declaration(order.declaration.declaration_id, by="system", now=NOW)
    assert {each.split(" entries ")[0] for each in fields()} == {"order between", "order given between", "cancelled"}


def test_what_was_told_of_an_order_before_it_said_when_it_was_given_stays_right() -> None:
    order, of = an_order(), Difference("D", "", "order", None, None)
    before = {name: value for name, value in told_of_order(order).items() if name != GIVEN}
    moved = told_of_change(order, {"holder": "asel", "given_at": NOW})
    order.holder, order.given_at = "asel", NOW
    assert list(_differences(of, order, [Told(1, before), Told(2, moved)])) == []
    older = {name: value for name, value in moved.items() if name not in {GIVEN, WAS_GIVEN}}
    assert list(_differences(of, order, [Told(1, before), Told(2, older)])) == []
    order.given_at = NOW + timedelta(hours=1)
    (found,) = _differences(of, order, [Told(1, before), Told(2, moved)])
    assert (found.field, found.journal) == ("order: given", NOW.isoformat())


def test_what_the_office_does_itself_differs_in_nothing() -> None:
    references = sorted(set(Order.objects.values_list("declaration__declaration_id", flat=True)))[:2]
    for reference, post in zip(references, ("KG-AKT", "KG-OSH"), strict=True):
        arrive(reference, post, NOW, by="system", now=NOW)
    assert audit().holds


def test_an_order_that_is_gone_or_slipped_in_is_found() -> None:
    order = an_order()
    order.results.all().delete()
    Order.objects.filter(pk=order.pk).update(order_id=f"{order.declaration.declaration_id}:veterinary:sampling")
    told = {(each.act, each.field, each.journal, each.register) for each in audit().differences}
    assert ("customs physical", "order", "an order", None) in told
    assert ("veterinary sampling", "order", None, "an order") in told


def test_orders_of_before_are_told_as_such_and_not_as_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = an_order()
    reference = order.declaration.declaration_id
    Entry.objects.filter(subject__in=[order.order_id, reference]).update(body=None, salt=None)
    Order.objects.filter(pk=order.pk).update(act="scan")
    done = audit()
    assert (done.holds, done.orders_before) == (True, 1)
    assert "1 orders cannot be compared" in register().found
    monkeypatch.setattr(command, "start", lambda *_, **__: None)
    command.run(Namespace())
    out = capsys.readouterr().out
    assert f"{done.orders} orders stand as they were given and moved" in out
    assert "1 orders cannot be compared" in out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"hs": "0101210000"}, {"hs of item 1"}),
        ({"record": {"item": 1, "hs": "0101210000", "origin": "KZ"}, "hs": "0101210000", "origin": "KZ"}, {"goods and head as declared"}),
    ],
)  # fmt: skip
def test_goods_that_were_changed_are_found(change: dict[str, object], told: set[str]) -> None:
    Item.objects.filter(declaration=an_order().declaration, number=1).update(**change)
    assert fields() == told


def test_a_declaration_whose_head_was_changed_is_found() -> None:
    row = an_order().declaration
    Declaration.objects.filter(pk=row.pk).update(post="KG-OSH", record=row.record | {"post": "KG-OSH"})
    assert fields() == {"goods and head as declared"}


@pytest.mark.parametrize(
    ("change", "field"),
    [({"cancelled_at": NOW}, "cancelled"), ({"arrived_at": NOW, "arrived_post": "KG-OSH"}, "arrived")],
)
def test_a_declaration_that_was_called_cancelled_or_arrived_is_found(change: dict[str, object], field: str) -> None:
    Declaration.objects.filter(pk=an_order().declaration_id).update(**change)
    assert fields() == {field}


def test_an_arrival_that_was_changed_is_found() -> None:
    row = an_order().declaration
    arrive(row.declaration_id, "KG-OSH", NOW, by="system", now=NOW)
    assert audit().holds
    Declaration.objects.filter(pk=row.pk).update(arrived_at=NOW - timedelta(days=1))
    assert fields() == {"arrived"}


def test_goods_that_are_gone_are_found() -> None:
    Item.objects.filter(declaration=an_order().declaration, number=1).delete()
    assert fields() == {"goods and head as declared"}


def test_a_result_that_was_made_to_speak_of_other_goods_is_found() -> None:
    order = an_order()
    former = Former.objects.create(declaration=order.declaration, record=order.declaration.record, items=[])
    Result.objects.filter(order=order).update(declared=former)
    assert fields() == {"result 1: goods that it speaks of"}


def test_the_page_of_a_declaration_tells_of_its_order(world: Cast) -> None:
    order = an_order()
    Order.objects.filter(pk=order.pk).update(act="documentary")
    page = world.browser("umar").get(f"/figures/draws/{order.declaration.declaration_id}/").text
    assert "The journal tells otherwise" in page
    assert "order: act" in page
