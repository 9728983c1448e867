"""Pages of what was worked out elsewhere and taken in: the frontier, the score, the map of posts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from darvoza.domain.codes import RiskFamily
from darvoza.office.accounts.guard import person_of
from darvoza.office.insight.queries.figures import overview, scope_of
from darvoza.office.insight.queries.reports import frontier_shown, posts_map, score_shown
from darvoza.office.insight.ways import ways_of
from darvoza.office.shell.words import AGENCIES

VERDICTS: dict[str, Promise] = {
    "fall back": _(
        "The model in use is unfit: take it out of use, so that profiles and chance select, and learn anew."
    ),
    "refit": _(
        "The model in use no longer says what is true: look at what was found where the alarm is, and learn anew."
    ),
    "watch": _("Results lie apart from what was stated, no chart alarms: look again when more results are in."),
    "keep": _("Nothing speaks against the model in use."),
    "too few": _("Too few results to judge the model in use: below 30 results or 10 findings there is no number."),
    "better": _("The challenger is better beyond chance."),
    "worse": _("The challenger is worse beyond chance."),
    "undecided": _("Not decided: the difference may be chance."),
}
NAMES: dict[str, Promise] = {
    "all rows": _("all rows"),
    "chosen with a known π": _("chosen with a known π"),
    "HS × origin × trader seen before": _("HS × origin × trader seen before"),
    "HS × origin × trader never seen": _("HS × origin × trader never seen"),
    "HS × route × tax × mass seen before": _("HS × route × tax × mass seen before"),
    "HS × route × tax × mass never seen": _("HS × route × tax × mass never seen"),
    RiskFamily.VALUATION: _("valuation"),
    RiskFamily.CLASSIFICATION: _("classification"),
    RiskFamily.ORIGIN: _("origin"),
    RiskFamily.CONCEALMENT: _("concealment"),
    RiskFamily.SPS: _("sanitary, veterinary or phytosanitary risk"),
    RiskFamily.FORMALITIES: _("formalities"),
    "grave": _("grave findings"),
    "loss": _("loss, in money"),
    "all": _("all results"),
    "random": _("random floor"),
    "log_loss": _("log loss (less is better)"),
    "hit_rate": _("hit rate at capacity"),
    "recovered": _("recovered an examination"),
}


@require_GET
def frontier(request: HttpRequest) -> HttpResponse:
    """Show what share of the harm is detected for each share examined, and where the selection stands."""
    person = person_of(request)
    scope = scope_of(person, post=request.GET.get("post", "")[:20])
    return render(
        request, "insight/frontier.html", {"shown": frontier_shown(scope), "scope": scope, "ways": ways_of(person)}
    )


@require_GET
def score(request: HttpRequest) -> HttpResponse:
    """Show the model card, drift, and champion beside challenger."""
    told = {"shown": score_shown(), "verdicts": VERDICTS, "names": NAMES, "ways": ways_of(person_of(request))}
    return render(request, "insight/score.html", told)


@require_GET
def posts(request: HttpRequest) -> HttpResponse:
    """Show the posts on a map, with the table behind it."""
    person = person_of(request)
    scope = scope_of(person, agency=request.GET.get("agency", ""))
    shown = overview(scope)
    told = {"shown": shown, "scope": scope, "map": posts_map(shown) if shown else None}
    return render(request, "insight/posts.html", told | {"ways": ways_of(person), "agencies": AGENCIES.items()})
