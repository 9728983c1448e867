"""Statements that are made with every batch: their words are put together once, which takes longer than to ask.

Some tables have one row, which is held while something is added that has to follow what came before.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import InterfaceError, InternalError, OperationalError, connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)

UNAVAILABLE = (OperationalError, InterfaceError, InternalError)
"""Errors of a database that is gone, or whose disk is: PostgreSQL then cannot read what it holds (class XX of its states)."""

KEY = 1
"""The key of a row that is alone."""


def hold(table: type[Row], **first: object) -> Row:
    """Give the one row of a table, and hold it until the transaction of the caller ends.

    Parameters
    ----------
    table
        The table; its columns are numbers and texts.
    first
        What the row holds where it was not made yet.

    Raises
    ------
    DatabaseError, InterfaceError
        Of Django, when the database is gone.
    """
    with connection.cursor() as cursor:
        cursor.execute(_to_hold(table))
        found = cursor.fetchone()
    if found is None:
        return table._default_manager.select_for_update().get_or_create(pk=KEY, defaults=first)[0]  # noqa: SLF001 - documented
    return table.from_db(connection.alias, _names(table), found)


def put(row: Model) -> None:
    """Write what the one row of a table holds now, while it is held."""
    table = type(row)
    with connection.cursor() as cursor:
        cursor.execute(_to_put(table), [getattr(row, name) for name in _names(table)])


def found_among(table: type[Model], columns: Sequence[str], **among: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Give columns of the rows whose values are all among those asked for.

    Parameters
    ----------
    table
        The table.
    columns
        What is given of each row, numbers and texts, by the names of its fields.
    among
        The values that are looked for, field by field; none of no value.

    Raises
    ------
    DatabaseError, InterfaceError
        Of Django, when the database is gone.
    """
    if not all(among.values()):
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_to_find(table, tuple(columns), tuple(among)), [list(values) for values in among.values()])
        else:
            sizes = tuple((name, len(values)) for name, values in among.items())
            asked = [value for values in among.values() for value in values]
            cursor.execute(_to_find(table, tuple(columns), sizes), asked)
        return list(cursor.fetchall())


@cache
def _to_hold(table: type[Model]) -> str:
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return f"SELECT {_listed(_names(table))} FROM {_quoted(table)} WHERE id = {KEY}{lock}"  # noqa: S608 # nosec B608 - own names


@cache
def _to_put(table: type[Model]) -> str:
    words = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in _names(table))
    return f"UPDATE {_quoted(table)} SET {words} WHERE id = {KEY}"  # noqa: S608 # nosec B608 - own names


@cache
def _to_find(table: type[Model], columns: tuple[str, ...], among: tuple[str | tuple[str, int], ...]) -> str:
    """Put a question together; a field stands by itself, or with the number of its values where these cannot be a list."""
    each = (
        f"{connection.ops.quote_name(said)} = ANY(%s)"
        if isinstance(said, str)
        else f"{connection.ops.quote_name(said[0])} IN ({', '.join(['%s'] * said[1])})"
        for said in among
    )
    return f"SELECT {_listed(columns)} FROM {_quoted(table)} WHERE {' AND '.join(each)}"  # noqa: S608 # nosec B608 - own names


def _names(table: type[Model]) -> tuple[str, ...]:
    """Give the columns of a table, as its rows name them."""
    return tuple(each.attname for each in table._meta.concrete_fields)  # noqa: SLF001 - Django's documented name


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(connection.ops.quote_name, names))


def _quoted(table: type[Model]) -> str:
    return connection.ops.quote_name(table._meta.db_table)  # noqa: SLF001 - Django's documented name
