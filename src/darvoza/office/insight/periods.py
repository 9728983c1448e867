"""The months that figures are of: all, one, a quarter, a year, or from one to another."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode

from darvoza.errors import InvalidValue

MONTH: Final = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")
_SPAN: Final = re.compile(r"([12][0-9]{3})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, slots=True)
class Period:
    """Months of lodging, as ``2026-03``; empty where there is no bound.

    Attributes
    ----------
    first, last
        The first and the last month that count.

    Examples
    --------
    >>> Period("2026-01", "2026-03").name, Period("2026-03", "2026-03").name, Period("2026-01", "2026-12").name
    ('2026-Q1', '2026-03', '2026')
    >>> Period("2026-01", "2026-04").name, Period("2026-02", "").name, Period().name
    ('2026-01 – 2026-04', '2026-02 –', '')
    """

    first: str = ""
    last: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Period":
        """Read a period: ``period`` as a month, a quarter or a year, or else ``from`` and ``to`` as months.

        Raises
        ------
        InvalidValue
            What was asked for is none, or ends before it begins.

        Examples
        --------
        >>> Period.of({"period": "2026-Q4"})
        Period(first='2026-10', last='2026-12')
        >>> Period.of({"from": "2026-02", "to": "2026-01"})
        Traceback (most recent call last):
        darvoza.errors.InvalidValue: period: expected a month, a quarter or a year, or months from one to another, got '2026-02 – 2026-01'
        """
        if span := asked.get("period", "").strip():
            return spanning(span)
        made = cls(asked.get("from", "").strip(), asked.get("to", "").strip())
        if wrong := next((each for each in (made.first, made.last) if each and not MONTH.fullmatch(each)), ""):
            raise _no_period(wrong)
        if made.first and made.last and made.last < made.first:
            raise _no_period(made.name)
        return made

    @property
    def whole(self) -> bool:
        """Whether it is all there is."""
        return not (self.first or self.last)

    @property
    def span(self) -> str:
        """The month, quarter or year that it is exactly, as in its name; empty where it is none."""
        if not self.first:
            return ""
        names = (self.first, quarter_of(self.first), self.first[:4])
        return next((name for name in names if spanning(name) == self), "")

    @property
    def name(self) -> str:
        """What it is called; empty for all there is."""
        return self.span or (f"{self.first} – {self.last}".strip() if not self.whole else "")

    @property
    def file_name(self) -> str:
        """Its name as part of the name of a file; empty for all there is.

        Examples
        --------
        >>> Period("2026-01", "2026-03").file_name, Period("2026-02", "2026-04").file_name, Period("", "2026-02").file_name
        ('2026-Q1', '2026-02-to-2026-04', 'to-2026-02')
        """
        if self.span or self.whole:
            return self.span
        if self.first and self.last:
            return f"{self.first}-to-{self.last}"
        return f"from-{self.first}" if self.first else f"to-{self.last}"

    @property
    def asked(self) -> dict[str, str]:
        """What asks for it again."""
        return {name: month for name, month in (("from", self.first), ("to", self.last)) if month}

    @property
    def query(self) -> str:
        """The same as the end of an address that asks for something before it."""
        return f"&{urlencode(self.asked)}" if self.asked else ""

    @property
    def lodged(self) -> dict[str, datetime]:
        """Bounds of the moment of lodging, as conditions."""
        first = {"lodged_at__gte": beginning(self.first)} if self.first else {}
        return first | ({"lodged_at__lt": beginning(following(self.last))} if self.last else {})

    def holds(self, month: str) -> bool:
        """Tell whether a month is in it."""
        if not month:  # kept before months were
            return self.whole
        return (not self.first or month >= self.first) and (not self.last or month <= self.last)


EVER: Final = Period()


def _no_period(got: str) -> InvalidValue:
    expected = "a month, a quarter or a year, or months from one to another"
    return InvalidValue(field="period", expected=expected, got=got[:20])


def spanning(name: str) -> Period:
    """Give the period of a month, a quarter or a year.

    Raises
    ------
    InvalidValue
        It is none of them.
    """
    found = _SPAN.fullmatch(name)
    if found is None:
        raise _no_period(name)
    year, quarter, month = found.groups()
    if quarter:
        begins = 3 * int(quarter) - 2
        return Period(f"{year}-{begins:02}", f"{year}-{begins + 2:02}")
    return Period(f"{year}-{month or '01'}", f"{year}-{month or '12'}")


def beginning(month: str) -> datetime:
    """Give the moment at which a month begins."""
    year, number = map(int, month.split("-"))
    return datetime(year, number, 1, tzinfo=UTC)


def following(month: str) -> str:
    """Give the month after a month.

    Examples
    --------
    >>> following("2026-12"), following("2026-01")
    ('2027-01', '2026-02')
    """
    year, number = map(int, month.split("-"))
    more, place = divmod(number, 12)
    return f"{year + more}-{place + 1:02}"


class Spans(NamedTuple):
    """The years, quarters and months of which there are figures, the latest first."""

    years: list[str]
    quarters: list[str]
    months: list[str]


def spans_of(months: Iterable[str]) -> Spans:
    """Give the years, quarters and months that can be chosen.

    Examples
    --------
    >>> spans_of(["2026-03", "2026-04"])
    Spans(years=['2026'], quarters=['2026-Q2', '2026-Q1'], months=['2026-04', '2026-03'])
    """
    known = sorted(set(months), reverse=True)
    return Spans(_each(month[:4] for month in known), _each(map(quarter_of, known)), known)


def quarter_of(month: str) -> str:
    """Give the quarter of a month."""
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def _each(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
