"""What every address shares: who asks, what is sent, how it is answered."""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from darvoza.domain.journal import EntryKind
from darvoza.errors import DarvozaError, shown
from darvoza.flow.fields import leaves
from darvoza.office.api.bodies import LARGEST, MOST_TOLD, broken_off, check_texts, read_json, whole_body
from darvoza.office.api.callers import Caller
from darvoza.office.api.documents import as_text, etag, names, tag_of
from darvoza.office.api.problems import LONGEST_KEY, Problem, of_core, unknown_token
from darvoza.office.api.purposes import Purpose
from darvoza.office.api.requests import Answer, body_digest
from darvoza.office.api.services.clients import caller_of, count, met_caller
from darvoza.office.journal.services import plainly, record_alone

MOST_PER_PAGE = 500


class Token(HttpBearer):
    """Who asks, by the token."""

    known = staticmethod(caller_of)

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:  # noqa: ARG002 - the name is ninja's
        """Give the client that has the token; nobody when it is unknown."""
        caller = self.known(token)
        if caller is not None:
            count(caller, timezone.now())
        return caller


class MetToken(Token):
    """Who asks, as this process has met it; for what asks itself whether the client still stands."""

    known = staticmethod(met_caller)


class Json(Parser):
    """How bodies are read: as all others are, with their type looked at first."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401 - JSON
        """Read a body."""
        body, _ = sent(request)
        check_texts(body)
        return body


api = NinjaAPI(
    title="Darvoza", version="1", urls_namespace="api", parser=Json(), openapi_url=None, docs_url=None, auth=Token(),
    description="Declarations in, decisions out. Errors are problem details (RFC 9457) with a stable code.",
)  # fmt: skip


View = Callable[..., Any]


def refuse_unknown(request: HttpRequest, known: Collection[str]) -> None:
    """Refuse what stands behind the question mark of an address and nobody looks at: who asks believes that it is answered.

    Raises
    ------
    Problem
        When there is any.
    """
    expected = f"one of {', '.join(sorted(known))}" if known else "no parameter at this address"
    told = tuple(
        {"field": name[:64], "code": "not-a-parameter", "expected": expected, "got": shown(name)}
        for name in request.GET
        if name not in known
    )
    if told:
        raise Problem("invalid", errors=told[:MOST_TOLD])


def _asked_for(view: View) -> View:
    """Have a view refuse parameters that it does not have; those of an address and a body have no defaults."""
    each = inspect.signature(view).parameters.values()
    known = frozenset(_called(one) for one in each if one.default is not inspect.Parameter.empty)

    @wraps(view)
    def asked(request: HttpRequest, **named: Any) -> Any:  # noqa: ANN401 - as the view has it
        refuse_unknown(request, known)
        return view(request, **named)

    return asked


def _called(parameter: inspect.Parameter) -> str:
    """Give how a parameter is called in an address: by another name where its own is a word of the language."""
    told = getattr(parameter.annotation, "__metadata__", ())
    return next((str(each.alias) for each in told if getattr(each, "alias", None)), parameter.name)


api.add_decorator(_asked_for, mode="operation")


def caller_for(request: HttpRequest, purpose: Purpose) -> Caller:
    """Give the client that asks, if its token serves the purpose.

    Raises
    ------
    Problem
        When it does not; the journal is told.
    """
    caller: Caller = request.auth  # type: ignore[attr-defined] # put there by ninja
    if purpose not in caller.purposes:
        asked = {
            "what": "request refused",
            "purpose": purpose.value,
            "method": request.method,
            "path": plainly(request.path),
        }
        record_alone(EntryKind.SIGN_IN_REFUSED, caller.username, asked, by=caller.username, now=timezone.now())
        raise Problem("forbidden", f"the token does not serve {purpose}")
    return caller


def key_of(request: HttpRequest) -> str:
    """Give the key of a request.

    Raises
    ------
    Problem
        When it has none.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not (1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        raise Problem("key-missing")
    return key


def sent(request: HttpRequest) -> tuple[Any, str]:
    """Read the body as JSON; give it with the digest of address and body.

    Raises
    ------
    Problem
        When it is too large, of another type, or no JSON.
    """
    if request.content_type != "application/json":
        raise Problem("media-type", "application/json")
    body = whole_body(request, LARGEST)
    return read_json(body), body_digest(request.method.encode() if request.method else b"", request.path.encode(), body)


def answered(request: HttpRequest, document: object, status: int = 200) -> HttpResponse:
    """Answer with a document and its tag; nothing but the tag where the client has it already."""
    tag = etag(document)
    known = request.headers.get("If-None-Match", "")
    if request.method == "GET" and known and names(known, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(as_text(document), status=status, content_type="application/json", headers={"ETag": tag})


def answered_once(answer: Answer) -> HttpResponse:
    """Answer with what was done, now or when the same request came before."""
    again = {"Idempotent-Replayed": "true"} if answer.again else {}
    headers = {"ETag": tag_of(answer.text), **again}
    return HttpResponse(answer.text, status=answer.status, content_type="application/json", headers=headers)


def paged(request: HttpRequest, name: str, page: tuple[list[dict[str, Any]], int | None]) -> HttpResponse:
    """Answer with a page and the mark at which the next one begins; none on the last."""
    rows, after = page
    return answered(request, {name: rows, "next": after})


@api.exception_handler(Problem)
def problem(_request: HttpRequest, said: Problem) -> HttpResponseBase:
    """Say what is wrong."""
    return said.answer()


@api.exception_handler(AuthenticationError)
def unauthorised(_request: HttpRequest, _said: AuthenticationError) -> HttpResponseBase:
    """Say that the token is missing or unknown."""
    return unknown_token().answer()


@api.exception_handler(UnreadablePostError)
def unread(_request: HttpRequest, _said: UnreadablePostError) -> HttpResponseBase:
    """Say that a body could not be read to its end."""
    return broken_off().answer()


@api.exception_handler(HttpError)
def unreadable(_request: HttpRequest, said: HttpError) -> HttpResponseBase:
    """Say why a body cannot be read."""
    cause = said.__cause__ or said.__context__
    return (cause if isinstance(cause, Problem) else Problem("not-json")).answer()


@api.exception_handler(ValidationError)
def invalid(_request: HttpRequest, said: ValidationError) -> HttpResponseBase:
    """Say which fields are wrong."""
    told = tuple(
        {
            "field": _place(each["loc"]),
            "code": str(each["type"]),
            "expected": _expected(each),
        }
        for each in said.errors
    )
    return Problem("invalid", errors=told).answer()


def _expected(fault: Mapping[str, Any]) -> str:
    """Say what was expected, as the office says it of a declaration."""
    limits = fault.get("ctx") or {}
    match fault["type"]:
        case "missing":
            return "a value, for the field is required"
        case "too_short":
            return f"at least {limits['min_length']} of them"
        case "too_long":
            return f"at most {limits['max_length']} of them"
    return str(fault["msg"]).removeprefix("Input should be ")


def _place(loc: Sequence[str | int]) -> str:
    """Name a field by its path; in a body, the second part is the name that the view gives the whole."""
    where, *path = loc
    return ".".join(map(str, path[1:] if where == "body" else path)) or str(where)


@api.exception_handler(DarvozaError)
def refused(_request: HttpRequest, said: DarvozaError) -> HttpResponseBase:
    """Say what the core refused."""
    return of_core([said]).answer()


@api.exception_handler(ExceptionGroup)
def refused_often(_request: HttpRequest, said: ExceptionGroup[DarvozaError]) -> HttpResponseBase:
    """Say everything the core refused."""
    return of_core(list(leaves(said))).answer()
