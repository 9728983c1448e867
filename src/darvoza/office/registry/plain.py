"""Records as plain JSON values and back, exactly: decimals and moments are text, lists become tuples again."""

from collections.abc import Hashable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

Record = TypeVar("Record")


def as_plain(value: Any) -> Any:  # noqa: ANN401 - values of JSON
    """Give a value as JSON holds it.

    Examples
    --------
    >>> as_plain((Decimal("1.50"), None, date(2026, 3, 1)))
    ['1.50', None, '2026-03-01']
    """
    if value.__class__ in _AS_THEY_ARE:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [as_plain(each) for each in value]
    if is_dataclass(value):
        value = {name: getattr(value, name) for name, _ in _fields(value.__class__)}
    if isinstance(value, dict):
        return {name: as_plain(each) for name, each in value.items()}
    return str(value) if isinstance(value, Decimal) else value


_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})


@cache
def _fields(kind: Hashable) -> tuple[tuple[str, bool], ...]:
    """Give the names of the fields of a record, and whether each has to be said."""
    of_kind = fields(kind)  # type: ignore[arg-type] # dataclasses only
    return tuple((field.name, field.default is MISSING and field.default_factory is MISSING) for field in of_kind)


def plain_record(record: Any, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """Give the values of a record by name; those that are as if nobody had said anything are left out."""
    said = ((name, getattr(record, name), asked) for name, asked in _fields(record.__class__) if name not in without)
    return {name: as_plain(value) for name, value, asked in said if asked or value not in (None, ())}


def revived(record: type[Record], values: dict[str, Any]) -> Record:
    """Make a record out of plain values; what is missing takes its default."""
    kinds = _kinds(record)  # type: ignore[arg-type] # classes are hashable
    known = {field.name for field in fields(record)}  # type: ignore[arg-type] # dataclasses only
    return record(**{name: _revive(kinds[name], value) for name, value in values.items() if name in known})


@cache
def _kinds(record: Hashable) -> dict[str, Any]:
    """Give the types of the fields of a record; they are looked up once."""
    return get_type_hints(record)


def _revive(kind: Any, value: Any) -> Any:  # noqa: ANN401 - a type and a value of it
    choices = [each for each in get_args(kind) if each is not type(None)]
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(_revive(choices[0], each) for each in value) if choices else tuple(value)
    inner = kind if isinstance(kind, type) else choices[0] if choices else kind
    if inner is datetime:
        return datetime.fromisoformat(value)
    if isinstance(value, dict) and is_dataclass(inner):
        return revived(inner, value)
    if isinstance(inner, type) and issubclass(inner, Decimal | Enum):
        return inner(value)
    return value
