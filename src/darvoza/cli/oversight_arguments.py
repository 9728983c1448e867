"""Options of the commands that watch over selection."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

from darvoza.cli.argument_types import count, purses, share

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


def add_frontier(add: Add) -> None:
    """Add ``frontier``; `add` makes a command out of its name, its words and its module."""
    words = "Draw what share of the harm is detected for each share examined."
    parser = add("frontier", words, "frontier")
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="directories that `darvoza assess` wrote")
    parser.add_argument(
        "--results", nargs="+", type=Path, required=True, metavar="FILE", help="the same goods, examined"
    )
    parser.add_argument("--mapping", type=Path, required=True, help="which column is which field (YAML)")
    parser.add_argument("--dial", type=float, default=0.1, help="0 rank and cut … inf pure chance")
    words = "parts of severity, harm, money and probability in what the floors leave"
    parser.add_argument("--purses", type=purses, default=(0.10, 0.90, 0.0, 0.0), metavar="S,H,M,P", help=words)
    parser.add_argument("--random", type=share, default=0.01, help="the random floor ε under every declaration")
    words = "examinations that one more examiner does in a day"
    parser.add_argument("--examiner", type=float, default=4.0, metavar="N", help=words)
    parser.add_argument("--workers", type=count, default=2, help="threads; the output does not depend on it")
    parser.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")


def _number(text: str) -> float:
    """Read a number; whether it can be used is said where it is used."""
    try:
        return float(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"expected a number such as 0.5, got {text!r}") from problem
