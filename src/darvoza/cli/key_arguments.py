"""Arguments of the commands that make and keep the key of the draw."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from darvoza.cli.argument_types import day

Add = Callable[[str, str, str], ArgumentParser]


def add_key(command: Add) -> None:
    """Add the commands of the key."""
    new = command("new", "Make a key of one share per agency and print its commitment.", "key_new")
    new.add_argument("--agency", action="append", required=True, help="holder of a share; give two or more")
    new.add_argument("--out", type=Path, required=True, help="file to write, must not exist")
    new.add_argument("--after", type=Path, metavar="FILE", help="the key in whose place it comes; it keeps its days")
    new.add_argument("--from", dest="start", type=day, metavar="DAY", help="its first day, with --after; one to come")
    share = command("share", "Write the share of one agency apart, for it to keep sealed.", "key_share")
    share.add_argument("--key-file", type=Path, required=True, help="the key shares")
    share.add_argument("--agency", required=True, help="whose share")
    share.add_argument("--out", type=Path, required=True, help="file to write, must not exist")
    join = command("join", "Put a lost key together again from the shares of its agencies.", "key_join")
    join.add_argument("shares", nargs="+", type=Path, metavar="SHARE", help="the share of each agency")
    join.add_argument("--commitment", required=True, help="the commitment of the key, as it was published")
    join.add_argument("--out", type=Path, required=True, help="file to write, must not exist")
    reveal = command("reveal", "Write the keys of days that are over, and of no other day.", "key_reveal")
    reveal.add_argument("--key-file", type=Path, required=True, help="the key shares")
    reveal.add_argument("--from", dest="start", type=day, required=True, metavar="DAY", help="first day")
    reveal.add_argument("--to", dest="end", type=day, required=True, metavar="DAY", help="last day")
    reveal.add_argument("--out", type=Path, required=True, help="file to write, must not exist")
