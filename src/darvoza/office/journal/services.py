"""The one way into the journal."""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.transaction import TransactionManagementError

from darvoza.domain.journal import EntryKind, JournalEntry, JournalEvent
from darvoza.errors import InvalidEntry
from darvoza.flow.journal.entries import link_of, next_entry
from darvoza.methods.sealing.canonical_json import SALT_BYTES
from darvoza.methods.sealing.hash_chain import START, Link
from darvoza.office.journal.mapping import row_values
from darvoza.office.journal.models import End, Entry
from darvoza.office.shell.statements import hold, put
from darvoza.office.shell.writing import insert

SYSTEM = "system"
"""Who did what nobody asked for."""

MOST = 100
"""Characters kept of what strangers send."""


def plainly(text: object) -> str:
    r"""Give what somebody sent as a line that can be written down: printable, and not long.

    Examples
    --------
    >>> plainly("ad\x00min\n")
    'admin'
    """
    return "".join(filter(str.isprintable, str(text)))[:MOST]


def record(
    kind: EntryKind, subject: str, body: Mapping[str, Any] | None = None, *, by: str, now: datetime
) -> JournalEntry:
    """Write one entry, in the transaction of what it tells of: either both are kept, or neither.

    Parameters
    ----------
    kind
        What it tells.
    subject
        Identifier of what it was done to.
    body
        What else is to be known; decimals, fractions and moments are written as text.
    by
        User name.
    now
        The moment.

    Raises
    ------
    TransactionManagementError
        Outside a transaction.
    """
    return record_all([JournalEvent(kind, by, subject, now, dict(body or {}))])[0]


def record_alone(
    kind: EntryKind, subject: str, body: Mapping[str, Any] | None = None, *, by: str, now: datetime
) -> JournalEntry:
    """Write an entry on something that changed nothing else, such as a refused request, in a transaction of its own."""
    with transaction.atomic():
        return record(kind, subject, body, by=by, now=now)


def record_all(events: Iterable[JournalEvent]) -> list[JournalEntry]:
    """Write several entries, in the transaction of what they tell of, with the chain held once.

    Parameters
    ----------
    events
        What they tell, in order; bodies as for `record`.

    Raises
    ------
    TransactionManagementError
        Outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("an entry of the journal belongs into the transaction of what it tells of")
    end = hold(End, number=START.number, head=START.head)
    entries, link = [], Link(end.number, end.head)
    for event in events:
        entries.append(_following(link, event))
        link = link_of(entries[-1])
    insert(Entry, map(row_values, entries))
    end.number, end.head = link.number, link.head
    put(end)
    return entries


def _following(link: Link, event: JournalEvent) -> JournalEntry:
    """Make the entry that follows; a body that is not in plain values yet is put into them."""
    salt = secrets.token_bytes(SALT_BYTES)
    try:
        orjson.dumps(event.body)  # as its row will hold it
        return next_entry(link, event, salt=salt)
    except (InvalidEntry, orjson.JSONEncodeError):
        plain = json.loads(json.dumps(dict(event.body), cls=DjangoJSONEncoder), parse_float=str)
        return next_entry(link, replace(event, body=plain), salt=salt)
