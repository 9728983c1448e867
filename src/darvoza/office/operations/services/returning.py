"""What a post did without a line, taken in: entry by entry, each in one transaction with the note of how far it came.

Whatever is cut off in between is taken in the next time from where it stopped; what was taken in is not taken in again.
Nothing is lowered, no result is lost, and every difference is told and stands in the journal.

A record of which anything was not signed by the post is refused as a whole. It is not what the post wrote, and the post still
has what it wrote: had a part of the other been taken in, the true record would no longer go on from there.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.errors import BrokenJournal, PostError
from darvoza.flow.post.deciding import SLACK
from darvoza.flow.post.differing import Difference, Differs, lines
from darvoza.flow.post.record import after
from darvoza.flow.post.signing import check_signed, signature_fault
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.methods.sealing.hash_chain import START, Link
from darvoza.office.journal.services import record
from darvoza.office.operations.models import PostBundle, PostReturn
from darvoza.office.operations.services.checking import why_no_result
from darvoza.office.operations.services.post_entries import Noted, keep_entry
from darvoza.office.operations.services.remaking import decided_again
from darvoza.office.operations.services.returned_results import TakenIn, take_in_result
from darvoza.office.operations.services.taking import Taken, Work, bundle_days, day_told, take_decision
from darvoza.office.registry.attested import RESULTS
from darvoza.office.registry.services.attesting import told_of_results
from darvoza.office.registry.services.telling import recording


class Conflict(NamedTuple):
    """A difference that a person should look at: which declaration or order, and what differs."""

    subject: str
    told: str


class Returned(NamedTuple):
    """What was taken in: entries, declarations that were new, results; what differs; and decisions that were not made again."""

    entries: int
    new: int
    results: int
    conflicts: tuple[Conflict, ...]
    unchecked: int = 0

    def and_then(self, more: "Returned") -> "Returned":
        """Give what was taken in with what came after it."""
        kept = self.entries + more.entries, self.new + more.new, self.results + more.results
        return Returned(*kept, (*self.conflicts, *more.conflicts), self.unchecked + more.unchecked)


def take_in(post: str, entries: Sequence[JournalEntry], *, ring: KeyRing | None, now: datetime) -> Returned:
    """Take in what follows in the record of a post.

    Parameters
    ----------
    entries
        The whole record, checked.
    ring
        The key, with which each decision is made again; ``None``: none is.

    Raises
    ------
    BrokenJournal
        When the record was not signed by the post, or does not go on from what was taken in before.
    PostError
        When no bundle was made for the post, or a draw was not made with the key.
    """
    signed_by = _key_of(post)
    _check_key(post, entries, signed_by)
    at = PostReturn.objects.filter(post=post, signed_by=signed_by).first()
    number = at.number if at else 0
    new = list(after(entries, Link(at.number, at.head) if at else START))
    again = decided_again(post, entries, ring, done=number, signed_by=signed_by) if ring and new else {}
    work = Work(post, signed_by, entries, ring, again, {}, bundle_days(post))
    done = Returned(0, 0, 0, ())
    latest = max((entry.at for entry in entries[:number]), default=None)
    for entry in new:
        done = done.and_then(_entry(work, entry, latest, now))
        latest = max(latest or entry.at, entry.at)
    return done


def _entry(work: Work, entry: JournalEntry, latest: datetime | None, now: datetime) -> Returned:
    """Take one entry in, in one transaction with the note of how far it came."""
    came, taken = TakenIn(kept=False), Taken()
    with recording(now) as recorded:
        _step(work.post, work.signed_by, entry)
        more: list[Difference | None] = [*_time_told(entry, latest, now)]
        if entry.kind is EntryKind.DECISION:
            taken = take_decision(work, entry, now)
            more += [day_told(work.days, entry), *taken.differences]
        elif entry.kind is EntryKind.FINDING:
            said = why_no_result(work.post, entry, work.entries[: entry.sequence - 1])
            came = TakenIn(kept=False, differences=(said,)) if said else take_in_result(entry, now, recorded)
            more += came.differences
        differences = [each for each in more if each]
        beside = [*differences, *([taken.unchecked] if taken.unchecked else [])]
        keep_entry(work.post, work.signed_by, entry, Noted(now, beside, taken.instead))
        told = lines(differences)
        results = {RESULTS: list(told_of_results(recorded).values())} if entry.kind is EntryKind.FINDING else {}
        _note(work.post, entry, {**taken.stands, **came.order, **results, **({"conflict": told} if told else {})}, now)
    conflicts = (Conflict(entry.subject, told),) if told else ()
    return Returned(1, int(taken.new), int(came.kept), conflicts, int("again" in taken.stands))


def _key_of(post: str) -> str:
    """Give the public key of a post: that with which its newest bundle was made."""
    newest = PostBundle.objects.filter(post=post).order_by("-serial").first()
    if newest is None:
        hint = "make one with: darvoza office bundle; it tells this office the key of the post"
        raise PostError(field="post", expected="a post that has a bundle of this office", got=post, hint=hint)
    return newest.signed_by


def _check_key(post: str, entries: Sequence[JournalEntry], signed_by: str) -> None:
    """Refuse a record that its post did not sign; say so when an older key of the post did."""
    try:
        check_signed(entries, post, signed_by)
    except BrokenJournal as problem:
        for older in PostBundle.objects.filter(post=post).exclude(signed_by=signed_by).order_by("-serial"):
            if not signature_fault(entries[-1], post, older.signed_by):
                got = f"a record signed with the key of bundle {older.serial}; {post} has had another key since"
                hint = (
                    f"where that machine can be trusted, make {post} a bundle for its key, and take the record in then"
                )
                raise BrokenJournal(field="record", expected=f"the key of {post}", got=got, hint=hint) from problem
        raise


def _step(post: str, signed_by: str, entry: JournalEntry) -> None:
    """Note how far it came; two who take in the same record at once do not take an entry in twice."""
    rows = PostReturn.objects.select_for_update()
    row, _ = rows.get_or_create(post=post, signed_by=signed_by, defaults={"head": START.head})
    if (row.number, row.head) != (entry.sequence - 1, entry.previous):
        raise PostError(field="record", expected=f"entry {row.number + 1}", got=entry.sequence, hint="try again")
    row.number, row.head = entry.sequence, entry.head
    row.save()


def _note(post: str, entry: JournalEntry, told: Mapping[str, object], now: datetime) -> None:
    """Tell the journal of the office: of a decision, which acts and floors stand, as of one that was made here; of a result, its digests."""
    body = {"what": "returned", **told, "post": post, "entry": entry.sequence, "head": entry.head, "at": entry.at}
    record(entry.kind, entry.subject, body, by=entry.actor, now=now)


def _time_told(entry: JournalEntry, latest: datetime | None, now: datetime) -> Iterator[Difference]:
    """Say where the clock of the post was set back, and where it runs ahead: by its day goods are drawn for."""
    if latest is not None and entry.at < latest - SLACK:
        yield Difference(Differs.CLOCK_BACK, {"at": entry.at.isoformat(), "latest": latest.isoformat()})
    if entry.at > now + SLACK:
        yield Difference(Differs.CLOCK_AHEAD, {"at": entry.at.isoformat()})
