"""Options of the commands that go over a run again: its draws, or all of it."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from darvoza.cli.argument_types import count

Add = Callable[[str, str, str], ArgumentParser]


def add_again(add: Add) -> None:
    """Add the commands; `add` makes a command out of its name, its words and its module."""
    verify = add("verify", "Recompute every draw and say how many agree.", "verify")
    _run(verify)
    verify.add_argument("--key-file", type=Path, required=True, help="revealed key shares, or revealed keys of days")
    words = "the commitment to the key that was published before the draws; the run must be made with that key"
    verify.add_argument("--commitment", metavar="HEX", help=words)
    rerun = add("rerun", "Decide a run again with what was kept of it, and compare it bit by bit.", "rerun")
    _run(rerun)
    rerun.add_argument("--key-file", type=Path, help="key shares; those beside a run for practice without it")
    words = "where to look, by digest, for declarations and earlier runs; may be given more than once"
    rerun.add_argument("--look", type=Path, action="append", default=[], metavar="DIR", help=words)
    rerun.add_argument("--workers", type=count, default=2, help="threads; the output does not depend on it")


def _run(parser: ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIR", help="directory that `assess` wrote")
