"""Values just below a limit of the law: one consignment, several that reach it together, and the habit of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
import polars as pl
import scipy
from numpy.typing import NDArray

from darvoza.domain.fact_settings import FactSettings, ValueLimit
from darvoza.flow.enrichment.calendar import lodging_day
from darvoza.flow.enrichment.inquiry import Inquiry
from darvoza.flow.enrichment.register import Kind, Register
from darvoza.flow.enrichment.stated import PARTS, declared_value, first_of_each, whole_parts
from darvoza.flow.enrichment.timeline import DAY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Column = tuple[str, Floats]

NEAR = 0.1
"""Share of a limit within which a value counts as just below or just above it."""

SHORT, YEAR = 3 * DAY, 365 * DAY
"""How far back one looks for parts of one consignment, and for a habit [s]."""

IMPORTER = Kind(("importer_id",))

LIMIT_FACTS = (
    "split_below_limit",
    "importer_below_limit_12m",
    "importer_above_limit_12m",
    "importer_limit_bunching",
)


def limit_margin(settings: FactSettings, value: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Give how far the value lies under the nearest limit above it, as a share of the limit; unknown where none is.

    Many values are divided by one number by multiplying them with its inverse, and a single value is not: so the inverse
    is written down, and a declaration has the same margin alone and among others.
    """
    margins = [
        pl.when(_in_force(limit, day) & (value < float(limit.value))).then(1 - value * (1 / float(limit.value)))
        for limit in settings.limits
    ]
    return pl.min_horizontal(*margins) if margins else pl.lit(None, pl.Float64)


def limit_margins(settings: FactSettings, values: Floats, days: Sequence[date]) -> Floats:
    """Give the same of few values, NaN unknown."""
    margins = np.full(values.size, np.nan)
    for limit in settings.limits:
        within = values < float(limit.value)
        within &= [
            (limit.since is None or day >= limit.since) and (limit.until is None or day <= limit.until) for day in days
        ]
        margins = np.fmin(margins, np.where(within, 1 - values * (1 / float(limit.value)), np.nan))
    return margins


def _in_force(limit: ValueLimit, day: pl.Expr) -> pl.Expr:
    """Tell on which days a limit is in force."""
    inside = pl.lit(value=True)
    if limit.since is not None:
        inside &= day >= limit.since
    return inside if limit.until is None else inside & (day <= limit.until)


def limit_patterns(inquiry: Inquiry, settings: FactSettings) -> Iterator[Column]:
    """Yield `LIMIT_FACTS`; all unknown where no limit is given, or the value or the importer is unknown."""
    register = inquiry.register
    size = register.asked.size
    if not settings.limits:
        yield from ((name, np.full(size, np.nan)) for name in LIMIT_FACTS)
        return
    near = replace(IMPORTER, name=f"near {settings.digest}", weights=partial(_near, settings))
    asked = inquiry.by(near)
    unknown = asked.unknown | np.isnan(declared_value(register)[register.first :])
    split = np.zeros(size, bool)
    for limit in settings.limits:
        split |= _reached_together(inquiry, settings, limit)
    habit = asked.lodged().lately(YEAR)
    columns = (split.astype(np.float64), habit[:, 0], habit[:, 1], surprise(habit[:, 0], habit[:, 1]))
    yield from ((name, np.where(unknown, np.nan, told)) for name, told in zip(LIMIT_FACTS, columns, strict=True))


def _near(settings: FactSettings, register: Register, importer: Ints) -> Ints:
    """Mark the declarations just below a limit, and those just above one; each at its first item."""
    value, first = declared_value(register), first_of_each(register, importer)
    below, above = np.zeros(value.size, bool), np.zeros(value.size, bool)
    for limit in settings.limits:
        inside, edge = _days_in_force(register, settings, limit), float(limit.value)
        below |= inside & (value >= (1 - NEAR) * edge) & (value < edge)
        above |= inside & (value >= edge) & (value < (1 + NEAR) * edge)
    return np.column_stack([first * below, first * above])


def _small(settings: FactSettings, limit: ValueLimit, register: Register, importer: Ints) -> Floats:
    """Give the value of declarations below a limit, at their first item; NaN elsewhere."""
    value, first = declared_value(register), first_of_each(register, importer)
    small = first & _days_in_force(register, settings, limit) & (value < float(limit.value))
    return np.where(small, value, np.nan)


def _small_parts(settings: FactSettings, limit: ValueLimit, register: Register, importer: Ints) -> Ints:
    return whole_parts(_small(settings, limit, register, importer))[:, None]


def _days_in_force(register: Register, settings: FactSettings, limit: ValueLimit) -> Flags:
    lodged = pl.DataFrame({"lodged_at": pl.from_epoch(pl.Series(register.lodged), "s").dt.replace_time_zone("UTC")})
    return lodged.select(_in_force(limit, lodging_day(settings))).to_series().to_numpy()


def _reached_together(inquiry: Inquiry, settings: FactSettings, limit: ValueLimit) -> Flags:
    """Tell which small declarations reach a limit with the small ones that the importer lodged shortly before."""
    register = inquiry.register
    kind = replace(IMPORTER, name=f"small {limit} {settings.time_zone}", weights=partial(_small_parts, settings, limit))
    before = inquiry.by(kind).lodged().lately(SHORT)[:, 0] / PARTS
    small = _small(settings, limit, register, register.codes.of(*IMPORTER.fields))
    of_declaration = np.fmax.reduceat(small, register.leaders)
    own = of_declaration[register.stated][register.first :]
    return ~np.isnan(own) & (before > 0) & (own + before >= float(limit.value))


def surprise(below: Floats, above: Floats) -> Floats:
    """Give the chance of so many or more of the declarations near a limit to lie below it, were both sides as likely.

    A one-sided binomial test with p = 1/2: small values say that somebody keeps below the limit.

    Examples
    --------
    >>> surprise(np.array([5.0, 2.0, 0.0]), np.array([0.0, 2.0, 0.0])).tolist()
    [0.03125, 0.6875, 1.0]
    """
    return np.where(below > 0, scipy.special.betainc(np.maximum(below, 1), above + 1, 0.5), 1.0)
