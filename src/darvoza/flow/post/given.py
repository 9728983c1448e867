"""What people type and hand over for a post or a bundle: a slip is told before anything is written, a secret never repeated."""

from datetime import date
from pathlib import Path

from darvoza.domain.fields import FIELD
from darvoza.errors import InvalidValue, SettingsError
from darvoza.flow.fields import read_text
from darvoza.flow.intake.parsing import parse_one
from darvoza.methods.sealing.signed_note import check_note_key, is_private, public_key

MAKE = "darvoza journal key makes both halves"


def post_code(text: str) -> str:
    """Read the code of a post, as declarations name theirs.

    Raises
    ------
    SettingsError
        When no declaration could be of such a post.

    Examples
    --------
    >>> post_code(" KG-TOR ")
    'KG-TOR'
    """
    expected = f"the code of a post as declarations name it, 1 to {FIELD['post'].limit} characters in one line"
    try:
        return str(parse_one(FIELD["post"], text))
    except (InvalidValue, UnicodeEncodeError) as problem:
        raise SettingsError(field="post", expected=expected, got=text) from problem


def read_signing_key(path: Path) -> str:
    """Read the private key by which the centre signs bundles.

    Raises
    ------
    SettingsError
        When the file holds none.
    """
    expected = "the private key of the centre"
    key = read_text(path, str(path), error=SettingsError, expected=expected).strip()
    check_signing_key(key, str(path))
    return key


def check_signing_key(key: str, field: str) -> None:
    """Refuse a text that is no private key of the centre.

    Raises
    ------
    SettingsError
        When it is none.

    Examples
    --------
    >>> check_signing_key("", "posts.key")
    Traceback (most recent call last):
        ...
    darvoza.errors.SettingsError: posts.key: expected a private key, PRIVATE+KEY+name+mark+Base64 (a public one ...)
    """
    try:
        public_key(key)
    except ValueError as problem:
        raise SettingsError(str(problem), field=field, hint=f"a public one signs nothing; {MAKE}") from problem


def read_trusted_key(path: Path) -> str:
    """Read the public key of the centre, by which a post knows its bundles.

    Raises
    ------
    SettingsError
        When the file holds none, or the private half, which is not for a post.
    """
    expected = "the public key of the centre"
    key = read_text(path, str(path), error=SettingsError, expected=expected).strip()
    if is_private(key):
        hint = "it must not leave the centre; bring the public half, which was written beside it"
        raise SettingsError(field=str(path), expected=expected, got="a private key", hint=hint)
    try:
        check_note_key(key)
    except ValueError as problem:
        raise SettingsError(str(problem), field=str(path), hint=f"that of the centre; {MAKE}") from problem
    return key


def check_end(end: date, today: date) -> None:
    """Refuse an end of a bundle that is over: it could never decide.

    Raises
    ------
    SettingsError
        When it lies before today.
    """
    if end < today:
        raise SettingsError(field="until", expected=f"a last day from today on, {today}", got=end.isoformat())
