"""The one way into the journal."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.transaction import TransactionManagementError

from darvoza.office.journal.chain import BEGINNING, Line, digest
from darvoza.office.journal.mapping import as_row
from darvoza.office.journal.models import Entry, Head

HEAD = 1
SYSTEM = "system"


def record(action: str, subject: str, data: Mapping[str, Any] | None = None, *, by: str, now: datetime) -> Entry:
    """Write one entry, in the transaction of what it tells of: either both are kept, or neither.

    Parameters
    ----------
    action
        What was done, ``noun.participle``, such as ``order.claimed``.
    subject
        Identifier of what it was done to.
    data
        Values to be kept beside it; decimals and moments are written as text.
    by
        User name.
    now
        The moment.

    Raises
    ------
    TransactionManagementError
        Outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("an entry of the journal belongs into the transaction of what it tells of")
    head, _ = Head.objects.select_for_update().get_or_create(pk=HEAD, defaults={"number": 0, "digest": BEGINNING})
    plain = json.loads(json.dumps(dict(data or {}), cls=DjangoJSONEncoder))
    line = Line(head.number + 1, now.astimezone(UTC), by, action, subject, plain)
    entry = as_row(line, digest(line, head.digest))
    entry.save(force_insert=True)
    head.number, head.digest = line.number, entry.digest
    head.save(update_fields=["number", "digest"])
    return entry


def record_alone(action: str, subject: str, data: Mapping[str, Any] | None = None, *, by: str, now: datetime) -> Entry:
    """Write an entry on something that changed nothing else, such as a refused request, in a transaction of its own."""
    with transaction.atomic():
        return record(action, subject, data, by=by, now=now)
