"""Words of each app against its catalogue: what is asked for, what is translated, what nobody asks for any more."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from darvoza.office.catalogues import OFFICE
from darvoza.office.shell.offered import OFFERED, UNCHECKED, coded_words, screens_of

LANGUAGES: Final = ("ru",)
"""English is what the source says."""

CALLS: Final = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURALS: Final = {"ngettext", "ngettext_lazy"}
TEXT = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
SINGLE = re.compile(rf"(?<![a-z])(?:gettext|_)\({TEXT}\)", re.DOTALL)
PLURAL = re.compile(rf"ngettext\({TEXT},\s*{TEXT}", re.DOTALL)

Message = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """A word that is not as it should be."""

    catalogue: Path
    message: str
    fault: str


def messages_of(app: Path) -> set[Message]:
    """Give every word an app asks for, plural forms as pairs."""
    return {*_from_modules(app), *_from_templates(app)}


def _from_modules(app: Path) -> Iterator[Message]:
    for path in app.rglob("*.py"):
        yield from _from_module(path)


def _from_module(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if node.func.id in CALLS and len(words) == 1:
            yield words[0]
        elif node.func.id in PLURALS and len(words) == 2:
            yield (words[0], words[1])


def _from_templates(app: Path) -> Iterator[Message]:
    for path in app.rglob("templates/**/*.html"):
        yield from _from_template(path)


def _from_template(path: Path) -> Iterator[Message]:
    text = templatize(path.read_text(encoding="utf-8"))
    yield from (str(ast.literal_eval(found)) for found in SINGLE.findall(text))
    for one, many in PLURAL.findall(text):
        yield (str(ast.literal_eval(one)), str(ast.literal_eval(many)))


def on_screens(app: Path) -> set[Message]:
    """Give what a catalogue of an offered language must hold: the words of an officer's screens."""
    found: set[Message] = set(coded_words(app))
    for path in screens_of(app):
        found |= set(_from_template(path) if path.suffix == ".html" else _from_module(path))
    return found


def apps() -> list[Path]:
    """Give the directories that have words of their own; what stands beside the apps belongs to the shell."""
    return [path for path in sorted(OFFICE.iterdir()) if path.is_dir() and (path / "apps.py").exists()]


def wanted(app: Path) -> set[Message]:
    """Give what the catalogue of an app must hold."""
    found = messages_of(app)
    if app.name == "shell":
        for path in OFFICE.glob("*.py"):
            found |= set(_from_file(path))
    return found


def _from_file(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield from (
                each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )


def catalogue_path(app: Path, language: str) -> Path:
    """Give where the catalogue of an app stands."""
    return app / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path, language: str) -> Catalog:
    """Read a catalogue; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def untranslated() -> list[Lack]:
    """Give every word that is missing, empty, uncertain, or asked for by nobody."""
    return [lack for app in apps() for language in (*LANGUAGES, *OFFERED) for lack in _lacks(app, language)]


def _lacks(app: Path, language: str) -> Iterator[Lack]:
    path = catalogue_path(app, language)
    catalogue = read_catalogue(path, language)
    kept = {(entry.id if isinstance(entry.id, str) else tuple(entry.id)): entry for entry in catalogue if entry.id}
    asked = wanted(app)
    needed = asked if language in LANGUAGES else on_screens(app)
    for message in sorted(needed - set(kept), key=str):
        yield Lack(path, str(message), "is missing")
    for message, entry in kept.items():
        forms = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
        if message not in asked:
            yield Lack(path, str(message), "is asked for by nobody")
        elif entry.fuzzy:
            yield Lack(path, str(message), "is marked as uncertain")
        elif not all(forms):
            yield Lack(path, str(message), "is empty")


def add_missing() -> list[Path]:
    """Add to each catalogue what it lacks, empty, and drop what nobody asks for; give the files that changed."""
    changed = [_complete(app, language) for app in apps() for language in (*LANGUAGES, *OFFERED)]
    return [path for path in changed if path is not None]


def _complete(app: Path, language: str) -> Path | None:
    """Complete one catalogue; give its path when it changed."""
    path = catalogue_path(app, language)
    catalogue, asked = read_catalogue(path, language), wanted(app)
    needed = asked if language in LANGUAGES else on_screens(app)
    kept = {entry.id if isinstance(entry.id, str) else tuple(entry.id) for entry in catalogue if entry.id}
    if needed <= kept <= asked:
        return None
    if not path.exists() and language in OFFERED:
        catalogue.header_comment = f"# {UNCHECKED}\n#"
    for message in needed - kept:
        catalogue.add(message)
    for message in kept - asked:
        catalogue.delete(message if isinstance(message, str) else message[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, sort_output=True, omit_header=False)
    return path
