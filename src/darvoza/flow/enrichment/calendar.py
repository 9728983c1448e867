"""Facts about the moment of lodging, in UTC and in local time."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl

from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.facts.vocabularies import WEEKDAYS

KEPT = 8
"""Settings whose calendar is remembered."""

_NAMES = pl.lit(pl.Series(WEEKDAYS, dtype=pl.String))


def lodging_day(settings: FactSettings) -> pl.Expr:
    """Give the day of ``lodged_at``: local where a zone is set, for law begins at midnight there; else of UTC.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> lodged = pl.DataFrame({"lodged_at": [datetime(2026, 2, 28, 20, tzinfo=UTC)]})
    >>> [str(lodged.select(lodging_day(FactSettings(time_zone=zone))).item()) for zone in (None, "Asia/Bishkek")]
    ['2026-02-28', '2026-03-01']
    """
    moment = pl.col("lodged_at")
    local = moment if settings.time_zone is None else moment.dt.convert_time_zone(settings.time_zone)
    return local.dt.date().alias("lodged_on")


def local_day(moment: datetime, settings: FactSettings) -> date:
    """Give the day of a moment as law counts it, as `lodging_day` does.

    Examples
    --------
    >>> str(local_day(datetime(2026, 2, 28, 20, tzinfo=UTC), FactSettings(time_zone="Asia/Bishkek")))
    '2026-03-01'
    """
    return moment.astimezone(ZoneInfo(settings.time_zone) if settings.time_zone else UTC).date()


@lru_cache(maxsize=KEPT)
def calendar_facts(settings: FactSettings) -> tuple[pl.Expr, ...]:
    """Give the facts about the moment of lodging, made from ``lodged_at``; those of local time are unknown without a zone.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> lodged = pl.DataFrame({"lodged_at": [datetime(2026, 3, 2, 8, tzinfo=UTC)]})
    >>> lodged.select(calendar_facts(FactSettings())).row(0)
    ('mon', 3, 8, None, None, None, None)
    """
    moment = pl.col("lodged_at")
    return (
        _weekday(moment).alias("weekday"),
        moment.dt.month().cast(pl.Int64).alias("month"),
        moment.dt.hour().cast(pl.Int64).alias("hour"),
        *local_facts(settings),
    )


LOCAL = ("local_hour", "local_weekday", "lodged_at_weekend", "lodged_at_night")
"""The facts of local time."""


@lru_cache(maxsize=KEPT)
def local_facts(settings: FactSettings) -> tuple[pl.Expr, ...]:
    """Give the facts of local time, made from ``lodged_at``; all unknown without a zone."""
    return tuple(fact.alias(name) for name, fact in _local(settings).items())


def _weekday(moment: pl.Expr) -> pl.Expr:
    return _NAMES.gather(moment.dt.weekday() - 1)


def _local(settings: FactSettings) -> dict[str, pl.Expr]:
    """Give the facts of local time."""
    if settings.time_zone is None:
        flags = dict.fromkeys(("lodged_at_weekend", "lodged_at_night"), pl.lit(None, pl.Boolean))
        return {"local_hour": pl.lit(None, pl.Int64), "local_weekday": pl.lit(None, pl.String), **flags}
    local = pl.col("lodged_at").dt.convert_time_zone(settings.time_zone)
    hour, (start, end) = local.dt.hour(), settings.night
    inside = ((hour >= start) | (hour < end)) if start > end else ((hour >= start) & (hour < end))
    return {
        "local_hour": hour.cast(pl.Int64),
        "local_weekday": _weekday(local),
        "lodged_at_weekend": _weekday(local).is_in(list(settings.weekend)),
        "lodged_at_night": inside,
    }
