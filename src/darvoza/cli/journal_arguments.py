"""Options of the commands on the journal."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from darvoza.cli.argument_types import count, day

Add = Callable[[str, str, str], ArgumentParser]


def add_journal(add: Add) -> None:
    """Add the commands; `add` makes a command out of its name, its words and its module."""
    words = (
        "Check an exported journal, a proof, or heads alone: the first entry that is wrong, and what is wrong with it."
    )
    verify = add("verify", words, "journal_verify")
    what = verify.add_mutually_exclusive_group()
    what.add_argument("journal", nargs="?", type=Path, metavar="JOURNAL", help="exported journal (NDJSON)")
    what.add_argument("--proof", type=Path, metavar="FILE", help="a proof, in place of a journal")
    verify.add_argument("--heads", nargs="+", type=Path, default=[], metavar="FILE", help="heads: published, and kept")
    verify.add_argument("--key", nargs="+", type=Path, default=[], metavar="FILE", help="public keys of who signs them")

    key = add("key", "Make the key that heads of the journal are signed with.", "journal_key")
    key.add_argument("--name", required=True, help="name of the journal, such as customs.example/journal")
    key.add_argument("--out", type=Path, required=True, metavar="FILE", help="private key to write, must not exist")
    key.add_argument("--public", type=Path, required=True, metavar="FILE", help="public key to write, must not exist")

    head = add("head", "Sign what the journal is on a day, if it holds, and add it to the heads.", "journal_head")
    head.add_argument("journal", type=Path, metavar="JOURNAL", help="exported journal (NDJSON)")
    head.add_argument("--signing-key", type=Path, required=True, metavar="FILE", help="private key of the journal")
    head.add_argument("--day", type=day, required=True, help="day of the head")
    head.add_argument("--heads", type=Path, required=True, metavar="FILE", help="heads signed so far; made if new")

    prove = add("prove", "Prove that an entry stands in the journal, or that it only grew.", "journal_prove")
    prove.add_argument("journal", type=Path, metavar="JOURNAL", help="exported journal (NDJSON)")
    what = prove.add_mutually_exclusive_group(required=True)
    what.add_argument("--sequence", type=count, metavar="N", help="number of the entry that stands in it")
    what.add_argument("--since", type=count, metavar="SIZE", help="number of entries in the older head")
    prove.add_argument("--size", type=count, help="number of entries in the signed head; the whole journal otherwise")
    prove.add_argument("--body", action="store_true", help="with --sequence: show the body of the entry, too")
