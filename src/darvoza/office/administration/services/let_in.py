"""Somebody is let in again by whoever runs the machine: for when nobody is left who could do it on the page."""

from datetime import datetime
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.errors import SettingsError
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.services.people import random_password
from darvoza.office.journal.services import SYSTEM, record


class LetIn(NamedTuple):
    """Whether the name was locked, and the new password; empty where none was asked for."""

    was_locked: bool
    password: str


def let_in(username: str, *, password: bool, second_factor: bool, now: datetime) -> LetIn:
    """Lift the lock of a name; sessions end where something else is reset. One transaction with its entry in the journal.

    Parameters
    ----------
    password
        Whether to give a new password, which must be changed at the next sign-in.
    second_factor
        Whether to take the second factor away, with its recovery codes.

    Raises
    ------
    SettingsError
        When nobody has the user name, or the account is closed.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(username=username).first()
        if person is None or not person.is_active:
            got = username if person is None else f"{username}, whose account is closed"
            hint = "a closed account is opened again on the page People"
            raise SettingsError(field="USERNAME", expected="somebody who may sign in", got=got, hint=hint)
        done = LetIn(bool(person.locked_until and now < person.locked_until), random_password() if password else "")
        person.failures, person.locked_until = 0, None
        if done.password:
            person.set_password(done.password)
            person.must_change_password = True
        if second_factor:
            Authenticator.objects.filter(user=person).delete()
        if password or second_factor:
            person.epoch += 1
        person.save()
        told = {"what": "let in again", "lock": done.was_locked, "password": password, "second_factor": second_factor}
        record(EntryKind.ACCOUNT_CHANGE, username, told, by=SYSTEM, now=now)
    return done
