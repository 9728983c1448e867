"""Results and runs are heard of in the order of their numbers, whenever they were kept: none is passed over, and a batch knows
by a number which.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from architecture.house import ROOT
from office.databases import Addresses, addresses_of


@pytest.fixture
def postgresql() -> Iterator[Addresses]:
    """Empty databases where two write at once; on SQLite nobody can."""
    yield from addresses_of("postgresql")


def played(program: str, home: Path, database: str) -> dict[str, Any]:
    """Run a program on an empty database."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    clean |= {
        "DARVOZA_DATABASE": database,
        "DARVOZA_DEMO": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
    }
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(program)), str(home)],
        capture_output=True, text=True, check=False, timeout=120, env=clean,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_a_result_that_is_kept_after_one_with_a_higher_number_is_heard_of(
    tmp_path: Path, postgresql: Addresses
) -> None:
    told = played("late_results.py", tmp_path / "office", next(postgresql))
    assert told["in order"]
    assert told["before"] == [], "B was heard of before A, whose number is lower"
    assert told["after"] == ["A", "B"]
    assert told["opened meanwhile"] == ["A", "B"], "what a batch knew is known to whoever opens the gate, and no more"
    assert told["at last"] == ["A", "B", "C", "D"]
    first, last = told["batches"][6], told["batches"][-1]
    assert told["batches"] == [0] * 6 + [first, first, last]
    assert 0 < first < last
    assert told["replayed"] == [9, 0]


def test_runs_that_are_taken_in_at_once_are_kept_one_after_another_and_heard_of_once(
    tmp_path: Path, postgresql: Addresses
) -> None:
    told = played("late_runs.py", tmp_path / "office", next(postgresql))
    assert told["waits"], "both were written at once"
    assert told["in order"]
    assert told["before"] == ["A", "B"], "who lodges is not held up by runs, and hears of none that is not kept"
    assert told["after"] == ["A", "B", "C", "R-1", "R-2"]
    assert told["at last"] == told["anew"] == ["A", "B", "C", "D", "R-1", "R-2", "R-3"]
    assert told["once"] == 4 + 3 * 2
    assert told["replayed"] == [4, 0]
