"""PNG without what stands beside the picture: chunks are kept or left out."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from darvoza.office.desk.pictures.cleaned import Beside, Cleaned, checked, damaged, each_once
from darvoza.office.desk.pictures.exif import read_exif, turned_by

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
NEEDED: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
KEPT: Final = NEEDED | {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP", b"pHYs"}
"""The picture, its colours, and how long its pixels are."""

TOLD: Final[Mapping[bytes, Beside]] = {
    b"tEXt": Beside.COMMENT,
    b"zTXt": Beside.COMMENT,
    b"iTXt": Beside.COMMENT,
    b"tIME": Beside.TIME,
}
CHANNELS: Final[Mapping[int, int]] = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Values a pixel has, by the kind of colours."""


class _Chunk(NamedTuple):
    kind: bytes
    data: bytes

    @property
    def whole(self) -> bytes:
        return write_chunk(self.kind, self.data)


def write_chunk(kind: bytes, data: bytes) -> bytes:
    """Write a chunk with its length and its sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def clean_png(content: bytes) -> Cleaned:
    """Take everything out of a PNG that is not the picture, its colours or how it is turned.

    Raises
    ------
    CaseRefused
        When it is not whole, or too large.

    References
    ----------
    W3C, Portable Network Graphics Specification, third edition, 5 and 11.
    """
    removed: set[Beside] = set()
    orientation, kept = 1, list[_Chunk]()
    for chunk in _chunks(content, removed):
        if chunk.kind == b"eXIf":
            exif = read_exif(chunk.data)
            orientation, removed = exif.orientation, removed | exif.found
        elif chunk.kind in KEPT:
            kept.append(chunk)
        elif chunk.kind[:1].isupper():
            raise damaged("a part that cannot be left out")
        else:
            removed.add(_kind(chunk))
    size = _size(kept)
    if orientation != 1:
        kept.insert(1, _Chunk(b"eXIf", turned_by(orientation)))
    return Cleaned(SIGNATURE + b"".join(chunk.whole for chunk in kept), *size, orientation, each_once(removed))


def _chunks(content: bytes, removed: set[Beside]) -> Iterator[_Chunk]:
    """Walk through the chunks up to the last; what comes after it is noted."""
    at = len(SIGNATURE)
    while True:
        if at + 12 > len(content):
            raise damaged("cut off")
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content) or not (kind.isalpha() and kind.isascii()):
            raise damaged("cut off")
        data = content[at + 8 : end - 4]
        if struct.unpack_from(">I", content, end - 4) != (zlib.crc32(kind + data),):
            raise damaged("a wrong sum")
        yield _Chunk(kind, data)
        at = end
        if kind == b"IEND":
            if content[at:]:
                removed.add(Beside.APPENDED)
            return


def _size(kept: list[_Chunk]) -> tuple[int, int]:
    """Read width and height; the first part tells them."""
    kinds = [chunk.kind for chunk in kept]
    if kinds[0] != b"IHDR" or kinds.count(b"IHDR") != 1 or b"IDAT" not in kinds or len(kept[0].data) != 13:
        raise damaged("parts in another order")
    width, height, depth, colours = struct.unpack_from(">IIBB", kept[0].data)
    if depth not in {1, 2, 4, 8, 16} or colours not in CHANNELS:
        raise damaged("colours")
    return checked(width, height, max(3, CHANNELS[colours]) * (2 if depth == 16 else 1))


def _kind(chunk: _Chunk) -> Beside:
    """Say what was left out."""
    if chunk.kind == b"iTXt" and chunk.data.startswith(b"XML:com.adobe.xmp\x00"):
        return Beside.XMP
    return TOLD.get(chunk.kind, Beside.OTHER)
