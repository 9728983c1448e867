"""``darvoza profile format``: profile files in one form, in place."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from darvoza.errors import InvalidProfile, ProfileError
from darvoza.flow.assessment.formatting import formatted
from darvoza.flow.assessment.list_files import read_lists


def run(options: Namespace) -> int:
    """Format files; with ``--check`` change nothing, and give 1 when one is in another form.

    Raises
    ------
    ExceptionGroup
        The files that could not be formatted, each with its reason; the others are.
    """
    changed, errors = 0, list[ProfileError]()
    paths = list(_paths(options.files))
    for path in paths:
        try:
            old, new = _read(path)
        except ProfileError as error:
            error.field = error.field or f"{path.name}: when"
            errors.append(error)
            continue
        if new == old:
            continue
        changed += 1
        print(f"{'would change' if options.check else 'changed'}  {path}")
        if not options.check:
            _replace(path, new)
    print(f"{len(paths)} files, {changed} {'in another form' if options.check else 'changed'}, {len(errors)} refused")
    if errors:
        raise ExceptionGroup("some files could not be formatted", errors)
    return 1 if options.check and changed else 0


def _paths(given: list[Path]) -> Iterator[Path]:
    """Name the profile files: those given, and those of the directories given, lists left out."""
    for path in given:
        if path.is_dir():
            yield from (each for each in sorted(path.rglob("*.yaml")) if each.parent.name != "lists")
        elif path.is_file():
            yield path
        else:
            raise InvalidProfile(field=str(path), expected="a profile, or a directory of them", got="nothing there")


def _read(path: Path) -> tuple[str, str]:
    """Give the text of a file, and its one form."""
    above = path.resolve().parent
    lists, _ = read_lists((above / "lists", above.parent / "lists"), above.parent)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidProfile(field=path.name, expected="UTF-8", got="other bytes") from None
    return text, formatted(text, path.name, lists.values())


def _replace(path: Path, text: str) -> None:
    """Put a text in the place of a file, whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
