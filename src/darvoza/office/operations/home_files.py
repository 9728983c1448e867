"""What decides, in a backup: the state in force with the files it names, and the heads of the journal, put back where they were.

Keys and secrets are never in it: whoever reads a backup must not be able to tell the draws of tomorrow. They are named, so that
whoever makes the backup knows what has to be kept otherwise.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from darvoza.errors import BackupError
from darvoza.office.environment import DATABASE_FILE, DEMO_MARK
from darvoza.office.operations.photo_backups import PHOTOS, file_digest
from darvoza.office.operations.services.heads import HEADS
from darvoza.on_disk import wait_for_disk

FILES: Final = "files"
"""The directory in a backup."""

GATE: Final = "gate.yaml"
_KEY = "key_file"
_NEVER: Final = frozenset({"secret", "key", "token", "pem"})
"""Words in the name of a file that holds something secret."""


class HomeCopies(NamedTuple):
    """What became of the files of the home: digests by their names below it, and what has to be kept otherwise."""

    digests: dict[str, str]
    otherwise: tuple[str, ...]


def copy_home(home: Path, target: Path, earlier: Path | None, known: Mapping[str, str]) -> HomeCopies:
    """Copy what decides into a backup; what an earlier one holds is linked.

    Parameters
    ----------
    home
        Home of the office.
    target
        Directory to make in the backup.
    earlier, known
        The same directory of an earlier backup, and the digests of what it holds.
    """
    home = Path(os.path.abspath(home))  # noqa: PTH100 - a link in the home stays the name it is known by
    named, otherwise = _named(home)
    digests: dict[str, str] = {}
    for source in dict.fromkeys(each for place in (home / GATE, *named, home / HEADS) for each in _files(place)):
        name = source.relative_to(home).as_posix()
        if name in otherwise or _is_guarded(name):
            otherwise.add(name)
            continue
        there = earlier / name if earlier else None
        (target / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        digests[name] = _copied(source, target / name, there, known.get(name, ""))
    for directory in {copy.parent for copy in target.rglob("*")}:
        wait_for_disk(directory)
    return HomeCopies(digests, tuple(sorted({*otherwise, *_left(home, digests)})))


def check_home(directory: Path, digests: Mapping[str, str]) -> None:
    """Check that the files in a backup are those it was made with.

    Raises
    ------
    BackupError
        When one is missing or changed, or would be put back anywhere but into the home.
    """
    for name, digest in digests.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise BackupError(field=name, expected="a name below the home", got="one outside of it")
        if not (directory / path).is_file() or file_digest(directory / path) != digest:
            raise BackupError(field=name, expected="its bytes", got="others", hint="take an older backup")


def put_home_back(directory: Path, digests: Mapping[str, str], home: Path) -> tuple[str, ...]:
    """Put the files of a backup where the office has them, the state in force last; give those that stand there otherwise.

    What is there is never overwritten.
    """
    kept = []
    for name, digest in sorted(digests.items(), key=lambda each: each[0] == GATE):
        target = home / name
        if target.exists():
            kept += [] if target.is_file() and file_digest(target) == digest else [name]
            continue
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _onto_disk(directory / name, target)
        wait_for_disk(target.parent)
    return tuple(kept)


def _named(home: Path) -> tuple[list[Path], set[str]]:
    """Give what the state in force names below the home, and what it names that is not copied: its key, and what is elsewhere."""
    if not (home / GATE).is_file():
        return [], set()
    from darvoza.flow.fields import read_yaml  # noqa: PLC0415 - heavy, and only with a gate
    from darvoza.flow.gate.state_file import LISTS, PATHS  # noqa: PLC0415

    try:
        told = read_yaml(home / GATE, GATE, error=BackupError)
    except BackupError:
        return [], set()  # the doctor says what is wrong with it; it is copied as it is
    texts = [(name, told[name]) for name in PATHS if name in told]
    texts += [(name, each) for name in LISTS if isinstance(listed := told.get(name), list) for each in listed]
    below: list[Path] = []
    otherwise: set[str] = set()
    for name, text in texts:
        place = Path(os.path.normpath(home / str(text)))
        inside = place.is_relative_to(home)
        if inside and name != _KEY:
            below.append(place)
        else:
            otherwise.add(place.relative_to(home).as_posix() if inside else str(place))
    return below, otherwise


def _files(place: Path) -> Iterator[Path]:
    """Give a file, or the files below a directory."""
    if place.is_file():
        yield place
    elif place.is_dir():
        yield from sorted(path for path in place.rglob("*") if path.is_file())


def _is_guarded(name: str) -> bool:
    """Tell whether a file is none that belongs here: secret, or copied otherwise."""
    first, last = PurePosixPath(name).parts[0], PurePosixPath(name).name
    words = set(re.split(r"[-_.]", last.lower()))
    return bool(words & _NEVER) or first == PHOTOS or last.startswith((DATABASE_FILE, "."))


def _left(home: Path, digests: Iterable[str]) -> Iterator[str]:
    """Name what stands in the home and is not in the backup."""
    copied = {PurePosixPath(name).parts[0] for name in digests} | {PHOTOS, DEMO_MARK}
    for path in home.iterdir() if home.is_dir() else ():
        if path.name not in copied and not path.name.startswith((DATABASE_FILE, ".")):
            yield path.name


def _copied(source: Path, copy: Path, there: Path | None, known: str) -> str:
    """Copy a file, or link it where an earlier backup holds the same; give its digest."""
    if there is not None and known and there.is_file() and file_digest(source) == known == file_digest(there):
        try:
            os.link(there, copy)
        except OSError:
            pass
        else:
            return known
    _onto_disk(source, copy)
    return file_digest(copy)


def _onto_disk(source: Path, target: Path) -> None:
    """Copy a file whole, readable by its owner only."""
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.chmod(0o600)
        wait_for_disk(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
