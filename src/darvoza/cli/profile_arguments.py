"""Options of the commands that work with risk profiles."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from darvoza.cli.argument_types import day

Add = Callable[[str, str, str], ArgumentParser]


def add_profile(add: Add) -> None:
    """Add the commands; `add` makes a command out of its name, its words and its module."""
    check = add("check", "Read every profile and run its worked cases.", "profile_check")
    check.add_argument("directory", type=Path, metavar="DIR", help="directory of risk profiles")
    check.add_argument("--day", type=day, help="day on which it is asked what has expired; today by default")
    words = "Explain one profile: sentence, facts, cost, lists, worked cases."
    explain = add("explain", words, "profile_explain")
    explain.add_argument("profile", metavar="PROFILE", help="code of a profile, or its file")
    explain.add_argument("--profiles", type=Path, default=Path("profiles"), help="directory of risk profiles")
    explain.add_argument("--day", type=day, help="day on which it is asked what has expired; today by default")
    _diff(add)
    format_ = add("format", "Write profile files in one form: canonical sentence, order of fields.", "profile_format")
    format_.add_argument("files", nargs="+", type=Path, metavar="FILE", help="profiles, or directories of them")
    format_.add_argument("--check", action="store_true", help="change nothing; name what is in another form and fail")
    _sql(add)


def _diff(add: Add) -> None:
    words = "Tell what changed between two versions of profiles: in meaning, in words, on past declarations."
    parser = add("diff", words, "profile_diff")
    parser.add_argument("old", type=Path, metavar="OLD", help="a profile, or a directory of them")
    parser.add_argument("new", type=Path, metavar="NEW", help="a profile, or a directory of them")
    parser.add_argument("--history", type=Path, help="directory that `darvoza history` wrote: where do they differ?")
    parser.add_argument("--from", dest="start", type=day, help="first day of lodging; the first of the history")
    parser.add_argument("--to", dest="end", type=day, help="last day of lodging; the last of the history")


def _sql(add: Add) -> None:
    parser = add("sql", "Write a profile as a statement of SQL, for a warehouse.", "profile_sql")
    parser.add_argument("code", metavar="CODE", help="code of the profile")
    parser.add_argument("--profiles", type=Path, required=True, help="directory of risk profiles (YAML)")
    parser.add_argument(
        "--dialect",
        required=True,
        help="duckdb, postgres or spark, executed in the tests of Darvoza; clickhouse, databricks or trino, only rendered",
    )
    parser.add_argument("--table", default="facts", help="table with one row a goods item, columns named after facts")
