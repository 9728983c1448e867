"""JPEG without what stands beside the picture: segments are kept or left out, the picture itself is copied as it is."""

import re
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from darvoza.office.desk.pictures.cleaned import Beside, Cleaned, checked, damaged, each_once
from darvoza.office.desk.pictures.exif import read_exif, turned_by

START, END, SCAN, APP0, APP1, APP2, APP13, APP14, COMMENT = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE
FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive: what cameras write and browsers show."""

PICTURE: Final = FRAMES | {0xC4, 0xDB, 0xDD, SCAN}
"""Frame, Huffman tables, quantisation tables, restart interval, scan."""

MOST_SCANS: Final = 100
"""A progressive picture has some ten; each costs a pass over all of it."""

EXIF, XMP, ICC, JFIF, ADOBE = b"Exif\x00\x00", b"http://ns.adobe.com/", b"ICC_PROFILE\x00", b"JFIF\x00", b"Adobe"
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_JFIF_LENGTH, _ADOBE_LENGTH = 12, 12


class _Segment(NamedTuple):
    """A marker, what it carries, and for a scan the coded picture after it."""

    marker: int
    data: bytes
    coded: bytes = b""

    @property
    def whole(self) -> bytes:
        return struct.pack(">BBH", 0xFF, self.marker, len(self.data) + 2) + self.data + self.coded


def clean_jpeg(content: bytes) -> Cleaned:
    """Take everything out of a JPEG that is not the picture, its colours or how it is turned.

    Raises
    ------
    CaseRefused
        When it is not whole, of a kind that browsers do not show, or too large.

    References
    ----------
    ITU-T T.81, Annex B.
    """
    removed: set[Beside] = set()
    orientation, size, kept = 1, None, list[bytes]()
    for segment in _segments(content, removed):
        if segment.marker in FRAMES:
            size = _size(segment.data)
        if segment.marker == APP1 and segment.data.startswith(EXIF):
            exif = read_exif(segment.data[len(EXIF) :])
            orientation = exif.orientation if orientation == 1 else orientation
            removed |= exif.found
        elif (plain := _kept(segment)) is not None:
            kept.append(plain.whole)
        else:
            removed.add(_kind(segment))
    if size is None:
        raise damaged("no frame")
    first = 1 if kept and kept[0][1] == APP0 else 0
    if orientation != 1:
        kept.insert(first, _Segment(APP1, EXIF + turned_by(orientation)).whole)
    whole = b"\xff\xd8" + b"".join(kept) + b"\xff\xd9"
    return Cleaned(whole, *size, orientation, each_once(removed))


def _segments(content: bytes, removed: set[Beside]) -> Iterator[_Segment]:
    """Walk through the segments up to the end of the picture; what comes after it is noted."""
    at, scans = 2, 0
    while True:
        at = _past_fill(content, at)
        marker = content[at + 1]
        if marker == END:
            if content[at + 2 :].strip(b"\x00\xff"):
                removed.add(Beside.APPENDED)
            break
        [length] = struct.unpack_from(">H", content[at : at + 4], 2) if at + 4 <= len(content) else [0]
        if length < 2 or at + 2 + length > len(content) or marker in {0x00, 0x01, START, *range(0xD0, 0xD8)}:
            raise damaged(f"segment {marker:02x}")
        data, at = content[at + 4 : at + 2 + length], at + 2 + length
        coded = b""
        if marker == SCAN:
            scans += 1
            coded, at = _coded(content, at)
        if scans > MOST_SCANS:
            raise damaged("too many scans")
        yield _Segment(marker, data, coded)
    if not scans:
        raise damaged("no scan")


def _past_fill(content: bytes, at: int) -> int:
    """Give where the next marker stands; it may be filled up from before."""
    if content[at : at + 1] != b"\xff":
        raise damaged(f"byte {at}")
    while content[at + 1 : at + 2] == b"\xff":
        at += 1
    if at + 1 >= len(content):
        raise damaged("cut off")
    return at


def _coded(content: bytes, at: int) -> tuple[bytes, int]:
    """Give the coded picture of a scan, and where it ends."""
    found = _NEXT.search(content, at)
    if found is None:
        raise damaged("cut off")
    return content[at : found.start()], found.start()


def _size(frame: bytes) -> tuple[int, int]:
    """Read width and height out of a frame."""
    if len(frame) < 6:
        raise damaged("frame")
    depth, height, width, colours = struct.unpack_from(">BHHB", frame)
    if depth != 8 or colours not in {1, 3, 4} or len(frame) != 6 + 3 * colours:
        raise damaged("frame")
    return checked(width, height, max(colours, 3))


def _kept(segment: _Segment) -> _Segment | None:
    """Give a segment as it is kept; nothing where it is left out."""
    data = segment.data
    if segment.marker in PICTURE or (segment.marker == APP2 and data.startswith(ICC)):
        return segment
    if segment.marker == APP0 and data.startswith(JFIF) and len(data) >= _JFIF_LENGTH:
        return _Segment(APP0, data[:_JFIF_LENGTH] + b"\x00\x00")  # it may carry a smaller picture
    if segment.marker == APP14 and data.startswith(ADOBE) and len(data) >= _ADOBE_LENGTH:
        return _Segment(APP14, data[:_ADOBE_LENGTH])  # how colours are coded
    if 0xC0 <= segment.marker <= 0xCF or segment.marker in {0xDC, 0xDE, 0xDF}:
        raise damaged(f"a kind of JPEG that is not shown, {segment.marker:02x}")
    return None


def _kind(segment: _Segment) -> Beside:
    """Say what was left out."""
    if segment.marker == APP1 and segment.data.startswith(XMP):
        return Beside.XMP
    return {APP13: Beside.IPTC, COMMENT: Beside.COMMENT}.get(segment.marker, Beside.OTHER)
