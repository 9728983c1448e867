"""Registers an administration keeps of those who trade: authorised operators, and what else is known of traders.

Both are CSV files with a heading. All wrong rows of a file are told together; a register with one of them is not
used at all, for half a register would pass judgement on the other half.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import polars as pl
import yaml

from darvoza.domain.codes import Role
from darvoza.domain.folding import folded_name, folded_phone, folded_trader
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
MOST_SHARED = 100
"""What more traders share links nobody: it is a blank put in words, or the line of a broker. A choice."""


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


class TraderRegister(NamedTuple):
    """What else is known of traders.

    Attributes
    ----------
    names
        The trader of each row, as it stands there; one may have several rows.
    debts
        ``trader`` and ``open_debt`` of each row, null where it says none.
    links
        ``trader``, ``other``, ``by``: who shares what, each pair both ways; a trader is named as in his first row.
    hubs
        Values that more than `MOST_SHARED` share, and how many: they link nobody, for many of them say nothing.
    """

    names: tuple[str, ...]
    debts: pl.DataFrame
    links: pl.DataFrame
    hubs: tuple[tuple[str, str, int], ...] = ()


def read_traders(path: Path) -> TraderRegister:
    """Read what else is known of traders.

    Parameters
    ----------
    path
        CSV with ``trader`` and, where known, ``open_debt`` [currency of the customs value], ``address``, ``phone``,
        ``director``; a row for each debt or director where there are several. Whoever is the same in capitals, spaces,
        signs and look-alike letters is the same trader.

    Raises
    ------
    UnreadableFile
        When the file cannot be read, or lacks a column.
    ExceptionGroup
        Of `InvalidValue`, one for each wrong row: the first thing wrong in it.
    """
    rows = rows_of(path, required=TRADER_COLUMNS[:1], allowed=TRADER_COLUMNS)
    read = collected(path, rows, _trader)
    schema = {"name": pl.String, "open_debt": pl.Float64, **dict.fromkeys(SHARED, pl.String)}
    table = pl.DataFrame(read, schema=schema, orient="row").with_columns(
        trader=pl.Series([folded_trader(row[0]) for row in read], dtype=pl.String)
    )
    table = table.with_columns(trader=pl.col("name").first().over("trader"))
    debts = table.select("trader", "open_debt")
    shared = table.unpivot(SHARED, index="trader", variable_name="by").drop_nulls("value").unique()
    counted = shared.with_columns(sharing=pl.len().over("by", "value"))
    hubs = counted.filter(pl.col("sharing") > MOST_SHARED).select("by", "value", "sharing").unique().sort("by", "value")
    mine = counted.filter(pl.col("sharing").is_between(2, MOST_SHARED)).select("trader", "by", "value")
    links = (
        mine.join(mine.rename({"trader": "other"}), on=["by", "value"])
        .filter(pl.col("trader") != pl.col("other"))
        .select("trader", "other", "by")
        .unique()
        .sort("trader", "other", "by")
    )
    return TraderRegister(tuple(table.get_column("name")), debts, links, tuple(hubs.iter_rows()))


class Named(NamedTuple):
    """Whom the rows of a register name.

    Attributes
    ----------
    rows, found
        Rows, and how many of them name a trader of the files.
    strangers
        Traders of the other rows, as they stand there.
    padded
        How many of those rows would name one with zeros in front, which a spreadsheet drops.
    """

    rows: int
    found: int
    strangers: tuple[str, ...]
    padded: int


def named_in(names: Sequence[str], traders: Iterable[str]) -> Named:
    """Say how many rows of a register name a trader of the files, however he is typed.

    Examples
    --------
    >>> named_in(["KG 1", "12", "Z"], ["kg-1", "0012"])
    Named(rows=3, found=1, strangers=('12', 'Z'), padded=1)
    """
    known = {folded_trader(trader) for trader in traders}
    bare = {name.lstrip("0") for name in known if name.startswith("0")}
    others = [name for name in names if folded_trader(name) not in known]
    padded = sum(folded_trader(name) in bare for name in others)
    return Named(len(names), len(names) - len(others), tuple(dict.fromkeys(others)), padded)


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
    address, phone, director = (text_of(row, name) for name in SHARED)
    shared = folded_name(address), folded_phone(phone), folded_name(director)
    return _identifier(row), amount_of(row, "open_debt"), *(value or None for value in shared)  # type: ignore[return-value]


def _identifier(row: Row) -> str:
    return text_of(row, "trader") or missing("trader", "the identifier of a trader")
