"""What posts decided is decided again by the bundles that they were given, bit by bit, with what the gate decided."""

import itertools
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.errors import PostError, SettingsError
from darvoza.flow.gate.records import plain_rows
from darvoza.flow.gate.state_file import read_state
from darvoza.flow.journal.export import entry_line
from darvoza.flow.post.bundle import unpack_state, without_keys
from darvoza.flow.post.deciding import PostDecision, acceptance, decide_at_post, decision_event, decision_of
from darvoza.flow.post.knowing import post_gate
from darvoza.flow.post.record import PostRecord, complete_lines, read_record
from darvoza.flow.selectivity.keys import KeyRing, key_file_text
from darvoza.office.api.services.keeping import keep_files
from darvoza.office.commands import replay as command
from darvoza.office.operations.models import PostBundle, PostEntry
from darvoza.office.operations.services.day_keys import commit_to
from darvoza.office.operations.services.post_entries import erase_entries
from darvoza.office.operations.services.replaying import replay_all
from darvoza.office.operations.services.returning import take_in
from office.operations.test_returned_forged import as_green, body_of, chance_is_left, invented, signed, without_floors
from office.operations.test_returning import a_bundle, a_record
from post_world import NOW, POST, PROFILE, RING, SIGNER, a_centre, at_the_post

pytestmark = pytest.mark.django_db
RINGS = {RING.commitment(): RING}


@pytest.fixture(autouse=True)
def _bundle(db: None) -> None:  # noqa: ARG001 - the database is there
    a_bundle(1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("post")


@pytest.fixture(scope="module")
def entries(place: Path) -> list[JournalEntry]:
    """The record of an honest post."""
    return read_record(complete_lines(a_record(place)))


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> object:
    return a_centre(tmp_path_factory.mktemp("bundle")).opened().bundle


def played(declaration_id: str | None = None) -> tuple[int, int, int, int]:
    found = replay_all(RINGS, declaration_id)
    return found.equal, found.different, found.gone, found.unkept


def test_what_a_post_decided_comes_out_the_same_again(entries: list[JournalEntry]) -> None:
    take_in(POST, entries, ring=RING, now=NOW)
    assert played() == (8, 0, 0, 0)
    assert played(entries[3].subject) == (1, 0, 0, 0)


def test_so_does_what_came_over_the_line_in_two_parts(entries: list[JournalEntry]) -> None:
    take_in(POST, entries[:4], ring=RING, now=NOW)
    take_in(POST, entries, ring=RING, now=NOW.replace(hour=NOW.hour + 1))
    assert played() == (8, 0, 0, 0)


def test_so_does_what_was_taken_in_by_an_earlier_version_or_without_the_key(entries: list[JournalEntry]) -> None:
    take_in(POST, entries, ring=None, now=NOW)
    PostEntry.objects.update(taken_at=None)
    assert played() == (8, 0, 0, 0)


def test_what_stands_instead_of_a_forged_decision_comes_out_the_same_again(
    entries: list[JournalEntry], centre: object
) -> None:
    entry = chance_is_left(entries)
    at = entries.index(entry)
    forged = replace(entry, body=body_of(invented(decision_of(entry)), centre))
    record = signed(*entries[:at], forged, *entries[at + 1 : 9])
    take_in(POST, record, ring=RING, now=NOW)
    assert PostEntry.objects.filter(made__isnull=False).count() == 1
    assert played() == (8, 0, 0, 0)


def test_a_decision_that_was_changed_where_it_is_kept_is_named(
    entries: list[JournalEntry], centre: object, place: Path, capsys: pytest.CaptureFixture[str], settings: object
) -> None:
    take_in(POST, entries, ring=RING, now=NOW)
    entry = chance_is_left(entries)
    other = replace(entry, body=body_of(invented(decision_of(entry)), centre))
    row = PostEntry.objects.get(number=entry.sequence)
    row.line = entry_line(other).decode()
    row.save()
    settings.GATE_FILE = place / "centre" / "gate.yaml"  # type: ignore[attr-defined]
    assert command.run(Namespace(key_file=[place / "centre" / "key.json"], declaration=entry.subject, home=None)) == 1
    said = capsys.readouterr().out
    assert said.startswith("1 decided again: 0 equal, 1 different")
    assert f"DIFFERENT: {entry.subject} post {POST}, entry {entry.sequence}, " in said
    assert ", fingerprint:\n" in said
    row.line = entry_line(entry).decode()
    row.made = [{**each, "u": 0.5} for each in plain_rows(decision_of(entry).decisions)]
    row.save()
    assert "u" in {each.field for each in replay_all(RINGS).differing or ()}


def test_what_was_erased_or_was_not_kept_is_counted_and_not_different(entries: list[JournalEntry]) -> None:
    take_in(POST, entries, ring=RING, now=NOW)
    erase_entries([entries[2].subject])
    equal, different, gone, unkept = played()
    # what was left of the capacity was shared out among all that was decided together
    assert (equal + gone, different, unkept) == (8, 0, 0)
    assert equal >= 1
    PostBundle.objects.update(files=None)
    assert played() == (0, 0, 1, 7)


@pytest.mark.parametrize("forge", [invented, without_floors, as_green])
def test_what_was_erased_hides_no_other_draw_and_no_other_floor(
    entries: list[JournalEntry], centre: object, forge: Callable[[PostDecision], PostDecision]
) -> None:
    take_in(POST, entries, ring=RING, now=NOW)
    entry = chance_is_left(entries)
    erase_entries([next(each.subject for each in entries[2:] if each.subject != entry.subject)])
    gone = replay_all(RINGS).gone
    other = replace(entry, body=body_of(forge(decision_of(entry)), centre))
    PostEntry.objects.filter(number=entry.sequence).update(line=entry_line(other).decode())
    found = replay_all(RINGS)
    assert (found.different, {each.declaration_id for each in found.differing or ()}) == (1, {entry.subject})
    assert gone - 1 <= found.gone <= gone


def test_nothing_is_decided_again_without_the_key_of_the_draw(
    entries: list[JournalEntry], place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: object
) -> None:
    take_in(POST, entries, ring=RING, now=NOW)
    other = KeyRing((("customs", bytes(range(1, 33))),))
    found = replay_all({other.commitment(): other})
    assert (found.equal, found.different, sum(found.unkeyed.values())) == (0, 0, 8)
    settings.GATE_FILE = place / "centre" / "gate.yaml"  # type: ignore[attr-defined]
    (tmp_path / "key.json").write_text(key_file_text(other), encoding="utf-8")
    assert command.run(Namespace(key_file=[tmp_path / "key.json"], declaration=None, home=None)) == 1
    assert "NO KEY: 8 of posts were not decided again: no key file has the key of KG-TOR on " in capsys.readouterr().out
    with pytest.raises(SettingsError, match="declaration: expected one that was lodged here"):
        replay_all(RINGS, "NOBODY")


def naming_no_key(entry: JournalEntry, centre: object) -> JournalEntry:
    """The same decision, which names a key that nobody has."""
    made = decision_of(entry)
    told = made.decisions.with_columns(commitment=pl.lit("00" * 32))
    return replace(entry, body=body_of(replace(made, decisions=told), centre))


def test_a_decision_that_names_a_key_nobody_has_is_different_and_the_others_are_decided_again(
    entries: list[JournalEntry], centre: object
) -> None:
    at = next(place for place, entry in enumerate(entries) if entry.kind is EntryKind.DECISION)
    take_in(POST, signed(*entries[:at], naming_no_key(entries[at], centre), *entries[at + 1 : 9]), ring=None, now=NOW)
    found = replay_all(RINGS)
    assert (found.equal, found.different, found.unkeyed) == (7, 1, {})
    assert {(each.declaration_id, each.field) for each in found.differing or ()} == {
        (entries[at].subject, "commitment")
    }
    assert played(entries[8].subject) == (1, 0, 0, 0)


def test_what_came_in_alone_and_names_a_key_nobody_has_is_counted_and_the_rest_goes_on(
    entries: list[JournalEntry], centre: object
) -> None:
    record = signed(*entries[:8], naming_no_key(entries[8], centre))
    take_in(POST, record[:8], ring=None, now=NOW)
    take_in(POST, record, ring=None, now=NOW.replace(hour=NOW.hour + 1))
    found = replay_all(RINGS)
    assert (found.equal, found.different, sum(found.unkeyed.values())) == (7, 0, 1)


def committed(entries: list[JournalEntry], ring: KeyRing) -> None:
    """The journal commits to the keys of the days on which decisions were drawn."""
    made = (decision_of(entry) for entry in entries if entry.kind is EntryKind.DECISION)
    days = sorted({day for each in made for day in each.decisions["key_day"]})
    early = NOW - timedelta(days=30)
    commit_to(ring, days[0], (days[-1] - days[0]).days + 1, now=early)


def test_another_key_than_the_journal_commits_to_is_refused_without_the_key(
    entries: list[JournalEntry], centre: object
) -> None:
    committed(entries, RING)
    record = signed(*entries[:8], naming_no_key(entries[8], centre))
    with pytest.raises(PostError, match=r"entry 9: expected the key of .* that the journal commits to"):
        take_in(POST, record, ring=None, now=NOW)
    assert PostEntry.objects.count() == 8
    assert played() == (7, 0, 0, 0)


def test_the_key_is_that_of_the_journal_whatever_was_taken_in_before(
    entries: list[JournalEntry], centre: object
) -> None:
    at = next(place for place, entry in enumerate(entries) if entry.kind is EntryKind.DECISION)
    take_in(POST, signed(*entries[:at], naming_no_key(entries[at], centre)), ring=None, now=NOW)
    committed(entries, RING)
    found = replay_all(RINGS)
    assert (found.equal, found.different, found.unkeyed) == (0, 1, {})


def test_a_bundle_is_read_once_for_all_that_was_decided_by_it(entries: list[JournalEntry]) -> None:
    with CaptureQueriesContext(connection) as asked:
        take_in(POST, entries, ring=None, now=NOW)
    assert sum("api_keptpart" in each["sql"] for each in asked) == 1
    assert sum("operations_postbundle" in each["sql"] for each in asked) == 3, (
        "the key of the post, days, whether it binds"
    )


def test_what_followed_from_goods_of_an_earlier_bundle_that_were_erased_is_not_different(tmp_path: Path) -> None:
    known = PROFILE.format(code="H", agency="customs", when="importer_items >= 1", act="physical", share=1.0, hs="8703")
    centre = a_centre(tmp_path / "centre")
    text = known.partition("cases:")[0] + "cases:\n  - {title: It matches, given: {importer_items: 1}, expect: match}\n"
    (tmp_path / "centre" / "profiles" / "H.yaml").write_text(text, encoding="utf-8")
    a_bundle(2)
    PostBundle.objects.update(files=keep_files(without_keys(centre.bundle())))
    items = at_the_post(4).with_columns(importer_id=pl.lit("IMP1"))
    names = items["declaration_id"].unique(maintain_order=True)
    salts = (number.to_bytes(16, "big") for number in itertools.count())
    with PostRecord(tmp_path / "record.ndjson", SIGNER) as kept:
        for serial, some in ((1, names[:1]), (2, names[1:])):
            opened = centre.opened(serial=serial)
            state = read_state(unpack_state(opened, tmp_path / str(serial)), opened.keys)
            kept.append([acceptance(opened.bundle, by="person 7", now=NOW)], lambda _: next(salts))
            gate = post_gate(state.policy, opened.draws(), kept.entries)
            goods = items.filter(pl.col("declaration_id").is_in(some.implode()))
            made = decide_at_post(gate, goods, kept.entries, bundle=opened.bundle, now=NOW)
            kept.append([decision_event(each, opened.bundle, now=NOW) for each in made], lambda _: next(salts))
        record = list(kept.entries)
    take_in(POST, record, ring=RING, now=NOW)
    assert played() == (4, 0, 0, 0)
    erase_entries([names[0]])
    equal, different, gone, _ = played()
    assert (equal + gone, different) == (4, 0)
