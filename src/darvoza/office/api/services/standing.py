"""What stands of lodgings: acts that they were chosen for and that are not done, by register and within a batch."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from darvoza.domain.journal import EntryKind
from darvoza.flow.gate.draws import MOST, DrawBook, Number, is_near
from darvoza.office.api.models import Lodgement
from darvoza.office.api.services.done import Row, done_later, examined
from darvoza.office.journal.queries import entries_on_each
from darvoza.office.registry.models import Decision

Duty = tuple[str, str]
Floors = dict[tuple[str, str], dict[str, Any]]
"""Floors under one act, by kind and source."""


class Standing(NamedTuple):
    """What stands of a lodging.

    Attributes
    ----------
    declaration_id, revision
        The lodging.
    u
        The number by which it was chosen.
    acts
        The floors under each act that is chosen and not done.
    """

    declaration_id: str
    revision: int
    u: float
    acts: dict[Duty, Floors]

    @property
    def named(self) -> dict[str, Any]:
        """Reference and revision, as they are stored with what minds it."""
        return {"declaration_id": self.declaration_id, "revision": self.revision}

    def acts_for(self, u: float) -> dict[Duty, Floors]:
        """Give the acts as they stand for goods that are drawn for by a number.

        By the same number the same floors choose again. Another might lie above them: what was chosen is chosen, no chance
        is left in it, and so the floors that chose it are certain.
        """
        if u == self.u:
            return self.acts
        return {
            duty: {
                source: _certain(floor) if self.u < floor["probability"] else floor for source, floor in floors.items()
            }
            for duty, floors in self.acts.items()
        }


def _certain(floor: Row) -> dict[str, Any]:
    return {**floor, "probability": 1.0}


def chosen(decisions: Iterable[Row], done: Collection[str] = ()) -> dict[Duty, Floors]:
    """Give the floors under each act that is chosen and not done."""
    return {
        (row["agency"], row["act"]): {(floor["kind"], floor["source"]): dict(floor) for floor in row["floors"]}
        for row in decisions
        if row["selected"] and row["decision_id"] not in done
    }


def joined(acts: Iterable[Mapping[Duty, Floors]]) -> dict[Duty, Floors]:
    """Give the largest floor of each source under each act."""
    made: dict[Duty, Floors] = {}
    for duty, floors in ((duty, floors) for each in acts for duty, floors in each.items()):
        mine = made.setdefault(duty, {})
        for source, floor in floors.items():
            if source not in mine or floor["probability"] > mine[source]["probability"]:
                mine[source] = floor
    return made


class Together:
    """Lodgings of one batch, by their marks; what stands of one is worked out when another one asks."""

    def __init__(self) -> None:
        self._by_mark: dict[str, list[_Decided]] = {}
        self._since: dict[tuple[str, Number], date] = {}

    def enter(
        self, own: Sequence[Row], inherited: Mapping[Duty, Floors], *, revision: int = 1, borne: Iterable[str] = ()
    ) -> None:
        """Note what was decided of a declaration, what it inherits besides, and marks that it bore before."""
        one = _Decided(own, revision, inherited)
        for mark in {*own[0]["marks"], *borne}:
            self._by_mark.setdefault(mark, []).append(one)
            by = mark, one.number
            self._since[by] = min(self._since.get(by, one.day), one.day)

    def beside(self, own: Sequence[Row], draws: DrawBook, under: Collection[str] | None = None) -> list[Standing]:
        """Give what stands of the last that were decided of the same goods.

        Parameters
        ----------
        own
            The decisions on a declaration.
        draws
            Every draw that was made before the batch: the window of a mark begins with the first lodging by its draw.
        under
            The marks by which; without them all of its own.
        """
        first = own[0]
        found: dict[str, Standing] = {}
        for mark in first["marks"] if under is None else under:
            for one in self._by_mark.get(mark, [])[-MOST:]:
                begun = min(draws.since(mark, one.number) or one.day, self._since[mark, one.number])
                if first["u"] == one.own[0]["u"] or is_near(mark, first["lodged_at"].date(), begun):
                    found.setdefault(one.own[0]["declaration_id"], one.standing())
        return list(found.values())


class _Decided(NamedTuple):
    """One that was decided in the batch."""

    own: Sequence[Row]
    revision: int
    inherited: Mapping[Duty, Floors]

    @property
    def day(self) -> date:
        lodged_on: date = self.own[0]["lodged_at"].date()
        return lodged_on

    @property
    def number(self) -> Number:
        return self.own[0]["fingerprint"], self.own[0]["key_day"]

    def standing(self) -> Standing:
        first = self.own[0]
        acts = joined([chosen(self.own), self.inherited])
        return Standing(first["declaration_id"], self.revision, first["u"], acts)


class _Last(NamedTuple):
    """The last revision of a lodging, and what all of them minded."""

    revision: int
    decisions: Sequence[Row]
    kin: Sequence[Row] = ()


def register(names: Collection[str]) -> tuple[dict[str, Standing], set[str]]:
    """Tell what stands of lodgings that were decided here, or at a post that came back; and which acts of theirs are done.

    However many they are, that takes a few questions.
    """
    last = _lodged(names)
    if brought := set(names) - last.keys():
        last |= _returned(brought)
    there = examined(last)
    kin = {name: one.kin for name, one in last.items()}
    done = there.keys() | done_later(there, kin, {name: one.decisions for name, one in last.items()})
    standing = {
        name: Standing(name, one.revision, one.decisions[0]["u"], chosen(one.decisions, done))
        for name, one in last.items()
    }
    return standing, done


def _lodged(names: Iterable[str]) -> dict[str, _Last]:
    """Give the last revisions of what was lodged here."""
    known: dict[str, list[tuple[int, int, list[Row]]]] = {}
    rows = Lodgement.objects.filter(declaration_id__in=list(names)).order_by("declaration_id", "revision")
    for name, *told in rows.values_list("declaration_id", "pk", "revision", "kin"):
        known.setdefault(name, []).append((told[0], told[1], told[2]))
    last = {rows[-1][0]: (name, rows[-1][1]) for name, rows in known.items()}
    minded = {name: [kin for *_, many in rows for kin in many] for name, rows in known.items()}
    decided = Lodgement.objects.filter(pk__in=list(last)).order_by("pk").values_list("pk", "decisions")
    return {last[key][0]: _Last(last[key][1], decisions, minded[last[key][0]]) for key, decisions in decided}


def _returned(names: Collection[str]) -> dict[str, _Last]:
    """Give what posts that came back had decided of what was never lodged here; nothing of what other runs brought."""
    told = (entry.body or {} for entry in entries_on_each(names) if entry.kind is EntryKind.DECISION)
    heads = {str(body["head"]) for body in told if body.get("what") == "returned"}
    if not heads:
        return {}
    rows = Decision.objects.filter(declaration__declaration_id__in=list(names), run__digest__in=heads).order_by("pk")
    columns = ("decision_id", "agency", "act", "items", "floors", "u", "selected")
    known: dict[str, list[Row]] = {}
    for row in rows.values("declaration__declaration_id", *columns):
        known.setdefault(row["declaration__declaration_id"], []).append(row)
    return {name: _Last(1, decisions) for name, decisions in known.items()}


def named(declaration_id: str, act: Row) -> str:
    """Name the decision on an act, which is the name of its order, too."""
    return f"{declaration_id}:{act['agency']}:{act['act']}"


def is_done(declaration_id: str, act: Row, done: Collection[str]) -> bool:
    """Tell whether an act of a declaration is among those that are done."""
    return named(declaration_id, act) in done
