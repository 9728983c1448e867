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
from darvoza.office.desk.refusals import REFUSALS, in_words, refusal_at, refusal_of
from darvoza.office.desk.seen import UNSEEN, changes, seen_in
from darvoza.office.desk.services import orders as services
from darvoza.office.desk.services.returns import give_back as give_back_order
from darvoza.office.registry.views import declaration_page
from darvoza.office.shell.readable import readable_part
from darvoza.office.shell.typed import Refusal
from darvoza.office.shell.words import ACTS
from darvoza.papers.rendering import as_pdf

UNCHOSEN = "-"
"""The act of a form in which none was chosen yet; that nothing is to be done is chosen, too, and is empty."""


def language() -> str:
    """Give the language of instructions and papers: English on pages in English, Russian on all the others."""
    return "en" if (get_language() or "en").startswith("en") else "ru"


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Show the queue, or what awaits a laboratory of it; when only the table is asked for, only the table."""
    asked, awaiting = request.GET.get("page", "1"), request.GET.get("state") == CaseState.AWAITING
    page = int(asked) if asked.isdecimal() else 1
    person = person_of(request)
    told = queries.queue(person, now=timezone.now(), page=page, awaiting=awaiting)
    part = "desk/queue_table.html" if request.headers.get("HX-Request") else "desk/queue.html"
    shown = {"told": told, "found": told.page, "words": "", "query": told.state and f"state={told.state}"}
    return render(request, part, shown | {"works": person.may(Permission.ORDER_WORK)})


@require_GET
def order(request: HttpRequest, order_id: str) -> HttpResponse:
    """Show what is to be checked, and to whoever holds it the form of the result."""
    return order_page(request, order_id, None)


def order_page(
    request: HttpRequest,
    order_id: str,
    form: ResultForm | None = None,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """Give the page of an order; where something was refused on it, with why.

    Raises
    ------
    Http404
        When the order is not the person's.
    """
    person = person_of(request)
    found = queries.task(person, order_id, language())
    if found is None:
        raise Http404
    works = person.may(Permission.ORDER_WORK)
    if form is None and found.mine and found.order.state == "claimed" and works:
        form = ResultForm(found.goods, found.owed, found.draft, sent=False, sampling=_sampling(found))
    shown = {"task": found, "order": found.order, "form": form, "acts": ACTS.items(), "works": works}
    shown["unchosen"] = UNCHOSEN
    shown["refusal"] = refusal
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


def on_order(
    request: HttpRequest, order_id: str, act: Callable[[], object], done: str, *, field: str, then: str = ""
) -> HttpResponse:
    """Do what a form of an order's page asks for; where it is refused, give the page once more, with what was typed.

    Parameters
    ----------
    request
        What was sent.
    order_id
        The order.
    act
        What is to be done.
    done
        What is said then.
    field
        How the names of the form's fields begin on the page, such as ``depart``.
    then
        Name of the page that is shown then; the order's where there is none.

    Raises
    ------
    Http404
        When it is refused, and the order is not the person's.
    """
    try:
        act()
    except CaseRefused as refused:
        return _refused(request, order_id, refusal_at(refused, field))
    messages.success(request, done)
    return redirect(then) if then else _back(order_id)


def _refused(request: HttpRequest, order_id: str, refusal: Refusal) -> HttpResponse:
    return order_page(request, order_id, refusal=refusal, status=409)


def _back(order_id: str) -> HttpResponseRedirect:
    return redirect("desk:order", order_id)


@require_POST
def claim(request: HttpRequest, order_id: str) -> HttpResponse:
    """Take an order into one's own hands."""
    person, now = person_of(request), timezone.now()
    try:
        services.claim(person, order_id, now=now)
    except CaseRefused as refused:
        messages.error(request, in_words(refused))
    else:
        messages.success(request, _("The order is yours."))
    return _back(order_id)


@require_POST
def give_back(request: HttpRequest, order_id: str) -> HttpResponse:
    """Let go of an order."""
    person, now, reason = person_of(request), timezone.now(), readable_part(request.POST.get("reason", ""))
    give = partial(give_back_order, person, order_id, reason=reason, now=now)
    return on_order(request, order_id, give, _("The order waits again."), field="back", then="desk:queue")


@require_POST
def result(request: HttpRequest, order_id: str) -> HttpResponse:
    """Take a result; what is wrong is told beside it, and nothing that was entered is lost."""
    person, now = person_of(request), timezone.now()
    found = queries.task(person, order_id, language())
    if found is None:
        raise Http404
    form = ResultForm(found.goods, found.owed, request.POST, sent=True, sampling=_sampling(found))
    if changed := changes(request.POST.get("seen", ""), found.seen):
        held = found.mine and found.order.state == CaseState.CLAIMED
        return order_page(request, order_id, form, refusal=_stale(changed, open_still=held), status=409)
    if not form.is_valid():
        return order_page(request, order_id, form, status=422)
    if form.unmarked and not form.confirmed:
        asked = NOTHING_MARKED % {"items": ", ".join(map(str, form.unmarked))}
        return order_page(request, order_id, form, refusal=Refusal(asked, "in-order"), status=422)
    try:
        entered = form.result(by=person.username, at=now)
        after = services.record_result(person, order_id, entered, now=now, version=found.seen.version)
    except CaseRefused as refused:
        return order_page(request, order_id, form, refusal=refusal_of(refused), status=409)
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


def _stale(changed: list[str], *, open_still: bool) -> Refusal:
    """Say what was changed since a form was opened, and whether it may be sent again or is settled already."""
    return refusal_by(changed) if open_still else Refusal(" ".join((*changed, str(REFUSALS["state"]))))


@require_POST
def draft(request: HttpRequest, order_id: str) -> HttpResponse:
    """Keep a form that is not finished."""
    values = {name: request.POST.getlist(name)[:20] for name in request.POST if name.startswith("item")}
    kept = services.save_draft(person_of(request), order_id, values, now=timezone.now())
    return HttpResponse(status=204 if kept else 409)


@require_POST
def depart(request: HttpRequest, order_id: str) -> HttpResponse:
    """Raise an order, or propose to do less; where no act is chosen, neither."""
    person, now, reason = person_of(request), timezone.now(), readable_part(request.POST.get("reason", ""))
    asked, more = request.POST.get("act", UNCHOSEN), bool(request.POST.get("more"))
    act = _act(asked)
    if act is None and (more or asked):
        return _refused(request, order_id, Refusal(_("Choose the act that is to be done instead."), "depart-act"))
    if act is not None and more:
        done, move = _("The order was raised."), partial(services.raise_act, act=act)
    else:
        done, move = _("Proposed; a second person decides."), partial(services.propose_lowering, act=act)
    change = partial(move, person, order_id, reason=reason, now=now)
    return on_order(request, order_id, change, done, field="depart")


@require_POST
def settle(request: HttpRequest, order_id: str) -> HttpResponse:
    """Agree that less is done, or refuse it; of what the page showed, and of nothing else."""
    person, now, reason = person_of(request), timezone.now(), readable_part(request.POST.get("reason", ""))
    agreed = bool(request.POST.get("agreed"))
    found = queries.task(person, order_id, language())
    if found is None:
        raise Http404
    told = request.POST.get("seen", "")
    if changed := changes(told, found.seen) if seen_in(told) else [_(UNSEEN)]:
        refusal = _stale(changed, open_still=found.order.state == CaseState.LOWERING)
        return order_page(request, order_id, refusal=refusal, status=409)
    done = _("Agreed.") if agreed else _("Refused; the order stands.")
    settle = partial(services.settle_lowering, agreed=agreed, reason=reason, now=now, version=found.seen.version)
    return on_order(request, order_id, partial(settle, person, order_id), done, field="settle")


@require_POST
def refer(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Open an order on one's own suspicion."""
    person, act = person_of(request), _act(request.POST.get("act", "")) or Act.PHYSICAL
    suspicion, now = readable_part(request.POST.get("suspicion", "")), timezone.now()
    try:
        made = services.refer(person, declaration_id, act, suspicion=suspicion, now=now)
    except CaseRefused as refused:
        return declaration_page(request, declaration_id, refusal=refusal_at(refused), status=409)
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
