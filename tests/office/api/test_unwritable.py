"""What cannot be written down is told of like anything else that is wrong: half of a pair of surrogates, and U+0000."""

import json

import pytest

from darvoza.office.api.models import Lodgement
from darvoza.office.api.problems import Problem
from office.api.systems import Systems, a_body, an_item

HALF = '"\\ud800"'
DECLARATIONS = [
    f"{{{HALF}: 1}}", f'{{"declaration_id": {HALF}}}', f'{{"items": [{{{HALF}: 1}}]}}', HALF, f"[{HALF}]", f'{{"items": {HALF}}}',
    f'{{"items": [{HALF}]}}', f'{{"declaration_id": [{HALF}]}}', f'{{"post": {{{HALF}: 1}}}}', f'{{"version": {HALF}}}',
    '{"declaration_id": "../\\udfff"}', '{"declaration_id": "\\u0000"}', f"{{{HALF}: ",
]  # fmt: skip


@pytest.mark.parametrize("text", DECLARATIONS)
def test_a_declaration_with_half_of_a_pair_is_refused_and_harms_no_other(systems: Systems, text: str) -> None:
    systems.lodge(a_body("D-1"))
    for path in ("/declarations", "/declarations/D-1/amendments"):
        said = systems.send("POST", path, text.encode())
        assert (said.status, said.code) in {(422, "invalid"), (400, "not-json")}, said.body
    around = [json.dumps(a_body("A")), text, json.dumps(a_body("B"))]
    said = systems.send("POST", "/declarations/stream", "\n".join(around).encode(), content_type="application/x-ndjson")
    first, wrong, last = [json.loads(line)["status"] for line in said.body.splitlines()]
    assert (first, last) == (201, 201)
    assert wrong in {400, 422}
    assert Lodgement.objects.count() == 3


BODIES = {
    "/screening": '{"values": [%s]}', "/comparisons": '{"decisions": [{"declaration_id": %s, "channel": "red"}]}',
    "/profiles": '{"text": "code: X", "reason": %s}', "/subscriptions": '{"url": "https://a.example", "kinds": [%s]}',
    "/declarations/D-1/arrival": '{"post": %s}', "/orders/D-1:customs:physical/findings": '{"items": [{"item": 1, "words": %s}]}',
}  # fmt: skip
PLACES = {
    "/screening": "values.0", "/comparisons": "decisions.0.declaration_id", "/profiles": "reason", "/subscriptions": "kinds.0",
    "/declarations/D-1/arrival": "post", "/orders/D-1:customs:physical/findings": "items.0.words",
}  # fmt: skip


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("text", [HALF, '"a\\u0000"'])
def test_every_text_that_cannot_be_kept_is_named(systems: Systems, path: str, text: str) -> None:
    systems.lodge(a_body("D-1", items=[an_item(hs="870323")]))
    said = systems.send("POST", path, (BODIES[path] % text).encode())
    assert (said.status, said.code) == (422, "invalid")
    assert [(each["field"], each["code"]) for each in said.body["errors"]] == [(PLACES[path], "encoding")]
    said = systems.send("POST", path, f"{{{text}: 1}}".encode())
    assert (said.status, said.body["errors"][0]["field"]) == (422, "body")


def test_a_body_as_deep_as_can_be_read_is_answered(systems: Systems) -> None:
    for depth in range(100, 1000, 50):
        for text in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
            assert systems.send("POST", "/screening", text.encode()).status in {400, 422}


def test_a_post_holds_no_control_character(systems: Systems) -> None:
    systems.lodge(a_body("D-1"))
    said = systems.send("POST", "/declarations/D-1/arrival", {"post": "KG-AKT\x01"})
    assert (said.status, said.body["errors"][0]["field"]) == (422, "post")


def test_deliveries_are_asked_for_by_a_state_there_is(systems: Systems) -> None:
    assert systems.send("GET", "/deliveries?state=delivered").status == 200
    for state in ("%00", "gone"):
        said = systems.send("GET", f"/deliveries?state={state}")
        assert (said.status, said.body["errors"][0]["field"]) == (422, "state")


def test_a_problem_can_always_be_written() -> None:
    fault = {"field": "\ud800", "code": "x", "got": '\udfff"\\'}
    text = Problem("invalid", "\ud900é", errors=(fault,)).answer().content.decode()
    said = json.loads(text)
    assert said["detail"] == "\\ud900é"
    assert said["errors"] == [{"field": "\\ud800", "code": "x", "got": '\\udfff"\\'}]
