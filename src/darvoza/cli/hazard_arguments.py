"""Options of the commands on hazards: what results say of goods, practice, and how well control works."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from darvoza.cli.argument_types import day, share

Add = Callable[[str, str, str], ArgumentParser]


def add_hazards(add: Add) -> None:
    """Add the commands; `add` makes a command out of its name, its words and its module."""
    _learn(add("hazards", "Learn from results and alerts how likely goods carry a hazard.", "sps_hazards"))
    _tell(add("hazard", "Tell the hazard score of goods, with its reasons.", "sps_hazard"))
    _evaluate(add("evaluate", "Tell how well the control of animals, plants and food works.", "sps_evaluate"))
    _quota(add("quota", "Tell what is owed of an annual minimum, and the floor that brings it.", "sps_quota"))
    _play(add("play", "Carry out what a run selected in its practice world.", "sps_play"))


def add_hazards_of_run(parser: ArgumentParser) -> None:
    """Add the hazards that a run reads."""
    words = "what `sps hazards` wrote: the score asks for more examinations of what is likelier to carry a hazard"
    parser.add_argument("--hazards", type=Path, metavar="DIR", help=words)


def _learn(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="results of the health services (CSV)")
    words = "measures, of which alerts count as evidence: a file (YAML) or a directory; may be given more than once"
    parser.add_argument("--measures", type=Path, action="append", default=[], metavar="PATH", help=words)
    parser.add_argument("--day", type=day, required=True, help="nothing known on this day or later is looked at")
    parser.add_argument(
        "--half-life", type=float, default=365.0, metavar="DAYS", help="after which a result counts half"
    )
    parser.add_argument("--strength", type=float, default=20.0, help="results that the wider cell is worth")
    parser.add_argument("--share", type=share, default=0.05, help="average share that the score may ask to examine")
    parser.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")


def _tell(parser: ArgumentParser) -> None:
    parser.add_argument("hs", metavar="HS", help="commodity code, 4 to 10 digits")
    parser.add_argument("origin", metavar="ORIGIN", help="country of origin")
    parser.add_argument("--establishment", help="approval number")
    parser.add_argument("--in", dest="directory", type=Path, required=True, help="what `sps hazards` wrote")
    parser.add_argument("--language", choices=("en", "ru"), default="en", help="language of the reasons")


def _play(parser: ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="RUN", help="a run of `assess`")
    parser.add_argument("--world", type=Path, required=True, help="what `simulate --health` wrote")
    parser.add_argument("--level", type=float, default=0.05, help="infested share that samples are to find")
    parser.add_argument("--confidence", type=float, default=0.95, help="chance to find it")
    parser.add_argument("--miss", type=float, default=0.15, help="chance that an infested package is overlooked")
    parser.add_argument("--seed", type=int, default=7, help="seed of samples and officers")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="results to write, must not exist")


def _evaluate(parser: ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="runs of `assess`")
    words = "results of what they selected (CSV); may be given more than once"
    parser.add_argument("--results", type=Path, action="append", required=True, metavar="FILE", help=words)
    words = "what `sps hazards` wrote before these runs: then hit rates are told by tenths of the score"
    parser.add_argument("--hazards", type=Path, metavar="DIR", help=words)
    parser.add_argument("--plans", type=Path, metavar="FILE", help="sampling plans of the runs (YAML)")
    parser.add_argument("--out", type=Path, required=True, help="directory to write, must not exist")


def _quota(parser: ArgumentParser) -> None:
    parser.add_argument("--share", type=share, required=True, help="least share of the year, such as 0.15")
    parser.add_argument("--arrived", type=int, required=True, metavar="N", help="consignments of the year so far")
    parser.add_argument("--taken", type=int, required=True, metavar="N", help="how many of them were examined")
    parser.add_argument(
        "--expected", type=int, required=True, metavar="N", help="consignments still expected this year"
    )
