"""CSV: delimiter and encoding found out, rows streamed, a damaged row kept apart and the rest read on."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from darvoza.errors import InvalidMapping, UnreadableFile, shown
from darvoza.flow.intake.mapping import DELIMITERS, Mapping
from darvoza.flow.intake.raw import CHUNK_ROWS, BrokenRow, RawChunk, as_record, check_columns, no_declarations

SNIFFED_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class CsvForm:
    """What was found out about a CSV file: encoding, delimiter, header, and the mapped columns."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    wanted: tuple[str, ...]


def csv_form(path: Path, mapping: Mapping) -> CsvForm:
    """Find out encoding, delimiter and header.

    The delimiter is the one that makes the header hold most of the mapped columns.

    Raises
    ------
    InvalidMapping
        A mapped column is missing, whatever the delimiter.
    UnreadableFile
        There is no line end in the first MiB, or a mapped column occurs twice.
    """
    with path.open("rb") as file:
        head = file.read(SNIFFED_BYTES)
    encoding = find_encoding(head) if mapping.form.encoding == "auto" else mapping.form.encoding
    encoding = "utf-8-sig" if encoding == "utf-8" and head.startswith(_BOM) else encoding
    if len(head) == SNIFFED_BYTES and b"\n" not in head and b"\r" not in head:
        raise UnreadableFile("no line end in the first MiB: not CSV", field=path.name)
    text = head.decode(encoding, "surrogateescape")
    wanted = mapping.form.delimiter
    candidates = {mark: _header(text, mark) for mark in DELIMITERS if mark != "auto"}
    found = {mark: len(set(mapping.columns) & set(header)) for mark, header in candidates.items()}
    best = max(found, key=found.__getitem__) if wanted == "auto" else wanted
    header = candidates[best]
    if found[best] == 0 and max(found.values()) > 0:
        right = max(found, key=found.__getitem__)
        hint = f"the header has the mapped columns when {right!r} is the delimiter"
        raise UnreadableFile(field=f"{path.name}: delimiter", expected=shown(right), got=best, hint=hint)
    if found[best] == 0 and len(header) == 1:
        hint = "check the delimiter, or whether the first line is the header"
        raise InvalidMapping(
            field=path.name, expected=f"the columns {', '.join(mapping.columns)}", got=header[0], hint=hint
        )
    check_columns(path.name, header, mapping)
    return CsvForm(encoding, best, header, mapping.columns)


def find_encoding(head: bytes) -> str:
    """Tell UTF-8 from cp1251 by the first bytes of a file.

    A byte order mark or strict UTF-8 decides. Otherwise the file is UTF-8 with damaged rows when it holds more whole
    multi-byte characters than stray bytes, and cp1251 when it does not.

    Examples
    --------
    >>> find_encoding("Код;Товар".encode("utf-8")), find_encoding("Код;Товар".encode("cp1251"))
    ('utf-8', 'cp1251')
    """
    if head.startswith(_BOM):
        return "utf-8"
    # The last character may be cut in two by the end of the sample.
    text = head.decode("utf-8", "surrogateescape")
    stray = sum("\udc80" <= letter <= "\udcff" for letter in text[:-3])
    whole = sum(letter > "\x7f" and not "\udc80" <= letter <= "\udcff" for letter in text) if stray else 0
    return "cp1251" if stray and whole <= stray else "utf-8"


def _header(text: str, delimiter: str) -> tuple[str, ...]:
    """Read the first row of a text, without spaces around the names."""
    try:
        row = next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        row = []
    return tuple(name.strip() for name in row)


class _Lines:
    """The lines of a file, each remembered until its row is complete, so that a damaged row can be taken back."""

    def __init__(self, file: Iterator[str]) -> None:
        self.file, self.waiting = file, deque[str]()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        while True:
            line = self.waiting.popleft() if self.waiting else next(self.file, None)
            if line is None:
                return
            self.taken.append(line)
            yield line

    def take_back(self) -> str:
        """Give the first line of the unfinished row, and put the others back to be read anew."""
        first, *rest = self.taken
        self.waiting.extendleft(reversed(rest))
        self.taken.clear()
        return first


def read_csv(path: Path, form: CsvForm) -> Iterator[RawChunk]:
    """Stream the rows below the header.

    A quoted line break does not start a row: rows are numbered, not lines. When quotes are misplaced or never
    closed, the first line of that row is reported and the following lines are read as rows of their own.

    Raises
    ------
    UnreadableFile
        There is no row below the header.
    """
    found = False
    with path.open(encoding=form.encoding, errors="surrogateescape", newline="") as file:
        rows: list[list[str]] = []
        numbers: list[int] = []
        broken: list[BrokenRow] = []
        for number, row, fault in _rows(_Lines(iter(file)), form.delimiter):
            if number == 1 or not (row or fault):
                continue
            if fault is not None:
                broken.append(fault)
            elif len(row) == len(form.header):
                rows.append(row)
                numbers.append(number)
            else:
                broken.append(_ragged(number, row, form.header))
            if len(rows) + len(broken) >= CHUNK_ROWS:
                found = True
                yield _chunk(rows, numbers, broken, form)
                rows, numbers, broken = [], [], []
        if rows or broken:
            found = True
            yield _chunk(rows, numbers, broken, form)
    if not found:
        raise no_declarations(path.name)


def _rows(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str], BrokenRow | None]]:
    """Number the rows, the header being 1, and turn a reader's complaint into a broken row."""
    number = 0
    while True:
        try:
            for row in csv.reader(lines, delimiter=delimiter, strict=True):
                number += 1
                lines.taken.clear()
                yield number, row, None
            return
        except csv.Error as error:
            number += 1
            line = lines.take_back()
            rule = "oversized" if "limit" in str(error) else "quoting"
            words = (
                "fields of at most 131 072 characters" if rule == "oversized" else "quotes that open and close a field"
            )
            yield number, [], BrokenRow(number, rule, words, shown(line), as_record({"line": line}))


def _ragged(number: int, row: list[str], header: tuple[str, ...]) -> BrokenRow:
    """Report a row with too few or too many values."""
    record = (
        dict(zip(header, row, strict=False)) | {"": row[len(header) :]}
        if len(row) > len(header)
        else dict(zip(header, row, strict=False))
    )
    return BrokenRow(
        number, "ragged", f"{len(header)} values, as the header has", f"{len(row)} values", as_record(record)
    )


def _chunk(rows: list[list[str]], numbers: list[int], broken: list[BrokenRow], form: CsvForm) -> RawChunk:
    """Turn rows into columns, leaving out rows with bytes of another encoding."""
    try:
        values = _columns(rows, form)
    except UnicodeEncodeError:
        whole = [not _has_stray_bytes(row) for row in rows]
        for number, row, fine in zip(numbers, rows, whole, strict=True):
            if not fine:
                broken.append(_undecodable(number, row, form))
        rows = [row for row, fine in zip(rows, whole, strict=True) if fine]
        numbers = [number for number, fine in zip(numbers, whole, strict=True) if fine]
        values = _columns(rows, form)

    def record(position: int) -> str:
        return as_record(dict(zip(form.header, rows[position], strict=True)))

    return RawChunk(pl.Series("row", numbers, dtype=pl.Int64), values, record, broken)


def _columns(rows: list[list[str]], form: CsvForm) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(form.header)
    place = {name: position for position, name in enumerate(form.header)}
    return pl.DataFrame([pl.Series(name, columns[place[name]], dtype=pl.String) for name in form.wanted])


def _has_stray_bytes(row: list[str]) -> bool:
    return any("\udc80" <= letter <= "\udcff" for value in row if not value.isascii() for letter in value)


def _undecodable(number: int, row: list[str], form: CsvForm) -> BrokenRow:
    value = next(value for value in row if _has_stray_bytes([value]))
    record = as_record(dict(zip(form.header, row, strict=True)))
    got = shown(value).encode("utf-8", "backslashreplace").decode("utf-8")
    return BrokenRow(number, "encoding", f"text in {form.encoding}", got, record)
