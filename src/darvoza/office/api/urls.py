"""Addresses of the interface; each asks for a token instead of a session."""

import re
from collections.abc import Callable, Iterator
from functools import wraps

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt

from darvoza.office.accounts.guard import open_page
from darvoza.office.api.bodies import LARGEST, LARGEST_STREAM, open_body
from darvoza.office.api.problems import Problem
from darvoza.office.api.views import control, lodging
from darvoza.office.api.views.answers import described_wholly
from darvoza.office.api.views.asking import Token, api, unauthorised

api.add_router("/declarations", lodging.router)
api.add_router("", control.router)

app_name = "api"


def described(request: HttpRequest) -> HttpResponseBase:
    """Describe the interface as OpenAPI 3.1, to whoever has a token."""
    if not Token()(request):
        return unauthorised(request, PermissionError())  # type: ignore[arg-type] # what was raised is not looked at
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    names = {f"/api/v1/{_path_of(each)}": str(each.name) for each in _addresses()}
    return JsonResponse(described_wholly(schema, names))


def _addresses() -> Iterator[URLPattern]:
    """Give the addresses that are described."""
    yield from (each for each in api.urls[0] if isinstance(each, URLPattern) and each.name != "api-root")


def _path_of(pattern: URLPattern) -> str:
    """Give the path of an address as OpenAPI writes it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))


def _opened(pattern: URLPattern) -> URLPattern:
    """Ask at an address for a token: no session, and so no form that could be forged."""
    largest = LARGEST_STREAM if pattern.name == "stream" else LARGEST
    answer: Callable[..., HttpResponseBase] = pattern.callback

    @csrf_exempt
    @wraps(answer)
    def view(request: HttpRequest, **named: object) -> HttpResponseBase:
        try:
            if request.method == "POST":
                open_body(request, largest)
        except Problem as problem:
            return problem.answer()
        return answer(request, **named)

    return open_page(str(pattern.pattern), view, name=str(pattern.name))


urlpatterns = [
    open_page("openapi.json", described, name="openapi"),
    *map(_opened, _addresses()),
]
