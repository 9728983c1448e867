"""Registers an administration keeps of those who trade: authorised operators, and what else is known of traders.

Both are CSV files with a heading. All wrong rows of a file are told together; a register with one of them is not
used at all, for half a register would pass judgement on the other half.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Never, TypeVar

import polars as pl
import yaml

from darvoza.domain.codes import Role
from darvoza.domain.operators import AuthorisedOperator, Benefit, OperatorCriterion
from darvoza.domain.standing import StandingRules
from darvoza.errors import IntakeError, InvalidValue, SettingsError, UnreadableFile

Row = Mapping[str, str]
Read = TypeVar("Read")
Code = TypeVar("Code", bound=StrEnum)

OPERATOR_COLUMNS = tuple(field.name for field in fields(AuthorisedOperator))
TRADER_COLUMNS = ("trader", "open_debt", "address", "phone", "director")
SHARED = ("address", "phone", "director")
"""What traders may share; a link is a fact, and accuses nobody."""

_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


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
    rows = _rows(path, required=OPERATOR_COLUMNS[:3], allowed=OPERATOR_COLUMNS)
    return tuple(_collected(path, rows, _operator))


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
    rows = _rows(path, required=TRADER_COLUMNS[:1], allowed=TRADER_COLUMNS)
    read = _collected(path, rows, _trader)
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


def _rows(path: Path, *, required: tuple[str, ...], allowed: tuple[str, ...]) -> Sequence[Row]:
    """Read the rows of a CSV file whose heading is as it should be."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", strict=True)
            heading, rows = list(reader.fieldnames or ()), [dict(row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise UnreadableFile(field=str(path), expected="a CSV file in UTF-8", got=str(problem)) from problem
    if not set(required) <= set(heading) <= set(allowed):
        raise UnreadableFile(
            field=str(path), expected=f"the columns {', '.join(required)}, and none but {', '.join(allowed)}",
            got=", ".join(heading),
        )  # fmt: skip
    return rows


def _collected(path: Path, rows: Sequence[Row], read: Callable[[Row], Read]) -> list[Read]:
    """Read every row; refuse with all errors together, each named after its row."""
    made: list[Read] = []
    wrong: list[IntakeError] = []
    for number, row in enumerate(rows, start=2):
        try:
            made.append(read(row))
        except InvalidValue as problem:
            where = f"{path.name} row {number} {problem.field}"
            wrong.append(InvalidValue(field=where, expected=problem.expected, got=problem.got))
    if wrong:
        raise ExceptionGroup(f"{path.name} cannot be used", wrong)
    return made


def _operator(row: Row) -> AuthorisedOperator:
    return AuthorisedOperator(
        trader=_identifier(row),
        role=_code(row, "role", Role),
        authorised_on=_day(row, "authorised_on") or _missing("authorised_on", "a day such as 2026-01-31"),
        ends_on=_day(row, "ends_on"),
        suspended_from=_day(row, "suspended_from"),
        suspended_to=_day(row, "suspended_to"),
        criteria=tuple(_codes(row, "criteria", OperatorCriterion)),
        benefits=tuple(_codes(row, "benefits", Benefit)),
        small=_flag(row, "small"),
        legal_basis=(row.get("legal_basis") or "").strip(),
    )


def _trader(row: Row) -> tuple[str, float | None, str | None, str | None, str | None]:
    folded = [" ".join((row.get(name) or "").casefold().split()) or None for name in SHARED]
    return _identifier(row), _amount(row, "open_debt"), folded[0], folded[1], folded[2]


def _identifier(row: Row) -> str:
    return (row.get("trader") or "").strip() or _missing("trader", "the identifier of a trader")


def _missing(name: str, expected: str) -> Never:
    raise InvalidValue(field=name, expected=expected, got="")


def _day(row: Row, name: str) -> date | None:
    text = (row.get(name) or "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise InvalidValue(field=name, expected="a day such as 2026-01-31", got=text) from problem


def _amount(row: Row, name: str) -> float | None:
    text = (row.get(name) or "").strip()
    try:
        value = float(text) if text else None
    except ValueError as problem:
        raise InvalidValue(field=name, expected="an amount such as 1200.50", got=text) from problem
    if value is not None and not 0 <= value < float("inf"):
        raise InvalidValue(field=name, expected="an amount of 0 or more", got=text)
    return value


def _flag(row: Row, name: str) -> bool | None:
    text = (row.get(name) or "").strip().casefold()
    if text and text not in (*_YES, *_NO):
        raise InvalidValue(field=name, expected="yes or no", got=text)
    return text in _YES if text else None


def _code(row: Row, name: str, codes: type[Code], text: str | None = None) -> Code:
    value = (row.get(name) or "").strip() if text is None else text
    try:
        return codes(value)
    except ValueError as problem:
        raise InvalidValue(field=name, expected=f"one of {', '.join(codes)}", got=value) from problem


def _codes(row: Row, name: str, codes: type[Code]) -> Iterator[Code]:
    for text in (row.get(name) or "").split():
        yield _code(row, name, codes, text)
