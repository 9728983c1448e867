"""The command line starts at once: it loads what a command needs, when the command runs."""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

HELP = [sys.executable, "-c", "import sys; sys.argv = ['darvoza', '--help']; from darvoza.cli.main import main; main()"]
LOADED = """
import sys
from pathlib import Path
from darvoza.cli.main import main
try:
    main(["--help"])
except SystemExit:
    pass
print("LOADED", *sorted({name.split(".")[0] for name in sys.modules} & {"polars", "lightgbm", "scipy", "numpy", "duckdb"}))
"""
BOUND = 1.0
"""CPU seconds allowed [s]; the aim is 0.5, the bound leaves room for a slow machine."""


def cpu_seconds(command: list[str]) -> float:
    """CPU time of one run of a command, its children counted."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_appears_within_its_budget() -> None:
    assert statistics.median(cpu_seconds(HELP) for _ in range(3)) < BOUND


def test_help_loads_no_heavy_library() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert loaded == []


LIVES = """
import sys
from pathlib import Path
from argparse import Namespace
from pathlib import Path
from darvoza.office.commands import serve
from darvoza.office.commands.starting import start
start(Namespace(home=Path(sys.argv[1])), tables=False)
from django.test import RequestFactory
answer = serve.Server({}).load().get_response(RequestFactory().get("/health/live", headers={"host": "localhost"}))
assert (answer.status_code, answer.content) == (200, b'{"live": true}'), answer
assert answer.headers["X-Content-Type-Options"] == "nosniff"
print("LOADED", *sorted({name.split(".")[0] for name in sys.modules} & {"polars", "lightgbm", "scipy", "numpy", "ninja", "lark"}))
"""


def test_a_server_says_that_it_lives_before_it_has_loaded_the_gate(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    clean |= {"DARVOZA_DEMO": "1", "DARVOZA_SECRET": "s" * 50}
    done = subprocess.run(
        [sys.executable, "-c", LIVES, str(tmp_path)], check=False, capture_output=True, text=True, env=clean
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.rpartition("LOADED")[2].split() == []
