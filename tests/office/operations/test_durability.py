"""What was acknowledged is there: after kills, after a restore, after an upgrade that was cut off."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from darvoza.errors import BackupError
from darvoza.office.operations.backups import Backup, put_back, read_backup
from darvoza.office.operations.thinning import MANIFEST
from office.databases import Addresses

HARNESS = Path(__file__).with_name("harness.py")


def run(*words: object, database: str = "", under: Sequence[str] = ()) -> dict[str, Any]:
    """Run the harness in a process of its own, under another program where one is named; give what it found."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    clean["DARVOZA_DATABASE"] = database
    done = subprocess.run(
        [*under, sys.executable, str(HARNESS), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=clean,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_no_acknowledged_entry_is_lost_when_writers_are_killed(tmp_path: Path, databases: Addresses) -> None:
    found = run("kills", tmp_path, 10, 7, database=next(databases))
    assert found["acknowledged"] > 50, "the writers wrote too little for this to tell anything"
    assert found["entries"] >= found["acknowledged"]
    assert (found["kills"], found["lost"], found["faults"]) == (20, 0, 0)


def test_a_backup_made_under_writes_is_restored_verified_and_goes_on(tmp_path: Path, databases: Addresses) -> None:
    home, out, elsewhere, before = tmp_path / "home", tmp_path / "backup", tmp_path / "elsewhere", tmp_path / "before"
    made = run("drill", home, out, database=next(databases))
    assert made["during"] > 0, "nobody wrote while the backup was made"
    assert made["code"] == 0
    before.write_text(json.dumps(made["before"]))
    found = run("restored", elsewhere, out, before, database=next(databases))
    assert (found["lost"], found["faults"]) == (0, 0)
    assert found["entries"] >= len(made["before"]) + 2  # the restoration is written down, and the office goes on
    assert [path.name for path in elsewhere.iterdir() if path.stat().st_mode & 0o077] == []
    assert (elsewhere / "secret").exists()
    assert set(made["photos"].values()) <= set(found["photos"])
    copy = next(path for path in out.iterdir() if path.is_file() and path.name != MANIFEST)
    copy.write_bytes(copy.read_bytes()[:-1] + b"!")
    with pytest.raises(BackupError, match="take an older backup"):
        read_backup(out)


def test_an_office_is_never_restored_over_another(tmp_path: Path) -> None:
    (tmp_path / "office.sqlite3").touch()
    made = Backup("0.1.0", "", "sqlite", "office.sqlite3", 0, "", 0, "")
    with pytest.raises(BackupError, match="an office without a database"):
        put_back(tmp_path, made, tmp_path)
    with pytest.raises(BackupError, match="an office on oracle"):
        put_back(tmp_path, replace(made, vendor="oracle"), tmp_path)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"darvoza_backup": 2}', '{"darvoza_backup": 3}', '{"darvoza_backup": 1, "version": "x"}']
)
def test_what_is_no_backup_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(BackupError, match="darvoza office backup"):
        read_backup(tmp_path)


def test_an_upgrade_that_is_killed_at_any_step_needs_no_hand(tmp_path: Path, databases: Addresses) -> None:
    found = run("upgrades", tmp_path, 4, database=next(databases))
    assert found["killed"] >= 3
    assert (found["as_before"], found["faults"], found["entries"]) == (found["killed"], 0, 5)
    assert found["copied"] == 0, "the copy before it, of an office that has no tables yet of its operations"


# ── below the database ───────────────────────────────────────────────────────────────────────────────────────────────

CALLS = "trace=fdatasync,fsync,pwrite64,write"
KEPT, WRITTEN = re.compile(r" f(?:data)?sync\("), re.compile(r" pwrite64\(")
SAID = re.compile(r' write\(\d+, "\d+ [0-9a-f]{20}')


@pytest.fixture
def strace(tmp_path: Path) -> str:
    """The program that shows, and spoils, what a process asks of the system."""
    program = shutil.which("strace")
    tried = program and subprocess.run([program, "-o", tmp_path / "tried", "true"], capture_output=True, check=False)
    if program is None or not tried or tried.returncode:
        pytest.skip("strace is not there, or may not be used: what is below the database is not looked at")
    return program


def traced(strace: str, home: Path, log: Path) -> list[str]:
    """What five acknowledged entries ask of the system."""
    assert run("acknowledge", home, 5, under=[strace, "-f", "--seccomp-bpf", "-e", CALLS, "-o", str(log)]) == {
        "failed": ""
    }
    return log.read_text(encoding="utf-8", errors="replace").splitlines()


def test_nothing_is_acknowledged_before_it_is_on_the_disk_and_an_error_of_the_disk_is_never_a_yes(
    tmp_path: Path, strace: str
) -> None:
    calls = traced(strace, tmp_path / "sound", tmp_path / "log")
    said = [place for place, call in enumerate(calls) if SAID.search(call)]
    assert len(said) == 5
    for before, place in zip([0, *said], said, strict=False):
        between = calls[before:place]
        written = [number for number, call in enumerate(between) if WRITTEN.search(call)]
        kept = [number for number, call in enumerate(between) if KEPT.search(call)]
        assert written, "an entry that was not written"
        assert kept[-1] > written[-1], "acknowledged while it was on its way"

    third = sum(bool(re.search(r" fdatasync\(", call)) for call in calls[: said[2]])
    spoiled = [
        strace,
        "-f",
        "--seccomp-bpf",
        "-e",
        f"inject=fdatasync:error=EIO:when={third + 1}+",
        "-o",
        str(tmp_path / "spoiled"),
    ]
    home = tmp_path / "broken"
    found = run("acknowledge", home, 5, under=spoiled)
    assert "disk I/O error" in found["failed"]
    assert (found["ready"], found["page"]) == (503, 200)
    said_of = [line.split()[1] for line in (home / "said").read_text().splitlines()]
    assert 1 <= len(said_of) < 5
    with closing(sqlite3.connect(home / "office.sqlite3")) as database:
        kept_of = database.execute("SELECT head, previous FROM journal_entry ORDER BY sequence").fetchall()
    assert [head for head, _ in kept_of][: len(said_of)] == said_of
    assert all(previous == before for (before, _), (_, previous) in pairwise(kept_of))
