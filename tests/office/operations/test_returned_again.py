"""What a post brings back of an order on which something was proposed, or of goods of which the register kept less."""

from dataclasses import replace
from pathlib import Path

import pytest

from darvoza.domain.casework import CaseMove, CaseState, Hand, ItemResult, Override
from darvoza.domain.codes import Act, Agency
from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.errors import CaseRefused
from darvoza.flow.inspection import casework
from darvoza.flow.inspection.goods import KEPT_SINCE
from darvoza.flow.post.deciding import decision_of
from darvoza.flow.post.record import complete_lines, read_record
from darvoza.flow.post.results import found_so_far
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.operations.services.returning import Conflict, take_in
from darvoza.office.registry.mapping import finding_row
from darvoza.office.registry.models import Item, Order, Result
from darvoza.office.registry.plain import plain_record
from darvoza.office.registry.services.cases import gather
from office.operations.test_returning import FOUND, a_bundle, a_record, at_the_centre, chosen, order_of
from post_world import NOW, POST, RING

pytestmark = pytest.mark.django_db
CLEARED = ItemResult(1, words="The scale was wrong.")
AGAIN = ItemResult(1, words="The other scale, too.")


@pytest.fixture(autouse=True)
def _bundle(db: None) -> None:  # noqa: ARG001 - the database is there
    a_bundle(1)


def written(place: Path, *again: ItemResult) -> list[JournalEntry]:
    """The record of a post that found something, and then said more of it."""
    return read_record(complete_lines(a_record(place, FOUND, again=again)))


def one_order(entries: list[JournalEntry]) -> str:
    """The first order of which the record tells a result."""
    return next(entry.subject for entry in entries if entry.kind is EntryKind.FINDING)


def said_of(name: str, conflicts: tuple[Conflict, ...]) -> str:
    return conflicts[max(place for place, each in enumerate(conflicts) if each.subject == name)].told


CHIEF = Hand("cholpon", Agency.CUSTOMS)
SEIZED = replace(FOUND, seized=True)
WHY = "seen on the photographs"


def test_a_proposal_lapses_with_a_newer_word_on_what_it_takes_back(tmp_path: Path) -> None:
    entries = written(tmp_path, CLEARED, SEIZED)
    name = one_order(entries)
    told = said_of(name, take_in(POST, entries, ring=RING, now=NOW).conflicts)
    assert "what person 12 proposed lapses, for there is a newer word on it; the result is kept" in told
    order = Order.objects.get(order_id=name)
    assert (order.state, order.results.count(), len(order.overrides)) == (CaseState.RECORDED, 2, 1)
    case = gather(order)
    assert (case.words[1].found, case.words[1].seized) == (True, True)
    with pytest.raises(CaseRefused, match="got 'a newer word on item 1'"):
        casework.confirm_lowering(replace(case, state=CaseState.LOWERING), CHIEF, reason=WHY, at=NOW)


def test_a_post_that_knew_of_no_sample_does_not_speak_for_the_laboratory(tmp_path: Path) -> None:
    entries = read_record(complete_lines(a_record(tmp_path, ItemResult(1))))
    order = Order.objects.get(order_id=order_of(at_the_centre(chosen(entries))))
    finding = finding_row(ItemResult(1, samples=("A-1",), awaited=("A-1",)))
    finding.result = Result.objects.create(order=order, number=1, by="asel", at=NOW, act=order.act)
    finding.save()
    Order.objects.filter(pk=order.pk).update(state=CaseState.AWAITING)
    told = said_of(order.order_id, take_in(POST, entries, ring=RING, now=NOW).conflicts)
    assert "the samples A-1 are at a laboratory, which is awaited still" in told
    case = gather(Order.objects.get(pk=order.pk))
    assert (case.state, len(case.results), case.words[1].awaited) == (CaseState.AWAITING, 2, ("A-1",))


def test_samples_that_the_post_took_await_the_laboratory_and_are_no_conflict(tmp_path: Path) -> None:
    entries = read_record(complete_lines(a_record(tmp_path, ItemResult(1, samples=("S-17", "S-18")))))
    name = order_of(decision_of(chosen(entries)))
    assert take_in(POST, entries, ring=RING, now=NOW).conflicts == ()
    case = gather(Order.objects.get(order_id=name))
    assert (case.state, case.words[1].samples, case.words[1].awaited) == (
        CaseState.AWAITING, ("S-17", "S-18"), ("S-17", "S-18"),
    )  # fmt: skip
    assert audit().holds
    found = set(found_so_far(entries).select("declaration_id", "item").rows())
    assert (name.split(":")[0], 1) not in found, "a laboratory has yet to speak"


def test_what_one_person_proposes_twice_is_decided_together(tmp_path: Path) -> None:
    entries = written(tmp_path, CLEARED, AGAIN)
    name = one_order(entries)
    assert "with it, on what was proposed before" in said_of(name, take_in(POST, entries, ring=RING, now=NOW).conflicts)
    order = Order.objects.get(order_id=name)
    assert (order.state, order.results.count()) == (CaseState.LOWERING, 1)
    assert [each["reason"] for each in order.overrides] == [CLEARED.words, AGAIN.words]
    assert order.overrides[-1]["result"]["items"][0]["words"] == AGAIN.words


def test_a_proposal_in_the_place_of_that_of_another_is_told(tmp_path: Path) -> None:
    entries = written(tmp_path, CLEARED)
    name = one_order(entries)
    last = max(place for place, each in enumerate(entries) if each.subject == name)
    take_in(POST, entries[:last], ring=RING, now=NOW)
    order = Order.objects.get(order_id=name)
    proposal = Override(CaseMove.PROPOSE_CLEARING, Act(order.act), Act(order.act), "a reason", "salima", NOW)
    Order.objects.filter(pk=order.pk).update(state=CaseState.LOWERING, overrides=[plain_record(proposal)])
    told = said_of(name, take_in(POST, entries, ring=RING, now=NOW).conflicts)
    assert "what salima proposed before can be decided on no more, and has to be proposed again" in told
    assert [each["by"] for each in Order.objects.get(order_id=name).overrides] == ["salima", "person 12"]


def test_to_do_less_is_over_where_all_was_done_at_the_post_and_that_is_told(tmp_path: Path) -> None:
    entries = written(tmp_path)
    name = order_of(at_the_centre(chosen(entries)))
    order = Order.objects.get(order_id=name)
    proposal = Override(CaseMove.PROPOSE_LOWERING, Act(order.act), None, "a reason", "asel", NOW)
    Order.objects.filter(pk=order.pk).update(state=CaseState.LOWERING, overrides=[plain_record(proposal)])
    told = said_of(name, take_in(POST, entries, ring=RING, now=NOW).conflicts)
    assert told == "asel proposed to do less, which is over: all is done, and the result is kept"
    assert Order.objects.get(order_id=name).state == CaseState.RECORDED


def test_goods_of_which_the_register_kept_less_are_not_other_goods(tmp_path: Path) -> None:
    entries = written(tmp_path)
    made = at_the_centre(chosen(entries))
    for row in Item.objects.all():
        row.record = {name: value for name, value in row.record.items() if name not in KEPT_SINCE}
        row.save()
    assert take_in(POST, entries, ring=RING, now=NOW).conflicts == ()
    assert Order.objects.get(order_id=order_of(made)).state == CaseState.RECORDED
    assert Result.objects.filter(order__order_id=order_of(made)).count() == 1
