"""Figures as records: what is kept of a reckoning, and how it is read again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from darvoza.flow.oversight.estimate_records import Estimates, GroupEstimate, Limits, ProfileLift
from darvoza.flow.oversight.release_times import ReleaseTime

OFFICER: Final = "officer"
"""The basis of a check that an officer opened on suspicion."""

EVERYBODY: Final = ""
"""In place of an agency: declarations of all."""


class Declared(NamedTuple):
    """How many declarations of one post went by one channel in one month; of an agency, those it decided on."""

    agency: str
    post: str
    month: str
    channel: str
    declarations: int


class Checks(NamedTuple):
    """How many checks of one kind were ordered, how many have a result, how many of those a finding.

    `recovered` adds up the amounts that are stated; `unstated` checks have a finding that states none.
    """

    agency: str
    post: str
    month: str
    channel: str
    basis: str
    ordered: int
    checked: int
    found: int
    recovered: float
    unstated: int = 0


class Examined(NamedTuple):
    """Of how many declarations of a post and month at least one check by an agency has a result."""

    agency: str
    post: str
    month: str
    declarations: int


class Load(NamedTuple):
    """What was to be expected of one act of one agency at a post (Σπ), drawn, opened by officers themselves, and done.

    By month of lodging; the month is empty where it was not kept yet.
    """

    agency: str
    post: str
    act: str
    expected: float
    drawn: int
    opened: int
    done: int
    month: str = ""


class Duty(NamedTuple):
    """Hours of work that rosters of a post gave in a month, on how many days, and hours that the checks of these days took."""

    agency: str
    post: str
    days: int
    hours: float
    worked: float
    month: str = ""


class Overridden(NamedTuple):
    """How often people departed from what was decided at a post in a month, in one way, for one reason in their words.

    The reason is empty for all those that are not among the most frequent.
    """

    agency: str
    post: str
    month: str
    move: str
    reason: str
    times: int


class DrawDay(NamedTuple):
    """What was decided with the key of one day, and the commitment to that key."""

    day: str
    commitment: str
    decisions: int
    draws: int
    selected: int


@dataclass(frozen=True, slots=True)
class Span:
    """What cannot be added up of months: estimates and release times of what was lodged in a month, a quarter or a year.

    Attributes
    ----------
    name
        Which, as ``2026-03``, ``2026-Q1``, ``2026``.
    groups
        The whole, then the posts.
    releases
        Release times, over all posts and post by post.
    """

    name: str
    groups: tuple[GroupEstimate, ...]
    releases: tuple[ReleaseTime, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is shown.

    Attributes
    ----------
    estimates
        Of the physical examination by customs; ``None`` where nothing was decided.
    spans
        What is estimated of each month, quarter and year by itself; ``None`` where the figures were made before that was.
    deleted
        Declarations that were deleted because their time was over, and are in none of the figures.
    """

    declared: tuple[Declared, ...]
    checks: tuple[Checks, ...]
    examined: tuple[Examined, ...]
    load: tuple[Load, ...]
    releases: tuple[ReleaseTime, ...]
    draws: tuple[DrawDay, ...]
    duties: tuple[Duty, ...]
    overridden: tuple[Overridden, ...]
    estimates: Estimates | None
    spans: tuple[Span, ...] | None = ()
    deleted: int = 0

    def plain(self) -> dict[str, Any]:
        """Give them as JSON holds them."""
        made = self.estimates
        return {
            "declared": [list(row) for row in self.declared],
            "checks": [list(row) for row in self.checks],
            "examined": [list(row) for row in self.examined],
            "load": [list(row) for row in self.load],
            "releases": [asdict(row) for row in self.releases],
            "draws": [list(row) for row in self.draws],
            "duties": [list(row) for row in self.duties],
            "overridden": [list(row) for row in self.overridden],
            "estimates": None if made is None else _plain(made),
            "deleted": self.deleted,
            "spans": None if self.spans is None else [asdict(span) for span in self.spans],
        }


def _plain(made: Estimates) -> dict[str, Any]:
    moments = {"settled_until": made.settled_until, "begins": made.begins}
    return {**asdict(made), **{name: at.isoformat() if at else None for name, at in moments.items()}}


def revived(plain: Mapping[str, Any]) -> Figures:
    """Read figures again that were kept."""
    return Figures(
        declared=tuple(Declared(*row) for row in plain["declared"]),
        checks=tuple(Checks(*row) for row in plain["checks"]),
        examined=tuple(Examined(*row) for row in plain.get("examined", ())),
        load=tuple(Load(*row) for row in plain["load"]),
        releases=tuple(ReleaseTime(**row) for row in plain["releases"]),
        draws=tuple(DrawDay(*row) for row in plain.get("draws", ())),
        duties=tuple(Duty(*row) for row in plain.get("duties", ())),
        overridden=tuple(Overridden(*row) for row in plain.get("overridden", ())),
        estimates=_estimates(plain["estimates"]) if plain["estimates"] else None,
        spans=None if plain.get("spans") is None else tuple(_span(row) for row in plain["spans"]),
        deleted=plain.get("deleted", 0),
    )


def _span(plain: Mapping[str, Any]) -> Span:
    groups = tuple(GroupEstimate(**_limited(row)) for row in plain["groups"])
    return Span(plain["name"], groups, tuple(ReleaseTime(**row) for row in plain["releases"]))


def _estimates(plain: Mapping[str, Any]) -> Estimates:
    until, begins = plain["settled_until"], plain.get("begins")
    return Estimates(
        groups=tuple(GroupEstimate(**_limited(row)) for row in plain["groups"]),
        lifts=tuple(ProfileLift(**_limited(row)) for row in plain["lifts"]),
        settled_until=datetime.fromisoformat(until) if until else None,
        outstanding=plain["outstanding"],
        unmeasured=plain["unmeasured"],
        helped=_limits(plain["helped"]),
        begins=datetime.fromisoformat(begins) if begins else None,
    )


def _limited(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _limits(value) if isinstance(value, dict) else value for name, value in row.items()}


def _limits(value: Mapping[str, Any] | None) -> Limits | None:
    return Limits(**value) if value else None
