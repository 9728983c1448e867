"""Pages of a recorded result: its act as PDF, its correction."""

from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from darvoza.errors import CaseRefused
from darvoza.flow.inspection.papers.examination import examination_paper
from darvoza.office.accounts.guard import person_of
from darvoza.office.accounts.queries import name_of
from darvoza.office.desk.forms import ResultForm
from darvoza.office.desk.queries.photos import photos_of
from darvoza.office.desk.refusals import refusal_of
from darvoza.office.desk.seen import changes, seen_now
from darvoza.office.desk.services import orders as services
from darvoza.office.desk.views import language, refusal_by
from darvoza.office.registry.queries import act_for, case_for
from darvoza.office.shell.readable import readable_part
from darvoza.office.shell.typed import Refusal
from darvoza.papers.rendering import as_pdf


@require_GET
def act(request: HttpRequest, order_id: str, number: int | None = None) -> HttpResponse:
    """Give the act of a result as PDF, or of all of them; the same result gives the same file, whatever is amended later."""
    found = act_for(person_of(request), order_id, number)
    if found is None:
        raise Http404
    declared, case, result = found
    # papers tell moments by the clock of the office, as pages do
    declared = replace(declared, lodged_at=timezone.localtime(declared.lodged_at))
    told = replace(result, at=timezone.localtime(result.at))
    named = {"officer": name_of(result.by), "currency": settings.CURRENCY}
    paper = examination_paper(declared, case, told, language(), **named)
    pdf = as_pdf(paper, at=result.at.replace(microsecond=0))
    shown = {"Content-Disposition": 'inline; filename="act.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=shown)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, order_id: str) -> HttpResponse:
    """Show what was recorded, to be corrected by whoever recorded it; take the correction with its reason."""
    person, now = person_of(request), timezone.now()
    found = case_for(person, order_id)
    if found is None or (result := found[1].spoken_by(person.username)) is None:
        raise Http404
    declared = found[0]
    reason = readable_part(request.POST.get("reason", ""))
    refusal: Refusal | None = None
    seen, status = seen_now(found[2], found[1]), 200
    if request.method == "POST":
        form = ResultForm(declared.items, {item.item for item in result.items}, request.POST, sent=True)
        status = 422
        if changed := changes(request.POST.get("seen", ""), seen):
            refusal, status = refusal_by(changed), 409
        elif form.is_valid():
            try:
                entered = form.result(by=person.username, at=now)
                after = services.correct_result(person, order_id, entered, reason=reason, now=now, version=seen.version)
            except CaseRefused as refused:
                refusal, status = refusal_of(refused), 409
            else:
                proposed = after.state == "lowering"
                done = _("The result is corrected; the first one is kept.")
                messages.success(request, _("Proposed; a second person decides.") if proposed else done)
                return redirect("desk:order", order_id)
    else:
        form = ResultForm.of(declared.items, result)
    shown = {"form": form, "declared": declared, "order_id": order_id, "reason": reason, "result": result, "seen": seen}
    shown["refusal"] = refusal
    shown["photos"] = photos_of(order_id)
    return render(request, "desk/correct.html", shown, status=status)
