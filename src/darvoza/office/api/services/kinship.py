"""Goods that are lodged again under another reference: which earlier lodgings they had, and what of these still stands.

The draw stays with the goods, and so does what they were chosen for, until it is examined. A draw whose key was revealed and
that chose nothing that is still to be done is spent: whoever knows it could lodge below it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Self

import polars as pl

from darvoza.domain.casework import CaseState
from darvoza.flow.gate.deciding import Decided, Gate
from darvoza.flow.gate.records import decisions_of
from darvoza.flow.selectivity.same_goods import Lodging
from darvoza.office.api.models import Lodgement
from darvoza.office.api.queries import revisions_of
from darvoza.office.journal.queries import days_revealed
from darvoza.office.registry.models import Order

Row = Mapping[str, Any]
Kin = dict[str, list[dict[str, Any]]]
"""Earlier lodgings that were minded, by the reference of the new one: ``declaration_id``, ``revision``, ``acts``, ``spent``."""


class Standing(NamedTuple):
    """What stands of an earlier lodging: its revision, and the decisions on acts that are chosen and not examined yet."""

    revision: int
    chosen: list[Row]
    spent: bool


class Kinship(NamedTuple):
    """Earlier lodgings of the goods in a batch.

    Attributes
    ----------
    lodgings
        By the reference of the new lodging.
    standing
        What stands of each, by its own reference; nothing of those that a run brought.
    """

    lodgings: Mapping[str, list[Lodging]]
    standing: Mapping[str, Standing]

    @classmethod
    def of(cls, gate: Gate, items: pl.DataFrame) -> Self:
        """Look for earlier lodgings of goods that are lodged now."""
        lodgings = gate.lodged_before(items)
        days = {one.declaration_id: one.key_day for many in lodgings.values() for one in many}
        return cls(lodgings, _standing(days) if days else {})

    @property
    def spent(self) -> set[str]:
        """References of the earlier lodgings whose draws are spent."""
        return {name for name, each in self.standing.items() if each.spent}

    def minded(self, gate: Gate, decided: Decided) -> tuple[Decided, Kin]:
        """Give the decisions with what earlier lodgings were chosen for, and whom that minds."""
        drawn: dict[tuple[str, date], list[str]] = {}
        rows: dict[str, list[Row]] = {}
        for row in decided.told.rows:
            rows.setdefault(row["declaration_id"], []).append(row)
        kin: Kin = {}
        for name, own in rows.items():
            draw = own[0]["fingerprint"], own[0]["key_day"]
            earlier = {
                one.declaration_id: standing
                for one in self.lodgings.get(name, ())
                if (standing := self.standing.get(one.declaration_id))
                if standing.spent or (one.fingerprint, one.key_day) == draw
            }
            beside = {
                each: Standing(1, _chosen(rows[each]), spent=False)
                for each in drawn.get(draw, ())
                if not set(own[0]["marks"]).isdisjoint(rows[each][0]["marks"])
            }
            if minded := [_kin(each, of) for each, of in (earlier | beside).items() if of.spent or of.chosen]:
                kin[name] = minded
                before = [row for of in (earlier | beside).values() for row in of.chosen]
                decided = gate.inheriting(decided, {name: before}) if before else decided
                rows[name] = [row for row in decided.told.rows if row["declaration_id"] == name]
            drawn.setdefault(draw, []).append(name)
        return decided, kin


def minded_again(gate: Gate, decided: Decided, rows: Iterable[Lodgement]) -> Decided:
    """Give the decisions with what earlier lodgings were chosen for, as it was minded once."""
    for row in rows:
        before = [each for kin in row.kin for each in _chosen_then(kin)]
        decided = gate.inheriting(decided, {row.declaration_id: before}) if before else decided
    return decided


def spent_then(rows: Iterable[Lodgement]) -> set[str]:
    """Give the references of the earlier lodgings whose draws were spent when some were lodged."""
    return {kin["declaration_id"] for row in rows for kin in row.kin if kin["spent"]}


def _chosen_then(kin: Row) -> list[Row]:
    if not kin["acts"]:
        return []
    before = Lodgement.objects.get(declaration_id=kin["declaration_id"], revision=kin["revision"])
    return _rows(each for each in before.decisions if f"{each['agency']} {each['act']}" in kin["acts"])


def _standing(days: Mapping[str, date]) -> dict[str, Standing]:
    """Tell what stands of earlier lodgings, by the days whose keys they were drawn with."""
    revealed = days_revealed(set(days.values()))
    latest = {name: rows[-1] for name, rows in revisions_of(days).items()}
    ended = Order.objects.filter(declaration__declaration_id__in=latest, state=CaseState.RECORDED)
    done = set(ended.values_list("order_id", flat=True))  # an officer may have made another act of it; its name stays
    made = {}
    for name, row in latest.items():
        chosen = [each for each in _chosen(row.decisions) if each["decision_id"] not in done]
        made[name] = Standing(row.revision, _rows(chosen), spent=not chosen and days[name] in revealed)
    return made


def _chosen(decisions: Iterable[Row]) -> list[Row]:
    return [row for row in decisions if row["selected"]]


def _rows(decisions: Iterable[Row]) -> list[Row]:
    """Give stored decisions in Python's own values."""
    return list(decisions_of(decisions).iter_rows(named=True))


def _kin(name: str, of: Standing) -> dict[str, Any]:
    acts = [f"{row['agency']} {row['act']}" for row in of.chosen]
    return {"declaration_id": name, "revision": of.revision, "acts": acts, "spent": of.spent}
