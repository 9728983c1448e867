"""NDJSON: one JSON object a line; a broken line is kept apart and the rest read on."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl

from darvoza.domain.fields import FIELD
from darvoza.errors import shown
from darvoza.flow.intake.code_texts import list_text
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.raw import (
    CHUNK_ROWS,
    BrokenRow,
    RawChunk,
    as_record,
    cell_text,
    check_columns,
    no_declarations,
    printable,
)

_Line = tuple[int, dict[str, object]]


def read_ndjson(path: Path, mapping: Mapping) -> Iterator[RawChunk]:
    """Stream the lines of an NDJSON file, the first line being row 1; blank lines count as lines, not as rows.

    A key that a line lacks is a missing value: of codes nothing is known then, as where there is ``null``. A column of a required field that no line of the first chunk has is
    an error of the mapping.

    Raises
    ------
    UnreadableFile
        There is no row at all.
    InvalidMapping
        The column of a required field is missing.
    """
    first = True
    lines: list[_Line] = []
    broken: list[BrokenRow] = []
    # Numbers stay decimal and never pass through a float.
    decoder = _Decoder()
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            read = _object(decoder, number, line, mapping)
            if isinstance(read, BrokenRow):
                broken.append(read)
            else:
                lines.append((number, read))
            if len(lines) + len(broken) >= CHUNK_ROWS:
                yield _chunk(path, lines, broken, mapping, first=first)
                first, lines, broken = False, [], []
    if lines or broken:
        yield _chunk(path, lines, broken, mapping, first=first)
    elif first:
        raise no_declarations(path.name)


class _Decoder(json.JSONDecoder):
    """Reads objects, and remembers the names that stood twice in one: programs differ in which of the values they read."""

    def __init__(self) -> None:
        super().__init__(parse_float=Decimal, parse_int=Decimal, object_pairs_hook=self._made)
        self.twice: set[str] = set()

    def _made(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) < len(pairs):
            self.twice.update(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return made


def _object(decoder: _Decoder, number: int, line: str, mapping: Mapping) -> dict[str, object] | BrokenRow:
    """Read one line, or say why it cannot be read."""
    record = as_record({"line": line})
    if any("\udc80" <= letter <= "\udcff" for letter in line if not letter.isascii()):
        return BrokenRow(number, "encoding", "text in utf-8", printable(shown(line)), record)
    decoder.twice.clear()
    try:
        value = decoder.decode(line.strip())
        json.dumps(value, default=str, ensure_ascii=False).encode("utf-8")
    except (ValueError, ArithmeticError, RecursionError) as error:
        return BrokenRow(
            number, "not-json", "one JSON object a line", printable(f"{type(error).__name__}: {error}"[:200]), record
        )
    if not isinstance(value, dict):
        return BrokenRow(number, "not-json", "one JSON object a line", printable(shown(line)), record)
    if decoder.twice:
        source = mapping.reference
        reference = None if source is None or source.column in decoder.twice else _reference(value, mapping)
        got = f"{printable(shown(min(decoder.twice)))} twice"
        return BrokenRow(number, "duplicate-name", "each name once in an object", got, record, reference)
    nested = next((name for name in mapping.columns if _is_nested(value.get(name))), None)
    if nested is not None:
        words, got = f"one plain value in {nested!r}", printable(shown(str(value[nested])))
        return BrokenRow(number, "nested", words, got, record, _reference(value, mapping))
    return value


def _reference(value: dict[str, object], mapping: Mapping) -> str | None:
    """Give the reference of the declaration of a line."""
    source = mapping.reference
    found = value.get(source.column) if source else None
    return None if isinstance(found, (list, dict)) else cell_text(found, mapping, None)


def _is_nested(value: object) -> bool:
    """Whether a value holds objects, or lists in lists; a list of codes is plain enough."""
    if isinstance(value, list):
        return any(isinstance(entry, (list, dict)) for entry in value)
    return isinstance(value, dict)


def _chunk(path: Path, lines: list[_Line], broken: list[BrokenRow], mapping: Mapping, *, first: bool) -> RawChunk:
    if first and lines:
        _check_keys(path, lines, mapping)
    moments = {source.column: source.moment for source in mapping.fields if source.moment}
    columns = []
    for name in mapping.columns:
        texts = [_text(line.get(name), mapping, moments.get(name)) for _, line in lines]
        columns.append(pl.Series(name, texts, dtype=pl.String))

    def record(position: int) -> str:
        return as_record(lines[position][1])

    keys = tuple(dict.fromkeys(key for _, line in lines for key in line))
    rows = pl.Series("row", [number for number, _ in lines], dtype=pl.Int64)
    return RawChunk(rows, pl.DataFrame(columns), record, broken, columns=keys, silent=True)


def _text(value: object, mapping: Mapping, moment: str | None) -> str | None:
    if isinstance(value, list):
        return list_text([cell_text(entry, mapping, moment) for entry in value])
    return cell_text(value, mapping, moment)


def _check_keys(path: Path, lines: list[_Line], mapping: Mapping) -> None:
    """Refuse a file that never mentions the column of a required field, or none of the mapped columns."""
    keys = list(dict.fromkeys(key for _, line in lines for key in line))
    required = [source for source in mapping.fields if FIELD[source.field].required]
    if any(source.column not in keys for source in required):
        check_columns(path.name, keys, mapping)
