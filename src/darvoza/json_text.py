"""JSON read from files and from strangers, and written for them: what nests too deep is wrong like anything else that is wrong."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

LONGEST: Final = 60
"""Places of a decimal number that are written out; one of more is beyond any amount, and keeps its power of ten."""


def read_json(
    text: str | bytes,
    *,
    parse_float: Callable[[str], object] | None = None,
    parse_constant: Callable[[str], object] | None = None,
    object_pairs_hook: Callable[[list[tuple[str, Any]]], object] | None = None,
) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Read a text of JSON.

    Parameters
    ----------
    text
        The text; bytes are UTF-8.
    parse_float, parse_constant, object_pairs_hook
        What fractions, ``NaN`` and ``Infinity``, and objects become; as in the standard library.

    Raises
    ------
    ValueError
        When it is not JSON, not UTF-8, holds a number of more than 4,300 digits, or nests deeper than can be read.

    Examples
    --------
    >>> read_json('{"a": [1, null]}')
    {'a': [1, None]}
    >>> read_json("[" * 100_000)
    Traceback (most recent call last):
        ...
    ValueError: it nests too deep
    """
    try:
        return json.loads(
            text, parse_float=parse_float, parse_constant=parse_constant, object_pairs_hook=object_pairs_hook
        )
    except RecursionError:
        raise ValueError("it nests too deep") from None


def write_json(value: object) -> bytes:
    """Write a value as JSON; decimal numbers, days and moments as the texts by which they are read.

    Raises
    ------
    ValueError
        When it holds what JSON has no word for; `foreign` finds it.

    Examples
    --------
    >>> write_json({"value": Decimal("2500.50"), "mass": Decimal(1000).normalize(), "on": date(2026, 3, 1)})
    b'{"value": "2500.50", "mass": "1000", "on": "2026-03-01"}'
    """
    try:
        return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False).encode()
    except TypeError as problem:
        raise ValueError(str(problem)) from problem
    except RecursionError:
        raise ValueError("it nests too deep") from None


def _plain(value: object) -> str:
    """Write what is read from a text: a decimal number, a day or a moment."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f") if abs(value.adjusted()) <= LONGEST else str(value)
    raise TypeError(f"{type(value).__name__} is no value of JSON")


def foreign(value: object, path: str = "") -> tuple[str, object] | None:
    """Find the first value that JSON has no word for, with its place; none where a value holds itself.

    Examples
    --------
    >>> foreign({"items": [{"codes": {"A"}}]})
    ('items.1.codes', {'A'})
    """
    inner: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list | tuple):
        inner = enumerate(value, start=1)
    else:
        try:
            write_json(value)
        except ValueError:
            return path, value
    try:
        found = (foreign(each, f"{path}.{name}".lstrip(".")) for name, each in inner)
        return next((each for each in found if each), None)
    except RecursionError:
        return None
