"""What an administrator asks of people."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.core.paginator import Page, Paginator
from django.db.models import Q

from darvoza.domain.journal import JournalEntry
from darvoza.office.accounts.models import Person
from darvoza.office.journal.queries import entries_on

PER_PAGE = 50
SHOWN = 20
"""Changes of an account that are shown."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account with what was done to it, the last first."""

    person: Person
    second_factor: bool
    changes: list[JournalEntry]


def people(words: str, page: int) -> tuple[Page[Person], set[int]]:
    """Give people whose name, user name, agency or post holds what is asked for; and who of them has a second factor."""
    rows = Person.objects.all()
    for word in words.split():
        holds = Q(username__icontains=word) | Q(name__icontains=word)
        rows = rows.filter(holds | Q(agency__icontains=word) | Q(post__icontains=word))
    found = Paginator(rows.order_by("-is_active", "username"), PER_PAGE).get_page(page)
    has = Authenticator.objects.filter(user__in=list(found), type=Authenticator.Type.TOTP)
    return found, set(has.values_list("user_id", flat=True))


def account(username: str) -> Account | None:
    """Give an account; nothing when nobody has the name."""
    person = Person.objects.filter(username=username).first()
    if person is None:
        return None
    factor = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()
    return Account(person, factor, list(reversed(entries_on(username)))[:SHOWN])
