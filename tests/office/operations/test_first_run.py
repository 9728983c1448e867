"""The first run of an office, and the one after its secret was lost, as a stranger gives them."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = "from darvoza.cli.main import main; import sys; sys.exit(main())"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def first_run(home: Path) -> tuple[int, str]:
    """Run it in a process of its own; give how it ended and what it said."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    words = [sys.executable, "-c", BEGIN, "office", "first-run", "--home", str(home)]
    done = subprocess.run(words, env=clean, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_first_administrator_stands_in_the_journal_and_a_lost_secret_is_made_anew(home: Path) -> None:
    code, said = first_run(home)
    assert (code, "password" in said) == (0, True)
    with sqlite3.connect(home / "office.sqlite3") as office:
        [(kind, actor, subject, body)] = office.execute("SELECT kind, actor, subject, body FROM journal_entry")
    told = {"what": "entered", "roles": ["administrator"], "agency": "", "post": ""}
    assert (kind, actor, subject, json.loads(body)) == ("account-change", "system", "administrator", told)
    before = (home / "secret").read_text(encoding="utf-8")
    code, said = first_run(home)
    assert (code, "expected an office without people" in said) == (2, True)
    (home / "secret").unlink()
    code, said = first_run(home)
    assert (code, "made anew" in said, "everybody signs in again" in said) == (0, True, True)
    assert "password  " not in said
    assert (home / "secret").read_text(encoding="utf-8") != before
    with sqlite3.connect(home / "office.sqlite3") as office:
        assert office.execute("SELECT count(*) FROM accounts_person").fetchone() == (1,)
