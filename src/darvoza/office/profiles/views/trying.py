"""Trying on the history: a version, the whole set in force, a run in the shadow, a question of one's own."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from darvoza.domain.wording import render as in_english
from darvoza.domain.wording_ru import render_ru
from darvoza.errors import OutputError, ProfileError
from darvoza.flow.assessment.sentence import parse
from darvoza.office.accounts.guard import person_of
from darvoza.office.accounts.permissions import Permission
from darvoza.office.profiles import queries
from darvoza.office.profiles.searching import Bounds, search
from darvoza.office.profiles.services import figures, searches, shadow
from darvoza.office.profiles.trials import history
from darvoza.office.profiles.troubles import marked, troubles
from darvoza.office.profiles.views.reading import language, version_or_404
from darvoza.office.profiles.views.review import back, tried
from darvoza.office.shell.readable import readable_part


def _sentence(sent: Mapping[str, str]) -> str:
    """Give the sentence that was sent, on one line."""
    return " ".join(readable_part(" ".join(sent.get("q", "").split())).split())


def _on_history(request: HttpRequest, act: Callable[[], Any], done: str) -> None:
    """Do something that needs a history; say so where there is none."""
    try:
        tried(request, act, done)
    except OutputError:
        messages.error(request, _("This office has no history to try it on."))


@require_POST
def backtest(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Try a version on the whole history, and keep the answer."""
    row, by, now = version_or_404(request, code, number), person_of(request).username, timezone.now()
    _on_history(
        request, lambda: figures.try_version(row, by=by, now=now), _("Tried on the history; the answer is below.")
    )
    return back(code, number)


@require_POST
def all_figures(request: HttpRequest) -> HttpResponse:
    """Try the whole set in force, and keep the figures of the library."""
    by, now = person_of(request).username, timezone.now()
    _on_history(request, lambda: figures.try_all(by=by, now=now), _("The figures are made anew."))
    return redirect("profiles:library")


@require_POST
def run_in_shadow(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Begin or end the shadow run of a version, or count it anew."""
    row, person, now = version_or_404(request, code, number), person_of(request), timezone.now()
    on = bool(request.POST.get("on"))
    done = (
        _("It runs in the shadow: its matches are counted, and it selects nothing.")
        if on
        else _("Its shadow run has ended.")
    )
    _on_history(request, lambda: shadow.set_shadow(person, row, on=on, now=now), done)
    return back(code, number)


@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the history a question."""
    return _asked(request, request.GET)


def _asked(request: HttpRequest, sent: Mapping[str, str], *, name: str = "", status: int = 200) -> HttpResponse:
    """Show what was asked with its answer, and the name that was typed for it."""
    person, sentence = person_of(request), _sentence(sent)
    shown: dict[str, Any] = {"sentence": sentence, "saved": queries.searches_for(person), "known": history()}
    shown |= {"start": sent.get("from", ""), "end": sent.get("to", ""), "name": name}
    shown["keeps"] = person.may(Permission.PROFILE_DRAFT)
    if sentence and shown["known"]:
        shown |= _answered(person, sentence, shown)
    return render(request, "profiles/search.html", shown, status=status)


def _answered(person: Any, sentence: str, shown: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a person, placed
    """Answer a question; say what is wrong with it when it cannot be."""
    try:
        condition = parse(sentence, queries.lists(timezone.now()))
        days = [date.fromisoformat(text) if text else None for text in (shown["start"], shown["end"])]
    except ProfileError as problem:
        trouble = troubles(problem)[0]
        return {"trouble": trouble, "marked": marked(sentence, trouble.column)}
    except ValueError:
        return {"out_of_days": True}
    bounds = Bounds(days[0], days[1], person.post, queries.may_be_seen(person))
    try:
        found = search(condition, shown["known"], bounds)
    except OutputError:
        return {"out_of_days": True}
    linked = queries.in_register(person, [hit.declaration_id for hit in found.hits])
    read = render_ru(condition) if language() == "ru" else in_english(condition)
    return {"found": found, "linked": linked, "read": read}


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a question under a name, or forget one; where it is refused, nothing that was typed is lost."""
    person, now = person_of(request), timezone.now()
    name, sentence = readable_part(request.POST.get("name", "")).strip(), _sentence(request.POST)
    if request.POST.get("forget"):
        tried(request, lambda: searches.forget(person, name, now=now), _("The search is forgotten."))
    elif not tried(request, lambda: searches.keep(person, name, sentence, now=now), _("The search is kept.")):
        return _asked(request, request.POST, name=name, status=422)
    return redirect("profiles:search")
