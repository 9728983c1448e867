"""How the words that `darvoza serve` listens by are read: an address, and how many processes and threads answer."""

import re
from argparse import ArgumentTypeError

MOST_PROCESSES = 64
"""As many as `darvoza.office.operations.counting` has rows for, which needs more than the command line does."""

THREADS = 16
"""Requests that a process answers at a time: those that wait while one is decided are decided together."""

MOST_THREADS = 256

MOST_PORT = 65535
_ADDRESS = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(\d+)")


def address(text: str) -> str:
    """Read where to listen: a host and a port, or a socket of this machine.

    Examples
    --------
    >>> address("127.0.0.1:8000"), address("unix:/run/darvoza.sock")
    ('127.0.0.1:8000', 'unix:/run/darvoza.sock')
    """
    found = _ADDRESS.fullmatch(text)
    if (found and 1 <= int(found[1]) <= MOST_PORT) or re.fullmatch(r"unix:.+|fd://\d+", text):
        return text
    raise ArgumentTypeError(
        f"expected HOST:PORT such as 127.0.0.1:8000, with a port from 1 to {MOST_PORT}, got {text!r}"
    )


def processes(text: str) -> int:
    """Read how many processes answer."""
    return _number(text, MOST_PROCESSES)


def threads(text: str) -> int:
    """Read how many requests a process answers at a time."""
    return _number(text, MOST_THREADS)


def _number(text: str, most: int) -> int:
    if text.isdecimal() and 1 <= int(text) <= most:
        return int(text)
    raise ArgumentTypeError(f"expected a whole number from 1 to {most}, got {text!r}")
