"""Goods that are lodged again under another reference: what earlier lodgings of them were chosen for still stands.

The draw stays with the goods, and so does what they were chosen for, until it is examined and nothing is found. A draw whose
key was revealed and that has nothing left to be examined is spent: whoever knows it could lodge below it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Self

import polars as pl

from darvoza.domain.casework import CaseState
from darvoza.flow.gate.deciding import Decided, Gate
from darvoza.flow.gate.draws import MOST, Number
from darvoza.flow.selectivity.same_goods import Lodging
from darvoza.office.api.models import Lodgement
from darvoza.office.api.queries import revisions_of
from darvoza.office.journal.queries import days_revealed
from darvoza.office.registry.models import Order
from darvoza.office.registry.services.cases import gather

Row = Mapping[str, Any]
Duty = tuple[str, str]
Floors = dict[tuple[str, str], dict[str, Any]]
"""Floors under one act, by kind and source."""

Kin = dict[str, list[dict[str, Any]]]
"""Earlier lodgings that were minded, by the reference of the new one, as they are stored with it.

Each has ``declaration_id`` and ``revision``; and ``acts``, what is chosen because it was chosen there (``agency``, ``act``,
``floors``), or ``spent``, the fingerprint and the day of a draw that stands no more. An act is told of the last lodging that
has it.
"""


class Standing(NamedTuple):
    """What stands of a lodging: its revision, and the floors under each act that is chosen and not examined yet."""

    declaration_id: str
    revision: int
    acts: dict[Duty, Floors]


class Kinship(NamedTuple):
    """Earlier lodgings of the goods in a batch.

    Attributes
    ----------
    lodgings
        By the reference of the new lodging, in order of decision; without those that a run brought.
    standing
        What stands of each, by its own reference.
    spent
        The draws that are spent: the key of their day is revealed, and of none of their lodgings anything stands.
    """

    lodgings: Mapping[str, list[Lodging]]
    standing: Mapping[str, Standing]
    spent: frozenset[Number]

    @classmethod
    def of(cls, gate: Gate, items: pl.DataFrame) -> Self:
        """Look for earlier lodgings of goods that are lodged now."""
        found = gate.lodged_before(items)
        if not found:
            return cls({}, {}, frozenset())
        standing = _standing({one.declaration_id for many in found.values() for one in many})
        lodgings = {name: [one for one in many if one.declaration_id in standing] for name, many in found.items()}
        draws: dict[Number, bool] = {}
        for one in (one for many in lodgings.values() for one in many):
            number = one.fingerprint, one.key_day
            draws[number] = draws.get(number, False) or bool(standing[one.declaration_id].acts)
        revealed = days_revealed({day for _, day in draws}) if draws else set()
        spent = frozenset(number for number, stands in draws.items() if not stands and number[1] in revealed)
        return cls(lodgings, standing, spent)

    def minded(self, gate: Gate, decided: Decided) -> tuple[Decided, Kin]:
        """Give the decisions with what the goods were chosen for before, and which lodgings that minds."""
        rows: dict[str, list[Row]] = {}
        for row in decided.told.rows:
            rows.setdefault(row["declaration_id"], []).append(row)
        numbers = {name: (own[0]["fingerprint"], own[0]["key_day"]) for name, own in rows.items()}
        drawn = Counter(numbers.values())
        together: dict[Number, list[tuple[Standing, frozenset[str]]]] = {}
        kin: Kin = {}
        for name, own in rows.items():
            number = numbers[name]
            if not self.lodgings.get(name) and drawn[number] == 1:
                continue  # as nearly all goods: nobody else was drawn for by their number
            marks, beside = frozenset(own[0]["marks"]), together.setdefault(number, [])
            carriers = [
                *self._standing_of(name, number),
                *(each for each, of in beside[-MOST:] if not marks.isdisjoint(of)),
            ]
            inherited = _joined(each.acts for each in carriers)
            beside.append((Standing(name, 1, _joined([_chosen(own), inherited])), marks))
            if told := [*_told_of(inherited, carriers), *self._spent_of(name)]:
                kin[name] = told
        return _inheriting(gate, decided, kin), kin

    def _standing_of(self, name: str, number: Number) -> list[Standing]:
        """Give what stands of earlier lodgings that were drawn for by one draw."""
        mine = (one for one in self.lodgings.get(name, ()) if (one.fingerprint, one.key_day) == number)
        return [self.standing[one.declaration_id] for one in mine]

    def _spent_of(self, name: str) -> list[dict[str, Any]]:
        """Tell of the draws that are spent the last lodging of each."""
        last = {(one.fingerprint, one.key_day): one for one in self.lodgings.get(name, ())}
        return [
            {
                "declaration_id": one.declaration_id,
                "revision": self.standing[one.declaration_id].revision,
                "spent": [one.fingerprint, one.key_day.isoformat()],
            }
            for number, one in last.items()
            if number in self.spent
        ]


def minded_again(gate: Gate, decided: Decided, rows: Iterable[Lodgement]) -> Decided:
    """Give the decisions with what the goods were chosen for before, as it was minded once."""
    return _inheriting(gate, decided, {row.declaration_id: row.kin for row in rows})


def _inheriting(gate: Gate, decided: Decided, kin: Mapping[str, Iterable[Row]]) -> Decided:
    """Give the decisions with the acts that stand under the lodgings that were minded."""
    acts = {name: [act for each in told for act in each.get("acts", ())] for name, told in kin.items()}
    before = {name: chosen for name, chosen in acts.items() if chosen}
    return gate.inheriting(decided, before) if before else decided


def spent_then(rows: Iterable[Lodgement]) -> set[Number]:
    """Give the draws that were spent when some declarations were lodged."""
    spent = (kin["spent"] for row in rows for kin in row.kin if "spent" in kin)
    return {(fingerprint, date.fromisoformat(day)) for fingerprint, day in spent}


def _standing(names: Iterable[str]) -> dict[str, Standing]:
    """Tell what stands of lodgings, of those that were lodged here."""
    known = revisions_of(names)
    done, left = set[str](), _done([rows[-1].declaration_id for rows in known.values()])
    # who was examined under a later reference was examined: what that inherited is done with it
    inherited = {
        name: [(kin["declaration_id"], act) for kin in rows[0].kin for act in kin.get("acts", ())]
        for name, rows in known.items()
    }
    while left - done:
        done |= left
        left = {_named(of, act) for name, acts in inherited.items() for of, act in acts if _named(name, act) in done}
    return {name: Standing(name, rows[-1].revision, _chosen(rows[-1].decisions, done)) for name, rows in known.items()}


def _named(declaration_id: str, act: Row) -> str:
    """Name the decision on an act, which is the name of its order, too."""
    return f"{declaration_id}:{act['agency']}:{act['act']}"


def _done(names: Sequence[str]) -> set[str]:
    """Name the orders that were examined and found nothing; an officer may have made another act of one, its name stays."""
    ended = Order.objects.filter(declaration__declaration_id__in=names, state=CaseState.RECORDED)
    return {order.order_id for order in ended if not any(word.found for word in gather(order).words.values())}


def _chosen(decisions: Iterable[Row], done: Iterable[str] = ()) -> dict[Duty, Floors]:
    """Give the floors under each act that is chosen and not done."""
    return {
        (row["agency"], row["act"]): {(floor["kind"], floor["source"]): dict(floor) for floor in row["floors"]}
        for row in decisions
        if row["selected"] and row["decision_id"] not in done
    }


def _joined(acts: Iterable[Mapping[Duty, Floors]]) -> dict[Duty, Floors]:
    """Give the largest floor of each source under each act."""
    made: dict[Duty, Floors] = {}
    for duty, floors in ((duty, floors) for each in acts for duty, floors in each.items()):
        mine = made.setdefault(duty, {})
        for source, floor in floors.items():
            if source not in mine or floor["probability"] > mine[source]["probability"]:
                mine[source] = floor
    return made


def _told_of(inherited: Mapping[Duty, Floors], carriers: Sequence[Standing]) -> list[dict[str, Any]]:
    """Tell of each act the last lodging that has it."""
    by: dict[str, dict[str, Any]] = {}
    for duty, floors in inherited.items():
        of = next(each for each in reversed(carriers) if duty in each.acts)
        told = by.setdefault(
            of.declaration_id, {"declaration_id": of.declaration_id, "revision": of.revision, "acts": []}
        )
        told["acts"].append({"agency": duty[0], "act": duty[1], "floors": list(floors.values())})
    return list(by.values())
