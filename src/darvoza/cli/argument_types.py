"""How words of the command line are read: shares, capacities, purses, counts, days."""

from argparse import ArgumentTypeError
from decimal import Decimal, InvalidOperation
from pathlib import Path

from darvoza.typed_days import day

__all__ = ["amount", "capacity", "count", "day", "purses", "share"]


def share(text: str) -> float:
    """Read a share such as 0.1."""
    try:
        value = float(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"expected a share such as 0.10, got {text!r}") from problem
    if not 0 < value <= 1:
        raise ArgumentTypeError(f"expected a share above 0 and at most 1, got {text!r}")
    return value


def capacity(text: str) -> float | Path:
    """Read a share such as 0.1, or the name of a file of capacities."""
    try:
        float(text)
    except ValueError:
        return Path(text)
    return share(text)


def purses(text: str) -> tuple[float, float, float, float]:
    """Read the parts of severity, harm, money and probability."""
    try:
        severity, harm, money, probability = map(float, text.split(","))
    except ValueError as problem:
        raise ArgumentTypeError(f"expected four parts such as 0.10,0.50,0.20,0.20, got {text!r}") from problem
    return severity, harm, money, probability


def count(text: str) -> int:
    """Read a number of things, at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return int(text)


def amount(text: str) -> Decimal:
    """Read an amount above 0."""
    try:
        value = Decimal(text)
    except InvalidOperation as problem:
        raise ArgumentTypeError(f"expected an amount such as 12000.5, got {text!r}") from problem
    if not (value.is_finite() and value > 0):
        raise ArgumentTypeError(f"expected an amount above 0, got {text!r}")
    return value
