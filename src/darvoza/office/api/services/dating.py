"""The day on which is decided, when what is in force on it began, and the moments at which goods can have been lodged."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from darvoza.flow.gate.state_file import State
from darvoza.office.api.problems import Problem
from darvoza.office.api.requests import Request

EARLIER = "what was lodged earlier comes in with a run, or with the record of a post that decided without a line"
STAYS = "leave it out: a declaration that is amended was lodged when it was lodged first"
"""What is to be done about a moment of lodging that is refused."""


def day_of(state: State, now: datetime) -> date:
    """Give the day of a moment as law counts it: local where the state names a zone, else of UTC."""
    return now.astimezone(_zone(state)).date()


def begun(state: State, now: datetime) -> datetime:
    """Give when that of the profiles and measures in force began which began last: what was decided before has not seen it."""
    today = day_of(state, now)
    starts = [profile.valid.start for profile in state.policy.profiles if profile.valid.start]
    last = max((start for start in starts if start <= today), default=date.min)
    return datetime.combine(last, time(), _zone(state)) if last > date.min else datetime.min.replace(tzinfo=UTC)


def lodged_since(state: State, now: datetime) -> datetime:
    """Give the first moment of the first day on which what is told now can have been lodged."""
    day = day_of(state, now) - timedelta(days=state.lodged_within)
    return datetime.combine(day, time(), _zone(state))


def too_long_ago(moment: datetime, since: datetime) -> Mapping[str, Any]:
    """Say that a declaration was lodged too long ago to be told now."""
    said = {"field": "lodged_at", "code": "too-long-ago", "expected": f"a moment from {since.isoformat()} on"}
    return said | {"got": moment.isoformat(), "hint": EARLIER}


def moved(items: pl.DataFrame, lodged: Mapping[str, datetime], by_reference: Mapping[str, Request]) -> Iterator[str]:
    """Refuse amendments that move the moment of lodging, by which law, key and window go; name them.

    Parameters
    ----------
    items
        Goods items as they are amended.
    lodged
        When each declaration was lodged.
    by_reference
        Who wants it amended.
    """
    stated = items.select("declaration_id", "lodged_at").unique("declaration_id", maintain_order=True)
    for reference, moment in stated.iter_rows():
        if reference in lodged and moment != lodged[reference]:
            said = {"field": "lodged_at", "code": "moved", "expected": lodged[reference].isoformat(), "hint": STAYS}
            by_reference[reference].outcome = Problem("invalid", errors=(said | {"got": moment.isoformat()},))
            yield reference


def _zone(state: State) -> tzinfo:
    name = state.policy.settings.time_zone
    return ZoneInfo(name) if name else UTC
