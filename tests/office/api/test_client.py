"""The client of the package against the office itself: typed answers, and one decision for each key, whatever breaks."""

import http.client
import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from darvoza.client import LARGEST, Act, ApiProblem, GateClient, Reply, Request, send
from darvoza.errors import DarvozaError, InvalidValue, UnreadableAnswer
from darvoza.office.api import bodies
from darvoza.office.api.models import Lodgement
from office.api.systems import OTHER, POST, Systems, a_body, an_item

CARS = [an_item(hs="870323")]
_KEYS = count()


@dataclass
class Line:
    """A line to the office that breaks where it is told to: before the request arrives, or before the answer does."""

    systems: Systems
    breaks: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        broken = self.breaks.pop(0) if self.breaks else ""
        if broken == "before":
            raise ConnectionResetError
        if broken.isdecimal():
            return Reply(int(broken), {}, b"")
        path = request.url.removeprefix("https://office.example")
        kind = request.headers["Content-Type"]
        answer = self.systems.browser.generic(
            request.method, path, request.body, content_type=kind, headers=dict(request.headers)
        )
        body = b"".join(answer) if answer.streaming else answer.content
        if broken == "after":
            raise TimeoutError
        return Reply(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, body)

    def client(self, by: str = "customs", **settings: Any) -> GateClient:
        token = self.systems.tokens[by]
        made = {"transport": self, "wait": self.waits.append, "new_key": lambda: f"client-{next(_KEYS)}"}
        return GateClient("https://office.example/api/v1/", token, **{**made, **settings})


def test_a_decision_comes_back_typed(systems: Systems) -> None:
    client = Line(systems).client()
    made = client.lodge(a_body(items=CARS))
    assert (made.channel, made.acts, made.binding) == ("red", (Act("customs", "physical", (1,)),), True)
    assert client.decision("D-1") == made
    assert client.amend("D-1", a_body(items=CARS), revision=1).revision == 2
    assert client.cancel("D-1").kind == "cancelled"
    assert client.read("/declarations/D-1/release")["release"] == "cancelled"


@pytest.mark.parametrize("breaks", [["before"], ["after"], ["after", "before", "after"], ["503", "after", "429"]])
def test_a_broken_line_decides_once(systems: Systems, breaks: list[str]) -> None:
    line = Line(systems, list(breaks))
    assert line.client().lodge(a_body()).revision == 1
    assert Lodgement.objects.count() == 1
    assert line.waits == [2.0**n for n in range(len(breaks))]


@pytest.mark.parametrize(
    ("told", "waited"),
    [
        ("20", 20.0),
        ("0", 0.0),
        ("86400", 120.0),
        ("", 1.0),
        ("soon", 1.0),
        ("-5", 1.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0),
    ],
)
def test_who_is_told_when_to_come_again_comes_then(systems: Systems, told: str, waited: float) -> None:
    line, asked = Line(systems), []

    def full(request: Request) -> Reply:
        asked.append(request)
        return Reply(429, {"retry-after": told}, b"") if len(asked) == 1 else line(request)

    assert line.client(transport=full).lodge(a_body()).revision == 1
    assert line.waits == [waited]


def test_a_client_waits_out_its_minute(systems: Systems) -> None:
    client = Line(systems).client("slow", attempts=2)
    systems.lodge(a_body())
    for _ in range(3):
        client.decision("D-1")
    waits: list[float] = []
    with pytest.raises(ApiProblem):
        Line(systems).client("slow", attempts=2, wait=waits.append).decision("D-1")
    assert len(waits) == 1
    assert 1 <= waits[0] <= 60


def test_who_gets_no_answer_at_all_is_told(systems: Systems) -> None:
    with pytest.raises(TimeoutError):
        Line(systems, ["after"] * 3).client(attempts=3).lodge(a_body())
    with pytest.raises(ApiProblem) as caught:
        Line(systems, ["503"] * 2).client(attempts=2).lodge(a_body("D-2"))
    assert caught.value.status == 503


def test_a_refusal_says_which_field_is_wrong(systems: Systems) -> None:
    with pytest.raises(ApiProblem) as caught:
        Line(systems).client().lodge(a_body(items=[an_item(hs="87.03")]))
    assert (caught.value.status, caught.value.problem) == (422, "invalid")
    assert str(caught.value).startswith("items.1.hs: ")
    assert "dvz_" not in repr(Line(systems).client())


def test_a_stream_comes_back_line_by_line(systems: Systems) -> None:
    client = Line(systems, ["after"]).client()
    sent = [a_body("A", items=CARS), a_body("B", post=None), a_body("C")]
    told = list(client.lodge_all(sent, key="s"))
    assert [(each.number, each.decision is not None) for each in told] == [(1, True), (2, False), (3, True)]
    assert told[1].problem is not None
    assert told[1].problem.errors[0]["field"] == "post"
    assert Lodgement.objects.count() == 2


def test_orders_come_page_after_page_and_take_findings(systems: Systems) -> None:
    client = Line(systems).client()
    for name in ("A", "B", "C"):
        client.lodge(a_body(name, items=CARS, transport_document=name))
    assert [each["declaration_id"] for each in client.orders(limit=2)] == ["A", "B", "C"]
    assert client.record_finding("A:customs:physical", [{"item": 1}])["state"] == "recorded"
    assert [each["declaration_id"] for each in client.orders(state="recorded")] == ["A"]


def test_a_finding_is_recorded_while_the_order_is_what_was_read(systems: Systems) -> None:
    client = Line(systems).client()
    client.lodge(a_body("A", items=CARS))
    read = client.read_tagged("/orders/A:customs:physical")
    assert (read.said["state"], bool(read.tag)) == ("waiting", True)
    client.record_finding("A:customs:physical", [{"item": 1}], tag=read.tag)
    with pytest.raises(ApiProblem) as told:
        client.record_finding("A:customs:physical", [{"item": 1}], reason="weighed again", tag=read.tag)
    assert told.value.status == 412
    now = client.read_tagged("/orders/A:customs:physical")
    assert client.record_finding("A:customs:physical", [{"item": 1}], reason="weighed again", tag=now.tag)


def test_what_has_an_address_is_removed(systems: Systems) -> None:
    client = Line(systems).client()
    made = client.tell("/subscriptions", {"url": "http://127.0.0.1:9/x"})
    client.remove(f"/subscriptions/{made['subscription']}")
    with pytest.raises(ApiProblem) as told:
        client.remove(f"/subscriptions/{made['subscription']}")
    assert told.value.status == 404


def test_a_result_is_corrected_with_a_reason_and_orders_are_read_of_one_post(systems: Systems) -> None:
    client = Line(systems).client()
    client.lodge(a_body("A", items=CARS))
    client.record_finding("A:customs:physical", [{"item": 1}], words="looked at all of it")
    with pytest.raises(ApiProblem):
        client.record_finding("A:customs:physical", [{"item": 1, "areas": ["undervaluation"], "severity": 1}])
    found = [{"item": 1, "areas": ["undervaluation"], "severity": 1}]
    told = client.record_finding("A:customs:physical", found, words="looked again", reason="the invoice came late")
    assert told["state"] == "recorded"
    assert [each["declaration_id"] for each in client.orders(post=POST)] == ["A"]
    assert list(client.orders(post="KG-NOWHERE")) == []


def test_goods_that_came_are_told_and_a_cancellation_stands_on_a_revision(systems: Systems) -> None:
    client = Line(systems).client()
    revision = client.lodge(a_body("A", items=CARS)).revision
    came = client.arrive("A", OTHER)
    assert (came.declaration_id, came.post, came.rerouted) == ("A", OTHER, True)
    assert client.arrive("A", OTHER, arrived_at=datetime.fromisoformat(came.arrived_at)).post == OTHER
    with pytest.raises(ApiProblem) as told:
        client.cancel("A", revision=revision + 7)
    assert told.value.status == 412
    assert client.cancel("A", revision=revision).kind == "cancelled"


def test_a_finding_whose_answer_was_lost_is_recorded_once(systems: Systems) -> None:
    client = Line(systems).client()
    client.lodge(a_body("A", items=CARS))
    line = Line(systems, ["after"])
    assert line.client().record_finding("A:customs:physical", [{"item": 1}])["state"] == "recorded"
    assert line.waits == [1.0]


def test_everything_sent_is_json(systems: Systems) -> None:
    line = Line(systems)
    seen: list[Request] = []

    def watched(request: Request) -> Reply:
        seen.append(request)
        return line(request)

    line.client(transport=watched).lodge(a_body())
    assert json.loads(seen[0].body)["declaration_id"] == "D-1"
    assert seen[0].headers["Idempotency-Key"].startswith("client-")


def answering(body: bytes, status: int = 200, kind: str = "text/html") -> GateClient:
    """A client at whose address something else answers."""
    said = Reply(status, {"content-type": kind}, body)
    return GateClient("https://office.example", "t", transport=lambda _: said, wait=lambda _: None)


@pytest.mark.parametrize(
    "body",
    [b"<html>Sign in</html>", b"\xff\xfe", b"[" * 100_000, b"", b"{}", b"[]", b"7", b'{"acts": [{}]}', b'{"acts": 7}'],
)
def test_what_is_no_answer_of_an_office_is_told_with_what_to_do(body: bytes) -> None:
    client = answering(body)
    with pytest.raises(UnreadableAnswer, match="ends with /api/v1") as caught:
        client.lodge(a_body())
    assert isinstance(caught.value, DarvozaError)
    assert caught.value.field == "answer"
    with pytest.raises(UnreadableAnswer):
        next(client.orders())
    if body:
        with pytest.raises(UnreadableAnswer):
            list(client.lodge_all([a_body()]))


def test_a_page_in_place_of_an_answer_is_named_with_status_and_type() -> None:
    with pytest.raises(UnreadableAnswer, match="status 200, text/html: <html>Sign in"):
        answering(b"<html>Sign in</html>").read("/declarations/D-1")


def test_a_stream_that_is_refused_as_a_whole_is_a_refusal() -> None:
    said = {"line": None, "status": 413, "problem": {"code": "too-large", "title": "too large"}}
    with pytest.raises(ApiProblem) as caught:
        list(answering(json.dumps(said).encode(), kind="application/x-ndjson").lodge_all([a_body()]))
    assert (caught.value.status, caught.value.problem) == (413, "too-large")


ANSWER = (
    b"HTTP/1.1 201 Created\r\nServer: s\r\nContent-Type: application/json\r\nContent-Length: 12\r\nETag: "
    b'"x"\r\n\r\n{"a": "yes"}'
)
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"a": \r\n6\r\n"yes"}\r\n0\r\n\r\n'


def parts_of(answer: bytes) -> Iterator[Reply | OSError]:
    """Send an answer cut off after each of its bytes, and then whole; give what the client makes of it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for end in range(len(answer) + 1):
                connection, _ = server.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(answer[:end])

        thread = threading.Thread(target=serve)
        thread.start()
        for _ in range(len(answer) + 1):
            try:
                yield send(Request("GET", f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b""))
            except OSError as problem:
                yield problem
        thread.join()


def test_who_refuses_a_body_before_its_end_is_heard() -> None:
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(refusal)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1 << 20):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        reply = send(Request("POST", f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b"x" * (8 << 20)))
        thread.join()
    assert (reply.status, reply.body) == (413, b"{}")


def test_a_body_that_breaks_while_it_is_written_is_answered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(connection: http.client.HTTPConnection, *args: Any) -> None:
        whole(connection, *args)
        raise BrokenPipeError

    whole = http.client.HTTPConnection.request
    monkeypatch.setattr(http.client.HTTPConnection, "request", half)
    *_, last = parts_of(ANSWER)
    assert isinstance(last, Reply)
    assert last.status == 201


def test_a_body_that_no_office_takes_is_not_sent() -> None:
    gate = GateClient("https://office.example/api/v1", "t", transport=lambda _: pytest.fail("it was sent"))
    with pytest.raises(InvalidValue, match="at most 4194304 bytes"):
        gate.lodge({"declaration_id": "x" * LARGEST})


def test_client_and_office_agree_on_what_is_too_large() -> None:
    assert LARGEST == bodies.LARGEST


@pytest.mark.parametrize(("answer", "needed"), [(ANSWER, len(ANSWER)), (CHUNKED, CHUNKED.index(b"0\r\n\r\n") + 1)])
def test_an_answer_that_broke_off_is_no_answer(answer: bytes, needed: int) -> None:
    *broken, whole = parts_of(answer)
    assert isinstance(whole, Reply)
    assert whole.body == b'{"a": "yes"}'
    for length, each in enumerate(broken):
        assert isinstance(each, OSError) or (length >= needed and each.body == whole.body), (length, each)


@pytest.mark.parametrize("status", [301, 302, 304, 100])
def test_what_leads_elsewhere_is_no_success(status: int) -> None:
    """As an office in earnest leads from http to https: nothing was recorded, and nobody may believe it was."""
    there = {"location": "https://office.example/api/v1/x"}
    client = GateClient("http://office.example", "t", transport=lambda _: Reply(status, there, b""))
    for ask in (
        lambda: client.record_finding("D-1:customs:physical", [{"item": 1}]),
        lambda: client.read("/orders/D-1:customs:physical"),
        lambda: client.lodge(a_body()),
        lambda: list(client.lodge_all([a_body()])),
    ):
        with pytest.raises(UnreadableAnswer, match=f"status {status}.*https://office.example/api/v1/x"):
            ask()


def test_an_office_in_earnest_leads_to_https_and_the_client_says_so(systems: Systems, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    line = Line(systems)
    with pytest.raises(UnreadableAnswer, match="status 301"):
        line.client().record_finding("A:customs:physical", [{"item": 1}])


def test_success_without_a_word_is_no_answer_where_one_is_due() -> None:
    for status in (200, 201):
        with pytest.raises(UnreadableAnswer, match=f"status {status}"):
            answering(b"", status).record_finding("A", [{"item": 1}])
    assert answering(b"", 204).read("/nothing") is None


def test_a_stream_names_the_first_line_without_an_answer() -> None:
    said = {"code": "invalid", "title": "Some fields are wrong."}
    lines = [json.dumps({"line": number, "status": 422, "problem": said}).encode() for number in (1, 2, 4)]
    told: list[int] = []
    with pytest.raises(UnreadableAnswer, match=r"each of 3 lines, got none to line 3.*same key"):
        told.extend(each.number for each in answering(b"\n".join(lines[:2])).lodge_all([a_body()] * 3))
    assert told == [1, 2], "what was answered was given"
    with pytest.raises(UnreadableAnswer, match="expected line 3, got 4"):
        list(answering(b"\n".join(lines)).lodge_all([a_body()] * 4))
    with pytest.raises(UnreadableAnswer, match="each of 2 lines, got none to line 1"):
        list(answering(b"").lodge_all([a_body()] * 2))


def test_a_problem_says_status_code_and_every_field() -> None:
    told = [
        {"field": f"items.{n}.hs", "code": "code", "expected": "6 to 10 digits", "got": "'87.03'"} for n in range(1, 8)
    ]
    said = ApiProblem(422, {"code": "invalid", "title": "Some fields are wrong.", "errors": told})
    assert str(said).startswith("items.1.hs: expected 6 to 10 digits, got '87.03'; items.2.hs: expected")
    assert str(said).endswith("; … (422 invalid: Some fields are wrong.)")
    core = [
        {"field": "state", "code": "case-refused", "message": "state: expected waiting, got 'recorded'", "hint": ""}
    ]
    said = ApiProblem(409, {"code": "case-refused", "title": "The order does not allow this now.", "errors": core})
    assert str(said) == (
        "state: expected waiting, got 'recorded' (409 case-refused: The order does not allow this now.)"
    )
    assert (said.field, said.message) == ("state", "409 case-refused: The order does not allow this now.")
    assert str(ApiProblem(404, {"code": "not-found", "title": "No.", "errors": "odd"})) == "404 not-found: No."


def test_a_refusal_that_is_no_problem_of_an_office_is_shown_as_it_came() -> None:
    with pytest.raises(ApiProblem, match=r"^502: refused by text/html: <html>Bad gateway"):
        answering(b"<html>Bad gateway</html>", 502).decision("D-1")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"A"}, "items.1.additional_codes: expected a value of JSON, got {'A'}"),
        (["A", {1}], "items.1.additional_codes.2: expected a value of JSON, got {1}"),
        (float("nan"), "items.1.additional_codes: expected a value of JSON, got nan"),
        (Decimal("NaN"), "items.1.additional_codes: expected a value of JSON, got Decimal('NaN')"),
        (b"A", "items.1.additional_codes: expected a value of JSON, got b'A'"),
        ("\ud800", r"items.1.additional_codes: expected a value of JSON, got '\ud800'"),
    ],
)
def test_what_json_has_no_word_for_is_not_sent(value: object, said: str) -> None:
    body = a_body(items=[an_item(), an_item(additional_codes=value)])
    with pytest.raises(InvalidValue, match=re.escape(said.replace("items.1", "items.2"))):
        answering(b"").lodge(body)
    with pytest.raises(InvalidValue, match=re.escape(said.replace("items.1", "lines.1.items.2"))):
        list(answering(b"").lodge_all([body]))


def test_a_body_that_holds_itself_is_not_sent() -> None:
    body: dict[str, Any] = {}
    body["body"] = [body]
    with pytest.raises(InvalidValue, match="Circular"):
        answering(b"").lodge(body)


def test_amounts_and_moments_of_python_are_read_by_the_office(systems: Systems) -> None:
    item = an_item(customs_value=Decimal("2500.50"))
    made = Line(systems).client().lodge(a_body(items=[item], lodged_at=datetime(2026, 2, 27, 8, tzinfo=UTC)))
    assert made.lodged_at == "2026-02-27T08:00:00+00:00"


@pytest.mark.parametrize(
    ("value", "read"),
    [(Decimal(2500).normalize(), "2500.000000"), (2500, "2500.000000"), (2500.0, "2500.000000"), ("2500", "2500.000000"),
     (Decimal("1E-5"), "0.000010"), (1e-5, "0.000010"), (Decimal("0E+3"), "0.000000")],
)  # fmt: skip
def test_one_amount_is_one_whatever_number_of_python_it_is(systems: Systems, value: object, read: str) -> None:
    Line(systems).client().lodge(a_body("D-1", items=[an_item(customs_value=value)]))
    assert Lodgement.objects.get().items[0]["customs_value"] == read


@pytest.mark.parametrize(
    "address",
    ["office.example/api/v1", "127.0.0.1:8000/api/v1", "ftp://office.example", "https://", "", "https://[office.example",
     "https://office.example:port/", "https://office.example:80000/", "https://office .example", "https://office..example",
     "https://office.example/api/v1\n", "https://office.example/ари"],
)  # fmt: skip
def test_what_is_no_address_is_told_before_anybody_is_asked(address: str) -> None:
    with pytest.raises(InvalidValue, match="address: expected an address that begins with https://"):
        GateClient(address, "dvz_token", transport=nobody).decision("D1")


@pytest.mark.parametrize("token", ["dvz_token\n", "dvz_токен", "dvz token"])
def test_a_token_that_cannot_be_sent_is_told_and_not_shown(token: str) -> None:
    with pytest.raises(InvalidValue, match="token: expected a token as it was printed") as caught:
        GateClient("https://office.example/api/v1", token, transport=nobody).decision("D1")
    assert "dvz" not in str(caught.value)


@pytest.mark.parametrize("key", ["ключ", "a\nb", "a\tb"])
def test_a_key_that_cannot_be_sent_is_told_by_name(key: str) -> None:
    with pytest.raises(InvalidValue, match="key: expected 1 to 90 printable characters of ASCII"):
        GateClient("https://office.example/api/v1", "dvz_token", transport=nobody).cancel("D1", key=key)


def nobody(request: Request) -> Reply:
    """A line on which nothing may be sent."""
    raise AssertionError(request)


def test_what_the_office_got_is_said_as_the_office_says_it(systems: Systems) -> None:
    wrong = a_body("W1", items=[an_item(hs="xx")])
    with pytest.raises(ApiProblem, match=r"^items\.1\.hs: expected 6 to 10 digits, got 'xx' \(422 invalid"):
        Line(systems).client().lodge(wrong)


def test_what_has_no_method_of_its_own_is_told_all_the_same(systems: Systems) -> None:
    line = Line(systems, ["after"])
    gate = line.client()
    gate.lodge(a_body("T-1"))
    theirs = [{"declaration_id": name, "channel": "green"} for name in ("T-1", "T-2")]
    assert gate.tell("/comparisons", {"decisions": theirs}) == {"compared": 1, "unknown": ["T-2"]}
    line.breaks = ["after"]
    made = gate.tell("/subscriptions", {"url": "https://events.example/hook"}, key="hook-1")
    assert gate.tell("/subscriptions", {"url": "https://events.example/hook"}, key="hook-1") == made
    assert len(gate.read("/subscriptions")["subscriptions"]) == 1


@pytest.mark.parametrize(
    ("decisions", "said"),
    [
        (
            [{"declaration_id": "T-1", "channel": "purple"}],
            "decisions.0.channel: expected 'green', 'blue', 'yellow' or 'red' (422",
        ),
        ([{"declaration_id": "T-1"}], "decisions.0.channel: expected a value, for the field is required (422"),
        ([], "decisions: expected at least 1 of them (422"),
        ([{"declaration_id": "T-1", "channel": "red"}] * 501, "decisions: expected at most 500 of them (422"),
    ],
)
def test_what_a_body_lacks_is_said_in_the_words_of_the_office(
    systems: Systems, decisions: list[Any], said: str
) -> None:
    with pytest.raises(ApiProblem, match=f"^{re.escape(said)}"):
        Line(systems).client().tell("/comparisons", {"decisions": decisions})
