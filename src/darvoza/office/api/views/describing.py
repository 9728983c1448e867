"""The description of the interface, completed: what the views do not say of headers, of texts, and of the events that are sent."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from ninja import Schema
from pydantic import Field

from darvoza.office.api.problems import CONTENT_TYPE, KINDS
from darvoza.office.api.views.answers import EVENTS
from darvoza.office.api.words import MEANINGS, EventKind

TEXTS: Final = {"stream": "application/x-ndjson", "cusres": "application/edifact"}
"""Answers that are no JSON, by the name of their address."""

Told = dict[str, Any]


def _said(description: str, kind: str = "string", **more: object) -> Told:
    """Describe a header of an answer."""
    return {"description": description, "schema": {"type": kind, **more}}


def _asked(name: str, description: str) -> Told:
    """Describe a header that a request may have."""
    return {"name": name, "in": "header", "required": False, **_said(description)}


TAGGED: Final = {"ETag": _said("By which the answer is known to be the same.")}
AGAIN: Final = {
    "Idempotent-Replayed": _said("`true` where the same request came before under this key.", enum=["true"])
}
LATER: Final = {"Retry-After": _said("Seconds after which it is asked again.", "integer", minimum=0)}
BEARER: Final = {"WWW-Authenticate": _said("How to show who asks.")}

REFUSED: Final = {"401": BEARER, "429": LATER, "503": LATER}
"""Headers of refusals, by status."""

HELD: Final = _asked("If-None-Match", "Tags of what was read before; 304 where it is still the same.")
MATCHED: Final = {
    "/declarations/{declaration_id}/amendments": "The revision, or tags of the decision: only while it is the latest.",
    "/declarations/{declaration_id}/cancellation": "The revision, or tags of the decision: only while it is the latest.",
    "/orders/{order_id}/findings": "Tags of the order: only while it is what was read.",
}
"""What ``If-Match`` holds, by address."""

KEPT: Final = frozenset({"/declarations", *MATCHED, "/profiles"})
"""Addresses whose answers are kept for the key of a request."""

KEY: Final = _asked("Idempotency-Key", "With a key of its own, a request that is sent twice is done once.")

SENT: Final = {
    "Darvoza-Event": "The number of the event, by which it is known when it comes twice.",
    "Darvoza-Attempt": "How often it was sent, this time included.",
    "Darvoza-Signature": "`t=…,v1=…`: HMAC-SHA256, in hexadecimal, keyed with the secret as it was told, over `t`, a full stop and the body.",
}
"""Headers with which an event is sent."""


class FaultSchema(Schema):
    """What is wrong with one field."""

    field: str
    code: str
    expected: str = ""
    got: str = ""
    message: str = ""
    hint: str = ""


class ProblemSchema(Schema):
    """Problem details."""

    type: str
    title: str
    status: int
    code: str = Field(json_schema_extra={"enum": list(KINDS)})
    detail: str = ""
    errors: list[FaultSchema] = []


def described_wholly(schema: Mapping[str, Any], names: Mapping[str, str], prefix: str = "/api/v1") -> Told:
    """Complete a description: refusals are problem details, texts are texts, and what was read before need not be sent again.

    Every address may refuse with every problem there is. Views do not name them: a model would be made of each at each start.

    Parameters
    ----------
    schema
        The description as it was made out of the views.
    names
        The name of each address by its path.
    prefix
        What every path begins with.
    """
    told, problem = dict(schema), _described(ProblemSchema, schema["components"]["schemas"])
    for path, method, operation in _operations(told):
        said = {str(status): said for status, said in operation["responses"].items()}
        responses = operation["responses"] = said | _refusals(problem)
        text = TEXTS.get(names.get(path, ""))
        if text:
            responses["200"] = {"description": "OK", "content": {text: {"schema": {"type": "string"}}}}
        else:
            _tag(path.removeprefix(prefix), method, operation)
    told["webhooks"] = {kind.value: _webhook(kind, told["components"]["schemas"]) for kind in EventKind}
    return told


def _refusals(problem: Told) -> Told:
    """Describe every refusal by its status."""
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": {CONTENT_TYPE: {"schema": problem}},
            "headers": dict(REFUSED.get(str(status), {})),
        }
        for status in sorted({kind.status for kind in KINDS.values()})
    }


def _described(model: type[Schema], schemas: Told) -> Told:
    """Refer to a model, which is added to the schemas with all that it is made of."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas |= {name: said for name, said in schema.pop("$defs", {}).items() if name not in schemas}
    schemas[model.__name__] = schema
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _tag(address: str, method: str, operation: Told) -> None:
    """Tell of tags and keys: how something is asked for, and what is said beside the answer."""
    responses, asked = operation["responses"], list(operation.get("parameters", ()))
    kept = method == "post" and address in KEPT
    for status in {"200", "201"} & set(responses):
        responses[status]["headers"] = TAGGED | (AGAIN if kept else {})
    if method == "get":
        asked.append(HELD)
        responses["304"] = {"description": "Not changed since it was read with this tag.", "headers": TAGGED}
    if kept and not any(each["name"] == KEY["name"] for each in asked):
        asked.append(KEY)
    if kept and address in MATCHED:
        asked.append(_asked("If-Match", MATCHED[address]))
    operation["parameters"] = asked


def _webhook(kind: EventKind, schemas: Told) -> Told:
    """Describe an event as it is sent; what its body is made of is added to the schemas."""
    sent = {"allOf": [_described(EVENTS[kind], schemas)], "properties": {"kind": {"const": kind.value}}}
    meaning = MEANINGS[EventKind][kind]
    return {
        "post": {
            "operationId": kind.value,
            "summary": f"{meaning[0].upper()}{meaning[1:]}.",
            "tags": ["events"],
            "parameters": [{**_asked(name, said), "required": True} for name, said in SENT.items()],
            "requestBody": {"required": True, "content": {"application/json": {"schema": sent}}},
            "responses": {"2XX": {"description": "Taken; any other answer has it sent again, later and later."}},
        }
    }


def _operations(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, Told]]:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation
