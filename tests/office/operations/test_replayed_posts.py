"""What posts decided is decided again by the bundles that they were given, bit by bit, with what the gate decided."""

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import pytest

from darvoza.domain.journal import JournalEntry
from darvoza.errors import SettingsError
from darvoza.flow.gate.records import plain_rows
from darvoza.flow.journal.export import entry_line
from darvoza.flow.post.deciding import decision_of
from darvoza.flow.post.record import complete_lines, read_record
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.office.commands import replay as command
from darvoza.office.operations.models import PostBundle, PostEntry
from darvoza.office.operations.services.post_entries import erase_entries
from darvoza.office.operations.services.replaying import replay_all
from darvoza.office.operations.services.returning import take_in
from office.operations.test_returned_forged import body_of, chance_is_left, invented, signed
from office.operations.test_returning import a_bundle, a_record
from post_world import NOW, POST, RING, a_centre

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


def test_nothing_is_decided_again_without_the_key_of_the_draw(entries: list[JournalEntry]) -> None:
    take_in(POST, entries, ring=RING, now=NOW)
    other = KeyRing((("customs", bytes(range(1, 33))),))
    with pytest.raises(SettingsError, match="expected the key with which KG-TOR drew"):
        replay_all({other.commitment(): other})
    with pytest.raises(SettingsError, match="declaration: expected one that was lodged here"):
        replay_all(RINGS, "NOBODY")
