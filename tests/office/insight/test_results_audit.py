"""Results held against the journal: what somebody changed of a finding by another way than the office is found and named."""

from argparse import Namespace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F

from darvoza.domain.journal import EntryKind
from darvoza.methods.sealing.canonical_json import digest
from darvoza.office.commands import audit as command
from darvoza.office.insight.queries.register_audit import audit, audit_latest
from darvoza.office.journal.models import Entry
from darvoza.office.journal.services import record
from darvoza.office.operations.probes import Health
from darvoza.office.operations.register_probe import register
from darvoza.office.registry.models import Declaration, Finding, Order, Result
from darvoza.office.registry.services.sealing import told_of_order
from office.insight.world import DECLARATIONS, GOODS, NOW
from people import Cast

pytestmark = pytest.mark.usefixtures("world")


SAID = {"item": 1, "areas": ["undervaluation"], "additional_duty": "500", "goods": GOODS}


def bad() -> Finding:
    """A finding of the world on which something was found."""
    row = Finding.objects.filter(found=True).order_by("pk").first()
    assert row is not None
    return row


def fields() -> set[str]:
    return {each.field for each in audit().differences}


def test_every_result_that_was_recorded_is_as_it_was() -> None:
    done = audit()
    assert done.holds
    assert (done.results, done.unattested) == (Result.objects.count(), 0)
    assert f"{done.results} results are as the journal tells" in register().found


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"found": False}, "found of item 1"),
        ({"areas": []}, "areas of item 1"),
        ({"additional_duty": Decimal(0)}, "additional_duty of item 1"),
        ({"additional_duty": None}, "additional_duty of item 1"),
        ({"seized": True}, "seized of item 1"),
        ({"record": {"item": 1, "areas": [], "goods": GOODS}, "found": False, "areas": [], "additional_duty": None}, "finding on item 1"),
        ({"record": SAID | {"additional_duty": "0"}}, "finding on item 1"),
        ({"record": SAID | {"seized": True}}, "finding on item 1"),
        ({"record": SAID | {"goods": GOODS.replace("vehicle:56", "vehicle:65")}}, "finding on item 1"),
        ({"record": SAID | {"goods": GOODS.partition(";")[0]}}, "finding on item 1"),
        ({"record": SAID | {"goods": "ab" * 16 + "cd" * 32 + GOODS[96:]}}, "finding on item 1"),
        ({"record": SAID | {"goods": GOODS[:32]}}, "finding on item 1"),
    ],
)  # fmt: skip
def test_a_finding_that_was_changed_afterwards_is_found(change: dict[str, object], field: str) -> None:
    row = bad()
    Finding.objects.filter(pk=row.pk).update(**change)
    assert f"result 1: {field}" in fields()
    [order] = {(each.declaration_id, each.act) for each in audit().differences}
    assert order == (row.result.order.declaration.declaration_id, "customs physical")
    assert audit_latest(DECLARATIONS).different == 1
    assert register().health is Health.FAILED


def erased(row: Finding) -> None:
    """Make the identities of its declaration look as if they were erased, and those alone."""
    declared = row.result.order.declaration
    record = {**declared.record, "importer_id": "erased"}
    Declaration.objects.filter(pk=declared.pk).update(importer_id="erased", record=record)


def told_of_erasing(row: Finding, *, days: int) -> None:
    """Tell in the journal that identities of what was lodged so many days after the declaration, or before, were erased."""
    before = row.result.order.declaration.lodged_at + timedelta(days=days)
    with transaction.atomic():
        told = {"what": "expired", "data": "identities", "count": 1, "before": before, "basis": "a law"}
        record(EntryKind.SETTINGS_CHANGE, "retention", told, by="system", now=NOW)


def test_goods_that_lost_their_papers_are_sound_only_where_the_journal_tells_that_identities_were_erased() -> None:
    row = bad()
    Finding.objects.filter(pk=row.pk).update(record=SAID | {"goods": GOODS[:32]})
    erased(row)
    assert fields() == {"result 1: finding on item 1"}
    told_of_erasing(row, days=-1)
    assert fields() == {"result 1: finding on item 1"}
    told_of_erasing(row, days=1)
    assert audit().holds
    Finding.objects.filter(pk=row.pk).update(record=SAID | {"goods": GOODS[:32] + GOODS[96:]})
    assert fields() == {"result 1: finding on item 1"}, "of another carriage it speaks none the less"
    Finding.objects.filter(pk=row.pk).update(record=SAID | {"goods": "cd" * 16})
    assert fields() == {"result 1: finding on item 1"}


def test_whoever_reads_the_journal_cannot_try_out_what_was_found() -> None:
    entries = Entry.objects.filter(kind=EntryKind.FINDING.value, body__has_key="results")
    items = [each for body in entries.values_list("body", flat=True) for each in (body or {})["results"][0]["items"]]
    digests = [each[name] for each in items for name in ("digest", "goods")]
    assert len(digests) == len({*digests}) == 2 * Finding.objects.count()
    salts = set(Result.objects.values_list("salt", flat=True))
    assert len(salts) == Result.objects.count()
    assert {len(salt) for salt in salts} == {64}
    assert not any(salt in str(body) for body in entries.values_list("body", flat=True) for salt in salts)


@pytest.mark.parametrize("salt", ["", "00" * 32])
def test_another_salt_is_found(salt: str) -> None:
    Result.objects.filter(pk=bad().result_id).update(salt=salt)
    assert "result 1: by whom, when, words or act" in fields()


def told_before_there_were_salts(row: Finding) -> None:
    """Let the result of a finding have no salt, and the journal tell of it as versions did that knew none."""
    result, order = row.result, row.result.order
    Result.objects.filter(pk=result.pk).update(salt="")
    entries = Entry.objects.filter(subject=order.order_id, kind=EntryKind.FINDING.value)
    body = entries.get().body or {}
    entries.update(body=None, salt=None)
    head = {"by": result.by, "at": result.at.isoformat(), "words": result.words, "act": result.act}
    records = [each.record for each in result.findings.order_by("item")]
    said = [{name: value for name, value in each.items() if name != "goods"} for each in records]
    items = [{"item": each["item"], "digest": digest(each), "goods": GOODS[:32]} for each in said]
    told = {"number": result.number, "digest": digest(head), "items": items}
    with transaction.atomic():
        record(EntryKind.FINDING, order.order_id, {**body, "results": [told]}, by="system", now=NOW)


def test_a_result_of_which_a_version_before_the_salts_told_is_held_as_it_was_told() -> None:
    """After an upgrade nobody had changed it, and the audit said so of every one of them."""
    row = bad()
    told_before_there_were_salts(row)
    assert [each.field for each in audit().differences] == []
    assert audit().results == Result.objects.count()
    Finding.objects.filter(pk=row.pk).update(record=SAID | {"additional_duty": "0"})
    assert "result 1: finding on item 1" in fields()
    Finding.objects.filter(pk=row.pk).update(record=SAID)
    Result.objects.filter(pk=row.result_id).update(words="in order")
    assert fields() == {"result 1: by whom, when, words or act"}


@pytest.mark.parametrize(
    "change", [{"at": F("at") + timedelta(days=1)}, {"by": "timur"}, {"words": "in order"}, {"act": "scan"}]
)
def test_by_whom_when_and_how_it_was_found_is_held_too(change: dict[str, object]) -> None:
    Result.objects.filter(pk=bad().result_id).update(**change)
    assert fields() == {"result 1: by whom, when, words or act"}


def test_a_finding_a_result_and_an_order_that_are_gone_are_found() -> None:
    row = bad()
    Finding.objects.filter(pk=row.pk).delete()
    assert fields() == {"result 1: finding on item 1"}
    order = row.result.order_id
    Result.objects.filter(pk=row.result_id).delete()
    assert fields() == {"result 1"}
    Order.objects.filter(pk=order).delete()
    assert fields() == {"result 1", "order"}


def test_the_order_of_a_suspicion_that_is_gone_with_its_result_is_found() -> None:
    declaration = Declaration.objects.order_by("pk").first()
    assert declaration is not None
    with transaction.atomic():
        told = {"what": "record", "results": [{"number": 1, "digest": "", "items": []}]}
        name = f"{declaration.declaration_id}:veterinary:sampling"
        record(EntryKind.FINDING, name, told, by="asel", now=NOW)
    [told_otherwise] = audit().differences
    assert told_otherwise == (declaration.declaration_id, "veterinary sampling", "order", "an order", None)


def test_a_result_that_was_slipped_in_is_found() -> None:
    row = bad()
    Result.objects.create(order_id=row.result.order_id, number=2, by="asel", at=NOW)
    assert fields() == {"result 2"}


def test_results_of_before_are_not_attested_and_not_wrong() -> None:
    order = bad().result.order
    Entry.objects.filter(subject=order.order_id).update(body=None, salt=None)
    done = audit()
    assert (done.holds, done.unattested) == (True, 1)
    assert "1 results are not attested" in register().found
    Result.objects.create(order=order, number=2, by="asel", at=NOW)
    assert fields() == {"result 2"}


def test_results_of_files_of_before_are_not_attested_as_many_as_came() -> None:
    orders = list(Order.objects.filter(results=None)[:2]) or []
    assert not orders  # every order has its result: two more are made
    declarations = list(Declaration.objects.filter(orders=None).order_by("pk")[:2])
    for row in declarations:
        order = Order.objects.create(
            order_id=f"{row.declaration_id}:customs:scan", declaration=row, agency="customs", post=row.post, act="scan",
            channel="red", turn=1, day=NOW.date(), deadline=NOW,
        )  # fmt: skip
        Result.objects.create(order=order, number=1, by="asel", at=NOW)
        with transaction.atomic():
            record(
                EntryKind.ORDER, order.order_id, {"what": "refer", "order": told_of_order(order)}, by="asel", now=NOW
            )
    assert fields() == {"result 1"}
    with transaction.atomic():
        told = {"what": "results taken in", "results": 2, "findings": 0}
        record(EntryKind.FINDING, "results 2026-03-02 09:00", told, by="system", now=NOW)
    done = audit()
    assert (done.holds, done.unattested) == (True, 2)
    Result.objects.create(order=Order.objects.filter(act="scan")[0], number=2, by="asel", at=NOW)
    assert [each[2:] for each in audit().differences] == [("results of loaded files", 2, 3)]


def test_the_page_of_a_declaration_tells_of_its_findings(world: Cast) -> None:
    row = bad()
    Finding.objects.filter(pk=row.pk).update(additional_duty=0)
    page = world.browser("umar").get(f"/figures/draws/{row.result.order.declaration.declaration_id}/").text
    assert "The journal tells otherwise" in page
    assert "result 1: additional_duty of item 1" in page


def test_the_command_tells_of_results(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "start", lambda *_, **__: None)
    assert command.run(Namespace()) == 0
    assert f"{Result.objects.count()} results are as they were recorded" in capsys.readouterr().out
    row = bad()
    Finding.objects.filter(pk=row.pk).update(seized=True)
    assert command.run(Namespace()) == 1
    assert "customs physical result 1: seized of item 1" in capsys.readouterr().out
