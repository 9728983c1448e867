"""One text for one value: JSON whose bytes do not depend on who wrote it, and its digest.

The values are those that every reader understands the same way: text, whole numbers up to 2⁵³ − 1, true, false,
nothing, lists, and maps whose keys are ASCII text. A fraction is refused: its text depends on the writer, and amounts
are decimal. So is the character U+0000, which not every database can keep. Within these bounds the result is that of RFC 8785.

References
----------
RFC 8785, JSON Canonicalization Scheme, §3.2; SHA-256: FIPS 180-4.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import orjson

LARGEST = 2**53 - 1
"""Largest whole number, in either direction, that every reader of JSON keeps exactly (RFC 7493, §2.2)."""

SALT_BYTES = 16
"""Bytes of a salt: 128 bits, so that trying salts is hopeless."""

DEEPEST = 32
"""Most levels of lists and maps inside one another."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: object) -> bytes:
    r"""Write a value as canonical JSON in UTF-8.

    Raises
    ------
    ValueError
        With the place and what is wrong there, when the value has no canonical text.

    Examples
    --------
    >>> canonical({"b": [1, True, None], "a": "Ош\n"}).decode()
    '{"a":"Ош\\n","b":[1,true,null]}'
    >>> canonical({"share": 0.5})
    Traceback (most recent call last):
    ValueError: share: expected text, a whole number, true, false, nothing, a list or a map; got 0.5
    """
    if not _is_sound(value, 0):
        _refuse_others(value, "", 0)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        pass  # named tuples, and keys of a class of their own
    try:
        return _encode(value).encode()
    except UnicodeEncodeError as problem:
        message = "expected text that can be written as UTF-8, got half of a surrogate pair"
        raise ValueError(message) from problem


def digest(value: object) -> str:
    """Give the SHA-256 of the canonical text, in hexadecimal.

    Examples
    --------
    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(canonical(value)).hexdigest()


def salted_digest(salt: bytes, value: object) -> str:
    """Give the SHA-256 of a salt followed by the canonical text, in hexadecimal.

    The digest commits to the value. When value and salt are both gone it tells nothing, however few values there could
    have been; without the salt, a short value could be found again by trying.

    Raises
    ------
    ValueError
        When the salt has another length than `SALT_BYTES`, or the value no canonical text.

    Examples
    --------
    >>> salted_digest(bytes(16), "yes") == salted_digest(bytes(15) + b"1", "yes")
    False
    """
    if len(salt) != SALT_BYTES:
        message = f"expected a salt of {SALT_BYTES} bytes, got {len(salt)}"
        raise ValueError(message)
    return hashlib.sha256(salt + canonical(value)).hexdigest()


def _is_sound(value: Any, depth: int) -> bool:  # noqa: ANN401 - anything
    """Tell whether `_refuse_others` surely finds nothing wrong; it names the place of what it looks at, which takes longer."""
    kind = value.__class__
    if kind is str:
        return "\0" not in value
    if kind is int:
        return bool(-LARGEST <= value <= LARGEST)
    if kind is dict:
        return depth < DEEPEST and all(map(_is_key, value)) and _are_sound(value.values(), depth + 1)
    if kind is list:
        return depth < DEEPEST and _are_sound(value, depth + 1)
    return value is None or kind is bool


def _is_key(key: object) -> bool:
    return isinstance(key, str) and key.isascii() and "\0" not in key


def _are_sound(values: Iterable[object], depth: int) -> bool:
    for value in values:  # noqa: SIM110 - a generator would take half as long again
        if not _is_sound(value, depth):
            return False
    return True


def _refuse_plain(value: str | int | None, place: str) -> None:
    """Refuse a text or a number that somebody could not keep."""
    if isinstance(value, str):
        if "\0" in value:
            _refuse(place, "text without the character U+0000, which databases cannot keep", value)
    elif value is not None and abs(value) > LARGEST:
        _refuse(place, f"a whole number up to {LARGEST}", value)


def _refuse_others(value: object, place: str, depth: int) -> None:
    """Refuse what has no canonical text, and say where it stands."""
    if value is None or isinstance(value, str | int):
        _refuse_plain(value, place)
        return
    if depth == DEEPEST:
        _refuse(place, f"at most {DEEPEST} levels", "more")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not _is_key(key):
                _refuse(place, "keys of ASCII text", key)
            _refuse_others(inner, f"{place}.{key}" if place else key, depth + 1)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            _refuse_others(inner, f"{place}.{number}" if place else str(number), depth + 1)
    else:
        _refuse(place, "text, a whole number, true, false, nothing, a list or a map", value)


def _refuse(place: str, expected: str, got: object) -> None:
    message = f"{place}: " if place else ""
    raise ValueError(f"{message}expected {expected}; got {got!r:.80}")
