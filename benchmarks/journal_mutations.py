"""A journal of invented entries, and the ways in which somebody could tamper with it.

The tests take some hundreds of these mutations, `benchmarks/journal.py` ten thousand.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from darvoza.darvoza_verify import Check, Fault, Head, root_of
from darvoza.domain.journal import ERASABLE, EntryKind, JournalEntry, JournalEvent
from darvoza.flow.journal.entries import erasure, header_of, link_of, next_entry, without_body
from darvoza.flow.journal.export import entry_line
from darvoza.methods.sealing.canonical_json import digest
from darvoza.methods.sealing.hash_chain import START

BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
KINDS = [kind for kind in EntryKind if kind is not EntryKind.ERASURE]
WORDS = ("examined at origin", "по указанию смены", 'said "no"', "line\nbreak", "tab\there", "𝛑 and u", "")


class Journal(NamedTuple):
    """A journal and the heads that were taken of it; the last head is of all of it."""

    entries: list[JournalEntry]
    heads: list[Head]

    def lines(self) -> list[bytes]:
        """The journal as it is exported."""
        return [entry_line(entry) for entry in self.entries]


class Mutation(NamedTuple):
    """A journal that was tampered with, and the entries that may be named for it, `first` to `last`."""

    lines: list[bytes]
    first: int
    last: int


def events(rng: Random) -> Iterator[JournalEvent]:
    """Things that happen, a second apart."""
    number = 0
    while True:
        number += 1
        body = {
            "channel": rng.choice(["green", "yellow", "red"]),
            "pi": f"{rng.random():.6f}",
            "why": rng.choice(WORDS),
        }
        kind, actor = rng.choice(KINDS), f"person {rng.randrange(90)}"
        at = BEGIN + timedelta(seconds=number)
        yield JournalEvent(kind, actor, f"KG-26-{rng.randrange(10**6):06}", at, {**body, "items": [number, None, True]})


def a_journal(size: int, rng: Random, *, erasures: int = 0) -> Journal:
    """Write a journal with a head about every tenth of it, and some bodies erased."""
    entries: list[JournalEntry] = []
    after, happening = START, events(rng)
    marks = sorted({size, *(rng.randint(1, size) for _ in range(9))})
    for number in range(1, size + 1):
        event = next(happening)
        old = [entry for entry in entries if entry.kind in ERASABLE] if number > size - erasures else []
        if old:
            gone = rng.choice(old)
            entries[gone.sequence - 1] = without_body(gone)
            event = erasure([gone.sequence], actor="retention", at=event.at, basis="time is over")
        entries.append(next_entry(after, event, salt=rng.randbytes(16)))
        after = link_of(entries[-1])
    return Journal(entries, list(_heads(entries, set(marks))))


def _heads(entries: list[JournalEntry], marks: set[int]) -> Iterator[Head]:
    reading = Check()
    for entry in entries:
        reading.take(entry_line(entry))
        if reading.size in marks:
            yield Head("bench", reading.size, root_of(reading.peaks), entry.at.date().isoformat(), b"", ())


def flip(journal: Journal, rng: Random) -> Mutation:
    """Turn one bit."""
    lines = journal.lines()
    at = rng.randrange(len(lines))
    line = bytearray(lines[at])
    line[rng.randrange(len(line))] ^= 1 << rng.randrange(8)
    lines[at] = bytes(line)
    return Mutation(b"".join(lines).splitlines(keepends=True), at + 1, at + 1)


def delete(journal: Journal, rng: Random) -> Mutation:
    """Take an entry out."""
    lines = journal.lines()
    at = rng.randrange(len(lines))
    return Mutation(lines[:at] + lines[at + 1 :], at + 1, at + 1)


def swap(journal: Journal, rng: Random) -> Mutation:
    """Let two entries change places."""
    lines = journal.lines()
    one, other = sorted(rng.sample(range(len(lines)), 2))
    lines[one], lines[other] = lines[other], lines[one]
    return Mutation(lines, one + 1, one + 1)


def insert(journal: Journal, rng: Random) -> Mutation:
    """Put an entry in between: a copy of another, or a new one that follows the one before it.

    The new one is as good as the old one that now comes after it; which of the two is wrong nobody can tell.
    """
    lines = journal.lines()
    at = rng.randrange(len(lines))
    after = link_of(journal.entries[at - 1]) if at else START
    made = entry_line(next_entry(after, next(events(rng)), salt=rng.randbytes(16)))
    lines.insert(at, rng.choice([made, lines[rng.randrange(len(lines))]]))
    return Mutation(lines, at + 1, at + 2)


def truncate(journal: Journal, rng: Random) -> Mutation:
    """Cut the end off, at an entry or in the middle of one."""
    lines = journal.lines()
    at = rng.randrange(len(lines))
    cut = lines[at][: rng.randrange(len(lines[at]))]
    return Mutation(lines[:at] + [cut] * (rng.random() < 0.5 and cut != b""), at + 1, at + 1)


def bare(journal: Journal, rng: Random) -> Mutation:
    """Take a body away without saying so."""
    at = rng.choice([n for n, entry in enumerate(journal.entries) if entry.body is not None])
    entry, lines = journal.entries[at], journal.lines()
    lines[at] = entry_line(replace(entry, body=None, salt=None))
    return Mutation(lines, at + 1, at + 1)


def overreach(journal: Journal, rng: Random) -> Mutation:
    """Erase a body that stays for ever, and say so in good order."""
    kept = [entry for entry in journal.entries if entry.kind not in {*ERASABLE, EntryKind.ERASURE}]
    if not kept:
        return bare(journal, rng)
    entry, last, lines = rng.choice(kept), journal.entries[-1], journal.lines()
    lines[entry.sequence - 1] = entry_line(replace(entry, body=None, salt=None))
    told = erasure([entry.sequence], actor="retention", at=last.at, basis="time is over")
    lines.append(entry_line(next_entry(link_of(last), told, salt=rng.randbytes(16))))
    return Mutation(lines, entry.sequence, entry.sequence)


def rewrite(journal: Journal, rng: Random) -> Mutation:
    """Change an entry, and make everything after it anew so that the chain holds.

    Only the heads that were signed show it, and so it is known to the entries between two heads.
    """
    at = rng.randrange(len(journal.entries))
    entries, after = journal.entries[:at], link_of(journal.entries[at - 1]) if at else START
    for number, old in enumerate(journal.entries[at:]):
        said = replace(old, previous=after.head, actor=old.actor if number else "somebody else")
        entries.append(replace(said, head=digest(header_of(said))))
        after = link_of(entries[-1])
    return Mutation([entry_line(entry) for entry in entries], at + 1, at + 1)


def is_located(mutation: Mutation, fault: Fault) -> bool:
    """Tell whether a fault names the entry; what only a head shows is known to the entries since the head before it."""
    named = mutation.first <= fault.first <= mutation.last
    return named or fault.first <= mutation.first <= fault.last


MUTATIONS: dict[str, Callable[[Journal, Random], Mutation]] = {
    each.__name__: each for each in (flip, delete, swap, insert, truncate, bare, overreach, rewrite)
}
