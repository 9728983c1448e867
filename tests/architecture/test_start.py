"""The command line starts at once: it loads what a command needs, when the command runs."""

import resource
import statistics
import subprocess
import sys

HELP = [sys.executable, "-c", "import sys; sys.argv = ['darvoza', '--help']; from darvoza.cli.main import main; main()"]
LOADED = """
import sys
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
