"""Results told to whoever asked for it, in the transaction in which they are recorded.

The register knows nobody above it. Who has to know of results says so once, when the program starts.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from darvoza.office.registry.models import Result


class Listener(NamedTuple):
    """Who is told of results.

    Attributes
    ----------
    hold
        Called before anything is written or locked: what it holds is held until the transaction ends.
    tell
        Called with the results once they are recorded with their findings, and the moment.
    """

    hold: Callable[[], None]
    tell: Callable[[Sequence[Result], datetime], None]


_LISTENERS: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have results told from now on."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)


@contextmanager
def recording(now: datetime) -> Iterator[list[Result]]:
    """Give a list for the results that are recorded here, in one transaction; then tell of them.

    Whoever records results within a transaction of his own begins it with this: what listeners hold comes before all other
    locks, so that nobody waits for another in a circle.
    """
    with transaction.atomic():
        for each in _LISTENERS:
            each.hold()
        recorded: list[Result] = []
        yield recorded
        if recorded:
            for each in _LISTENERS:
                each.tell(recorded, now)
