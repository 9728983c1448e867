"""JSON read from files and from strangers: what nests too deep is wrong like anything else that is wrong."""

import json
from typing import Any


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Read a text of JSON.

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
        return json.loads(text)
    except RecursionError:
        raise ValueError("it nests too deep") from None
