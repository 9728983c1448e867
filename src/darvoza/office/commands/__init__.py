"""Commands of this door: ``darvoza serve``, ``worker``, ``doctor`` and ``office …``; Django is loaded only when one runs."""

from argparse import ArgumentParser, ArgumentTypeError, _SubParsersAction
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

from darvoza.domain.codes import Agency
from darvoza.office.commands.listening import THREADS, address, processes, threads
from darvoza.office.commands.operations_arguments import (
    add_doctor,
    add_operations,
    add_reset,
    add_subscriptions,
    add_worker,
)

ROLES = ("line_officer", "supervisor", "analyst", "approver", "chief", "auditor", "administrator")
"""As `darvoza.office.accounts.roles` has them, which needs Django."""
PURPOSES = (
    "lodge", "decision.read", "explain", "order.read", "finding.write", "profile.read", "profile.submit", "reference.read",
    "event.read", "compare", "arrival.write",
)  # fmt: skip
"""As `darvoza.office.api.purposes` has them."""
MOST_HOURS = 744
AGENCIES = tuple(agency.value for agency in Agency)

Commands: TypeAlias = "_SubParsersAction[ArgumentParser]"


def add_commands(commands: Commands) -> None:
    """Add the commands of the office to those of ``darvoza``."""
    serve = _command(commands, "serve", "Serve the office to browsers.", "serve")
    serve.add_argument("--bind", type=address, default="127.0.0.1:8000", metavar="HOST:PORT", help="where to listen")
    serve.add_argument("--processes", type=processes, default=2, help="processes that answer")
    serve.add_argument(
        "--threads",
        type=threads,
        default=THREADS,
        help="requests that each of them answers at a time; each may take a connection to PostgreSQL, beside one by which is decided",
    )
    add_worker(partial(_command, commands))
    add_doctor(partial(_command, commands))
    office = commands.add_parser("office", help="Set up the office: tables, people, results of a run.")
    inner = office.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_operations(partial(_command, inner))
    _command(inner, "migrate", "Bring the tables up to date.", "migrate")
    first = "Make the secret, the tables and the first administrator; the password is printed once."
    _command(inner, "first-run", first, "first_run")
    _enter(_command(inner, "enter", "Enter a person; the password is printed once.", "enter"))
    add_reset(
        _command(inner, "reset", "Let somebody in again: lift a lock, give a password, take a factor away.", "reset")
    )
    client = "Enter a system that asks by the API; its token is printed once."
    _client(_command(inner, "client", client, "client"))
    add_subscriptions(partial(_command, inner))
    _load(_command(inner, "load", "Take a run of `darvoza assess` into the register.", "load"))
    demo = _command(inner, "demo", "Fill an office with a run, and one person per role; never in earnest.", "demo")
    _load(demo)
    _command(inner, "figures", "Make the figures of the register anew; for a timer.", "figures")
    report = _command(
        inner, "report", "Take in a frontier, drift, model card, comparison, or places of posts.", "report"
    )
    report.add_argument("reports", nargs="+", type=Path, metavar="REPORT", help="directory a command wrote, or file")
    demo.add_argument("--reports", nargs="*", default=(), type=Path, metavar="REPORT", help="as for office report")
    demo.add_argument("--profiles", type=Path, help="directory of the profiles that decided the run")
    _profiles(_command(inner, "profiles", "Take profiles in from files, or write those in force out.", "profiles"))
    words = _command(inner, "words", "Name the words that lack a translation; fail if any does.", "words")
    words.add_argument("--write", action="store_true", help="add them to the catalogues, to be translated")


def _command(commands: Commands, name: str, words: str, module: str) -> ArgumentParser:
    """Add a command that is run by a module of this door."""
    parser = commands.add_parser(name, help=words, description=words)
    parser.set_defaults(
        command_module=f"darvoza.office.commands.{module}", words_for_failures="darvoza.office.commands.failures"
    )
    parser.add_argument("--home", type=Path, help="directory of the office; that of DARVOZA_HOME, or office")
    return parser


def _enter(parser: ArgumentParser) -> None:
    """Add what is to be said of a person."""
    parser.add_argument("username", metavar="USERNAME", help="name to sign in with")
    parser.add_argument("--name", required=True, help="name as it is shown")
    parser.add_argument("--role", action="append", required=True, choices=ROLES, help="may be given more than once")
    parser.add_argument("--agency", default="", choices=AGENCIES, help="without it every agency")
    parser.add_argument("--post", default="", help="code of the post; without it every post")


def _profiles(parser: ArgumentParser) -> None:
    """Add what a command needs that moves profiles between the office and files."""
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--take-in", type=Path, metavar="DIR", help="put the profiles of a directory in force at once")
    words = "try those in force on the history and count shadow runs, for the library; for a timer"
    way.add_argument("--figures", action="store_true", help=words)
    way.add_argument("--out", type=Path, metavar="DIR", help="write the profiles in force, for `darvoza assess`")
    parser.add_argument("--at", type=_moment, metavar="MOMENT", help="in force at this moment; now without it")


def _client(parser: ArgumentParser) -> None:
    """Add what is to be said of a system that asks."""
    parser.add_argument("name", metavar="NAME", help="what the system is called")
    parser.add_argument(
        "--purpose", action="append", default=[], choices=PURPOSES, help="what it is for; may be given more than once"
    )
    parser.add_argument("--agency", default="", choices=AGENCIES, help="without it every agency")
    parser.add_argument("--post", default="", help="code of the post; without it every post")
    parser.add_argument("--per-minute", type=int, default=6000, metavar="N", help="requests it may make in a minute")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--revoke", action="store_true", help="shut it out from the next request on")
    change.add_argument("--renew", action="store_true", help="give it another token, printed once; it stays what it is")
    words = "with --renew, for how long the token it had is taken as well; without it, that one ends at once"
    parser.add_argument("--overlap", type=_hours, default=0, metavar="HOURS", help=words)


def _hours(text: str) -> int:
    """Read a number of hours, a month at most."""
    if not text.isdecimal() or int(text) > MOST_HOURS:
        raise ArgumentTypeError(f"expected 0 to {MOST_HOURS} hours, got {text!r}")
    return int(text)


def _load(parser: ArgumentParser) -> None:
    """Add what a command needs that takes in a run."""
    parser.add_argument("run", type=Path, metavar="RUN", help="directory that `darvoza assess` wrote")
    parser.add_argument("--declarations", nargs="+", type=Path, required=True, metavar="FILE", help="what was assessed")
    parser.add_argument("--mapping", type=Path, required=True, help="which column is which field (YAML)")
    words = "results of its orders that are known already (CSV), of customs or of health services"
    parser.add_argument("--results", nargs="+", type=Path, default=[], metavar="FILE", help=words)
    words = "of the results, those known before this moment, such as 2026-03-01T09:00:00+06:00; without it, all"
    parser.add_argument("--until", type=_moment, metavar="MOMENT", help=words)


def _moment(text: str) -> datetime:
    """Read a moment with its offset from UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"expected a moment such as 2026-03-01T09:00:00+06:00, got {text!r}") from problem
    if at.tzinfo is None:
        raise ArgumentTypeError(f"expected a moment with its offset from UTC, such as +06:00, got {text!r}")
    return at
