"""A result is heard of in the order of its number, whenever it was kept: none is passed over, and a batch knows by a number which."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.house import ROOT
from office.databases import Addresses, addresses_of

PROGRAM = Path(__file__).with_name("late_results.py")


@pytest.fixture
def postgresql() -> Iterator[Addresses]:
    """Empty databases where two write at once; on SQLite nobody can."""
    yield from addresses_of("postgresql")


def test_a_result_that_is_kept_after_one_with_a_higher_number_is_heard_of(
    tmp_path: Path, postgresql: Addresses
) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    clean |= {
        "DARVOZA_DATABASE": next(postgresql),
        "DARVOZA_DEMO": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
    }
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path / "office")],
        capture_output=True, text=True, check=False, timeout=120, env=clean,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["in order"]
    assert told["before"] == [], "B was heard of before A, whose number is lower"
    assert told["after"] == ["A", "B"]
    assert told["opened meanwhile"] == ["A", "B"], "what a batch knew is known to whoever opens the gate, and no more"
    assert told["at last"] == ["A", "B", "C", "D"]
    first, last = told["batches"][6], told["batches"][-1]
    assert told["batches"] == [0] * 6 + [first, first, last]
    assert 0 < first < last
    assert told["replayed"] == [9, 0]
