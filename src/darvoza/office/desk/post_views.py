"""Pages of a post: roster and work of the day, what is late, what was overridden."""

from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from darvoza.errors import CaseRefused
from darvoza.office.accounts.guard import person_of
from darvoza.office.desk.forms import RosterForm
from darvoza.office.desk.queries import post as queries
from darvoza.office.desk.refusals import in_words
from darvoza.office.desk.services import returns
from darvoza.office.desk.services import rosters as services
from darvoza.office.desk.views import on_order
from darvoza.office.shell.readable import readable_part


def _post(request: HttpRequest, posts: list[str]) -> str:
    """Give the post that is asked for, of those within reach; the first when none is; nothing when there is none.

    Raises
    ------
    PermissionDenied
        When another post is asked for.
    """
    asked = request.POST.get("post") or request.GET.get("post") or (posts[0] if posts else "")
    if posts and asked not in posts:
        raise PermissionDenied
    return asked


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isdecimal() else 1


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Show who is on duty, how much there is to do and how much can be done."""
    return _today(request, None)


def _today(request: HttpRequest, form: RosterForm | None, status: int = 200) -> HttpResponse:
    person = person_of(request)
    posts = queries.posts_of(person)
    told = queries.post_today(person, _post(request, posts), now=timezone.now())
    form = form or RosterForm(
        [each.officer for each in told.officers], {each.officer: each.hours for each in told.officers}
    )
    officers = list(zip(told.officers, form, strict=True))
    shown = {"told": told, "posts": posts, "officers": officers, "form": form, "now": timezone.now()}
    return render(request, "desk/post.html", shown, status=status)


def _back(post: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('post:today')}?{urlencode({'post': post})}")


@require_POST
def roster(request: HttpRequest) -> HttpResponse:
    """Take the roster of today."""
    person, now = person_of(request), timezone.now()
    post = _post(request, queries.posts_of(person))
    officers = [each.officer for each in queries.post_today(person, post, now=now).officers]
    form = RosterForm(officers, sent=request.POST)
    if not form.is_valid():
        return _today(request, form, status=422)
    made = services.set_roster(person, post, form.hours(), now=now)
    told = ngettext("%(count)s officer is on duty today.", "%(count)s officers are on duty today.", len(made.hours))
    messages.success(request, told % {"count": len(made.hours)})
    return _back(post)


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Draw who gets the orders that wait, or one of them."""
    person, only = person_of(request), request.POST.get("order", "")
    post = _post(request, queries.posts_of(person))
    try:
        done = services.assign(person, post, now=timezone.now(), only=only)
    except CaseRefused as refused:
        messages.error(request, in_words(refused))
    else:
        told = ngettext(
            "%(count)s order was given out by draw.", "%(count)s orders were given out by draw.", done.given
        )
        messages.success(request, told % {"count": done.given})
        if done.gone:
            messages.info(request, _("Some were taken by officers meanwhile."))
        if done.left:
            stay = ngettext(
                "%(count)s order stays in the queue: the hours of those on duty are used up.",
                "%(count)s orders stay in the queue: the hours of those on duty are used up.",
                done.left,
            )
            messages.warning(request, stay % {"count": done.left})
    return redirect("post:late") if only else _back(post)


@require_POST
def take_back(request: HttpRequest, order_id: str) -> HttpResponse:
    """Take an order out of somebody's hands."""
    person, reason = person_of(request), readable_part(request.POST.get("reason", ""))
    take = partial(returns.take_back, person, order_id, reason=reason, now=timezone.now())
    return on_order(request, order_id, take, _("The order waits again."), field="take-back")


@require_GET
def late(request: HttpRequest) -> HttpResponse:
    """List what is past its deadline."""
    found, lines = queries.late_orders(person_of(request), now=timezone.now(), page=_page(request))
    return render(request, "desk/late.html", {"found": found, "lines": lines, "words": ""})


@require_GET
def overrides(request: HttpRequest) -> HttpResponse:
    """List departures from what was decided."""
    found, lines = queries.departures(person_of(request), page=_page(request))
    shown = {"found": found, "lines": lines, "words": "", **queries.steered(person_of(request))}
    return render(request, "desk/overrides.html", shown)
