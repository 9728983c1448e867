"""Options of the commands of posts without a line."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from darvoza.cli.argument_types import count, day

Add = Callable[[str, str, str], ArgumentParser]


def add_post(add: Add) -> None:
    """Add the commands; `add` makes a command out of its name, its words and its module."""
    new = add("new", "Make a post that can decide without a line: its directory and its keys.", "post_new")
    new.add_argument("--post", required=True, metavar="CODE", help="code of the post")
    new.add_argument("--trust", type=Path, required=True, metavar="FILE", help="public key of the centre")
    _home(new)

    bundle = add("bundle", "Make, at the centre, what a post needs to decide without a line.", "post_bundle")
    bundle.add_argument("--state", type=Path, required=True, metavar="FILE", help="the state in force")
    bundle.add_argument("--post", required=True, metavar="CODE", help="code of the post")
    bundle.add_argument("--serial", type=count, required=True, help="one more than that of its last bundle")
    bundle.add_argument("--from", dest="start", type=day, required=True, metavar="DAY", help="first day")
    bundle.add_argument("--until", dest="end", type=day, required=True, metavar="DAY", help="last day")
    bundle.add_argument("--sealed-for", required=True, metavar="KEY", help="public key by which the post opens it")
    bundle.add_argument("--signed-by", required=True, metavar="KEY", help="public key by which the post signs")
    bundle.add_argument("--signing-key", type=Path, required=True, metavar="FILE", help="private key of the centre")
    bundle.add_argument("--previous", nargs="+", type=Path, default=[], metavar="RUN", help="runs of the last 30 days")
    bundle.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write, must not exist")

    accept = add("accept", "Take a bundle that came to the post.", "post_accept")
    accept.add_argument("bundle", type=Path, metavar="BUNDLE", help="file that the centre made")
    accept.add_argument("--by", default="post", metavar="WHO", help="number of who takes it")
    _home(accept)

    decide = add("decide", "Decide declarations at a post without a line, and write it down.", "post_decide")
    decide.add_argument("files", nargs="+", type=Path, metavar="FILE", help="declarations")
    decide.add_argument("--mapping", type=Path, required=True, help="which column is which field (YAML)")
    decide.add_argument("--language", choices=("en", "ru"), default="en", help="language of what is to be done")
    decide.add_argument("--workers", type=count, default=2, help="threads")
    _home(decide)

    record = add("record", "Write down what was found at a post without a line.", "post_record")
    record.add_argument("results", type=Path, metavar="FILE", help="results (YAML)")
    _home(record)

    _home(add("status", "Say what a post without a line holds, and whether it may decide now.", "post_status"))


def _home(parser: ArgumentParser) -> None:
    parser.add_argument("--home", type=Path, required=True, metavar="DIR", help="directory of the post")
