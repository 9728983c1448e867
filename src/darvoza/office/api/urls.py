"""Addresses of the interface; each asks for a token instead of a session."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from darvoza.office.accounts.guard import open_page
from darvoza.office.api.bodies import LARGEST, LARGEST_STREAM, open_body
from darvoza.office.api.problems import Problem
from darvoza.office.api.views import control, lodging
from darvoza.office.api.views.asking import Token, api, refuse_unknown, unauthorised
from darvoza.office.api.views.describing import described_wholly

api.add_router("/declarations", lodging.router)
api.add_router("", control.router)

app_name = "api"

Answer = Callable[..., HttpResponseBase]


def described(request: HttpRequest) -> HttpResponseBase:
    """Describe the interface as OpenAPI 3.1, to whoever has a token."""
    if not Token()(request):
        return unauthorised(request, PermissionError())  # type: ignore[arg-type] # what was raised is not looked at
    refuse_unknown(request, ())
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    names = {f"/api/v1/{_path_of(each)}": str(each.name) for each in _addresses()}
    return JsonResponse(described_wholly(schema, names))


def _addresses() -> Iterator[URLPattern]:
    """Give the addresses that are described."""
    yield from (each for each in api.urls[0] if isinstance(each, URLPattern) and each.name != "api-root")


def _path_of(pattern: URLPattern) -> str:
    """Give the path of an address as OpenAPI writes it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))


def _opened(route: str, answer: Answer, name: str) -> URLPattern:
    """Ask at an address for a token: no session, and so no form that could be forged."""
    largest = LARGEST_STREAM if name == "stream" else LARGEST

    @csrf_exempt
    @wraps(answer)
    def view(request: HttpRequest, **named: object) -> HttpResponseBase:
        try:
            if request.method == "POST":
                open_body(request, largest)
            return _allowed(_by_method(request, answer, named))
        except Problem as problem:
            return problem.answer()

    return open_page(route, view, name=name)


def _by_method(request: HttpRequest, answer: Answer, named: Mapping[str, object]) -> HttpResponseBase:
    """Answer; HEAD as GET, whose body the server keeps back."""
    if request.method != "HEAD":
        return answer(request, **named)
    request.method = "GET"
    try:
        return answer(request, **named)
    finally:
        request.method = "HEAD"


def _allowed(response: HttpResponseBase) -> HttpResponseBase:
    """Give an answer; a method that is not taken is a problem.

    Raises
    ------
    Problem
        When it is not taken.
    """
    if response.status_code != 405:
        return response
    taken = {each.strip() for each in response["Allow"].split(",")}
    raise Problem(
        "method-not-allowed", headers={"Allow": ", ".join(sorted(taken | ({"HEAD"} if "GET" in taken else set())))}
    )


urlpatterns = [
    _opened("openapi.json", require_GET(described), "openapi"),
    *(_opened(str(each.pattern), each.callback, str(each.name)) for each in _addresses()),
]
