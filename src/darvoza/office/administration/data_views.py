"""Pages of the reference data: what is in force, a new version tried, submitted, answered, and going back."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from darvoza.domain.journal import EntryKind
from darvoza.errors import DarvozaError, DataRefused
from darvoza.flow.fields import leaves
from darvoza.office.accounts.guard import person_of
from darvoza.office.accounts.permissions import Permission
from darvoza.office.administration.data_differences import SHOWN
from darvoza.office.administration.data_life import DataKind, DataMove, DataState
from darvoza.office.administration.data_words import in_words, troubles_in
from darvoza.office.administration.forms import FileForm, ListForm
from darvoza.office.administration.queries import contents
from darvoza.office.administration.queries import reference as asked
from darvoza.office.administration.services import reference as services
from darvoza.office.journal.services import record_alone
from darvoza.office.profiles.troubles import Trouble
from darvoza.office.profiles.views.review import moment_of
from darvoza.office.shell.readable import readable_part


def _place() -> services.Place:
    return services.Place(settings.GATE_FILE, settings.HOME)


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """Show the reference data in force, and what waits."""
    person, now = person_of(request), timezone.now()
    shown: dict[str, Any] = {"lists": asked.list_lines(now), "shipped": asked.shipped_lines(), "has_gate": False}
    if settings.GATE_FILE.exists():
        shown["has_gate"] = True
        try:
            shown["files"] = asked.file_lines(settings.GATE_FILE, now)
        except DarvozaError as problem:
            shown["gate_trouble"] = str(problem)
    shown |= {"manages": person.may(Permission.DATA_MANAGE), "open": asked.open_versions()}
    return render(request, "administration/reference.html", shown)


@require_GET
def life(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """Show what of a list or file is, was and is to be in force."""
    return _life_page(request, kind, name)


def _life_page(request: HttpRequest, kind: str, name: str, status: int = 200) -> HttpResponse:
    told = asked.life_of(_kind(kind), name, timezone.now())
    if told is None:
        raise Http404
    shown: dict[str, Any] = {"told": told, "manages": person_of(request).may(Permission.DATA_MANAGE)}
    if told.kind is DataKind.LIST:
        shown |= {"codes": contents.codes_to_read(told.current), "current": told.current}
    return render(request, "administration/data_life.html", shown, status=status)


@require_GET
def content(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Give what stands in one state of a list or file, as it is taken in again; the journal tells of it."""
    found = contents.content_of(_kind(kind), number)
    if found is None:
        raise Http404
    told = {"what": "content taken along", "number": number}
    by = person_of(request).username
    record_alone(EntryKind.EXPORT, f"{found.kind} {found.name}", told, by=by, now=timezone.now())
    answer = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.file) or "attachment"
    return answer


def _kind(text: str) -> DataKind:
    if text not in set(DataKind):
        raise Http404
    return DataKind(text)


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, kind: str) -> HttpResponse:
    """Try a new version of a list or file."""
    of = _kind(kind)
    if of is not DataKind.LIST and not settings.GATE_FILE.exists():
        raise Http404
    made = ListForm if of is DataKind.LIST else FileForm
    named = {"name": request.GET.get("name", "")[:120]}
    form = made(request.POST, request.FILES) if request.method == "POST" else made(initial=named)
    row, told = _tried(request, of, form) if form.is_valid() else (None, [])
    if row is not None:
        messages.success(request, _("It can be read. Look at what it changes, then submit it."))
        return redirect("administration:data_version", row.pk)
    shown = {"form": form, "kind": of, "told": told}
    return render(request, "administration/offer.html", shown, status=422 if form.is_bound else 200)


def _tried(request: HttpRequest, of: DataKind, form: ListForm | FileForm) -> tuple[asked.DataRow | None, list[Trouble]]:
    """Try what a form sent; say everything that is wrong with it."""
    row: asked.DataRow | None = None
    told: list[Trouble] = []
    person, now, content = person_of(request), timezone.now(), form.cleaned_data["file"].read()
    try:
        if isinstance(form, ListForm):
            row = services.offer_list(person, form.header(), content, now=now)
        else:
            row = services.offer_file(person, of, form.cleaned_data["name"], content, at=_place(), now=now)
    except* DataRefused as refused:
        told = [Trouble("", in_words(each)) for each in leaves(refused)]
    except* DarvozaError as problems:
        told = troubles_in(problems)
    return row, told


@require_GET
def data_version(request: HttpRequest, number: int) -> HttpResponse:
    """Show a version: what it changes, and what can be done with it."""
    return _version_page(request, number)


def _version_page(request: HttpRequest, number: int, status: int = 200) -> HttpResponse:
    told = asked.version_told(number, settings.GATE_FILE, timezone.now())
    if told is None:
        raise Http404
    person = person_of(request)
    shown = {"told": told, "row": told.row, "most": SHOWN, "mine": told.row.author == person.username}
    shown["manages"] = person.may(Permission.DATA_MANAGE)
    shown["changes"] = told.changes
    if told.row.state == DataState.APPROVED:
        shown |= {"changes": contents.changed_by(told.row, settings.GATE_FILE), "past": True}
    return render(request, "administration/data_version.html", shown, status=status)


@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Submit or discard one's own version."""
    row, person, now = _row(number), person_of(request), timezone.now()
    move = DataMove.DISCARD if request.POST.get("discard") else DataMove.SUBMIT
    done = _("Discarded.") if move is DataMove.DISCARD else _("Submitted: a second administrator answers.")
    reason = readable_part(request.POST.get("reason", ""))

    def move_it() -> str:
        services.act(person, row, move, reason, now=now)
        return done

    if not _done(request, move_it):
        return _version_page(request, number, status=409)
    return redirect("administration:data_version", number)


@require_POST
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Approve somebody else's version, with the moment from which on it is in force; or return it."""
    row, person, now = _row(number), person_of(request), timezone.now()
    approved, reason = bool(request.POST.get("approved")), readable_part(request.POST.get("reason", ""))
    try:
        at = moment_of(request.POST.get("at", ""))
    except ValueError:
        messages.error(request, _("Give day and time, as 2026-03-01T08:00."))
        return _version_page(request, number, status=409)
    said = services.DataAnswer(approved, reason, at, request.POST.get("seen", ""))
    done = _("Approved.") if approved else _("Returned.")

    def say() -> str:
        services.answer(person, row, said, at=_place(), now=now)
        return done

    if not _done(request, say):
        return _version_page(request, number, status=409)
    _carry_out(request)
    return redirect("administration:data_version", number)


@require_POST
def roll_back(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """Put in force again what was before; where fewer goods would be controlled, a second administrator is asked."""
    person, now, seen = person_of(request), timezone.now(), request.POST.get("seen", "")
    reason = readable_part(request.POST.get("reason", ""))
    wish = services.GoingBack(_kind(kind), name, int(seen) if seen.isdecimal() else 0, reason)
    waits: list[asked.DataRow] = []

    def go_back() -> str:
        if (row := services.roll_back(person, wish, now=now)) is None:
            return _("Rolled back.")
        waits.append(row)
        return _("Submitted: a second administrator answers.")

    if not _done(request, go_back):
        return _life_page(request, kind, name, status=409)
    if waits:
        return redirect("administration:data_version", waits[0].pk)
    _carry_out(request)
    return redirect("administration:data_life", kind, name)


def _row(number: int) -> asked.DataRow:
    row = asked.data_row(number)
    if row is None:
        raise Http404
    return row


def _done(request: HttpRequest, act: Callable[[], str]) -> bool:
    """Do something and say what it says, or say why not; tell whether it is done."""
    try:
        done = act()
    except DataRefused as refused:
        messages.error(request, in_words(refused))
    except DarvozaError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, done)
        return True
    return False


def _carry_out(request: HttpRequest) -> None:
    """Let the gate know of files that are in force by now; where that fails, the worker tries again."""
    if not settings.GATE_FILE.exists():
        return
    try:
        services.carry_out(_place(), now=timezone.now())
    except (DarvozaError, OSError) as problem:
        why = {"why": problem}
        messages.warning(request, _("It is decided, but the state of the gate could not be written yet: %(why)s") % why)
