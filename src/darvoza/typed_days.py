"""Days as they are typed at any door."""

from argparse import ArgumentTypeError
from datetime import date


def day(text: str) -> date:
    """Read a day.

    Examples
    --------
    >>> day("2026-01-31")
    datetime.date(2026, 1, 31)
    """
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"expected a day such as 2026-01-31, got {text!r}") from problem
