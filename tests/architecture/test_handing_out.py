"""What a file of tests makes once is made once, however many workers share the tests."""

import os
import subprocess
import sys
from pathlib import Path

from architecture.house import ROOT
from handing_out import LONG_FIRST, TOGETHER

CONFTEST = "from conftest_of_the_house import pytest_xdist_make_scheduler\n"
FILE = """
from pathlib import Path
import pytest

@pytest.fixture(scope="module")
def made():
    with Path("made").open("a") as file:
        print(__name__, file=file)

@pytest.mark.parametrize("number", range(6))
def test_it(made, number):
    pass
"""


def test_a_file_goes_to_one_worker(tmp_path: Path) -> None:
    for name in ("test_first.py", "test_second.py", "test_third.py"):
        (tmp_path / name).write_text(FILE, encoding="utf-8")
    hook = (ROOT / "conftest.py").read_text(encoding="utf-8")
    (tmp_path / "conftest_of_the_house.py").write_text(hook, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-n", "2", "-p", "no:cacheprovider", "."]
    paths = os.pathsep.join([str(tmp_path), str(ROOT / "tests")])
    alone = {**os.environ, "PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=alone)
    assert "18 passed" in done.stdout, done.stdout + done.stderr
    assert sorted((tmp_path / "made").read_text(encoding="utf-8").split()) == [
        "test_first",
        "test_second",
        "test_third",
    ]


def test_what_is_handed_out_together_or_first_is_there() -> None:
    assert [name for name in TOGETHER if not (ROOT / name).exists()] == []
    groups = set(TOGETHER.values())
    assert [name for name in LONG_FIRST if name not in groups and not (ROOT / name).exists()] == []
