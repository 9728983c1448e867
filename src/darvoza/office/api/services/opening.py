"""The gate opened: the state in force read, and all that is in the register remembered.

What another process kept of its memory is taken over; what came after it, or all where nothing was kept, is read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from darvoza.domain.capacity import Duty
from darvoza.errors import DarvozaError, OutputError
from darvoza.flow.enrichment.merging import by_another_thread
from darvoza.flow.gate.deciding import Gate
from darvoza.flow.gate.keeping import packed, unpacked
from darvoza.flow.gate.state_archive import Stamp, stamp_of
from darvoza.flow.gate.state_file import State, read_state, with_profiles
from darvoza.flow.pipeline import Policy
from darvoza.flow.selectivity.memory_file import read_memory
from darvoza.flow.selectivity.spending import Memory
from darvoza.office.api.models import GateMark, GateMemory, Lodgement
from darvoza.office.api.services.drawn_keys import bound_to, drawn_with
from darvoza.office.api.services.posts import Fault, post_fault
from darvoza.office.api.services.reading import (
    Known,
    Newest,
    last_erased,
    last_loaded,
    loaded_after,
    lodged_after,
    newest,
    results_after,
    settled_results,
    spent_by_runs,
    turns,
)
from darvoza.office.journal.queries import committed_to
from darvoza.office.profiles.queries import set_in_force
from darvoza.office.registry.models import Declaration, Run
from darvoza.office.shell.statements import hold
from darvoza.office.shell.writing import wait_for_turn

MANY = 1_000
"""Lodgings after which what is remembered is kept anew; as many are read while somebody waits."""

A_WHILE = timedelta(minutes=1)
"""How long a state that could not be read is left alone, where none of its files has changed."""

PATIENCE = timedelta(minutes=10)
"""How long what was erased may still be remembered where there is much to read, and nobody has kept it anew."""


class Refused(NamedTuple):
    """A state that could not be read: what told of it, and until when it is not read again if that tells the same."""

    stamp: tuple[object, Stamp]
    until: datetime


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
        How many entries into force stood in the library of profiles when its set was taken over, and how many had begun.
    batch, results, runs, declaration
        The last batch, result and run, and the last declaration taken in with a run, that it remembers.
    kept
        The day, and the run, for which it was kept what posts remember.
    stored
        The last batch that stands in what was stored of its memory; -1 where nothing was.
    spent
        What posts remembered by the mark that it read or wrote last: what runs spent since stands in the gate alone.
    erased
        The last entry on what was erased that stood in the journal before it read what it remembers.
    told, forgetting
        The last entry on data that went of which it is known that it holds nothing of that; since when it is known to.
    refused
        A new state that could not be read.
    run
        Under what the decisions of this state are kept, once it is known to be stored.
    committed
        Commitments to the keys of days that have begun, as the journal or the first draw has them; empty where neither has.
    drawn
        Commitments to the keys with which days were drawn for, as far as anybody asked.
    posts
        Posts that somebody named, as far as anybody asked.
    """

    state: State
    gate: Gate
    file: Path
    changed: int
    profiles: tuple[int, int]
    batch: int = 0
    results: int = 0
    runs: int = 0
    declaration: int = 0
    kept: tuple[date, int] | None = None
    stored: int = -1
    spent: str = ""
    erased: int = 0
    told: int = 0
    forgetting: datetime | None = None
    refused: Refused | None = None
    run: Run | None = None
    committed: dict[date, str] = field(default_factory=dict)
    drawn: dict[date, str] = field(default_factory=dict)
    posts: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, file: Path, *, now: datetime) -> "OpenGate":
        """Open the gate.

        Raises
        ------
        DarvozaError, ExceptionGroup
            When the state cannot be read: then nothing is decided.
        """
        seen, changed = newest(now), _changed(file)
        return cls._of(with_library(read_state(file), now), file, (changed, (seen.entries, seen.begun)), now)

    @classmethod
    def _of(cls, state: State, file: Path, put: tuple[int, tuple[int, int]], now: datetime) -> "OpenGate":
        """Open the gate under a state that was read; others may go on deciding meanwhile."""
        erased = last_erased()
        # what came by one moment: runs and batches that come while it reads are heard of after it
        with transaction.atomic():
            mark, seen = hold(GateMark), newest(now)
        memory = read_memory(mark.memory, "gate") if mark.memory else state.policy.memory
        gate = Gate(replace(state.policy, memory=memory), apart=by_another_thread)
        made = cls(state, gate, file, *put, spent=mark.memory, erased=erased)
        made._take_over(mark)
        made.hear(mark, seen)
        return made

    def read_again(self, now: datetime) -> None:
        """Remember what there is to remember now, and nothing else."""
        self._remember_as(OpenGate._of(self.state, self.file, (self.changed, self.profiles), now))

    def go_on(self, now: datetime) -> None:
        """Have all but the state read again, for its files cannot be: they are held against it next, and the alarm is raised.

        The database may be another by now, so that nothing counts as kept in it any more.
        """
        self.read_again(now)
        self.changed, self.refused, self.run, self.kept = -1, None, None, None
        self.committed, self.drawn, self.posts = {}, {}, set()

    def _remember_as(self, again: "OpenGate") -> None:
        """Take over what another one remembers."""
        self.gate, self.batch, self.results, self.runs = again.gate, again.batch, again.results, again.runs
        self.declaration, self.stored, self.spent = again.declaration, again.stored, again.spent
        self.erased, self.told, self.forgetting = again.erased, again.told, None

    def _take_over(self, mark: GateMark) -> None:
        """Take over what another process stored, if it serves this state; what cannot be read is read anew."""
        kept = GateMemory.objects.filter(pk=1, needs=self.gate.asked, batch__lte=mark.batch).first()
        if kept is None:
            return
        try:
            frames = unpacked(bytes(kept.content))
        except OutputError:
            return
        # a gate looks at its own past in place of that of its state: the history of a score has to come from the state
        policy = replace(self.state.policy, memory=self.gate.policy.memory)
        self.gate = Gate.again(policy, frames, asked=self.gate.asked, apart=by_another_thread)
        self.batch, self.results, self.declaration, self.stored = kept.batch, kept.result, kept.declaration, kept.batch

    def hear(self, mark: GateMark, seen: Newest) -> None:
        """Remember what came with runs, what others have decided meanwhile, and what was found.

        In the order in which it came: every gate knows the same as the last, whenever it hears of it. A run comes before what was
        decided by who knew of it: of what came with it a post may have brought something else since.
        """
        batch, memory = self.batch, self._spent_by(mark, seen)
        for run, last in turns(batch, self.runs, until=mark.batch, newest=seen.run):
            self._hear_of_runs(run, memory)
            self._catch_up(last, memory)
        self.gate.policy = replace(self.gate.policy, memory=memory)
        if mark.batch > batch:
            self.spent = mark.memory
        self._hear_results(seen.result)

    def _spent_by(self, mark: GateMark, seen: Newest) -> Mapping[Duty, Memory]:
        """Give what posts remember by the mark, going on from what the runs since have spent."""
        memory = self.gate.policy.memory
        if mark.batch > self.batch and mark.memory != self.spent:
            memory = read_memory(mark.memory, "gate")
        return spent_by_runs(memory, self.runs, seen.run) if seen.run > self.runs else memory

    def _catch_up(self, last: int, memory: Mapping[Duty, Memory]) -> None:
        """Remember what other processes have decided, up to a batch."""
        if last <= self.batch:
            return
        for known in lodged_after(self.batch, self.gate.policy, before=last + 1):
            _hear(self.gate, known, memory)
        self.batch = last

    def _hear_of_runs(self, newest: int, memory: Mapping[Duty, Memory]) -> None:
        """Remember what was taken in with runs up to one since it last looked."""
        if newest <= self.runs:
            return
        last = max(last_loaded(self.runs, newest), self.declaration)
        for known in loaded_after(self.declaration, self.gate.policy, until=last):
            _hear(self.gate, known, memory)
        self.runs, self.declaration = newest, last

    def _hear_results(self, newest: int) -> None:
        """Remember results up to one that became known since it last looked."""
        until = settled_results(self.results, newest)
        if until > self.results:
            self.gate.note_results(results_after(self.results, until))
            self.results = until

    def other_keys(self, days: Iterable[date]) -> set[date]:
        """Give those of some days, none of them to come, that are bound to another key than that of the state."""
        asked = set(days)
        if unknown := asked - self.committed.keys():
            self.committed |= dict.fromkeys(unknown, "") | bound_to(unknown)
        ring = self.state.policy.ring
        return {day for day in asked if self.committed[day] not in {"", ring.commitment(day)}}

    def drawn_otherwise(self, days: Iterable[date]) -> list[date]:
        """Give those of some days that nobody committed to, and that were drawn for with another key than that of the state."""
        asked = set(days)
        asked -= committed_to(asked).keys()
        self.drawn |= drawn_with(asked - self.drawn.keys())  # a day keeps the key of its first draw
        ring = self.state.policy.ring
        return sorted(day for day in asked & self.drawn.keys() if ring.commitment(day) != self.drawn[day])

    def post_fault(self, post: str) -> Fault | None:
        """Say that nobody named a post; nothing where somebody did."""
        if post in self.posts:
            return None
        if (fault := post_fault(post, self.state)) is None:
            self.posts.add(post)
        return fault

    def to_keep(self) -> Callable[[datetime], bool]:
        """Give what keeps all that is remembered at this moment, for processes that open the gate later.

        It tells whether it did: what holds something that was erased meanwhile is not kept.
        """
        told = {"batch": self.batch, "result": self.results, "declaration": self.declaration}
        told_of, frames, erased = self.gate.asked, self.gate.remembered(), self.erased

        def keep(now: datetime) -> bool:
            defaults = {"needs": told_of, "content": packed(frames), "at": now, **told}
            with transaction.atomic():
                wait_for_turn(GateMemory)  # whoever erases has it until his entry stands
                if last_erased() != erased:
                    return False
                GateMemory.objects.update_or_create(pk=1, defaults=defaults)
            self.stored = told["batch"]
            return True

        return keep

    def much_is_new(self) -> bool:
        """Tell whether much was lodged since what is remembered was kept."""
        return self.stored < 0 or Lodgement.objects.filter(batch__gt=self.stored)[MANY - 1 : MANY].exists()

    def holds_erased(self) -> bool:
        """Tell whether something was erased that it may remember."""
        return last_erased() != self.erased

    def has_to_forget(self, seen: Newest, now: datetime) -> bool:
        """Tell whether it has to read again, for something was erased that it may remember.

        Where there is much to read, others would wait for it: then as soon as somebody has kept it anew, or patience is over.
        """
        if seen.gone == self.told:
            return False
        if not self.holds_erased():
            self.told = seen.gone
            return False
        self.forgetting = self.forgetting or now
        return now - self.forgetting >= PATIENCE or self._reads_little()

    def _reads_little(self) -> bool:
        rows = GateMemory.objects.filter(pk=1, needs=self.gate.asked)
        kept = rows.values_list("batch", flat=True).first()
        since = Declaration.objects.all() if kept is None else Lodgement.objects.filter(batch__gt=kept)
        return not since[MANY : MANY + 1].exists()

    def distrust(self) -> None:
        """Have the state read again before anything else is decided: its files are not those that were read."""
        self.changed = -1

    def leaves_alone(self, seen: Newest, now: datetime) -> bool:
        """Tell whether a new state stands as it did when it could not be read, a while ago at most."""
        refused = self.refused
        return refused is not None and now < refused.until and self._stamp(seen) == refused.stamp

    def _stamp(self, seen: Newest) -> tuple[object, Stamp]:
        return (seen.entries, seen.begun), stamp_of(self.file)

    def swap_if_changed(self, seen: Newest, now: datetime) -> bool:
        """Put the state that is in force now in the place of the old one, as a whole; tell whether it was another.

        Parameters
        ----------
        seen
            What there is by now.
        now
            The moment.

        Raises
        ------
        DarvozaError, ExceptionGroup, OSError
            When the new state cannot be read: the old one stays.
        """
        changed, library = _changed(self.file), (seen.entries, seen.begun)
        if (changed, library) == (self.changed, self.profiles):
            self.refused = None
            return False
        stamp, self.refused = self._stamp(seen), None
        try:
            state = with_library(read_state(self.file), now)
        except (DarvozaError, ExceptionGroup, OSError):
            self.refused = Refused(stamp, now + A_WHILE)
            raise
        other = state.digest != self.state.digest
        self.committed = {}  # days nobody had drawn for yet may have been drawn for with the key of before
        if self.gate.knows_enough_for(state.policy):
            self.gate = self.gate.taking(state.policy)
        else:
            self._remember_as(OpenGate._of(state, self.file, (changed, library), now))
        self.state, self.changed, self.profiles = state, changed, library
        self.run = None if other else self.run
        return other


def remembering(policy: Policy, *, before: int, runs: int) -> Gate:
    """Make a gate that remembers what was in the register before a batch, but for results.

    Parameters
    ----------
    policy
        The state in force, with what posts remember.
    before
        Number of the first batch that is not remembered.
    runs
        The last run that is remembered.
    """
    gate, batch, declaration = Gate(policy), 0, 0
    for run, last in turns(0, 0, until=before - 1, newest=runs):
        until = None if run == runs else max(last_loaded(0, run), declaration)
        for known in loaded_after(declaration, policy, until=until, runs=runs):
            _hear(gate, known, policy.memory)
        for known in lodged_after(batch, policy, before=last + 1):
            _hear(gate, known, policy.memory)
        batch, declaration = last, until or declaration
    return gate


def _hear(gate: Gate, known: Known, memory: Mapping[Duty, Memory]) -> None:
    gate.hear(known.items, known.decisions, memory=memory, asked=known.asked)


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns if file.exists() else 0


def with_library(state: State, now: datetime) -> State:
    """Take the profiles of the library, where it has any in force, in place of those of the directory."""
    library = set_in_force(now)
    return with_profiles(state, library) if tuple(library) else state
