"""Where there is no office, no command makes a half of one: it says what is missing, and how an office is made."""

import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from darvoza.cli.arguments import build_parser
from darvoza.cli.main import main
from office.databases import Addresses

MAKERS = {"first-run", "demo", "migrate", "restore"}
WITHOUT = {"words"}
WORKING = {
    "backup": "--out b",
    "bundle": "--post KG-TOR --until 2100-01-01 --sealed-for K --signed-by K --signing-key k --out b",
    "client": "broker",
    "enter": "asel --name Asel --role analyst",
    "expire": "",
    "figures": "",
    "journal": "--out j",
    "keys": "--key-file k --commit 1",
    "load": "run --declarations d.csv --mapping m.yaml",
    "profiles": "--out p",
    "reconcile": "record.ndjson --post KG-TOR --without-key",
    "audit": "",
    "replay": "",
    "report": "run",
    "reset": "oraz",
    "subscriptions": "",
    "take-over": "",
}

PROGRAM = """
import contextlib, io, json, sys
from darvoza.cli.main import main
told = []
for words in json.loads(sys.argv[1]):
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        code = main(words)
    told.append([words, code, said.getvalue()])
print(json.dumps(told))
"""


def run(commands: list[list[str]], **variables: str) -> list[Any]:
    """Run commands one after the other in a process of its own; give the words, the code and the errors of each."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    program = [sys.executable, "-c", PROGRAM, json.dumps(commands)]
    done = subprocess.run(program, env={**clean, **variables}, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told: list[Any] = json.loads(done.stdout)
    return told


def test_an_upgrade_that_found_no_office_says_so_and_a_second_one_does_not(tmp_path: Path) -> None:
    """A home that was named wrongly got empty tables, of which it was said that they are up to date."""
    program = [sys.executable, "-m", "darvoza.cli.main", "office", "migrate", "--home", str(tmp_path / "hoem")]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    said = [subprocess.run(program, env=clean, check=True, capture_output=True, text=True).stdout for _ in range(2)]
    assert said[0].startswith(f"tables were made, for there were none: {tmp_path / 'hoem'}; ")
    assert said[1] == f"tables are up to date: {tmp_path / 'hoem'}\n"


def test_every_command_of_the_office_is_known_here() -> None:
    door = EntryPoint("office", "darvoza.office.commands:add_commands", "darvoza.commands")
    [top] = [each for each in build_parser([door])._actions if each.choices]
    [inner] = [each for each in top.choices["office"]._actions if each.choices]  # type: ignore[index]
    assert set(inner.choices) == {*MAKERS, *WITHOUT, *WORKING}


@pytest.mark.parametrize("made", [True, False])
def test_a_directory_without_an_office_is_told_and_stays_as_it_is(tmp_path: Path, made: bool) -> None:
    home = tmp_path / "home"
    if made:
        home.mkdir()
    commands = [["office", name, *words.split(), "--home", str(home)] for name, words in WORKING.items()]
    commands.append(["serve", "--home", str(home)])
    for words, code, said in run(commands, DARVOZA_SECRET="s" * 50):
        assert code == 2, words
        assert said.startswith(f"darvoza: {home}: expected an office, got 'no office.sqlite3'"), words
        assert f"darvoza office first-run --home {home}" in said, words
        assert said.count("\n") == 1, words
    assert list(tmp_path.rglob("*")) == ([home] if made else [])


def test_a_database_without_tables_is_told_once_and_first_run_makes_them(databases: Addresses, tmp_path: Path) -> None:
    home, address = tmp_path / "home", next(databases)
    home.mkdir()
    (home / "office.sqlite3").touch()
    figures = ["office", "figures", "--home", str(home)]
    told = run([figures, ["office", "first-run", "--home", str(home)], figures], DARVOZA_DATABASE=address)
    assert [code for _, code, _ in told] == [2, 0, 0], told
    expected = "expected a database of an office" if address else "expected an office, got 'office.sqlite3 without its"
    assert expected in told[0][2]
    assert told[0][2].count("\n") == 1
    assert "darvoza office first-run" in told[0][2]


def test_a_database_that_cannot_be_asked_is_told_without_its_password(tmp_path: Path) -> None:
    address = "postgresql://gate:geheim@127.0.0.1:1/office"
    [(_, code, said)] = run([["office", "figures", "--home", str(tmp_path)]], DARVOZA_DATABASE=address)
    assert code == 2
    assert said.startswith("darvoza: DARVOZA_DATABASE: the database cannot be asked: ")
    assert said.count("\n") == 1
    assert "geheim" not in said


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "office.sqlite3").write_text("something else" * 100, encoding="utf-8")
    [(_, code, said)] = run([["office", "figures", "--home", str(tmp_path)]])
    assert (code, said.count("\n")) == (2, 1)
    assert f"{tmp_path / 'office.sqlite3'}: the database cannot be asked" in said


def test_a_demo_marks_nothing_of_an_office_whose_database_stands_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DARVOZA_DATABASE", "postgresql://nobody@127.0.0.1:1/office")
    words = ["office", "demo", str(tmp_path / "run"), "--declarations", "x.csv", "--mapping", "m.yaml"]
    assert main([*words, "--home", str(tmp_path / "home")]) == 2
    assert "no database for a demo but its own" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()
