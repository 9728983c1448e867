"""Retries of many threads, and a receiver with whom everything goes wrong: a few each, on both databases.

`benchmarks/retries.py` and `benchmarks/told.py` play many.
"""

import json
import os
import subprocess
import sys
from typing import Any

from architecture.house import ROOT
from office.databases import Addresses


def played(script: str, *words: str, database: str) -> dict[str, Any]:
    """Run a script of the benchmarks on an empty database; give what it found."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    clean["DARVOZA_DATABASE"] = database
    command = [sys.executable, str(ROOT / "benchmarks" / script), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=clean)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_each_key_is_decided_once_however_often_it_is_sent(databases: Addresses) -> None:
    found = played("retries.py", "--retries", "640", "--keys", "16", "--threads", "8", database=next(databases))
    assert (found["sent"], found["told"]["decided"], found["odd"]) == (640, 16, 0)
    assert set(found["told"]) == {"decided", "answered again", "key-reused"}
    assert not any(found["beyond"].values())


def test_everything_is_told_in_order_whatever_goes_wrong(databases: Addresses) -> None:
    found = played("told.py", "--faults", "60", "--patience", "200", database=next(databases))
    assert found["faults"] == 60
    assert (found["lost"], found["undelivered"], found["out_of_order"]) == (0, 0, 0)
    assert found["workers_killed"] == found["played"].get("kill", 0) > 0
    assert found["dead_letters"] > 0
