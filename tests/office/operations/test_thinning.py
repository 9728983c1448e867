"""Copies are thinned out by their age, and a copy that fails leaves nothing behind."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from darvoza.domain.journal import EntryKind
from darvoza.errors import BackupError
from darvoza.office.journal.queries import ending, has_entry
from darvoza.office.journal.services import record_alone
from darvoza.office.operations.backups import Backup, back_up, read_backup
from darvoza.office.operations.thinning import MANIFEST, Copy, past, thin_out

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


OURS = (7, "ab" * 32)
"""An entry of the journal of this office."""


def ours(number: int, head: str) -> bool:
    return (number, head) == OURS


def a_copy(place: Path, at: datetime, *, name: str = "", size: int = 4, end: tuple[int, str] = OURS) -> Path:
    """A copy as the timer makes it."""
    made = place / (name or at.strftime("%Y-%m-%dT%H%M%S"))
    made.mkdir(parents=True)
    (made / "office.sqlite3").write_bytes(b"rows")
    told = {"darvoza_backup": 2, "made_at": at.isoformat(), "file": "office.sqlite3", "size": size,
            "entries": end[0], "head": end[1]}  # fmt: skip
    (made / MANIFEST).write_text(json.dumps(told))
    return made


def every_five_minutes(days: int) -> Iterator[Copy]:
    """Copies of so many days, as the timer makes them."""
    for number in range(days * 288):
        at = NOW - number * timedelta(minutes=5)
        yield Copy(Path(at.isoformat()), at, whole=True)


def test_a_timer_of_five_minutes_keeps_hundreds_of_copies_and_not_thousands() -> None:
    copies = list(every_five_minutes(60))
    gone = {copy.place for copy in past(copies, NOW)}
    kept = [copy.at for copy in copies if copy.place not in gone]
    assert len(kept) < 470
    assert sum(NOW - at <= timedelta(days=1) for at in kept) == 289
    week = [at for at in kept if timedelta(days=1) < NOW - at <= timedelta(days=7)]
    assert 143 <= len(week) <= 145
    month = [at for at in kept if NOW - at > timedelta(days=7)]
    assert len({at.date() for at in month}) == len(month) >= 22
    assert min(kept) > NOW - timedelta(days=30)


def test_what_is_kept_does_not_depend_on_how_often_copies_were_thinned_out() -> None:
    kept: list[Copy] = []
    for number in range(40 * 24):  # one an hour, thinned out each time
        at = NOW - timedelta(days=40) + timedelta(hours=number)
        gone = past(kept, at)
        kept = [copy for copy in kept if copy not in gone] + [Copy(Path(str(number)), at, whole=True)]
    ages = sorted(NOW - copy.at for copy in kept)
    assert len(ages) == pytest.approx(24 + 144 + 23, abs=2)
    assert max(after - before for before, after in pairwise(ages)) <= timedelta(hours=25)


def test_the_newest_whole_copy_stays_however_old_it_is(tmp_path: Path) -> None:
    oldest = a_copy(tmp_path, NOW - timedelta(days=90))
    newest_whole = a_copy(tmp_path, NOW - timedelta(days=60))
    cut_off = a_copy(tmp_path, NOW - timedelta(days=50), size=5)
    assert thin_out(tmp_path, NOW, ours) == 2
    assert (oldest.exists(), newest_whole.exists(), cut_off.exists()) == (False, True, False)


def test_only_what_a_timer_named_is_deleted(tmp_path: Path) -> None:
    a_copy(tmp_path, NOW)
    named = a_copy(tmp_path, NOW - timedelta(days=90), name="before-upgrade")
    (tmp_path / "2020-01-01T0000").mkdir()
    (tmp_path / ".2020-01-01T0000.part").mkdir()
    (tmp_path / ".2020-01-01T0000.part" / "office.sqlite3").write_bytes(b"half")
    (tmp_path / ".2026-03-31T1200.part").mkdir()
    long_ago = (NOW - timedelta(days=9)).timestamp()
    for path in (tmp_path / ".2020-01-01T0000.part" / "office.sqlite3", tmp_path / ".2020-01-01T0000.part"):
        os.utime(path, (long_ago, long_ago))
    os.utime(tmp_path / ".2026-03-31T1200.part", (NOW.timestamp(), NOW.timestamp()))
    assert thin_out(tmp_path, NOW, ours) == 0
    assert named.exists()
    assert (tmp_path / "2020-01-01T0000").exists()
    assert [path.name for path in tmp_path.glob(".*")] == [".2026-03-31T1200.part"], "that one is being written"


def test_copies_of_another_office_in_the_same_directory_are_left(tmp_path: Path) -> None:
    a_copy(tmp_path, NOW)
    mine = a_copy(tmp_path, NOW - timedelta(days=90))
    other = [a_copy(tmp_path, NOW - timedelta(days=days), end=(7, "cd" * 32)) for days in (91, 92)]
    assert thin_out(tmp_path, NOW, ours) == 1
    assert [each.exists() for each in (mine, *other)] == [False, True, True]


@pytest.mark.django_db
def test_an_office_knows_its_own_journal() -> None:
    assert not has_entry(0, "")
    record_alone(EntryKind.SETTINGS_CHANGE, "office", {"what": "tried"}, by="oraz", now=NOW)
    end, _ = ending()
    assert has_entry(end.number, end.head)
    assert not has_entry(end.number, OURS[1])
    assert not has_entry(end.number + 1, end.head)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (OSError(28, "No space left on device"), "no room on its disk"),
        (sqlite3.OperationalError("database or disk is full"), "no room on its disk"),
        (BackupError(field="copy", expected="a whole database", got="torn"), "a whole database"),
        (PermissionError(13, "Permission denied"), "may not be opened"),
    ],
)
def test_a_copy_that_fails_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception, words: str
) -> None:
    def fail(part: Path) -> tuple[int, str]:
        (part / "office.sqlite3").write_bytes(b"half")
        raise problem

    monkeypatch.setattr("darvoza.office.operations.backups._copy_sqlite", fail)
    monkeypatch.setattr("darvoza.office.operations.backups._copy_postgresql", fail)
    with pytest.raises(BackupError, match=words):
        back_up(tmp_path / "out", tmp_path / "home", tmp_path / "photos", NOW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"row", "got '?3 bytes: it is cut off"),
        (b"rowz", "got '?4 bytes: it is changed"),
        (b"rowsrows", "8 bytes: it is changed"),
    ],
)
def test_a_copy_that_is_not_as_it_was_made_is_told_how(tmp_path: Path, content: bytes, said: str) -> None:
    made = Backup("1", NOW.isoformat(), "sqlite", "office.sqlite3", 4, hashlib.sha256(b"rows").hexdigest(), 0, "")
    (tmp_path / MANIFEST).write_text(json.dumps({"darvoza_backup": 3, **asdict(made)}))
    (tmp_path / "office.sqlite3").write_bytes(content)
    with pytest.raises(BackupError, match=f"expected 4 bytes as they were copied.*{said}"):
        read_backup(tmp_path)
