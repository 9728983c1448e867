"""Layers around every request, and those that pages alone need: a system has no session, no form and no language to be found out."""

from collections.abc import Callable
from threading import local

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import deactivate

FOR_SYSTEMS = "/api/"
"""Below this address nobody is signed in: each request brings its token."""

Answer = Callable[[HttpRequest], HttpResponse]


class _Loading(local):
    """The innermost layer of the chain that this thread is putting together, from within outwards."""

    innermost: Answer | None = None


_LOADING = _Loading()


class Innermost:
    """Stands behind the layers of pages, where `ForPages` finds it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        _LOADING.innermost = self

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)


class ForPages:
    """Stands before the layers of pages: what a system asks passes them by, down to `Innermost`.

    What they look at just before a view stays, and takes a system for somebody who has not signed in: a view that does not say
    that it is open to anybody stays shut.
    """

    def __init__(self, get_response: Answer) -> None:
        if _LOADING.innermost is None:
            raise RuntimeError("the layers of pages have no end: Innermost has to stand behind ForPages")
        self.get_response, self._innermost = get_response, _LOADING.innermost
        _LOADING.innermost = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a system in the language of the office, whoever this thread answered before."""
        if not request.path_info.startswith(FOR_SYSTEMS):
            return self.get_response(request)
        deactivate()
        request.user = AnonymousUser()
        return self._innermost(request)
