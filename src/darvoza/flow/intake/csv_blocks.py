"""Blocks of CSV cut into columns at once, where every line is beyond doubt; in doubt they are left to the careful reader."""

import io
from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

BLOCK_BYTES: Final = 8 << 20
LONGEST_LINE: Final = 131_072
"""The limit of a field in the careful reader; no line so long is cut at once."""

_QUOTE, _LINE_END = ord('"'), ord("\n")


def blocks(file: io.BufferedIOBase, *, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    r"""Read a file in blocks that end with a line end, but for the last one.

    Examples
    --------
    >>> list(blocks(io.BytesIO(b"a,b\n1,2\n3,4"), size=5))
    [b'a,b\n', b'1,2\n', b'3,4']
    """
    rest = b""
    while read := file.read(size):
        whole, mark, rest = (rest + read).rpartition(b"\n")
        if mark:
            yield whole + mark
    if rest:
        yield rest


def cut_at_once(block: bytes, delimiter: str, width: int) -> pl.DataFrame | None:
    r"""Cut whole lines of UTF-8 into `width` columns of text, or give ``None`` where a line needs care.

    A block is beyond doubt when every line has the right number of delimiters outside quotes, every quote opens a field,
    closes one or is doubled inside one, and no field holds a line end (RFC 4180, section 2).

    Examples
    --------
    >>> cut_at_once(b'a,"b, c"\n"","say ""so"" "\n', ",", 2).rows()
    [('a', 'b, c'), ('', 'say "so" ')]
    >>> cut_at_once(b'a,b"c\n', ",", 2) is None
    True
    """
    block = block.replace(b"\r\n", b"\n")
    if width < 2 or b"\r" in block or not _beyond_doubt(block, ord(delimiter), width):
        return None
    try:
        schema = {str(place): pl.String() for place in range(width)}
        return pl.read_csv(
            block, has_header=False, separator=delimiter, infer_schema=False, empty_string_is_null=False, schema=schema
        )
    except pl.exceptions.PolarsError:
        return None


def _beyond_doubt(block: bytes, delimiter: int, width: int) -> bool:
    """Check every line of a block at once."""
    letters = np.frombuffer(block if block.endswith(b"\n") else block + b"\n", np.uint8)
    ends = np.flatnonzero(letters == _LINE_END)
    starts = np.concatenate([np.zeros(1, ends.dtype), ends[:-1] + 1])
    if (ends - starts).max() >= LONGEST_LINE:
        return False
    quotes = letters == _QUOTE
    marks = letters == delimiter
    if quotes.any():
        inside = np.logical_xor.accumulate(quotes)
        if inside[ends].any() or not _quotes_fit(letters, quotes, inside, delimiter):
            return False
        marks &= ~inside
    return bool((np.add.reduceat(marks, starts, dtype=np.int64) == width - 1).all())


def _quotes_fit(
    letters: np.ndarray[tuple[int], np.dtype[np.uint8]],
    quotes: np.ndarray[tuple[int], np.dtype[np.bool_]],
    inside: np.ndarray[tuple[int], np.dtype[np.bool_]],
    delimiter: int,
) -> bool:
    """Check that a quote stands at the edge of a field, or beside another quote in it."""
    edges = (delimiter, _LINE_END, _QUOTE)
    places = np.flatnonzero(quotes)
    opening = places[inside[places]]
    closing = places[~inside[places]]
    before = letters[opening[opening > 0] - 1]
    return bool(np.isin(before, edges).all() and np.isin(letters[closing + 1], edges).all())
