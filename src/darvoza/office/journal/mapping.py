"""Rows of the journal and the entries they hold."""

from typing import Any

from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.office.journal.models import Entry


def as_entry(row: Entry) -> JournalEntry:
    """Give the entry that a row holds."""
    return JournalEntry(
        sequence=row.sequence,
        previous=row.previous,
        kind=EntryKind(row.kind),
        actor=row.actor,
        subject=row.subject,
        at=row.at,
        body_digest=row.body_digest,
        head=row.head,
        body=row.body,
        salt=row.salt,
    )


def row_values(entry: JournalEntry) -> dict[str, Any]:
    """Give what the row of an entry holds."""
    return {
        "sequence": entry.sequence,
        "previous": entry.previous,
        "kind": entry.kind.value,
        "actor": entry.actor,
        "subject": entry.subject,
        "at": entry.at,
        "body_digest": entry.body_digest,
        "head": entry.head,
        "body": entry.body,
        "salt": entry.salt,
    }
