"""Rows of a register: a CSV file with a heading, or the same as YAML, whose wrong rows are all told together.

A register with a wrong row is not used at all, for half a register would pass judgement on the other half.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Never, TypeVar

from darvoza.errors import IntakeError, InvalidValue, UnreadableFile
from darvoza.flow.fields import read_yaml

Row = Mapping[str, str]
Read = TypeVar("Read")
Code = TypeVar("Code", bound=StrEnum)

_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


def rows_of(path: Path, *, required: tuple[str, ...], allowed: tuple[str, ...]) -> Sequence[Row]:
    """Read the rows of a CSV file, or of the list ``rows`` of a YAML file.

    Raises
    ------
    UnreadableFile
        When it is neither in UTF-8, lacks a required column, or has one that is not allowed.
    """
    heading, rows = _of_yaml(path) if path.suffix in {".yaml", ".yml"} else _of_csv(path)
    if not set(required) <= set(heading) <= set(allowed):
        wanted = f"the columns {', '.join(required)}, and none but {', '.join(allowed)}"
        raise UnreadableFile(field=str(path), expected=wanted, got=", ".join(heading))
    return rows


def _of_csv(path: Path) -> tuple[list[str], Sequence[Row]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", strict=True)
            return list(reader.fieldnames or ()), [dict(row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise UnreadableFile(field=str(path), expected="a CSV file in UTF-8", got=str(problem)) from problem


def _of_yaml(path: Path) -> tuple[list[str], Sequence[Row]]:
    """Give the rows of a YAML file as texts; the codes of a list are joined by spaces, as in a cell of CSV."""
    content = read_yaml(path, path.name, error=UnreadableFile)
    given = content.get("rows")
    if set(content) != {"rows"} or not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise UnreadableFile(
            field=path.name, expected="`rows`, a list of fields with values", got=sorted(map(str, content))
        )
    rows = [{str(name): _cell(value) for name, value in row.items()} for row in given]
    return list(dict.fromkeys(name for row in rows for name in row)), rows


def _cell(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def collected(path: Path, rows: Sequence[Row], read: Callable[[Row], Read]) -> list[Read]:
    """Read every row.

    Raises
    ------
    ExceptionGroup
        Of `InvalidValue`, one for each wrong row, named after the row: the first thing wrong in it.
    """
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


def missing(name: str, expected: str) -> Never:
    """Refuse a value that must be there."""
    raise InvalidValue(field=name, expected=expected, got="")


def text_of(row: Row, name: str) -> str:
    """Read a text, trimmed; empty where there is none."""
    return (row.get(name) or "").strip()


def day_of(row: Row, name: str) -> date | None:
    """Read a day."""
    text = text_of(row, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise InvalidValue(field=name, expected="a day such as 2026-01-31", got=text) from problem


def amount_of(row: Row, name: str) -> float | None:
    """Read an amount of 0 or more."""
    text = text_of(row, name)
    try:
        value = float(text) if text else None
    except ValueError as problem:
        raise InvalidValue(field=name, expected="an amount such as 1200.50", got=text) from problem
    if value is not None and not 0 <= value < float("inf"):
        raise InvalidValue(field=name, expected="an amount of 0 or more", got=text)
    return value


def flag_of(row: Row, name: str) -> bool | None:
    """Read yes or no."""
    text = text_of(row, name).casefold()
    if text and text not in (*_YES, *_NO):
        raise InvalidValue(field=name, expected="yes or no", got=text)
    return text in _YES if text else None


def code_of(row: Row, name: str, codes: type[Code]) -> Code | None:
    """Read one code of a closed list."""
    return next(codes_of(row, name, codes), None)


def codes_of(row: Row, name: str, codes: type[Code]) -> Iterator[Code]:
    """Read codes of a closed list, separated by spaces."""
    for text in text_of(row, name).split():
        try:
            yield codes(text)
        except ValueError as problem:
            raise InvalidValue(field=name, expected=f"one of {', '.join(codes)}", got=text) from problem
