"""Catalogues of words: the readable files are kept, what gettext reads is made from them when the program is installed.

Compiled files are not kept under version control: two people who translate at once would overwrite one another. What a
language lacks is taken from the Russian catalogue beside it: whoever reads Kyrgyz reads Russian rather than English.
"""

import os
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

OFFICE = Path(__file__).parent
SECOND = "ru"
STAMP = "catalogues.sha256"
"""File that says of which catalogues the compiled ones were made: the moments of files do not survive a package."""

FILE_MODE, DIRECTORY_MODE = 0o644, 0o755
"""Whoever installs the program, and with whatever mask: others run it."""

LOCALE_DEPTH = 3
"""Directories that are made for a compiled catalogue: locale, language, LC_MESSAGES."""


def ready_catalogues(root: Path = OFFICE) -> str:
    """Compile the catalogues where that is to be done and can be; else say what comes of it, and let the program start.

    Whoever runs the program seldom owns it: what cannot be written here was to be made when it was installed.
    """
    try:
        compile_catalogues(root)
    except OSError as problem:
        why = f"{problem.strerror or type(problem).__name__}: {problem.filename or root}"
        return (
            f"words: pages lack words of languages other than English, which could not be compiled ({why}); "
            "as the owner of the program: make .venv/darvoza-ready"
        )
    return ""


def compile_catalogues(root: Path = OFFICE) -> list[Path]:
    """Compile the catalogues below a directory when one of them has changed; give those that were written.

    All of them are one for whoever reads, so that what one app has translated is not taken from the Russian of another.

    Raises
    ------
    OSError
        When they are to be written and cannot be.
    """
    sources = sorted(root.glob("**/locale/*/LC_MESSAGES/django.po"))
    places = sorted({source.parents[2] for source in sources})
    languages = sorted({source.parts[-3] for source in sources})
    targets = [place / language / "LC_MESSAGES" / "django.mo" for language in languages for place in places]
    stamp, made_of = root / STAMP, _digest(root, sources)
    if all(target.exists() for target in targets) and stamp.exists() and stamp.read_text(encoding="ascii") == made_of:
        return []
    second = {place: _read(place / SECOND / "LC_MESSAGES" / "django.po", SECOND) for place in places}
    for language in languages:
        _compile(language, second)
    _replace(stamp, made_of.encode("ascii"))
    return targets


def _digest(root: Path, sources: Iterable[Path]) -> str:
    """Give what tells one state of the readable catalogues from another."""
    told = sha256()
    for source in sources:
        content = source.read_bytes()
        told.update(f"{source.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return told.hexdigest()


def _compile(language: str, second: Mapping[Path, Catalog]) -> None:
    """Compile every catalogue of a language, completed out of the Russian where no app has a word."""
    sources = {place: place / language / "LC_MESSAGES" / "django.po" for place in second}
    read = {place: _read(source, language) for place, source in sources.items()}
    known = {key for catalogue in read.values() for key in translated(catalogue)}
    for place, catalogue in read.items():
        if language != SECOND:
            complete(catalogue, second[place], known)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        _replace(sources[place].with_suffix(".mo"), compiled.getvalue())


def _replace(target: Path, content: bytes) -> None:
    """Write a file whole, for everybody to read, in directories that everybody can open."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for directory in target.parents[: LOCALE_DEPTH if target.suffix == ".mo" else 0]:
        if directory.stat().st_mode & DIRECTORY_MODE != DIRECTORY_MODE:
            directory.chmod(DIRECTORY_MODE)
    partial = target.with_suffix(f"{target.suffix}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        partial.chmod(FILE_MODE)
        partial.replace(target)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def translated(catalogue: Catalog) -> set[str]:
    """Give the words that a catalogue has a translation of, in every form."""
    whole = (entry for entry in catalogue if entry.id and entry.string)
    return {_key(entry) for entry in whole if isinstance(entry.string, str) or all(entry.string or ())}


def complete(catalogue: Catalog, second: Catalog, known: Collection[str]) -> None:
    """Take from a second catalogue what is not known; of several forms the last, which speaks of many.

    Examples
    --------
    >>> kyrgyz, russian = Catalog(locale="ky"), Catalog(locale="ru")
    >>> _ = kyrgyz.add("Queue", "Кезек"), russian.add("Queue", "Очередь"), russian.add("Journal", "Журнал")
    >>> complete(kyrgyz, russian, translated(kyrgyz))
    >>> [kyrgyz.get(word).string for word in ("Queue", "Journal")]
    ['Кезек', 'Журнал']
    """
    for entry in second:
        if not entry.id or not entry.string or _key(entry) in known:
            continue
        same = entry.string if isinstance(entry.string, str) else (entry.string[-1],) * catalogue.num_plurals
        catalogue.add(entry.id, same)


def _key(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as text:
        return read_po(text, locale=language)


if __name__ == "__main__":
    compile_catalogues()
