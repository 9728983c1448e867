"""What was acknowledged is there: after kills, after a restore, after an upgrade that was cut off."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from darvoza.errors import BackupError
from darvoza.office.operations.backups import MANIFEST, Backup, put_back, read_backup
from sql_tables import absent

HARNESS = Path(__file__).with_name("harness.py")


Addresses = Iterator[str]


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[Addresses]:
    """Addresses of empty databases, as many as are asked for; of SQLite, which stands in the home, the empty address."""
    if request.param == "sqlite":
        yield repeat("")
        return
    told = os.environ.get("DARVOZA_TEST_POSTGRES")
    if told is None:
        absent("PostgreSQL", KeyError("DARVOZA_TEST_POSTGRES"))
    where = conninfo_to_dict(str(told))
    made: list[str] = []
    with psycopg.connect(**where, autocommit=True) as server:  # type: ignore[arg-type]

        def fresh() -> Addresses:
            while True:
                made.append(f"durability_{os.getpid()}_{len(made)}")
                server.execute(SQL("CREATE DATABASE {}").format(Identifier(made[-1])))
                yield f"postgresql://{where['user']}@{where['host']}:{where['port']}/{made[-1]}"

        yield fresh()
        for name in made:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def run(*words: object, database: str = "") -> dict[str, Any]:
    """Run the harness in a process of its own; give what it found."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    clean["DARVOZA_DATABASE"] = database
    done = subprocess.run(
        [sys.executable, str(HARNESS), *map(str, words)],
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
    before.write_text(json.dumps(made["before"]))
    found = run("restored", elsewhere, out, before, database=next(databases))
    assert (found["lost"], found["faults"]) == (0, 0)
    assert found["entries"] >= len(made["before"]) + 2  # the restoration is written down, and the office goes on
    assert [path.name for path in elsewhere.iterdir() if path.stat().st_mode & 0o077] == []
    assert (elsewhere / "secret").exists()
    copy = next(path for path in out.iterdir() if path.name != MANIFEST)
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


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"darvoza_backup": 2}', '{"darvoza_backup": 1, "version": "x"}'])
def test_what_is_no_backup_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(BackupError, match="darvoza office backup"):
        read_backup(tmp_path)


def test_an_upgrade_that_is_killed_at_any_step_needs_no_hand(tmp_path: Path, databases: Addresses) -> None:
    found = run("upgrades", tmp_path, 4, database=next(databases))
    assert found["killed"] >= 3
    assert (found["as_before"], found["faults"], found["entries"]) == (found["killed"], 0, 5)
