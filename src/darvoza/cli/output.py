"""Places to write to: whole or not at all."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from darvoza.errors import OutputError

OWNER_ONLY = 0o600


@contextmanager
def fresh_directory(out: Path) -> Iterator[Path]:
    """Give a directory to write into that takes its name only when everything in it is written.

    Whatever goes wrong before, nothing half-written stays behind under the name that was asked for.

    Raises
    ------
    OutputError
        If the directory already holds something, or cannot be made.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise OutputError(
            field="out",
            expected="a directory that does not exist yet",
            got=str(out),
            hint="earlier results are never overwritten; choose another name or remove it",
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    except OSError as problem:
        raise OutputError(field="out", expected="a place that can be written to", got=str(out)) from problem
    try:
        part.chmod(0o755)
        yield part
        if out.exists():
            out.rmdir()
        part.rename(out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def write_alone(path: Path, text: str) -> None:
    """Write a text to a file that does not exist yet, for its owner alone to read.

    Raises
    ------
    OSError
        When it exists, or cannot be written.
    """
    handle = os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def write_new(path: Path, text: str) -> None:
    """Write a text to a file that does not exist yet.

    Raises
    ------
    OutputError
        When it exists, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as problem:
        raise OutputError(
            field=str(path),
            expected="a file that does not exist yet in a place that can be written to",
            got=problem.strerror,
            hint="earlier results are never overwritten; choose another name or remove it",
        ) from problem


def file_digest(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
