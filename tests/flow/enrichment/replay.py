"""The slow way to know what was known: a replay of history, record by record, with dictionaries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

Row = Mapping[str, Any]
Key = tuple[str, ...] | None

PARTS = {
    "importer": ("importer_id",),
    "exporter": ("exporter_id",),
    "declarant": ("declarant_id",),
    "post": ("post",),
    "hs6": ("hs6",),
    "hs4": ("hs4",),
    "origin": ("origin",),
    "hs6_origin": ("hs6", "origin"),
    "importer_hs4": ("importer_id", "hs4"),
    "importer_origin": ("importer_id", "origin"),
    "declarant_post": ("declarant_id", "post"),
    "vehicle": ("vehicle_id",),
}
NEW = ("importer", "declarant", "hs6_origin", "importer_hs4")


def key_of(row: Row, name: str) -> Key:
    known = dict(row) | {"hs6": row["hs"][:6], "hs4": row["hs"][:4]}
    parts = tuple(known[part] for part in PARTS[name])
    return None if None in parts else parts


class Register:
    """What is known so far of the keys of one name."""

    def __init__(self) -> None:
        self.items: dict[Key, int] = defaultdict(int)
        self.first: dict[Key, datetime] = {}
        self.results: dict[Key, list[tuple[datetime, bool]]] = defaultdict(list)

    def facts(self, name: str, key: Key, now: datetime, base: float) -> dict[str, object]:
        facts: dict[str, object]
        if key is None:
            facts = dict.fromkeys(("items", "examined_12m", "findings_12m", "finding_rate", "age"))
        else:
            results = self.results[key]
            recent = [found for at, found in results if at >= now - timedelta(days=365)]
            first = self.first.get(key)
            facts = {
                "items": self.items[key],
                "examined_12m": len(recent),
                "findings_12m": sum(recent),
                "finding_rate": (sum(found for _, found in results) + 5 * base) / (len(results) + 5),
                "age": None if first is None else (now - first) / timedelta(days=1),
            }
        if name in NEW:
            facts["is_new"] = None if key is None else key not in self.first
        return {f"{name}_{fact}": value for fact, value in facts.items()}


def results_of(rows: Iterable[Row]) -> list[tuple[datetime, Row]]:
    """The results and when each became known: seven days after lodging where nobody noted it."""
    known = [row for row in rows if row["examined"] and row["finding"] is not None]
    return [(row["result_at"] or row["lodged_at"] + timedelta(days=7), row) for row in known]


def replay(rows: Sequence[Row]) -> Iterator[dict[str, object]]:
    """Give the history facts of each row, in order of lodging; nothing is known at its own moment."""
    registers = {name: Register() for name in PARTS}
    waiting = sorted(results_of(rows), key=lambda result: result[0])
    seen = found = 0
    for now, together in groupby(sorted(rows, key=lambda row: row["lodged_at"]), key=lambda row: row["lodged_at"]):
        while waiting and waiting[0][0] < now:
            at, row = waiting.pop(0)
            seen, found = seen + 1, found + row["finding"]
            for name, register in registers.items():
                register.results[key_of(row, name)].append((at, row["finding"]))
        lodged = list(together)
        base = (found + 5 * 0.05) / (seen + 5)
        for row in lodged:
            facts: dict[str, object] = {"declaration_id": row["declaration_id"], "item": row["item"]}
            for name, register in registers.items():
                facts |= register.facts(name, key_of(row, name), now, base)
            yield facts
        for row in lodged:
            for name, register in registers.items():
                key = key_of(row, name)
                register.items[key] += 1
                register.first.setdefault(key, now)
