"""What an administrator does with people; each is one transaction with its entry in the journal."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from darvoza.domain.journal import EntryKind
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.roles import Role
from darvoza.office.accounts.rules import check_person
from darvoza.office.accounts.services.people import NewPerson, enter, random_password
from darvoza.office.desk.services.returns import let_go
from darvoza.office.journal.services import record
from darvoza.office.registry.services.telling import recording


def enter_person(by: str, new: NewPerson, *, now: datetime) -> str:
    """Enter somebody; give the password, which is kept nowhere and must be changed at the first sign-in.

    Parameters
    ----------
    by
        User name of who enters, or the system where the command line does.

    Raises
    ------
    SettingsError
        When nobody can be what is said; see `check_person`.
    """
    password = random_password()
    told = {"roles": [str(role) for role in new.roles], "agency": str(new.agency or ""), "post": new.post}
    with transaction.atomic():
        enter(new, password, must_change=True)
        _told(by, new.username, "entered", told, now=now)
    return password


def change(by: Person, username: str, values: Mapping[str, Any], *, now: datetime) -> None:
    """Change name, roles, agency and post; what a person may do changes with the next request.

    Orders that he held, and that he can examine no more, wait again.

    Raises
    ------
    PermissionDenied
        When somebody changes the own roles.
    SettingsError
        When nobody can be what is said; see `check_person`.
    """

    def to(person: Person) -> Mapping[str, Any]:
        before = {name: getattr(person, name) for name in values}
        for name, value in values.items():
            setattr(person, name, value)
        check_person(person.name, frozenset(map(Role, person.roles)), person.agency, person.post)
        person.save(update_fields=list(values))
        return {name: {"from": before[name], "to": value} for name, value in values.items() if before[name] != value}

    with recording(now):
        _upon(by, username, "changed", to, now=now)
        let_go(username, by=by.username, now=now)


def close(by: Person, username: str, *, now: datetime) -> None:
    """Close an account: its holder is out at the next request, and does not come in again; the orders he held wait again."""
    with recording(now):
        _upon(by, username, "closed", lambda person: _set(person, is_active=False, epoch=F("epoch") + 1), now=now)
        let_go(username, by=by.username, now=now)


def reopen(by: Person, username: str, *, now: datetime) -> None:
    """Open an account again."""
    _upon(by, username, "opened", lambda person: _set(person, is_active=True), now=now)


def reset_password(by: Person, username: str, *, now: datetime) -> str:
    """Give somebody a new password, which must be changed at the next sign-in; sessions end, a lock is lifted."""
    password = random_password()

    def to(person: Person) -> Mapping[str, Any]:
        person.set_password(password)
        return _set(person, password=person.password, must_change_password=True, failures=0, locked_until=None)

    _upon(by, username, "password reset", to, now=now)
    return password


def reset_second_factor(by: Person, username: str, *, now: datetime) -> None:
    """Take the second factor away, with its recovery codes; who must have one sets it up at the next request."""

    def to(person: Person) -> Mapping[str, Any]:
        Authenticator.objects.filter(user=person).delete()
        return _set(person, epoch=F("epoch") + 1)

    _upon(by, username, "second factor reset", to, now=now)


def end_sessions(by: Person, username: str, *, now: datetime) -> None:
    """End every session of somebody, wherever it is."""
    _upon(by, username, "sessions ended", lambda person: _set(person, epoch=F("epoch") + 1), now=now)


def _set(person: Person, **values: Any) -> Mapping[str, Any]:  # noqa: ANN401 - values of columns
    Person.objects.filter(pk=person.pk).update(**values)
    return {}


def _upon(by: Person, username: str, what: str, act: Callable[[Person], Mapping[str, Any]], *, now: datetime) -> None:
    """Do something to somebody else, and tell the journal.

    Raises
    ------
    PermissionDenied
        When it is oneself: nobody changes the own rights or closes the own account.
    """
    if by.username == username:
        raise PermissionDenied
    with transaction.atomic():
        person = Person.objects.select_for_update().get(username=username)
        _told(by.username, username, what, act(person), now=now)


def _told(by: str, username: str, what: str, body: Mapping[str, Any], *, now: datetime) -> None:
    record(EntryKind.ACCOUNT_CHANGE, username, {"what": what, **body}, by=by, now=now)
