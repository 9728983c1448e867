"""Pages that belong to no app: errors, and the change of language."""

import sys

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.i18n import set_language


def language(request: HttpRequest) -> HttpResponseBase:
    """Change the language of the pages; kept in a cookie."""
    return set_language(request)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's name
    """Say that this is not allowed to the person."""
    return render(request, "errors/403.html", status=403)


def absent(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's name
    """Say that there is no such page, or none that the person may know of."""
    return render(request, "errors/404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's name
    """Say that the office failed; nothing half-done was kept.

    The page is made without the request: who asks stands in the database, which may be what failed. Then the answer says
    that it is for a while only, and when to ask again.
    """
    page = render_to_string("errors/500.html")
    if isinstance(sys.exception(), DatabaseError | InterfaceError):
        return HttpResponse(page, status=503, headers={"Retry-After": "30"})
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's name
    """Say that the form was not sent from a page of this office, or is too old."""
    return render(request, "errors/form.html", status=403)
