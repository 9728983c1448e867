"""Small photos of each form, 32 by 24 points: red above on the left, blue below on the right, white between; and what cameras add."""

import base64
import struct
import zlib
from collections.abc import Iterable

BASELINE = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5a"
    "YVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAAR"
    "CAAYACADASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAYHCP/EABgQAQADAQAAAAAAAAAAAAAAAAAXZaTi/8QAFwEAAwEAAAAAAAAA"
    "AAAAAAAAAgQGBf/EAB4RAAEDBAMAAAAAAAAAAAAAAAABAgQVUqHREhNR/9oADAMBAAIRAxEAPwCVF5HFvm6I4t83RDpf4VdSi3YXReDOJUpN"
    "XBKlJq4btNlW5TZJc2mjgEQjnABcix//2Q=="
)
PROGRESSIVE = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5a"
    "YVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wgAR"
    "CAAYACADASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAUGB//EABcBAAMBAAAAAAAAAAAAAAAAAAMEBQH/2gAMAwEAAhADEAAAAZS8"
    "Xq3mbPydIAbzcXBf/8QAFhABAQEAAAAAAAAAAAAAAAAAFQAg/9oACAEBAAEFAsHR0rK5/8QAGhEAAAcAAAAAAAAAAAAAAAAAAAEDEBEUUf/a"
    "AAgBAwEBPwGylokn/8QAGhEAAAcAAAAAAAAAAAAAAAAAAAEDEBIUUf/aAAgBAgEBPwGBisrj/wD/xAAXEAADAQAAAAAAAAAAAAAAAAAAM6Ig"
    "/9oACAEBAAY/AsNkbImhNZ//xAAXEAADAQAAAAAAAAAAAAAAAAAA8PEg/9oACAEBAAE/IcPQ9CyLOf/aAAwDAQACAAMAAAAQDMA//8QAFxEB"
    "AAMAAAAAAAAAAAAAAAAAASDR8P/aAAgBAwEBPxDAahf/xAAZEQABBQAAAAAAAAAAAAAAAAABABBh0fD/2gAIAQIBAT8QhWBFv//EABQQAQAA"
    "AAAAAAAAAAAAAAAAADD/2gAIAQEAAT8QTuVf/9k="
)
LOSSY = base64.b64decode(
    "UklGRnQAAABXRUJQVlA4IGgAAAAwBQCdASogABgAPrVGm0unI6Kht+gA4BaJZAC/ZqTJwP6rcf92q/oACN5k5v8q2va+AAD+68mP+gOv5wDq"
    "WuBwQInP/npn+P52GDFgKYMX+gBWf5WBFOfbV5Z+wtred0atThIQoAAAAA=="
)
LOSSLESS = base64.b64decode(
    "UklGRj4AAABXRUJQVlA4TDEAAAAvH8AFABcgEEjaH3oNsWCiNf8vqgSyye4vllXzH/+CgCDbppKTPOsBIvofVfAL2/YLAA=="
)
EXTENDED = base64.b64decode(
    "UklGRpQAAABXRUJQVlA4WAoAAAAgAAAAHwAAFwAASUNDUAYAAABJQ0NJQ0NWUDggaAAAADAFAJ0BKiAAGAA+tUabS6cjoqG36ADgFolkAL9m"
    "pMnA/qtx/3ar+gAI3mTm/yra9r4AAP7ryY/6A6/nAOpa4HBAic/+emf4/nYYMWApgxf6AFZ/lYEU59tXln7C2t53Rq1OEhCgAAAA"
)
MOVING = base64.b64decode(
    "UklGRqIAAABXRUJQVlA4WAoAAAACAAAAHwAAFwAAQU5JTQYAAAAAAAAAAABBTk1GSAAAAAAAAAAAAB8AABcAAGQAAAJWUDhMMAAAAC8fwAUA"
    "FzD/YsFkVvl/YYkFE635X1k1/0HNBsJso0lOcpr3PYCI/k+CatWvFcAtAEFOTUYmAAAAAAAAAAAAHwAAFwAAZAAAAFZQOEwOAAAALx/ABQAH"
    "EBH9D0RE/wM="
)

WIDTH, HEIGHT = 32, 24


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(*more: bytes, width: int = WIDTH, height: int = HEIGHT, depth: int = 8, colours: int = 2) -> bytes:
    """A PNG; further chunks stand before the picture."""
    red, white, blue = b"\xc8\x00\x00", b"\xff\xff\xff", b"\x00\x00\xc8"
    above, below = b"\x00" + red * 16 + white * 16, b"\x00" + white * 16 + blue * 16
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(above * 12 + below * 12))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(more) + body + chunk(b"IEND")


PNG = a_png()


def an_exif(*, turned: int = 1, place: bool = True, serial: str = "SN-0042-777", order: str = ">") -> bytes:
    """What a telephone writes: how it was held, where it was, its number and its maker."""
    first = [(0x0112, 3, 1, struct.pack(f"{order}HH", turned, 0)), (0x010F, 2, 4, b"ACME")]
    inner = [
        (0xA431, 2, len(serial) + 1, serial.encode() + b"\x00"),
        (0x927C, 7, 40, b"maker" * 8),
        (0x9003, 2, 20, b"2026:03:01 09:00:00\x00"),
    ]
    where = [
        (0x0002, 5, 3, struct.pack(f"{order}6I", 42, 1, 52, 1, 3012, 100)),
        (0x0004, 5, 3, struct.pack(f"{order}6I", 74, 1, 35, 1, 0, 1)),
    ]
    at = 8 + _length(len(first) + 1 + place)
    inner_at, inner_whole = at, _directory(inner, at, order)
    place_at = at + len(inner_whole)
    place_whole = _directory(where, place_at, order) if place else b""
    pointers = [(0x8769, 4, 1, struct.pack(f"{order}I", inner_at))]
    pointers += [(0x8825, 4, 1, struct.pack(f"{order}I", place_at))] if place else []
    head = {"<": b"II*\x00", ">": b"MM\x00*"}[order] + struct.pack(f"{order}I", 8)
    return head + _directory(first + pointers, 8, order) + inner_whole + place_whole


def _length(entries: int) -> int:
    return 2 + 12 * entries + 4


def _directory(entries: Iterable[tuple[int, int, int, bytes]], at: int, order: str) -> bytes:
    """A directory with what does not fit into its entries after it."""
    listed = sorted(entries)
    head, beyond, end = struct.pack(f"{order}H", len(listed)), b"", at + _length(len(listed))
    for tag, form, count, value in listed:
        fits = len(value) <= 4
        inside = value.ljust(4, b"\x00") if fits else struct.pack(f"{order}I", end + len(beyond))
        head += struct.pack(f"{order}HHI", tag, form, count) + inside
        beyond += b"" if fits else value
    return head + struct.pack(f"{order}I", 0) + beyond


def segment(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpeg_with(*segments: bytes, after: bytes = b"", picture: bytes = BASELINE) -> bytes:
    """A JPEG into which a camera wrote more, after the first segment, and behind the end."""
    end = 4 + struct.unpack_from(">H", picture, 4)[0]
    return picture[:end] + b"".join(segments) + picture[end:] + after


def webp_with(*chunks: tuple[bytes, bytes], picture: bytes = EXTENDED, flags: int = 0x2C) -> bytes:
    """A WebP to which a camera appended parts."""
    assert picture[12:16] == b"VP8X"
    body = picture[8:20] + bytes([flags]) + picture[21:]
    body += b"".join(kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


EACH_FORM = (
    BASELINE,
    PROGRESSIVE,
    PNG,
    LOSSY,
    LOSSLESS,
    EXTENDED,
    jpeg_with(segment(0xE1, b"Exif\x00\x00" + an_exif(turned=6))),
    a_png(chunk(b"eXIf", an_exif(turned=3))),
    webp_with((b"EXIF", an_exif(turned=8))),
)
"""Photos of each form, with and without what a camera writes beside the picture."""
