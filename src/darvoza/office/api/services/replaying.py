"""Decisions of the past made again, out of what was kept: the same goods, the same state, the same knowledge.

Batch after batch is decided by a gate that remembers what the one then remembered, under the states that were in force.
What comes out is compared with what was stored, field by field. Nothing is written.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.db.models import Exists, Min, OuterRef, QuerySet

from darvoza.domain.capacity import Duty
from darvoza.domain.profile import ProfileSet
from darvoza.errors import SettingsError
from darvoza.flow.gate.deciding import Decided, Gate
from darvoza.flow.gate.records import decisions_of, items_of, plain_rows
from darvoza.flow.gate.state_file import State
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.flow.selectivity.memory_file import read_memory
from darvoza.flow.selectivity.spending import Memory
from darvoza.office.api.models import DecidedBatch, Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.services.keeping import kept_state
from darvoza.office.api.services.kinship import held_then, minded_again, spent_then
from darvoza.office.api.services.opening import remembering
from darvoza.office.api.services.reading import last_erased, results_after
from darvoza.office.api.services.unexplained import explained
from darvoza.progress import OnProgress, unheard

MOST_TOLD = 20
"""Differences that are kept to be told; all are counted."""


class Differing(NamedTuple):
    """Where a decision made again is another: which act, which field, what was and what is.

    `revision` is that of the declaration; of what a post decided it is 0, and `entry` names the one in the record of the post.
    """

    declaration_id: str
    revision: int
    act: str
    field: str
    was: object
    made: object
    entry: str = ""

    @property
    def which(self) -> str:
        """Which decision on the declaration it is."""
        return self.entry or f"revision {self.revision}"


@dataclass(slots=True)
class Replayed:
    """What came of deciding again.

    Attributes
    ----------
    equal, different
        Revisions that came out the same, bit by bit, and those that did not.
    gone
        Revisions whose goods were erased since, as the law asks: nobody can decide them again. With them those that differ in nothing
        but what follows from what was erased: what was left of the capacity is not known then.
    unkept
        Decisions of posts of whose bundle nothing was kept, or not all that it needs.
    unkeyed
        How many decisions of posts no key was given for, by the words that name the key.
    differing
        The first differences.
    """

    equal: int = 0
    different: int = 0
    gone: int = 0
    unkept: int = 0
    unkeyed: dict[str, int] = field(default_factory=dict)
    differing: list[Differing] | None = None

    def note(self, row: Lodgement, made: list[dict[str, Any]], profiles: ProfileSet, erased: "_Erased") -> None:
        """Compare what was made, by these profiles, with what was stored."""
        found = [Differing(row.declaration_id, row.revision, *each) for each in differences(row.decisions, made)]
        known_no_more = found and erased.until(row.batch)
        if known_no_more and explained(row.decisions, made, before=True, of_history=profiles.of_history):
            self.gone += 1
        else:
            self.count(found)

    def count(self, found: list[Differing]) -> None:
        """Count one decision, with all in which it differs."""
        self.equal += not found
        self.different += bool(found)
        self.differing = [*(self.differing or ()), *found][:MOST_TOLD]

    def without_key(self, which: str, times: int) -> None:
        """Count decisions for which no key was given."""
        self.unkeyed[which] = self.unkeyed.get(which, 0) + times


def replay(
    rings: Mapping[str, KeyRing], declaration_id: str | None = None, on_progress: OnProgress = unheard
) -> Replayed:
    """Decide again what was decided.

    Parameters
    ----------
    rings
        Keys of the draw by their commitments.
    declaration_id
        The declaration whose decisions are asked for; ``None`` decides all.
    on_progress
        Told how many revisions were looked at.

    Raises
    ------
    SettingsError
        When a state was not kept, or nothing was decided of the declaration.
    """
    done = Replayed()
    if declaration_id is None:
        _play(DecidedBatch.objects.order_by("number"), rings, None, done, on_progress=on_progress)
        return done
    numbers = list(_decided_here(declaration_id).order_by("batch").values_list("batch", flat=True))
    if not numbers:
        raise SettingsError(field="declaration", expected="one that was lodged here", got=declaration_id)
    played = 0
    for number in numbers:
        if number > played:
            begun = DecidedBatch.objects.filter(number__lte=number, memory__isnull=False).order_by("-number").first()
            first = begun.number if begun else 0
            wanted = [each for each in numbers if each >= number]
            played = _last_of_day(number, wanted)
            span = DecidedBatch.objects.filter(number__gte=first, number__lte=played).order_by("number")
            _play(span, rings, declaration_id, done, on_progress=on_progress)
    return done


def was_decided_here(declaration_id: str) -> bool:
    """Tell whether anything was decided of a declaration here, and not at a post."""
    return _decided_here(declaration_id).exists()


def _decided_here(declaration_id: str) -> QuerySet[Lodgement]:
    nobodys = (LodgementKind.CANCELLED, LodgementKind.RETURNED)
    return Lodgement.objects.filter(declaration_id=declaration_id).exclude(kind__in=nobodys)


def _last_of_day(number: int, wanted: Iterable[int]) -> int:
    """Give the last batch asked for before the next one with which it can be begun."""
    after = DecidedBatch.objects.filter(number__gt=number, memory__isnull=False).order_by("number").first()
    return max(each for each in wanted if after is None or each < after.number)


def _play(
    batches: Iterable[DecidedBatch],
    rings: Mapping[str, KeyRing],
    only: str | None,
    done: Replayed,
    *,
    on_progress: OnProgress,
) -> None:
    """Decide batches again, one after another."""
    again: _Again | None = None
    looked = 0
    erased, gone = False, _Erased()
    for batch in batches:
        if again is None or again.batch.state != batch.state or again.batch.runs != batch.runs:
            again = _Again.at(batch, rings, again)
        again.hear(batch)
        if erased and batch.memory:
            again.stand_as_kept()
        rows = list(Lodgement.objects.filter(batch=batch.number).order_by("pk"))
        erased = erased or not rows or any(row.is_erased for row in rows)
        made = again.decide(rows)
        looked += len(rows)
        on_progress(looked)
        for row in rows:
            if row.kind in {LodgementKind.CANCELLED, LodgementKind.RETURNED} or (
                only is not None and row.declaration_id != only
            ):
                continue
            if row.is_erased:
                done.gone += 1
            else:
                done.note(row, made[row.pk], again.gate.policy.profiles, gone)


@dataclass(slots=True)
class _Again:
    """A gate that decides what was decided once."""

    batch: DecidedBatch
    state: State
    gate: Gate
    results: int

    @classmethod
    def at(cls, batch: DecidedBatch, rings: Mapping[str, KeyRing], before: "_Again | None") -> "_Again":
        """Give a gate as it stood before a batch; where another state came, what is remembered stays."""
        known = before is not None and before.batch.state == batch.state
        state = before.state if before is not None and known else kept_state(batch.state, rings)
        if before is not None and before.batch.runs == batch.runs and before.gate.knows_enough_for(state.policy):
            return cls(batch, state, before.gate.taking(state.policy), before.results)
        policy = replace(state.policy, memory=_memory(batch, before) or state.policy.memory)
        gate = remembering(policy, before=batch.number, runs=batch.runs)
        return cls(batch, state, gate, 0)

    def hear(self, batch: DecidedBatch) -> None:
        """Hear of what was known by then."""
        self.batch = batch
        if batch.results > self.results:
            self.gate.note_results(results_after(self.results, batch.results))
            self.results = batch.results

    def stand_as_kept(self) -> None:
        """Take what posts remembered as it was kept: what came out until here lacks what was erased."""
        self.gate.policy = replace(self.gate.policy, memory=_memory(self.batch, self))

    def decide(self, rows: Iterable[Lodgement]) -> dict[int, list[dict[str, Any]]]:
        """Decide a batch in the order in which it was decided; give the decisions by the key of the row."""
        by_kind: dict[str, list[Lodgement]] = {}
        for row in rows:
            if not row.is_erased:
                by_kind.setdefault(row.kind, []).append(row)
        made: dict[int, list[dict[str, Any]]] = {}
        done: list[Decided] = []
        for kind, of in by_kind.items():
            if kind == LodgementKind.RETURNED:  # decided at a post; from here on it was known
                rows_of = [each for row in of for each in row.decisions]
                self.gate.remember(items_of(item for row in of for item in row.items), decisions_of(rows_of))
            elif kind != LodgementKind.CANCELLED:
                done.append(self._decided(kind, of))
                keys = {row.declaration_id: row.pk for row in of}
                for each in plain_rows(done[-1].decisions):
                    made.setdefault(keys[each["declaration_id"]], []).append(each)
        for decided in done:
            self.gate.keep(decided)
        return made

    def _decided(self, kind: str, rows: list[Lodgement]) -> Decided:
        """Decide rows of one kind together."""
        items = items_of(item for row in rows for item in row.items)
        if kind == LodgementKind.LODGED:
            ordered = items.sort("lodged_at", "declaration_id", "version", "item", maintain_order=True)
            decided = self.gate.decide(ordered, spent=spent_then(rows), held=held_then(rows), day=self.batch.day)
            return minded_again(self.gate, decided, rows)
        if kind == LodgementKind.REASSESSED:
            items = items.sort("lodged_at", "declaration_id", "item", maintain_order=True)
        before = decisions_of(each for row in rows for each in _before(row).decisions)
        return minded_again(self.gate, self.gate.decide_again(items, before, day=self.batch.day), rows)


@dataclass(slots=True)
class _Erased:
    """The first batch of which anything was erased: its goods, or all of it; looked for anew once the journal tells of more."""

    told: int | None = None
    first: int | None = None

    def until(self, number: int) -> bool:
        """Tell whether anything that was decided up to a batch, or with it, was erased."""
        if (told := last_erased()) != self.told:
            self.told, self.first = told, _first_erased()
        return self.first is not None and self.first <= number


def _first_erased() -> int | None:
    """Give the first batch of which anything was erased; this looks at every lodging."""
    here = Lodgement.objects.filter(batch=OuterRef("number"))
    goods = Lodgement.objects.filter(items=[]).aggregate(first=Min("batch"))["first"]
    whole = DecidedBatch.objects.exclude(Exists(here)).aggregate(first=Min("number"))["first"]
    return min((each for each in (goods, whole) if each is not None), default=None)


def _memory(batch: DecidedBatch, before: _Again | None) -> Mapping[Duty, Memory]:
    """Give what posts remembered before a batch: as it was kept with it, or as they do after the one before."""
    if batch.memory:
        return read_memory(batch.memory, f"batch {batch.number}")
    return {} if before is None else before.gate.policy.memory


def _before(row: Lodgement) -> Lodgement:
    """Give the revision before this one."""
    return Lodgement.objects.get(declaration_id=row.declaration_id, revision=row.revision - 1)


def differences(
    before: Iterable[dict[str, Any]], made: Iterable[dict[str, Any]]
) -> Iterator[tuple[str, str, object, object]]:
    """Name every field in which two decisions in plain values differ: the act, the field, what was and what is."""
    was, now = ({f"{each['agency']} {each['act']}": each for each in rows} for rows in (before, made))
    for act in sorted(was.keys() | now.keys()):
        one, other = was.get(act, {}), now.get(act, {})
        for name in sorted(one.keys() | other.keys()):
            if one.get(name) != other.get(name):
                yield act, name, one.get(name), other.get(name)
