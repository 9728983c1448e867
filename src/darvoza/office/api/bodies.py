"""What is sent: how it comes, how large it may be, and the JSON it holds."""

import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple

from django.core.handlers.wsgi import LimitedStream
from django.http import HttpRequest, UnreadablePostError
from gunicorn.http.errors import ParseException

from darvoza import json_text
from darvoza.errors import shown
from darvoza.office.api.problems import Problem

LARGEST = 4 * 1024 * 1024
"""Bytes of the body of a request: a declaration of 999 items has about one million."""

LARGEST_STREAM = 512 * 1024 * 1024
PIECE = 64 * 1024
MOST_TOLD = 100
"""Texts of a body, or parameters of an address, that are told as wrong before anything is read of what they say."""

_UNKEPT = re.compile("[\x00\ud800-\udfff]")


class _Unmeasured(LimitedStream):
    """A body of which only the server knows where it ends: Django takes it for empty."""

    def read(self, *size: Any) -> bytes:  # noqa: ANN401 - as Django has it
        """Read up to the bound."""
        try:
            return super().read(*size)
        except ParseException as problem:
            raise OSError(str(problem)) from problem


def open_body(request: HttpRequest, largest: int) -> None:
    """Make a body readable, also one that comes in chunks; refuse before it is read what says that it is too large.

    Raises
    ------
    Problem
        When it is too large or compressed, or nobody can tell where it ends.
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Problem("media-type", "a body that is not compressed", headers={"Accept-Encoding": "identity"})
    stated = request.META.get("CONTENT_LENGTH") or ""
    if stated:
        if not (stated.isascii() and stated.isdecimal()):
            raise Problem("length-missing", "Content-Length holds the number of bytes")
        if int(stated) > largest:
            raise Problem("too-large", f"at most {largest} bytes")
    elif request.META.get("wsgi.input_terminated"):
        # one byte more, by which a body that is too large is known
        request._stream = _Unmeasured(request.META["wsgi.input"], largest + 1)  # type: ignore[assignment] # noqa: SLF001 - Django asks for the length otherwise
    elif request.headers.get("Transfer-Encoding"):
        raise Problem("length-missing")


def whole_body(request: HttpRequest, largest: int) -> bytes:
    """Read a body that was opened.

    Raises
    ------
    Problem
        When it is too large, empty, or shorter than it says.
    """
    try:
        body: bytes = request.body
    except UnreadablePostError as problem:
        raise broken_off() from problem
    if len(body) > largest:
        raise Problem("too-large", f"at most {largest} bytes")
    if len(body) < _stated(request):
        raise broken_off()
    if not body.strip():
        raise Problem("not-json", "the body is empty")
    return body


def broken_off() -> Problem:
    """Say that a body ended before its end."""
    return Problem("not-json", "the body broke off before its end")


def _stated(request: HttpRequest) -> int:
    """Give the length a body says it has, or 0."""
    return int(request.META.get("CONTENT_LENGTH") or 0)


class _Twice(ValueError):
    """A name stands twice in one object."""


def read_json(text: bytes) -> Any:  # noqa: ANN401 - JSON
    """Read JSON; amounts stay decimal, and what JSON has no word for is refused.

    Raises
    ------
    Problem
        When it is no JSON, or an object has two values of one name: programs differ in which of them they read.
    """
    try:
        return json_text.read_json(
            text.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object
        )
    except _Twice as problem:
        name = str(problem)[:64]
        told = {"field": name, "code": "duplicate-name", "expected": "each name once in an object", "got": "it twice"}
        raise Problem("invalid", errors=(told,)) from problem
    except (ValueError, ArithmeticError) as problem:
        raise Problem("not-json", str(problem)[:200]) from problem


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its names and values."""
    made = dict(pairs)
    if len(made) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        raise _Twice(counted.most_common(1)[0][0])
    return made


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def check_texts(body: Any) -> None:  # noqa: ANN401 - JSON
    """Refuse texts that cannot be kept: no database keeps the character U+0000, and nothing writes half of a pair.

    Raises
    ------
    Problem
        When there is one, with its place.
    """
    told = tuple(
        {"field": place, "code": "encoding", "expected": "text that can be written down", "got": shown(text)}
        for place, text in _texts(body)
        if _UNKEPT.search(text)
    )
    if told:
        raise Problem("invalid", errors=told[:MOST_TOLD])


def _texts(body: object) -> Iterator[tuple[str, str]]:
    """Give every text with its place, names too; without recursion, for a body may nest as deep as it can be read."""
    left = [("", body)]
    while left:
        place, value = left.pop()
        within = f"{place}." if place else ""
        if isinstance(value, str):
            yield place or "body", value
        elif isinstance(value, dict):
            yield from ((place or "body", name) for name in value)
            left += [(f"{within}{name[:64]}", each) for name, each in value.items()]
        elif isinstance(value, list):
            left += [(f"{within}{number}", each) for number, each in enumerate(value)]


class Received(NamedTuple):
    """A stream that was taken in: what came of it, and why it is not the whole."""

    file: IO[bytes]
    fault: Problem | None


def received(request: HttpRequest) -> Received:
    """Take a stream in before anything of it is answered, in a file where it is large.

    Whoever sends everything before he reads would wait for us as we for him, and proxies send nothing on once they are answered.

    Raises
    ------
    Problem
        When it is too large.
    """
    file, read = SpooledTemporaryFile(max_size=LARGEST), 0  # noqa: SIM115 - closed by whoever reads its lines
    try:
        while piece := request.read(PIECE):
            read += file.write(piece)
    except UnreadablePostError:
        read = -1
    if read > LARGEST_STREAM:
        file.close()
        raise Problem("too-large", f"at most {LARGEST_STREAM} bytes")
    file.seek(0)
    return Received(file, broken_off() if read < _stated(request) or read < 0 else None)


def lines(stream: Received, longest: int) -> Iterator[bytes | Problem]:
    """Read a stream line by line, and close it; blank lines are left out.

    What cannot be read is a problem in the place of its line. After a line that is too long the next one is read; what is
    wrong with the stream as a whole comes last.

    A line has its end even where the body broke off before it: what is sent again under the same key is then the same.
    """
    within, first = False, True
    with stream.file:
        while piece := stream.file.readline(longest + 1):
            if first:  # the mark of UTF-8 that programs of Windows write is no part of the first line
                piece, first = piece.removeprefix(BOM_UTF8), False
            if not within and len(piece) > longest:
                yield Problem("too-large", f"a line has at most {longest} bytes")
            elif not within and piece.strip():
                yield piece.rstrip(b"\r\n") + b"\n"
            within = len(piece) > longest and not piece.endswith(b"\n")
    if stream.fault is not None:
        yield stream.fault
