"""The interface answers as its own description says: requests made out of the description, and answers held to it.

Each request is made by Schemathesis, half of them as the description asks, half of them otherwise. More than a run of the
tests has time for: ``DARVOZA_DESCRIBED=10000`` before the command.
"""

import json
import os
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from darvoza.office.api.services.clients import NewClient, enter_client
from office.api.systems import ALL, NOW, Systems, a_body, an_item
from sql_tables import absent

REQUESTS = int(os.environ.get("DARVOZA_DESCRIBED", "1000"))
"""Generated requests to all addresses together."""

KNOWN: dict[str, list[Any]] = {
    "declaration_id": ["NEAR-1", "FAR-1"],
    "order_id": ["NEAR-1:customs:physical", "FAR-1:customs:physical"],
    "number": [1, 2],
}
CARS = [an_item(hs="870323", origin="DE")]


def as_lines(_context: Any, value: Any) -> bytes:
    """Write the body of a stream."""
    return value.encode(errors="replace") if isinstance(value, str) else json.dumps(value).encode()


@pytest.fixture
def described(systems: Systems) -> tuple[Any, dict[str, str]]:
    """The description as Schemathesis reads it, and the headers of a client that may do everything."""
    try:
        import schemathesis
    except ImportError as problem:
        absent("Schemathesis", problem)
        raise
    schemathesis.serializer("application/x-ndjson")(as_lines)
    token = enter_client(NewClient("fuzz", ALL, "customs", per_minute=10_000_000), by="oraz", now=NOW)
    for name in KNOWN["declaration_id"]:
        assert systems.lodge(a_body(str(name), items=CARS)).status == 201
    systems.send("POST", "/subscriptions", {"url": "http://127.0.0.1:9/x"})
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), headers=headers), headers


def checks() -> list[Any]:
    """What every answer is held to."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks as of

    return [
        not_a_server_error,
        of.status_code_conformance,
        of.content_type_conformance,
        of.response_headers_conformance,
        of.response_schema_conformance,
    ]


def test_answers_are_as_the_description_says(described: tuple[Any, dict[str, str]]) -> None:
    from schemathesis import GenerationMode

    schema, headers = described
    operations = [each.ok() for each in schema.get_all_operations()]
    assert len(operations) >= 20
    each = -(-REQUESTS // (2 * len(operations)))
    sent = [
        requests(operation, mode, headers, each)
        for operation in operations
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    ]
    assert sum(sent) >= REQUESTS / 2, "hardly anything was sent"


def requests(operation: Any, mode: Any, headers: dict[str, str], count: int) -> int:
    """Send requests to one address; give how many were sent."""
    sent = 0
    held = checks()

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def send(case: Any, data: st.DataObject) -> None:
        nonlocal sent
        for name in set(KNOWN) & set(case.path_parameters or {}):
            if data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(KNOWN[name]))
        sent += 1
        case.call_and_validate(headers=headers, checks=held)

    send()
    return sent
