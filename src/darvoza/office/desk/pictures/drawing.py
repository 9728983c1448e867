"""Draws a small picture of a photo, as a program of its own: what unpacks a stranger's file may take too much or die.

    python -m darvoza.office.desk.pictures.drawing jpeg 160 120 < photo > small.png

The typesetting library that sets acts reads the three forms and turns them upright; few colours keep the result small,
whatever is on the photo: 160 by 120 points of 64 colours are 6 bits each.
"""

import resource
import struct
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Final

import numpy as np
import typst
from numpy.typing import NDArray

from darvoza.office.desk.pictures.png import SIGNATURE, write_chunk

COLOURS: Final = 64
MEMORY: Final = 1536 * 1024 * 1024
"""Bytes of addresses; a photo of the largest size that is taken needs less."""
SECONDS: Final = 20
"""Of a processor."""

PAGE: Final = '#set page(width: {0}pt, height: {1}pt, margin: 0pt, fill: white)\n#image("{2}", width: {0}pt, height: {1}pt, fit: "stretch")'

Pixels = NDArray[np.uint8]


def draw(content: bytes, kind: str, width: int, height: int) -> bytes:
    """Draw a photo so many points wide and high; give a PNG."""
    with tempfile.TemporaryDirectory() as root:
        photo = Path(root, f"photo.{kind}")
        photo.write_bytes(content)
        page = Path(root, "page.typ")
        page.write_text(PAGE.format(width, height, photo.name), encoding="utf-8")
        fonts = typst.Fonts(include_system_fonts=False)
        drawn = typst.Compiler(root=root, font_paths=fonts).compile(input=str(page), format="png", ppi=72.0)
    if not isinstance(drawn, bytes):
        raise TypeError(type(drawn).__name__)
    return few_colours(pixels_of(drawn))


def pixels_of(png: bytes) -> Pixels:
    """Give the colours (height, width, 3) of a PNG of red, green, blue and opacity, as the library writes it."""
    width, height, depth, colours = struct.unpack_from(">IIBB", png, 16)
    if (depth, colours) != (8, 6):
        raise ValueError(f"depth {depth}, colours {colours}")
    data, at = b"", 8
    while at < len(png):
        [length] = struct.unpack_from(">I", png, at)
        data += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(height, 1 + 4 * width)
    pixels = np.zeros((height, 4 * width), dtype=np.uint8)
    above = [0] * (4 * width)
    for number, row in enumerate(rows):
        above = _unfiltered(int(row[0]), row[1:].tolist(), above)
        pixels[number] = above
    return pixels.reshape(height, width, 4)[:, :, :3]


def _unfiltered(kind: int, row: list[int], above: list[int]) -> list[int]:
    """Undo the filter of a row (W3C, Portable Network Graphics, 9.2)."""
    made = [0] * len(row)
    for place, value in enumerate(row):
        left, corner = (made[place - 4], above[place - 4]) if place >= 4 else (0, 0)
        up = above[place]
        guess = (0, left, up, (left + up) // 2, _nearest(left, up, corner))[kind]
        made[place] = (value + guess) & 0xFF
    return made


def _nearest(left: int, up: int, corner: int) -> int:
    """Give the one of three neighbours that is nearest to what they promise together."""
    promise = left + up - corner
    return min((left, up, corner), key=lambda each: abs(promise - each))


def few_colours(pixels: Pixels) -> bytes:
    """Write a picture (height, width, 3) with at most 64 colours as a PNG."""
    height, width, _ = pixels.shape
    flat = pixels.reshape(-1, 3).astype(np.int32)
    palette = _palette(flat)
    distances = ((flat[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
    indices = distances.argmin(axis=1).astype(np.uint8).reshape(height, width)
    rows = b"".join(b"\x00" + row.tobytes() for row in indices)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = (
        (b"IHDR", head),
        (b"PLTE", palette.astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(write_chunk(kind, data) for kind, data in parts)


def _palette(flat: NDArray[np.int32]) -> NDArray[np.int32]:
    """Choose colours: the box of colours that spreads most is cut at its median until there are enough."""
    boxes = [flat]
    while len(boxes) < COLOURS:
        spreads = [int(np.ptp(box, axis=0).max()) * len(box) for box in boxes]
        widest = int(np.argmax(spreads))
        if spreads[widest] == 0:
            break
        box = boxes.pop(widest)
        axis = int(np.argmax(np.ptp(box, axis=0)))
        ordered = box[box[:, axis].argsort(kind="stable")]
        middle = len(ordered) // 2
        boxes += [ordered[:middle], ordered[middle:]]
    return np.array([box.mean(axis=0).round() for box in boxes], dtype=np.int32)


def main() -> int:
    """Draw what comes in; nothing that goes wrong is told, since the one who asked knows what to say."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    kind, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read(), kind, width, height))
    return 0


if __name__ == "__main__":
    sys.exit(main())
