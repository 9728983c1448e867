"""Goods that are lodged again under another reference: what earlier lodgings of them were chosen for still stands.

The draw stays with the goods, and so does what they were chosen for, until it is examined. A draw whose key was revealed and
that has nothing left to be examined is spent: whoever knows it could lodge below it.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Self

import polars as pl

from darvoza.domain.casework import CaseState
from darvoza.flow.gate.deciding import Decided, Gate
from darvoza.flow.gate.draws import Number
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
    """What stands of a lodging: its revision, and the decisions on acts that are chosen and not examined yet."""

    declaration_id: str
    revision: int
    chosen: list[Row]
    spent: bool = False


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
    def spent(self) -> set[Number]:
        """The draws that are spent: of none of their lodgings anything stands."""
        known = [one for many in self.lodgings.values() for one in many if one.declaration_id in self.standing]
        stand = {(one.fingerprint, one.key_day) for one in known if not self.standing[one.declaration_id].spent}
        return {(one.fingerprint, one.key_day) for one in known} - stand

    def minded(self, gate: Gate, decided: Decided) -> tuple[Decided, Kin]:
        """Give the decisions with what the goods were chosen for before, and which lodgings that minds."""
        rows: dict[str, list[Row]] = {}
        for row in decided.told.rows:
            rows.setdefault(row["declaration_id"], []).append(row)
        together: dict[Number, list[str]] = {}
        kin: Kin = {}
        for name, own in rows.items():
            number = own[0]["fingerprint"], own[0]["key_day"]
            marks = set(own[0]["marks"])
            together.setdefault(number, []).append(name)
            beside = [
                Standing(each, 1, _chosen(rows[each]))
                for each in together[number][:-1]
                if not marks.isdisjoint(rows[each][0]["marks"])
            ]
            standing = [each for each in (*self._before(name, number), *beside) if each.chosen]
            if chosen := [row for each in standing for row in each.chosen]:
                decided = gate.inheriting(decided, {name: chosen})
                rows[name] = [row for row in decided.told.rows if row["declaration_id"] == name]
            spent = [each for each in self._before(name) if each.spent]
            if minded := [_kin(each) for each in (*standing, *spent)]:
                kin[name] = minded
        return decided, kin

    def _before(self, name: str, number: Number | None = None) -> list[Standing]:
        """Give what stands of earlier lodgings of the same goods; of those alone that were drawn for by one draw."""
        return [
            self.standing[one.declaration_id]
            for one in self.lodgings.get(name, ())
            if one.declaration_id in self.standing
            if number is None or (one.fingerprint, one.key_day) == number
        ]


def minded_again(gate: Gate, decided: Decided, rows: Iterable[Lodgement]) -> Decided:
    """Give the decisions with what the goods were chosen for before, as it was minded once."""
    for row in rows:
        before = [each for kin in row.kin if kin["acts"] for each in _minded_then(kin) if _act(each) in kin["acts"]]
        decided = gate.inheriting(decided, {row.declaration_id: before}) if before else decided
    return decided


def spent_then(rows: Iterable[Lodgement]) -> set[Number]:
    """Give the draws that were spent when some declarations were lodged."""
    spent = (_minded_then(kin)[0] for row in rows for kin in row.kin if kin["spent"])
    return {(row["fingerprint"], row["key_day"]) for row in spent}


def _minded_then(kin: Row) -> list[Row]:
    """Give the decisions of a lodging that was minded."""
    return _rows(Lodgement.objects.get(declaration_id=kin["declaration_id"], revision=kin["revision"]).decisions)


def _standing(days: Mapping[str, date]) -> dict[str, Standing]:
    """Tell what stands of lodgings, by the days whose keys they were drawn with."""
    revealed = days_revealed(set(days.values()))
    latest = {name: rows[-1] for name, rows in revisions_of(days).items()}
    ended = Order.objects.filter(declaration__declaration_id__in=latest, state=CaseState.RECORDED)
    done = set(ended.values_list("order_id", flat=True))  # an officer may have made another act of it; its name stays
    made = {}
    for name, row in latest.items():
        chosen = [each for each in _chosen(row.decisions) if each["decision_id"] not in done]
        made[name] = Standing(name, row.revision, _rows(chosen), spent=not chosen and days[name] in revealed)
    return made


def _chosen(decisions: Iterable[Row]) -> list[Row]:
    return [row for row in decisions if row["selected"]]


def _rows(decisions: Iterable[Row]) -> list[Row]:
    """Give stored decisions in Python's own values."""
    return list(decisions_of(decisions).iter_rows(named=True))


def _kin(of: Standing) -> dict[str, Any]:
    acts = [_act(row) for row in of.chosen]
    return {"declaration_id": of.declaration_id, "revision": of.revision, "acts": acts, "spent": of.spent}


def _act(row: Row) -> str:
    return f"{row['agency']} {row['act']}"
