"""Sign-in with a count of failures: after five the name is locked for a quarter of an hour."""

from datetime import datetime, timedelta

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from darvoza.office.accounts.models import Person

FAILURES = 5
LOCKED = timedelta(minutes=15)


class PersonBackend(BaseBackend):
    """How Django finds out who somebody is."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - the name is Django's
        username: str | None = None,
        password: str | None = None,
        **_: object,
    ) -> Person | None:
        """Give the person whose name and password these are; nobody when they are wrong or the name is locked."""
        if not username or password is None:
            return None
        return identify(username, password, now=timezone.now())

    def get_user(self, user_id: int) -> Person | None:
        """Give a person who is signed in, unless the account was closed meanwhile."""
        return Person.objects.filter(pk=user_id, is_active=True).first()


def identify(username: str, password: str, *, now: datetime) -> Person | None:
    """Check a name and a password, and count what is wrong.

    Raises
    ------
    PermissionDenied
        While the name is locked; the password is not looked at.
    """
    person = Person.objects.filter(username=username).first()
    if person is None:
        make_password(password)  # an unknown name takes as long as a known one
        return None
    if person.locked_until and now < person.locked_until:
        raise PermissionDenied
    if person.is_active and check_password(password, person.password):
        if person.failures:
            Person.objects.filter(pk=person.pk).update(failures=0, locked_until=None)
        return person
    _count(person, now)
    return None


def _count(person: Person, now: datetime) -> None:
    """Count one failure; lock at every fifth."""
    Person.objects.filter(pk=person.pk).update(failures=F("failures") + 1)
    Person.objects.filter(pk=person.pk, failures__gte=FAILURES).update(failures=0, locked_until=now + LOCKED)
