"""Whatever goes wrong below the interface is a problem detail with a stable code, never a page."""

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client as Browser
from django.urls import reverse

from architecture.house import ROOT
from darvoza.office.api import queries
from darvoza.office.api.problems import CONTENT_TYPE, KINDS, LONGEST_KEY
from darvoza.office.api.urls import urlpatterns
from office.api.systems import Systems, a_body


def assert_is(answer: Any, status: int, code: str) -> None:
    """The answer is this problem, and leaves nothing in a browser."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, CONTENT_TYPE)
    said = json.loads(answer.content)
    assert (said["code"], said["status"], said["title"]) == (code, status, KINDS[code].title)
    assert not answer.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v1/", "/api/v2/gate", "/api/v1/nothing", "/api/v1/declarations/", "/api/v1/deliveries/"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_an_address_that_is_none_is_a_problem(path: str, method: str) -> None:
    answer = Browser(enforce_csrf_checks=True).generic(method, path)
    if method == "HEAD":
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, CONTENT_TYPE)
    else:
        assert_is(answer, 404, "not-found")


@pytest.mark.django_db
def test_other_addresses_keep_their_pages() -> None:
    answer = Browser().get("/nothing")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    answer = Browser().get("/account/sign-in/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_a_problem() -> None:
    for host in ("elsewhere.example", "a b"):
        assert_is(Browser().get("/api/v1/gate", headers={"host": host}), 400, "bad-request")


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda each: str(each.name))
def test_a_method_that_is_not_taken_is_a_problem_that_names_those_that_are(pattern: Any) -> None:
    named = {name: 1 if name == "number" else "D-1" for name in pattern.pattern.converters}
    answer = Browser(enforce_csrf_checks=True).generic("PUT", reverse(f"api:{pattern.name}", kwargs=named))
    assert_is(answer, 405, "method-not-allowed")
    taken = answer.headers["Allow"].split(", ")
    assert set(taken) <= {"GET", "HEAD", "POST", "DELETE"}
    assert taken
    assert ("HEAD" in taken) == ("GET" in taken)


def test_what_can_be_read_can_be_asked_for_its_head(systems: Systems) -> None:
    systems.lodge(a_body())
    for path in (
        "/declarations/D-1",
        "/declarations/D-1/release",
        "/declarations/D-1/cusres",
        "/orders",
        "/gate",
        "/openapi.json",
    ):
        whole, head = systems.send("GET", path), systems.send("HEAD", path)
        assert (head.status, head.headers["Content-Type"]) == (200, whole.headers["Content-Type"])
        assert head.headers.get("ETag") == whole.headers.get("ETag")
        assert head.body == ""
    assert systems.send("HEAD", "/declarations/NONE").status == 404
    assert systems.send("HEAD", "/gate", by=None).status == 401


@pytest.mark.parametrize(
    ("fault", "status", "code"), [(OperationalError("gone"), 503, "gate-closed"), (KeyError("x"), 500, "office-failed")]
)
def test_what_fails_is_a_problem(
    systems: Systems, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, code: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(queries, "orders_for", broken)
    systems.browser.raise_request_exception = False
    said = systems.send("GET", "/orders")
    assert (said.status, said.code) == (status, code)
    assert (said.headers.get("Retry-After") is not None) == (status == 503)


def test_the_description_names_every_code(systems: Systems) -> None:
    said = systems.send("GET", "/openapi.json").body
    assert said["components"]["schemas"]["ProblemSchema"]["properties"]["code"]["enum"] == list(KINDS)
    for path, operations in said["paths"].items():
        for operation in operations.values():
            named = {int(status) for status in operation["responses"]}
            assert named >= {kind.status for kind in KINDS.values()}, path


@pytest.mark.parametrize(
    ("text", "reason", "field"),
    [
        ("a: [", "why", "profile"),
        ("code: X", "why", "X: when"),
        ("a: b", "why", "code"),
        ("[]", "why", "profile"),
    ],
)
def test_a_profile_that_was_sent_wrongly_is_told_of_as_that(
    systems: Systems, text: str, reason: str, field: str
) -> None:
    said = systems.send("POST", "/profiles", {"text": text, "reason": reason})
    assert (said.status, said.code) == (422, "invalid")
    assert said.body["errors"][0]["field"] == field


@pytest.mark.parametrize("path", ["/screening", "/profiles", "/comparisons", "/declarations/D-1/arrival"])
def test_a_body_that_is_missing_or_no_object_is_called_body(systems: Systems, path: str) -> None:
    for sent in (b"", b"[]", b"17"):
        said = systems.send("POST", path, sent)
        assert (said.status, said.body["errors"][0]["field"]) == (422, "body")


def test_a_key_is_as_long_as_is_said(systems: Systems) -> None:
    assert systems.lodge(a_body(), idempotency_key="k" * LONGEST_KEY).status == 201
    said = systems.lodge(a_body(), idempotency_key="k" * (LONGEST_KEY + 1))
    assert f"1 to {LONGEST_KEY} printable" in said.body["title"]
    guide = (ROOT / "docs" / "how-to" / "connect-a-system.md").read_text(encoding="utf-8")
    assert f"1 to {LONGEST_KEY} printable characters" in guide
    assert not [code for code in KINDS if f"`{code}`" not in guide]
