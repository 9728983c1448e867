"""Counts that all processes of one server share: a page of memory, mapped before the processes part.

Every process writes a row of its own and every process can add the rows up, so that whoever is asked tells the counts of
all. A process that is killed leaves its counts behind; nothing is locked that it could leave locked.
"""

import mmap
import struct
import threading
from bisect import bisect_left
from enum import StrEnum
from typing import Final

ROWS: Final = 64
"""Processes at one time."""

BOUNDS: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Upper bounds of the classes of duration [s]; one more class holds what took longer."""

STATUSES: Final = ("2xx", "3xx", "4xx", "5xx")


class Area(StrEnum):
    """Which part of the office was asked."""

    PAGES = "pages"
    API = "api"
    HEALTH = "health"


_WIDTH = len(STATUSES) + len(BOUNDS) + 2
_CELLS = len(Area) * _WIDTH
_DOUBLE = struct.Struct("d")


class Counts:
    """Requests by area and status, and how long they took.

    Examples
    --------
    >>> counts = Counts()
    >>> counts.note(Area.PAGES, 200, 0.03)
    >>> counts.requests(Area.PAGES), counts.seconds(Area.PAGES)
    ({'2xx': 1, '3xx': 0, '4xx': 0, '5xx': 0}, 0.03)
    """

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, ROWS * _CELLS * _DOUBLE.size)
        self._row = 0
        self._one_thread = threading.Lock()

    def take_row(self, row: int) -> None:
        """Say which row this process writes, in [0, `ROWS`); no other living process may have it."""
        self._row = row % ROWS
        self._one_thread = threading.Lock()

    def note(self, area: Area, status: int, seconds: float) -> None:
        """Count one answer."""
        first = list(Area).index(area) * _WIDTH
        kind = min(max(status // 100 - 2, 0), len(STATUSES) - 1)
        duration = len(STATUSES) + bisect_left(BOUNDS, seconds)
        with self._one_thread:
            for cell, amount in ((kind, 1.0), (duration, 1.0), (_WIDTH - 1, seconds)):
                place = (self._row * _CELLS + first + cell) * _DOUBLE.size
                _DOUBLE.pack_into(self._page, place, _DOUBLE.unpack_from(self._page, place)[0] + amount)

    def requests(self, area: Area) -> dict[str, int]:
        """Give how many answers there were, by status."""
        return {status: int(self._sum(area, place)) for place, status in enumerate(STATUSES)}

    def durations(self, area: Area) -> list[int]:
        """Give how many answers took no longer than each of `BOUNDS`, and how many there were in all."""
        found, total = [], 0
        for place in range(len(BOUNDS) + 1):
            total += int(self._sum(area, len(STATUSES) + place))
            found.append(total)
        return found

    def seconds(self, area: Area) -> float:
        """Give how long all answers took together [s]."""
        return self._sum(area, _WIDTH - 1)

    def _sum(self, area: Area, cell: int) -> float:
        """Add one cell up over the rows of all processes."""
        first = list(Area).index(area) * _WIDTH + cell
        places = ((row * _CELLS + first) * _DOUBLE.size for row in range(ROWS))
        return float(sum(_DOUBLE.unpack_from(self._page, place)[0] for place in places))


COUNTS: Final = Counts()
"""Those of this server."""
