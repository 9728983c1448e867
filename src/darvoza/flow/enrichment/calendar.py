"""Facts about the moment of lodging, in UTC and in local time."""

import polars as pl

from darvoza.domain.fact_settings import FactSettings

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def calendar_facts(lodged: pl.Series, settings: FactSettings) -> pl.DataFrame:
    """Give the facts about the moment of lodging; those of local time are unknown without a time zone."""
    moment = pl.col("lodged_at")
    return lodged.to_frame("lodged_at").select(
        weekday=_weekday(moment),
        month=moment.dt.month().cast(pl.Int64),
        hour=moment.dt.hour().cast(pl.Int64),
        **_local(settings),
    )


def _weekday(moment: pl.Expr) -> pl.Expr:
    return moment.dt.weekday().replace_strict(range(1, 8), WEEKDAYS, return_dtype=pl.String)


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
