"""Progress of long work: one line a stage on standard error, with rows and seconds."""

import sys
import time
from typing import TextIO


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

    def __call__(self, stage: str, rows: int) -> None:
        """Tell that a stage is done."""
        now = time.perf_counter()
        start = "\r" if self._live else ""
        self._stream.write(f"{start}  {stage:<14}{rows:>12,} rows {now - self._since:>8.1f} s\n")
        self._stream.flush()
        self._since = now

    def at(self, rows: int) -> None:
        """Tell how far the running stage is, on a terminal only."""
        if self._live:
            self._stream.write(f"\r  … {rows:,} rows")
            self._stream.flush()
