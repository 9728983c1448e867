"""Raw rows on their way in, whatever form of file they come from."""

import json
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import polars as pl

from darvoza.errors import InvalidMapping, UnreadableFile
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.nearest import nearest
from darvoza.flow.intake.parsing import UN_MOMENTS

CHUNK_ROWS = 50_000
RECORD_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be read as values at all.

    Attributes
    ----------
    row
        Its number in the file.
    rule, expected, got
        What is wrong with it.
    record
        What can be shown of it, as JSON.
    declaration_id
        The reference of its declaration as it is written, where there is no doubt about it: a goods item is lost here,
        and what is left is not what was declared.
    """

    row: int
    rule: str
    expected: str
    got: str
    record: str
    declaration_id: str | None = None


@dataclass(frozen=True, slots=True)
class RawChunk:
    """Some consecutive rows of a file.

    Attributes
    ----------
    rows
        Int64: the number of each readable row. The first line of a CSV file or sheet is row 1, its header, and the
        first declaration is row 2, as a spreadsheet counts; in Parquet and NDJSON the first record is row 1.
    values
        The mapped columns, as texts or as Parquet holds them.
    record
        Gives the whole raw row, mapped or not, as JSON, by its position in the chunk.
    broken
        The rows in between that could not be read.
    left
        What the mapping does not speak of, of XML and EDIFACT: row, path and text.
    sheet
        The worksheet the rows are of, and are numbered in, where a workbook has several; empty otherwise.
    columns
        All columns of the file, mapped or not; empty of XML and EDIFACT, which have paths.
    silent
        Whether a value that is not there says nothing, as in NDJSON and Parquet, which write an empty list where there are no codes;
        an empty cell of a table says that there are none.
    """

    rows: pl.Series
    values: pl.DataFrame
    record: Callable[[int], str]
    broken: list[BrokenRow] = field(default_factory=list)
    left: list[tuple[int, str, str]] = field(default_factory=list)
    sheet: str = ""
    columns: tuple[str, ...] = ()
    silent: bool = False

    def source(self, path: Path) -> str:
        """Name the file, and the worksheet where there are several."""
        return f"{path.name} [{self.sheet}]" if self.sheet else path.name

    @property
    def read(self) -> int:
        """The number of rows of the file that the chunk stands for."""
        return len(self.rows) + len(self.broken)


def as_record(values: Dictionary[str, object]) -> str:
    """Write a raw row as JSON; long texts are cut, with their length.

    Examples
    --------
    >>> as_record({"HS": "870323", "Value": None})
    '{"HS": "870323", "Value": null}'
    """
    shown = {key: _cut(value) for key, value in values.items()}
    return printable(json.dumps(shown, ensure_ascii=False, default=str))


def printable(text: str) -> str:
    """Spell out the bytes of another encoding, which arrive as surrogates that no file can hold.

    Examples
    --------
    >>> len(printable(chr(0xDC98)))
    6
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _cut(value: object) -> object:
    if isinstance(value, str) and len(value) > RECORD_LIMIT:
        return f"{value[:RECORD_LIMIT]}… ({len(value)} characters)"
    return value


def check_columns(where: str, columns: Sequence[str], mapping: Mapping) -> None:
    """Refuse a file that lacks a mapped column, or has it twice.

    Raises
    ------
    InvalidMapping
        Naming the first column and, in the hint, the nearest existing one and the others missing.
    UnreadableFile
        A mapped column occurs twice.
    """
    absent = [source for source in mapping.fields if source.column not in columns]
    if absent:
        first, others = absent[0], [source.column for source in absent[1:]]
        hint = nearest(first.column, tuple(columns), "column")
        hint += f"; also missing: {', '.join(others)}" if others else ""
        expected = f"the column {first.column!r} in {where}"
        raise InvalidMapping(field=f"fields.{first.field}", expected=expected, got=", ".join(columns), hint=hint)
    twice = next((name for name in mapping.columns if list(columns).count(name) > 1), None)
    if twice is not None:
        raise UnreadableFile(
            field=where, expected=f"one column {twice!r}", got="two or more", hint="rename one of them"
        )


def no_declarations(where: str) -> UnreadableFile:
    """Make the error for a file with a header and nothing below it."""
    return UnreadableFile("no declarations: there is a header and no row", field=where, hint="check the export")


def cell_text(value: object, mapping: Mapping, moment: str | None) -> str | None:
    """Write a typed cell (Excel, JSON) the way the mapping says texts are written.

    Examples
    --------
    >>> from darvoza.flow.intake.mapping import Form
    >>> comma = Mapping("", "", "", Form(decimal=","), ())
    >>> cell_text(1.5, comma, None), cell_text(2.0, comma, None), cell_text(True, comma, None)
    ('1,5', '2', 'true')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return _number_text(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), mapping)
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")  # a pattern of days would lose the hour
    if isinstance(value, (date, time)):
        return value.strftime(UN_MOMENTS.get(moment, moment)) if moment else value.isoformat()
    return str(value)


def _number_text(number: Decimal, mapping: Mapping) -> str:
    """Write a number without exponent; one beyond any amount keeps its own spelling and is refused later."""
    if not number.is_finite() or abs(number.adjusted()) > 60:
        return str(number)
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", mapping.form.decimal)
