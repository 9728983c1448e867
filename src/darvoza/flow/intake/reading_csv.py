"""CSV: delimiter and encoding found out, rows streamed, a damaged row kept apart and the rest read on."""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from darvoza.errors import InvalidMapping, UnreadableFile, shown
from darvoza.flow.intake.csv_blocks import blocks, cut_at_once
from darvoza.flow.intake.encodings import FOUND, check_stated, meant_by
from darvoza.flow.intake.mapping import DELIMITERS, Mapping
from darvoza.flow.intake.raw import (
    CHUNK_ROWS,
    BrokenRow,
    RawChunk,
    as_record,
    check_columns,
    no_declarations,
    printable,
)

SNIFFED_BYTES = 1 << 20
BLOCK_LINES = 1_000
MOST_COLUMNS = 10_000
LONGEST_BEGINNING = 10_000
"""Characters of a damaged line in which the reference is looked for."""

_LINE_END = re.compile("\r\n|\r|\n")
_STRAY = re.compile("[\udc80-\udcff]")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class CsvForm:
    """What was found out about a CSV file: encoding, delimiter, header, the mapped columns, and that of the reference."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    wanted: tuple[str, ...]
    reference: int | None = None


def csv_form(path: Path, mapping: Mapping) -> CsvForm:
    """Find out encoding, delimiter and header.

    The delimiter is the one that makes the header hold most of the mapped columns.

    Raises
    ------
    InvalidMapping
        A mapped column is missing, whatever the delimiter.
    UnreadableFile
        There is no line end in the first MiB, a mapped column occurs twice, or the file is not in the encoding that is stated.
    """
    with path.open("rb") as file:
        head = file.read(SNIFFED_BYTES)
    encoding = find_encoding(head) if mapping.form.encoding == "auto" else mapping.form.encoding
    if mapping.form.encoding != "auto":
        check_stated(path.name, head, encoding)
    encoding = "utf-8-sig" if encoding == "utf-8" and head.startswith(_BOM) else encoding
    if len(head) == SNIFFED_BYTES and b"\n" not in head and b"\r" not in head:
        raise UnreadableFile("no line end in the first MiB: not CSV", field=path.name)
    text = head.decode(encoding, "surrogateescape")
    wanted = mapping.form.delimiter
    candidates = {mark: _header(text, mark) for mark in DELIMITERS if mark != "auto"}
    if (most := max(map(len, candidates.values()))) > MOST_COLUMNS:
        raise UnreadableFile(field=path.name, expected=f"at most {MOST_COLUMNS} columns", got=f"{most}")
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
    source = mapping.reference
    return CsvForm(encoding, best, header, mapping.columns, header.index(source.column) if source else None)


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
    try:
        # The last character may be cut in two by the end of the sample: the text is not final.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        text = head.decode("utf-8", "surrogateescape")
        stray = len(_STRAY.findall(text))
        whole = sum(letter > "\x7f" for letter in text) - stray
        return FOUND if whole <= stray else "utf-8"
    return "utf-8"


def _header(text: str, delimiter: str) -> tuple[str, ...]:
    """Read the first row of a text, without spaces around the names."""
    try:
        row = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        row = []
    return tuple(name.strip() for name in row)


class _Lines:
    """The lines of a file, each remembered until its row is complete, so that a damaged row can be taken back.

    A block is opened for care, line by line; a row that goes on beyond it draws the next block in.
    """

    def __init__(self, blocks: Iterator[bytes], encoding: str) -> None:
        self.blocks, self.encoding = blocks, encoding
        self.waiting = deque[str]()
        self.taken: list[str] = []

    def open(self, block: bytes) -> None:
        """Put the lines of a block at the end of those that wait."""
        text = block.decode(self.encoding, "surrogateescape")
        self.waiting.extend(io.StringIO(text, newline=""))

    def __iter__(self) -> Iterator[str]:
        while True:
            if not self.waiting and (block := next(self.blocks, None)) is not None:
                self.open(block)
            if not self.waiting:
                return
            line = self.waiting.popleft()
            self.taken.append(line)
            yield line

    def some(self) -> list[str]:
        """Take some waiting lines."""
        return [self.waiting.popleft() for _ in range(min(BLOCK_LINES, len(self.waiting)))]

    def take_back(self) -> str:
        """Give the first line of the unfinished row, and put the others back to be read anew."""
        first, *rest = self.taken
        self.waiting.extendleft(reversed(rest))
        self.taken.clear()
        return first


_Entry = list[str] | BrokenRow


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
    with path.open("rb") as file:
        file.seek(len(_BOM) if form.encoding == "utf-8-sig" else 0)
        table, number = _Table(form), 0
        for block in _read(blocks(file), form):
            # The header is the first entry of the first block.
            table.add(block if number else block[1:], max(number, 1))
            number += len(block)
            if table.size >= CHUNK_ROWS:
                found = True
                yield table.chunk()
                table = _Table(form)
        if table.size:
            found = True
            yield table.chunk()
    if not found:
        raise no_declarations(path.name)


def _read(raw: Iterator[bytes], form: CsvForm) -> Iterator[Sequence[_Entry] | pl.DataFrame]:
    """Cut blocks by columns at once where that is safe; the others go row by row."""
    encoding = "utf-8" if form.encoding == "utf-8-sig" else form.encoding
    lines = _Lines(raw, encoding)
    for block in raw:
        cut = cut_at_once(_as_utf8(block, encoding), form.delimiter, len(form.header))
        if cut is not None:
            yield cut
        else:
            lines.open(block)
            yield from _by_rows(lines, form)


def _as_utf8(block: bytes, encoding: str) -> bytes:
    """Write a block anew in UTF-8; where it cannot be, it stays as it is and will need care."""
    if encoding == "utf-8":
        return block
    try:
        return block.decode(encoding).encode()
    except UnicodeDecodeError:
        return block


def _by_rows(lines: _Lines, form: CsvForm) -> Iterator[Sequence[_Entry]]:
    """Read some lines at a time as rows; only where the reader complains, row by row."""
    while some := lines.some():
        try:
            rows = list(csv.reader(some, delimiter=form.delimiter, strict=True))
            if len(rows) < len(some):
                _check_swallowed(rows, form)
            yield rows
        except csv.Error:
            # A damaged row, or a quoted line break where the lines end.
            lines.waiting.extendleft(reversed(some))
            yield list(_careful(lines, form, len(some)))


def _check_swallowed(rows: Sequence[list[str]], form: CsvForm) -> None:
    """Complain of a field that holds the end of one row and the beginning of another: a quote opened and was not closed.

    A text with line ends in it is no such field, unless its lines have just as many delimiters as rows cut at that field.
    """
    most = len(form.header) - 1
    for row in rows:
        for place, value in enumerate(row if most else ()):
            marks = [line.count(form.delimiter) for line in _LINE_END.split(value)]
            if len(marks) > 1 and marks == [most - place, *[most] * (len(marks) - 2), place]:
                raise csv.Error("a quote that is not closed")


def _careful(lines: _Lines, form: CsvForm, count: int) -> Iterator[_Entry]:
    """Read so many waiting lines row by row, and turn a complaint of the reader into a broken row."""
    while lines.waiting and count > 0:
        try:
            for row in csv.reader(lines, delimiter=form.delimiter, strict=True):
                if len(lines.taken) > 1:
                    _check_swallowed([row], form)
                count -= len(lines.taken)
                lines.taken.clear()
                yield row
                if not lines.waiting or count <= 0:
                    break
        except csv.Error as error:
            line = lines.take_back()
            count -= 1
            rule, words = "quoting", "quotes that open and close a field"
            if "limit" in str(error):
                rule, words = "oversized", "fields of at most 131 072 characters"
            said = (rule, words, printable(shown(line)), as_record({"line": line}))
            yield BrokenRow(0, *said, _reference_in(line, form))


def _reference_in(line: str, form: CsvForm) -> str | None:
    """Give the reference in a damaged line, where every field up to it opens and closes as it should."""
    if form.reference is None:
        return None
    field = f'(?:"(?:[^"]|"")*"|[^"{re.escape(form.delimiter)}]*)'
    begin = re.match(f"(?:{field}{re.escape(form.delimiter)}){{{form.reference + 1}}}", line[:LONGEST_BEGINNING])
    if begin is None:
        return None
    return _whole(next(csv.reader([begin[0]], delimiter=form.delimiter))[form.reference])


def _whole(text: str) -> str | None:
    """Give a text, ``None`` when it has bytes of another encoding in it."""
    return None if _STRAY.search(text) else text


class _Table:
    """The rows of one chunk, gathered as columns of text."""

    def __init__(self, form: CsvForm) -> None:
        self.form = form
        self.names = [str(place) for place in range(len(form.header))]
        self.parts: list[pl.DataFrame] = []
        self.numbers: list[int] = []
        self.broken: list[BrokenRow] = []

    @property
    def size(self) -> int:
        return len(self.numbers) + len(self.broken)

    def add(self, block: Sequence[_Entry] | pl.DataFrame, before: int) -> None:
        """Add rows of which `before` is the number of the last row before them; blank lines are passed over."""
        if isinstance(block, pl.DataFrame):
            self.numbers.extend(range(before + 1, before + 1 + block.height))
            self.parts.append(block)
            return
        rows, numbers = [], []
        for number, entry in enumerate(block, start=before + 1):
            if isinstance(entry, BrokenRow):
                self.broken.append(replace(entry, row=number))
            elif len(entry) == len(self.form.header):
                rows.append(entry)
                numbers.append(number)
            elif entry:
                self.broken.append(_ragged(number, entry, self.form))
        self.add_rows(rows, numbers)

    def add_rows(self, rows: list[list[str]], numbers: list[int]) -> None:
        """Add whole rows, but for those with bytes of another encoding, which are set aside."""
        stray = [next((value for value in row if not value.isascii() and _STRAY.search(value)), None) for row in rows]
        for row, number, value in zip(rows, numbers, stray, strict=True):
            if value is not None:
                record = as_record(dict(zip(self.form.header, row, strict=True)))
                words = f"text in {self.form.encoding}"
                found = None if self.form.reference is None else _whole(row[self.form.reference])
                meant = meant_by(value) if self.form.encoding in {"utf-8", "utf-8-sig"} else None
                got = meant.told if meant else printable(shown(value))
                self.broken.append(BrokenRow(number, "encoding", words, got, record, found))
        whole = [row for row, value in zip(rows, stray, strict=True) if value is None]
        self.numbers += [number for number, value in zip(numbers, stray, strict=True) if value is None]
        self.parts.append(pl.DataFrame(whole, schema=dict.fromkeys(self.names, pl.String()), orient="row"))

    def chunk(self) -> RawChunk:
        """Put the parts together and name the mapped columns."""
        whole = pl.concat(self.parts) if self.parts else pl.DataFrame(schema=dict.fromkeys(self.names, pl.String()))
        place = {name: position for position, name in enumerate(self.form.header)}
        values = whole.select(pl.col(self.names[place[name]]).alias(name) for name in self.form.wanted)

        def record(position: int) -> str:
            return as_record(dict(zip(self.form.header, whole.row(position), strict=True)))

        return RawChunk(
            pl.Series("row", self.numbers, dtype=pl.Int64), values, record, self.broken, columns=self.form.header
        )


def _ragged(number: int, row: list[str], form: CsvForm) -> BrokenRow:
    """Report a row with too few or too many values.

    With too many the first one stands in its place; which column any other is of is a guess. With too few none is certain:
    it may be the rest of a row that was cut.
    """
    header = form.header
    record: dict[str, object] = dict(zip(header, row, strict=False))
    if over := row[len(header) :]:
        record[""] = over
    found = _whole(row[0]) if over and form.reference == 0 else None
    return BrokenRow(number, "ragged", f"{len(header)} values", f"{len(row)} values", as_record(record), found)
