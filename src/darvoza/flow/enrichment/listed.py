"""Facts looked up in the registers of the health services: status of the zone of origin, standing of the establishment.

Registers are asked as of the day of lodging. What is not declared counts against the goods: where a country has zones of
different status and the zone is not declared, the worst of them counts.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

import polars as pl

from darvoza.domain.sps.registers import AFFECTED, FREE, Establishment, ListingStatus, OriginStatus, StatusCode

ZONE_FACTS = {"zone_status": pl.String(), "zone_hazards": pl.List(pl.String), "zone_free_of": pl.List(pl.String)}
LISTING_FACTS = {"establishment_status": pl.String(), "establishment_approved": pl.Boolean()}
FACTS = {**ZONE_FACTS, **LISTING_FACTS}
"""The facts that the registers give, and their types."""

ASKED = ("hs", "origin", "origin_region", "establishment")
_WORST = {status: rank for rank, status in enumerate(StatusCode)}
_BEST_LISTING = {status: rank for rank, status in enumerate(ListingStatus)}

Facts = tuple[object, ...]


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

    @classmethod
    def of(cls, rows: Iterable[OriginStatus]) -> Self:
        """Sort the rows by country."""
        made: dict[str, list[OriginStatus]] = {}
        for row in rows:
            made.setdefault(row.country, []).append(row)
        return cls({country: tuple(those) for country, those in made.items()})

    def facts(self, hs: str, origin: str, region: str | None, day: date) -> Facts:
        """Give worst status, hazards that are there, and hazards that are not; of goods of an origin on a day.

        Where two rows speak of one hazard in one place, the worse counts.
        """
        held: dict[str, list[OriginStatus]] = {}
        for row in self.by_country.get(origin, ()):
            if _in_force(row, day) and (not row.goods or hs.startswith(row.goods)):
                held.setdefault(row.hazard, []).append(row)
        found = {hazard: _status(rows, region) for hazard, rows in held.items()}
        known = {hazard: status for hazard, status in found.items() if status is not None}
        worst = max(known.values(), key=_WORST.__getitem__, default=None)
        return (
            worst and worst.value,
            sorted(hazard for hazard, status in known.items() if status in AFFECTED),
            sorted(hazard for hazard, status in known.items() if status in FREE),
        )


def _status(rows: list[OriginStatus], region: str | None) -> StatusCode | None:
    """Give the status of one hazard: that of the zone, else of the country; the worst of all where none is declared."""
    if region is not None:
        within = [row for row in rows if row.zone == region]
        rows = within or [row for row in rows if not row.zone]
    return max((row.status for row in rows), key=_WORST.__getitem__, default=None)


def _in_force(row: OriginStatus, day: date) -> bool:
    return row.start <= day and (row.end is None or day <= row.end)


@dataclass(frozen=True, slots=True)
class EstablishmentRegister:
    """The approved establishments by number, ready to be asked."""

    by_number: dict[str, tuple[Establishment, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Establishment]) -> Self:
        """Sort the rows by number, compared without case and spaces."""
        made: dict[str, list[Establishment]] = {}
        for row in rows:
            made.setdefault(_number(row.number), []).append(row)
        return cls({number: tuple(those) for number, those in made.items()})

    def facts(self, hs: str, origin: str, number: str | None, day: date) -> Facts:
        """Give how an establishment stands and whether it is approved; unknown where none is declared.

        Where it has several entries, for several activities, the best counts.
        """
        if number is None:
            return None, None
        found = [row.standing(hs=hs, country=origin, day=day) for row in self.by_number.get(_number(number), ())]
        best = min(found, key=_BEST_LISTING.__getitem__, default=ListingStatus.UNLISTED)
        return best.value, best is ListingStatus.APPROVED


def _number(text: str) -> str:
    return "".join(text.upper().split())


def listed_facts(
    items: pl.DataFrame, zones: tuple[OriginStatus, ...] | None, establishments: tuple[Establishment, ...] | None
) -> pl.DataFrame:
    """Give the facts of the registers for each goods item.

    Registers change on few days: each different combination of goods, origin and establishment is looked up once
    between two changes.

    Parameters
    ----------
    items
        ``hs, origin, origin_region, establishment, lodged_at``, row by row.
    zones, establishments
        The registers; without one its facts are unknown.

    Returns
    -------
    pl.DataFrame
        The columns of `FACTS`, in the order of the rows.
    """
    origins = None if zones is None else OriginRegister.of(zones)
    listings = None if establishments is None else EstablishmentRegister.of(establishments)
    changes = _changes(zones or (), establishments or ())
    days = items.get_column("lodged_at").dt.date()
    firsts = {day: _first(changes, day) for day in days.unique()}
    asked = items.select(ASKED).with_columns(day=days.replace_strict(firsts, return_dtype=pl.Date))
    different = asked.unique(maintain_order=True)
    rows = [(*_zone(origins, *row), *_listing(listings, *row)) for row in different.iter_rows()]
    table = pl.concat([different, pl.DataFrame(rows, schema=FACTS, orient="row")], how="horizontal")
    found = asked.join(table, on=asked.columns, how="left", nulls_equal=True, maintain_order="left")
    return found.select(*FACTS)


def _zone(register: OriginRegister | None, hs: str | None, origin: str | None, *rest: object) -> Facts:
    region, _, day = rest
    if register is None or hs is None or origin is None or not isinstance(day, date):
        return (None,) * len(ZONE_FACTS)
    return register.facts(hs, origin, region if isinstance(region, str) else None, day)


def _listing(register: EstablishmentRegister | None, hs: str | None, origin: str | None, *rest: object) -> Facts:
    _, number, day = rest
    if register is None or hs is None or origin is None or not isinstance(day, date):
        return (None,) * len(LISTING_FACTS)
    return register.facts(hs, origin, number if isinstance(number, str) else None, day)


def _changes(zones: Iterable[OriginStatus], establishments: Iterable[Establishment]) -> list[date]:
    """Give the days on which anything in the registers changes."""
    spans: list[tuple[date | None, date | None]] = [(row.start, row.end) for row in zones]
    for row in establishments:
        spans += [(row.start, row.end), (row.suspended_from, row.suspended_to)]
    begins = {first for first, _ in spans if first is not None}
    return sorted(begins | {last + timedelta(1) for _, last in spans if last is not None and last < date.max})


def _first(changes: list[date], day: date) -> date:
    """Give the first day on which the registers said what they say on a day."""
    place = bisect_right(changes, day)
    return changes[place - 1] if place else date.min
