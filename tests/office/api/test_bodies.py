"""Bodies come whole, in chunks, or broken off; what was sent is never taken for nothing."""

import gzip
import io
import json
from typing import Any

import pytest
from django.test.client import FakePayload
from gunicorn.config import Config
from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.unreader import IterUnreader

from darvoza.office.api import bodies
from darvoza.office.api.models import Lodgement
from darvoza.office.api.services.lodging import lodge
from darvoza.office.api.views import lodging
from office.api.systems import Systems, a_body
from office.api.test_client import Line

STREAM, JSON = "application/x-ndjson", "application/json"
ADDRESSES = [("/declarations", JSON), ("/declarations/stream", STREAM), ("/screening", JSON)]


def in_chunks(data: bytes, size: int = 1000, end: bytes = b"0\r\n\r\n") -> Any:
    """The body of a request as the server of the office hands it over when it comes in chunks."""
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    sent = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
    return Body(ChunkedReader(Config(), IterUnreader(iter([*sent, end]))))


def ask(systems: Systems, path: str, kind: str, body: Any, *, server: bool = True, **environ: str) -> Any:
    """Ask with a body in chunks; `server` is one that says where it ends."""
    headers = {"authorization": f"Bearer {systems.tokens['customs']}", "idempotency-key": "k"}
    more: dict[str, Any] = {"CONTENT_TYPE": kind, "wsgi.input": body, "wsgi.input_terminated": server}
    more |= {"HTTP_TRANSFER_ENCODING": "chunked"} | environ
    return systems.browser.generic("POST", f"/api/v1{path}", b"", headers=headers, **more)


def told(answer: Any) -> list[tuple[int, int]]:
    """Number and status of each line of an answer."""
    lines = [json.loads(line) for line in b"".join(answer).splitlines()]
    return [(line["line"], line["status"]) for line in lines]


def as_stream(*names: str) -> bytes:
    return b"".join(json.dumps(a_body(name)).encode() + b"\n" for name in names)


def test_a_declaration_in_chunks_is_lodged(systems: Systems) -> None:
    text = json.dumps(a_body("D-1")).encode()
    answer = ask(systems, "/declarations", JSON, in_chunks(text, 7))
    assert (answer.status_code, answer.json()["declaration_id"]) == (201, "D-1")
    said = systems.lodge(a_body("D-1"), idempotency_key="k")
    assert (said.status, said.headers["Idempotent-Replayed"]) == (201, "true")


def test_what_ninja_reads_may_come_in_chunks(systems: Systems) -> None:
    answer = ask(systems, "/screening", JSON, in_chunks(b'{"values": ["BAD-1"]}', 3))
    assert answer.json()["screened"] == [{"value": "BAD-1", "lists": ["watched"]}]


def test_a_stream_in_chunks_is_lodged(systems: Systems) -> None:
    answer = ask(systems, "/declarations/stream", STREAM, in_chunks(as_stream("A", "B")))
    assert told(answer) == [(1, 201), (2, 201)]
    assert Lodgement.objects.count() == 2


@pytest.mark.parametrize(("path", "kind"), ADDRESSES)
def test_where_nobody_tells_the_end_of_chunks_a_length_is_asked_for(systems: Systems, path: str, kind: str) -> None:
    answer = ask(systems, path, kind, FakePayload(b"5\r\n[1,2]\r\n0\r\n\r\n"), server=False)
    assert (answer.status_code, answer.json()["code"]) == (411, "length-missing")


def test_chunks_are_held_to_the_same_bounds(systems: Systems, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("/declarations", "/screening"):
        large = in_chunks(b" " * (bodies.LARGEST + 1), 100_000)
        answer = ask(systems, path, JSON, large)
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large"), path
    one = len(as_stream("A"))
    monkeypatch.setattr(bodies, "LARGEST_STREAM", 2 * one)
    answer = ask(systems, "/declarations/stream", STREAM, in_chunks(as_stream("A", "B", "C")))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert not Lodgement.objects.exists()


@pytest.mark.parametrize("end", [b"", b"5\r\nab", b"zz\r\n"])
def test_chunks_that_break_off_are_told_of(systems: Systems, end: bytes) -> None:
    for path, text in (("/declarations", b'{"declaration_id": "'), ("/screening", b'{"values": ["')):
        answer = ask(systems, path, JSON, in_chunks(text, end=end))
        assert (answer.status_code, answer.json()["code"]) == (400, "not-json"), path
        assert "broke off" in answer.json()["detail"]
    answer = ask(systems, "/declarations/stream", STREAM, in_chunks(b"", end=end))
    assert (answer.status_code, answer.json()["code"]) == (400, "not-json")
    whole = as_stream(*map(str, range(500)))
    answer = ask(systems, "/declarations/stream", STREAM, in_chunks(whole, end=end))
    *read, last = [status for _, status in told(answer)]
    assert read.count(201) >= len(read) - 1 > 100
    assert last == 400


@pytest.mark.parametrize(("path", "kind"), ADDRESSES)
def test_a_length_that_lies_is_told_of(systems: Systems, path: str, kind: str) -> None:
    text = as_stream("A")
    answer = ask(systems, path, kind, io.BytesIO(text), HTTP_TRANSFER_ENCODING="", CONTENT_LENGTH=str(len(text) + 10))
    if path.endswith("stream"):
        assert told(answer) == [(1, 201), (2, 400)]
    else:
        assert (answer.status_code, answer.json()["code"]) == (400, "not-json")
        assert "broke off" in answer.json()["detail"]
    wrong = ask(systems, path, kind, io.BytesIO(), HTTP_TRANSFER_ENCODING="", CONTENT_LENGTH="many")
    assert (wrong.status_code, wrong.json()["code"]) == (411, "length-missing")


@pytest.mark.parametrize("text", [b"", b"\n", b"\n \r\n\n"])
def test_a_stream_without_a_line_is_an_error(systems: Systems, text: bytes) -> None:
    for sent in (in_chunks(text), io.BytesIO(text)):
        answer = ask(systems, "/declarations/stream", STREAM, sent)
        assert (answer.status_code, answer.json()["code"]) == (400, "not-json")
        assert "no line" in answer.json()["detail"]


def test_an_empty_body_is_told_of(systems: Systems) -> None:
    said = systems.send("POST", "/declarations", b" ")
    assert (said.code, said.body["detail"]) == ("not-json", "the body is empty")


LONG = [
    b"x" * (bodies.LARGEST + 1),
    b"{" + b" " * bodies.LARGEST,
    b"x" * (2 * bodies.LARGEST + 5),
    b"x" * (bodies.LARGEST),
]
"""Lines that are too long by a little, by much, and by their end alone."""


@pytest.mark.parametrize("line", LONG, ids=["little", "spaces", "much", "end"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_that_is_too_long_has_its_number_and_takes_no_other_away(
    systems: Systems, line: bytes, end: bytes
) -> None:
    text = as_stream("A", "B") + line + end + b"\n" + as_stream("C", "D")
    for _ in range(2):
        said = systems.send("POST", "/declarations/stream", text, content_type=STREAM, idempotency_key="s")
        answers = [json.loads(each) for each in said.body.splitlines()]
        assert [(each["line"], each["status"]) for each in answers] == [
            (1, 201),
            (2, 201),
            (3, 413),
            (4, 201),
            (5, 201),
        ]
        assert answers[2]["problem"]["code"] == "too-large"
    assert Lodgement.objects.count() == 4


def test_a_long_line_without_an_end_is_the_last_one(systems: Systems) -> None:
    said = systems.send("POST", "/declarations/stream", as_stream("A") + LONG[2], content_type=STREAM)
    assert [json.loads(each)["status"] for each in said.body.splitlines()] == [201, 413]


@pytest.mark.parametrize(
    "text",
    [
        '{"post": "A", "declaration_id": "D-1", "post": "B"}',
        '{"declaration_id": "D-1", "items": [{"hs": "1", "post": "A", "post": "A"}]}',
    ],
)
def test_a_name_that_stands_twice_is_refused(systems: Systems, text: str) -> None:
    for path in ("/declarations", "/declarations/D-1/amendments", "/declarations/D-1/arrival"):
        said = systems.send("POST", path, text.encode())
        assert (said.status, said.code) == (422, "invalid"), path
        assert [(each["field"], each["code"]) for each in said.body["errors"]] == [("post", "duplicate-name")]
    said = systems.send("POST", "/declarations/stream", text.encode(), content_type=STREAM)
    assert '"duplicate-name"' in said.body


@pytest.mark.parametrize(("path", "kind"), ADDRESSES)
def test_a_compressed_body_is_refused_with_what_is_taken(systems: Systems, path: str, kind: str) -> None:
    packed = gzip.compress(as_stream("A"))
    said = systems.send("POST", path, packed, content_type=kind, content_encoding="gzip")
    assert (said.status, said.code, said.headers["Accept-Encoding"]) == (415, "media-type", "identity")
    said = systems.send("POST", path, as_stream("A"), content_type=kind, content_encoding="identity")
    assert said.status != 415


def test_nothing_is_answered_before_a_stream_has_come_whole(systems: Systems, monkeypatch: pytest.MonkeyPatch) -> None:
    text, left = as_stream("A", "B"), []
    body = io.BytesIO(text)
    genuine = lodge

    def watched(*given: Any, **named: Any) -> None:
        left.append(len(text) - body.tell())
        genuine(*given, **named)

    monkeypatch.setattr(lodging, "lodge", watched)
    monkeypatch.setattr(lodging, "PER_BATCH", 1)
    monkeypatch.setattr(bodies, "LARGEST", 10)
    answer = ask(
        systems, "/declarations/stream", STREAM, body, HTTP_TRANSFER_ENCODING="", CONTENT_LENGTH=str(len(text))
    )
    assert told(answer) == [(1, 201), (2, 201)]
    assert left == [0, 0]


def test_large_lines_of_a_stream_are_decided_a_few_at_a_time(systems: Systems, monkeypatch: pytest.MonkeyPatch) -> None:
    text, together = as_stream("A", "B", "C", "D", "E"), []
    genuine = lodge

    def watched(requests: Any, **named: Any) -> None:
        together.append(len(requests))
        genuine(requests, **named)

    monkeypatch.setattr(lodging, "lodge", watched)
    monkeypatch.setattr(lodging, "TOGETHER", len(text) // 5 + 1)
    answer = ask(systems, "/declarations/stream", STREAM, in_chunks(text))
    assert told(answer) == [(number, 201) for number in range(1, 6)]
    assert together == [2, 2, 1]


def test_the_client_sends_no_stream_without_a_line(systems: Systems) -> None:
    assert list(Line(systems).client().lodge_all([])) == []
