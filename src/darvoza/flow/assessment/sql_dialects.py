"""The dialects of SQL a profile can be said in, and what each of them cannot say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from darvoza.errors import ProfileError


@dataclass(frozen=True, slots=True)
class Dialect:
    """A dialect of SQL.

    Attributes
    ----------
    name
        Its name, as sqlglot knows it.
    executed
        Whether the conformance corpus is executed on it in the tests; otherwise what it is given is only rendered.
    cannot
        Operators it cannot express, each with the reason.
    nul
        Whether a text may hold the character U+0000.
    date_type
        Its type of a date.
    calendar
        The first and the last day that type can hold, of the years 1 to 9999.
    subtracts_dates
        Whether one date minus another is a number of days.
    widens
        Whether a sum or product of decimals has as many digits as it needs; else all are given the most there are.
    """

    name: str
    executed: bool = False
    cannot: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    nul: bool = True
    date_type: str = "DATE"
    calendar: tuple[date, date] = (date.min, date.max)
    subtracts_dates: bool = False
    widens: bool = True


_NO_SETS: Final = "an array of ClickHouse is never NULL, so an unknown set cannot be told from an empty one"

DIALECTS: Final = {
    dialect.name: dialect
    for dialect in (
        Dialect("duckdb", executed=True),
        Dialect("postgres", executed=True, nul=False, subtracts_dates=True),
        Dialect("spark", executed=True),
        Dialect("databricks"),
        Dialect(
            "clickhouse",
            cannot=MappingProxyType(dict.fromkeys(("include", "is empty", "is known, of a set"), _NO_SETS)),
            date_type="DATE32",  # a Date begins in 1970
            calendar=(date(1900, 1, 1), date(2299, 12, 31)),
            widens=False,
        ),
        Dialect("trino"),
    )
}


def dialect_of(name: str) -> Dialect:
    """Find a dialect by its name.

    Raises
    ------
    ProfileError
        Darvoza does not speak it.

    Examples
    --------
    >>> dialect_of("mysql")
    Traceback (most recent call last):
        ...
    darvoza.errors.ProfileError: dialect: expected one of clickhouse, databricks, duckdb, postgres, spark, trino, got 'mysql' (dialects without booleans, with case-blind collations or with decimals that round by themselves are left out)
    """
    if name not in DIALECTS:
        raise ProfileError(
            field="dialect",
            expected="one of " + ", ".join(sorted(DIALECTS)),
            got=name,
            hint="dialects without booleans, with case-blind collations or with decimals that round by themselves "
            "are left out",
        )
    return DIALECTS[name]


def inexpressible(operator: str, dialect: Dialect, why: str, hint: str | None = None) -> ProfileError:
    """Make the error for an operator that a dialect cannot express."""
    return ProfileError(
        f"{operator} cannot be said in {dialect.name}: {why}",
        field="when",
        expected=f"an operator {dialect.name} can express",
        got=operator,
        hint=hint or "replay it with `darvoza replay` instead",
    )
