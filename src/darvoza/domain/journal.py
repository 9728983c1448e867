"""What is written down for ever: journal entries, and the signed heads that hold them fast."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class EntryKind(StrEnum):
    """What an entry of the journal tells.

    Examples
    --------
    >>> EntryKind("key-commitment").name
    'KEY_COMMITMENT'
    """

    DECISION = "decision"
    OVERRIDE = "override"
    ORDER = "order"
    FINDING = "finding"
    RELEASE = "release"
    PROFILE_CHANGE = "profile-change"
    MEASURE_CHANGE = "measure-change"
    LIST_CHANGE = "list-change"
    MODEL_CHANGE = "model-change"
    SETTINGS_CHANGE = "settings-change"
    KEY_COMMITMENT = "key-commitment"
    KEY_REVEAL = "key-reveal"
    SENSITIVE_READ = "sensitive-read"
    EXPORT = "export"
    SIGN_IN = "sign-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGN_OUT = "sign-out"
    ACCOUNT_CHANGE = "account-change"
    ERASURE = "erasure"


ERASABLE = frozenset(
    {
        EntryKind.SIGN_IN, EntryKind.SIGN_IN_REFUSED, EntryKind.SIGN_OUT, EntryKind.SENSITIVE_READ, EntryKind.EXPORT,
        EntryKind.DECISION, EntryKind.OVERRIDE, EntryKind.ORDER, EntryKind.FINDING, EntryKind.RELEASE,
    }
)  # fmt: skip
"""Entries whose bodies may be erased; those of other kinds stay for ever: they tell by which rules and keys was decided."""


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """Something that is about to be written down.

    Attributes
    ----------
    kind
        What it is.
    actor
        Who did it: the number of a person or the name of a service, never the name of a person. It stays for ever.
    subject
        What it was done to: the number of a declaration, the code of a profile; never a name. It stays for ever.
    at
        When, with its time zone.
    body
        All else: text, whole numbers, true, false, nothing, lists and maps; a fraction as text. It can be erased.

    Examples
    --------
    >>> from datetime import UTC
    >>> JournalEvent(EntryKind.SIGN_IN, "person 12", "person 12", datetime(2026, 3, 1, 8, tzinfo=UTC)).body
    {}
    """

    kind: EntryKind
    actor: str
    subject: str
    at: datetime
    body: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry of the journal, as it is stored and handed over.

    Attributes
    ----------
    sequence
        Its number, 1, 2, 3 … without a gap.
    previous
        Head of the entry before it; 64 zeros for the first.
    kind, actor, subject, at
        As in `JournalEvent`; `at` is in UTC.
    body_digest
        SHA-256 (hexadecimal) of salt and body. It stays when they are erased.
    head
        SHA-256 (hexadecimal) of all of the above. It stands for the entry and everything before it.
    body, salt
        What was written, and 16 random bytes (hexadecimal); both ``None`` once erased.
    """

    sequence: int
    previous: str
    kind: EntryKind
    actor: str
    subject: str
    at: datetime
    body_digest: str
    head: str
    body: Mapping[str, object] | None = field(default=None, repr=False)
    salt: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class JournalHead:
    """What the journal was on a day: to be signed, and kept by others.

    Attributes
    ----------
    origin
        Name of the journal, such as ``customs.example/journal``; without spaces and ``+``.
    size
        How many entries it had.
    root
        Root of the Merkle tree over their heads (hexadecimal).
    day
        The day it is of.

    Examples
    --------
    >>> JournalHead("customs.example/journal", 2, "ab" * 32, date(2026, 3, 1)).size
    2
    """

    origin: str
    size: int
    root: str
    day: date
