"""Declarations that a post may not decide, each with why: they are named, and the rest of what came is decided."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

import polars as pl

from darvoza.domain.bundle import Bundle
from darvoza.flow.forms import Lodged
from darvoza.flow.selectivity.fingerprint import fingerprints_of_few
from darvoza.flow.selectivity.keys import DayKeys, KeyRing
from darvoza.flow.selectivity.same_goods import Kept, first_draws


class SetAside(NamedTuple):
    """A declaration that is not decided: the field for which it is not, what is expected there, and what stands there."""

    declaration_id: str
    field: str
    expected: str
    got: str


class Rules(NamedTuple):
    """By what is told whether a post may decide a declaration.

    Attributes
    ----------
    bundle, ring
        The bundle, and the keys that the post holds.
    now, slack
        The moment, and by how much a clock may be wrong.
    known
        Declarations that were decided before: they keep the draw of their day.
    draws
        The draws that the post knows.
    """

    bundle: Bundle
    ring: KeyRing
    now: datetime
    slack: timedelta
    known: Collection[str]
    draws: Kept


def lodged_at(items: pl.DataFrame, moments: Mapping[str, datetime]) -> pl.DataFrame:
    """Give goods items with the moments at which their declarations were lodged, by reference; others keep theirs."""
    if not moments:
        return items
    known = pl.col("declaration_id").replace_strict(moments, default=None, return_dtype=items.schema["lodged_at"])
    return items.with_columns(pl.coalesce(known, "lodged_at").alias("lodged_at"))


def begun(items: pl.DataFrame, *, now: datetime, today: date) -> pl.DataFrame:
    """Give goods items whose day has begun at the post, but not in UTC, as lodged now.

    A day without a time is its midnight in UTC, which is hours to come while the night at the post lasts.

    Parameters
    ----------
    items
        Canonical goods items.
    now, today
        The moment, and the day that it is at the post.

    Examples
    --------
    >>> from datetime import UTC
    >>> night = datetime(2026, 3, 1, 20, tzinfo=UTC)  # two in the morning of the second, in Bishkek
    >>> days = pl.DataFrame({"lodged_at": [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3)]})
    >>> [str(each) for each in begun(days, now=night, today=date(2026, 3, 2))["lodged_at"].dt.strftime("%d %H:%M")]
    ['01 00:00', '01 20:00', '03 00:00']
    """
    lodged, kind = pl.col("lodged_at"), items.schema["lodged_at"]
    night = (lodged > now) & (lodged == lodged.dt.truncate("1d")) & (lodged.dt.date() <= today)
    return items.with_columns(pl.when(night).then(pl.lit(now).cast(kind)).otherwise(lodged).alias("lodged_at"))


def sorted_out(items: pl.DataFrame, rules: Rules) -> tuple[pl.DataFrame, list[SetAside]]:
    """Part declarations that may be decided at a post from those that may not.

    Parameters
    ----------
    items
        Canonical goods items.

    Returns
    -------
    tuple[pl.DataFrame, list[SetAside]]
        The goods items of those that may be; each of the others, in the order in which they came.
    """
    aside: dict[str, SetAside] = {}
    for each in _reasons(items, rules):
        aside.setdefault(each.declaration_id, each)
    return items.filter(~pl.col("declaration_id").is_in(list(aside))), list(aside.values())


def _reasons(items: pl.DataFrame, rules: Rules) -> Iterator[SetAside]:
    """Give every reason for which something may not be decided.

    The post may hold the key of a day that is revealed, for the draws of older goods: nothing new is drawn with it.
    """
    held = [day for day, _ in rules.ring.days] if isinstance(rules.ring, DayKeys) else []
    days = [day for day in held if day not in rules.bundle.revealed]
    span = f"from {days[0]} to {days[-1]}" if days else "of the bundle"
    for name, post, lodged in items.select("declaration_id", "post", "lodged_at").iter_rows():
        if post != rules.bundle.post:
            yield SetAside(name, "post", f"declarations of {rules.bundle.post}", str(post))
        if lodged > rules.now + rules.slack:
            yield SetAside(name, "lodged_at", f"not after {rules.now.isoformat()}", lodged.isoformat())
        elif held and name not in rules.known and lodged.date() not in days:
            yield SetAside(name, "lodged_at", f"a day {span} whose key is not revealed yet", lodged.isoformat())
    for name, day in _drawn_for(items.filter(pl.col("declaration_id").is_in(list(rules.known))), rules.draws):
        if held and day not in held:
            yield SetAside(name, "lodged_at", f"a day {span}, or goods that were drawn for with a key held", str(day))


def _drawn_for(items: pl.DataFrame, draws: Kept) -> Iterator[tuple[str, date]]:
    """Give the day by whose key goods are drawn for; the goods of a later version may be others than those of the first."""
    if items.is_empty():
        return
    ordered = items.sort("lodged_at", "declaration_id", "item", maintain_order=True)
    starts = Lodged.of(ordered).starts
    marked, moments = fingerprints_of_few(ordered, starts), ordered.get_column("lodged_at").gather(starts).to_list()
    for one, draw in zip(marked, first_draws(marked, moments, draws), strict=True):
        yield one.declaration_id, draw.day
