"""What a post decided, decided again at the centre: the same goods, by the bundle that it was given, with the draws it knew.

The draw of a decision can be recomputed by whoever has the key, whatever floors stand beside it and of whatever goods the
fingerprint is. So the whole decision is made again, out of the goods that are written down with it. What the post decided
otherwise is named, and the stricter of both stands: every floor of either, by the draw that the goods have.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import polars as pl

from darvoza.domain.capacity import Duty
from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.domain.profile import ProfileSet
from darvoza.errors import DarvozaError
from darvoza.flow.enrichment.calendar import local_day
from darvoza.flow.fields import as_sequence, parse_yaml
from darvoza.flow.gate.deciding import ordered
from darvoza.flow.gate.records import decisions_of
from darvoza.flow.gate.renewing import OF_DRAW, renewed_few
from darvoza.flow.gate.state_archive import write_files
from darvoza.flow.gate.state_file import State, read_state
from darvoza.flow.post.bundle import DRAWS, MEMORY, STATE
from darvoza.flow.post.deciding import PostDecision, accepted, decide_together, decision_of
from darvoza.flow.post.differing import Difference, Differs
from darvoza.flow.post.knowing import knowing_gate
from darvoza.flow.post.results import found_so_far
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.flow.selectivity.memory_file import read_memory
from darvoza.flow.selectivity.spending import Memory
from darvoza.flow.tables import DECISION_SCHEMA, Table
from darvoza.office.api.services.binding import ANYWHERE
from darvoza.office.api.services.keeping import kept_files
from darvoza.office.operations.models import PostBundle
from darvoza.office.operations.services.checking import not_its_own
from darvoza.office.operations.services.post_entries import made_instead

WRONG: Final = (
    DarvozaError,
    ExceptionGroup,
    pl.exceptions.PolarsError,
    ValueError,
    KeyError,
    TypeError,
    ArithmeticError,
)
"""What goods or floors can cause that nobody could have declared or decided."""


class Remade(NamedTuple):
    """A decision made again.

    Attributes
    ----------
    made
        What stands: that of the post where it is the same, else the stricter of both; ``None`` where it could not be made again.
    difference
        What the post decided otherwise, or why it could not be made again.
    bare
        What comes out of the goods and the bundle, whatever the post wrote; ``None`` where it could not be made again.
    profiles
        Those of the bundle; ``None`` where it could not be made again.
    """

    made: PostDecision | None
    difference: Difference | None = None
    bare: PostDecision | None = None
    profiles: ProfileSet | None = None

    @property
    def other(self) -> bool:
        """Whether the post decided otherwise."""
        return self.made is not None and self.difference is not None


class _Given(NamedTuple):
    """A bundle that was given to a post, as it was kept."""

    state: State
    draws: pl.DataFrame
    memory: str


def decided_again(
    post: str, entries: Sequence[JournalEntry], ring: KeyRing, *, done: int, signed_by: str
) -> dict[int, Remade]:
    """Make the decisions of a record again that follow on those taken in before.

    Parameters
    ----------
    entries
        The whole record.
    done
        The last entry that was taken in before.
    signed_by
        The key by which it is signed.

    Returns
    -------
    dict[int, Remade]
        By the number of the entry.

    Notes
    -----
    The declarations of one command were decided together. Where only a part of them came over the line, what is left of the
    capacity is divided among those that came.
    """
    first = _begun(entries, done)
    work = _Again(post, entries, ring, _versions(post, entries[:first], made_instead(post, signed_by)))
    for command in _commands(entries[first:]):
        work.decide(command)
    return work.made


@dataclass(slots=True)
class _Again:
    """The commands of a post given again, one after another.

    Attributes
    ----------
    known
        The last decision on each version of each declaration, as it stands at the centre.
    serial, bundle, memory
        The bundle by which was decided last, and what was spent since it was taken.
    """

    post: str
    entries: Sequence[JournalEntry]
    ring: KeyRing
    known: dict[tuple[str, Any], PostDecision]
    made: dict[int, Remade] = field(default_factory=dict)
    serial: object = None
    bundle: _Given | None = None
    memory: Mapping[Duty, Memory] = field(default_factory=dict)

    def decide(self, command: Sequence[JournalEntry]) -> None:
        """Decide what one command decided."""
        self._take((command[0].body or {}).get("bundle"))
        if self.bundle is None:
            why = Difference(Differs.UNKEPT, {"serial": str(self.serial)})
            self.made |= {entry.sequence: Remade(None, why) for entry in command}
            self.known |= _versions(self.post, command, {})
            return
        wrote = decisions_in(self.post, command)
        if not wrote:
            return
        try:
            made = self._again(wrote, self.bundle, command[0])
        except WRONG as problem:
            why = Difference(Differs.UNMADE, {"problem": f"{problem!s:.200}"})
            made = {number: Remade(None, why) for number in wrote}
        self.made |= made
        for each in (remade.made for remade in made.values()):
            if each is not None:
                self.known[each.declaration_id, each.items.item(0, "version")] = each

    def _take(self, serial: object) -> None:
        """Go over to another bundle: what was spent is counted anew."""
        if serial == self.serial:
            return
        self.serial, self.bundle = serial, _given(self.post, serial, self.ring)
        text = self.bundle.memory if self.bundle else ""
        self.memory = read_memory(text, MEMORY) if text else {}

    def _again(self, wrote: Mapping[int, PostDecision], bundle: _Given, first: JournalEntry) -> dict[int, Remade]:
        """Decide as the post did, on the day of its first entry, knowing what it knew before."""
        policy = replace(bundle.state.policy, memory=self.memory)
        # where it does not say so, nothing that runs away was slowed: that asks for more, and never for less
        watched = bool((first.body or {}).get("watched"))
        gate = knowing_gate(policy, bundle.draws, list(self.known.values()), watched=watched)
        gate.note_results(found_so_far(_sound(self.entries[: first.sequence - 1])))
        last = {name: each for (name, _), each in self.known.items()}
        # also where it does not say that what began since counted: a post of old, or one that leaves out what it should have seen
        day = local_day(first.at, policy.settings)
        made = decide_together(gate, pl.concat([each.items for each in wrote.values()]), last, day=day)
        again = {each.declaration_id: each for each in made}
        self.memory = gate.policy.memory
        binds = bundle.state.binds(self.post)
        return {
            number: _held_against(each, again[each.declaration_id], bundle.state, binds=binds)
            for number, each in wrote.items()
        }


def _begun(entries: Sequence[JournalEntry], done: int) -> int:
    """Give where the bundle was taken by which the first new entry was decided: what was spent is counted from there."""
    taken = [place for place, entry in enumerate(entries[: done + 1]) if any(accepted([entry]))]
    return max(taken, default=0)


def _commands(entries: Iterable[JournalEntry]) -> Iterator[list[JournalEntry]]:
    """Give the decisions that were made together: one after another, at one moment, on different declarations."""
    held: list[JournalEntry] = []
    for entry in entries:
        if (
            entry.kind is EntryKind.DECISION and entry.body is None
        ):  # erased since: what came with it was made together all the same
            continue
        decision = entry.kind is EntryKind.DECISION
        if held and not (decision and entry.at == held[0].at and entry.subject not in {each.subject for each in held}):
            yield held
            held = []
        if decision:
            held.append(entry)
    if held:
        yield held


def _versions(
    post: str, entries: Sequence[JournalEntry], instead: Mapping[int, list[dict[str, Any]]]
) -> dict[tuple[str, Any], PostDecision]:
    """Give the last decision on each version of each declaration, as it stands at the centre."""
    known: dict[tuple[str, Any], PostDecision] = {}
    for number, made in decisions_in(post, entries).items():
        rows = instead.get(number)
        stands = replace(made, decisions=decisions_of(rows)) if rows else made
        known[made.declaration_id, made.items.item(0, "version")] = stands
    return known


def decisions_in(post: str, entries: Iterable[JournalEntry]) -> dict[int, PostDecision]:
    """Give the decisions in entries by their numbers; what is none that the post may write is left out."""
    found: dict[int, PostDecision] = {}
    for entry in entries:
        if entry.kind is EntryKind.DECISION and entry.body:
            try:
                made = decision_of(entry)
            except (DarvozaError, KeyError):
                continue
            if not not_its_own(post, entry, made):
                found[entry.sequence] = made
    return found


def _given(post: str, serial: object, ring: KeyRing) -> _Given | None:
    """Read a bundle as it was kept, with the key of the centre; nothing where it was not."""
    row = PostBundle.objects.filter(post=post, serial=serial).first() if isinstance(serial, int) else None
    if row is None or not row.files or DRAWS not in row.files:
        return None
    with TemporaryDirectory() as place:
        write_files(kept_files(row.files), Path(place))
        state = read_state(Path(place) / STATE, ring, kept=True)
        return _Given(state, pl.read_parquet(Path(place) / DRAWS), (Path(place) / MEMORY).read_text(encoding="utf-8"))


def binds(post: str, serial: object) -> bool:
    """Tell whether what a post decides by a bundle is carried out; of one that was not kept nobody knows, and so it counts.

    That an order was given does not say so: whoever holds the machine of the post writes which there were.
    """
    row = PostBundle.objects.filter(post=post, serial=serial).first() if isinstance(serial, int) else None
    if row is None or not row.files or STATE not in row.files:
        return True
    text = kept_files({STATE: row.files[STATE]})[STATE].decode()
    return {ANYWHERE, post}.isdisjoint(map(str, as_sequence(parse_yaml(text, STATE).get("silent"))))


def _sound(entries: Iterable[JournalEntry]) -> Iterator[JournalEntry]:
    """Give the results of a record that name an order."""
    return (entry for entry in entries if entry.kind is EntryKind.FINDING and entry.subject.count(":") > 1)


def _held_against(wrote: PostDecision, again: PostDecision, state: State, *, binds: bool) -> Remade:
    """Hold what a post wrote against what is decided again; give the stricter of both where they differ."""
    mine, theirs = (_acts(each.decisions) for each in (again, wrote))
    told = [
        ((agency, act), ", ".join(names))
        for agency, act in sorted(mine.keys() | theirs.keys())
        if (names := _differing(mine.get((agency, act)), theirs.get((agency, act))))
    ]
    due = _ordered(again) if binds else set()
    told += [((agency, act), "not ordered") for agency, act, _ in sorted(due - _ordered(wrote))]
    if not told:
        return Remade(wrote, bare=again, profiles=state.policy.profiles)
    rows = list(again.decisions.iter_rows(named=True))
    draw = {name: rows[0][name] for name in OF_DRAW}
    joined = Table(renewed_few([{**row, **draw} for row in theirs.values()], rows), DECISION_SCHEMA)
    given = ordered(joined, state.policy.profiles).frame if binds else again.orders.clear()
    rest = wrote.orders.join(given, on=["agency", "act"], how="anti", maintain_order="left")
    orders = pl.concat([given, rest.select(given.columns)])
    stricter = PostDecision(wrote.declaration_id, wrote.items, joined.frame, orders)
    acts, details = zip(*told, strict=True)
    return Remade(stricter, Difference(Differs.OTHERWISE, acts=acts, details=details), again, state.policy.profiles)


def _acts(decisions: pl.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["agency"], row["act"]): row for row in decisions.iter_rows(named=True)}


def _ordered(made: PostDecision) -> set[tuple[str, str, tuple[int, ...]]]:
    rows = made.orders.select("agency", "act", "items").iter_rows()
    return {(agency, act, tuple(items or ())) for agency, act, items in rows}


def _differing(again: Mapping[str, Any] | None, wrote: Mapping[str, Any] | None) -> list[str]:
    """Name in what two decisions on an act differ."""
    if again is None or wrote is None:
        return ["left out" if wrote is None else "not asked for"]
    names = ["draw" for _ in [0] if any(again[name] != wrote[name] for name in ("fingerprint", "key_day", "u"))]
    ours, theirs = (_floors(row) for row in (again, wrote))
    names += [
        f"{kind} {source} {_number(theirs.get((kind, source)))} instead of {_number(ours.get((kind, source)))}"
        for kind, source in sorted(ours.keys() | theirs.keys())
        if ours.get((kind, source)) != theirs.get((kind, source))
    ]
    if not names and any(again[name] != wrote[name] for name in ("items", "probability", "selected", "channel")):
        names.append("items, probability or channel")
    return names


def _floors(row: Mapping[str, Any]) -> dict[tuple[str, str], tuple[float, tuple[int, ...]]]:
    return {
        (floor["kind"], floor["source"]): (floor["probability"], tuple(floor["items"] or ())) for floor in row["floors"]
    }


def _number(floor: tuple[float, tuple[int, ...]] | None) -> str:
    if floor is None:
        return "none"
    items = f" of items {', '.join(map(str, floor[1]))}" if floor[1] else ""
    return f"{floor[0]:.4g}{items}"
