"""WebP without what stands beside the picture: chunks are kept or left out."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from darvoza.office.desk.pictures.cleaned import Beside, Cleaned, checked, damaged, each_once
from darvoza.office.desk.pictures.exif import read_exif, turned_by

HEAD: Final = 12
EXTENDED, EXIF, XMP = b"VP8X", b"EXIF", b"XMP "
KEPT: Final = frozenset({EXTENDED, b"VP8 ", b"VP8L", b"ALPH", b"ICCP"})
PICTURE: Final = frozenset({b"VP8 ", b"VP8L"})
MOVING: Final = frozenset({b"ANIM", b"ANMF"})
_TELLS_EXIF, _TELLS_XMP = 0x08, 0x04


class _Chunk(NamedTuple):
    kind: bytes
    data: bytes

    @property
    def whole(self) -> bytes:
        return self.kind + struct.pack("<I", len(self.data)) + self.data + bytes(len(self.data) % 2)


def clean_webp(content: bytes) -> Cleaned:
    """Take everything out of a WebP that is not the picture, its colours or how it is turned.

    Raises
    ------
    CaseRefused
        When it is not whole, moves, or is too large.

    References
    ----------
    RFC 9649, 2.
    """
    removed: set[Beside] = set()
    orientation, kept = 1, list[_Chunk]()
    for chunk in _chunks(content, removed):
        if chunk.kind in MOVING:
            raise damaged("it moves")
        if chunk.kind in KEPT:
            kept.append(chunk)
        elif chunk.kind == EXIF:
            exif = read_exif(chunk.data.removeprefix(b"Exif\x00\x00"))
            orientation, removed = exif.orientation, removed | exif.found
        else:
            removed.add(Beside.XMP if chunk.kind == XMP else Beside.OTHER)
    size = _size(kept)
    if kept[0].kind == EXTENDED:
        kept[0] = _Chunk(EXTENDED, _flags(kept[0].data, turned=orientation != 1))
        kept += [_Chunk(EXIF, turned_by(orientation))] if orientation != 1 else []
    else:
        orientation = 1  # the simple form has no place for it, so no browser turned it
    body = b"WEBP" + b"".join(chunk.whole for chunk in kept)
    return Cleaned(b"RIFF" + struct.pack("<I", len(body)) + body, *size, orientation, each_once(removed))


def _chunks(content: bytes, removed: set[Beside]) -> Iterator[_Chunk]:
    """Walk through the chunks; what comes after the end is noted."""
    if len(content) < HEAD:
        raise damaged("cut off")
    end = 8 + struct.unpack_from("<I", content, 4)[0]
    if end > len(content):
        raise damaged("cut off")
    if content[end:].strip(b"\x00"):
        removed.add(Beside.APPENDED)
    at = HEAD
    while at < end:
        if at + 8 > end:
            raise damaged("cut off")
        kind, length = struct.unpack_from("<4sI", content, at)
        if at + 8 + length > end:
            raise damaged("cut off")
        yield _Chunk(kind, content[at + 8 : at + 8 + length])
        at += 8 + length + length % 2


def _size(kept: list[_Chunk]) -> tuple[int, int]:
    """Read width and height out of the picture, and see that the frame around it says the same."""
    pictures = [chunk for chunk in kept if chunk.kind in PICTURE]
    extended = [chunk.data for chunk in kept if chunk.kind == EXTENDED]
    if len(pictures) != 1 or kept[0].kind not in PICTURE | {EXTENDED} or len(extended) > 1:
        raise damaged("parts in another order")
    size = _lossy(pictures[0].data) if pictures[0].kind == b"VP8 " else _lossless(pictures[0].data)
    if extended and (len(extended[0]) != 10 or _canvas(extended[0]) != size):
        raise damaged("two sizes")
    return checked(*size, 4)


def _lossy(data: bytes) -> tuple[int, int]:
    """Read the head of a key frame."""
    if len(data) < 10 or data[0] & 1 or data[3:6] != b"\x9d\x01\x2a":
        raise damaged("frame")
    width, height = struct.unpack_from("<HH", data, 6)
    return width & 0x3FFF, height & 0x3FFF


def _lossless(data: bytes) -> tuple[int, int]:
    """Read the head of a picture without loss."""
    if len(data) < 5 or data[0] != 0x2F:
        raise damaged("frame")
    [bits] = struct.unpack_from("<I", data, 1)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _canvas(data: bytes) -> tuple[int, int]:
    """Read the size out of the frame around the picture."""
    return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1


def _flags(data: bytes, *, turned: bool) -> bytes:
    """Say what is there still."""
    flags = data[0] & ~(_TELLS_EXIF | _TELLS_XMP) | (_TELLS_EXIF if turned else 0)
    return bytes([flags]) + data[1:]
