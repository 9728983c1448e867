"""The library, a profile with its versions, one version."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from darvoza.office.accounts.guard import person_of
from darvoza.office.accounts.permissions import Permission
from darvoza.office.journal.queries import entries_on
from darvoza.office.profiles import queries
from darvoza.office.profiles.telling import differ, tell


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
    """List the profiles."""
    person, now = person_of(request), timezone.now()
    words, only = request.GET.get("q", "")[:100], request.GET.get("only", "")
    lines = queries.library(person, now=now, words=words, only=only)
    kept = queries.performance()
    shown = {"lines": lines, "words": words, "only": only, "drafts": person.may(Permission.PROFILE_DRAFT), "kept": kept}
    if person.may(Permission.PROFILE_APPROVE):
        shown["waiting"] = queries.waiting_for(person)
    shown["stale"] = kept is not None and queries.gone_stale(kept, now)
    return render(request, "profiles/library.html", shown)


@require_GET
def life(request: HttpRequest, code: str) -> HttpResponse:
    """Show a profile: what is in force, its versions, what was in force when."""
    person = person_of(request)
    told = queries.life_of(person, code, now=timezone.now())
    if told is None:
        raise Http404
    kept = queries.performance()
    shown: dict[str, Any] = {"told": told, "current": told.in_force, "approves": person.may(Permission.PROFILE_APPROVE)}
    shown |= {"kept": kept, "figures": kept.answer.get(code) if kept else None}
    return render(request, "profiles/life.html", shown)


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
        "changes": differ(held, profile, current.number) if held and profile and current else None,
        "steps": entries_on(f"{row.code} {row.number}"),
        "mine": row.author == person.username,
        "drafts": person.may(Permission.PROFILE_DRAFT),
        "approves": person.may(Permission.PROFILE_APPROVE),
        "trial": queries.trial_of(row),
        "shadows": queries.shadows_of(row),
    }
