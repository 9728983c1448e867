"""Of many who reach for one order at the same moment, one gets it; on both databases, in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from office.databases import Addresses

RACES = Path(__file__).parents[3] / "benchmarks" / "claim_races.py"


@pytest.mark.parametrize(("races", "threads"), [(2, 50), (60, 2)])
def test_every_race_has_one_winner(races: int, threads: int, databases: Addresses) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    clean["DARVOZA_DATABASE"] = next(databases)
    words = [sys.executable, str(RACES), "--races", str(races), "--threads", str(threads)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, env=clean)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["one_winner"], found["held"], found["entries"]) == (races, races, races)
    assert found["told"] == {"won": races, "refused: state": races * (threads - 1)}
    assert found["faults"] == 0
