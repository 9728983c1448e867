"""Photos as files below the home of the office: named by their digest, never by what somebody called them."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from darvoza.errors import CaseRefused, OutputError
from darvoza.on_disk import wait_for_disk

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of all photos of an order together."""

KINDS: Final = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
"""What is taken, and as what it is handed out again."""

NAMED: Final = 5
"""Files that are named where there are many."""

HEAD: Final = 16


class Stored(NamedTuple):
    """A photo that is on the disk: what its bytes are, their SHA-256 in hexadecimal, how many there are."""

    kind: str
    digest: str
    size: int


def kind_of(head: bytes) -> str | None:
    r"""Tell what a picture is by its first bytes, whatever its name says; nothing when it is none that is taken.

    Examples
    --------
    >>> kind_of(b"\xff\xd8\xff\xe0" + bytes(12)), kind_of(b"RIFF" + bytes(4) + b"WEBPVP8 "), kind_of(b"<svg onload=alert(1)>")
    ('jpeg', 'webp', None)
    """
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return None


def whole(chunks: Iterable[bytes], *, most: int) -> bytes:
    """Give the bytes of a photo that is sent.

    Raises
    ------
    CaseRefused
        When it is too large.
    """
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > most:
            raise _too_large()
    return bytes(content)


def taken_kind(content: bytes) -> str:
    """Tell what a photo is.

    Raises
    ------
    CaseRefused
        When it is no JPEG, PNG or WebP.
    """
    kind = kind_of(content[:HEAD])
    if kind is None:
        raise CaseRefused(field="picture", expected="a JPEG, PNG or WebP", got=f"{content[:4]!r}")
    return kind


def _too_large() -> CaseRefused:
    return CaseRefused(field="photo", expected=f"at most {LARGEST} bytes of photos for an order", got="more")


def place_of(root: Path, digest: str, kind: str) -> Path:
    """Give where a photo stands."""
    return root / digest[:2] / f"{digest}.{kind}"


def kept_files(root: Path) -> Iterator[Path]:
    """Give the files of photos that stand on the disk; small pictures, which can be drawn again, are not among them."""
    yield from (path for kind in KINDS for path in root.glob(f"[0-9a-f][0-9a-f]/*.{kind}"))


def few_named(files: Sequence[str]) -> str:
    """Name the first of some files, and show that there are more.

    Examples
    --------
    >>> few_named(list("abcdef"))
    'a, b, c, d, e, …'
    """
    return ", ".join([*files[:NAMED], *(["…"] if len(files) > NAMED else [])])


def store(root: Path, chunks: Iterable[bytes], *, most: int) -> Stored:
    """Write a photo to the disk, whole or not at all.

    Parameters
    ----------
    root
        Directory of the photos.
    chunks
        Its bytes.
    most
        Bytes it may have.

    Raises
    ------
    CaseRefused
        When it is too large, or no JPEG, PNG or WebP.
    """
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(dir=root, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            kind, digest, size = _write(file.write, chunks, most)
            file.flush()
            os.fsync(file.fileno())
        target = place_of(root, digest, kind)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        part.replace(target)
        for directory in (target.parent, root, root.absolute().parent):
            wait_for_disk(directory)
    finally:
        part.unlink(missing_ok=True)
    return Stored(kind, digest, size)


def _write(write: Callable[[bytes], object], chunks: Iterable[bytes], most: int) -> Stored:
    """Write chunks while counting and hashing them."""
    seen, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise _too_large()
        head = head if len(head) >= HEAD else head + chunk[:HEAD]
        seen.update(chunk)
        write(chunk)
    return Stored(taken_kind(head), seen.hexdigest(), size)


def read(root: Path, digest: str, kind: str) -> bytes:
    """Give the bytes of a photo, once they are seen to be those that were stored.

    Raises
    ------
    OutputError
        When it is missing, or was changed.
    """
    path = place_of(root, digest, kind)
    if not path.is_file():
        raise OutputError(field="photo", expected=f"the file {path.name}", got="none", hint="put it back from a backup")
    whole = path.read_bytes()
    if hashlib.sha256(whole).hexdigest() != digest:
        raise OutputError(
            field="photo", expected=f"the bytes of {path.name}", got="others", hint="put it back from a backup"
        )
    return whole
