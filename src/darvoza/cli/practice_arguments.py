"""Words of the command line for the practice world: make one, let its officers work, show everything at once."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from pathlib import Path

from darvoza.cli.argument_types import count, day
from darvoza.cli.paper_arguments import moment

Add = Callable[[str, str, str], ArgumentParser]


def add_simulate(add: Add) -> None:
    """Add ``simulate``, ``play`` and ``demo``."""
    world = add("simulate", "Write a practice world with planted offences and known truth.", "simulate")
    world.add_argument("--months", type=count, default=12, help="months of trade")
    world.add_argument("--per-month", type=count, default=4000, help="declarations a month")
    world.add_argument("--start", type=day, default=date(2026, 1, 1), help="first day")
    world.add_argument("--seed", type=int, default=7, help="seed of the world")
    world.add_argument("--health", action="store_true", help="with outbreaks, and what health services see of lots")
    until(world, "files as they stand at this moment: nothing lodged or known later; without it, everything")
    world.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")
    play = add("play", "Let officers of a practice world carry out what a run selected.", "play")
    play.add_argument("directory", type=Path, metavar="RUN", help="directory that `darvoza assess` wrote")
    play.add_argument("--world", type=Path, required=True, help="directory that `darvoza simulate` wrote")
    play.add_argument(
        "--miss", type=float, default=0.15, help="chance that an average offence is overlooked, in [0, 1)"
    )
    play.add_argument("--seed", type=int, default=7, help="seed of the officers")
    words = "results that are there already (CSV), as of `sps play`: those acts are not carried out again"
    play.add_argument("--done", nargs="+", type=Path, default=[], metavar="FILE", help=words)
    play.add_argument("--out", type=Path, required=True, help="file of results to write (CSV), must not exist")
    demo = add("demo", "Simulate a year, learn, assess, verify, and show a report.", "demo")
    demo.add_argument("--out", type=Path, default=Path("demo"), help="directory to write, replaced if it is a demo")
    demo.add_argument("--workers", type=count, default=2, help="threads")
    until(demo, "the moment at which the practice year ends; now by default")


def until(parser: ArgumentParser, words: str) -> None:
    """Add the moment at which something ends."""
    parser.add_argument("--until", type=moment, metavar="MOMENT", help=words)
