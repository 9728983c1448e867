"""Clients entered, known by their token, counted, given another token, and shut out."""

import json
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from darvoza.domain.journal import EntryKind
from darvoza.errors import SettingsError
from darvoza.office.api.callers import Caller, digest_of, new_token
from darvoza.office.api.models import LONGEST_NAME, LONGEST_POST, MINUTE, Client, Subscription
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import Purpose
from darvoza.office.journal.services import record
from darvoza.office.shell.statements import found_among

WINDOW = timedelta(minutes=1)
MOST_A_MINUTE = 2**31 - 1
"""The largest number that a database holds in its column."""

MOST_MET = 1_000
"""Clients that a process keeps in mind."""

SHARES = 100
"""Into how many parts the minute of a client is divided, of which processes take one at a time."""


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
        When there is a client of this name, it is for nothing, or one of its words cannot be used.
    """
    purposes = sorted(set(new.purposes))
    if not purposes:
        raise SettingsError(field="purpose", expected="at least one purpose", got="none")
    _check_word("name", new.name, 1, LONGEST_NAME)
    _check_word("post", new.post, 0, LONGEST_POST)
    if not 1 <= new.per_minute <= MOST_A_MINUTE:
        raise SettingsError(field="per-minute", expected=f"1 to {MOST_A_MINUTE} requests", got=new.per_minute)
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


def _check_word(field: str, word: str, shortest: int, longest: int) -> None:
    """Refuse a word that its column does not hold, or that nobody could type again."""
    if not shortest <= len(word) <= longest or not word.isprintable() or word != word.strip():
        expected = f"{shortest} to {longest} printable characters without blanks around them"
        raise SettingsError(field=field, expected=expected, got=word)


def revoke_client(name: str, *, by: str, now: datetime) -> None:
    """Shut a client out from the next request on; its subscriptions end, and nothing more is sent to it.

    Raises
    ------
    SettingsError
        When there is no such client, or it is shut out.
    """
    with transaction.atomic():
        if not Client.objects.filter(name=name, revoked_at=None).update(revoked_at=now):
            raise SettingsError(field="name", expected="a client that is not revoked", got=name)
        going = Subscription.objects.filter(client__name=name, ended_at=None)
        told = {"what": "client revoked", "subscriptions": list(going.values_list("pk", flat=True))}
        going.update(ended_at=now)
        record(EntryKind.ACCOUNT_CHANGE, f"client:{name}", told, by=by, now=now)


def renew_client(name: str, *, overlap: timedelta = timedelta(), by: str, now: datetime) -> str:
    """Give a client another token, which is told once; what it lodged, subscribed to and compared stays its own.

    One that was shut out stands again. A token before the last one ends at once.

    Parameters
    ----------
    overlap
        How long the token it had is still taken.

    Raises
    ------
    SettingsError
        When there is no such client, or a token that was shut out would be taken again.
    """
    with transaction.atomic():
        # the journal first: the gate holds it when it asks, at its end, whether the client of a receipt is there
        told = {"what": "client renewed", "overlap_seconds": int(overlap.total_seconds())}
        record(EntryKind.ACCOUNT_CHANGE, f"client:{name}", told, by=by, now=now)
        row = Client.objects.select_for_update().filter(name=name).first()
        if row is None:
            raise SettingsError(field="name", expected="a client", got=name)
        if row.revoked_at is not None and overlap:
            hint = "its old token stays shut out: leave --overlap away"
            raise SettingsError(field="overlap", expected="none for a client that is revoked", got=overlap, hint=hint)
        token = new_token()
        row.old_digest, row.old_until = (row.token_digest, now + overlap) if overlap else ("", None)
        row.token_digest, row.revoked_at = digest_of(token), None
        row.save(update_fields=["old_digest", "old_until", "token_digest", "revoked_at"])
    return token


def caller_of(token: str) -> Caller | None:
    """Give the client that has this token; nobody when it is unknown, over or revoked."""
    digest = digest_of(token)
    theirs = Q(token_digest=digest) | Q(old_digest=digest, old_until__gt=timezone.now())
    row = Client.objects.order_by().filter(theirs, revoked_at=None).first()
    return None if row is None else _caller(row, digest)


def met_caller(token: str) -> Caller | None:
    """Give the client that has this token, as this process has met it, perhaps long ago; else as `caller_of`.

    Who answers it asks `standing` whether it was shut out since, for all that are answered together.
    """
    digest = digest_of(token)
    with _Met.lock:
        caller = _Met.by_digest.get(digest)
    if caller is None and (caller := caller_of(token)) is not None:
        with _Met.lock:
            if len(_Met.by_digest) >= MOST_MET:
                _Met.by_digest.clear()
            _Met.by_digest[digest] = caller
    return caller


def standing(callers: Iterable[Caller]) -> dict[Caller, Caller]:
    """Give those of some clients that are not shut out, each with what is said of it now; the others have to be met anew."""
    asked, now = set(callers), timezone.now()
    if _are_as_met(asked):
        return {each: each for each in asked}
    rows = Client.objects.order_by().filter(pk__in=[each.number for each in asked], revoked_at=None)
    known = {(row.pk, row.name): row for row in rows}
    found = {
        each: _caller(row, each.digest)
        for each in asked
        if (row := known.get((each.number, each.name))) is not None and _is_taken(each.digest, row, now)
    }
    if any(found.get(each) != each for each in asked):
        with _Met.lock:
            _Met.by_digest.clear()
    return found


def _are_as_met(asked: Collection[Caller]) -> bool:
    """Tell whether clients are to the letter as they were met, as nearly always: nobody is read as a whole to see it."""
    columns = ("id", "name", "agency", "post", "per_minute", "purposes", "token_digest", "revoked_at")
    known = {row[0]: row for row in found_among(Client, columns, id=[each.number for each in asked])}
    return all(
        (row := known.get(each.number)) is not None
        and row[:5] == (each.number, each.name, each.agency, each.post, each.per_minute)
        and frozenset(map(Purpose, json.loads(row[5]))) == each.purposes
        and each.digest in {"", row[6]}
        and row[7] is None
        for each in asked
    )


def _is_taken(digest: str, row: Client, now: datetime) -> bool:
    """Tell whether the token by which a client was met is still one of its own."""
    return digest in {"", row.token_digest} or (
        digest == row.old_digest and row.old_until is not None and now < row.old_until
    )


def _caller(row: Client, digest: str) -> Caller:
    return Caller(row.pk, row.name, row.agency, row.post, frozenset(map(Purpose, row.purposes)), row.per_minute, digest)


class _Met:
    """Clients that this process has met, by the digests of their tokens."""

    lock = threading.Lock()
    by_digest: dict[str, Caller] = {}


class _Taken:
    """Requests that this process has taken of the present minute of each client, and not answered yet."""

    lock = threading.Lock()
    left: dict[int, tuple[datetime, int]] = {}


def count(caller: Caller, now: datetime) -> None:
    """Count a request of a client, together with all processes.

    A process takes some of the minute of a client at once, in one row that all share, and answers so many before it
    takes more. So never more than the minute allows are answered, and asking costs a write in a hundred.

    Raises
    ------
    Problem
        When there were too many within a minute.
    """
    with _Taken.lock:
        start, left = _Taken.left.get(caller.number, (now, 0))
        if not left or not start <= now < start + WINDOW:  # before it, where the clock was set back
            start, left = _take(caller, now)
        _Taken.left[caller.number] = start, left - 1


def _take(caller: Caller, now: datetime) -> tuple[datetime, int]:
    """Take some requests of the present minute of a client; give when it began, and how many.

    Whoever is refused costs a look at one row. What is taken is written over what was read, and read anew where another
    process was quicker.
    """
    row, share = Client.objects.order_by().filter(pk=caller.number), max(caller.per_minute // SHARES, 1)
    while True:
        # a client that is no more has nothing left
        since, counted = row.values_list("counted_since", "counted").first() or (now, caller.per_minute)
        start, used = (since, counted) if since is not None and since <= now < since + WINDOW else (now, 0)
        room = caller.per_minute - used
        if room < 1:
            wait = max(int((start + WINDOW - now).total_seconds()), 1)
            raise Problem("too-many", f"{caller.per_minute} a minute", headers={"Retry-After": str(wait)})
        some = share if room >= share else 1
        if row.filter(counted_since=since, counted=counted).update(counted_since=start, counted=used + some):
            return start, some
