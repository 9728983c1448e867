"""Named lists put in use from a moment on, and the one before put back; rows are only added."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.domain.named_list import NamedList
from darvoza.errors import DataRefused
from darvoza.office.journal.services import record
from darvoza.office.profiles.mapping import list_record, list_row
from darvoza.office.profiles.models import CodeList
from darvoza.office.profiles.queries import list_before, list_rows


def put_list_in_use(
    named: NamedList,
    *,
    at: datetime,
    signed: tuple[str, str, str],
    now: datetime,
    returns_to: CodeList | None = None,
) -> CodeList:
    """Put a list in use from a moment on, within the transaction of whoever approves it.

    Parameters
    ----------
    signed
        Who put it forward, who approved it, and why.
    returns_to
        The row of which it is the return.
    """
    row = list_row(named, now, at=at)
    row.by, row.approver, row.reason = signed
    row.returns_to = returns_to
    row.save(force_insert=True)
    return row


def hold_list(name: str) -> None:
    """Hold the states of a list until the transaction ends, so that only one decision on it is taken at a time."""
    list(CodeList.objects.select_for_update().filter(name=name).order_by("pk").values_list("pk"))


def roll_back_list(
    name: str, seen: int, *, by: str, reason: str, now: datetime, more: Mapping[str, object] | None = None
) -> CodeList:
    """Put at once in use again what two people had put in use before; what was planned falls.

    Whether one person may do so is for the caller to ask: where fewer goods would be controlled, two do it.

    Parameters
    ----------
    seen
        The row in use that the person saw.
    more
        What else the journal is told: what it adds to the list.

    Raises
    ------
    DataRefused
        Another one is in use by now, or nothing was before.
    """
    with transaction.atomic():
        current = list_rows(now).filter(name=name).select_for_update().first()
        before = list_before(name, now)
        if current is None or before is None or current.pk != seen:
            raise DataRefused(field="version", expected="the list as you saw it", got=name)
        signed = (by, before.approver, reason)
        row = put_list_in_use(list_record(before), at=now, signed=signed, now=now, returns_to=before)
        told = {"what": "rolled back", "version": row.version, "digest": row.digest, "reason": reason, **(more or {})}
        record(EntryKind.LIST_CHANGE, f"list {name}", told, by=by, now=now)
    return row
