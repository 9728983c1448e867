"""How fields of records of control are read: moments with an offset, lists, texts in several languages."""

from collections.abc import Mapping
from datetime import datetime

from darvoza.flow.fields import Fields, as_sequence

LANGUAGES = ("ru", "ky", "tg", "uz", "kk", "tk", "en")
"""Languages a text may be given in, in the order in which they are printed."""


def moment(fields: Fields, name: str, *, required: bool = False) -> datetime | None:
    """Read a moment with its offset from UTC; ``None`` when absent or after an error."""
    text = fields.text(name)
    if not text and not required:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        expected = "a moment with its offset from UTC, such as 2026-03-01T08:00:00+06:00"
        fields.refuse(name, expected, fields.mapping.get(name))
        return None
    return at


def texts(fields: Fields, name: str) -> tuple[str, ...]:
    """Read a list of texts."""
    value = fields.mapping.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        fields.refuse(name, "a list of texts", value)
        return ()
    return tuple(each.strip() for each in value)


def wholes(fields: Fields, name: str) -> tuple[int, ...]:
    """Read a list of whole numbers of at least 1."""
    given = fields.mapping.get(name, [])
    found = [str(each) for each in as_sequence(given)]
    if not isinstance(given, list) or not all(each.isascii() and each.isdigit() and int(each) for each in found):
        fields.refuse(name, "a list of whole numbers of at least 1", given)
        return ()
    return tuple(map(int, found))


def words(fields: Fields, name: str) -> str:
    """Read a text, or one text a language; every language given is kept, one a line."""
    value = fields.mapping.get(name)
    if not isinstance(value, Mapping):
        return fields.text(name)
    part = fields.part(name)
    part.only(LANGUAGES)
    return "\n".join(text for language in LANGUAGES if (text := part.text(language)))
