"""Many rows written at once: with COPY where the database has it, for a statement with thousands of values takes longer
to write than all that led to them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import AutoField, JSONField, Model

TOGETHER = 2_000
"""Rows that are written at once."""


def insert(rows: Iterable[Model]) -> int:
    """Insert new rows of one table, in the transaction of the caller; those that name no key are given one by the database.

    Returns
    -------
    int
        How many.
    """
    source, count = iter(rows), 0
    while batch := list(islice(source, TOGETHER)):
        _write(batch)
        count += len(batch)
    return count


def numbered(rows: Sequence[Model]) -> None:
    """Give new rows of one table the keys that the database would give them, and hold these in its transaction.

    On SQLite a transaction that writes is alone; on PostgreSQL a number is given once.
    """
    if not rows:
        return
    meta = rows[0]._meta  # noqa: SLF001 - Django's documented name
    table, key = meta.db_table, meta.pk
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, key.column, len(rows)],
            )
            numbers = [number for (number,) in cursor.fetchall()]
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            last = cursor.fetchone()
            first = (last[0] if last else 0) + 1
            numbers = list(range(first, first + len(rows)))
    for row, number in zip(rows, numbers, strict=True):
        row.pk = number


def count_anew(table: type[Model]) -> None:
    """Have PostgreSQL count a table that was written anew, in the transaction of the caller.

    It plans by what it counted last. Of a table that was empty then it expects no row, joins all of them where fifty are
    asked for, and goes on so until it counts by itself. SQLite plans by its indexes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")  # noqa: SLF001 - documented


def _write(rows: Sequence[Model]) -> None:
    """Write some rows."""
    meta = rows[0]._meta  # noqa: SLF001 - Django's documented name
    given = [each for each in meta.concrete_fields if not (isinstance(each, AutoField) and rows[0].pk is None)]
    names = [each.attname for each in given]
    texts = [isinstance(each, JSONField) for each in given]
    columns = ", ".join(connection.ops.quote_name(str(each.column)) for each in given)
    table = connection.ops.quote_name(meta.db_table)
    values = (
        [_json(row.__dict__[name]) if text else row.__dict__[name] for name, text in zip(names, texts, strict=True)]
        for row in rows
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write("".join(_lines(values)))
        else:
            places = ", ".join(["%s"] * len(given))
            made = ([_adapted(value) for value in row] for row in values)
            words = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 # nosec B608 - own names
            cursor.executemany(words, list(made))


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _adapted(value: Any) -> Any:  # noqa: ANN401 - values of the database
    """Give a value as SQLite holds it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Write rows as COPY reads them."""
    for row in rows:
        yield "\t".join([_copied(value) for value in row]) + "\n"


def _copied(value: object) -> str:
    written = _WRITTEN.get(value.__class__, str)(value)
    return written.translate(_ESCAPED) if value.__class__ is str else written


_WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "\\N",
    bool: lambda value: "t" if value else "f",
    float: repr,
    datetime: datetime.isoformat,
    date: date.isoformat,
    str: str,
}
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
