"""Every decision of the past made again: those of the gate, and those of posts, by the bundles that they were given.

A post decided by its bundle, knowing what it had decided and found before. All of that was kept as it was brought back. What
came in together is decided again together, as it was when it came in. What comes out is compared with what the post wrote,
field by field, or with what has stood instead since the post was found to have decided otherwise than by its bundle.
Nothing is written.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.errors import SettingsError
from darvoza.flow.gate.records import plain_rows
from darvoza.flow.journal.export import read_entries
from darvoza.flow.post.deciding import PostDecision, accepted
from darvoza.flow.post.differing import REFUSED, Difference, Differs
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.office.api.services.replaying import Differing, Replayed, differences, replay, was_decided_here
from darvoza.office.operations.models import PostEntry
from darvoza.office.operations.services.remaking import Remade, decided_again, decisions_in

Plain = list[dict[str, Any]]


def replay_all(rings: Mapping[str, KeyRing], declaration_id: str | None = None) -> Replayed:
    """Decide again what was decided here and at posts.

    Parameters
    ----------
    rings
        Keys of the draw by their commitments.
    declaration_id
        The declaration whose decisions are asked for; ``None`` decides all.

    Raises
    ------
    SettingsError
        When a state was not kept, nothing was decided of the declaration, or no key is that of a draw.
    """
    records = list(_records(declaration_id))
    here = declaration_id is None or was_decided_here(declaration_id) or not records
    done = replay(rings, declaration_id) if here else Replayed()
    for post, signed_by in records:
        _Record.kept(post, signed_by).play(rings, declaration_id, done)
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
                before, until = take.first - 1, self.entries[: take.last]
                ring = self._ring(rings, next(iter(asked.values())))
                again = decided_again(self.post, until, ring, done=before, signed_by=self.signed_by)
                for number, wrote in asked.items():
                    self._compare(number, wrote, again[number], done)

    def _ring(self, rings: Mapping[str, KeyRing], made: PostDecision) -> KeyRing:
        """Give the key with which a decision was drawn.

        Raises
        ------
        SettingsError
            When it is none of these.
        """
        day, commitment = made.decisions.select("key_day", "commitment").row(0)
        for ring in rings.values():
            if ring.commitment(day) == commitment:
                return ring
        expected = f"the key with which {self.post} drew on {day}, of the commitment {commitment}"
        raise SettingsError(field="key-file", expected=expected, got=list(rings))

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
            was = stands or list(plain_rows(wrote.decisions))
            told = differences(was, list(plain_rows(made.decisions)))
            found = [Differing(wrote.declaration_id, 0, *each, named) for each in told]
        if found and self._decided_with_erased(number):
            done.gone += 1
        else:
            done.count(found)

    def _decided_with_erased(self, number: int) -> bool:
        """Tell whether something is gone that was decided by the same bundle: what was left of the capacity is known no more."""
        taken = [entry.sequence for entry in self.entries if any(accepted([entry]))]
        first = max((each for each in taken if each < number), default=0)
        last = min((each for each in taken if each > number), default=len(self.entries) + 1)
        return any(self.entries[each - 1].body is None for each in range(first + 1, last))


def _refused(differs: Plain) -> bool:
    return any(Difference.of(each).how in REFUSED for each in differs)


def _erased(number: int) -> JournalEntry:
    """Give what stands in the place of an entry of which nothing is left."""
    return JournalEntry(number, "", EntryKind.DECISION, "", "", datetime.min.replace(tzinfo=UTC), "", "")
