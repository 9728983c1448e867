"""Pages of the figures: the overview, the cases behind a number, what can be taken away."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from darvoza.domain.journal import EntryKind
from darvoza.errors import InvalidValue
from darvoza.office.accounts.guard import person_of
from darvoza.office.accounts.permissions import Permission
from darvoza.office.insight.paper import figures_paper
from darvoza.office.insight.periods import Period
from darvoza.office.insight.queries import exports
from darvoza.office.insight.queries.cases import Asked, page_of
from darvoza.office.insight.queries.figures import Overview, Scope, overview, scope_of
from darvoza.office.insight.services.reckoning import reckon
from darvoza.office.insight.tables import as_csv, as_excel
from darvoza.office.insight.ways import ways_of
from darvoza.office.journal.services import record_alone
from darvoza.office.shell.words import AGENCIES
from darvoza.papers.rendering import as_pdf

LONGEST = 30.0
"""Seconds that figures may take to be made while somebody waits for the page; beyond it a command makes them."""


def _values(request: HttpRequest) -> dict[str, str]:
    sent = request.GET if request.method == "GET" else request.POST
    return {name: str(value) for name, value in sent.items()}


def _scope(request: HttpRequest) -> Scope:
    """Read whose figures are asked for, of which months.

    Raises
    ------
    InvalidValue
        The months that are asked for are no period.
    """
    person, asked = person_of(request), _values(request)
    return scope_of(
        person,
        agency=asked.get("agency", ""),
        post=asked.get("post", "")[:20],
        period=Period.of(asked),
        reasons=person.may(Permission.DECISION_READ),
    )


def _of_a_period(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Have a page say so where the months that are asked for are no period, instead of showing other months."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except InvalidValue as refused:
            asked = _values(request)
            scope = scope_of(person_of(request), agency=asked.get("agency", ""), post=asked.get("post", "")[:20])
            told = {"scope": scope, "asked": asked, "wrong": refused.got, "ways": ways_of(person_of(request))}
            return render(request, "insight/no_period.html", told, status=422)

    return answer


@require_GET
@_of_a_period
def figures(request: HttpRequest) -> HttpResponse:
    """Show leakage, then what was found, by channel, basis, month and post; of all months, or of those asked for."""
    person, scope = person_of(request), _scope(request)
    shown = overview(scope)
    told = {
        "shown": shown,
        "scope": scope,
        "agencies": AGENCIES.items(),
        "why": person.may(Permission.DECISION_READ),
        "ways": ways_of(person),
        "spans": shown.spans if shown else None,
        "quick": shown is None or shown.seconds <= LONGEST,
    }
    return render(request, "insight/figures.html", told)


@require_POST
@_of_a_period
def again(request: HttpRequest) -> HttpResponse:
    """Make the figures anew, where that does not take long."""
    shown = overview(scope_of(person_of(request)))
    if shown is not None and shown.seconds > LONGEST:
        messages.error(request, _("There are too many declarations to do this while you wait."))
    else:
        reckon(now=timezone.now())
        messages.success(request, _("The figures are up to date."))
    return redirect(_here("insight:figures", _scope(request)))


def _here(name: str, scope: Scope, **more: str) -> str:
    """Give an address with the scope in it, as far as it is not that of the person anyway."""
    asked = {"agency": scope.agency if scope.chosen else "", "post": "" if scope.placed else scope.post}
    asked |= scope.period.asked | more
    words = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse(name)}?{words}" if words else reverse(name)


def _asked(request: HttpRequest) -> Asked:
    """Read which cases are asked for; why something was chosen only from whoever may know."""
    asked = Asked.of(_scope(request), _values(request))
    if asked.basis and not person_of(request).may(Permission.DECISION_READ):
        raise PermissionDenied
    return asked


@require_GET
@_of_a_period
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases behind a number."""
    person, asked = person_of(request), _asked(request)
    number = request.GET.get("page", "1")
    found = page_of(person, asked, int(number) if number.isdecimal() else 1)
    told: dict[str, Any] = {"asked": asked, "found": found, "scope": asked.scope}
    kept = _kept(asked)
    told |= {"why": person.may(Permission.DECISION_READ), "kept": kept, "query": urlencode(kept)}
    return render(request, "insight/cases.html", told)


def _kept(asked: Asked) -> dict[str, str]:
    """Give what was asked for, to be sent along."""
    scope = asked.scope
    values = {"which": asked.which, "channel": asked.channel, "basis": asked.basis, "act": asked.act}
    values |= {"month": asked.month, "agency": scope.agency, "post": scope.post, "drawn": "1" if asked.drawn else ""}
    values |= {"until": asked.until.isoformat() if asked.until else "", **scope.period.asked}
    return {name: value for name, value in values.items() if value}


@require_POST
@_of_a_period
def export(request: HttpRequest) -> HttpResponse:
    """Give the figures, or the cases behind a number, as a table, or the figures as a paper; the journal tells of it."""
    now = timezone.now()
    person, write = person_of(request), as_excel if request.POST.get("form") == "excel" else as_csv
    if request.POST.get("which"):
        asked = _asked(request)
        head = exports.DECLARED_HEAD if asked.which == "declared" else exports.CASE_HEAD
        rows = list(exports.case_rows(person, asked, why=person.may(Permission.DECISION_READ)))
        name, told, period = "cases", _kept(asked), asked.month or asked.scope.period.file_name
    else:
        shown = overview(scope := _scope(request))
        if shown and shown.undivided:
            messages.error(request, _("These figures were made before months were told apart: bring them up to date."))
            return redirect(_here("insight:figures", scope))
        why = person.may(Permission.DECISION_READ)
        head, rows = exports.FIGURE_HEAD, list(exports.figure_rows(shown, scope, why=why)) if shown else []
        name, period, told = (
            "figures",
            scope.period.file_name,
            {"agency": scope.agency, "post": scope.post, **scope.period.asked},
        )
        if request.POST.get("form") == "pdf" and shown:
            return _printed(request, shown, scope, told)
    head, rows = exports.with_currency(head, rows, settings.CURRENCY)
    record_alone(EntryKind.EXPORT, name, {**told, "rows": len(rows)}, by=person.username, now=now)
    return write(_file_name(name, period, now), head, rows)


def _file_name(name: str, period: str, now: datetime) -> str:
    """Name a file after what it holds, of which months, and when it was taken away."""
    return "-".join(filter(None, ("darvoza", name, period, f"{now:%Y%m%d-%H%M}")))


def _printed(request: HttpRequest, shown: Overview, scope: Scope, told: Mapping[str, str]) -> HttpResponse:
    """Give the figures as PDF, in English on pages in English, in Russian on all the others; the same figures give the same file."""
    person, now = person_of(request), timezone.now()
    language = "en" if (get_language() or "en").startswith("en") else "ru"
    paper = figures_paper(shown, scope, why=person.may(Permission.DECISION_READ), language=language)
    pdf = as_pdf(paper, at=shown.made_at.replace(microsecond=0))
    written = {**told, "form": "pdf", "digest": paper.digest}
    record_alone(EntryKind.EXPORT, "figures", written, by=person.username, now=now)
    named = {"Content-Disposition": f'attachment; filename="{_file_name("figures", scope.period.file_name, now)}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=named)
