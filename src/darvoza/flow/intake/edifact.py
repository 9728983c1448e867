"""UN/EDIFACT read as a tree, so that a customs declaration in it (CUSDEC) is mapped like one in XML.

pydifact cuts the text into segments and components. What a segment belongs to is said here: the goods items of a CUSDEC
begin with ``CST`` between ``UNS+D`` and ``UNS+S``, and some segments speak of the one before them.

A message becomes an element named after its type; below it stand its segments, named by their tags, then ``ITEM`` for each
goods item and ``SUMMARY`` for the totals. Data elements are numbered from 1, and so are the components in them:
``LOC[1=36]/2`` is the second data element of the ``LOC`` whose first is 36, ``DTM[1=137]/1/2`` its second component.
"""

import warnings
from collections.abc import Iterator
from typing import Any

from darvoza.errors import UnreadableFile
from darvoza.flow.intake.plain_xml import Element

MOST_BYTES = 16 * 2**20
MOST_SEGMENTS = 50_000
CHARSETS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOY": "utf-8",
    "UNOW": "utf-8",
}
"""Character sets by syntax identifier, ISO 9735-1:2002, annex A; what names none is read as UTF-8."""

_SPEAKS_OF = {
    "DTM": ("RFF", "DOC", "TDT"),
    "MOA": ("TAX",),
    "PCI": ("PAC",),
    "RFF": ("NAD",),
    "CTA": ("NAD",),
    "COM": ("CTA", "NAD"),
    "CUX": ("MOA",),
}


def read_edifact(data: bytes, source: str) -> Element:
    """Read an interchange.

    Raises
    ------
    UnreadableFile
        It is larger than allowed, not in the character set it names, breaks the syntax, or holds no whole message.

    Examples
    --------
    >>> tree = read_edifact(b"UNH+1+CUSDEC:D:96B:UN'BGM+929+A?'1+9'UNS+D'CST+1+845012'UNS+S'UNT+6+1'", "d.edi")
    >>> tree.first("CUSDEC", "BGM", "2"), tree.first("CUSDEC", "ITEM", "CST", "2", "1")
    ("A'1", '845012')
    """
    if len(data) > MOST_BYTES:
        raise UnreadableFile(field=source, expected=f"at most {MOST_BYTES} bytes", got=f"{len(data)} bytes")
    root, message = Element("INTERCHANGE", "", {}), None
    for tag, elements in _segments(_decoded(data, source), source):
        if tag == "UNH":
            message = _Message(Element(_component(elements, 1, 0) or "MESSAGE", "", {}))
            root.below.append(message.root)
        if message is not None:
            message.take(tag, _segment(tag, elements))
        if tag == "UNT":
            message = None
    if not root.below or message is not None:
        hint = "the file was cut off, or is no interchange"
        raise UnreadableFile(field=source, expected="messages from UNH to UNT", got="an unfinished one", hint=hint)
    return root


class _Message:
    """Puts the segments of a message where they belong."""

    def __init__(self, root: Element) -> None:
        self.root, self.place, self.before = root, root, root
        self.detail = False

    def take(self, tag: str, segment: Element) -> None:
        if tag == "UNS":
            self.detail = segment.first("1") == "D"
            self.place = self.root if self.detail else self._open("SUMMARY")
        elif tag == "CST" and self.detail:
            self.place = self._open("ITEM")
        above = self.before if self.before.name in _SPEAKS_OF.get(tag, ()) else None
        (above or self.place).below.append(segment)
        if above is None or tag in {"RFF", "CTA", "MOA"}:
            self.before = segment

    def _open(self, name: str) -> Element:
        self.before = self.root
        element = Element(name, "", {})
        self.root.below.append(element)
        return element


def _decoded(data: bytes, source: str) -> str:
    """Decode by the syntax identifier of ``UNB``."""
    at = data.find(b"UNB")
    named = data[at + 4 : at + 8].decode("ascii", "replace") if at >= 0 else ""
    charset = CHARSETS.get(named, "utf-8")
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            field=source, expected=f"text in {charset}, as {named or 'an unnamed syntax'} says", got=str(error.reason),
            hint="set the syntax identifier in UNB to the character set of the file (UNOW for UTF-8)",
        ) from error  # fmt: skip


def _segments(text: str, source: str) -> Iterator[tuple[str, list[str | list[str]]]]:
    """Cut into segments, at most so many; pydifact warns of segments whose meaning it does not know, and need not."""
    from pydifact.parser import Parser  # few files are messages

    count = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        segments = Parser().parse(text.strip())
        while True:
            segment = _next(segments, source)
            if segment is None:
                return
            count += 1
            if count > MOST_SEGMENTS:
                raise UnreadableFile(field=source, expected=f"at most {MOST_SEGMENTS} segments", got="more")
            yield segment.tag, list(segment.elements)


def _next(segments: Iterator[Any], source: str) -> Any:  # noqa: ANN401 - pydifact is loaded when it is needed
    """Give the next segment, or nothing. The parser lets any exception of its own out; all mean that it cannot read."""
    try:
        return next(segments, None)
    except Exception as error:
        raise UnreadableFile(field=source, expected="UN/EDIFACT segments", got=f"{error}"[:200]) from error


def _component(elements: list[str | list[str]], element: int, component: int) -> str:
    """Give one component, empty where there is none."""
    if element >= len(elements):
        return ""
    parts = elements[element]
    parts = [parts] if isinstance(parts, str) else parts
    return parts[component] if component < len(parts) else ""


def _segment(tag: str, elements: list[str | list[str]]) -> Element:
    """Make an element of a segment, with its data elements and their components numbered."""
    made = Element(tag, "", {})
    for number, parts in enumerate(elements, start=1):
        components = [parts] if isinstance(parts, str) else parts
        element = Element(str(number), "", {}, text=components[0] if components else "")
        element.below = [Element(str(k), "", {}, text=part) for k, part in enumerate(components, start=1)]
        made.below.append(element)
    return made
