"""Where a process says that it lives: answered as soon as it listens, before the pages and the gate are loaded."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

LIVE = "health/live"
ANY_NAME = "localhost"
ITS_ADDRESSES = "darvoza.office.operations.alive_urls"


@require_GET
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's name
    """Say that the process answers; it asks nothing else, so that a broken database does not get the process killed."""
    return JsonResponse({"live": True})


class Alive:
    """Looks this one address up in a list of its own: to read that of the whole office, all of it has to be loaded.

    It is answered under whatever name it is asked by: what looks after a container asks it by number, and learns nothing else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if request.path_info == f"/{LIVE}":
            request.urlconf = ITS_ADDRESSES
            request.get_host = lambda: ANY_NAME  # type: ignore[method-assign]
        return self.get_response(request)
