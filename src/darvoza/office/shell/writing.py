"""Many rows written at once: with COPY where the database has it, for a statement with thousands of values takes longer
to write than all that led to them. They come as plain values: to make a record of each costs more than to write it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import AutoField, JSONField, Model

TOGETHER = 2_000
"""Rows that are written at once."""

Row = Mapping[str, Any]


class _Column(NamedTuple):
    """A column: the name of its values, how it is written, what it holds where nothing is said, whether that is JSON.

    What it usually holds is ``None`` where the database gives it.
    """

    name: str
    written: str
    usual: Callable[[], object] | None
    is_json: bool


def insert(table: type[Model], rows: Iterable[Row]) -> int:
    """Insert new rows of a table, in the transaction of the caller.

    Parameters
    ----------
    table
        The table.
    rows
        Their values by column, all rows with the same columns. A column that is not named holds what it usually does; the
        key is given by the database.

    Returns
    -------
    int
        How many.

    Raises
    ------
    KeyError
        When a row lacks a column that the first one has.
    ValueError, DataError
        When a text holds the character U+0000, on PostgreSQL.
    DatabaseError, InterfaceError
        Of Django, when the database refuses a row, or is gone.
    """
    source, count = iter(rows), 0
    while batch := list(islice(source, TOGETHER)):
        _write(table, batch)
        count += len(batch)
    return count


def new_keys(table: type[Model], count: int) -> list[int]:
    """Give the keys that the database would give to so many new rows, and hold these in the transaction of the caller.

    On SQLite a transaction that writes is alone; on PostgreSQL a number is given once.
    """
    if not count:
        return []
    name, key = table._meta.db_table, table._meta.pk  # noqa: SLF001 - Django's documented name
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [name, key.column, count],
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [name])
        last = cursor.fetchone()
        first = (last[0] if last else 0) + 1
        return list(range(first, first + count))


def wait_for_turn(table: type[Model]) -> None:
    """Wait until no other transaction has the turn to write many rows of a table, and have it until this one ends.

    So rows written in turn are seen in the order of their keys. Whoever does not ask for a turn is not held up. On SQLite a
    transaction that writes is alone.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s::regclass::oid::bigint)", [table._meta.db_table])  # noqa: SLF001 - documented


def count_anew(table: type[Model]) -> None:
    """Have PostgreSQL count a table that was written anew, in the transaction of the caller.

    It plans by what it counted last. Of a table that was empty then it expects no row, joins all of them where fifty are
    asked for, and goes on so until it counts by itself. SQLite plans by its indexes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")  # noqa: SLF001 - documented


@cache
def _columns(table: type[Model]) -> tuple[_Column, ...]:
    """Give the columns of a table."""
    return tuple(
        _Column(
            name=each.attname,
            written=connection.ops.quote_name(str(each.column)),
            usual=None if isinstance(each, AutoField) else each.get_default,
            is_json=isinstance(each, JSONField),
        )
        for each in table._meta.concrete_fields  # noqa: SLF001 - Django's documented name
    )


def _write(table: type[Model], rows: Sequence[Row]) -> None:
    """Write some rows."""
    given = [each for each in _columns(table) if each.usual or each.name in rows[0]]
    values = [_values(each, rows) for each in given]
    name, columns = connection.ops.quote_name(table._meta.db_table), ", ".join(each.written for each in given)  # noqa: SLF001 - as above
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django says what happens in a statement, and not what happens while rows go over
            with connection.wrap_database_errors, cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                copy.write(b"".join(_lines(values)))
        else:
            places = ", ".join(["%s"] * len(given))
            words = f"INSERT INTO {name} ({columns}) VALUES ({places})"  # noqa: S608 # nosec B608 - own names
            cursor.executemany(words, list(zip(*(map(_adapted, each) for each in values), strict=True)))


def _values(column: _Column, rows: Sequence[Row]) -> list[Any]:
    """Give what rows hold in a column."""
    name, usual = column.name, column.usual
    held = [usual()] * len(rows) if usual and name not in rows[0] else [row[name] for row in rows]
    return list(map(_json, held)) if column.is_json else held


def _json(value: object) -> bytes | None:
    return None if value is None else orjson.dumps(value)


def _adapted(value: Any) -> Any:  # noqa: ANN401 - values of the database
    """Give a value as SQLite holds it."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _lines(columns: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Write rows as COPY reads them."""
    for row in zip(*map(_texts, columns), strict=True):
        yield b"\t".join(row) + b"\n"


def _texts(column: Sequence[object]) -> Sequence[bytes]:
    """Write the values of a column as COPY reads them, all at once: four searches take a fraction of a look at each character."""
    kinds = set(map(type, column))
    if kinds == {bytes}:  # JSON, in which everything else is escaped already
        texts = _BETWEEN.join(column).replace(b"\\", b"\\\\").split(_BETWEEN)  # type: ignore[arg-type] # as was just seen
    elif kinds == {str}:
        texts = _escaped("\0".join(column)).encode().split(_BETWEEN)  # type: ignore[arg-type] # as was just seen
    else:
        texts = "\0".join([_WRITTEN.get(value.__class__, str)(value) for value in column]).encode().split(_BETWEEN)
    if len(texts) != len(column):
        raise ValueError("expected texts without the character U+0000, which PostgreSQL cannot keep")
    return texts


def _escaped(text: str) -> str:
    """Escape a text for COPY."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


_BETWEEN = b"\0"
"""What no text of PostgreSQL holds."""

_WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "\\N",
    bool: lambda value: "t" if value else "f",
    float: repr,
    datetime: datetime.isoformat,
    date: date.isoformat,
    str: _escaped,
    bytes: lambda value: value.decode().replace("\\", "\\\\"),
}
