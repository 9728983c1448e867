"""Pages of the administrator."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from darvoza.office.accounts.guard import person_of
from darvoza.office.administration.forms import NewPersonForm, PersonForm, PostForm
from darvoza.office.administration.queries import people as asked
from darvoza.office.administration.queries import places as places_asked
from darvoza.office.administration.services import people as services
from darvoza.office.administration.services import posts

EDITED = ("name", "roles", "agency", "post")


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List the people."""
    words, page = request.GET.get("q", ""), request.GET.get("page", "1")
    found, with_factor = asked.people(words, int(page) if page.isdecimal() else 1)
    shown = {"found": found, "words": words, "with_factor": with_factor, "now": timezone.now()}
    return render(request, "administration/people.html", shown)


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter somebody; the password is shown once, on the page that answers."""
    form = NewPersonForm(request.POST if request.method == "POST" else None)
    posts_known = [line.code for line in places_asked.posts()]
    if form.is_valid():
        new = form.person()
        given = services.enter_person(person_of(request).username, new, now=timezone.now())
        return render(request, "administration/password.html", {"username": new.username, "password": given})
    status = 422 if form.is_bound else 200
    return render(request, "administration/enter.html", {"form": form, "posts": posts_known}, status=status)


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Show an account, and change it."""
    told = asked.account(username)
    if told is None:
        raise Http404
    own = person_of(request).username == username
    before = {name: getattr(told.person, name) for name in EDITED}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=before)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in EDITED}
        services.change(person_of(request), username, values, now=timezone.now())
        messages.success(request, _("Changed; it holds from the next request on."))
        return redirect("administration:person", username)
    posts_known = [line.code for line in places_asked.posts()]
    shown = {"told": told, "form": form, "own": own, "posts": posts_known, "now": timezone.now()}
    return render(request, "administration/person.html", shown, status=422 if form.is_bound else 200)


Service = Callable[[Any, str, datetime], None]


def _do(request: HttpRequest, username: str, act: Service, done: str) -> HttpResponse:
    """Do something to an account, say so, and show it."""
    if asked.account(username) is None:
        raise Http404
    act(person_of(request), username, timezone.now())
    messages.success(request, done)
    return redirect("administration:person", username)


@require_POST
def close(request: HttpRequest, username: str) -> HttpResponse:
    """Close an account."""
    return _do(request, username, lambda by, name, now: services.close(by, name, now=now), _("The account is closed."))


@require_POST
def reopen(request: HttpRequest, username: str) -> HttpResponse:
    """Open an account again."""
    return _do(
        request, username, lambda by, name, now: services.reopen(by, name, now=now), _("The account is open again.")
    )


@require_POST
def second_factor(request: HttpRequest, username: str) -> HttpResponse:
    """Take the second factor away."""
    done = _("The second factor is taken away; it is set up again at the next sign-in.")
    return _do(request, username, lambda by, name, now: services.reset_second_factor(by, name, now=now), done)


@require_POST
def sessions(request: HttpRequest, username: str) -> HttpResponse:
    """End every session of somebody."""
    return _do(
        request, username, lambda by, name, now: services.end_sessions(by, name, now=now), _("Every session is ended.")
    )


@require_POST
def password(request: HttpRequest, username: str) -> HttpResponse:
    """Give somebody a new password; it is shown once, on the page that answers."""
    if asked.account(username) is None:
        raise Http404
    given = services.reset_password(person_of(request), username, now=timezone.now())
    return render(request, "administration/password.html", {"username": username, "password": given})


@require_http_methods(["GET", "POST"])
def places(request: HttpRequest) -> HttpResponse:
    """List posts and agencies, and name a post."""
    form = PostForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        values = form.cleaned_data
        posts.name_post(person_of(request), values["code"], values["name"], now=timezone.now())
        messages.success(request, _("The post has its name."))
        return redirect("administration:places")
    shown = {"posts": places_asked.posts(), "agencies": places_asked.agencies(), "form": form}
    return render(request, "administration/places.html", shown, status=422 if form.is_bound else 200)


@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """Show what the office stands on: runs that were taken in, and the days whose keys were drawn with."""
    shown = {"runs": places_asked.runs(), "days": places_asked.key_days()}
    return render(request, "administration/data.html", shown)
