"""UN/EDIFACT read as a tree, so that a customs declaration in it (CUSDEC) is mapped like one in XML.

pydifact knows the characters and the segments of service. What a segment belongs to is said here: the goods items of a CUSDEC
begin with ``CST`` between ``UNS+D`` and ``UNS+S``, and some segments speak of the one before them.

A message becomes an element named after its type; below it stand its segments, named by their tags, then ``ITEM`` for each
goods item and ``SUMMARY`` for the totals. Data elements are numbered from 1, and so are the components in them:
``LOC[1=36]/2`` is the second data element of the ``LOC`` whose first is 36, ``DTM[1=137]/1/2`` its second component.
"""

import codecs
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from darvoza.domain.fields import FIELD, Kind
from darvoza.errors import UnreadableFile
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.plain_xml import Element
from darvoza.flow.intake.raw import RawChunk

MOST_BYTES = 16 * 2**20
MOST_SEGMENTS = 50_000
MOST_ELEMENTS = 400_000
MOST_OF_SERVICE = 4_000
"""Segments of service, each of which pydifact checks in a tenth of a millisecond: a thousand messages have so many."""

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

_ENDS = {"UNB": ("UNZ", 4), "UNG": ("UNE", 4), "UNH": ("UNT", 0)}
"""By which segment an envelope ends, and which data element of its first segment is its reference."""

_COUNTS = {"UNT": "segments", "UNE": "messages", "UNZ": "groups or messages"}
_TAG = re.compile("[A-Z0-9]{3}")
_USUAL = ":+.? '"
_PLACES = "\ufdd0\ufdd1\ufdd2\ufdd3"
_NEVER = re.compile(f"[{_PLACES}]")
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
    text = _decoded(data, source).strip(" \t\r\n")  # the separators of level B are blanks to Python
    if not text.startswith(("UNA", "UNB", "UNG", "UNH")):
        raise UnreadableFile(field=source, expected="an interchange from UNA, UNB or UNH on", got=text[:20])
    envelopes = _Envelopes(source)
    for tag, elements in _segments(text, source):
        envelopes.take(tag, elements)
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
    envelopes.finish()
    return root


def with_one_mark(chunks: Iterator[RawChunk], mapping: Mapping) -> Iterator[RawChunk]:
    """Write amounts with the decimal mark of the mapping: in an interchange a comma and a point are both one, ISO 9735, 10.1.

    Thousands have no mark there (10.2), so that neither can be mistaken, whatever ``UNA`` says; version 4 passes over what it says.
    A mapping with a mark of thousands is taken at its word.
    """
    names = list(dict.fromkeys(source.column for source in mapping.fields if FIELD[source.field].kind is Kind.AMOUNT))
    mark = "${1}" + mapping.form.decimal + "${2}"
    plain = pl.col(names).str.replace(r"^([+-]?[0-9]*)[.,]([0-9]*)$", mark)
    for chunk in chunks:
        yield chunk if mapping.form.thousands else replace(chunk, values=chunk.values.with_columns(plain))


class _Envelopes:
    """Holds what messages, groups and the interchange say of their own length against what is there, ISO 9735-1:2002, 8 and 9.

    An interchange ends in UNZ with the number of its groups, or of its messages where it has none, a group in UNE with the
    number of its messages, a message in UNT with the number of its segments; each repeats the reference it began with.
    """

    def __init__(self, source: str) -> None:
        self.source, self.number = source, 0
        self.open: dict[str, str] = {}
        self.counted = {"UNT": 0, "UNE": 0, "UNZ": 0}

    def take(self, tag: str, elements: list[list[str]]) -> None:
        """Count a segment; begin an envelope, or end it."""
        self.counted["UNT"] += 1
        self.number += 1
        if tag in _ENDS:
            end, place = _ENDS[tag]
            if end in self.open:
                self._refuse(f"a {end} before the next {tag}", "none")
            self.open[end], self.counted[end] = _component(elements, place, 0), int(tag == "UNH")
        elif tag in self.counted:
            self._end(tag, elements)

    def _end(self, tag: str, elements: list[list[str]]) -> None:
        if tag not in self.open:
            self._refuse(f"the beginning of what {tag} ends", "none")
        if (inner := [*self.open][-1]) != tag:
            self._refuse(f"a {inner} before {tag}", "none", "the file lost something")
        began, stated, repeated = self.open.pop(tag), _component(elements, 0, 0), _component(elements, 1, 0)
        if not (stated.isdecimal() and int(stated[:9]) == self.counted[tag]):
            what = _COUNTS[tag]
            self._refuse(
                f"{self.counted[tag]} {what}, which are there, in {tag}",
                stated,
                f"some of the {what} were lost, or put in",
            )
        if _reference(repeated) != _reference(began):
            self._refuse(f"the reference {began} in {tag}, as it began", repeated)
        if tag == "UNT":
            self.counted["UNE" if "UNE" in self.open else "UNZ"] += 1
        elif tag == "UNE":
            self.counted["UNZ"] += 1

    def finish(self) -> None:
        """Refuse what has no end."""
        if self.open:
            self._refuse(f"{' and '.join(sorted(self.open))} at the end", "none", "the file was cut off")

    def _refuse(self, expected: str, got: str, hint: str | None = None) -> None:
        raise UnreadableFile(field=_place(self.source, self.number), expected=expected, got=got[:50], hint=hint)


def _place(source: str, number: int) -> str:
    """Name a segment by its number, from 1; UNA is none."""
    return f"{source}: segment {number}"


def _reference(text: str) -> str:
    """Give a reference as it is compared: without blanks around it, and a number without noughts before it."""
    plain = text.strip()
    return plain.lstrip("0") or "0" if plain.isdecimal() else plain


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
    """Decode by the syntax identifier of ``UNB``; what begins with a byte order mark is UTF-8, whatever it says."""
    at, marked = data.find(b"UNB"), data.startswith(codecs.BOM_UTF8)
    named = data[at + 4 : at + 8].decode("ascii", "replace") if at >= 0 else ""
    charset = "utf-8" if marked else CHARSETS.get(named, "utf-8")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode(charset)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            field=source, expected=f"text in {charset}, as {named or 'an unnamed syntax'} says", got=f"{error.reason} at byte {error.start}",
            hint="set the syntax identifier in UNB to the character set of the file (UNOW for UTF-8)",
        ) from error  # fmt: skip


def _segments(text: str, source: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Cut into segments of data elements of components; what pydifact knows of segments of service, it checks."""
    from pydifact.constants import service_segments  # few files are messages
    from pydifact.parser import Parser

    chars, text = _service(text, source)
    text, hidden = _hide_released(text, chars, source)
    segments = [each.lstrip(" \r\n") for each in text.split(chars.segment_terminator, MOST_SEGMENTS)]
    if segments.pop():
        limit = f"segments that end in {chars.segment_terminator!r}, at most {MOST_SEGMENTS}"
        raise UnreadableFile(field=source, expected=limit, got="one without an end, or more")
    parser, left = Parser(), MOST_ELEMENTS
    if sum(each[:3] in service_segments for each in segments) > MOST_OF_SERVICE:
        raise UnreadableFile(field=source, expected=f"at most {MOST_OF_SERVICE} segments of service", got="more")
    for number, segment in enumerate(segments, start=1):
        left -= segment.count(chars.data_separator) + segment.count(chars.component_separator)
        if left < 0:
            raise UnreadableFile(field=source, expected=f"at most {MOST_ELEMENTS} data elements", got="more")
        tag, *data = segment.split(chars.data_separator)
        elements = [each.rstrip(chars.component_separator).split(chars.component_separator) for each in data]
        if hidden:
            elements = [[each.translate(hidden) for each in components] for components in elements]
        if not _TAG.fullmatch(tag):
            expected = "tags of three capitals or digits"
            raise UnreadableFile(field=_place(source, number), expected=expected, got=tag[:50])
        if tag in service_segments:
            _checked(parser, [tag, *(each if len(each) > 1 else each[0] for each in elements)], _place(source, number))
        yield tag, elements


def _service(text: str, source: str) -> tuple[Any, str]:
    """Give the characters of service that ``UNA`` names, ISO 9735-1:2002, 7.1, or the usual ones; and what comes after."""
    from pydifact.control.characters import Characters

    if not text.startswith("UNA"):
        return Characters.from_str(_USUAL), text
    if len(set(text[3:5] + text[6:7] + text[8:9])) < 4:
        raise UnreadableFile(field=f"{source}: UNA", expected="six characters of service, which differ", got=text[3:9])
    return Characters.from_str(text[:9]), text[9:]


def _hide_released(text: str, chars: Any, source: str) -> tuple[str, dict[int, str]]:  # noqa: ANN401 - as above
    """Put characters that no text has in the place of those that are released, and give how to put them back.

    In a run of release characters each releases the next, so that pairs can be taken from the left. A release character
    that is a space releases nothing.
    """
    release = chars.escape_character
    if release == " " or release not in text:
        return text, {}
    if _NEVER.search(text):
        raise UnreadableFile(field=source, expected="characters of Unicode", got="code points that are none")
    hidden = {}
    for place, each in zip(
        _PLACES, (release, chars.segment_terminator, chars.data_separator, chars.component_separator), strict=True
    ):
        text = text.replace(release + each, place)
        hidden[ord(place)] = each
    if f"{release}\n" in text:
        raise UnreadableFile(field=source, expected="a character that is released", got="the end of a line")
    return text.replace(release, ""), hidden


def _checked(parser: Any, segment: list[str | list[str]], source: str) -> None:  # noqa: ANN401 - pydifact is loaded when it is needed
    """Let pydifact check a segment of service. It lets any exception of its own out; all mean that it cannot be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of empty segments
        try:
            parser.convert_raw_segment_to_segment(segment)
        except Exception as error:
            raise UnreadableFile(field=source, expected="UN/EDIFACT segments", got=f"{error}"[:200]) from error


def _component(elements: list[list[str]], element: int, component: int) -> str:
    """Give one component, empty where there is none."""
    parts = elements[element] if element < len(elements) else []
    return parts[component] if component < len(parts) else ""


def _segment(tag: str, elements: list[list[str]]) -> Element:
    """Make an element of a segment, with its data elements and their components numbered."""
    made = Element(tag, "", {})
    for number, components in enumerate(elements, start=1):
        parts = [Element(str(k), "", {}, text=part) for k, part in enumerate(components, start=1)]
        made.below.append(Element(str(number), "", {}, text=components[0], below=parts))
    return made
