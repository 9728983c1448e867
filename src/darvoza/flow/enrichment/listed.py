"""Facts looked up in the registers of the health services: status of the zone of origin, standing of the establishment.

Registers are asked as of the day of lodging, see `lodging_day`. What is not declared counts against the goods: where a country has zones of
different status and the zone is not declared, or is none that the register knows in that country, the worst of them counts.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

import polars as pl

from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.domain.folding import folded_number
from darvoza.domain.sps.registers import AFFECTED, FREE, Establishment, ListingStatus, OriginStatus, StatusCode
from darvoza.flow.enrichment.calendar import lodging_day
from darvoza.flow.enrichment.different import FEW, Types, unknown

ZONE_FACTS: Types = {"zone_status": pl.String(), "zone_hazards": pl.List(pl.String), "zone_free_of": pl.List(pl.String)}
LISTING_FACTS: Types = {"establishment_status": pl.String(), "establishment_approved": pl.Boolean()}
FACTS: Types = {**ZONE_FACTS, **LISTING_FACTS}
"""The facts that the registers give, and their types."""

_WORST = {status: rank for rank, status in enumerate(StatusCode)}
_BEST_LISTING = {status: rank for rank, status in enumerate(ListingStatus)}

Facts = tuple[object, ...]
Span = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class ToldApart:
    """How far a register tells goods and days apart.

    Attributes
    ----------
    digits
        Leading digits of commodity codes that it looks at.
    changes
        Days on which anything in it changes, in order.
    """

    digits: int
    changes: tuple[date, ...]

    @classmethod
    def of(cls, goods: Iterable[tuple[str, ...]], spans: Sequence[Span]) -> Self:
        """Read it off the prefixes of goods and the days of its rows."""
        digits = max((len(prefix) for prefixes in goods for prefix in prefixes), default=0)
        return cls(digits, tuple(_changes(spans)))


@dataclass(frozen=True, slots=True)
class OriginRegister:
    """The status of diseases and pests by country, ready to be asked.

    Examples
    --------
    >>> since = date(2026, 1, 1)
    >>> rows = [OriginStatus("FMD", "PK", "", (), StatusCode.PRESENT, since, None, "S"),
    ...         OriginStatus("FMD", "PK", "PK-GB", (), StatusCode.FREE, since, None, "S")]
    >>> register = OriginRegister.of(rows)
    >>> [register.facts("0104", "PK", zone, since) for zone in ("PK-GB", "PK-PB", None)]
    [('free', [], ['FMD']), ('present', ['FMD'], []), ('present', ['FMD'], [])]
    """

    by_country: dict[str, tuple[OriginStatus, ...]] = field(default_factory=dict)
    told_apart: "ToldApart" = field(default_factory=lambda: ToldApart(0, ()))
    zones: frozenset[tuple[str, str]] = frozenset()
    """Country and folded code of every zone that the register names, for whatever hazard and time."""

    @classmethod
    def of(cls, rows: Iterable[OriginStatus]) -> Self:
        """Sort the rows by country."""
        made: dict[str, list[OriginStatus]] = {}
        for row in rows:
            made.setdefault(row.country, []).append(row)
        known = [row for those in made.values() for row in those]
        told_apart = ToldApart.of((row.goods for row in known), [(row.start, row.end) for row in known])
        zones = frozenset((row.country, folded_number(row.zone)) for row in known if row.zone)
        return cls({country: tuple(those) for country, those in made.items()}, told_apart, zones)

    def facts(self, hs: str, origin: str, region: str | None, day: date) -> Facts:
        """Give worst status, hazards that are there, and hazards that are not; of goods of an origin on a day.

        Where two rows speak of one hazard in one place, the worse counts. A zone that the register does not name in that
        country is as good as none: nobody can tell which part of the country it is.
        """
        zone = folded_number(region or "")
        known_zone = zone if (origin, zone) in self.zones else None
        held: dict[str, list[OriginStatus]] = {}
        for row in self.by_country.get(origin, ()):
            if _in_force(row, day) and (not row.goods or hs.startswith(row.goods)):
                held.setdefault(row.hazard, []).append(row)
        found = {hazard: _status(rows, known_zone) for hazard, rows in held.items()}
        known = {hazard: status for hazard, status in found.items() if status is not None}
        worst = max(known.values(), key=_WORST.__getitem__, default=None)
        return (
            worst and worst.value,
            sorted(hazard for hazard, status in known.items() if status in AFFECTED),
            sorted(hazard for hazard, status in known.items() if status in FREE),
        )


def _status(rows: list[OriginStatus], zone: str | None) -> StatusCode | None:
    """Give the status of one hazard: that of the zone, else of the country; the worst of all where none is declared."""
    if zone is not None:
        within = [row for row in rows if folded_number(row.zone) == zone]
        rows = within or [row for row in rows if not row.zone]
    return max((row.status for row in rows), key=_WORST.__getitem__, default=None)


def _in_force(row: OriginStatus, day: date) -> bool:
    return row.start <= day and (row.end is None or day <= row.end)


@dataclass(frozen=True, slots=True)
class EstablishmentRegister:
    """The approved establishments by number, ready to be asked."""

    by_number: dict[str, tuple[Establishment, ...]] = field(default_factory=dict)
    told_apart: "ToldApart" = field(default_factory=lambda: ToldApart(0, ()))

    @classmethod
    def of(cls, rows: Iterable[Establishment]) -> Self:
        """Sort the rows by number, compared by letters and digits."""
        made: dict[str, list[Establishment]] = {}
        for row in rows:
            made.setdefault(folded_number(row.number), []).append(row)
        known = [row for those in made.values() for row in those]
        told_apart = ToldApart.of((row.goods for row in known), [span for row in known for span in _spans(row)])
        return cls({number: tuple(those) for number, those in made.items()}, told_apart)

    def facts(self, hs: str, origin: str, number: str | None, day: date) -> Facts:
        """Give how an establishment stands and whether it is approved; unknown where none is declared.

        Where it has several entries, for several activities, the best counts; where the number may be that of several
        establishments, the worst of them.
        """
        if number is None:
            return None, None
        bests: dict[str, ListingStatus] = {}
        for row in self.by_number.get(folded_number(number), ()):
            standing, name = row.standing(hs=hs, country=origin, day=day), _written(row.number)
            bests[name] = min(bests.get(name, standing), standing, key=_BEST_LISTING.__getitem__)
        worst = max(bests.values(), key=_BEST_LISTING.__getitem__, default=ListingStatus.UNLISTED)
        status = bests.get(_written(number), worst)
        return status.value, status is ListingStatus.APPROVED


def _written(number: str) -> str:
    """Give a number as it stands but for case and spaces: two that differ in a sign may be two establishments."""
    return "".join(number.upper().split())


def listed_facts(
    items: pl.DataFrame,
    zones: OriginRegister | None,
    establishments: EstablishmentRegister | None,
    settings: FactSettings = DEFAULT,
) -> pl.DataFrame:
    """Give the facts of the registers for each goods item.

    Parameters
    ----------
    items
        ``hs, origin, origin_region, establishment, lodged_at``, row by row.
    zones, establishments
        The registers; without one its facts are unknown.
    settings
        By which the day of lodging is told.

    Returns
    -------
    pl.DataFrame
        The columns of `FACTS`, in the order of the rows.
    """
    if zones is not None or establishments is not None:
        items = items.with_columns(lodging_day(settings))
    parts = [
        _looked_up(items, "origin_region", zones, ZONE_FACTS),
        _looked_up(items, "establishment", establishments, LISTING_FACTS),
    ]
    return pl.concat(parts, how="horizontal")


def _looked_up(
    items: pl.DataFrame, by: str, register: OriginRegister | EstablishmentRegister | None, facts: Types
) -> pl.DataFrame:
    """Ask one register about each goods item.

    Registers change on few days and tell goods apart by few digits: of many items, each different combination that they
    can tell apart is looked up once.
    """
    if register is None:
        return unknown(items.height, facts)
    if items.height <= FEW:
        return _table(items[["hs", "origin", by, "lodged_on"]], register, facts)
    asked = _combinations(items, by, register.told_apart)
    different = asked.unique(maintain_order=True)
    table = pl.concat([different, _table(different, register, facts)], how="horizontal")
    found = asked.join(table, on=asked.columns, how="left", nulls_equal=True, maintain_order="left")
    return found.select(*facts)


def _combinations(items: pl.DataFrame, by: str, told_apart: ToldApart) -> pl.DataFrame:
    """Give code, origin, place and day of each item, as far as a register tells them apart."""
    days = items.get_column("lodged_on")
    firsts = {day: _first(told_apart.changes, day) for day in days.unique()}
    return items.select(
        pl.col("hs").str.slice(0, told_apart.digits),
        "origin",
        by,
        day=days.replace_strict(firsts, return_dtype=pl.Date),
    )


def _table(asked: pl.DataFrame, register: OriginRegister | EstablishmentRegister, facts: Types) -> pl.DataFrame:
    """Look code, origin, place and day of each row up; unknown where code or origin are."""
    nothing = (None,) * len(facts)
    rows = [
        nothing if hs is None or origin is None else register.facts(hs, origin, place, day)
        for hs, origin, place, day in asked.iter_rows()
    ]
    return pl.DataFrame(rows, schema=facts, orient="row")


def _spans(row: Establishment) -> tuple[Span, Span]:
    return (row.start, row.end), (row.suspended_from, row.suspended_to)


def _changes(spans: Sequence[Span]) -> list[date]:
    """Give the days on which anything in a register changes."""
    firsts, lasts = zip(*spans, strict=True) if spans else ((), ())
    begins = {day for day in firsts if day is not None}
    return sorted(begins | {day + timedelta(1) for day in lasts if day is not None and day < date.max})


def _first(changes: Sequence[date], day: date) -> date:
    """Give the first day on which the registers said what they say on a day."""
    place = bisect_right(changes, day)
    return changes[place - 1] if place else date.min
