"""A disk that forgets: it keeps what was synchronised, and nothing else."""

import os
import random
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from benchmarks.journal_mutations import a_journal

from darvoza.cli.main import main
from darvoza.cli.post_home import replace_file
from darvoza.domain.journal import EntryKind, JournalEvent
from darvoza.flow.post.record import PostRecord
from darvoza.office.desk.photo_files import place_of, store
from forgetful.kept import PAGE, ROOT, Disk, Node
from forgetful.mounting import ForgetfulDisk, NotPossible
from post_world import SIGNER

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ME = (os.geteuid(), os.getegid())


def a_file(disk: Disk, name: str, data: bytes = b"") -> Node:
    """Make a file with something in it."""
    node = disk.make(disk.nodes[ROOT], name, stat.S_IFREG | 0o600, ME)
    disk.write(node, 0, data)
    return node


def after_a_cut(disk: Disk) -> dict[str, bytes]:
    """Give what is there when the power is back: the bytes of each file by its name."""
    again = Disk(disk.place)
    return {
        name: again.read(node, 0, node.size)
        for name in again.nodes[ROOT].names
        for node in [again.find(again.nodes[ROOT], name)]
    }


def test_bytes_are_kept_when_the_file_was_synchronised_and_names_when_the_directory_was(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "kept")
    both, bytes_only, name_only = a_file(disk, "both", b"1" * 9000), a_file(disk, "bytes", b"2"), a_file(disk, "name")
    disk.keep(both)
    disk.keep(bytes_only)
    disk.keep_names(ROOT)
    disk.write(name_only, 0, b"late")
    later = a_file(disk, "later", b"3")
    disk.keep(later)
    assert disk.read(name_only, 0, 9) == b"late"
    assert after_a_cut(disk) == {"both": b"1" * 9000, "bytes": b"2", "name": b""}


def test_what_was_cut_off_does_not_come_back_as_bytes_of_a_longer_file(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "kept")
    node = a_file(disk, "a", b"x" * (2 * PAGE + 5))
    disk.keep_all()
    disk.resize(node, 10)
    disk.resize(node, PAGE + 1)
    assert disk.read(node, 0, 2 * PAGE) == b"x" * 10 + bytes(PAGE - 9)
    assert after_a_cut(disk) == {"a": b"x" * (2 * PAGE + 5)}
    disk.keep(node)
    assert after_a_cut(disk) == {"a": b"x" * 10 + bytes(PAGE - 9)}


def test_a_file_that_was_moved_is_under_one_name_and_never_under_none(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "kept")
    root = disk.nodes[ROOT]
    old, new = a_file(disk, "old", b"old"), a_file(disk, "new", b"new")
    disk.keep_all()
    below = disk.make(root, "below", stat.S_IFDIR | 0o700, ME)
    disk.change(((ROOT, "old", None), (below.number, "old", old.number)))
    disk.change(((ROOT, "new", None), (ROOT, "name", new.number)))
    assert after_a_cut(disk) == {"old": b"old", "new": b"new"}
    disk.keep_names(below.number)
    again = Disk(disk.place)
    assert set(again.nodes[ROOT].names) == {"below", "new"}
    assert set(again.find(again.nodes[ROOT], "below").names) == {"old"}


@pytest.mark.parametrize("seed", range(20))
def test_files_are_what_a_plain_file_would_be(tmp_path: Path, seed: int) -> None:
    rng, disk = random.Random(seed), Disk(tmp_path / "kept")
    node, plain, kept = a_file(disk, "a"), bytearray(), b""
    disk.keep_names(ROOT)
    for _ in range(200):
        place = rng.randrange(4 * PAGE)
        match rng.randrange(4):
            case 0:
                disk.resize(node, place)
                plain[place:] = b""
                plain.extend(bytes(place - len(plain)))
            case 1:
                disk.keep(node)
                kept = bytes(plain)
            case _:
                data = rng.randbytes(rng.choice((1, 100, PAGE, 2 * PAGE)))
                disk.write(node, place, data)
                plain.extend(bytes(max(place + len(data) - len(plain), 0)))
                plain[place : place + len(data)] = data
        first, count = rng.randrange(5 * PAGE), rng.randrange(5 * PAGE)
        assert disk.read(node, first, count) == bytes(plain[first : first + count])
        assert node.size == len(plain)
    assert after_a_cut(disk) == {"a": kept}


def test_a_torn_cut_leaves_some_pages_and_not_others(tmp_path: Path) -> None:
    found = set()
    for seed in range(30):
        disk = Disk(tmp_path / str(seed))
        node = a_file(disk, "a", b"k" * 4 * PAGE)
        disk.keep_all()
        disk.write(node, 0, b"w" * 4 * PAGE)
        a_file(disk, "b")
        disk.tear(random.Random(seed))
        there = after_a_cut(disk)
        found.add((there["a"][::PAGE], "b" in there))
        assert len(there["a"]) == 4 * PAGE
    assert len({pages for pages, _ in found}) > 5
    assert {named for _, named in found} == {True, False}


# ── mounted ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def power(tmp_path: Path) -> Iterator[ForgetfulDisk]:
    """A disk that forgets, mounted."""
    try:
        disk = ForgetfulDisk(tmp_path)
    except NotPossible as problem:
        pytest.skip(f"a disk that forgets cannot be mounted here, so no power was cut: {problem}")
    with disk:
        yield disk


@pytest.mark.parametrize(("level", "kept"), [("FULL", 40), ("NORMAL", 0), ("OFF", 0)])
def test_a_database_keeps_what_it_was_told_to_keep(power: ForgetfulDisk, level: str, kept: int) -> None:
    database = sqlite3.connect(power.mount / "d.sqlite3")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute(f"PRAGMA synchronous={level}")
    database.execute("CREATE TABLE t (x)")
    power.keep_all()
    for number in range(40):
        database.execute("INSERT INTO t VALUES (?)", (number,))
        database.commit()
    power.cut()
    with suppress(sqlite3.Error):
        database.close()
    power.power_on()
    with closing(sqlite3.connect(power.mount / "d.sqlite3")) as again:
        assert again.execute("SELECT count(*) FROM t").fetchone() == (kept,)
        assert again.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def appended(path: Path, count: int) -> int:
    """Write entries into the record of a post; give how many it has answered for."""
    with PostRecord(path, SIGNER) as record:
        for number in range(count):
            record.append([JournalEvent(EntryKind.DECISION, "post", f"D-{number}", NOW, {"n": number})], os.urandom)
        return len(record.entries)


def test_the_record_of_a_post_has_everything_that_was_answered_for(power: ForgetfulDisk) -> None:
    path = power.mount / "record.ndjson"
    for cut in range(12):
        assert appended(path, 3) == 3 * (cut + 1)
        with path.open("ab") as file:
            file.write(b'{"cut": "off' * 1000)
        power.cut(cut or None)
        power.power_on()
    assert appended(path, 0) == 36


def test_a_record_whose_maker_died_at_once_is_kept_by_who_goes_on(power: ForgetfulDisk) -> None:
    path = power.mount / "record.ndjson"
    path.touch()
    assert appended(path, 1) == 1
    power.cut()
    power.power_on()
    assert appended(path, 0) == 1


def test_a_file_that_was_put_in_place_of_another_is_the_new_one(power: ForgetfulDisk) -> None:
    path = power.mount / "bundle.zip"
    replace_file(path, b"old")
    replace_file(path, b"new")
    power.cut()
    power.power_on()
    assert path.read_bytes() == b"new"


def test_a_photo_that_was_stored_is_there(power: ForgetfulDisk) -> None:
    root = power.mount / "photos"
    stored = store(root, [b"\xff\xd8\xff" + bytes(5000)], most=10_000)
    power.cut()
    power.power_on()
    assert place_of(root, stored.digest, stored.kind).stat().st_size == stored.size == 5003


def test_a_head_that_was_printed_is_in_its_file(power: ForgetfulDisk, tmp_path: Path) -> None:
    (tmp_path / "journal.ndjson").write_bytes(b"".join(a_journal(3, random.Random(1)).lines()))
    keys = ["--out", str(tmp_path / "journal.key"), "--public", str(tmp_path / "journal.pub")]
    assert main(["journal", "key", "--name", "customs.example/journal", *keys]) == 0
    heads = power.mount / "heads.txt"
    words = ["--signing-key", keys[1], "--heads", str(heads), "--day", "2026-03-01"]
    assert main(["journal", "head", str(tmp_path / "journal.ndjson"), *words]) == 0
    written = heads.read_text()
    power.cut()
    power.power_on()
    assert heads.read_text() == written
