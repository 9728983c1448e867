"""Standings of traders on disk: the table, and the rules it was made with."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from darvoza.domain.standing import StandingRules
from darvoza.errors import OutputError
from darvoza.flow.tables import read_table
from darvoza.json_text import read_json

STANDINGS: Final = "standings.parquet"
NOTE: Final = "manifest.json"


class Judged(NamedTuple):
    """Traders as they were judged, in any roles (``None``: nobody was), and the rules by which their standing counts."""

    table: pl.DataFrame | None
    rules: StandingRules


def read_judged(directories: Sequence[Path]) -> Judged:
    """Read the standings of some directories, one for each role; the rules are those of the last one.

    Raises
    ------
    OutputError
        When one of them does not hold readable standings, or not their rules.
    """
    if not directories:
        return Judged(None, StandingRules())
    table = pl.concat([read_standings(place) for place in directories])
    return Judged(table, _rules(directories[-1]))


def read_standings(directory: Path) -> pl.DataFrame:
    """Read the standings of a directory: ``trader``, ``role``, ``category``, and what else stands beside them.

    Raises
    ------
    OutputError
        When the directory does not hold readable standings.
    """
    table = read_table(directory / STANDINGS, "the standings that `darvoza trader standing` wrote")
    return table.drop("linked", strict=False)


def _rules(directory: Path) -> StandingRules:
    try:
        return StandingRules(**read_json((directory / NOTE).read_text(encoding="utf-8"))["rules"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        expected = f"{NOTE} with the rules of standing"
        raise OutputError(field=str(directory), expected=expected, got=str(problem)) from problem
