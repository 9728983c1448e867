"""JSON read from files and from strangers: what nests too deep is wrong like anything else that is wrong."""

import json
from collections.abc import Callable
from typing import Any


def read_json(
    text: str | bytes,
    *,
    parse_float: Callable[[str], object] | None = None,
    parse_constant: Callable[[str], object] | None = None,
) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Read a text of JSON.

    Parameters
    ----------
    text
        The text; bytes are UTF-8.
    parse_float, parse_constant
        What fractions, and ``NaN`` and ``Infinity``, become; as in the standard library.

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
        return json.loads(text, parse_float=parse_float, parse_constant=parse_constant)
    except RecursionError:
        raise ValueError("it nests too deep") from None
