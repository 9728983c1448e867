"""The gate opened: the state in force read, and all that is in the register remembered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from django.db.models import Exists, Max, OuterRef, QuerySet

from darvoza.domain.profile import ProfileSet
from darvoza.flow.gate.deciding import DRAW_COLUMNS, RESULTS, Gate
from darvoza.flow.gate.records import decisions_of, drawn_of, items_of, watched_of
from darvoza.flow.gate.state_file import State, read_state, with_profiles
from darvoza.flow.pipeline import Policy
from darvoza.flow.selectivity.memory_file import read_memory
from darvoza.office.api.models import GateMark, Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.profiles.queries import entries_of, set_in_force
from darvoza.office.registry.models import Decision, Finding, Item, Result, Run

PAGE = 2_000
MOMENT = pl.Datetime("us", "UTC")


@dataclass(slots=True)
class OpenGate:
    """A gate that is open: what decides, and how far it has read what other processes decided.

    Attributes
    ----------
    state, gate
        The state in force, and the gate that decides by it.
    file, changed
        Where the state stands, and when the file was last changed.
    profiles
        What stood in the library of profiles when its set was taken over.
    batch, results, runs
        The last batch, the last result, and the last run that it remembers.
    kept
        The day for which it was kept what posts remember.
    """

    state: State
    gate: Gate
    file: Path
    changed: int
    profiles: tuple[object, ...]
    batch: int
    results: int
    runs: int
    kept: date | None = None

    @classmethod
    def open(cls, file: Path, *, now: datetime) -> "OpenGate":
        """Open the gate.

        Raises
        ------
        DarvozaError, ExceptionGroup
            When the state cannot be read: then nothing is decided.
        """
        changed, library = file.stat().st_mtime_ns if file.exists() else 0, standing_in_library(now)
        state = with_library(read_state(file), now)
        mark = GateMark.objects.filter(pk=1).first()
        memory = read_memory(mark.memory, "gate") if mark and mark.memory else state.policy.memory
        runs = Run.objects.aggregate(last=Max("pk"))["last"] or 0
        gate = remembering(replace(state.policy, memory=memory), now=now)
        made = cls(state, gate, file, changed, library, mark.batch if mark else 0, 0, runs)
        made.hear_results()
        return made

    def catch_up(self, mark: GateMark) -> None:
        """Remember what other processes have decided meanwhile."""
        rows = list(Lodgement.objects.filter(batch__gt=self.batch).exclude(kind=LodgementKind.CANCELLED).order_by("pk"))
        items = items_of(item for row in rows if row.kind != LodgementKind.REASSESSED for item in row.items)
        decisions = decisions_of(each for row in rows for each in row.decisions)
        asked = watched_of(
            decisions_of(each for row in rows if row.kind == LodgementKind.LODGED for each in row.decisions),
            shares(self.gate.policy.profiles),
        )
        memory = read_memory(mark.memory, "gate") if mark.memory else self.gate.policy.memory
        self.gate.hear(items, decisions, memory=memory, asked=asked)
        self.batch = mark.batch

    def hear_results(self) -> None:
        """Remember results that became known since it last looked."""
        found, self.results = results_after(self.results)
        self.gate.note_results(found)

    def swap_if_changed(self, now: datetime) -> bool:
        """Put the state that is in force now in the place of the old one, as a whole; tell whether it was another.

        Raises
        ------
        DarvozaError, ExceptionGroup
            When the new state cannot be read: the old one stays.
        """
        changed, library = self.file.stat().st_mtime_ns if self.file.exists() else 0, standing_in_library(now)
        if (changed, library) == (self.changed, self.profiles):
            return False
        state = with_library(read_state(self.file), now)
        other = state.digest != self.state.digest
        if self.gate.knows_enough_for(state.policy):
            self.gate.swap(state.policy)
        else:
            again = OpenGate.open(self.file, now=now)
            self.gate, self.batch, self.results, self.runs = again.gate, again.batch, again.results, again.runs
        self.state, self.changed, self.profiles = state, changed, library
        return other


def remembering(policy: Policy, *, now: datetime, before: int | None = None, runs: int | None = None) -> Gate:
    """Make a gate that remembers what is in the register, but for results.

    Parameters
    ----------
    policy
        The state in force, with what posts remember.
    now
        The moment from which ceilings look back.
    before
        Number of the first batch that is not remembered any more; ``None`` remembers all.
    runs
        The last run that is remembered; ``None`` remembers all.
    """
    lodged = _lodged(before)
    known = set(Lodgement.objects.values_list("declaration_id", flat=True).distinct())
    items = pl.concat([lodged.items, _loaded(known, runs)])
    earlier = pl.concat([_drawn(items, known, runs), lodged.draws]).sort("lodged_at", maintain_order=True)
    asked = _since(lodged.first, now - timedelta(days=policy.ceiling.window_days))
    whole = replace(
        policy, earlier=earlier if earlier.height else None, watched=watched_of(asked, shares(policy.profiles))
    )
    return Gate.of(whole, items, pl.concat([lodged.acts, _acts(known, runs)]))


def results_after(number: int, until: int | None = None) -> tuple[pl.DataFrame, int]:
    """Give what the results after one found, up to another one or to the last; and the number of the last of them."""
    rows = (
        Result.objects.filter(pk__gt=number) if until is None else Result.objects.filter(pk__gt=number, pk__lte=until)
    )
    found = Finding.objects.filter(result__in=rows).order_by("result").select_related("result__order__declaration")
    told, last = [], number
    for each in found.iterator(PAGE):
        order, last = each.result.order, max(last, each.result_id)
        place = {"declaration_id": order.declaration.declaration_id, "item": each.item}
        examined = {"agency": order.agency, "act": order.act, "examined": True}
        told.append(place | examined | {"finding": each.found, "result_at": each.result.at})
    return pl.DataFrame(told, schema=RESULTS), last


_ACTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "declaration_id": pl.String,
    "agency": pl.String,
    "act": pl.String,
    "probability": pl.Float64,
}


_DRAWS: dict[str, pl.DataType | type[pl.DataType]] = {
    "declaration_id": pl.String,
    "lodged_at": MOMENT,
    "fingerprint": pl.String,
    "key_day": pl.Date,
}


def standing_in_library(now: datetime) -> tuple[object, ...]:
    """Say what stands in the library of profiles, so that a change is seen: how many entries, and those begun."""
    entries = [entry for each in entries_of().values() for entry in each]
    return len(entries), sum(entry.at <= now for entry in entries)


def with_library(state: State, now: datetime) -> State:
    """Take the profiles of the library, where it has any in force, in place of those of the directory."""
    library = set_in_force(now)
    return with_profiles(state, library) if tuple(library) else state


def shares(profiles: ProfileSet) -> dict[str, float]:
    """Give the share each profile asks for."""
    return {profile.code: float(profile.treatment.share) for profile in profiles}


class _Lodged(NamedTuple):
    """What was lodged here: goods items and draws of every version, what was decided at first, and the acts of today."""

    items: pl.DataFrame
    draws: pl.DataFrame
    first: pl.DataFrame
    acts: pl.DataFrame


def _lodged(before: int | None) -> _Lodged:
    """Give what was lodged here before a batch; an amended declaration is known by the marks of every version."""
    rows = Lodgement.objects.exclude(kind=LodgementKind.CANCELLED).order_by("pk")
    if before is not None:
        rows = rows.filter(batch__lt=before)
    items: list[dict[str, Any]] = []
    draws: list[dict[str, Any]] = []
    first: list[dict[str, Any]] = []
    latest: dict[str, list[dict[str, Any]]] = {}
    for row in rows.iterator(PAGE):
        if row.kind != LodgementKind.REASSESSED:
            items += row.items
            draws += row.decisions[:1]
        if row.kind == LodgementKind.LODGED:
            first += row.decisions
        latest[row.declaration_id] = [{name: each[name] for name in _ACTS} for each in row.decisions]
    acts = pl.DataFrame([each for rows_ in latest.values() for each in rows_], schema=_ACTS)
    return _Lodged(items_of(items), decisions_of(draws).select(DRAW_COLUMNS), decisions_of(first), acts)


def _of_runs(runs: int | None) -> QuerySet[Decision]:
    """Give the decisions of runs up to one, or of all, in their order."""
    rows = Decision.objects.order_by("pk")
    return rows if runs is None else rows.filter(run__lte=runs)


def _loaded(known: set[str], runs: int | None) -> pl.DataFrame:
    """Give the goods items in the register that were taken in with a run."""
    rows = Item.objects.select_related("declaration").order_by("declaration__lodged_at", "declaration_id", "number")
    if runs is not None:
        rows = rows.filter(Exists(_of_runs(runs).filter(declaration=OuterRef("declaration"))))
    return items_of(
        {**row.declaration.record, **row.record}
        for row in rows.iterator(PAGE)
        if row.declaration.declaration_id not in known
    )


def _acts(known: set[str], runs: int | None) -> pl.DataFrame:
    """Give the probabilities of what was taken in with a run."""
    columns = ("declaration__declaration_id", "agency", "act", "probability")
    rows = _of_runs(runs).values_list(*columns).iterator(PAGE)
    return pl.DataFrame([row for row in rows if row[0] not in known], schema=_ACTS, orient="row")


def _drawn(items: pl.DataFrame, known: set[str], runs: int | None) -> pl.DataFrame:
    """Give the draws of what was taken in with a run, besides those of declarations that are known."""
    columns = ("declaration__declaration_id", "declaration__lodged_at", "fingerprint", "key_day")
    rows: Iterator[tuple[object, ...]] = _of_runs(runs).values_list(*columns).iterator(PAGE)
    draws = pl.DataFrame([row for row in rows if row[0] not in known], schema=_DRAWS, orient="row")
    draws = draws.unique("declaration_id", keep="first", maintain_order=True)
    asked = items.filter(pl.col("declaration_id").is_in(draws.get_column("declaration_id").to_list()))
    return drawn_of(asked, draws).select(DRAW_COLUMNS)


def _since(decisions: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    return decisions.filter(pl.col("lodged_at") >= moment).sort("lodged_at", maintain_order=True)
