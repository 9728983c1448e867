"""Options of the commands on samples and plans; what a number must be is said by the method that takes it."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path

from darvoza.cli.argument_types import day
from darvoza.cli.hazard_arguments import add_hazards

Add = Callable[[str, str, str], ArgumentParser]
DISTRIBUTIONS = ("hypergeometric", "binomial", "poisson", "beta-binomial")
PLANS = ("csp-1", "csp-2", "csp-3", "step-down", "skip-lot")
LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")


def add_sampling(add: Add) -> None:
    """Add the commands; `add` makes a command out of its name, its words and its module."""
    _sample_size(add("sample-size", "Tell how many units to examine, why, and what that finds.", "sps_sample_size"))
    _plan(add("plan", "Tell what a plan that remembers examines and lets through.", "sps_plan"))
    _acceptance(add("acceptance", "Show what a plan by attributes accepts, or find one.", "sps_acceptance"))
    _packages(add("packages", "Draw package numbers that an auditor can recompute.", "sps_packages"))
    words = "Tell how many increments are taken of a lot, and how it is divided."
    _increments(add("increments", words, "sps_increments"))
    add_hazards(add)


def _sample_size(parser: ArgumentParser) -> None:
    parser.add_argument("--lot-size", type=_whole, metavar="N", help="units in the lot; without it the lot is endless")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--level", type=_number, help="share of marked units to be found, such as 0.01")
    asked.add_argument("--size", type=_whole, metavar="n", help="tell instead what a sample of so many units finds")
    parser.add_argument("--confidence", type=_number, default=0.95, help="chance to find it")
    parser.add_argument("--sensitivity", type=_number, default=1.0, help="chance that a marked unit is recognised")
    parser.add_argument("--convention", choices=("table", "exact"), default="table", help="how sensitivity counts")
    parser.add_argument("--acceptance", type=_whole, default=0, metavar="c", help="marked units that are tolerated")
    parser.add_argument("--distribution", choices=DISTRIBUTIONS, help="hypergeometric with --lot-size, else binomial")
    together = parser.add_mutually_exclusive_group()
    together.add_argument("--rho", type=_number, help="correlation of units of one box; beta-binomial")
    together.add_argument("--clustering", type=_number, metavar="THETA", help="θ of the beta-binomial; 0 for none")
    parser.add_argument("--units-per-box", type=_whole, metavar="m", help="units taken from each box; beta-binomial")
    parser.add_argument("--language", choices=("en", "ru"), default="en", help="language of the words")


def _plan(parser: ArgumentParser) -> None:
    parser.add_argument("--plan", choices=PLANS, default="csp-1", help="the kind of plan")
    parser.add_argument("--named", metavar="CODE", help="a published plan of the sampling rules, in place of a kind")
    parser.add_argument("--p", type=_number, required=True, help="share of consignments that are marked")
    parser.add_argument("--i", type=_whole, help="passes in a row that end the census; CSP")
    parser.add_argument("--f", type=_number, help="fraction examined after that; CSP")
    parser.add_argument(
        "--k", type=_whole, help="examined units for which a failure is remembered; CSP-2, CSP-3; i otherwise"
    )
    parser.add_argument("--fractions", type=_numbers, help="of a ladder, such as 1,0.25,0.05")
    parser.add_argument("--clearances", type=_wholes, help="passes in a row for each step of a ladder, such as 5,20")
    parser.add_argument("--quick", type=_whole, help="passes that bring back the rung a skip-lot plan fell from")
    parser.add_argument("--sensitivity", type=_number, default=1.0, help="chance that a marked unit is recognised")
    parser.add_argument("--units", type=_whole, default=1_000_000, help="consignments to simulate")
    parser.add_argument("--seed", type=_whole, default=7, help="seed of the simulation")
    parser.add_argument("--rules", type=Path, help="sampling rules (YAML); the shipped ones otherwise")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write the curves to a file, must not exist")


def _acceptance(parser: ArgumentParser) -> None:
    parser.add_argument("--n", type=_whole, help="units in the sample")
    parser.add_argument("--c", type=_whole, help="most marked units with which a lot is accepted")
    parser.add_argument("--lot-size", type=_whole, metavar="N", help="units in each lot; for outgoing quality")
    parser.add_argument(
        "--aql", type=_number, help="acceptable quality limit, %%: the plan of the table for --lot-size"
    )
    parser.add_argument("--inspection-level", choices=LEVELS, default="II", help="of the table")
    parser.add_argument("--tightened", action="store_true", help="the plan after rejections")
    points = ("P1", "A1", "P2", "A2")
    words = "find the plan that accepts level P1 with at least A1, and level P2 with at most A2"
    parser.add_argument("--find", type=_number, nargs=4, metavar=points, help=words)
    parser.add_argument("--sensitivity", type=_number, default=1.0, help="chance that a marked unit is recognised")
    parser.add_argument("--rules", type=Path, help="sampling rules (YAML); the shipped ones otherwise")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write the curve to a file, must not exist")


def _packages(parser: ArgumentParser) -> None:
    parser.add_argument("--key-file", type=Path, required=True, help="key shares, as `darvoza key new` wrote them")
    parser.add_argument("--day", type=day, required=True, help="day of the draw, such as 2026-03-01")
    parser.add_argument("--consignment", type=_text, required=True, help="what names the consignment")
    parser.add_argument("--lot", type=_text, default="1", help="what names the lot in it")
    parser.add_argument("--packages", type=_whole, required=True, metavar="N", help="packages in the lot")
    parser.add_argument("--size", type=_whole, metavar="n", help="packages to open; by a rule otherwise")
    parser.add_argument("--rule", default="identity", help="rule of the sampling rules that says how many")
    parser.add_argument("--rules", type=Path, help="sampling rules (YAML); the shipped ones otherwise")


def _increments(parser: ArgumentParser) -> None:
    parser.add_argument("part", metavar="PART", nargs="?", help="group of goods, such as B; without it all are named")
    parser.add_argument("--tonnes", type=_mass, help="mass of the lot, t")
    parser.add_argument("--package-kg", type=_mass, metavar="KG", help="mass of a package: every how many is sampled")
    parser.add_argument("--rules", type=Path, help="sampling rules (YAML); the shipped ones otherwise")


def _mass(text: str) -> Decimal:
    """Read a mass; whether it can be used is said where it is used."""
    try:
        return Decimal(text)
    except InvalidOperation as problem:
        raise ArgumentTypeError(f"expected a mass such as 12.5, got {text!r}") from problem


def _number(text: str) -> float:
    """Read a number; whether it can be used is said where it is used."""
    try:
        return float(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"expected a number such as 0.05, got {text!r}") from problem


def _whole(text: str) -> int:
    """Read a whole number, 1000 or 1,000."""
    try:
        return int(text.replace(",", "").replace("_", ""))
    except ValueError as problem:
        raise ArgumentTypeError(f"expected a whole number such as 1000, got {text!r}") from problem


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(_number(part) for part in text.split(","))


def _wholes(text: str) -> tuple[int, ...]:
    return tuple(_whole(part) for part in text.split(","))


def _text(text: str) -> str:
    return text.strip()
