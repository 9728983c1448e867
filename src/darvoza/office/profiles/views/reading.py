"""The library, a profile with its versions, one version."""

from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from darvoza.office.accounts.guard import person_of
from darvoza.office.accounts.permissions import Permission
from darvoza.office.journal.queries import entries_on
from darvoza.office.profiles import queries
from darvoza.office.profiles.services.going_back import decided
from darvoza.office.profiles.shelf import Wanted
from darvoza.office.profiles.telling import differ, tell
from darvoza.office.profiles.trials import history, last_day
from darvoza.office.shell.words import AGENCIES

PER_PAGE: Final = 50


def language() -> str:
    """Give the language of the page, of those that sentences are told in."""
    return "ru" if (get_language() or "").startswith("ru") else "en"


def version_or_404(request: HttpRequest, code: str, number: int) -> queries.VersionRow:
    """Give a version that whoever asks may read.

    Raises
    ------
    Http404
        When there is none.
    """
    row = queries.version_for(person_of(request), code, number)
    if row is None:
        raise Http404
    return row


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """List the profiles, a page of them."""
    person, now = person_of(request), timezone.now()
    asked = {name: request.GET.get(name, "")[:100] for name in ("q", "only", "agency")}
    wanted, page = Wanted(asked["q"], asked["only"], asked["agency"]), request.GET.get("page", "1")
    found = Paginator(queries.library(person, wanted, now=now), PER_PAGE).get_page(int(page) if page.isdecimal() else 1)
    kept = queries.performance()
    query = urlencode({name: text for name, text in asked.items() if text and name != "q"})
    shown = {"found": found, "wanted": wanted, "words": wanted.words, "query": query, "agencies": AGENCIES.items()}
    shown |= {"drafts": person.may(Permission.PROFILE_DRAFT), "kept": kept}
    if person.may(Permission.PROFILE_APPROVE):
        shown["waiting"] = queries.waiting_for(person)
    shown["stale"] = kept is not None and queries.gone_stale(kept, now)
    return render(request, "profiles/library.html", shown)


@require_GET
def life(request: HttpRequest, code: str) -> HttpResponse:
    """Show a profile: what is in force, its versions, what was in force when."""
    return life_page(request, code)


def life_page(request: HttpRequest, code: str, *, status: int = 200) -> HttpResponse:
    """Give the page of a profile.

    Raises
    ------
    Http404
        When there is none that whoever asks may read.
    """
    person = person_of(request)
    told = queries.life_of(person, code, now=timezone.now())
    if told is None:
        raise Http404
    kept = queries.performance()
    shown: dict[str, Any] = {"told": told, "current": told.in_force}
    shown |= {"kept": kept, "figures": kept.answer.get(code) if kept else None}
    if person.may(Permission.PROFILE_APPROVE):
        shown["ways"] = decided(code, timezone.now())
    return render(request, "profiles/life.html", shown, status=status)


@require_GET
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show one version of a profile."""
    row = version_or_404(request, code, number)
    return render(request, "profiles/version.html", version_shown(request, row))


def version_shown(request: HttpRequest, row: queries.VersionRow) -> dict[str, Any]:
    """Gather what the page of a version shows."""
    person, now = person_of(request), timezone.now()
    told_life = queries.life_of(person, row.code, now=now)
    current = told_life.in_force if told_life else None
    known = queries.lists(now)
    profile = queries.readable(row, known)
    held = queries.readable(current, known) if current and current.pk != row.pk else None
    return {
        "row": row,
        "life": told_life,
        "current": current,
        "told": tell(profile, language()) if profile else None,
        "digests": queries.digests_of(profile) if profile else (),
        "changes": differ(held, profile, current.number) if held and profile and current else None,
        "steps": entries_on(f"{row.code} {row.number}"),
        "mine": row.author == person.username,
        "drafts": person.may(Permission.PROFILE_DRAFT),
        "approves": person.may(Permission.PROFILE_APPROVE),
        "trial": queries.trial_of(row),
        **_shadows_shown(row),
    }


def _shadows_shown(row: queries.VersionRow) -> dict[str, Any]:
    """Give the shadow counts of a version; until which day there are facts, and how many declarations lack them."""
    counts, known = queries.shadows_of(row), history()
    return {
        "shadows": counts,
        "history_until": last_day(known) if known else None,
        "uncounted": sum(each.declarations - each.known for each in counts),
    }
