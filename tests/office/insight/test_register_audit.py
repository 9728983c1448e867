"""The register held against the journal: what somebody changed by another way than the office is found and named."""

from argparse import Namespace
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F

from darvoza.domain.journal import EntryKind
from darvoza.flow.journal.entries import erasure
from darvoza.flow.selectivity.keys import day_keys_text
from darvoza.office.commands import audit as command
from darvoza.office.insight.queries import register_audit
from darvoza.office.insight.queries.differences import Difference
from darvoza.office.insight.queries.register_audit import audit, audit_latest
from darvoza.office.journal.models import Entry
from darvoza.office.journal.services import record
from darvoza.office.operations.probes import Health
from darvoza.office.operations.register_probe import register
from darvoza.office.registry.attested import name_digest
from darvoza.office.registry.models import Decision, Declaration, Order
from office.insight.world import DECLARATIONS, NOW, RING, START, references
from people import Cast

ONE = references()[0]
OF_ONE = Decision.objects.filter(declaration__declaration_id=ONE)


def found() -> set[tuple[str, str]]:
    return {(each.act, each.field) for each in audit().differences if each.declaration_id == ONE}


def test_all_that_was_taken_in_is_as_the_journal_tells(world: Cast) -> None:  # noqa: ARG001 - there is one
    done = audit()
    assert (done.agreed, done.different, done.erased, done.before) == (DECLARATIONS, 0, 0, 0)
    assert done.holds
    assert register().health is Health.WELL


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"u": F("u") / 2}, "u"),
        ({"probability": 0.01}, "probability"),
        ({"floors": [{"kind": "random", "source": "random", "probability": 0.01}]}, "floors"),
        ({"basis": "law"}, "basis"),
        ({"fingerprint": "00" * 32}, "fingerprint"),
        ({"commitment": "ab" * 32}, "commitment"),
    ],
)
def test_a_decision_that_was_changed_is_found(world: Cast, change: dict[str, object], field: str) -> None:  # noqa: ARG001
    OF_ONE.update(**change)
    assert field in {field for _, field in found()}
    assert audit_latest(DECLARATIONS).different == 1
    assert register().health is Health.FAILED
    assert ONE in register().found


def test_a_row_that_was_made_to_agree_with_itself_is_still_found(world: Cast) -> None:
    chosen = OF_ONE.first()
    assert chosen is not None
    OF_ONE.update(
        floors=[{"kind": "random", "source": "random", "probability": 0.01, "items": []}],
        probability=0.01,
        selected=chosen.u < 0.01,
        basis="random" if chosen.u < 0.01 else "",
    )
    day = world.browser("umar").post("/figures/draws/verified/", {"keys": day_keys_text(RING, [START.date()])})
    assert "Everything agrees" not in day.text
    assert "The journal tells otherwise" in day.text
    page = world.browser("umar").get(f"/figures/draws/{ONE}/")
    assert "The journal tells otherwise" in page.text


def test_what_agrees_is_said_to(world: Cast) -> None:
    assert "The journal tells the same" in world.browser("umar").get(f"/figures/draws/{ONE}/").text


def test_a_channel_an_act_an_order_and_a_declaration_that_are_missing_are_found(world: Cast) -> None:  # noqa: ARG001
    order = Order.objects.exclude(declaration__declaration_id=ONE).first()
    assert order is not None
    name = order.declaration.declaration_id
    order.delete()
    Declaration.objects.filter(declaration_id=ONE).update(channel="blue")
    OF_ONE.delete()
    told = audit().differences
    assert ("", "channel") in found()
    assert ("customs physical", "decision") in found()
    assert Difference(name, f"{order.agency} {order.act}", "order", "chosen", None) in told
    Declaration.objects.filter(declaration_id=ONE).delete()
    assert Difference(ONE, "", "decision", "a decision", None) in audit().differences


def test_a_declaration_of_which_the_journal_tells_nothing_is_found(world: Cast) -> None:  # noqa: ARG001
    Declaration.objects.filter(declaration_id=ONE).update(declaration_id="FORGED-1")
    assert {each.declaration_id for each in audit().differences} == {"FORGED-1", ONE}


def test_what_was_erased_is_called_neither_a_forgery_nor_the_same(world: Cast) -> None:
    Entry.objects.filter(subject=ONE).update(body=None, salt=None)
    done = audit()
    assert (done.erased, done.different) == (1, 0)
    page = world.browser("umar").get(f"/figures/draws/{ONE}/").text
    assert "Its entry in the journal was erased" in page
    assert "The journal tells the same" not in page


@pytest.mark.parametrize(("days", "early", "health"), [(364, 1, Health.FAILED), (366, 0, Health.WARNING)])
def test_what_stands_and_cannot_be_compared_is_not_well(
    world: Cast,  # noqa: ARG001 - there is one
    days: int,
    early: int,
    health: Health,
) -> None:
    [entry] = Entry.objects.filter(subject=ONE, kind=EntryKind.DECISION)
    told = erasure([entry.sequence], actor="retention", at=entry.at, basis="x")
    Entry.objects.filter(pk=entry.pk).update(body=None, salt=None)
    with transaction.atomic():
        record(told.kind, told.subject, told.body, by="retention", now=entry.at + timedelta(days=days))
    OF_ONE.update(probability=0.01)
    done = audit()
    assert (done.erased, done.early, done.holds) == (1, early, not early)
    assert register().health is health
    assert "1 declarations" in register().found


def test_an_order_of_which_the_journal_was_erased_early_is_not_well(world: Cast) -> None:  # noqa: ARG001
    order = Order.objects.order_by("pk")[0]
    with transaction.atomic():
        entry = record(EntryKind.FINDING, order.order_id, {"what": "a test"}, by="asel", now=NOW)
        Entry.objects.filter(pk=entry.sequence).update(body=None, salt=None)
        told = erasure([entry.sequence], actor="retention", at=entry.at, basis="x")
        record(told.kind, told.subject, told.body, by="retention", now=NOW + timedelta(days=2))
    assert (audit().early, audit().erased, audit().holds) == (1, 0, False)
    assert register().health is Health.FAILED


def test_the_command_fails_where_the_journal_was_erased_early(
    world: Cast,  # noqa: ARG001 - there is one
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "start", lambda *_, **__: None)
    [entry] = Entry.objects.filter(subject=ONE, kind=EntryKind.DECISION)
    Entry.objects.filter(pk=entry.pk).update(body=None, salt=None)
    told = erasure([entry.sequence], actor="retention", at=entry.at, basis="x")
    with transaction.atomic():
        record(told.kind, told.subject, told.body, by="retention", now=entry.at + timedelta(days=2))
    assert command.run(Namespace()) == 1
    assert "ERASED EARLY: the journal of 1 that stand" in capsys.readouterr().out


def test_the_command_names_what_differs_and_fails(
    world: Cast,  # noqa: ARG001 - there is one
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(command, "start", lambda *_, **__: None)
    assert command.run(Namespace()) == 0
    assert f"{DECLARATIONS} agree, 0 do not" in capsys.readouterr().out
    OF_ONE.update(probability=0.01)
    assert command.run(Namespace()) == 1
    told = capsys.readouterr().out
    assert f"DIFFERENT: {ONE} customs physical probability:" in told
    assert "register 0.01" in told


def test_what_was_deleted_in_good_order_excuses_no_other_deletion(world: Cast) -> None:  # noqa: ARG001 - there is one
    gone, kept = references()[:2]
    told = {"what": "expired", "data": "declarations", "count": 1, "named": [name_digest(gone)]}
    with transaction.atomic():
        record(EntryKind.SETTINGS_CHANGE, "retention", told, by="system", now=NOW)
    Declaration.objects.filter(declaration_id=gone).delete()
    assert audit().holds
    Declaration.objects.filter(declaration_id=kept).delete()
    assert [each.declaration_id for each in audit().differences] == [kept]


def test_a_deletion_in_good_order_excuses_nothing_that_came_under_the_same_reference_since(world: Cast) -> None:  # noqa: ARG001
    row = Declaration.objects.get(declaration_id=ONE)
    decided = Entry.objects.get(kind=EntryKind.DECISION.value, subject=ONE)
    orders = Entry.objects.filter(subject__startswith=f"{ONE}:").order_by("sequence")
    with transaction.atomic():
        told = {"what": "expired", "data": "declarations", "count": 1, "named": [name_digest(ONE)]}
        record(EntryKind.SETTINGS_CHANGE, "retention", told, by="system", now=NOW)
        record(EntryKind.DECISION, ONE, decided.body, by="system", now=NOW)
        for each in orders:
            record(EntryKind(each.kind), each.subject, each.body, by="system", now=NOW)
    assert audit().holds  # it came again, as it was
    row.delete()
    assert [each.declaration_id for each in audit().differences] == [ONE]


def test_what_came_with_a_run_of_before_is_counted_apart(world: Cast, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    Declaration.objects.filter(declaration_id=ONE).update(declaration_id="FORGED-1")
    assert (audit_latest(DECLARATIONS).before, audit_latest(DECLARATIONS).different) == (0, 1)
    monkeypatch.setattr(register_audit, "EACH", "told of each")  # as the entries of runs were written before
    assert (audit_latest(DECLARATIONS).before, audit_latest(DECLARATIONS).different) == (1, 0)
