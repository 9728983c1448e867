"""Every decision of the past made again: those of the gate, and those of posts, by the bundles that they were given.

A post decided by its bundle, knowing what it had decided and found before. All of that was kept as it was brought back. What
came in together is decided again together, as it was when it came in. What comes out is compared with what the post wrote,
field by field, or with what has stood instead since the post was found to have decided otherwise than by its bundle.
Nothing is written.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.flow.gate.records import plain_rows
from darvoza.flow.journal.export import read_entries
from darvoza.flow.post.deciding import PostDecision, accepted
from darvoza.flow.post.differing import REFUSED, Difference, Differs
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.office.api.services.replaying import Differing, Replayed, differences, replay, was_decided_here
from darvoza.office.api.services.unexplained import explained
from darvoza.office.journal.queries import committed_to
from darvoza.office.operations.models import PostEntry
from darvoza.office.operations.services.remaking import Remade, decided_again, decisions_in
from darvoza.progress import OnProgress, unheard

Plain = list[dict[str, Any]]


def replay_all(
    rings: Mapping[str, KeyRing], declaration_id: str | None = None, on_progress: OnProgress = unheard
) -> Replayed:
    """Decide again what was decided here and at posts.

    Parameters
    ----------
    rings
        Keys of the draw by their commitments.
    declaration_id
        The declaration whose decisions are asked for; ``None`` decides all.
    on_progress
        Told how many revisions of the gate were looked at, then how many decisions were made again in all.

    Raises
    ------
    SettingsError
        When a state was not kept, nothing was decided of the declaration, or no key is that of a draw of the gate.
    """
    records = list(_records(declaration_id))
    here = declaration_id is None or was_decided_here(declaration_id) or not records
    done = replay(rings, declaration_id, on_progress) if here else Replayed()
    for post, signed_by in records:
        _Record.kept(post, signed_by).play(rings, declaration_id, done)
        on_progress(done.equal + done.different)
    return done


def _records(declaration_id: str | None) -> Iterator[tuple[str, str]]:
    """Give the records in which a declaration stands, or all of them: of which post, signed with which key."""
    rows = PostEntry.objects.exclude(declaration_id="")
    if declaration_id is not None:
        rows = rows.filter(declaration_id=declaration_id)
    yield from rows.order_by("post", "signed_by").values_list("post", "signed_by").distinct()


class _Take(NamedTuple):
    """Entries that came in together: from which number on, and up to which."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Record:
    """The record of a post, as it was kept.

    Attributes
    ----------
    entries
        All of them; one that was erased, or that an earlier version did not keep, has no body.
    instead
        What stands instead of decisions, by the number of the entry.
    takes
        What came in together.
    erased
        Of which declarations entries were erased, by their numbers.
    refused
        Entries of which nothing was taken in: what they tell was not the post's own to decide.
    """

    post: str
    signed_by: str
    entries: Sequence[JournalEntry]
    instead: Mapping[int, Plain]
    takes: Sequence[_Take]
    erased: Mapping[int, str]
    refused: Collection[int]

    @classmethod
    def kept(cls, post: str, signed_by: str) -> "_Record":
        """Read a record as it was kept."""
        rows = PostEntry.objects.filter(post=post, signed_by=signed_by).order_by("number")
        told = list(rows.values_list("number", "declaration_id", "line", "made", "taken_at"))
        refused = {number for number, said in rows.values_list("number", "differs") if said and _refused(said)}
        held = {number: entry for number, _, line, *_ in told if line for entry in read_entries([line.encode()])}
        entries = [held.get(number) or _erased(number) for number in range(1, told[-1][0] + 1)]
        together = (list(of) for _, of in groupby(told, key=itemgetter(4)))
        takes = [_Take(of[0][0], of[-1][0]) for of in together]
        instead = {number: made for number, *_, made, _ in told if made}
        erased = {each[0]: each[1] for each in told if not each[2]}
        return cls(post, signed_by, entries, instead, takes, erased, refused)

    def play(self, rings: Mapping[str, KeyRing], only: str | None, done: Replayed) -> None:
        """Decide again what came in, one time after another."""
        done.gone += len({name for name in self.erased.values() if name and only in {None, name}})
        for take in self.takes:
            made = decisions_in(self.post, self.entries[take.first - 1 : take.last])
            own = {number: each for number, each in made.items() if number not in self.refused}
            asked = {number: each for number, each in own.items() if only in {None, each.declaration_id}}
            if asked:
                ring = _ring(rings, own.values())
                if ring is None:
                    done.without_key(f"{self.post} on {_key_named(own.values())}", len(asked))
                    continue
                before, until = take.first - 1, self.entries[: take.last]
                again = decided_again(self.post, until, ring, done=before, signed_by=self.signed_by)
                for number, wrote in asked.items():
                    self._compare(number, wrote, again[number], done)

    def _compare(self, number: int, wrote: PostDecision, again: Remade, done: Replayed) -> None:
        """Hold what comes out against what was kept: that which stands instead, where there is any."""
        if again.difference is not None and again.difference.how is Differs.UNKEPT:
            done.unkept += 1
            return
        stands, made = self.instead.get(number), again.made if number in self.instead else again.bare
        named = f"post {self.post}, entry {number}"
        found = [
            Differing(
                wrote.declaration_id, 0, "", "decision", "made", again.difference and again.difference.told, named
            )
        ]
        if made is not None:
            was, comes_out = stands or list(plain_rows(wrote.decisions)), list(plain_rows(made.decisions))
            found = [Differing(wrote.declaration_id, 0, *each, named) for each in differences(was, comes_out)]
            before = any(entry.body is None for entry in self.entries[: number - 1]) if found else False
            history = again.profiles.of_history if before and again.profiles is not None else ()
            known_no_more = found and (before or self._erased_with(number))
            if known_no_more and explained(was, comes_out, before=before, of_history=history):
                done.gone += 1
                return
        done.count(found)

    def _erased_with(self, number: int) -> Collection[int]:
        """Give the entries that are gone of what was decided by the same bundle: what was left of the capacity is known no more."""
        taken = [entry.sequence for entry in self.entries if any(accepted([entry]))]
        first = max((each for each in taken if each < number), default=0)
        last = min((each for each in taken if each > number), default=len(self.entries) + 1)
        return [each for each in range(first + 1, last) if self.entries[each - 1].body is None]


def _ring(rings: Mapping[str, KeyRing], together: Iterable[PostDecision]) -> KeyRing | None:
    """Give the key with which what came in together was drawn; nothing where it is none of these.

    Of a day that the journal commits to, the journal says which it was. Of other days only the post does, in each decision: one
    that names a key that nobody has does not hide the key of the others.
    """
    told = Counter(each for made in together for each in _keys(made))
    bound = committed_to({day for day, _ in told})
    named = [(day, bound.get(day, commitment), times) for (day, commitment), times in told.items()]
    fits = {
        name: sum(times for day, commitment, times in named if ring.commitment(day) == commitment)
        for name, ring in rings.items()
    }
    best = max(fits, key=lambda name: fits[name], default=None)
    return rings[best] if best is not None and fits[best] else None


def _keys(made: PostDecision) -> list[tuple[date, str]]:
    """Give the days on whose keys a decision was drawn, with the commitments that it names."""
    return made.decisions.select("key_day", "commitment").drop_nulls().unique(maintain_order=True).rows()


def _key_named(together: Iterable[PostDecision]) -> str:
    """Name the key that is missed: the first that is told of."""
    for made in together:
        for day, commitment in _keys(made):
            return f"{day}, of the commitment {committed_to([day]).get(day, commitment)}"
    return "no day"


def _refused(differs: Plain) -> bool:
    return any(Difference.of(each).how in REFUSED for each in differs)


def _erased(number: int) -> JournalEntry:
    """Give what stands in the place of an entry of which nothing is left."""
    return JournalEntry(number, "", EntryKind.DECISION, "", "", datetime.min.replace(tzinfo=UTC), "", "")
