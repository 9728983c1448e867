"""Addresses with the permission they need, side by side; whoever lacks it is refused."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from darvoza.office.accounts.models import Person
from darvoza.office.accounts.permissions import Permission

View = Callable[..., HttpResponseBase]


def signed_in(request: HttpRequest) -> Person | None:
    """Give the person who asks; nobody when nobody signed in."""
    person = getattr(request, "user", None)
    return person if isinstance(person, Person) else None


def person_of(request: HttpRequest) -> Person:
    """Give the person who asks.

    Raises
    ------
    PermissionDenied
        When nobody signed in.
    """
    person = signed_in(request)
    if person is None:
        raise PermissionDenied
    return person


def page(route: str, view: View, *, name: str, needs: Permission | None = None, form_on: str = "") -> URLPattern:
    """Make an address that asks for a permission; with none, that one has signed in.

    One that takes only forms leads a browser back to the page of the form: the one that is named in `form_on`, with the
    same values in its address, or the one whose address lies above.

    Whether a request is signed in at all is seen to by Django's middleware, for every address that is not declared open.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: object, **named: object) -> HttpResponseBase:
        if needs is not None and not person_of(request).may(needs):
            raise PermissionDenied(needs)
        answer = view(request, *arguments, **named)
        if not _came_back_to_a_form(request, answer):
            return answer
        above = f"{request.path.rstrip('/').rpartition('/')[0]}/"
        return HttpResponseRedirect(reverse(form_on, args=arguments, kwargs=named) if form_on else above)

    return path(route, guarded, name=name)


def _came_back_to_a_form(request: HttpRequest, answer: HttpResponseBase) -> bool:
    """Tell whether a browser was led to an address that takes only forms, as after a sign-in that a form asked for."""
    return request.method == "GET" and answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED


def open_page(route: str, view: View, *, name: str) -> URLPattern:
    """Make an address that anybody may ask for."""

    @wraps(view)
    def unguarded(request: HttpRequest, *arguments: object, **named: object) -> HttpResponseBase:
        return view(request, *arguments, **named)

    unguarded.login_required = False  # type: ignore[attr-defined] # how Django's middleware is told
    return path(route, unguarded, name=name)
