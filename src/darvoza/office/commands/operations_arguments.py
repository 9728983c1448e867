"""Options of the commands that keep an office running."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

from darvoza.typed_days import day

Add = Callable[[str, str, str], ArgumentParser]


def add_worker(add: Add) -> None:
    """Add ``darvoza worker``; `add` makes a command out of its name, its words and its module."""
    words = "Send events, look again at what is open, sign heads, put reference data in force: beside `serve`, all the time."
    worker = add("worker", words, "worker")
    worker.add_argument("--once", action="store_true", help="do one round and end; for a timer, and to try it")
    words = "seconds to wait after a round in which nothing was to be done; 1 without it"
    worker.add_argument("--interval", type=_seconds, default=1.0, metavar="SECONDS", help=words)


def _seconds(text: str) -> float:
    """Read how long to wait."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise ArgumentTypeError(f"expected 0.1 to 3600 seconds, got {text!r}")
    return seconds


def add_doctor(add: Add) -> None:
    """Add ``darvoza doctor``; `add` as above."""
    words = (
        "Look at an office: database, journal, keys, disk, clock, worker, settings; say what is wrong and what to do."
    )
    doctor = add("doctor", words, "doctor")
    doctor.add_argument("--journal", action="store_true", help="recompute the whole journal, not only its end")


def add_subscriptions(add: Add) -> None:
    """Add ``darvoza office subscriptions``."""
    words = "List where events are sent, with what waits and what is dead; or end one."
    subscriptions = add("subscriptions", words, "subscriptions")
    subscriptions.add_argument("--end", type=int, metavar="NUMBER", help="send nothing more to this one")


def add_reset(parser: ArgumentParser) -> None:
    """Add what is to be said of somebody who is let in again; a lock is lifted in any case."""
    parser.add_argument("username", metavar="USERNAME", help="whose account")
    words = "give a new password, printed once, to be changed at the next sign-in; sessions end"
    parser.add_argument("--password", action="store_true", help=words)
    words = "take the second factor away, with its recovery codes; sessions end"
    parser.add_argument("--second-factor", action="store_true", help=words)


def add_operations(add: Add) -> None:
    """Add the commands below ``darvoza office``."""
    _add_copies(add)
    reconcile = add("reconcile", "Take in what a post did without a line.", "reconcile")
    reconcile.add_argument("record", type=Path, metavar="RECORD", help="record.ndjson of the post")
    reconcile.add_argument("--post", required=True, metavar="CODE", help="code of the post")
    key = reconcile.add_mutually_exclusive_group(required=True)
    key.add_argument("--key-file", type=Path, help="key of the draw: what the post decided is decided again")
    key.add_argument(
        "--without-key", action="store_true", help="take its decisions as they are written; the journal says so of each"
    )
    expire = add("expire", "Say what is past its time, and delete it.", "expire")
    expire.add_argument("--now", action="store_true", help="delete it; without this it is only counted")
    expire.add_argument("--before", type=day, metavar="DAY", help="count the periods back from this day")
    expire.add_argument("--rules", type=Path, metavar="FILE", help="periods of your law (YAML); else those proposed")
    _keys(add("keys", "Commit to the keys of days to come, and reveal those of days that are over.", "keys"))
    bundle = add("bundle", "Make the next bundle of a post that decides without a line.", "bundle")
    bundle.add_argument("--post", required=True, metavar="CODE", help="code of the post")
    bundle.add_argument("--from", dest="start", type=day, metavar="DAY", help="first day; today without it")
    bundle.add_argument("--until", dest="end", type=day, required=True, metavar="DAY", help="last day")
    bundle.add_argument("--sealed-for", required=True, metavar="KEY", help="public key by which the post opens it")
    bundle.add_argument("--signed-by", required=True, metavar="KEY", help="public key by which the post signs")
    bundle.add_argument("--signing-key", type=Path, required=True, metavar="FILE", help="private key of the centre")
    bundle.add_argument(
        "--state", type=Path, metavar="FILE", help="the state in force; gate.yaml of the home without it"
    )
    bundle.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write, must not exist")
    add(
        "audit",
        "Hold the register against the journal: decisions, orders, goods, results, photos, lists; fail if any differs.",
        "audit",
    )
    _take_over(add("take-over", "Say what would be ordered if silent posts took over now; nothing is.", "take_over"))
    replay = add("replay", "Make decisions of the past again out of what was kept; fail if any differs.", "replay")
    replay.add_argument("--declaration", metavar="REFERENCE", help="only this one; all without it")
    words = "a key of the draw that was in use; may be given more than once; without it, that of the state in force"
    replay.add_argument("--key-file", type=Path, action="append", default=[], metavar="FILE", help=words)


def _add_copies(add: Add) -> None:
    """Add the commands that write the office or its journal out, or an office in."""
    backup = add("backup", "Copy the office as it is at one moment, while it works.", "backup")
    backup.add_argument("--out", type=Path, required=True, metavar="DIR", help="directory to make")
    words = "before it, thin out those beside it that are named by their moment: all of a day, one an hour of a week, a day of a month"
    backup.add_argument("--keep", action="store_true", help=words)
    restore = add("restore", "Make an office out of a backup, check its journal, let it go on.", "restore")
    restore.add_argument("backup", type=Path, metavar="BACKUP", help="directory that `darvoza office backup` wrote")
    journal = add("journal", "Write the journal out, an entry a line, to be checked elsewhere.", "journal")
    journal.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write, must not exist")
    words = "leave out the first N entries, which an export that you have holds; its lines go behind those"
    journal.add_argument("--since", type=int, default=0, metavar="N", help=words)


def _take_over(parser: ArgumentParser) -> None:
    """Add which posts would take over."""
    words = "a silent post; may be given more than once; without it, every silent post"
    parser.add_argument("--post", action="append", default=[], metavar="CODE", help=words)


def _keys(parser: ArgumentParser) -> None:
    """Add what is to be said of the keys of days."""
    parser.add_argument("--key-file", type=Path, required=True, help="key of the draw")
    parser.add_argument("--commit", type=int, metavar="DAYS", help="days from tomorrow to commit to")
    words = "put them in the place of what days to come were committed to with a key before, for this reason"
    parser.add_argument("--replace", metavar="REASON", help=words)
    parser.add_argument("--reveal", action="store_true", help="reveal the keys of days that are over")
