"""Excel: its worksheets, row by row; formulas are taken by the value they had when the file was saved."""

import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

import polars as pl

from darvoza.errors import UnreadableFile, shown
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.raw import (
    CHUNK_ROWS,
    BrokenRow,
    RawChunk,
    as_record,
    cell_text,
    check_columns,
    no_declarations,
)
from darvoza.flow.intake.worksheets import chosen_sheets
from darvoza.on_disk import DAMAGED_ARCHIVE

MOST_TIMES = 100
"""How many times its size a workbook may unpack to; those of a million equal rows reach forty."""

_Row = tuple[Any, ...]


class _Sheet(NamedTuple):
    """A worksheet whose header has been read: its place in the workbook, its name, its columns and the rows below."""

    place: int
    title: str
    header: list[str]
    pairs: Iterator[tuple[_Row, _Row]]


_DAMAGE = (*DAMAGED_ARCHIVE, ParseError)


def read_excel(path: Path, mapping: Mapping) -> Iterator[RawChunk]:
    """Stream the rows of the worksheets that are read, each below its header, row 1.

    A formula that was saved without a value, and a cell that holds an Excel error (``#N/A``), make a broken row:
    neither is a missing value. Empty rows are skipped.

    Raises
    ------
    UnreadableFile
        The file is damaged, not a workbook, or holds no row; or several worksheets hold something and the mapping does
        not say which are read.
    InvalidMapping
        A mapped column is missing.
    """
    with ExitStack() as opened:
        try:
            _check_size(path)
            values, formulas = (opened.enter_context(_workbook(path, values=each)) for each in (True, False))
        except _DAMAGE as error:
            raise UnreadableFile(f"not an Excel workbook: {error}", field=path.name, hint="save it as .xlsx") from error
        found = _sheets(path, values.worksheets, formulas.worksheets, mapping)
        return _chunks_of_all(path, found, mapping, opened.pop_all())


def _sheets(path: Path, values: list[Any], formulas: list[Any], mapping: Mapping) -> list[_Sheet]:
    """Choose the worksheets that are read, and check the header of each."""
    if not values:
        raise UnreadableFile("no worksheet", field=path.name)
    places = chosen_sheets(path.name, values, mapping.form.sheets)
    found = [_sheet(path, values[place], formulas[place], place) for place in places]
    for sheet in found:
        where = f"{path.name} [{sheet.title}]" if len(found) > 1 else path.name
        if not any(sheet.header):
            raise UnreadableFile("no declarations: the worksheet has no header", field=where)
        check_columns(where, sheet.header, mapping)
    return found


def _sheet(path: Path, values: Any, formulas: Any, place: int) -> _Sheet:  # noqa: ANN401 - openpyxl's sheets
    """Begin to read a worksheet: its header, and then its rows."""
    pairs = _pairs(path, values, formulas)
    first = next(pairs, ((), ()))[0]
    header = [str(cell.value).strip() if cell.value is not None else "" for cell in first]
    return _Sheet(place, values.title, header, pairs)


def _chunks_of_all(path: Path, sheets: list[_Sheet], mapping: Mapping, opened: ExitStack) -> Iterator[RawChunk]:
    """Give the chunks of worksheet after worksheet; what is a moment in one of them is a moment in all."""
    found, several = False, len(sheets) > 1
    with opened:
        timed = {name for sheet in sheets for name in _timed(path, sheet)} if several else set()
        for sheet in sheets:
            for chunk in _chunks(path, sheet, mapping, set(timed)):
                found = True
                yield replace(chunk, sheet=sheet.title if several else "", columns=tuple(filter(None, sheet.header)))
    if not found:
        raise no_declarations(path.name)


@contextmanager
def _workbook(path: Path, *, values: bool) -> Iterator[Any]:
    """Open a workbook for its values, or for its formulas, and close it."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=values)
    except InvalidFileException as error:
        raise ValueError(str(error)) from error
    try:
        yield book
    finally:
        book.close()


def _check_size(path: Path) -> None:
    """Refuse an archive that unpacks to far more than it is: a bomb (ASVS 5.0, V5.2.3)."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    most = max(path.stat().st_size * MOST_TIMES, 2**20)
    if unpacked > most:
        expected = f"a workbook that unpacks to at most {MOST_TIMES} times its size"
        raise UnreadableFile(
            field=path.name, expected=expected, got=f"{unpacked:,} bytes", hint="save it anew as .xlsx"
        )


def _pairs(path: Path, values: Any, formulas: Any) -> Iterator[tuple[_Row, _Row]]:  # noqa: ANN401 - openpyxl's sheets
    """Read two passes side by side: one knows the values, the other which of them are formulas."""
    try:
        yield from zip(values.iter_rows(), formulas.iter_rows(), strict=True)
    except _DAMAGE as error:
        raise UnreadableFile(f"damaged worksheet: {error}", field=path.name, hint="save it anew as .xlsx") from error


def _chunks(path: Path, sheet: _Sheet, mapping: Mapping, timed: set[str]) -> Iterator[RawChunk]:
    found, header = False, sheet.header
    rows: list[tuple[int, dict[str, object]]] = []
    broken: list[BrokenRow] = []
    for number, pair in enumerate(sheet.pairs, start=2):
        values = {name: cell.value for name, cell in zip(header, pair[0], strict=False)}
        timed.update(_with_times(values))
        spoilt = _spoilt(number, header, pair, mapping)
        if spoilt is not None:
            broken.append(spoilt)
        elif any(value is not None for value in values.values()):
            rows.append((number, values))
        if len(rows) + len(broken) >= CHUNK_ROWS:
            if not found and _undecided(rows, mapping, timed):
                timed |= _timed(path, sheet)
            found = True
            yield _chunk(rows, broken, mapping, timed)
            rows, broken = [], []
    if rows or broken:
        yield _chunk(rows, broken, mapping, timed)


def _spoilt(number: int, header: list[str], pair: tuple[_Row, _Row], mapping: Mapping) -> BrokenRow | None:
    """Find a mapped cell that has no usable value though it is not empty."""
    cells, formulas = pair
    for name, cell, formula in zip(header, cells, formulas, strict=False):
        if name not in mapping.columns:
            continue
        record = as_record({"row": [entry.value for entry in formulas]})
        if cell.data_type == "e":
            words, got = f"a value in {name!r}", shown(cell.value)
            return BrokenRow(number, "excel-error", words, got, record, _reference(header, cells, mapping))
        if cell.value is None and formula.data_type == "f":
            words = f"a formula saved with its value in {name!r}; open the file in Excel and save it"
            got = shown(str(formula.value))
            return BrokenRow(number, "formula", words, got, record, _reference(header, cells, mapping))
    return None


def _reference(header: list[str], cells: _Row, mapping: Mapping) -> str | None:
    """Give the reference of the declaration of a row; ``None`` when its own cell is the one that cannot be used."""
    source = mapping.reference
    found = next((cell for name, cell in zip(header, cells, strict=False) if source and name == source.column), None)
    return None if found is None or found.data_type == "e" else cell_text(found.value, mapping, None)


def _chunk(
    rows: list[tuple[int, dict[str, object]]], broken: list[BrokenRow], mapping: Mapping, timed: set[str]
) -> RawChunk:
    moments = {source.column: source.moment for source in mapping.fields if source.moment}
    columns = []
    for name in mapping.columns:
        cells = _days_or_moments(name, [row.get(name) for _, row in rows], timed)
        columns.append(
            pl.Series(name, [cell_text(cell, mapping, moments.get(name)) for cell in cells], dtype=pl.String)
        )

    def record(position: int) -> str:
        return as_record(rows[position][1])

    return RawChunk(
        pl.Series("row", [number for number, _ in rows], dtype=pl.Int64), pl.DataFrame(columns), record, broken
    )


def _days_or_moments(name: str, cells: list[object], timed: set[str]) -> list[object]:
    """Take the moments of a column for days where all are midnight, for so a spreadsheet holds days.

    A column with a time in it is `timed`: it holds moments, also those of midnight.
    """
    return cells if name in timed else [cell.date() if isinstance(cell, datetime) else cell for cell in cells]


def _with_times(values: dict[str, object]) -> Iterator[str]:
    """Name the columns of a row that hold another moment than midnight."""
    for name, value in values.items():
        if isinstance(value, datetime) and value.time() != time():
            yield name


def _undecided(rows: list[tuple[int, dict[str, object]]], mapping: Mapping, timed: set[str]) -> bool:
    """Tell whether a column holds nothing but midnights so far: what it holds is told by what is still to be read."""
    columns = [name for name in mapping.columns if name not in timed]
    return any(isinstance(row.get(name), datetime) for name in columns for _, row in rows)


def _timed(path: Path, sheet: _Sheet) -> set[str]:
    """Name the columns of a long worksheet that hold moments anywhere: all of it is read for that, before its first rows are given."""
    with _workbook(path, values=True) as book:
        rows = book.worksheets[sheet.place].iter_rows(min_row=2, values_only=True)
        try:
            return {name for row in rows for name in _with_times(dict(zip(sheet.header, row, strict=False)))}
        except _DAMAGE as error:
            raise UnreadableFile(
                f"damaged worksheet: {error}", field=path.name, hint="save it anew as .xlsx"
            ) from error
