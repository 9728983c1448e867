"""What a post did without a line comes in whole, once, in order, wherever the line is cut again."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import transaction

from darvoza.domain.casework import CaseState, ExaminationResult, ItemResult
from darvoza.domain.codes import RiskArea
from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.errors import BrokenJournal, PostError
from darvoza.flow.gate.state_file import read_state
from darvoza.flow.journal.export import entry_line
from darvoza.flow.post.bundle import unpack_state, without_keys
from darvoza.flow.post.deciding import (
    SLACK,
    PostDecision,
    acceptance,
    decide_at_post,
    decided,
    decision_event,
    decision_of,
)
from darvoza.flow.post.knowing import post_gate
from darvoza.flow.post.record import PostRecord, complete_lines, read_record
from darvoza.flow.post.results import PostResult, result_event
from darvoza.flow.post.signing import SIGNED, Signer, post_key
from darvoza.flow.selectivity.keys import KeyRing, changed_ring
from darvoza.office.api.models import Event
from darvoza.office.api.services.keeping import keep_files
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.journal.queries import key_subject, verify
from darvoza.office.journal.services import record as record_entry
from darvoza.office.operations.models import PostBundle, PostEntry, PostReturn
from darvoza.office.operations.services import returning
from darvoza.office.operations.services.returning import Conflict, take_in
from darvoza.office.registry.models import Decision, Declaration, Finding, Order, Result, Run
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from post_world import NOW, POST, RING, SIGNER, a_centre, at_the_post, signed_anew, written_anew

pytestmark = pytest.mark.django_db
FOUND = ItemResult(1, areas=(RiskArea.UNDERVALUATION,), words="Два места сверх.")


def order_of(made: PostDecision) -> str:
    agency, act = made.orders.select("agency", "act").row(0)
    return f"{made.declaration_id}:{agency}:{act}"


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The record of a post."""
    return a_record(tmp_path_factory.mktemp("post"))


def a_record(
    place: Path,
    *items_found: ItemResult,
    by: str = "person 12",
    at: datetime = NOW,
    again: tuple[ItemResult, ...] = (),
) -> bytes:
    """A bundle, eight declarations, and a result of each that was chosen, as a post writes them down, or wrote them once."""
    bundle = a_centre(place / "centre").opened()
    numbers = itertools.count()
    salts: Callable[[int], bytes] = lambda size: next(numbers).to_bytes(size, "big")  # noqa: E731
    items = at_the_post(8)
    state = read_state(unpack_state(bundle, place), bundle.keys)
    with PostRecord(place / "record.ndjson", SIGNER) as kept:
        kept.append([acceptance(bundle.bundle, by="person 7", now=NOW)], salts)
        made = decide_at_post(
            post_gate(state.policy, bundle.draws(), []), items, kept.entries, bundle=bundle.bundle, now=NOW
        )
        kept.append([decision_event(each, bundle.bundle, now=NOW) for each in made], salts)
        for each in made:
            if each.orders.height:
                told = items_found or (FOUND,)
                others = (ItemResult(number) for number in each.items["item"].to_list() if number != told[0].item)
                found = PostResult(order_of(each), ExaminationResult("person 12", NOW, (*told, *others)))
                event = result_event(found, kept.entries, now=NOW)
                kept.append([replace(event, actor=by, body=dict(event.body) | {"at": at.isoformat()})], salts)
                for another in again:
                    later = PostResult(order_of(each), ExaminationResult("person 12", NOW, (another,)))
                    kept.append([result_event(later, kept.entries, now=NOW)], salts)
    return (place / "record.ndjson").read_bytes()


@pytest.fixture(scope="module")
def entries(record: bytes) -> list[JournalEntry]:
    return read_record(complete_lines(record))


@cache
def content_of_bundle() -> dict[str, bytes]:
    """What is in the bundle by which the post decided, but for the keys."""
    with TemporaryDirectory() as place:
        return without_keys(a_centre(Path(place)).bundle())


def a_bundle(serial: int, signer: Signer = SIGNER) -> None:
    """A bundle of the post, made at the office for a key."""
    days = {"start": NOW.date(), "end": NOW.date(), "made_at": NOW, "files": keep_files(content_of_bundle())}
    PostBundle.objects.create(post=signer.post, serial=serial, state="ab" * 32, signed_by=signer.public, **days)


@pytest.fixture(autouse=True)
def _bundle(db: None) -> None:  # noqa: ARG001 - the database is there
    """The bundle by which the post decided."""
    a_bundle(1)


def state_of_office() -> dict[str, object]:
    """Everything that was taken in."""
    return {
        "declarations": sorted(Declaration.objects.values_list("declaration_id", "channel")),
        "decisions": sorted(Decision.objects.values_list("decision_id", "u", "probability", "selected")),
        "orders": sorted(Order.objects.values_list("order_id", "state")),
        "results": sorted(Result.objects.values_list("order__order_id", "number", "by", "findings__areas")),
        "returned": list(PostReturn.objects.values_list("post", "signed_by", "number", "head")),
    }


def test_everything_comes_in_and_the_draws_are_those_of_the_key(entries: list[JournalEntry]) -> None:
    found = take_in(POST, entries, ring=RING, now=NOW)
    recorded = sum(entry.kind.value == "finding" for entry in entries)
    assert recorded >= 2
    assert (found.entries, found.new, found.results, found.conflicts) == (len(entries), 8, recorded, ())
    assert set(Order.objects.filter(results__isnull=False).values_list("state", flat=True)) == {CaseState.RECORDED}
    assert Decision.objects.count() == sum(each.decisions.height for each in decided(entries))
    told = Event.objects.filter(kind="order.recorded").order_by("pk")
    assert [event.result for event in told] == list(Result.objects.order_by("pk"))
    assert {event.at for event in told} == {NOW}
    assert verify().faults == ()
    held = audit()
    assert (held.holds, held.results, held.unattested) == (True, recorded, 0)
    Finding.objects.filter(found=True).update(found=False)
    assert "found of item" in audit().differences[0].field


def test_an_order_was_recorded_when_the_post_recorded_it_and_not_when_the_line_came_back(
    entries: list[JournalEntry],
) -> None:
    take_in(POST, entries, ring=RING, now=NOW + timedelta(days=3))
    assert set(Order.objects.filter(results__isnull=False).values_list("recorded_at", flat=True)) == {NOW}


def test_what_a_post_recorded_by_a_clock_that_runs_ahead_was_recorded_by_the_time_it_came_in(
    entries: list[JournalEntry],
) -> None:
    came = NOW - timedelta(hours=5)
    take_in(POST, entries, ring=RING, now=came)
    assert set(Order.objects.filter(results__isnull=False).values_list("recorded_at", flat=True)) == {came}


def test_taken_in_twice_nothing_is_there_twice(entries: list[JournalEntry]) -> None:
    take_in(POST, entries, ring=None, now=NOW)
    before = state_of_office()
    again = take_in(POST, entries, ring=None, now=NOW)
    assert (again.entries, again.new, again.results) == (0, 0, 0)
    assert state_of_office() == before


def test_wherever_the_line_is_cut_the_rest_comes_in_the_next_time(record: bytes, entries: list[JournalEntry]) -> None:
    arrived = [len(record) * part // 7 for part in range(1, 7)]
    for cut in [*arrived, len(record)]:
        take_in(POST, read_record(complete_lines(record[:cut])), ring=RING, now=NOW)
    piecewise = state_of_office()
    assert PostReturn.objects.get().number == len(entries)
    for model in (Result, Order, Decision, Declaration, Run, PostReturn, PostEntry):
        _empty(model)
    take_in(POST, entries, ring=RING, now=NOW)
    assert state_of_office() == piecewise


def _empty(model: type[Result | Order | Decision | Declaration | Run | PostReturn | PostEntry]) -> None:
    model._default_manager.all().delete()


@pytest.mark.parametrize("step", ["_step", "_note"])
def test_an_office_that_fails_at_any_entry_goes_on_from_there(
    entries: list[JournalEntry], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    keep = getattr(returning, step)
    for failing in range(1, len(entries) + 1):

        def fails(*given: object, at: int = failing) -> None:
            keep(*given)
            if any(isinstance(each, JournalEntry) and each.sequence == at for each in given):
                raise ConnectionError("the line is cut")

        monkeypatch.setattr(returning, step, fails)
        with pytest.raises(ConnectionError):
            take_in(POST, entries, ring=None, now=NOW)
        assert (PostReturn.objects.values_list("number", flat=True).first() or 0) == failing - 1
    monkeypatch.setattr(returning, step, keep)
    take_in(POST, entries, ring=None, now=NOW)
    assert Declaration.objects.count() == 8
    assert verify().faults == ()


# ── what the centre did meanwhile ────────────────────────────────────────────────────────────────────────────────────


def at_the_centre(entry: JournalEntry, **changes: object) -> PostDecision:
    """The same declaration as the centre decided it."""
    import polars as pl

    made = decision_of(entry)
    columns = [pl.lit(value).alias(name) for name, value in changes.items()]
    changed = replace(made, decisions=made.decisions.with_columns(columns))
    orders = made.orders if "selected" not in changes else made.orders.clear()
    load(RunFiles("centre", "ab" * 32, changed.decisions, orders, {}), made.items, by="system", now=NOW)
    return replace(changed, orders=orders)


def chosen(entries: list[JournalEntry]) -> JournalEntry:
    """The first entry that orders something."""
    return next(entry for entry in entries if entry.kind.value == "decision" and decision_of(entry).orders.height)


def test_decided_at_both_by_one_draw_it_stands_once(entries: list[JournalEntry]) -> None:
    at_the_centre(chosen(entries))
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert (found.new, found.conflicts) == (7, ())


def test_what_only_the_post_asked_for_is_ordered_and_told(entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    at_the_centre(entry, selected=False)
    found = take_in(POST, entries, ring=RING, now=NOW)
    [conflict] = found.conflicts
    assert conflict.subject == entry.subject
    assert conflict.told.startswith("only the post asked for")
    assert Order.objects.filter(order_id=order_of(decision_of(entry)), state=CaseState.RECORDED).exists()


def test_an_order_that_a_silent_centre_did_not_give_is_taken_in_with_its_result(entries: list[JournalEntry]) -> None:
    made = decision_of(chosen(entries))
    load(RunFiles("centre", "ab" * 32, made.decisions, made.orders.clear(), {}), made.items, by="system", now=NOW)
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert (found.entries, found.conflicts) == (len(entries), ())
    assert Result.objects.filter(order__order_id=order_of(made)).count() == 1


def test_what_was_declared_otherwise_at_the_post_is_told(entries: list[JournalEntry]) -> None:
    import polars as pl

    entry = chosen(entries)
    made = decision_of(entry)
    heavier = made.items.with_columns(pl.col("net_mass") + 1, pl.lit("I-9").alias("importer_id"))
    load(RunFiles("centre", "ab" * 32, made.decisions, made.orders, {}), heavier, by="system", now=NOW)
    found = take_in(POST, entries, ring=None, now=NOW)
    assert "declared otherwise at the post: importer_id; item 1: net_mass" in dict(found.conflicts)[entry.subject]


def test_two_draws_of_one_declaration_are_told(entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    at_the_centre(entry, u=0.123)
    found = take_in(POST, entries, ring=None, now=NOW)
    assert "two draws" in dict(found.conflicts)[entry.subject]


def test_the_same_goods_under_another_reference_are_told(entries: list[JournalEntry]) -> None:
    import polars as pl

    entry = chosen(entries)
    made = decision_of(entry)
    other = pl.lit("KG-OTHER").alias("declaration_id")
    name = pl.concat_str(pl.lit("KG-OTHER:"), "agency", pl.lit(":"), "act").alias("decision_id")
    decisions = made.decisions.with_columns(other, name, pl.lit(0.9).alias("u"))
    run = RunFiles("centre", "ab" * 32, decisions, made.orders.clear(), {})
    load(run, made.items.with_columns(other), by="system", now=NOW)
    found = take_in(POST, entries, ring=None, now=NOW)
    assert Conflict(entry.subject, "the same goods were drawn for as KG-OTHER, by another draw") in found.conflicts


def test_no_result_is_lost_to_one_of_the_centre(entries: list[JournalEntry]) -> None:
    made = at_the_centre(chosen(entries))
    order = Order.objects.get(order_id=order_of(made))
    Result.objects.create(order=order, number=1, by="bakyt", at=NOW)
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert list(order.results.order_by("number").values_list("by", flat=True)) == ["bakyt", "person 12"]
    assert "all are kept" in dict(found.conflicts)[order.order_id]


def test_an_amount_that_cannot_be_is_left_out_and_told_and_the_record_goes_on(tmp_path: Path) -> None:
    wrong = replace(FOUND, additional_duty=Decimal("1e20"), net_mass=Decimal(-1), quantity=Decimal(3))
    entries = read_record(complete_lines(a_record(tmp_path, wrong)))
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert found.entries == len(entries)
    told = (
        "left out, for it cannot be: net_mass -1 of item 1; left out, for it cannot be: additional_duty 1E+20 of item 1"
    )
    assert {each.told for each in found.conflicts} == {told}
    kept = Finding.objects.filter(item=1)
    assert {(row.found, row.additional_duty, row.record["quantity"]) for row in kept} == {(True, None, "3")}
    assert all(row.record.get("net_mass") is None for row in kept)


def test_what_a_post_wrote_once_and_nobody_can_keep_never_holds_up_what_follows(tmp_path: Path) -> None:
    at = datetime.fromisoformat("0001-01-01T00:00:00+05:00")
    data = a_record(tmp_path, FOUND, ItemResult(1, words="Ничего."), by="p" * 200, at=at)
    entries = read_record(complete_lines(data))
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert found.entries == len(entries)
    assert found.results == len(found.conflicts) >= 2
    for said in (
        "what was said of an item before",
        f"the letters of the name after {'p' * 60}",
        "the moment 0001-01-01",
    ):
        assert all(f"left out, for it cannot be: {said}" in each.told for each in found.conflicts)
    assert set(Finding.objects.filter(item=1).values_list("item", "found")) == {(1, False)}
    assert set(Result.objects.values_list("by", "at")) == {("p" * 60, NOW)}


def test_a_result_on_what_is_no_longer_in_the_register_is_told_and_the_record_goes_on(
    entries: list[JournalEntry],
) -> None:
    places = [place for place, entry in enumerate(entries) if entry.kind is EntryKind.FINDING]
    take_in(POST, entries[: places[0]], ring=RING, now=NOW)
    Declaration.objects.filter(declaration_id=entries[places[0]].subject.split(":")[0]).delete()
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert found.entries == len(entries) - places[0]
    assert found.results == len(places) - 1
    assert [each.told for each in found.conflicts] == [
        f"there is no order {entries[places[0]].subject} any more: what was found stands in the record of the post alone"
    ]


def test_a_record_shorter_than_what_was_taken_in_is_refused(entries: list[JournalEntry]) -> None:
    take_in(POST, entries, ring=RING, now=NOW)
    before = state_of_office()
    for shorter in (entries[:-1], []):
        with pytest.raises(BrokenJournal, match="its record was lost"):
            take_in(POST, shorter, ring=RING, now=NOW)
    assert state_of_office() == before


def test_a_clock_set_back_and_a_day_outside_the_bundle_are_told(entries: list[JournalEntry]) -> None:
    later = [replace(entry, at=entry.at + timedelta(days=40)) for entry in entries[:2]]
    back = [*later, *entries[2:]]
    found = take_in(POST, signed_anew(back, SIGNER), ring=RING, now=NOW)
    told = dict(found.conflicts)
    assert f"decided on {later[1].at.date()}, by bundle 1 for {NOW.date()} to {NOW.date()}" in told[entries[1].subject]
    assert "the clock of the post was set back" in told[entries[2].subject]
    assert found.entries == len(entries)


def test_a_clock_that_runs_ahead_is_told_where_it_decided_and_where_it_recorded(entries: list[JournalEntry]) -> None:
    ahead = [*entries[:2], *(replace(entry, at=entry.at + timedelta(hours=1)) for entry in entries[2:])]
    found = take_in(POST, signed_anew(ahead, SIGNER), ring=RING, now=NOW)
    told = [
        each.subject for each in found.conflicts if "which is to come: the clock of the post runs ahead" in each.told
    ]
    assert told == [entry.subject for entry in entries[2:]]
    assert found.entries == len(entries)


def test_a_clock_that_runs_ahead_by_less_than_matters_is_not_told(entries: list[JournalEntry]) -> None:
    ahead = [replace(entry, at=max(entry.at, NOW + SLACK)) for entry in entries]
    found = take_in(POST, signed_anew(ahead, SIGNER), ring=RING, now=NOW)
    assert not [each for each in found.conflicts if "clock" in each.told]


def test_a_draw_of_a_day_whose_key_was_known_to_all_is_told(entries: list[JournalEntry]) -> None:
    made = decision_of(entries[1])
    day = made.decisions.item(0, "key_day")
    with transaction.atomic():
        record_entry(EntryKind.KEY_REVEAL, key_subject(day), {}, by="system", now=NOW - timedelta(hours=1))
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert f"drawn with the key of {day}, which was revealed before" in dict(found.conflicts)[entries[1].subject]


@pytest.mark.parametrize(
    ("state", "holder", "said"),
    [("withdrawn", "", "was withdrawn"), ("claimed", "bakyt", "somebody at the centre held it")],
)
def test_a_result_counts_whatever_the_centre_did_with_the_order(
    entries: list[JournalEntry], state: str, holder: str, said: str
) -> None:
    order_id = order_of(at_the_centre(chosen(entries)))
    Order.objects.filter(order_id=order_id).update(state=state, holder=holder)
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert said in dict(found.conflicts)[order_id]
    assert Order.objects.get(order_id=order_id).state == CaseState.RECORDED


def test_draws_from_before_the_key_was_changed_are_recomputed_with_the_key_of_their_day(
    entries: list[JournalEntry],
) -> None:
    other = KeyRing((("customs", bytes(32)),))
    later, earlier = (changed_ring(RING, other, day) for day in (NOW.date() + timedelta(days=1), date(2020, 1, 1)))
    with pytest.raises(PostError, match="draws of the key"):
        take_in(POST, entries, ring=earlier, now=NOW)
    assert take_in(POST, entries, ring=later, now=NOW).new == 8


def test_a_draw_that_was_not_made_with_the_key_is_refused(entries: list[JournalEntry]) -> None:
    with pytest.raises(PostError, match="draws of the key"):
        take_in(POST, entries, ring=KeyRing((("customs", bytes(32)),)), now=NOW)
    assert Declaration.objects.count() == 0


def test_a_record_that_was_written_anew_is_refused(entries: list[JournalEntry]) -> None:
    take_in(POST, entries, ring=None, now=NOW)
    PostReturn.objects.update(head="ab" * 32)
    with pytest.raises(BrokenJournal, match="as it was taken in before"):
        take_in(POST, entries, ring=None, now=NOW)


# ── whose record it is ───────────────────────────────────────────────────────────────────────────────────────────────


def last_result(entries: list[JournalEntry]) -> int:
    """Where the last result stands."""
    return max(place for place, entry in enumerate(entries) if entry.kind is EntryKind.FINDING)


def test_a_post_does_not_take_back_alone_what_it_found(tmp_path: Path) -> None:
    entries = read_record(complete_lines(a_record(tmp_path, FOUND, again=(ItemResult(1, words="Весы врали."),))))
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert {each.told for each in found.conflicts} == {
        "it takes back what was found on item 1: a second person decides"
    }
    for order in Order.objects.filter(results__isnull=False):
        assert (order.state, order.results.count()) == (CaseState.LOWERING, 1)
        assert (order.overrides[-1]["move"], order.overrides[-1]["reason"]) == ("propose_clearing", "Весы врали.")


def test_a_seizure_of_which_a_post_once_did_not_say_what_was_found_is_told(tmp_path: Path) -> None:
    entries = read_record(complete_lines(a_record(tmp_path, ItemResult(1, seized=True))))
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert {each.told for each in found.conflicts} == {"nothing found on item 1, though there is seized"}


def cleared(entry: JournalEntry) -> JournalEntry:
    """A result in which nothing was found any more."""
    items = [{**each, "areas": []} for each in (entry.body or {})["items"]]  # type: ignore[attr-defined]
    return replace(entry, body={**(entry.body or {}), "items": items})


def unsigned(entry: JournalEntry) -> JournalEntry:
    """A result without its signature."""
    return replace(entry, body={name: value for name, value in (entry.body or {}).items() if name != SIGNED})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (cleared, "is not that of the text"),
        (unsigned, "no signature"),
        (lambda entry: replace(entry, actor="person 13"), "is not that of the text"),
        (lambda entry: replace(entry, at=entry.at + timedelta(hours=1)), "is not that of the text"),
    ],
)
def test_a_result_that_was_changed_on_the_way_is_refused_with_all_that_came_with_it(
    entries: list[JournalEntry], change: Callable[[JournalEntry], JournalEntry], said: str
) -> None:
    at = last_result(entries)
    forged = written_anew([*entries[:at], change(entries[at]), *entries[at + 1 :]])
    assert read_record(map(entry_line, forged)) == forged
    with pytest.raises(BrokenJournal, match=f"entry {at + 1}: expected the signature of {POST} under it.*{said}"):
        take_in(POST, forged, ring=RING, now=NOW)
    assert (Declaration.objects.count(), Result.objects.count(), PostReturn.objects.count()) == (0, 0, 0)
    assert take_in(POST, entries, ring=RING, now=NOW).entries == len(entries)


def test_no_result_can_be_taken_out_of_the_middle_or_put_in_elsewhere(entries: list[JournalEntry]) -> None:
    first = next(place for place, entry in enumerate(entries) if entry.kind is EntryKind.FINDING)
    without = [*entries[:first], *entries[first + 1 :]]
    for forged in (without, [*without, entries[first]], [*entries, entries[first]]):
        with pytest.raises(BrokenJournal, match="is not that of the text"):
            take_in(POST, written_anew(forged), ring=None, now=NOW)
    assert PostReturn.objects.count() == 0


def test_a_result_that_was_cut_in_the_middle_comes_again(record: bytes, entries: list[JournalEntry]) -> None:
    lines = record.splitlines(keepends=True)
    at = last_result(entries)
    cut = b"".join(lines[:at]) + lines[at][: len(lines[at]) // 2]
    assert take_in(POST, read_record(complete_lines(cut)), ring=RING, now=NOW).entries == at
    rest = take_in(POST, entries, ring=RING, now=NOW)
    assert (rest.entries, rest.results) == (len(entries) - at, 1)
    with pytest.raises(BrokenJournal):
        read_record([*lines[:at], lines[at][: len(lines[at]) // 2] + b"\n"])


@pytest.mark.parametrize("code", [POST, "KG-OSH"])
def test_a_record_that_another_signed_is_refused(entries: list[JournalEntry], code: str) -> None:
    other = Signer(code, post_key(code, bytes(32)))
    with pytest.raises(BrokenJournal, match=f"entry 1: expected the signature of {POST} under it"):
        take_in(POST, signed_anew(entries, other), ring=None, now=NOW)
    a_bundle(1, Signer("KG-OSH", SIGNER.private))
    with pytest.raises(BrokenJournal, match="is not that of the text"):
        take_in("KG-OSH", entries, ring=None, now=NOW)


def test_the_key_of_an_older_bundle_no_longer_counts_until_the_centre_says_so(entries: list[JournalEntry]) -> None:
    new = Signer(POST, post_key(POST, bytes(32)))
    a_bundle(2, new)
    with pytest.raises(BrokenJournal, match="signed with the key of bundle 1; KG-TOR has had another key since"):
        take_in(POST, entries, ring=None, now=NOW)
    a_bundle(3)
    assert take_in(POST, entries, ring=None, now=NOW).entries == len(entries)


def test_a_new_machine_of_a_post_begins_a_record_of_its_own(entries: list[JournalEntry]) -> None:
    take_in(POST, entries, ring=None, now=NOW)
    new = Signer(POST, post_key(POST, bytes(32)))
    a_bundle(2, new)
    shorter = signed_anew(entries[:3], new)
    assert take_in(POST, shorter, ring=None, now=NOW).entries == 3
    assert sorted(PostReturn.objects.values_list("signed_by", "number")) == sorted(
        [(SIGNER.public, len(entries)), (new.public, 3)]
    )


def test_a_post_that_has_no_bundle_of_this_office_brings_nothing_back(entries: list[JournalEntry]) -> None:
    with pytest.raises(PostError, match="darvoza office bundle"):
        take_in("KG-OSH", entries, ring=None, now=NOW)


def test_the_command_takes_a_record_in_and_names_what_differs(
    record: bytes, entries: list[JournalEntry], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from argparse import Namespace

    from darvoza.office.commands import reconcile

    (tmp_path / "record.ndjson").write_bytes(record[:-10])
    at_the_centre(chosen(entries), u=0.123)
    options = Namespace(home=None, record=tmp_path / "record.ndjson", post=POST, key_file=None, without_key=True)
    assert reconcile.run(options) == 1
    said = capsys.readouterr().out
    assert f"taken in of {POST}: entries {len(entries) - 1}, new declarations 7," in said
    assert "CONFLICT: " in said
    assert f"decisions that were not made again: {sum(each.kind is EntryKind.DECISION for each in entries)}" in said


def test_a_record_is_taken_in_without_the_key_only_by_those_who_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from darvoza.cli.main import main

    with pytest.raises(SystemExit) as ended:
        main(["office", "reconcile", str(tmp_path / "record.ndjson"), "--post", POST])
    assert ended.value.code == 2
    assert "one of the arguments --key-file --without-key is required" in capsys.readouterr().err
