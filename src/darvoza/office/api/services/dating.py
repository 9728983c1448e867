"""The day on which is decided, and when what is in force on it began."""

from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from darvoza.flow.gate.state_file import State


def day_of(state: State, now: datetime) -> date:
    """Give the day of a moment as law counts it: local where the state names a zone, else of UTC."""
    return now.astimezone(_zone(state)).date()


def begun(state: State, now: datetime) -> datetime:
    """Give when that of the profiles and measures in force began which began last: what was decided before has not seen it."""
    today = day_of(state, now)
    starts = [profile.valid.start for profile in state.policy.profiles if profile.valid.start]
    last = max((start for start in starts if start <= today), default=date.min)
    return datetime.combine(last, time(), _zone(state)) if last > date.min else datetime.min.replace(tzinfo=UTC)


def _zone(state: State) -> tzinfo:
    name = state.policy.settings.time_zone
    return ZoneInfo(name) if name else UTC
