"""Standings of traders on disk: the table, and the rules it was made with."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from darvoza.domain.codes import Role
from darvoza.domain.operators import TERMS, AuthorisedOperator
from darvoza.domain.standing import StandingRules
from darvoza.errors import OutputError
from darvoza.flow.tables import read_table
from darvoza.json_text import read_json

STANDINGS: Final = "standings.parquet"
NOTE: Final = "manifest.json"
DOES: Final = ("low_floor", "high_factor", "authorised_factor", "oldest")
"""Rules of what a standing does; those of how it is judged may differ from role to role."""

SHOWN: Final = 5
"""Most traders named in a warning."""


class Judged(NamedTuple):
    """Traders as they were judged, in any roles (``None``: nobody was), and the rules by which their standing counts."""

    table: pl.DataFrame | None
    rules: StandingRules


def read_judged(directories: Sequence[Path], *, kept: bool = False) -> Judged:
    """Read the standings of some directories, one for each role; what they do to a selection is the same for all.

    Parameters
    ----------
    kept
        Whether they are kept of what decided before: then those that differ are read as they were, by the last one,
        and so is a trader whom two of them judge in the same role.

    Raises
    ------
    OutputError
        When one of them does not hold readable standings, or not their rules, or two of them differ in what standing does
        or judge the same traders in the same role, unless they are kept.
    """
    if not directories:
        return Judged(None, StandingRules())
    rules = [_rules(place) for place in directories]
    # tables kept before standings said when an authorisation ends have fewer columns
    table = pl.concat([read_standings(place) for place in directories], how="diagonal")
    if kept:
        return Judged(table.unique(["trader", "role"], keep="last", maintain_order=True), rules[-1])
    _refuse_differing(directories, rules)
    _refuse_twice(table)
    return Judged(table, rules[-1])


def _refuse_twice(table: pl.DataFrame) -> None:
    """Refuse a trader judged twice in a role: nobody could say which of the two counts."""
    twice = table.filter(pl.struct("trader", "role").is_duplicated())
    if not twice.is_empty():
        raise OutputError(
            field="standing", expected="one directory for each role", got=f"{twice['trader'][0]} judged twice as {twice['role'][0]}",
            hint="give the newer one alone",
        )  # fmt: skip


def _refuse_differing(directories: Sequence[Path], rules: Sequence[StandingRules]) -> None:
    """Refuse standings that are said to do different things: one trader would be treated by the rules of another role."""
    for name in DOES:
        values = [getattr(each, name) for each in rules]
        if len(set(values)) > 1:
            said = ", ".join(f"{place.name}: {value:g}" for place, value in zip(directories, values, strict=True))
            raise OutputError(
                field=f"standing: {name}", expected="the same in all directories of standings", got=said,
                hint="judge again with the same --rules",
            )  # fmt: skip


def read_standings(directory: Path) -> pl.DataFrame:
    """Read the standings of a directory: ``trader``, ``role``, ``category``, and what else stands beside them.

    Raises
    ------
    OutputError
        When the directory does not hold readable standings.
    """
    table = read_table(directory / STANDINGS, "the standings that `darvoza trader standing` wrote")
    return table.drop("linked", strict=False)


def standing_warnings(table: pl.DataFrame | None, rules: StandingRules, day: date) -> tuple[str, ...]:
    """Say which standings are old on a day, and which authorisations in them are not in force; they stay in use.

    Parameters
    ----------
    table
        As `read_judged` gives it.
    rules
        The rules with them; they say what is old.
    day
        The day on which it is asked.
    """
    if table is None or "day" not in table.columns:
        return ()
    old = []
    for role, made in table.group_by("role").agg(pl.col("day").min()).sort("role").iter_rows():
        if (day - made).days > rules.oldest:
            said = f"standing of each {role} is of {made}, {(day - made).days} days old and more than {rules.oldest}"
            old.append(f"{said}; it stays in use as it is: judge again")
    return (*old, *_lapsed(table, day))


def _lapsed(table: pl.DataFrame, day: date) -> Iterator[str]:
    """Name the authorisations that are not in force on a day."""
    if "otherwise" not in table.columns:
        return
    held = [
        AuthorisedOperator(row["trader"], Role(row["role"]), **{name: row[name] for name in TERMS})
        for row in table.filter(pl.col("otherwise").is_not_null()).iter_rows(named=True)
    ]
    over = sorted(f"{one.trader} ({_why_not(one, day)})" for one in held if not one.in_force(day))
    if over:
        named = ", ".join(over[:SHOWN]) + (f" and {len(over) - SHOWN:,} more" if len(over) > SHOWN else "")
        yield f"authorisations of traders are not in force: {named}; other rules make their standing: judge again"


def _why_not(one: AuthorisedOperator, day: date) -> str:
    """Say why an authorisation is not in force."""
    if one.ends_on is not None and one.ends_on < day:
        return f"ended on {one.ends_on}"
    return f"suspended from {one.suspended_from}" if one.suspended_from else f"from {one.authorised_on}"


def _rules(directory: Path) -> StandingRules:
    try:
        return StandingRules(**read_json((directory / NOTE).read_text(encoding="utf-8"))["rules"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        expected = f"{NOTE} with the rules of standing"
        raise OutputError(field=str(directory), expected=expected, got=str(problem)) from problem
