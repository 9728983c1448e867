"""The files by which the gate decides, as its state names them: read, tried with another in place of one, and written.

The key of the draw, the score and the profiles are no business of these pages: they are never read here.
"""

import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import yaml

from darvoza.errors import SettingsError
from darvoza.flow.fields import as_sequence, read_yaml
from darvoza.flow.gate.state_file import LISTS, PATHS, read_state
from darvoza.office.administration.data_life import DataKind
from darvoza.on_disk import wait_for_disk

SINGLE: Final = (DataKind.COMPETENCE, DataKind.CAPACITY, DataKind.FACTS)
SEVERAL: Final = (DataKind.MEASURES, DataKind.PLANS)


class Slot(NamedTuple):
    """A place in the state: what stands there, the name of its file, and where that lies."""

    kind: DataKind
    name: str
    path: Path


def slots(state: Path) -> list[Slot]:
    """Give the places of a state whose files can be replaced.

    Raises
    ------
    SettingsError
        When the state cannot be read.
    """
    said = read_yaml(state, state.name, error=SettingsError)
    single = [(kind, str(said[kind])) for kind in SINGLE if said.get(kind)]
    several = [(kind, str(each)) for kind in SEVERAL for each in as_sequence(said.get(kind))]
    made = [Slot(kind, Path(text).name, state.parent / text) for kind, text in (*single, *several)]
    return [slot for slot in made if not slot.path.is_dir()]


def try_in_state(state: Path, slot: Slot) -> None:
    """Read the whole state as it would be with another file in one place, as the gate reads it.

    Raises
    ------
    DarvozaError, ExceptionGroup
        Everything that is wrong with it.
    """
    with TemporaryDirectory() as place:
        written = Path(place) / state.name
        written.write_text(_absolute(with_file(state, slot), state.parent), encoding="utf-8")
        read_state(written)


def with_file(state: Path, slot: Slot) -> str:
    """Give the text of a state with another file in one place; what people wrote beside it stays."""
    text = state.read_text(encoding="utf-8")
    path = _from(state.parent.absolute(), slot.path.absolute())
    if slot.kind in SINGLE:
        return _replaced(text, slot.kind, _quoted(path))
    listed = [str(each) for each in as_sequence(read_yaml(state, state.name, error=SettingsError).get(slot.kind))]
    kept = [path if Path(each).name == slot.name else each for each in listed]
    return _replaced(text, slot.kind, "[" + ", ".join(map(_quoted, kept if path in kept else [*kept, path])) + "]")


def _from(home: Path, path: Path) -> str:
    """Write a path as a state names it: from where the state lies, so that a copy restored elsewhere names its own files."""
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _replaced(text: str, name: str, value: str) -> str:
    """Write another value under a name, on one line, or below the others when the name is new."""
    line = f"{name}: {value}"
    block = re.compile(rf"^{re.escape(name)}:.*(?:\n(?:[ \t]|-).*)*", re.MULTILINE)
    made, count = block.subn(lambda _found: line, text, count=1)
    return made if count else f"{text.rstrip()}\n{line}\n"


def _absolute(text: str, base: Path) -> str:
    """Write a state with its paths taken from where it lies."""
    said = yaml.safe_load(text)
    said |= {name: str((base / str(said[name])).absolute()) for name in PATHS if said.get(name)}
    said |= {name: [str((base / str(each)).absolute()) for each in said[name]] for name in LISTS if said.get(name)}
    return str(yaml.safe_dump(said))


def put_files(state: Path, wanted: Iterable[tuple[Slot, str]]) -> int:
    """Let a state name other files, each written first; tell how many it did not name before.

    The state is replaced as a whole: whoever reads it meanwhile reads the old or the new one.
    """
    named = {(slot.kind, slot.name): slot.path.absolute() for slot in slots(state)}
    count = 0
    for slot, text in wanted:
        if named.get((slot.kind, slot.name)) != slot.path.absolute() or not slot.path.exists():
            _write(slot.path, text)
            _write(state, with_file(state, slot))
            count += 1
    return count


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    beside.write_text(text, encoding="utf-8")
    if path.exists():
        beside.chmod(path.stat().st_mode & 0o777)
    wait_for_disk(beside)
    beside.replace(path)
    wait_for_disk(path.parent)
