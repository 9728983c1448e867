"""Commands and the doctor say in words why a database or a file cannot be used, and what to do; never a password."""

import errno
import json
import os
import subprocess
import sys
from dataclasses import asdict
from errno import EACCES
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError

from darvoza.cli import main
from darvoza.errors import SettingsError
from darvoza.office.commands.failures import in_words
from darvoza.office.environment import database_settings, read_environment
from darvoza.office.operations import queries
from darvoza.office.operations.backups import Backup
from darvoza.office.operations.photo_backups import file_digest
from darvoza.office.operations.probes import Finding, Health, together

REFUSED = 'connection failed: connection to server at "127.0.0.1", port 5499 failed: Connection refused'
MISSING = 'connection failed: FATAL:  database "nothere" does not exist'


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (REFUSED, "nothing answers there"),
        (MISSING, "no database of this name"),
        ('FATAL:  password authentication failed for user "d1"', "not let in"),
        ("could not translate host name", "no such host"),
        ("database or disk is full", "no room on its disk"),
        ("no such table: desk_photo", "tables are missing"),
        ("attempt to write a readonly database", "read only"),
        ("of a kind that nobody foresaw", "OperationalError"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_words(said: str, words: str) -> None:
    told = in_words(OperationalError(said))
    assert told is not None
    assert words in str(told)
    assert ": the database cannot be asked: " in str(told)


def test_a_fault_of_ours_is_seen_as_it_is() -> None:
    assert in_words(IntegrityError("UNIQUE constraint failed: registry_declaration.declaration_id")) is None
    assert in_words(DatabaseError("syntax error at or near")) is None
    assert in_words(ValueError("no number")) is None


def test_a_file_that_cannot_be_used_is_told_with_its_owner(tmp_path: Path) -> None:
    told = in_words(PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "gate.yaml")))
    assert told is not None
    assert f"{tmp_path} of " in str(told)
    assert ", mode 07" in str(told)


@pytest.mark.parametrize("words", [["doctor"], ["serve"], ["office", "migrate"]])
def test_a_command_ends_with_these_words_and_not_in_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OperationalError(REFUSED)

    name = f"darvoza.office.commands.{words[-1]}"
    __import__(name)
    monkeypatch.setattr(sys.modules[name], "run", refused)
    assert main.main(words) == main.EXIT_FAILED
    assert "nothing answers there" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://u:hush@h:54x32/office", "a PORT that is no number"),
        ("postgresql://u:hush@h:5432/", "no NAME of a database"),
        ("postgresql://u:hush@h", "no NAME of a database"),
        ("postgresql://u:hu#sh@h:5432/x", "PORT"),
        ("postgresql://[u:hush", "PORT"),
        ("mysql://u:hush@h/x", "of the kind mysql"),
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(address: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as told:
        database_settings(address, Path())
    assert "hu" not in str(told.value).replace("that is no number", "")


@pytest.mark.parametrize("name", ["secret", "metrics-token"])
def test_a_secret_of_another_user_is_told_with_file_owner_and_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).write_text("s" * 60)
    (tmp_path / name).chmod(0o600)

    def closed(path: Path, **_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", closed)
    with pytest.raises(SettingsError, match=f"{name} of .*, mode 0600") as told:
        read_environment({"DARVOZA_HOME": str(tmp_path)})
    assert "chown" in str(told.value)


def test_the_doctor_says_once_what_several_probes_found() -> None:
    def refused() -> Finding:
        raise OperationalError(MISSING)

    found = queries.looked(
        [("database", refused), ("journal", refused), ("disk", lambda: Finding("disk", Health.WELL, "x"))]
    )
    assert [each.probe for each in together(found)] == ["database, journal", "disk"]
    assert "no database of this name" in found[0].found


def test_the_doctor_names_each_fault_of_the_state_in_force(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "bad.yaml").write_text("code: A\n")
    (tmp_path / "gate.yaml").write_text("profiles: profiles\nkey_file: key.json\n")
    found = queries.whole_gate(tmp_path / "gate.yaml")
    assert len(found) > 5
    assert {(each.probe, each.health) for each in found} == {("gate", Health.FAILED)}
    assert all(each.found.startswith("bad.yaml: ") for each in found)
    assert not any("sub-exception" in each.found for each in found)
    assert all("a gate that is open goes on with the state it has" in each.remedy for each in found)


def test_the_doctor_tells_of_a_state_that_it_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gate.yaml").write_text("profiles: profiles\nkey_file: key.json\n")

    def locked(file: Path) -> None:
        raise PermissionError(EACCES, "Permission denied", str(file.parent / "profiles"))

    monkeypatch.setattr(queries, "read_state", locked)
    (found,) = queries.whole_gate(tmp_path / "gate.yaml")
    assert (found.health, "Permission denied" in found.found) == (Health.FAILED, True)


def restored(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run `darvoza office restore` in a process of its own, as after the loss of a machine."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    program = [sys.executable, "-m", "darvoza.cli.main", "office", "restore", *words]
    return subprocess.run(program, capture_output=True, text=True, check=False, timeout=120, env=clean)


def test_to_restore_nothing_or_what_is_no_database_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "office.sqlite3").write_bytes(b"no database" * 100)
    told = Backup(
        "0.1.0", "2026-03-01", "sqlite", "office.sqlite3", 1100, file_digest(broken / "office.sqlite3"), 0, ""
    )
    (broken / "manifest.json").write_text(json.dumps({"darvoza_backup": 3, **asdict(told)}))
    (tmp_path / "there").mkdir()
    for backup, home in (("nothing", "new"), ("broken", "new"), ("broken", "there")):
        done = restored([str(tmp_path / backup), "--home", str(tmp_path / home)])
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("darvoza: ")
    assert not (tmp_path / "new").exists()
    assert list((tmp_path / "there").iterdir()) == []
