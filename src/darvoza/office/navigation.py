"""The way around: what stands in the header, for whom; and where a person arrives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from darvoza.flow.inspection.papers.writing import offset
from darvoza.office.accounts.guard import person_of, signed_in
from darvoza.office.accounts.permissions import Permission
from darvoza.office.accounts.roles import WORDS, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the header; what lies below its address belongs to it, and below some others."""

    address: str
    label: Promise
    needs: Permission
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """An entry as it stands in the header: where it leads, and whether that is the page that is shown, or one above it."""

    target: str
    label: Promise
    current: str


ENTRIES: Final = (
    Entry("desk:queue", _("Queue"), Permission.QUEUE_READ),
    Entry("post:today", _("Post"), Permission.ORDER_ASSIGN, ("/returns/",)),
    Entry("insight:figures", _("Figures"), Permission.FIGURES_READ, ("/comparisons/", "/returns/")),
    Entry("registry:declarations", _("Declarations"), Permission.DECLARATION_READ),
    Entry("profiles:library", _("Profiles"), Permission.PROFILE_READ),
    Entry("administration:people", _("People"), Permission.PEOPLE_MANAGE, ("/administration/",)),
    Entry("administration:reference", _("Reference data"), Permission.DATA_READ),
    Entry("journal:entries", _("Journal"), Permission.JOURNAL_READ),
    Entry("insight:draws", _("Draws"), Permission.JOURNAL_READ),
)
"""In the order of the header; whoever signs in arrives at the first that is allowed."""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give every template the entries and the person."""
    person = signed_in(request)
    if person is None:
        provider = settings.PROVIDER
        return {"entries": (), "provider": provider.name if provider else "", **_of_the_office()}
    allowed = [entry for entry in ENTRIES if person.may(entry.needs)]
    roles = [WORDS[Role(role)] for role in person.roles]
    finds = person.may(Permission.DECLARATION_READ)
    return {
        "entries": _ways(allowed, request.path),
        "person": person,
        "roles": roles,
        "finds": finds,
        **_of_the_office(),
    }


def _ways(entries: Sequence[Entry], path: str) -> list[Way]:
    """Give entries with where they lead; the nearest above the page is marked."""
    targets = [reverse(entry.address) for entry in entries]
    above = [
        max((len(each) for each in (target, *entry.others) if path.startswith(each)), default=0)
        for entry, target in zip(entries, targets, strict=True)
    ]
    nearest = above.index(max(above)) if any(above) else None
    return [
        Way(target, entry.label, "" if place != nearest else "page" if path == target else "true")
        for place, (entry, target) in enumerate(zip(entries, targets, strict=True))
    ]


def _of_the_office() -> dict[str, Any]:
    """Tell whether everything is simulated, whether nobody has checked the language of the page, and currency and clock."""
    machine_made = get_language() in settings.MACHINE_MADE
    zone = {"name": timezone.get_current_timezone_name(), "offset": offset(timezone.localtime())}
    return {"demo": settings.DEMO, "machine_made": machine_made, "currency": settings.CURRENCY, "zone": zone}


def home(request: HttpRequest) -> HttpResponse:
    """Send a person to the first page of the work; say so when there is none yet."""
    person = person_of(request)
    first = next((entry.address for entry in ENTRIES if person.may(entry.needs)), None)
    return redirect(first) if first else render(request, "home.html")
