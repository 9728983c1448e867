"""Rows counted as they are read: converted, checked, kept or rejected with the reason."""

import gc
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from darvoza.domain.fields import FIELD, TRADERS, Kind
from darvoza.errors import SettingsError, UnreadableFile, shown
from darvoza.flow.intake.code_texts import unless
from darvoza.flow.intake.consistency import ItemCounter, intake_faults, row_faults
from darvoza.flow.intake.mapping import FieldSource, Mapping
from darvoza.flow.intake.parsing import Fault, Parsed, Spelling, parse, parse_one
from darvoza.flow.intake.raw import BrokenRow, RawChunk
from darvoza.flow.intake.reading import Stream, open_stream
from darvoza.flow.intake.records import ITEM_SCHEMA, LEFT_SCHEMA, REJECTED_SCHEMA, SourceFile

PLACE: Final = "_place"
"""Column with the number of the file of a goods item, beside its row."""

Where = tuple[int, str, int]
"""Where a row stands: the number of its file, the name of the file with that of the worksheet, and the row."""

_Error = tuple[str, int, str | None, str | None, str, str, str | None, str | None, str]


def check_asked(paths: Sequence[Path], now: datetime | None) -> None:
    """Refuse an intake of nothing, or a moment without a time zone."""
    if not paths:
        raise UnreadableFile("no file was given", field="paths", hint="name at least one file")
    if now is not None and now.tzinfo is None:
        raise SettingsError(field="now", expected="a moment with its time zone", got=now)


@dataclass(slots=True)
class Tally:
    """The count of an intake in progress.

    Attributes
    ----------
    mapping
        How the files become declarations.
    now
        A moment after which nothing can have been lodged; ``None`` does not ask.
    on_progress
        Called after each chunk with the number of rows read so far.
    keep
        Takes the accepted goods items of each chunk, with `PLACE`, the number of their file.
    threads
        Threads used; the result does not depend on it.
    read, errors, rejected, left
        Rows read, every error, file and row of all that was rejected, and what the mapping does not speak of.
    """

    mapping: Mapping
    now: datetime | None
    on_progress: Callable[[int], None] | None
    keep: Callable[[pl.DataFrame], None]
    threads: int = 1
    read: int = 0
    errors: list[_Error] = field(default_factory=list)
    rejected: set[Where] = field(default_factory=set)
    left: list[tuple[str, int, str, str]] = field(default_factory=list)

    def take_file(self, place: int, path: Path) -> SourceFile:
        """Take in one file; `place` is its position among the files."""
        stream = open_stream(path, self.mapping)
        counter, before = ItemCounter(), self.read
        columns: dict[str, None] = {}
        with _collector_paused():
            for chunk in stream.chunks:
                self.read += chunk.read
                columns.update(dict.fromkeys(chunk.columns))
                self.take_chunk(place, path, chunk, counter)
                if self.on_progress is not None:
                    self.on_progress(self.read)
        return replace(_source_file(path, stream, self.read - before), columns=tuple(columns))

    def take_chunk(self, place: int, path: Path, chunk: RawChunk, counter: ItemCounter) -> None:
        """Convert and check the rows of one chunk."""
        name = chunk.source(path)
        self.left += [(name, *said) for said in chunk.left]
        references = self.references(chunk.broken)
        for broken, reference in zip(chunk.broken, references, strict=True):
            self.rejected.add((place, name, broken.row))
            said = (broken.rule, broken.expected, broken.got, reference, broken.record)
            self.errors.append((name, broken.row, None, None, *said))
        if chunk.rows.is_empty():
            return
        items, faults = self.convert(chunk, counter)
        bad = _any(items, faults)
        self.report((place, name), chunk, items["declaration_id"], faults)
        kept = items.filter(~bad).with_columns(
            chunk.rows.filter(~bad).alias("row"), file=pl.lit(name), **{PLACE: pl.lit(place, pl.Int32)}
        )
        self.keep(kept)

    def convert(self, chunk: RawChunk, counter: ItemCounter) -> tuple[pl.DataFrame, list[tuple[str, Fault]]]:
        """Parse every mapped column, count the items where asked to, and check the values of each row."""
        # Polars leaves Python alone while it works, so that columns can be converted side by side.
        with ThreadPoolExecutor(max_workers=self.threads) as pool:
            parsed = list(pool.map(lambda source: self.parsed(source, chunk), self.mapping.fields))
        columns = [column.values for column in parsed]
        named = zip(self.mapping.fields, parsed, strict=True)
        faults = [(source.field, fault) for source, column in named for fault in column.faults]
        constants = [
            pl.lit(parse_one(FIELD[name], text)).cast(ITEM_SCHEMA[name]).alias(name)
            for name, text in self.mapping.constants.items()
        ]
        items = pl.DataFrame(columns).with_columns(constants)
        if self.mapping.number_within:
            keys = [pl.col(name).cast(pl.String).fill_null("") for name in self.mapping.number_within]
            first = pl.col(self.mapping.number_within[0]).is_not_null()
            key = items.select(pl.when(first).then(pl.concat_str(keys, separator="\x1f"))).to_series()
            items = items.with_columns(self.counted(chunk, key, counter))
        return items, faults + row_faults(items)

    def counted(self, chunk: RawChunk, keys: pl.Series, counter: ItemCounter) -> pl.Series:
        """Number the goods items of a chunk; broken rows of which nothing but the declaration is known count with them."""
        if self.mapping.number_within != ("declaration_id",) or not chunk.broken:
            return counter.count(keys)
        broken = pl.DataFrame(
            {"row": [each.row for each in chunk.broken], "key": self.references(chunk.broken), "item": False},
            schema={"row": pl.Int64, "key": pl.String, "item": pl.Boolean},
        )
        good = pl.DataFrame({"row": chunk.rows, "key": keys, "item": pl.repeat(True, len(keys), eager=True)})  # noqa: FBT003
        rows = pl.concat([good, broken]).sort("row")
        return counter.count(rows.get_column("key")).filter(rows.get_column("item"))

    def references(self, broken: Sequence[BrokenRow]) -> list[str | None]:
        """Give the references of broken rows, read by the rules of the field."""
        source = self.mapping.reference
        if source is None or not broken:
            return [None] * len(broken)
        raw = pl.Series([each.declaration_id for each in broken], dtype=pl.String)
        return parse(FIELD["declaration_id"], raw, self.spelling(source)).values.to_list()

    def parsed(self, source: FieldSource, chunk: RawChunk) -> Parsed:
        """Parse one mapped column."""
        entry, raw = FIELD[source.field], chunk.values[source.column]
        made = parse(entry, raw, self.spelling(source), now=self.now)
        if entry.kind is not Kind.CODES:
            return made
        return replace(made, values=unless(_says_nothing(raw, source, silent=chunk.silent), made.values))

    def spelling(self, source: FieldSource) -> Spelling:
        """Say how the values of a field are written."""
        form = self.mapping.form
        return Spelling(
            source.codes,
            source.missing,
            source.scale,
            source.moment,
            form.decimal,
            form.thousands,
            source.digits,
            form.time_zone,
            source.digits if source.field in TRADERS else (),
        )

    def report(
        self, where: tuple[int, str], chunk: RawChunk, identities: pl.Series, faults: list[tuple[str, Fault]]
    ) -> None:
        """Keep every error of every row of a chunk."""
        place, name = where
        found: dict[int, list[tuple[str, Fault]]] = {}
        for field_name, fault in faults:
            for position in fault.broken.arg_true():
                found.setdefault(position, []).append((field_name, fault))
        column = {source.field: source.column for source in self.mapping.fields}
        for position in sorted(found):
            row, record = chunk.rows[position], chunk.record(position)
            self.rejected.add((place, name, row))
            for field_name, fault in found[position]:
                source = column.get(field_name)
                said = (fault.rule, fault.expected, _got(chunk, source, position))
                self.errors.append((name, row, source, field_name, *said, identities[position], record))

    def settle(self, items: pl.DataFrame, paths: Sequence[Path]) -> pl.DataFrame:
        """Reject the rows that contradict earlier rows of the intake."""
        faults = intake_faults(items)
        if not faults:
            return items
        bad = _any(items, faults)
        keys = set(items.filter(bad).select(PLACE, "file", "row").iter_rows())
        records = self.records(keys, paths)
        column = {source.field: source.column for source in self.mapping.fields}
        for name, fault in faults:
            for row in items.filter(fault.broken).iter_rows(named=True):
                where = (row[PLACE], row["file"], row["row"])
                said = (fault.rule, fault.expected, shown(str(row[name])), row["declaration_id"])
                self.errors.append((row["file"], row["row"], column.get(name), name, *said, records[where]))
        self.rejected |= keys
        return items.filter(~bad)

    def account(self) -> dict[str, Any]:
        """Give what every account of an intake says, but for what was accepted."""
        rejected = pl.DataFrame(self.errors, schema=REJECTED_SCHEMA, orient="row")
        left = pl.DataFrame(self.left, schema=LEFT_SCHEMA, orient="row")
        return {
            "rejected": rejected,
            "left": left,
            "read": self.read,
            "rejected_rows": len(self.rejected),
            "mapping": self.mapping,
        }

    def records(self, keys: set[Where], paths: Sequence[Path]) -> dict[Where, str]:
        """Read the raw rows of late rejections once more; keeping all raw rows until then would fill the memory."""
        found = {}
        for place, path in enumerate(paths):
            if all(where != place for where, _, _ in keys):
                continue
            for chunk in open_stream(path, self.mapping).chunks:
                name = chunk.source(path)
                wanted = [row for where, file, row in keys if (where, file) == (place, name)]
                for position in chunk.rows.is_in(wanted).arg_true():
                    found[place, name, chunk.rows[position]] = chunk.record(position)
        return found


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the search for cycles: a list for each row sets it off again and again, and texts form no cycles.

    Splitting 200 000 rows into columns took 42 % less time for it.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _any(items: pl.DataFrame, faults: list[tuple[str, Fault]]) -> pl.Series:
    """Tell which rows have at least one error."""
    bad = pl.repeat(value=False, n=len(items), dtype=pl.Boolean, eager=True)
    for _, fault in faults:
        bad |= fault.broken
    return bad


def _says_nothing(raw: pl.Series, source: FieldSource, *, silent: bool) -> pl.Series:
    """Tell which values say nothing of codes: the texts that mean so by the mapping, and nothing at all where that is `silent`."""
    nothing = raw.is_null() if silent else pl.repeat(value=False, n=raw.len(), dtype=pl.Boolean, eager=True)
    listed = [text for text in source.missing if text]
    if listed and raw.dtype == pl.String:
        nothing |= raw.str.strip_chars().is_in(listed).fill_null(value=False)
    return nothing


def _got(chunk: RawChunk, column: str | None, position: int) -> str | None:
    """Show the raw value that broke a rule; ``None`` when there was none."""
    value = None if column is None else chunk.values[column][position]
    return None if value is None else shown(value)


def _source_file(path: Path, stream: Stream, rows: int) -> SourceFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return SourceFile(path.name, digest, path.stat().st_size, stream.kind, stream.encoding, stream.delimiter, rows)


def complete(items: pl.DataFrame) -> pl.DataFrame:
    """Add the fields that the mapping does not speak of, and put all in canonical order."""
    unknown = [pl.lit(None, dtype).alias(name) for name, dtype in ITEM_SCHEMA.items() if name not in items.columns]
    return items.with_columns(unknown).select(*ITEM_SCHEMA)


def in_order(items: pl.DataFrame) -> pl.DataFrame:
    """Sort by time of lodging, so that the items of a declaration stand together.

    Most files come in that order, and then nothing is moved: to sort a million items takes their memory once more.
    """
    keys = [name for name in ("lodged_at", "declaration_id", "version", "item") if name in items.columns]
    return items if _is_in_order(items.select(keys)) else items.sort(keys, maintain_order=True)


def _is_in_order(keys: pl.DataFrame) -> bool:
    """Tell whether no row comes before the one above it, by the first column in which the two differ."""
    before: pl.Expr = pl.lit(value=False)
    for name in reversed(keys.columns):
        above = pl.col(name).shift()
        # nothing at all sorts before anything
        less = (pl.col(name) < above) | (pl.col(name).is_null() & above.is_not_null())
        before = less.fill_null(value=False) | (pl.col(name).eq_missing(above) & before)
    return keys.height < 2 or not keys.select(before.slice(1).any()).item()
