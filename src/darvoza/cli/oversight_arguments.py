"""Options of the commands that watch over selection."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

from darvoza.cli.argument_types import count

Add = Callable[[str, str, str], ArgumentParser]


def add_drift(add: Add) -> None:
    """Add ``drift``; `add` makes a command out of its name, its words and its module."""
    words = "Tell whether the score still says what is true, by the results of the random floor; exit code 1 if not."
    parser = add("drift", words, "drift")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="directories that `darvoza assess` wrote")
    words = "the same goods, with their outcomes"
    parser.add_argument("--results", nargs="+", type=Path, required=True, metavar="FILE", help=words)
    parser.add_argument("--mapping", type=Path, required=True, help="which column is which field (YAML)")
    words = "false alarms a year that are accepted, over all charts together"
    parser.add_argument("--false-alarms", type=_number, default=0.5, metavar="N", help=words)
    words = "the change looked for: odds of a finding so many times those stated"
    parser.add_argument("--odds-ratio", type=_number, default=2.0, metavar="R", help=words)
    parser.add_argument("--workers", type=count, default=2, help="threads; the output does not depend on it")
    parser.add_argument("--out", type=Path, help="directory for page, table and JSON, must not exist")


def _number(text: str) -> float:
    """Read a number; whether it can be used is said where it is used."""
    try:
        return float(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"expected a number such as 0.5, got {text!r}") from problem
