"""What a post decided, and the centre too: the goods items, floors and channels of both, and what was cancelled meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from darvoza.domain.casework import CaseState
from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.flow.gate.records import decisions_of, plain_rows
from darvoza.flow.gate.renewing import renewed_few
from darvoza.flow.gate.state_file import read_state
from darvoza.flow.post.bundle import unpack_state, without_keys
from darvoza.flow.post.deciding import PostDecision, acceptance, decide_together, decision_event, decision_of
from darvoza.flow.post.knowing import post_gate
from darvoza.flow.post.record import complete_lines, read_record
from darvoza.flow.tables import DECISION_SCHEMA, Table
from darvoza.office.api.models import Event, GateMark, Lodgement
from darvoza.office.api.queries import revisions_of
from darvoza.office.api.services.keeping import keep_files
from darvoza.office.api.services.reading import loaded_after, lodged_after
from darvoza.office.operations.models import PostBundle
from darvoza.office.operations.services import joining
from darvoza.office.operations.services.returning import take_in
from darvoza.office.registry.models import Decision, Declaration, Former, Item, Order
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.lodging import cancel_declaration, enter_again, run_of
from darvoza.office.registry.services.run_files import RunFiles
from office.operations.test_returned_forged import as_green, signed
from office.operations.test_returning import a_bundle, a_record, chosen, order_of
from post_world import NOW, POST, RING, Centre, a_centre, at_the_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bundle(db: None) -> None:  # noqa: ARG001 - the database is there
    a_bundle(1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return a_centre(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[JournalEntry]:
    """The decisions of a post."""
    whole = read_record(complete_lines(a_record(tmp_path_factory.mktemp("post"))))
    return [entry for entry in whole if entry.kind is not EntryKind.FINDING]


def items_changed(made: PostDecision, *numbers: int) -> PostDecision:
    """The same decision on three items, with its act asked for on some of them."""
    three = pl.concat([made.items[:1].with_columns(pl.lit(number, pl.Int64).alias("item")) for number in (1, 2, 3)])
    asked = pl.Series("items", [list(numbers)], dtype=pl.List(pl.Int64))
    floors = [
        [{**floor, "items": list(numbers)} for floor in each] if selected else each
        for each, selected in made.decisions.select("floors", "selected").iter_rows()
    ]
    decisions = made.decisions.with_columns(
        pl.when("selected").then(asked).otherwise("items").alias("items"),
        pl.Series("floors", floors, dtype=made.decisions.schema["floors"]),
    )
    orders = made.orders.with_columns(asked)
    return PostDecision(made.declaration_id, three.cast(made.items.schema), decisions, orders)


def at_centre(made: PostDecision, *, lodged: bool = False) -> None:
    """Have the centre know of a decision: taken in with a run, or lodged with it by a system."""
    load(RunFiles("centre", "ab" * 32, made.decisions, made.orders, {}), made.items, by="system", now=NOW)
    if lodged:
        goods, decisions = list(plain_rows(made.items)), list(plain_rows(made.decisions))
        told = {"declaration_id": made.declaration_id, "revision": 1, "kind": "lodged", "batch": 1, "client": "customs"}
        when = {"lodged_at": NOW, "decided_at": NOW, "state": "ab" * 32, "post": POST, "channel": made.channel}
        Lodgement.objects.create(**told, **when, items=goods, decisions=decisions)
        GateMark.objects.create(pk=1, batch=1)


def by_chance(made: PostDecision, **changes: pl.Expr) -> PostDecision:
    """The same decision where nothing but a small chance asked for anything, and nothing came of it."""
    low = [
        [{**each[-1], "kind": "random", "source": "random", "probability": 1e-9}] for each in made.decisions["floors"]
    ]
    floors = pl.Series(low, dtype=made.decisions.schema["floors"])
    return as_green(made, floors=floors, probability=pl.lit(1e-9), **changes)


def brought(place: Centre, entry: JournalEntry, made: PostDecision) -> list[JournalEntry]:
    """The record of a post that wrote this decision in the place of another."""
    event = decision_event(made, place.opened().bundle, now=NOW)
    return signed(replace(entry, body=event.body))


def test_the_items_of_an_order_are_those_of_both(place: Centre, entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    at_centre(items_changed(made, 2, 3))
    found = take_in(POST, brought(place, entry, items_changed(made, 1, 2)), ring=None, now=NOW)
    assert Order.objects.get(order_id=order_of(made)).items == [1, 2, 3]
    assert "the post asked for more of" in dict(found.conflicts)[entry.subject]
    decision = Decision.objects.get(decision_id=order_of(made))
    assert decision.items == [1, 2, 3]
    assert {tuple(floor["items"]) for floor in decision.floors} == {(1, 2, 3)}


def test_what_a_post_asked_for_more_of_what_it_alone_had_decided_is_no_difference(
    place: Centre, entries: list[JournalEntry]
) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    first = replace(entry, body=decision_event(as_green(made), place.opened().bundle, now=NOW).body)
    found = take_in(POST, signed(first, entry), ring=None, now=NOW)
    assert [each.told for each in found.conflicts if "asked for" in each.told] == []
    assert Order.objects.get(order_id=order_of(made)).state == CaseState.WAITING
    assert Declaration.objects.get(declaration_id=entry.subject).channel == made.channel


@pytest.mark.parametrize("lodged", [True, False])
def test_what_a_post_asked_for_more_of_what_the_centre_had_decided_is_told_also_after_it_amended(
    place: Centre, entries: list[JournalEntry], *, lodged: bool
) -> None:
    entry, bundle = chosen(entries), place.opened().bundle
    made = decision_of(entry)
    at_centre(by_chance(made), lodged=lodged)
    twice = [decision_event(amended(each), bundle, now=NOW).body for each in (by_chance(made), made)]
    found = take_in(POST, signed(*(replace(entry, body=body) for body in twice)), ring=None, now=NOW)
    told = [each.told for each in found.conflicts]
    assert ["only the post asked for" in each for each in told] == [False, True], told


@pytest.mark.parametrize("numbers", [(), (3,)])
def test_an_order_that_is_done_waits_again_for_what_the_post_asked_for_more(
    place: Centre, entries: list[JournalEntry], numbers: tuple[int, ...]
) -> None:
    from darvoza.domain.casework import ItemResult
    from darvoza.office.registry.mapping import finding_row
    from darvoza.office.registry.models import Result

    entry = chosen(entries)
    made = decision_of(entry)
    at_centre(items_changed(made, 1))
    order = Order.objects.get(order_id=order_of(made))
    row = finding_row(ItemResult(1))
    row.result = Result.objects.create(order=order, number=1, by="bakyt", at=NOW, act=order.act)
    row.save()
    Order.objects.filter(pk=order.pk).update(state=CaseState.RECORDED, recorded_at=NOW)
    came, span = NOW + timedelta(days=9), order.deadline - order.declaration.lodged_at
    found = take_in(POST, brought(place, entry, items_changed(made, *numbers)), ring=None, now=came)
    order.refresh_from_db()
    assert (order.state, order.items) == (CaseState.WAITING, [1, 3] if numbers else [])
    assert (order.deadline, order.day, order.given_at) == (came + span, came.date(), came)
    assert "which waits again" in dict(found.conflicts)[entry.subject]


def test_the_channel_rises_and_the_decision_of_the_post_stands_beside_that_of_the_centre(
    place: Centre, entries: list[JournalEntry]
) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    at_centre(by_chance(made), lodged=True)
    found = take_in(POST, brought(place, entry, made), ring=None, now=NOW)
    assert "only the post asked for" in dict(found.conflicts)[entry.subject]
    assert Declaration.objects.get(declaration_id=entry.subject).channel == made.channel
    for row in made.decisions.iter_rows(named=True):
        kept = Decision.objects.get(decision_id=row["decision_id"])
        assert (kept.probability, kept.selected, kept.basis) == (
            row["probability"],
            row["selected"],
            row["basis"] or "",
        )
    last = revisions_of([entry.subject])[entry.subject][-1]
    assert (last.revision, last.kind, last.channel, last.batch) == (2, "returned", made.channel, 2)
    assert {each["decision_id"] for each in last.decisions if each["selected"]} == {order_of(made)}
    assert GateMark.objects.get().batch == 2
    assert Event.objects.get().kind == "declaration.returned"


def test_what_the_post_alone_chose_by_another_draw_is_asked_for_whenever_it_is_decided_again(
    place: Centre, entries: list[JournalEntry]
) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    at_centre(by_chance(made, u=pl.lit(0.999999)), lodged=True)
    found = take_in(POST, brought(place, entry, made), ring=None, now=NOW)
    assert "two draws" in dict(found.conflicts)[entry.subject]
    last = revisions_of([entry.subject])[entry.subject][-1]
    assert {each["u"] for each in last.decisions} == {0.999999}
    before = list(decisions_of(last.decisions).iter_rows(named=True))
    again = renewed_few(before, before)
    decided = list(plain_rows(Table(again, DECISION_SCHEMA).frame))
    assert {each["decision_id"] for each in decided if each["selected"]} == {order_of(made)}
    run = run_of("ef" * 32, name="later", profiles={}, now=NOW)
    enter_again(last.items, decided, [], run=run, now=NOW)
    assert Declaration.objects.get(declaration_id=entry.subject).channel == made.channel


def test_what_the_centre_decided_the_same_gets_no_revision(place: Centre, entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    at_centre(decision_of(entry), lodged=True)
    assert take_in(POST, brought(place, entry, decision_of(entry)), ring=RING, now=NOW).conflicts == ()
    assert Lodgement.objects.count() == 1


def test_goods_that_came_though_they_were_cancelled_stand_again(place: Centre, entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    at_centre(made, lodged=True)
    cancel_declaration(entry.subject, by="customs", now=NOW)
    last = Lodgement.objects.get()
    Lodgement.objects.create(
        **{name: getattr(last, name) for name in ("declaration_id", "client", "state", "post", "lodged_at", "channel")},
        **{name: getattr(last, name) for name in ("items", "decisions", "decided_at")},
        revision=2,
        kind="cancelled",
        batch=1,
    )
    found = take_in(POST, brought(place, entry, made), ring=RING, now=NOW)
    assert "it was cancelled at the centre, and the goods came all the same: it stands again" in found.conflicts[0].told
    assert Declaration.objects.get(declaration_id=entry.subject).cancelled_at is None
    order = Order.objects.get(order_id=order_of(made))
    assert (order.state, order.day) == (CaseState.WAITING, NOW.date())
    assert revisions_of([entry.subject])[entry.subject][-1].kind == "returned"


def amended(made: PostDecision) -> PostDecision:
    """The next version of a declaration, of other goods under another document."""
    document = pl.lit("CMR-AMENDED").alias("transport_document")
    items = made.items.with_columns(pl.lit(2, made.items.schema["version"]).alias("version"), document)
    return replace(made, items=items.with_columns(pl.col("net_mass") + 1))


def test_a_later_version_at_the_post_is_an_amendment(place: Centre, entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    then = decision_event(amended(made), place.opened().bundle, now=NOW)
    record = signed(entry, replace(entry, body=then.body))
    found = take_in(POST, record, ring=None, now=NOW)
    told = dict(found.conflicts)[entry.subject]
    assert told.startswith("amended at the post: ")
    assert told.endswith("what was declared before is kept")
    row = Declaration.objects.get(declaration_id=entry.subject)
    assert (row.record["version"], row.record["transport_document"]) == (2, "CMR-AMENDED")
    masses = {made.items.item(0, "net_mass") + 1}
    assert {item.record["net_mass"] for item in Item.objects.filter(declaration=row, number=1)} == set(map(str, masses))
    first, second = Lodgement.objects.order_by("revision")
    assert [each["version"] for each in (first.items[0], second.items[0])] == [1, 2]
    assert revisions_of([entry.subject]) == {}  # it was never lodged here: to systems it stays what it was


def test_an_amendment_at_a_post_does_not_move_the_lodging(place: Centre, entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    lodged = made.items.item(0, "lodged_at")
    late = amended(made)
    back = (pl.col("lodged_at") - pl.duration(days=30)).alias("lodged_at")
    late = replace(late, items=late.items.with_columns(back), decisions=late.decisions.with_columns(back))
    then = decision_event(late, place.opened().bundle, now=NOW)
    found = take_in(POST, signed(entry, replace(entry, body=then.body)), ring=None, now=NOW)
    assert (
        f"lodged at {lodged.isoformat()}, and not at {(lodged - timedelta(days=30)).isoformat()}"
        in dict(found.conflicts)[entry.subject]
    )
    assert Declaration.objects.get(declaration_id=entry.subject).lodged_at == lodged
    for each in Lodgement.objects.all():
        assert each.lodged_at == lodged
        told = {row["lodged_at"] for row in (*each.items, *each.decisions)}
        assert {datetime.fromisoformat(str(moment)) for moment in told} == {lodged}


@pytest.mark.parametrize("by_day", [True, False])
def test_it_is_decided_again_by_the_day_of_the_post_also_where_that_looked_at_the_day_of_lodging_alone(
    tmp_path: Path, entries: list[JournalEntry], *, by_day: bool
) -> None:
    centre = a_centre(tmp_path)
    profile = tmp_path / "profiles" / "B.yaml"
    began = (NOW.date() - timedelta(days=1)).isoformat()
    profile.write_text(profile.read_text(encoding="utf-8").replace("2026-01-01", began), encoding="utf-8")
    PostBundle.objects.update(files=keep_files(without_keys(centre.bundle())))
    bundle = centre.opened()
    state = read_state(unpack_state(bundle, tmp_path), bundle.keys)
    items = at_the_post(1).with_columns(pl.lit("080810").alias("hs"))
    gate = post_gate(state.policy, bundle.draws(), [])
    [made] = decide_together(gate, items, {}, day=NOW.date() if by_day else None)
    event = decision_event(made, bundle.bundle, now=NOW)
    taken = acceptance(bundle.bundle, by="person 7", now=NOW)
    events = [
        taken,
        replace(event, body={name: value for name, value in event.body.items() if by_day or name != "began"}),
    ]
    record = [
        replace(entries[0], kind=each.kind, actor=each.actor, subject=each.subject, body=each.body, at=NOW)
        for each in events
    ]
    found = take_in(POST, signed(*record), ring=RING, now=NOW)
    assert bool(found.conflicts) is not by_day
    floors = [floor["source"] for decision in Decision.objects.all() for floor in decision.floors]
    assert any(source not in {"random", "score"} for source in floors)


def test_a_run_is_made_in_turn_before_anything_of_the_journal_is_held(
    place: Centre, entries: list[JournalEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    at_centre(made, lodged=True)
    cancel_declaration(entry.subject, by="customs", now=NOW)
    done: list[str] = []

    def noting(name: str, before: Callable[..., object]) -> Callable[..., object]:
        def noted(*args: object, **more: object) -> object:
            done.append(name)
            return before(*args, **more)

        return noted

    for name in ("wait_for_turn", "stand_again", "run_of"):
        monkeypatch.setattr(joining, name, noting(name, getattr(joining, name)))
    take_in(POST, brought(place, entry, made), ring=None, now=NOW)
    assert done == ["wait_for_turn", "stand_again", "run_of"]


def test_the_goods_of_every_version_keep_their_draw(place: Centre, entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    then = decision_event(amended(made), place.opened().bundle, now=NOW)
    take_in(POST, signed(entry, replace(entry, body=then.body)), ring=None, now=NOW)
    policy = read_state(place.state).policy
    drawn = pl.concat(
        [
            known.decisions.select("fingerprint", "marks")
            for known in (*lodged_after(0, policy), *loaded_after(0, policy))
        ]
    )
    assert set(drawn["fingerprint"]) == {made.decisions.item(0, "fingerprint")}
    assert len(set(drawn["marks"].explode().to_list())) > len(set(made.decisions.item(0, "marks")))
    assert set(made.decisions.item(0, "marks")) <= set(drawn["marks"].explode().to_list())


def test_an_older_version_never_takes_the_place_of_a_later_one(place: Centre, entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    at_centre(amended(made))
    found = take_in(POST, brought(place, entry, made), ring=None, now=NOW)
    assert "declared otherwise at the post: transport_document" in dict(found.conflicts)[entry.subject]
    assert Declaration.objects.get(declaration_id=entry.subject).record["version"] == 2
    assert not Former.objects.exists()


def test_results_on_goods_that_were_amended_keep_what_was_declared(place: Centre, entries: list[JournalEntry]) -> None:
    from darvoza.domain.casework import ExaminationResult, ItemResult
    from darvoza.flow.post.results import PostResult, result_event

    entry = chosen(entries)
    made = decision_of(entry)
    words = tuple(ItemResult(number) for number in made.items["item"].to_list())
    event = result_event(PostResult(order_of(made), ExaminationResult("person 12", NOW, words)), [entry], now=NOW)
    result = replace(entry, kind=event.kind, actor=event.actor, subject=event.subject, body=event.body)
    then = decision_event(amended(made), place.opened().bundle, now=NOW + timedelta(minutes=1))
    take_in(POST, signed(entry, result, replace(entry, body=then.body)), ring=None, now=NOW)
    assert Former.objects.get().record.get("version", 1) == 1
    assert Order.objects.get(order_id=order_of(made)).state == CaseState.WAITING
