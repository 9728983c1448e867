"""Every request is counted and logged: which route, what answer, how long; never who asked, and never for what."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from darvoza.office.operations.counting import COUNTS, Area

LOG = logging.getLogger("darvoza.requests")


class Watching:
    """Counts and logs; stands outermost, so that no answer passes it by."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and take the time."""
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        route = _route(request)
        COUNTS.note(_area(route), response.status_code, seconds)
        fields = {
            "method": request.method
            if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
            else "other",
            "route": route,
            "status": response.status_code,
            "milliseconds": round(seconds * 1000, 1),
        }
        LOG.log(logging.WARNING if response.status_code >= 500 else logging.INFO, "request", extra={"fields": fields})
        return response


def _route(request: HttpRequest) -> str:
    """Give the name of the address; what is in its place of an identifier stays out."""
    match = request.resolver_match
    return match.view_name if match and match.view_name else "none"


def _area(route: str) -> Area:
    """Tell which part of the office a route belongs to."""
    space = route.split(":", maxsplit=1)[0]
    return {"api": Area.API, "operations": Area.HEALTH}.get(space, Area.PAGES)
