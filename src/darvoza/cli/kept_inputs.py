"""What a run was decided with, kept beside it: enough to decide it again when profiles, lists or the score are others.

``inputs.zip`` of a run holds ``inputs.json``, which names every option and every input file with its digest, and the
files themselves, with three exceptions. Of these the digest is kept, and where they lay:

- declarations, and what was read of the run before: they are large, they have times and rules of their own after which
  they are let go, and a copy beside each run would outlive both;
- whatever an option names that is larger than 64 MB in all, such as the certificates of a year.

The key of the draw is never among them, nor is any file that looks like one. What stood beside the profiles of the library,
as the program made it of measures and certificates, is there, too: another version would make other profiles.
"""

import hashlib
import json
import zipfile
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

from darvoza.cli.assess_certificates import USED
from darvoza.cli.output import file_digest
from darvoza.cli.reference_data import competence_file
from darvoza.cli.results import DECISIONS, MEMORY
from darvoza.errors import OutputError
from darvoza.flow.learning.registry import champion_directory, is_registry
from darvoza.json_text import read_json
from darvoza.on_disk import DAMAGED_ARCHIVE

INPUTS, LISTING = "inputs.zip", "inputs.json"
BESIDE: Final = "beside.json"
FORMAT: Final = 1
MOST: Final = 64 * 1024**2
"""Bytes that are kept of what one option names."""

UNSAID: Final = frozenset({"out", "key_file", "workers", "command_module"})
"""What decides nothing, and the key."""

BY_DIGEST: Final = frozenset({"files", "previous"})
OF_PREVIOUS: Final = (DECISIONS, MEMORY, USED)
_LOOKS_LIKE_A_KEY: Final = (b"darvoza_key", b"darvoza_day_keys", b"PRIVATE+KEY+", b"+PRIVATE+")
_HEAD: Final = 200
_THEN: Final = (1980, 1, 1, 0, 0, 0)


class Input(NamedTuple):
    """A file that was read: its name below the inputs, its size and digest, where it lay, and its content if it is kept."""

    name: str
    size: int
    sha256: str
    at: Path
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a run was given.

    Attributes
    ----------
    settings
        Words of every option that names no file.
    places
        Names, below the inputs, of what every other option names.
    files
        Every file.
    """

    settings: Mapping[str, Sequence[str]]
    places: Mapping[str, Sequence[str]]
    files: Sequence[Input]


def inputs_of(options: Namespace) -> Inputs:
    """Gather what a run is given. What is not there is passed over: who reads it says so."""
    settings: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    files: list[Input] = []
    for option, values in _given(options):
        for value in values:
            if not isinstance(value, Path):
                word = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
                settings.setdefault(option, []).append(word)
                continue
            name = f"{option}/{len(places.get(option, ()))}/{value.resolve().name}"
            places.setdefault(option, []).append(name)
            found = [(each, below) for each, below in _files(option, value, name) if not _is_key(each, options)]
            keep = option not in BY_DIGEST and sum(each.stat().st_size for each, _ in found) <= MOST
            files.extend(_input(each, below, keep=keep) for each, below in found)
    return Inputs(settings, places, files)


def _given(options: Namespace) -> Iterator[tuple[str, Sequence[Any]]]:
    """Give what options say; a registry says its champion, and who gives no register of competence gets the shipped one."""
    for option, value in sorted({**vars(options), "competence": competence_file(options.competence)}.items()):
        if option in UNSAID or value is None:
            continue
        values = value if isinstance(value, list) else [value]
        if option in {"model", "challenger"}:
            values = [champion_directory(each) if is_registry(each) else each for each in values]
        yield option, values


def _files(option: str, path: Path, name: str) -> Iterator[tuple[Path, str]]:
    """Give the files of what an option names, and their names below the inputs."""
    if path.is_file():
        yield path, name
        return
    for each in sorted(each for each in path.rglob("*") if each.is_file()):
        below = each.relative_to(path)
        if _is_read(option, below):
            yield each, f"{name}/{below.as_posix()}"
    if option == "profiles" and not (path / "lists").is_dir():
        above = path.resolve().parent
        for each in sorted(each for each in (above / "lists").glob("*") if each.is_file()):
            yield each, f"{PurePosixPath(name).parent}/lists/{each.name}"


def _is_read(option: str, below: Path) -> bool:
    """Whether a run reads a file below a directory; nobody reads what is hidden."""
    if any(part.startswith(".") for part in below.parts):
        return False
    if option == "previous":
        return below.as_posix() in OF_PREVIOUS
    return option != "profiles" or below.suffix == ".yaml" or below.parent.name == "lists"


def _is_key(path: Path, options: Namespace) -> bool:
    if options.key_file is not None and path.resolve() == options.key_file.resolve():
        return True
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return any(mark in head for mark in _LOOKS_LIKE_A_KEY)


def _input(path: Path, name: str, *, keep: bool) -> Input:
    if not keep:
        return Input(name, path.stat().st_size, file_digest(path), path.resolve(), None)
    content = path.read_bytes()
    return Input(name, len(content), hashlib.sha256(content).hexdigest(), path.resolve(), content)


def write_inputs(directory: Path, inputs: Inputs, beside: bytes) -> None:
    """Write what a run was given beside it, with what stood beside the profiles; equal inputs give equal bytes."""
    files = [
        {"name": each.name, "bytes": each.size, "sha256": each.sha256}
        | ({"at": str(each.at)} if each.content is None else {})
        for each in inputs.files
    ]
    told = {
        "darvoza_inputs": FORMAT,
        "settings": inputs.settings,
        "places": inputs.places,
        "files": files,
        "beside": hashlib.sha256(beside).hexdigest(),
    }
    text = json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True)
    with zipfile.ZipFile(directory / INPUTS, "w") as archive:
        for name, content in (
            (LISTING, text.encode()),
            (BESIDE, beside),
            *((each.name, each.content) for each in inputs.files),
        ):
            if content is not None:
                archive.writestr(zipfile.ZipInfo(name, _THEN), content, zipfile.ZIP_DEFLATED)


class LaidOut(NamedTuple):
    """Inputs laid out again.

    Attributes
    ----------
    words
        The words that say them to ``darvoza assess``.
    kept, found
        How many were kept and how many were found.
    beside
        What stood beside the profiles; ``None`` where an earlier version did not keep it.
    """

    words: list[str]
    kept: int
    found: int
    beside: bytes | None


def lay_out(run: Path, place: Path, look: Sequence[Path]) -> LaidOut:
    """Lay out what a run was given.

    Parameters
    ----------
    place
        An empty directory.
    look
        Directories in which files that were not kept are looked for, by their digests.

    Raises
    ------
    OutputError
        When nothing was kept of the run, something of it was changed, or a file that was not kept is nowhere.
    """
    try:
        with zipfile.ZipFile(run / INPUTS) as archive:
            told = read_json(archive.read(LISTING))
            files = [_Listed(each["name"], each["bytes"], each["sha256"], each.get("at")) for each in told["files"]]
            for each in files:
                _lay(each, archive, place, look)
            beside = _kept(archive, BESIDE, told["beside"]) if "beside" in told else None
        words = _words(told["settings"], told["places"], place)
    except (*DAMAGED_ARCHIVE, TypeError, AttributeError) as problem:
        raise OutputError(
            field=str(run / INPUTS),
            expected="what the run was decided with, as `darvoza assess` kept it",
            got=str(problem) or type(problem).__name__,
            hint="a run of an earlier version has none, and cannot be decided again",
        ) from problem
    kept = sum(each.at is None for each in files)
    return LaidOut(words, kept, len(files) - kept, beside)


class _Listed(NamedTuple):
    name: str
    size: int
    sha256: str
    at: str | None


def _lay(each: _Listed, archive: zipfile.ZipFile, place: Path, look: Sequence[Path]) -> None:
    """Put one file where the run will read it."""
    path = PurePosixPath(each.name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"a name that leads elsewhere: {each.name!r:.60}")
    target = place / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if each.at is not None:
        target.symlink_to(_found(each, each.at, look))
        return
    target.write_bytes(_kept(archive, each.name, each.sha256))


def _kept(archive: zipfile.ZipFile, name: str, digest: str) -> bytes:
    content = archive.read(name)
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"{name}: another content than its digest says")
    return content


def _found(each: _Listed, at: str, look: Iterable[Path]) -> Path:
    """Find a file that was not kept, where it lay or elsewhere."""
    places = (Path(at), *(path for directory in look for path in sorted(directory.rglob("*"))))
    for path in places:
        if path.is_file() and path.stat().st_size == each.size and file_digest(path) == each.sha256:
            return path.resolve()
    there = "another file" if Path(at).is_file() else "nothing"
    raise OutputError(
        field=each.name,
        expected=f"the file that was read from {at}, with SHA-256 {each.sha256}",
        got=there,
        hint="declarations and earlier runs are not kept beside a run; say where they are with --look DIR",
    )


def _words(settings: Mapping[str, Sequence[str]], places: Mapping[str, Sequence[str]], place: Path) -> list[str]:
    """Say the options again."""
    paths = {option: [str(place / each) for each in names] for option, names in places.items()}
    files = paths.pop("files")
    said = {**settings, **paths}
    return [*files, *(f"--{option.replace('_', '-')}={word}" for option in sorted(said) for word in said[option])]
