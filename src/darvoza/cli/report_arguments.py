"""Options of the report that is made again."""

from argparse import ArgumentParser
from pathlib import Path

from darvoza.cli.argument_types import count


def add_report(parser: ArgumentParser) -> None:
    """Add what making a report again needs."""
    parser.add_argument("run", type=Path, metavar="RUN", help="directory that `darvoza assess` wrote")
    words = "the goods of the run with the outcomes known now"
    parser.add_argument("--results", nargs="+", type=Path, required=True, metavar="FILE", help=words)
    words = "goods examined once more by somebody who did not know the first result"
    parser.add_argument("--second-look", nargs="+", type=Path, default=[], metavar="FILE", help=words)
    parser.add_argument("--mapping", type=Path, required=True, help="which column is which field (YAML)")
    parser.add_argument("--workers", type=count, default=2, help="threads; the output does not depend on it")
    parser.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")
