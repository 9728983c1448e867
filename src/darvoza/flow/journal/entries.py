"""Entries: how something that happened becomes the next one, and how its body is erased."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from darvoza.domain.journal import ERASABLE, EntryKind, JournalEntry, JournalEvent
from darvoza.errors import InvalidEntry
from darvoza.methods.sealing.canonical_json import SALT_BYTES, salted_digest
from darvoza.methods.sealing.hash_chain import Link, next_header, next_link

LONGEST = 200
"""Most characters of an actor or a subject."""

_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def next_entry(after: Link, event: JournalEvent, *, salt: bytes) -> JournalEntry:
    """Make the entry that follows, out of what happened.

    Parameters
    ----------
    after
        Where the journal has come to: `START`, or `link_of` the last entry.
    event
        What happened.
    salt
        `SALT_BYTES` (16) random bytes, new for every entry.

    Raises
    ------
    InvalidEntry
        When something of the event cannot be written down for ever.

    Examples
    --------
    >>> from darvoza.methods.sealing.hash_chain import START
    >>> event = JournalEvent(EntryKind.OVERRIDE, "person 7", "KG-26-000123", datetime(2026, 3, 1, 8, tzinfo=UTC),
    ...                      {"from": "red", "to": "yellow", "reason": "examined at origin"})
    >>> first = next_entry(START, event, salt=bytes(16))
    >>> second = next_entry(link_of(first), event, salt=bytes(16))
    >>> second.sequence, second.previous == first.head
    (2, True)
    """
    said = {
        "kind": event.kind.value,
        "actor": _name("actor", event.actor),
        "subject": _name("subject", event.subject),
        "at": time_text(event.at),
    }
    if len(salt) != SALT_BYTES:
        raise InvalidEntry(field="salt", expected=f"{SALT_BYTES} random bytes", got=f"{len(salt)} bytes")
    try:
        body_digest = salted_digest(salt, event.body)
    except ValueError as problem:
        hint = "write a fraction as text, a time in ISO form"
        raise InvalidEntry(str(problem), field="body", hint=hint) from problem
    link = next_link(after, next_header(after, said, body_digest))
    return JournalEntry(
        sequence=link.number,
        previous=after.head,
        kind=event.kind,
        actor=event.actor,
        subject=event.subject,
        at=event.at.astimezone(UTC),
        body_digest=body_digest,
        head=link.head,
        body=event.body,
        salt=salt.hex(),
    )


def link_of(entry: JournalEntry) -> Link:
    """Give the point of the chain that an entry closes."""
    return Link(entry.sequence, entry.head)


def header_of(entry: JournalEntry) -> dict[str, object]:
    """Give what the head of an entry is the digest of."""
    said = {"kind": entry.kind.value, "actor": entry.actor, "subject": entry.subject, "at": time_text(entry.at)}
    return next_header(Link(entry.sequence - 1, entry.previous), said, entry.body_digest)


def erasure(
    sequences: Iterable[int], *, actor: str, at: datetime, basis: str, told: Mapping[str, object] | None = None
) -> JournalEvent:
    """Say that the bodies of entries are erased: to be written down in the same transaction as it is done.

    A body that is gone without such an entry after it counts as broken.

    Parameters
    ----------
    sequences
        Which entries; not erasures themselves, whose bodies stay.
    actor, at
        Who, when.
    basis
        Why it may be done, such as the article on retention.
    told
        What else is to be known of it, such as the period and the rules by which it is done.

    Examples
    --------
    >>> erasure([4, 2], actor="retention", at=datetime(2031, 1, 1, tzinfo=UTC), basis="five years are over").body
    {'erased': [2, 4], 'basis': 'five years are over'}
    """
    erased = sorted(set(sequences))
    if not erased or erased[0] < 1:
        raise InvalidEntry(field="sequences", expected="numbers of entries, 1 or more", got=erased[:5])
    subject = f"{len(erased)} entries from {erased[0]} to {erased[-1]}"
    body: Mapping[str, object] = {**(told or {}), "erased": erased, "basis": basis}
    return JournalEvent(EntryKind.ERASURE, actor, subject, at, body)


def without_body(entry: JournalEntry) -> JournalEntry:
    """Give an entry as it is after its body was erased: all that the chain needs is left.

    Raises
    ------
    InvalidEntry
        When it is of a kind whose bodies stay for ever, such as an erasure: what was erased has to be known.
    """
    if entry.kind not in ERASABLE:
        raise InvalidEntry(
            f"an entry of kind {entry.kind} is not erased itself: its body stays", field=f"entry {entry.sequence}"
        )
    return replace(entry, body=None, salt=None)


def time_text(at: datetime) -> str:
    """Write a time as the journal does: UTC, microseconds.

    Examples
    --------
    >>> time_text(datetime(2026, 3, 1, 8, tzinfo=UTC))
    '2026-03-01T08:00:00.000000Z'
    """
    if at.tzinfo is None:
        raise InvalidEntry(field="at", expected="a time with its time zone", got=at.isoformat())
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def time_of(text: str) -> datetime:
    """Read a time as the journal writes it.

    Raises
    ------
    ValueError
        When it is written in another way.
    """
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)


def _name(place: str, text: str) -> str:
    """Check who or what an entry speaks of."""
    if not text or len(text) > LONGEST or _CONTROL.search(text):
        raise InvalidEntry(field=place, expected=f"1 to {LONGEST} characters on one line", got=text)
    return text
