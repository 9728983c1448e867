"""Goods that are lodged again under another reference: what other lodgings of them were chosen for still stands.

The draw stays with the goods, and so does what they were chosen for, until it is examined and nothing is found. That holds of
whatever bears a mark of theirs within its window, by whichever draw it was chosen, lodged for the first time or amended to it.
A draw whose key was revealed and that has nothing left to be examined is spent: whoever knows it could lodge below it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Self

import polars as pl

from darvoza.flow.gate.deciding import Decided, Gate
from darvoza.flow.gate.draws import Met, Number, number_of, own_marks
from darvoza.flow.selectivity.same_goods import Lodging
from darvoza.office.api.models import Lodgement
from darvoza.office.api.services.done import Row
from darvoza.office.api.services.standing import Duty, Floors, Standing, Together, is_done, joined, register
from darvoza.office.journal.queries import days_revealed

Kin = dict[str, list[dict[str, Any]]]
"""Other lodgings that were minded, by the reference of what was decided, as they are stored with it.

Each has ``declaration_id`` and ``revision``; and ``acts``, what is chosen because it was chosen there (``agency``, ``act``,
``floors``; ``own``, the sources of the floors that the goods that are lodged have there themselves), or ``spent``, the fingerprint and the day of a draw that stands no more, or ``held``, those of a draw that stands
and the marks that are its own. An act is told of the last lodging that has it. What was minded before acts were of the whole
consignment says so (``whole``), and has what was told of the score beside.
"""

_Rows = dict[str, list[Row]]


class Kinship(NamedTuple):
    """Earlier lodgings of the goods that are lodged in a batch for the first time.

    Attributes
    ----------
    met
        By the reference of the new lodging; without those that a run brought, unless it was the record of a post.
    standing
        What stands of each, by its own reference.
    spent
        The draws that are spent: the key of their day is revealed, and of none of their lodgings anything stands.
    held
        Marks that several draws came under, and the first of these of which something stands.
    """

    met: Mapping[str, list[Met]]
    standing: Mapping[str, Standing]
    spent: frozenset[Number]
    held: Mapping[str, Number]

    @classmethod
    def of(cls, gate: Gate, items: pl.DataFrame) -> Self:
        """Look for earlier lodgings of goods that are lodged now."""
        found = gate.lodged_before(items)
        if not found:
            return cls({}, {}, frozenset(), {})
        standing, _ = register({one.lodging.declaration_id for many in found.values() for one in many})
        met = {name: [one for one in many if one.lodging.declaration_id in standing] for name, many in found.items()}
        draws: dict[Number, bool] = {}
        for one in (one.lodging for many in met.values() for one in many):
            draws[number_of(one)] = draws.get(number_of(one), False) or bool(standing[one.declaration_id].acts)
        revealed = days_revealed({day for _, day in draws}) if draws else set()
        spent = frozenset(number for number, stands in draws.items() if not stands and number[1] in revealed)
        several = len({number_of(one.lodging) for many in found.values() for one in many}) > 1
        return cls(met, standing, spent, _held(found.values(), standing) if several else {})

    def minded(self, gate: Gate, decided: Decided, together: Together) -> tuple[Decided, Kin]:
        """Give the decisions with what the goods were chosen for elsewhere, and which lodgings that minds."""
        kin: Kin = {}
        for name, own in _rows_of(decided).items():
            before = [self.standing[one.lodging.declaration_id] for one in self.met.get(name, ()) if _is_kin(one, own)]
            carriers = [*before, *together.beside(own, gate.draws)]
            inherited = joined(each.acts_for(own[0]["u"]) for each in carriers)
            together.enter(own, inherited)
            if told := [*_told_of(inherited, carriers, own), *self._spent_of(name), *self._held_of(name)]:
                kin[name] = told
        return _inheriting(gate, decided, kin), kin

    def _spent_of(self, name: str) -> list[dict[str, Any]]:
        """Tell of the draws that are spent the last lodging of each."""
        last = {number_of(one.lodging): one.lodging.declaration_id for one in self.met.get(name, ())}
        return [
            {**self.standing[of].named, "spent": [number[0], number[1].isoformat()]}
            for number, of in last.items()
            if number in self.spent
        ]

    def _held_of(self, name: str) -> list[dict[str, Any]]:
        """Tell of the draws that hold marks of goods the first lodging of each."""
        first = {number_of(one.lodging): one for one in reversed(self.met.get(name, ()))}
        marks = {mark for one in self.met.get(name, ()) for mark in one.near}
        told = []
        for number, one in first.items():
            if mine := sorted(mark for mark in marks if self.held.get(mark) == number):
                of = self.standing[one.lodging.declaration_id].named
                told.append({**of, "held": [number[0], number[1].isoformat(), mine]})
        return told


def _held(met: Iterable[Sequence[Met]], standing: Mapping[str, Standing]) -> dict[str, Number]:
    """Give the marks that several draws came under, each with the first of these of which something stands."""
    under: dict[str, dict[Number, bool]] = {}
    for one in (one for many in met for one in many):
        for mark in one.near:
            draws, number, of = under.setdefault(mark, {}), number_of(one.lodging), one.lodging.declaration_id
            draws[number] = draws.get(number, False) or (of in standing and bool(standing[of].acts))
    first = {mark: next((one for one, stands in draws.items() if stands), None) for mark, draws in under.items()}
    return {mark: number for mark, number in first.items() if number and len(under[mark]) > 1}


def drawn_for_posts(gate: Gate, day: date) -> pl.DataFrame | None:
    """Give every draw that is remembered, each mark with the draw that holds it: a post knows nothing of what stands.

    Parameters
    ----------
    day
        The first day on which a post decides by them.
    """
    drawn, contested = gate.drawn(), gate.draws.contested(day)
    if drawn is None or not contested:
        return drawn
    standing, _ = register({one.lodging.declaration_id for many in contested for one in many})
    held = _held(contested, standing)
    marks = [own_marks(Lodging._make(row), held) for row in drawn.select(Lodging._fields).iter_rows()]
    return drawn.with_columns(marks=pl.Series(marks, dtype=drawn.schema["marks"]))


def minded_amended(
    gate: Gate, decided: Decided, known: Mapping[str, Sequence[Lodgement]], together: Together
) -> tuple[Decided, Kin]:
    """Give decisions that were made again with what the goods were chosen for elsewhere, and which lodgings that minds.

    Those are what it minded before, and is still to be done, and what bears a mark that it did not bear before. What came
    under its own marks later is minded there.

    Parameters
    ----------
    decided
        The decisions.
    known
        Every decision so far, by reference.
    """
    rows = _rows_of(decided)
    borne = {name: {mark for row in known[name] for mark in row.decisions[0]["marks"]} for name in rows}
    fresh = {name: [mark for mark in own[0]["marks"] if mark not in borne[name]] for name, own in rows.items()}
    found = {
        name: [one for one in gate.draws.met(marks, _day(rows[name])) if _is_kin(one, rows[name])]
        for name, marks in fresh.items()
        if marks
    }
    minded = {name: [each for row in known[name] for each in row.kin if each.get("acts")] for name in rows}
    named = {one.lodging.declaration_id for many in found.values() for one in many}
    named |= {each["declaration_id"] for told in minded.values() for each in told}
    standing, done = register(named | {name for name, told in minded.items() if told}) if named else ({}, set())
    kin: Kin = {}
    for name, own in rows.items():
        u = own[0]["u"]
        carriers = [_still(each, name, u, done) for each in minded[name]]
        carriers += [standing[of] for one in found.get(name, ()) if (of := one.lodging.declaration_id) in standing]
        carriers += together.beside(own, gate.draws, fresh[name])
        inherited = joined(each.acts_for(u) for each in carriers)
        together.enter(own, inherited, revision=known[name][-1].revision + 1, borne=borne[name])
        if told := _told_of(inherited, carriers):
            kin[name] = told
    return _inheriting(gate, decided, kin), kin


def _is_kin(one: Met, own: Sequence[Row]) -> bool:
    """Tell whether another lodging is of the same goods: within the window of a mark, or drawn for by the same draw."""
    first = own[0]
    same = number_of(one.lodging) == (first["fingerprint"], first["key_day"])
    return (bool(one.near) or same) and one.lodging.declaration_id != first["declaration_id"]


def _day(own: Sequence[Row]) -> date:
    moment: datetime = own[0]["lodged_at"]
    return moment.date()


def _still(minded: Row, name: str, u: float, done: set[str]) -> Standing:
    """Give what a declaration minded before and was not done since, there or under its own reference."""
    acts = {
        (act["agency"], act["act"]): {(floor["kind"], floor["source"]): dict(floor) for floor in act["floors"]}
        for act in minded["acts"]
        if not is_done(minded["declaration_id"], act, done) and not is_done(name, act, done)
    }
    return Standing(minded["declaration_id"], minded["revision"], u, acts)


def minded_again(gate: Gate, decided: Decided, rows: Iterable[Lodgement]) -> Decided:
    """Give the decisions with what the goods were chosen for elsewhere, as it was minded once."""
    return _inheriting(gate, decided, {row.declaration_id: row.kin for row in rows})


def _inheriting(gate: Gate, decided: Decided, kin: Mapping[str, Iterable[Row]]) -> Decided:
    """Give the decisions with the acts that stand under the lodgings that were minded."""
    acts = {name: [act for each in told for act in each.get("acts", ())] for name, told in kin.items()}
    before = {name: under for name, under in acts.items() if under}
    return gate.inheriting(decided, before) if before else decided


def spent_then(rows: Iterable[Lodgement]) -> set[Number]:
    """Give the draws that were spent when some declarations were lodged."""
    spent = (kin["spent"] for row in rows for kin in row.kin if "spent" in kin)
    return {(fingerprint, date.fromisoformat(day)) for fingerprint, day in spent}


def held_then(rows: Iterable[Lodgement]) -> dict[str, Number]:
    """Give the marks that a draw held when some declarations were lodged."""
    held = (kin["held"] for row in rows for kin in row.kin if "held" in kin)
    return {mark: (fingerprint, date.fromisoformat(day)) for fingerprint, day, marks in held for mark in marks}


def _rows_of(decided: Decided) -> _Rows:
    """Give decisions by declaration."""
    rows: _Rows = {}
    for row in decided.told.rows:
        rows.setdefault(row["declaration_id"], []).append(row)
    return rows


def _told_of(
    inherited: Mapping[Duty, Floors], carriers: Sequence[Standing], own: Sequence[Row] = ()
) -> list[dict[str, Any]]:
    """Tell of each act the last lodging that has it; of goods that are lodged, which floors are their own besides."""
    sources = {(row["agency"], row["act"]): sorted({floor["source"] for floor in row["floors"]}) for row in own}
    by: dict[str, dict[str, Any]] = {}
    for duty, floors in inherited.items():
        of = next(each for each in reversed(carriers) if duty in each.acts)
        told = by.setdefault(of.declaration_id, {**of.named, "acts": []})
        mine = {"own": sources.get(duty, [])} if own else {}
        told["acts"].append({"agency": duty[0], "act": duty[1], "floors": list(floors.values()), **mine})
    return list(by.values())


def asked_for(decisions: Iterable[Row], kin: Iterable[Row]) -> Iterator[Row]:
    """Give decisions on goods that were lodged without the floors that stand because of other lodgings alone.

    What was minded before it was told which floors are their own stays.
    """
    brought = {
        (act["agency"], act["act"], floor["source"])
        for act in (act for each in kin for act in each.get("acts", ()) if "own" in act)
        for floor in act["floors"]
        if floor["source"] not in act["own"]
    }
    for each in decisions:
        floors = [one for one in each["floors"] if (each["agency"], each["act"], one["source"]) not in brought]
        yield {**each, "floors": floors}
