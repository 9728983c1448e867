"""The pulse: whether anything can be written."""

from datetime import datetime

from django.db import transaction

from darvoza.office.operations.models import Pulse

_ONE = 1


def beat(now: datetime) -> None:
    """Write a row and keep it: whoever can do this can take in a declaration.

    Raises
    ------
    DatabaseError
        When nothing can be written: no database, no room, a disk that fails.
    """
    with transaction.atomic(durable=not transaction.get_connection().in_atomic_block):
        Pulse.objects.update_or_create(pk=_ONE, defaults={"at": now})
