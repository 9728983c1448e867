"""Pages of the desk: the queue, an order, its result, a referral, a blank act."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from darvoza.domain.casework import CaseState
from darvoza.domain.codes import Act, Agency
from darvoza.errors import CaseRefused
from darvoza.flow.inspection.papers.control_papers import blank_act
from darvoza.office.accounts.guard import person_of
from darvoza.office.accounts.permissions import Permission
from darvoza.office.desk.forms import NOTHING_MARKED, ResultForm, Sampling
from darvoza.office.desk.queries import orders as queries
from darvoza.office.desk.refusals import REFUSALS, Refusal, in_words, refusal_of
from darvoza.office.desk.seen import UNSEEN, changes, seen_in
from darvoza.office.desk.services import orders as services
from darvoza.office.desk.services.returns import give_back as give_back_order
from darvoza.office.shell.words import ACTS
from darvoza.papers.rendering import as_pdf


def language() -> str:
    """Give the language of instructions and papers: English on pages in English, Russian on all the others."""
    return "en" if (get_language() or "en").startswith("en") else "ru"


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show the queue, or what awaits a laboratory of it; when only the table is asked for, only the table."""
    asked, awaiting = request.GET.get("page", "1"), request.GET.get("state") == CaseState.AWAITING
    page = int(asked) if asked.isdecimal() else 1
    told = queries.queue(person_of(request), now=timezone.now(), page=page, awaiting=awaiting)
    part = "desk/queue_table.html" if request.headers.get("HX-Request") else "desk/queue.html"
    return render(
        request, part, {"told": told, "found": told.page, "words": "", "query": told.state and f"state={told.state}"}
    )


@require_GET
def order(request: HttpRequest, order_id: str) -> HttpResponse:
    """Show what is to be checked, and to whoever holds it the form of the result."""
    return _order_page(request, order_id, None)


def _order_page(
    request: HttpRequest, order_id: str, form: ResultForm | None, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    person = person_of(request)
    found = queries.task(person, order_id, language())
    if found is None:
        raise Http404
    works = person.may(Permission.ORDER_WORK)
    if form is None and found.mine and found.order.state == "claimed" and works:
        form = ResultForm(found.goods, found.owed, found.draft, sent=False, sampling=_sampling(found))
    shown = {"task": found, "order": found.order, "form": form, "acts": ACTS.items(), "works": works}
    shown |= {"refusal": refusal, "reason": request.POST.get("reason", "")}
    shown["settles"] = person.may(Permission.OVERRIDE_LOWER) and found.order.state == "lowering"
    shown["corrects"] = works and found.corrects
    shown["photographs"] = works and found.mine and found.order.state in {"claimed", "recorded"}
    shown["claims"] = works and found.order.state in {"waiting", "awaiting"}
    free = found.order.state == "waiting" or (found.order.state == "claimed" and found.mine)
    shown["departs"] = free and (works or person.may(Permission.OVERRIDE_RAISE))
    return render(request, "desk/order.html", shown, status=status)


def _sampling(found: queries.Task) -> Sampling:
    asked = found.order.act == Act.SAMPLING and not found.laboratory
    return Sampling(found.awaited, found.laboratory, asked)


def _try(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Do it, and say that it is done or why not; tell whether it is."""
    try:
        act()
    except CaseRefused as refused:
        messages.error(request, in_words(refused))
        return False
    messages.success(request, done)
    return True


def _back(order_id: str) -> HttpResponseRedirect:
    return redirect("desk:order", order_id)


@require_POST
def claim(request: HttpRequest, order_id: str) -> HttpResponse:
    """Take an order into one's own hands."""
    person, now = person_of(request), timezone.now()
    _try(request, lambda: services.claim(person, order_id, now=now), _("The order is yours."))
    return _back(order_id)


@require_POST
def give_back(request: HttpRequest, order_id: str) -> HttpResponse:
    """Let go of an order."""
    person, now, reason = person_of(request), timezone.now(), request.POST.get("reason", "")
    if not _try(
        request, lambda: give_back_order(person, order_id, reason=reason, now=now), _("The order waits again.")
    ):
        return _back(order_id)
    return redirect("desk:queue")


@require_POST
def result(request: HttpRequest, order_id: str) -> HttpResponse:
    """Take a result; what is wrong is told beside it, and nothing that was entered is lost."""
    person, now = person_of(request), timezone.now()
    found = queries.task(person, order_id, language())
    if found is None:
        raise Http404
    form = ResultForm(found.goods, found.owed, request.POST, sent=True, sampling=_sampling(found))
    if changed := changes(request.POST.get("seen", ""), found.seen):
        return _order_page(request, order_id, form, refusal=refusal_by(changed), status=409)
    if not form.is_valid():
        return _order_page(request, order_id, form, status=422)
    if form.unmarked and not form.confirmed:
        asked = NOTHING_MARKED % {"items": ", ".join(map(str, form.unmarked))}
        return _order_page(request, order_id, form, refusal=Refusal(asked, "in-order"), status=422)
    try:
        entered = form.result(by=person.username, at=now)
        after = services.record_result(person, order_id, entered, now=now, version=found.seen.version)
    except CaseRefused as refused:
        return _order_page(request, order_id, form, refusal=refusal_of(refused), status=409)
    done = {
        CaseState.RECORDED: _("The result is recorded."),
        CaseState.AWAITING: _("The samples are recorded; the order awaits the laboratory."),
        CaseState.LOWERING: _("Proposed; a second person decides."),
    }
    messages.success(request, done[after.state])
    return redirect("desk:queue")


def refusal_by(changed: list[str]) -> Refusal:
    """Say what was changed since a form was opened, and that it may be sent again."""
    again = _(
        "Nothing was recorded. What you entered is kept: look at it again, and send it once more if it still holds."
    )
    return Refusal(" ".join((*changed, again)))


@require_POST
def draft(request: HttpRequest, order_id: str) -> HttpResponse:
    """Keep a form that is not finished."""
    values = {name: request.POST.getlist(name)[:20] for name in request.POST if name.startswith("item")}
    kept = services.save_draft(person_of(request), order_id, values, now=timezone.now())
    return HttpResponse(status=204 if kept else 409)


@require_POST
def depart(request: HttpRequest, order_id: str) -> HttpResponse:
    """Raise an order, or propose to do less."""
    person, now, reason = person_of(request), timezone.now(), request.POST.get("reason", "")
    act = _act(request.POST.get("act", ""))
    if request.POST.get("more") and act is not None:
        _try(
            request,
            lambda: services.raise_act(person, order_id, act, reason=reason, now=now),
            _("The order was raised."),
        )
    else:
        told = _("Proposed; a second person decides.")
        _try(request, lambda: services.propose_lowering(person, order_id, act, reason=reason, now=now), told)
    return _back(order_id)


@require_POST
def settle(request: HttpRequest, order_id: str) -> HttpResponse:
    """Agree that less is done, or refuse it; of what the page showed, and of nothing else."""
    person, now, reason = person_of(request), timezone.now(), request.POST.get("reason", "")
    agreed = bool(request.POST.get("agreed"))
    found = queries.task(person, order_id, language())
    if found is None:
        raise Http404
    told = request.POST.get("seen", "")
    if changed := changes(told, found.seen) if seen_in(told) else [_(UNSEEN)]:
        waits = found.order.state == "lowering"
        refusal = refusal_by(changed) if waits else Refusal(" ".join((*changed, str(REFUSALS["state"]))))
        return _order_page(request, order_id, None, refusal=refusal, status=409)
    done = _("Agreed.") if agreed else _("Refused; the order stands.")
    settle = partial(services.settle_lowering, agreed=agreed, reason=reason, now=now, version=found.seen.version)
    _try(request, partial(settle, person, order_id), done)
    return _back(order_id)


@require_POST
def refer(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Open an order on one's own suspicion."""
    act = _act(request.POST.get("act", ""))
    try:
        made = services.refer(
            person_of(request),
            declaration_id,
            act or Act.PHYSICAL,
            suspicion=request.POST.get("suspicion", ""),
            now=timezone.now(),
        )
    except CaseRefused as refused:
        messages.error(request, in_words(refused))
        return redirect("registry:declaration", declaration_id)
    return _back(made)


def _act(text: str) -> Act | None:
    return Act(text) if text in set(Act) else None


@require_GET
def blank(request: HttpRequest) -> HttpResponse:
    """Give a blank act as PDF, for when the power is cut."""
    agency = Agency(person_of(request).agency or Agency.CUSTOMS)
    pdf = as_pdf(blank_act(agency, language()), at=timezone.now().replace(microsecond=0))
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="act.pdf"'}
    )
