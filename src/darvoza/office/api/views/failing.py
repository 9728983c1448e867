"""Errors that come before or after every view: problem details below the interface, pages everywhere else."""

import sys
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from darvoza.office.api.problems import Problem
from darvoza.office.shell.layers import FOR_SYSTEMS
from darvoza.office.shell.statements import UNAVAILABLE

Page = Callable[..., HttpResponse]


def problem_or(page: Page, code: str) -> Page:
    """Make what answers an error: a problem below the interface, a page elsewhere."""

    @wraps(page)
    def answer(request: HttpRequest, *arguments: object, **named: object) -> HttpResponse:
        if request.path_info.startswith(FOR_SYSTEMS):
            return Problem(code).answer()
        return page(request, *arguments, **named)

    return answer


def failure_or(page: Page) -> Page:
    """Make what answers where something failed; a database that is gone is gone for a while only."""

    @wraps(page)
    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(FOR_SYSTEMS):
            return page(request)
        if isinstance(sys.exception(), UNAVAILABLE):
            return Problem("gate-closed", "the database is not available", headers={"Retry-After": "30"}).answer()
        return Problem("office-failed").answer()

    return answer
