"""Registers an administration keeps of those who trade: authorised operators, and what else is known of traders.

Both are CSV files with a heading. All wrong rows of a file are told together; a register with one of them is not
used at all, for half a register would pass judgement on the other half.
"""

from dataclasses import fields
from pathlib import Path

import polars as pl
import yaml

from darvoza.domain.codes import Role
from darvoza.domain.operators import AuthorisedOperator, Benefit, OperatorCriterion
from darvoza.domain.standing import StandingRules
from darvoza.errors import SettingsError, UnreadableFile
from darvoza.flow.intake.register_rows import (
    Row,
    amount_of,
    code_of,
    codes_of,
    collected,
    day_of,
    flag_of,
    missing,
    rows_of,
    text_of,
)

OPERATOR_COLUMNS = tuple(field.name for field in fields(AuthorisedOperator))
TRADER_COLUMNS = ("trader", "open_debt", "address", "phone", "director")
SHARED = ("address", "phone", "director")
"""What traders may share; a link is a fact, and accuses nobody."""


def read_operators(path: Path) -> tuple[AuthorisedOperator, ...]:
    """Read a register of authorised operators.

    Parameters
    ----------
    path
        CSV with the columns ``trader, role, authorised_on`` and, where known, ``ends_on, suspended_from, suspended_to,
        criteria, benefits, small, legal_basis``; days as 2026-01-31, several codes separated by spaces.

    Raises
    ------
    UnreadableFile
        When the file cannot be read, or lacks a column.
    ExceptionGroup
        Of `InvalidValue`, one for each wrong row: the first thing wrong in it.
    """
    rows = rows_of(path, required=OPERATOR_COLUMNS[:3], allowed=OPERATOR_COLUMNS)
    return tuple(collected(path, rows, _operator))


def read_traders(path: Path) -> pl.DataFrame:
    """Read what else is known of traders.

    Parameters
    ----------
    path
        CSV with ``trader`` and, where known, ``open_debt`` [currency of the customs value], ``address``, ``phone``,
        ``director``.

    Returns
    -------
    pl.DataFrame
        ``trader, open_debt``, and ``linked``: how many other traders share an address, telephone or director.

    Raises
    ------
    UnreadableFile
        When the file cannot be read, or lacks a column.
    ExceptionGroup
        Of `InvalidValue`, one for each wrong row: the first thing wrong in it.
    """
    rows = rows_of(path, required=TRADER_COLUMNS[:1], allowed=TRADER_COLUMNS)
    read = collected(path, rows, _trader)
    schema = {"trader": pl.String, "open_debt": pl.Float64, **dict.fromkeys(SHARED, pl.String)}
    table = pl.DataFrame(read, schema=schema, orient="row")
    pairs = [
        mine.join(mine.rename({"trader": "other"}), on=name).filter(pl.col("trader") != pl.col("other"))
        for name in SHARED
        for mine in [table.select("trader", name).drop_nulls()]
    ]
    links = pl.concat([pair.select("trader", "other") for pair in pairs]).unique()
    counted = links.group_by("trader").agg(pl.len().cast(pl.Int64).alias("linked"))
    return (
        table.select("trader", "open_debt")
        .join(counted, on="trader", how="left", maintain_order="left")
        .with_columns(pl.col("linked").fill_null(0))
    )


def read_standing_rules(path: Path) -> StandingRules:
    """Read what makes a category of standing, from a YAML file with the names of `StandingRules`.

    Raises
    ------
    UnreadableFile
        When the file is not YAML.
    SettingsError
        When a name is unknown or a number out of range.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise UnreadableFile(
            field=str(path), expected="rules of standing as YAML", got="a file that is not"
        ) from problem
    known = [field.name for field in fields(StandingRules)]
    if not isinstance(given, dict) or not set(given) <= set(known):
        got = sorted(map(str, set(given) - set(known))) if isinstance(given, dict) else given
        raise SettingsError(field=path.name, expected=f"names among {', '.join(known)}", got=got)
    return StandingRules(**given)


def _operator(row: Row) -> AuthorisedOperator:
    return AuthorisedOperator(
        trader=_identifier(row),
        role=code_of(row, "role", Role) or missing("role", f"one of {', '.join(Role)}"),
        authorised_on=day_of(row, "authorised_on") or missing("authorised_on", "a day such as 2026-01-31"),
        ends_on=day_of(row, "ends_on"),
        suspended_from=day_of(row, "suspended_from"),
        suspended_to=day_of(row, "suspended_to"),
        criteria=tuple(codes_of(row, "criteria", OperatorCriterion)),
        benefits=tuple(codes_of(row, "benefits", Benefit)),
        small=flag_of(row, "small"),
        legal_basis=text_of(row, "legal_basis"),
    )


def _trader(row: Row) -> tuple[str, float | None, str | None, str | None, str | None]:
    folded = [" ".join(text_of(row, name).casefold().split()) or None for name in SHARED]
    return _identifier(row), amount_of(row, "open_debt"), folded[0], folded[1], folded[2]


def _identifier(row: Row) -> str:
    return text_of(row, "trader") or missing("trader", "the identifier of a trader")
