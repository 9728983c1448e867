"""Submitting, answering, going back: each a form that changes something and leads back to the page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from darvoza.errors import ProfileError, ProfileRefused
from darvoza.office.accounts.guard import person_of
from darvoza.office.profiles.queries import VersionRow
from darvoza.office.profiles.refusals import in_words
from darvoza.office.profiles.services import figures, returns, versions
from darvoza.office.profiles.views.reading import life_page, version_or_404, version_shown
from darvoza.office.shell.readable import readable_part


def tried(request: HttpRequest, act: Callable[[], Any], done: str | Callable[[Any], str]) -> Any:  # noqa: ANN401 - what the act gives
    """Do it, and say what is done or why not; give what came of it, nothing when it was refused."""
    made = None
    try:
        made = act()
    except* ProfileRefused as group:
        for problem in group.exceptions:
            messages.error(request, in_words(problem) if isinstance(problem, ProfileRefused) else str(problem))
    except* ProfileError:
        messages.error(request, _("It cannot be read as a profile yet. Open it to see what is wrong."))
    else:
        messages.success(request, done if isinstance(done, str) else done(made))
    return made


def back(code: str, number: int) -> HttpResponse:
    """Lead back to the page of a version."""
    return redirect("profiles:version", code, number)


def _version_again(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Give the page of a version once more, as it stands now, after a form of it was refused: with what was typed."""
    row = version_or_404(request, code, number)
    return render(request, "profiles/version.html", version_shown(request, row), status=409)


@require_POST
def submit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Ask for approval; whoever answers finds the back-test of what was submitted, where there is a history."""
    row, person, now = version_or_404(request, code, number), person_of(request), timezone.now()
    reason = readable_part(request.POST.get("reason", ""))
    done = _("Submitted; a second person answers.")
    if not tried(request, lambda: versions.submit(person, row, reason=reason, now=now), done):
        return _version_again(request, code, number)
    figures.try_again(row, by=person.username, now=now)
    return back(code, number)


@require_POST
def take_back(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Have one's own version back."""
    row, person, now = version_or_404(request, code, number), person_of(request), timezone.now()
    tried(request, lambda: versions.take_back(person, row, now=now), _("It is a draft again."))
    return back(code, number)


@require_POST
def discard(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Give up one's own draft."""
    row, person, now = version_or_404(request, code, number), person_of(request), timezone.now()
    tried(request, lambda: versions.discard(person, row, now=now), _("The draft is discarded."))
    return back(code, number)


@require_POST
def answer(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Approve, with the moment from which on it is in force; or return."""
    row, person, now = version_or_404(request, code, number), person_of(request), timezone.now()
    approved, seen = bool(request.POST.get("approved")), request.POST.get("seen", "")
    try:
        at = moment_of(request.POST.get("at", ""))
    except ValueError:
        messages.error(request, _("Give day and time, as 2026-03-01T08:00."))
        return _version_again(request, code, number)
    said = versions.Answer(
        approved,
        readable_part(request.POST.get("reason", "")),
        at,
        int(seen) if seen.isdecimal() else None,
        tuple(request.POST.getlist("digest")),
    )
    done = _("Approved.") if approved else _("Returned to its author.")
    if tried(request, lambda: versions.answer(person, row, said, now=now), done) is None:
        return _version_again(request, code, number)
    return back(code, number)


def moment_of(text: str) -> datetime | None:
    """Read a moment as the field of a form gives it, in the time of the office; nothing when it was left empty.

    Raises
    ------
    ValueError
        When it is no moment.
    """
    if not text.strip():
        return None
    made = parse_datetime(text.strip())
    if made is None:
        raise ValueError(text)
    return made if made.tzinfo else timezone.make_aware(made)


@require_POST
def roll_back(request: HttpRequest, code: str) -> HttpResponse:
    """Put in force again what was before, or ask a second person."""
    person, now, reason = person_of(request), timezone.now(), readable_part(request.POST.get("reason", ""))
    to = request.POST.get("to", "")
    number = int(to) if to.isdecimal() else 0  # none has this number
    return _at_once(
        request, code, lambda: returns.roll_back(person, code, number, reason=reason, now=now), _("Rolled back.")
    )


@require_POST
def call_off(request: HttpRequest, code: str) -> HttpResponse:
    """Let what is planned fall, or ask a second person."""
    person, now, reason = person_of(request), timezone.now(), readable_part(request.POST.get("reason", ""))
    return _at_once(request, code, lambda: returns.call_off(person, code, reason=reason, now=now), _("Called off."))


def _at_once(request: HttpRequest, code: str, act: Callable[[], VersionRow | None], done: str) -> HttpResponse:
    """Do what an approver does at once, and lead to the profile; to the version that waits, where it takes two."""
    waiting = _("Less could be controlled by it: a second approver answers.")
    made = tried(request, lambda: (act(),), lambda rows: waiting if rows[0] else done)
    if made is None:
        return life_page(request, code, status=409)
    return back(code, made[0].number) if made[0] else redirect("profiles:life", code)


@require_POST
def begin(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Begin a version of one's own from another; with the wish to end, one that asks that the profile ends."""
    row, person, now = version_or_404(request, code, number), person_of(request), timezone.now()
    ends = bool(request.POST.get("ends"))
    done = _("This draft asks that the profile ends. Say why, and submit it.") if ends else _("A draft of your own.")
    made = tried(request, lambda: versions.begin(person, versions.fields_of(row), now=now, ends=ends), done)
    return back(code, made.number if made else number)
