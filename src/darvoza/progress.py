"""Progress of long work: one line a stage on standard error, with rows and seconds; and a running count on a terminal."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, TypeVar

Each = TypeVar("Each")
OnProgress = Callable[[int], None]
"""What is told, again and again, how much is done."""

OFTEN = 0.2
"""Seconds between two running counts: a terminal is slower than what it tells of."""


def unheard(rows: int) -> None:
    """Tell nobody how much is done."""


def counted(each: Iterable[Each], on_progress: OnProgress) -> Iterator[Each]:
    """Walk over something, and tell with each how many there were.

    Examples
    --------
    >>> told = []
    >>> list(counted("ab", told.append)), told
    (['a', 'b'], [1, 2])
    """
    for number, one in enumerate(each, start=1):
        on_progress(number)
        yield one


class Progress:
    """Say what was done and how long it took, a line a stage.

    Parameters
    ----------
    stream
        Where to write; standard error by default, so that results on standard output stay clean.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._since = time.perf_counter()
        self._live = self._stream.isatty()
        self._told: float | None = None

    def __call__(self, stage: str, rows: int) -> None:
        """Tell that a stage is done."""
        now = time.perf_counter()
        start = "\r" if self._live else ""
        self._stream.write(f"{start}  {stage:<14}{rows:>12,} rows {now - self._since:>8.1f} s\n")
        self._stream.flush()
        self._since, self._told = now, None

    def at(self, rows: int) -> None:
        """Tell how far the running stage is, on a terminal only."""
        now = time.perf_counter()
        if self._live and (self._told is None or now - self._told >= OFTEN):
            self._stream.write(f"\r  … {rows:,} rows\x1b[K")
            self._stream.flush()
            self._told = now

    def clear(self) -> None:
        """Take the running count away, on a terminal only: what is printed next begins a line."""
        if self._live and self._told is not None:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._told = None
