"""The chain of the journal: each entry's digest covers the one before, so that nothing inside can be changed unseen."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import rfc8785

BEGINNING: Final = "0" * 64
"""What stands before the first entry."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one entry says.

    Attributes
    ----------
    number
        Place in the journal, from 1.
    by
        User name of who did it; ``system`` for what nobody asked for.
    action
        What was done, such as ``order.claimed``.
    subject
        To what, such as a declaration.
    data
        What else is to be known: names and JSON values.
    """

    number: int
    at: datetime
    by: str
    action: str
    subject: str
    data: dict[str, Any]


def digest(line: Line, previous: str) -> str:
    """Give the SHA-256 of an entry and of the digest before it, in canonical JSON (RFC 8785).

    Examples
    --------
    >>> from datetime import UTC
    >>> first = Line(1, datetime(2026, 1, 1, tzinfo=UTC), "asel", "order.claimed", "KG-1", {})
    >>> digest(first, BEGINNING) == digest(first, "1" * 64)
    False
    """
    body: dict[str, Any] = {
        "number": line.number,
        "at": line.at.isoformat(),
        "by": line.by,
        "action": line.action,
        "subject": line.subject,
        "data": line.data,
        "previous": previous,
    }
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def first_broken(lines: Iterable[tuple[Line, str]], previous: str = BEGINNING, number: int = 1) -> int | None:
    """Give the number of the first place where the chain does not hold; ``None`` when it holds everywhere.

    Parameters
    ----------
    lines
        Entries in order, each with the digest that was kept.
    previous, number
        Where the walk begins.
    """
    for line, kept in lines:
        if line.number != number or digest(line, previous) != kept:
            return number
        previous, number = kept, number + 1
    return None
