"""Catalogues of words: the readable files are kept, what gettext reads is made from them when it is missing or older.

Compiled files are not kept under version control: two people who translate at once would overwrite one another. What a
language lacks is taken from the Russian catalogue beside it: whoever reads Kyrgyz reads Russian rather than English.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

OFFICE = Path(__file__).parent
SECOND = "ru"


def compile_catalogues(root: Path = OFFICE) -> list[Path]:
    """Compile the catalogues below a directory when one of them has changed; give those that were written.

    All of them are one for whoever reads, so that what one app has translated is not taken from the Russian of another.
    """
    sources = sorted(root.glob("**/locale/*/LC_MESSAGES/django.po"))
    places = sorted({source.parents[2] for source in sources})
    languages = sorted({source.parts[-3] for source in sources})
    targets = [place / language / "LC_MESSAGES" / "django.mo" for language in languages for place in places]
    newest = max((source.stat().st_mtime_ns for source in sources), default=0)
    if all(target.exists() and target.stat().st_mtime_ns > newest for target in targets):
        return []
    second = {place: _read(place / SECOND / "LC_MESSAGES" / "django.po", SECOND) for place in places}
    for language in languages:
        _compile(language, second)
    return targets


def _compile(language: str, second: Mapping[Path, Catalog]) -> None:
    """Compile every catalogue of a language, completed out of the Russian where no app has a word."""
    sources = {place: place / language / "LC_MESSAGES" / "django.po" for place in second}
    read = {place: _read(source, language) for place, source in sources.items()}
    known = {key for catalogue in read.values() for key in translated(catalogue)}
    for place, catalogue in read.items():
        if language != SECOND:
            complete(catalogue, second[place], known)
        target = sources[place].with_suffix(".mo")
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".mo.{os.getpid()}.partial")
        with partial.open("wb") as compiled:
            write_mo(compiled, catalogue)
        partial.replace(target)


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
