"""Exif: what is read of it before it is taken out, and the little that is put back, which is how a photo is turned."""

import struct
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from darvoza.office.desk.pictures.cleaned import Beside

_ORIENTATION, _EXIF, _GPS = 0x0112, 0x8769, 0x8825
_SHORT = 3
_MOST_ENTRIES: Final = 1000

TELLING: Final[Mapping[int, Beside]] = {
    _GPS: Beside.PLACE,
    0x0132: Beside.TIME,
    0x9003: Beside.TIME,
    0x9004: Beside.TIME,
    0x010F: Beside.DEVICE,
    0x0110: Beside.DEVICE,
    0xA433: Beside.DEVICE,
    0xA434: Beside.DEVICE,
    0xA431: Beside.SERIAL_NUMBER,
    0xA435: Beside.SERIAL_NUMBER,
    0xC62F: Beside.SERIAL_NUMBER,
    0xA420: Beside.SERIAL_NUMBER,  # a number of its own for each picture
    0x013B: Beside.OWNER,
    0x8298: Beside.OWNER,
    0xA430: Beside.OWNER,
    0x927C: Beside.MAKER_NOTE,
    0x9286: Beside.COMMENT,
    0x010E: Beside.COMMENT,
}
"""Tags whose presence is told to whoever reads the journal."""


class Exif(NamedTuple):
    """What was read: how the photo is turned, and what else was told."""

    orientation: int
    found: frozenset[Beside]


class _Entry(NamedTuple):
    tag: int
    form: int
    value: bytes


def read_exif(data: bytes) -> Exif:
    r"""Read what matters; whatever is broken counts as not there, since all of it is taken out.

    Examples
    --------
    >>> read_exif(turned_by(6)).orientation, read_exif(b"MM").orientation
    (6, 1)
    """
    found = {Beside.EXIF}
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(data[:4])
    if order is None or len(data) < 8:
        return Exif(1, frozenset(found))
    orientation, [first] = 1, struct.unpack_from(f"{order}I", data, 4)
    for entry in _entries(data, order, first):
        found |= {TELLING[entry.tag]} if entry.tag in TELLING else set()
        if entry.tag == _ORIENTATION and entry.form == _SHORT:
            [orientation] = struct.unpack_from(f"{order}H", entry.value)
        elif entry.tag == _EXIF:
            [inner] = struct.unpack(f"{order}I", entry.value)
            found |= {TELLING[each.tag] for each in _entries(data, order, inner) if each.tag in TELLING}
    if _has_next(data, order, first):
        found.add(Beside.SMALLER_PICTURE)
    return Exif(orientation if 1 <= orientation <= 8 else 1, frozenset(found))


def _entries(data: bytes, order: str, at: int) -> Iterator[_Entry]:
    """Give the entries of a directory, as far as they are there."""
    if at + 2 > len(data):
        return
    [count] = struct.unpack_from(f"{order}H", data, at)
    for number in range(min(count, _MOST_ENTRIES)):
        place = at + 2 + 12 * number
        if place + 12 > len(data):
            return
        tag, form, _ = struct.unpack_from(f"{order}HHI", data, place)
        yield _Entry(tag, form, data[place + 8 : place + 12])


def _has_next(data: bytes, order: str, at: int) -> bool:
    """Tell whether a second directory follows, which is of a smaller picture."""
    if at + 2 > len(data):
        return False
    [count] = struct.unpack_from(f"{order}H", data, at)
    end = at + 2 + 12 * count
    return end + 4 <= len(data) and any(data[end : end + 4])


def turned_by(orientation: int) -> bytes:
    """Write Exif that tells how a photo is turned, and nothing else."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)
