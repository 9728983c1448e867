"""The slow way to know what was known: for each item, all others are looked at one by one, and asked what they are.

Nothing here is shared with what is tested but the names of the facts.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

from scipy import stats

from darvoza.domain.fact_settings import FactSettings

Row = Mapping[str, Any]
Key = tuple[str, ...] | None
Facts = dict[str, object]

PARTS = {
    "importer": ("importer_id",),
    "exporter": ("exporter_id",),
    "declarant": ("declarant_id",),
    "carrier": ("carrier_id",),
    "post": ("post",),
    "hs6": ("hs6",),
    "hs4": ("hs4",),
    "origin": ("origin",),
    "hs6_origin": ("hs6", "origin"),
    "importer_hs4": ("importer_id", "hs4"),
    "importer_origin": ("importer_id", "origin"),
    "exporter_importer": ("exporter_id", "importer_id"),
    "declarant_post": ("declarant_id", "post"),
    "vehicle": ("vehicle_id",),
    "route": ("origin", "export_country", "entry"),
    "importer_vehicle": ("importer_id", "vehicle_id"),
    "importer_hs6": ("importer_id", "hs6"),
    "importer_hs4_origin": ("importer_id", "hs4", "origin"),
    "entry": ("export_country", "entry"),
    "twin": ("hs6", "net_mass", "customs_value"),
    "all": (),
}
COUNTED = list(PARTS)[:15]
NEW = (
    "importer",
    "declarant",
    "carrier",
    "exporter_importer",
    "hs6_origin",
    "importer_hs4",
    "route",
)
TOGETHER = ("importer", "importer_hs4", "importer_vehicle", "exporter_importer")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def key_of(row: Row, name: str) -> Key:
    entry = row["border_post"] or row["post"]
    known = {**row, "hs6": row["hs"][:6], "hs4": row["hs"][:4], "entry": entry}
    parts = tuple(known[part] for part in PARTS[name])
    return None if None in parts else parts


def version_of(row: Row) -> int:
    return int(row["version"] or 1)


def moment_of(row: Row) -> datetime:
    """When the result of an item became known: seven days after lodging where nobody noted it."""
    known: datetime = row["result_at"] or row["lodged_at"] + timedelta(days=7)
    return known


class World:
    """All items, and what can be asked of them."""

    def __init__(self, rows: Sequence[Row], settings: FactSettings) -> None:
        self.rows, self.settings = rows, settings
        self.keys = {id(row): {name: key_of(row, name) for name in PARTS} for row in rows}
        self.declared: dict[str, list[Row]] = {}
        for row in rows:
            self.declared.setdefault(row["declaration_id"], []).append(row)
        self.results = [(moment_of(row), row) for row in rows if self._counts(row)]

    def _counts(self, row: Row) -> bool:
        """A result noted on several versions is that of the version that stood when it became known."""
        if not row["examined"] or row["finding"] is None:
            return False
        same = [
            other
            for other in self.declared[row["declaration_id"]]
            if (other["item"], other["result_at"]) == (row["item"], row["result_at"])
        ]
        moment = min(map(moment_of, same))
        stood = [version_of(other) for other in same if other["lodged_at"] <= moment]
        return version_of(row) == (max(stood) if stood else min(map(version_of, same)))

    def standing(self, now: datetime, but: str) -> list[Row]:
        """What was lodged by others before, each declaration in the version that stood."""
        return [row for row in self.seen(now, but) if not self.replaced(row, now)]

    def seen(self, now: datetime, but: str) -> list[Row]:
        return [row for row in self.rows if row["lodged_at"] < now and row["declaration_id"] != but]

    def opened_now(self, row: Row) -> list[Row]:
        """What others first lodged at the same second, but above it in the order of intake."""
        above = self.rows[: min(self.rows.index(each) for each in self.whole(row))]
        second = row["lodged_at"].replace(microsecond=0)
        return [
            other
            for other in above
            if other["lodged_at"].replace(microsecond=0) == second
            and other["declaration_id"] != row["declaration_id"]
            and version_of(other) == version_of(self.declared[other["declaration_id"]][0])
        ]

    def replaced(self, row: Row, now: datetime) -> bool:
        return any(
            version_of(other) > version_of(row) and other["lodged_at"] < now
            for other in self.declared[row["declaration_id"]]
        )

    def whole(self, row: Row) -> list[Row]:
        """The items of the same version of a declaration."""
        return [other for other in self.declared[row["declaration_id"]] if version_of(other) == version_of(row)]

    def value(self, row: Row) -> float | None:
        amounts = [each["customs_value"] for each in self.whole(row)]
        return None if None in amounts else sum(map(float, amounts))


class Question:
    """One item that asks what was known when it was lodged."""

    def __init__(self, world: World, row: Row) -> None:
        self.world, self.row, self.now = world, row, row["lodged_at"]
        self.standing = world.standing(self.now, row["declaration_id"])
        self.seen = world.seen(self.now, row["declaration_id"])
        self.results = [
            (at, other)
            for at, other in world.results
            if at < self.now and other["declaration_id"] != row["declaration_id"]
        ]
        self.now_before = world.opened_now(row)
        self.half_life = timedelta(days=world.settings.half_life_days)

    def same(self, rows: Sequence[Row], name: str) -> list[Row]:
        key = self.world.keys[id(self.row)][name]
        return [row for row in rows if self.world.keys[id(row)][name] == key]

    def knows(self, name: str) -> bool:
        return self.world.keys[id(self.row)][name] is not None

    def weight(self, at: datetime) -> float:
        return float(0.5 ** ((self.now - at) / self.half_life))

    def counters(self, name: str) -> Facts:
        names: tuple[str, ...] = ("items", "items_recent", "age", "examined", "examined_12m", "examined_recent")
        names += ("findings", "findings_12m", "findings_recent", "finding_rate", "finding_rate_recent")
        if not self.knows(name):
            return dict.fromkeys(f"{name}_{each}" for each in names)
        items, seen = self.same(self.standing, name), self.same(self.seen, name)
        key = self.world.keys[id(self.row)][name]
        results = [(at, row["finding"]) for at, row in self.results if self.world.keys[id(row)][name] == key]
        year = [found for at, found in results if at >= self.now - timedelta(days=365)]
        facts = {
            "items": len(items),
            "items_recent": sum(self.weight(row["lodged_at"]) for row in items),
            "age": (self.now - min(row["lodged_at"] for row in seen)) / DAY if seen else None,
            "examined": len(results),
            "examined_12m": len(year),
            "examined_recent": sum(self.weight(at) for at, _ in results),
            "findings": sum(found for _, found in results),
            "findings_12m": sum(year),
            "findings_recent": sum(self.weight(at) for at, found in results if found),
        }
        facts["finding_rate"] = self.shrunken(results, lambda _: 1.0)
        facts["finding_rate_recent"] = self.shrunken(results, self.weight)
        return {f"{name}_{each}": facts[each] for each in names}

    def shrunken(self, results: Sequence[tuple[datetime, bool]], weight: Any) -> float:
        def sums(of: Sequence[tuple[datetime, bool]]) -> tuple[float, float]:
            return sum(weight(at) for at, _ in of), sum(weight(at) for at, found in of if found)

        examined, findings = sums([(at, row["finding"]) for at, row in self.results])
        base = (findings + 5 * 0.05) / (examined + 5)
        examined, findings = sums(results)
        return (findings + 5 * base) / (examined + 5)

    def lately(self, name: str, window: timedelta) -> list[Row]:
        before = [row for row in self.same(self.standing, name) if row["lodged_at"] >= self.now - window]
        return before + self.same(self.now_before, name)

    def together(self, name: str) -> Facts:
        if not self.knows(name):
            return {f"{name}_declarations_72h": None, f"{name}_value_72h": None}
        lately = self.lately(name, 72 * HOUR)
        return {
            f"{name}_declarations_72h": len({row["declaration_id"] for row in lately}),
            f"{name}_value_72h": sum(float(row["customs_value"] or 0) for row in lately),
        }

    def behaviour(self) -> Iterator[tuple[str, object]]:
        row = self.row
        own = self.same(self.standing, "importer")
        yield "importer_declarations", len({each["declaration_id"] for each in own})
        seen = self.same(self.seen, "importer")
        yield "importer_idle_days", (self.now - max(each["lodged_at"] for each in seen)) / DAY if seen else None
        heading = [
            each for each in self.same(self.standing, "importer_hs4") if each["lodged_at"] >= self.now - 90 * DAY
        ]
        yield "importer_origin_switched", bool(heading) and not self.same(self.seen, "importer_hs4_origin")
        twins = self.lately("twin", 72 * HOUR)
        yield "twin_items_72h", len(twins) if self.knows("twin") else None
        yield "importer_hs6_value_ratio", self.own_price()
        yield "amended_value_ratio", self.amended()
        yield "vehicle_other_post_hours", self.elsewhere("vehicle")
        yield "container_other_post_hours", self.containers_elsewhere(row["container_ids"] or [])

    def own_price(self) -> float | None:
        def unit(row: Row) -> float | None:
            known = row["customs_value"] is not None and row["net_mass"]
            return float(row["customs_value"] / row["net_mass"]) if known else None

        earlier = [math.log(price) for each in self.same(self.standing, "importer_hs6") if (price := unit(each))]
        mine = unit(self.row)
        return mine / math.exp(fmean(earlier)) if mine is not None and earlier else None

    def amended(self) -> float | None:
        before = [
            each for each in self.world.declared[self.row["declaration_id"]] if version_of(each) < version_of(self.row)
        ]
        if not before:
            return None
        earlier, mine = self.world.value(max(before, key=version_of)), self.world.value(self.row)
        return mine / earlier if mine is not None and earlier else None

    def elsewhere(self, name: str) -> float | None:
        return self.hours(self.same(self.seen, name)) if self.knows(name) else None

    def containers_elsewhere(self, numbers: Sequence[str]) -> float | None:
        hours = [self.hours([row for row in self.seen if number in (row["container_ids"] or [])]) for number in numbers]
        return min((each for each in hours if each is not None), default=None)

    def hours(self, rows: Sequence[Row]) -> float | None:
        def post(row: Row) -> str:
            return str(row["border_post"] or row["post"])

        others = [row["lodged_at"] for row in rows if post(row) != post(self.row)]
        return (self.now - max(others)) / HOUR if others else None

    def rarity(self, both: str, one: str, other: str) -> float | None:
        if not (self.knows(both) and self.knows(one) and self.knows(other)):
            return None
        seen = {name: len(self.same(self.standing, name)) for name in (both, one, other)}
        expected = seen[one] * seen[other] / max(len(self.standing), 1)
        return -math.log((seen[both] + 1) / (expected + 1))

    def limits(self) -> Facts:
        names = ("split_below_limit", "importer_below_limit_12m", "importer_above_limit_12m", "importer_limit_bunching")
        value = self.world.value(self.row)
        if not self.world.settings.limits or value is None:
            return dict.fromkeys(names)
        year = {each["declaration_id"]: each for each in reversed(self.lately("importer", 365 * DAY))}.values()
        below = sum(any(0.9 * edge <= amount < edge for edge in self.edges(each)) for each, amount in self.worth(year))
        above = sum(any(edge <= amount < 1.1 * edge for edge in self.edges(each)) for each, amount in self.worth(year))
        lately = [(each, amount) for each, amount in self.worth(year) if each["lodged_at"] >= self.now - 72 * HOUR]
        split = False
        for edge in self.edges(self.row):
            small = sum(amount for each, amount in lately if edge in self.edges(each) and amount < edge)
            split |= value < edge and small > 0 and value + small >= edge
        chance = stats.binomtest(below, below + above, alternative="greater").pvalue if below + above else 1.0
        return dict(zip(names, (split, below, above, float(chance)), strict=True))

    def worth(self, heads: Iterable[Row]) -> list[tuple[Row, float]]:
        known = [(each, self.world.value(each)) for each in heads]
        return [(each, amount) for each, amount in known if amount is not None]

    def edges(self, row: Row) -> list[float]:
        zone = self.world.settings.time_zone
        day = (row["lodged_at"].astimezone(ZoneInfo(zone)) if zone else row["lodged_at"]).date()
        return [
            float(limit.value)
            for limit in self.world.settings.limits
            if (limit.since is None or day >= limit.since) and (limit.until is None or day <= limit.until)
        ]

    def facts(self) -> Facts:
        facts: Facts = {}
        for name in COUNTED:
            facts |= self.counters(name)
        for name in NEW:
            facts[f"{name}_is_new"] = not self.same(self.seen, name) if self.knows(name) else None
        for name in TOGETHER:
            facts |= self.together(name)
        facts |= dict(self.behaviour())
        facts |= self.limits()
        facts["hs6_origin_rarity"] = self.rarity("hs6_origin", "hs6", "origin")
        facts["importer_hs4_rarity"] = self.rarity("importer_hs4", "importer", "hs4")
        facts["declarant_post_rarity"] = self.rarity("declarant_post", "declarant", "post")
        facts["route_rarity"] = self.rarity("route", "origin", "entry")
        return facts


def replay(rows: Sequence[Row], settings: FactSettings) -> Iterator[Facts]:
    """Give the history facts of each row, with its identity."""
    world = World(rows, settings)
    for row in rows:
        identity = {name: row[name] for name in ("declaration_id", "version", "item")}
        yield identity | Question(world, row).facts()
