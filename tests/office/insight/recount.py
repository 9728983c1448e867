"""Every figure counted again from the rows of the register, in plain loops: nothing here is shared with what it checks."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from darvoza.office.registry.models import Decision, Declaration, Finding, Order

Row = dict[str, Any]
Z = 1.959963984540054


def wilson(found: int, checked: int) -> tuple[float, float]:
    """The limits of Wilson's interval of 95 %, as textbooks write them."""
    rate = found / checked
    middle, below = rate + Z * Z / 2 / checked, 1 + Z * Z / checked
    half = Z * math.sqrt(rate * (1 - rate) / checked + Z * Z / 4 / checked**2)
    return (0.0 if found == 0 else (middle - half) / below), (1.0 if found == checked else (middle + half) / below)


def _rows(asked: Iterable[Any]) -> list[Row]:
    return [dict(row) for row in asked]


def month(moment: datetime) -> str:
    return f"{moment:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Unit:
    """One declaration as the draw of the physical examination by customs left it."""

    post: str
    month: str
    profiles: frozenset[str]
    probability: float
    drawn: bool
    known: bool
    found: bool
    recovered: float


class Register:
    """The rows, read once."""

    def __init__(self) -> None:
        self.declared: dict[int, Row] = {row["id"]: row for row in _rows(Declaration.objects.values())}
        self.decisions = _rows(Decision.objects.order_by("pk").values())
        self.words: dict[int, dict[int, Row]] = defaultdict(dict)
        said = ("result__order", "item", "found", "additional_duty", "record")
        for row in _rows(Finding.objects.order_by("result__number").values(*said)):
            self.words[row["result__order"]][row["item"]] = row
        self.asked = {row["decision_id"]: row for row in self.decisions if row["selected"]}
        self.orders = [self._order(row) for row in _rows(Order.objects.order_by("pk").values())]
        done = {row["declaration_id"] for row in self.orders if row["state"] == "recorded"}
        self.counted = {key for key, row in self.declared.items() if row["cancelled_at"] is None or key in done}
        self.checks = [row for row in self.orders if not (self._cancelled(row) and row["state"] == "withdrawn")]

    def _order(self, row: Row) -> Row:
        """An order with what came of it."""
        said = [each for each in self.words[row["id"]].values() if each["found"] or not each["record"].get("awaited")]
        recorded = row["state"] == "recorded" or (row["state"] == "lowering" and row["recorded_at"] is not None)
        found = [each for each in said if each["found"]] if recorded else []
        drawn = self.asked.get(row["order_id"])
        return row | {
            "checked": recorded and bool(said),
            "found": bool(found),
            "recovered": float(sum(each["additional_duty"] or 0 for each in found)),
            "unstated": any(each["additional_duty"] is None for each in found),
            "basis": drawn["basis"] if drawn else "officer",
            "opened": drawn is None or drawn["act"] != row["act"],
        }

    def _cancelled(self, order: Row) -> bool:
        return self.declared[order["declaration_id"]]["cancelled_at"] is not None

    def of(self, order: Row) -> Row:
        return self.declared[order["declaration_id"]]

    def declarations(self) -> Counter[tuple[str, ...]]:
        """Declarations by agency, post, month and channel: all of them, and those on which each agency decided."""
        made: Counter[tuple[str, ...]] = Counter()
        deciding = {(row["agency"], row["declaration_id"]) for row in self.decisions} | {
            ("", key) for key in self.declared
        }
        for agency, key in deciding:
            if key in self.counted:
                row = self.declared[key]
                made[agency, row["post"], month(row["lodged_at"]), row["channel"]] += 1
        return made

    def checked(self) -> dict[tuple[str, ...], list[float]]:
        """Checks ordered, with a result, with a finding, what they recovered, and how many state no amount."""
        made: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0, 0, 0, 0.0, 0])
        for order in self.checks:
            row = self.of(order)
            key = (order["agency"], order["post"], month(row["lodged_at"]), row["channel"], order["basis"])
            for place, more in enumerate((1, order["checked"], order["found"], order["recovered"], order["unstated"])):
                made[key][place] += more
        return made

    def load(self) -> dict[tuple[str, ...], list[float]]:
        """Σπ, drawn, opened and done by agency, post, act and month."""
        made: dict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0, 0, 0, 0])
        there = {order["order_id"]: order["post"] for order in self.checks}
        for told in self.decisions:
            if told["declaration_id"] in self.counted:
                row = self.declared[told["declaration_id"]]
                place, lodged = (told["agency"], row["post"], told["act"]), month(row["lodged_at"])
                made[*place, lodged][0] += told["probability"]
                if told["selected"]:
                    at = str(there.get(told["decision_id"], row["post"]))
                    made[told["agency"], at, told["act"], lodged][1] += 1
        for order in self.checks:
            key = (order["agency"], order["post"], order["act"], month(self.of(order)["lodged_at"]))
            made[key][2] += order["opened"]
            made[key][3] += order["checked"]
        return made

    def releases(self) -> dict[tuple[str, str], tuple[int, int, int, float | None]]:
        """Consignments released, waiting and held for a finding by post and channel, and the median of the hours."""
        waited: dict[int, list[Row]] = defaultdict(list)
        for order in self.orders:
            if order["act"] != "audit" and (order["state"] != "withdrawn" or self._cancelled(order)):
                waited[order["declaration_id"]].append(order)
        hours: dict[tuple[str, str], list[float]] = defaultdict(list)
        others: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for key, orders in waited.items():
            row = self.declared[key]
            if any(order["state"] == "withdrawn" for order in orders):
                continue  # it was cancelled while one of them was to be done
            for place in (("", row["channel"]), (orders[0]["post"], row["channel"])):
                if not all(order["checked"] for order in orders):
                    others[place]["waiting"] += 1
                elif any(order["found"] for order in orders):
                    others[place]["held"] += 1
                else:
                    last = max(order["recorded_at"] for order in orders)
                    hours[place].append(max(0.0, (last - row["lodged_at"]).total_seconds() / 3600))
        return {
            place: (len(hours[place]), others[place]["waiting"], others[place]["held"], _median(hours[place]))
            for place in {*hours, *others}
        }

    def units(self, until: datetime | None) -> list[Unit]:
        """Declarations from which is estimated, lodged until a moment."""
        ended = {
            order["declaration_id"]: order
            for order in self.orders
            if order["checked"] and order["order_id"].endswith(":customs:physical") and order["act"] == "physical"
        }
        made = []
        for key, told in self._examined().items():
            row, order = self.declared[key], ended.get(key)
            late = until is not None and row["lodged_at"] > until
            if late or (row["cancelled_at"] is not None and order is None):
                continue
            known = order is not None and bool(told["selected"])
            found, recovered = (order["found"], order["recovered"]) if order is not None and known else (False, 0.0)
            place, drawn = (row["post"], month(row["lodged_at"])), bool(told["selected"])
            made.append(Unit(*place, self._profiles(key), told["probability"], drawn, known, found, recovered))
        return made

    def _profiles(self, key: int) -> frozenset[str]:
        floors = [floor for row in self.decisions if row["declaration_id"] == key for floor in row["floors"]]
        return frozenset(floor["source"] for floor in floors if floor["kind"] == "profile")

    def _examined(self) -> dict[int, Row]:
        of_customs = (row for row in self.decisions if (row["agency"], row["act"]) == ("customs", "physical"))
        return {row["declaration_id"]: row for row in of_customs if row["declaration_id"] in self.counted}


def _median(hours: list[float]) -> float | None:
    ranked, half = sorted(hours), len(hours) // 2
    if not ranked:
        return None
    return ranked[half] if len(ranked) % 2 else (ranked[half - 1] + ranked[half]) / 2


@dataclass(frozen=True, slots=True)
class Estimated:
    """What is estimated of some declarations, by weights written out."""

    counts: tuple[int, int, int, int]
    released: int
    leaked: float
    lost: float

    @property
    def rate(self) -> float:
        """The share of all in which an examination would find something."""
        return min((self.counts[3] + self.leaked) / self.counts[0], 1.0)


def estimated(units: Iterable[Unit]) -> Estimated:
    """Σ y·(1 − π)/π over what was examined; π is thinned by the share of results that are known."""
    own = list(units)
    drawn, known = sum(one.drawn for one in own), sum(one.known for one in own)
    share = known / drawn if known else 1.0
    weights = [(one, (1 - one.probability * share) / (one.probability * share)) for one in own if one.found]
    leaked, lost = sum(weight for _, weight in weights), sum(one.recovered * weight for one, weight in weights)
    return Estimated((len(own), drawn, known, len(weights)), len(own) - known, leaked, lost)
