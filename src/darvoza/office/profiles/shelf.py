"""The library of profiles, line by line: what is in force of each, what waits beside it, and which lines are asked for."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple

from darvoza.domain.profile_version import EntryIntoForce, ProfileState

SETTLED: Final = (ProfileState.APPROVED, ProfileState.DISCARDED)
"""States in which a version waits for nobody."""

SOON: Final = timedelta(days=60)
"""How long before its end or its review a profile is pointed out."""


class Shelved(NamedTuple):
    """What the library needs of a version; its columns, by name."""

    code: str
    number: int
    agency: str
    title: str
    risk_area: str
    act: str
    share: Decimal | None
    state: str
    valid_to: date | None
    review_by: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """One profile of the library: its version in force, or the newest; and what waits beside it.

    Attributes
    ----------
    row
        The version that is shown.
    number
        The version in force; ``None`` when none is.
    waiting
        The version that is submitted or returned or a draft, when there is one.
    planned
        The entry into force that is to come.
    expired, ending, review_due
        Whether its validity is over, ends soon, or its review is due.
    """

    row: Shelved
    number: int | None
    waiting: Shelved | None
    planned: EntryIntoForce | None
    expired: bool
    ending: bool
    review_due: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are asked for.

    Attributes
    ----------
    words
        Those in whose code, title or risk area every word occurs.
    only
        Those in ``force``, ``waiting`` for an answer, ``drafts``, ``ending``, ``ended``, or those whose figures propose that
        they ``retire``; all of them when empty.
    agency
        Those of one agency.
    """

    words: str = ""
    only: str = ""
    agency: str = ""


def lines_of(
    rows: Iterable[Shelved], numbers: Mapping[str, int], planned: Mapping[str, EntryIntoForce], today: date
) -> list[Line]:
    """Make a line of each profile.

    Parameters
    ----------
    rows
        Versions by code, the newest first.
    numbers
        The version in force, by code.
    planned
        The next entry into force that is to come, by code.
    """
    return [
        _line(list(group), numbers.get(code), planned.get(code), today)
        for code, group in groupby(rows, key=lambda row: row.code)
    ]


def _line(rows: list[Shelved], number: int | None, planned: EntryIntoForce | None, today: date) -> Line:
    shown = next((row for row in rows if row.number == number), rows[0])
    return Line(
        row=shown,
        number=number,
        waiting=next((row for row in rows if row.state not in SETTLED), None),
        planned=planned,
        expired=shown.valid_to is not None and shown.valid_to < today,
        ending=shown.valid_to is not None and today <= shown.valid_to < today + SOON,
        review_due=shown.review_by is not None and shown.review_by < today + SOON,
    )


def asked_for(lines: Iterable[Line], wanted: Wanted, proposed: Set[str] = frozenset()) -> list[Line]:
    """Keep the lines that are asked for; `proposed` are the codes whose figures propose that they end."""
    words = wanted.words.casefold().split()
    return [
        line
        for line in lines
        if (not wanted.agency or line.row.agency == wanted.agency)
        and _holds(line.row, words)
        and _of_kind(line, wanted.only, proposed)
    ]


def _holds(row: Shelved, words: list[str]) -> bool:
    text = f"{row.code} {row.title} {row.risk_area}".casefold() if words else ""
    return all(word in text for word in words)


def _of_kind(line: Line, only: str, proposed: Set[str]) -> bool:  # noqa: PLR0911 - one return a kind
    state = line.waiting.state if line.waiting else ""
    match only:
        case "force":
            return line.number is not None
        case "waiting":
            return state == ProfileState.SUBMITTED
        case "drafts":
            return state in {ProfileState.DRAFT, ProfileState.RETURNED}
        case "ending":
            return line.number is not None and (line.expired or line.ending or line.review_due)
        case "retire":
            return line.number is not None and line.row.code in proposed
        case "ended":
            return line.number is None and line.row.state == ProfileState.APPROVED
    return True
