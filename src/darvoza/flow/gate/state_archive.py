"""The state in force as files under names of their own, without the key: to be carried to a post, or kept for later."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

from darvoza.domain.profile import RiskProfile
from darvoza.errors import DarvozaError, SettingsError
from darvoza.flow.assessment.kept_profiles import profiles_json
from darvoza.flow.fields import read_yaml
from darvoza.flow.gate.state_file import BESIDE, LISTS, PATHS

STATE_FILE: Final = "gate.yaml"
PROFILES: Final = "profiles"

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]
"""Files by name, with when each was last changed [ns] and how long it is [bytes]."""


def state_files(
    state: Path, beside: Iterable[RiskProfile], *, profiles: Path | None = None
) -> Iterator[tuple[str, bytes]]:
    """Give the files of a state under names of their own, and the state file that speaks of them so.

    Parameters
    ----------
    state
        File of the state, as `darvoza.flow.gate.state_file` reads it.
    beside
        What stands beside the profiles of its library: another version of this program would make others.
    profiles
        A directory whose profiles stand in place of those that the file names, or ``None``.
    """
    said = dict(read_yaml(state, state.name, error=SettingsError))
    said.pop("key_file", None)
    for name in PATHS:
        if name in said:
            named = state.parent / str(said[name])
            source = profiles if profiles is not None and name == PROFILES else named
            said[name] = told = f"{name}-{named.name}"
            yield from _below(source, told)
    for name in LISTS:
        listed = said.get(name)
        if isinstance(listed, list):
            names = [f"{name}-{place}-{Path(str(each)).name}" for place, each in enumerate(listed)]
            said[name] = names
            for each, told in zip(listed, names, strict=True):
                yield from _below(state.parent / str(each), told)
    yield BESIDE, profiles_json(beside)
    yield STATE_FILE, json.dumps(said, indent=1, sort_keys=True, default=str).encode()


def stamp_of(state: Path) -> Stamp:
    """Give what tells, without reading them, whether any of the files of a state was changed; what is not there is left out."""
    try:
        said = read_yaml(state, state.name, error=SettingsError)
    except (DarvozaError, OSError):
        said = {}
    listed = (said.get(name) for name in LISTS)
    named = [said.get(name) for name in PATHS] + [each for many in listed if isinstance(many, list) for each in many]
    places = [state, *(state.parent / str(each) for each in named if each is not None)]
    return tuple(sorted(_stamps(places)))


def _stamps(places: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for place in places:
        try:
            for each in (place, *place.rglob("*")):
                told = each.stat()
                yield str(each), told.st_mtime_ns, told.st_size
        except (OSError, ValueError):  # it is not there, or may not be read, or nothing can be called so
            continue


def _below(source: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """Give a file, or every file below a directory; nothing where a score is missing, and the state says what then."""
    if source.is_dir():
        for each in sorted(path for path in source.rglob("*") if path.is_file()):
            yield f"{name}/{each.relative_to(source).as_posix()}", each.read_bytes()
    elif source.exists():
        yield name, source.read_bytes()


def write_files(files: Mapping[str, bytes], directory: Path) -> Path:
    """Write the files of a state where it can be read again; give the place of the state file.

    Raises
    ------
    SettingsError
        When a name leads elsewhere.
    """
    for name, data in files.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise SettingsError(field="state", expected="names below one directory", got=name)
        place = directory / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return directory / STATE_FILE
