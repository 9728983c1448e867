"""Photos in a backup: every one that the copied database names, each under its digest, so that its name says whether it is whole.

Photos are never changed, and go only with their declarations. So those that an earlier backup beside the new one holds are linked, not copied, and
a photo that a restored office has already is the same photo.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from darvoza.errors import BackupError
from darvoza.office.desk.photo_files import Stored, place_of
from darvoza.on_disk import wait_for_disk

PHOTOS: Final = "photos"
"""The directory in a backup."""


@dataclass(frozen=True, slots=True)
class PhotoCopies:
    """What became of the photos.

    Attributes
    ----------
    count, size
        How many are in the backup, and their bytes.
    sha256
        Digest of their names, in order: which they are, and as they name their bytes, what they hold.
    missing
        Names of those that the office has lost, or that are not as they were stored.
    """

    count: int
    size: int
    sha256: str
    missing: tuple[str, ...]


def copy_photos(root: Path, target: Path, named: Iterable[Stored], earlier: Path | None) -> PhotoCopies:
    """Copy photos into a backup; those that an earlier one holds are linked.

    Parameters
    ----------
    root
        Photos of the office.
    target
        Where they are copied to.
    named
        Those that the database names.
    earlier
        Photos of an earlier backup; ``None`` where there is none.
    """
    missing, size, kept = [], 0, []
    for photo in named:
        source, copy = place_of(root, photo.digest, photo.kind), place_of(target, photo.digest, photo.kind)
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _linked(earlier, copy, photo) and not _copied(source, copy, photo.digest):
            missing.append(copy.name)
            continue
        kept.append(copy.name)
        size += photo.size
    for directory in {copy.parent for copy in target.rglob("*") if copy.is_file()} | ({target} if kept else set()):
        wait_for_disk(directory)
    return PhotoCopies(len(kept), size, _names_digest(kept), tuple(missing))


def _linked(earlier: Path | None, copy: Path, photo: Stored) -> bool:
    """Link a photo of an earlier backup, when it is there in full and the disk can."""
    if earlier is None:
        return False
    there = place_of(earlier, photo.digest, photo.kind)
    try:
        if there.stat().st_size != photo.size:
            return False
        os.link(there, copy)
    except OSError:
        return False
    return True


def _copied(source: Path, copy: Path, digest: str) -> bool:
    """Copy a photo onto the disk; false when it is not there, or not what its name says."""
    if not source.is_file():
        return False
    part = copy.with_suffix(".part")
    try:
        shutil.copyfile(source, part)
        whole = file_digest(part) == digest
        if whole:
            part.chmod(0o600)
            wait_for_disk(part)
            part.replace(copy)
    finally:
        part.unlink(missing_ok=True)
    return whole


def check_photos(directory: Path, sha256: str) -> None:
    """Check that the photos in a backup are those it was made with, each with its bytes.

    Raises
    ------
    BackupError
        When one is missing, changed or added.
    """
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    if _names_digest(path.name for path in files) != sha256:
        expected, got = "the photos that the manifest names", f"{len(files)} files, not all of them the same"
        raise BackupError(field=PHOTOS, expected=expected, got=got, hint="take an older backup")
    for path in files:
        if file_digest(path) != path.stem:
            raise BackupError(field=path.name, expected="its bytes", got="others", hint="take an older backup")


def put_photos_back(directory: Path, root: Path) -> None:
    """Put the photos of a backup where the office keeps them; one that is there already is the same."""
    for source in directory.rglob("*.*"):
        digest, kind = source.stem, source.suffix.removeprefix(".")
        copy = place_of(root, digest, kind)
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if copy.is_file() and file_digest(copy) == digest:
            continue
        if not _copied(source, copy, digest):
            raise BackupError(field=source.name, expected="its bytes", got="others", hint="take an older backup")
        wait_for_disk(copy.parent)


def file_digest(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _names_digest(names: Iterable[str]) -> str:
    """Give the digest of a list of names, whatever order they come in; nothing for none."""
    ordered = sorted(names)
    return hashlib.sha256("\n".join(ordered).encode()).hexdigest() if ordered else ""
