"""What whoever holds the machine of a post signs with its key, and the centre does not take as it stands."""

import itertools
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.flow.post.deciding import PostDecision, decision_event, decision_of
from darvoza.flow.post.record import complete_lines, read_record
from darvoza.methods.draw import permanent_random_number
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.journal.models import Entry
from darvoza.office.operations.models import PostBundle, PostEntry
from darvoza.office.operations.services.returning import take_in
from darvoza.office.registry.models import Decision, Declaration, Order, Result
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from office.operations.test_returning import a_bundle, a_record, at_the_centre, chosen, order_of, state_of_office
from post_world import NOW, POST, RING, SIGNER, a_centre, signed_anew

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bundle(db: None) -> None:  # noqa: ARG001 - the database is there
    a_bundle(1)


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[JournalEntry]:
    """The record of an honest post."""
    return read_record(complete_lines(a_record(tmp_path_factory.mktemp("post"))))


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> object:
    return a_centre(tmp_path_factory.mktemp("bundle")).opened().bundle


def body_of(made: PostDecision, centre: object) -> Mapping[str, object]:
    """What an entry says of a decision."""
    return decision_event(made, centre, now=NOW).body  # type: ignore[arg-type]


def signed(*entries: JournalEntry) -> list[JournalEntry]:
    """Entries as the post signs them, one after another."""
    return signed_anew(entries, SIGNER)


def elsewhere(made: PostDecision, name: str, post: str) -> PostDecision:
    """The same decision, as one on another declaration of another post."""
    there = (pl.lit(name).alias("declaration_id"), pl.lit(post).alias("post"))
    named = pl.concat_str(pl.lit(f"{name}:"), "agency", pl.lit(":"), "act").alias("decision_id")
    decisions = made.decisions.with_columns(*there, named)
    return PostDecision(name, made.items.with_columns(*there), decisions, made.orders.with_columns(*there))


def test_a_post_finds_nothing_by_the_order_of_another_post(entries: list[JournalEntry]) -> None:
    other = elsewhere(decision_of(chosen(entries)), "UZ-1", "UZ-GIS")
    load(RunFiles("centre", "ab" * 32, other.decisions, other.orders, {}), other.items, by="system", now=NOW)
    result = next(entry for entry in entries if entry.kind is EntryKind.FINDING)
    forged = signed(*entries, replace(result, subject=order_of(other)))
    found = take_in(POST, forged, ring=RING, now=NOW)
    assert dict(found.conflicts)[order_of(other)] == (
        f"it is an order of UZ-GIS, and not of {POST}: nothing of it is taken in"
    )
    assert Order.objects.get(order_id=order_of(other)).state == "waiting"
    assert not Result.objects.filter(order__order_id=order_of(other)).exists()


def test_a_post_finds_nothing_by_an_order_that_the_centre_alone_gave(entries: list[JournalEntry]) -> None:
    other = elsewhere(decision_of(chosen(entries)), "KG-OWN", POST)
    load(RunFiles("centre", "ab" * 32, other.decisions, other.orders, {}), other.items, by="system", now=NOW)
    result = next(entry for entry in entries if entry.kind is EntryKind.FINDING)
    found = take_in(POST, signed(*entries, replace(result, subject=order_of(other))), ring=RING, now=NOW)
    assert dict(found.conflicts)[order_of(other)] == f"{POST} gave no such order: nothing of it is taken in"
    assert Order.objects.get(order_id=order_of(other)).state == "waiting"


def test_a_post_decides_nothing_for_another_post(entries: list[JournalEntry], centre: object) -> None:
    entry = chosen(entries)
    other = elsewhere(decision_of(entry), "ELSE-1", "UZ-GIS")
    forged = signed(*entries, replace(entry, subject="ELSE-1", body=body_of(other, centre)))
    before = len(entries)
    found = take_in(POST, forged, ring=RING, now=NOW)
    assert (found.entries, found.new) == (before + 1, 8)
    assert "it is of goods at UZ-GIS" in dict(found.conflicts)["ELSE-1"]
    assert not Declaration.objects.filter(declaration_id="ELSE-1").exists()


def test_what_was_refused_before_a_declaration_came_hides_nothing_that_is_changed_of_it(
    entries: list[JournalEntry], centre: object
) -> None:
    entry = chosen(entries)
    other = elsewhere(decision_of(entry), "ELSE-1", "UZ-GIS")
    take_in(POST, signed(replace(entry, subject="ELSE-1", body=body_of(other, centre))), ring=None, now=NOW)
    load(RunFiles("centre", "ab" * 32, other.decisions, other.orders, {}), other.items, by="system", now=NOW)
    assert audit().holds
    Declaration.objects.update(arrived_at=NOW, arrived_post="KG-OSH")
    assert [each.field for each in audit().differences] == ["arrived"]


def test_a_declaration_of_another_post_stays_as_it_is(entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    made = decision_of(entry)
    there = elsewhere(made, made.declaration_id, "UZ-GIS")
    load(RunFiles("centre", "ab" * 32, there.decisions, there.orders.clear(), {}), there.items, by="system", now=NOW)
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert f"it is declared for UZ-GIS, and not for {POST}" in dict(found.conflicts)[entry.subject]
    assert Declaration.objects.get(declaration_id=entry.subject).post == "UZ-GIS"
    assert not Order.objects.filter(declaration__declaration_id=entry.subject).exists()


def test_an_entry_that_speaks_of_another_declaration_than_its_goods_is_left_out(entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    found = take_in(POST, signed(*entries[:1], replace(entry, subject="KG-OTHER")), ring=RING, now=NOW)
    assert "not a decision on KG-OTHER, for its items are of" in dict(found.conflicts)["KG-OTHER"]
    assert not Declaration.objects.exists()


def test_what_is_no_decision_at_all_is_told_and_what_follows_comes_in(entries: list[JournalEntry]) -> None:
    broken = replace(entries[1], subject="KG-X", body={**(entries[1].body or {}), "items": "AAAA"})
    short = decision_of(entries[1])
    short = replace(short, decisions=short.decisions.drop("floors"))
    body = {**(entries[1].body or {}), "decisions": body_of(short, a_centre_bundle())["decisions"]}
    forged = signed(entries[0], broken, replace(entries[1], body=body), *entries[2:])
    found = take_in(POST, forged, ring=RING, now=NOW)
    assert found.entries == len(entries) + 1
    assert "not a decision" in dict(found.conflicts)["KG-X"]
    assert "its decisions have no floors" in dict(found.conflicts)[entries[1].subject]
    assert found.new == 7


def a_centre_bundle() -> object:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as place:
        return a_centre(Path(place)).opened().bundle


def as_green(made: PostDecision, **changes: pl.Series | pl.Expr) -> PostDecision:
    """A decision by which nothing is done."""
    nothing = (
        pl.lit(value=False).alias("selected"),
        pl.lit(None, pl.String).alias("basis"),
        pl.lit("green").alias("channel"),
    )
    decisions = made.decisions.with_columns(*nothing, **changes)
    return replace(made, decisions=decisions, orders=made.orders.clear())


def invented(made: PostDecision) -> PostDecision:
    """A decision by a fingerprint that was sought until nothing is chosen."""
    day = made.decisions.item(0, "key_day")
    marks = (secrets.token_hex(32) for _ in itertools.count())
    drawn = ((mark, permanent_random_number(RING.key(day), bytes.fromhex(mark))) for mark in marks)
    mark, u = next(each for each in drawn if each[1] >= made.decisions["probability"].max())  # type: ignore[operator]
    return as_green(made, fingerprint=pl.lit(mark), u=pl.lit(u))


def without_floors(made: PostDecision) -> PostDecision:
    """A decision by its true draw, of whose floors chance alone is left."""
    floors = [
        [{**each[-1], "kind": "random", "source": "random", "probability": 1e-9}] for each in made.decisions["floors"]
    ]
    told = pl.Series(floors, dtype=made.decisions.schema["floors"])
    return as_green(made, floors=told, probability=pl.lit(1e-9))


def not_ordered(made: PostDecision) -> PostDecision:
    """A decision that is true, of which nothing was ordered."""
    return replace(made, orders=made.orders.clear())


def chance_is_left(entries: list[JournalEntry]) -> JournalEntry:
    """A decision that chose something, though not surely: there are draws by which it would not have."""
    return next(
        entry
        for entry in entries
        if entry.kind is EntryKind.DECISION
        and (made := decision_of(entry)).orders.height
        and made.decisions["probability"].max() < 1  # type: ignore[operator]  # numbers
    )


@pytest.mark.parametrize(
    ("forge", "said"),
    [(invented, "draw"), (without_floors, "random random 1e-09 instead of"), (not_ordered, "not ordered")],
)
def test_what_a_machine_decided_is_decided_again_and_the_stricter_stands(
    entries: list[JournalEntry], centre: object, forge: object, said: str
) -> None:
    entry = chance_is_left(entries)
    true = decision_of(entry)
    at = entries.index(entry)
    forged = replace(entry, body=body_of(forge(true), centre))  # type: ignore[operator]
    found = take_in(POST, signed(*entries[:at], forged, *entries[at + 1 : 9]), ring=RING, now=NOW)
    told = dict(found.conflicts)[entry.subject]
    assert told.startswith("decided otherwise than by its bundle: ")
    assert said in told
    kept = {row.decision_id: row for row in Decision.objects.filter(declaration__declaration_id=entry.subject)}
    for row in true.decisions.iter_rows(named=True):
        stands = kept[row["decision_id"]]
        assert (stands.u, stands.fingerprint, stands.selected) == (row["u"], row["fingerprint"], row["selected"])
        assert stands.probability >= row["probability"]
    assert set(Order.objects.filter(declaration__declaration_id=entry.subject).values_list("order_id", flat=True)) == {
        f"{entry.subject}:{agency}:{act}" for agency, act in true.orders.select("agency", "act").iter_rows()
    }
    assert Declaration.objects.get(declaration_id=entry.subject).channel == true.channel
    assert [each.subject for each in found.conflicts] == [entry.subject]


def test_what_stands_instead_is_remembered_when_the_rest_comes_in(entries: list[JournalEntry], centre: object) -> None:
    entry = chance_is_left(entries)
    at = entries.index(entry)
    body = body_of(invented(decision_of(entry)), centre)
    again = replace(entry, body=body)
    record = signed(*entries[:at], again, *entries[at + 1 : 9], again)
    take_in(POST, record[:9], ring=RING, now=NOW)
    assert PostEntry.objects.filter(made__isnull=False).count() == 1
    before = state_of_office()["decisions"]
    found = take_in(POST, record, ring=RING, now=NOW)
    assert "draw" in dict(found.conflicts)[entry.subject]
    assert state_of_office()["decisions"] == before


def test_what_is_needed_to_decide_again_is_kept_and_the_journal_tells_the_floors(entries: list[JournalEntry]) -> None:
    found = take_in(POST, entries, ring=RING, now=NOW)
    assert (found.unchecked, found.conflicts) == (0, ())
    lines = PostEntry.objects.order_by("number").values_list("line", flat=True)
    assert read_record([line.encode() for line in lines]) == entries
    entry = chosen(entries)
    told = Entry.objects.get(kind="decision", subject=entry.subject).body or {}
    made = decision_of(entry)
    assert (told["what"], told["fingerprint"]) == ("returned", made.decisions.item(0, "fingerprint"))
    assert [(act["agency"], act["act"], act["selected"], act["probability"]) for act in told["acts"]] == [
        (agency, act, selected, repr(p))
        for agency, act, selected, p in made.decisions.select("agency", "act", "selected", "probability").iter_rows()
    ]
    assert all(act["floors"] for act in told["acts"])
    assert "again" not in told


def test_a_bundle_of_which_nothing_was_kept_is_told_and_so_is_a_key_that_was_not_given(
    entries: list[JournalEntry],
) -> None:
    PostBundle.objects.update(files=None)
    half = take_in(POST, entries[:5], ring=RING, now=NOW)
    rest = take_in(POST, entries, ring=None, now=NOW)
    assert (half.unchecked, rest.unchecked) == (4, 4)
    told = [(row.body or {}).get("again") for row in Entry.objects.filter(kind="decision").order_by("sequence")]
    assert "not decided again: of bundle 1 nothing was kept" in told
    assert "not decided again: the key was not given" in told


def test_an_honest_post_decides_nothing_otherwise_where_the_centre_knows_the_goods(entries: list[JournalEntry]) -> None:
    at_the_centre(chosen(entries))
    assert take_in(POST, entries, ring=RING, now=NOW).conflicts == ()


def test_what_was_decided_and_not_ordered_binds_all_the_same_and_the_audit_names_it(
    entries: list[JournalEntry], centre: object
) -> None:
    entry = chosen(entries)
    cleared = replace(entry, body={**(entry.body or {}), **body_of(not_ordered(decision_of(entry)), centre)})
    take_in(POST, signed(*(cleared if each is entry else each for each in entries if each.subject in {entry.subject, POST})), ring=None, now=NOW)  # fmt: skip
    assert not Order.objects.filter(declaration__declaration_id=entry.subject).exists()
    told = Entry.objects.filter(kind=EntryKind.DECISION.value, subject=entry.subject).latest("pk")
    assert (told.body or {})["binding"] is True
    assert any(entry.subject in str(each) for each in audit().differences)
