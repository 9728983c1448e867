"""Clients entered, known by their token, counted, and shut out."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.errors import SettingsError
from darvoza.office.api.callers import Caller, digest_of, new_token
from darvoza.office.api.models import MINUTE, Client
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import Purpose
from darvoza.office.journal.services import record

WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client to be entered; an empty agency or post means every one."""

    name: str
    purposes: tuple[Purpose, ...]
    agency: str = ""
    post: str = ""
    per_minute: int = MINUTE


def enter_client(new: NewClient, *, by: str, now: datetime) -> str:
    """Enter a client; give its token, which is told once and kept nowhere.

    Raises
    ------
    SettingsError
        When there is a client of this name, or it is for nothing.
    """
    purposes = sorted(set(new.purposes))
    if not purposes:
        raise SettingsError(field="purpose", expected="at least one purpose", got="none")
    if Client.objects.filter(name=new.name).exists():
        raise SettingsError(field="name", expected="a name that no client has", got=new.name)
    token = new_token()
    with transaction.atomic():
        Client.objects.create(
            name=new.name,
            agency=new.agency,
            post=new.post,
            purposes=purposes,
            token_digest=digest_of(token),
            per_minute=new.per_minute,
            made_at=now,
        )
        told = {"what": "client entered", "agency": new.agency, "post": new.post, "purposes": purposes}
        record(EntryKind.ACCOUNT_CHANGE, f"client:{new.name}", told, by=by, now=now)
    return token


def revoke_client(name: str, *, by: str, now: datetime) -> None:
    """Shut a client out from the next request on.

    Raises
    ------
    SettingsError
        When there is no such client, or it is shut out.
    """
    with transaction.atomic():
        if not Client.objects.filter(name=name, revoked_at=None).update(revoked_at=now):
            raise SettingsError(field="name", expected="a client that is not revoked", got=name)
        record(EntryKind.ACCOUNT_CHANGE, f"client:{name}", {"what": "client revoked"}, by=by, now=now)


def caller_of(token: str) -> Caller | None:
    """Give the client that has this token; nobody when it is unknown or revoked."""
    row = Client.objects.filter(token_digest=digest_of(token), revoked_at=None).first()
    if row is None:
        return None
    return Caller(row.pk, row.name, row.agency, row.post, frozenset(map(Purpose, row.purposes)), row.per_minute)


class _Counted:
    """Requests of each client in its present minute, in this process."""

    lock = threading.Lock()
    since: dict[int, tuple[datetime, int]] = {}


def count(caller: Caller, now: datetime, requests: int = 1) -> None:
    """Count requests of a client.

    Raises
    ------
    Problem
        When there were too many within a minute.
    """
    with _Counted.lock:
        start, number = _Counted.since.get(caller.number, (now, 0))
        if not start <= now < start + WINDOW:  # before it, where the clock was set back
            start, number = now, 0
        _Counted.since[caller.number] = start, number + requests
    if number >= caller.per_minute:
        left = max(int((start + WINDOW - now).total_seconds()), 1)
        raise Problem("too-many", f"{caller.per_minute} a minute", headers={"Retry-After": str(left)})
