"""Signed notes: a short text and under it who signed it, readable by eye and by the tools of transparency logs.

A private key is ``PRIVATE+KEY+name+mark+Base64``, a public one ``name+mark+Base64``; the mark is four bytes in
hexadecimal that tell keys of one name apart. Ed25519 signs the text with its last line break.

References
----------
C2SP, signed-note (format of note, key and mark); Ed25519: RFC 8032 §5.1.
"""

import base64
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEED_BYTES = 32
"""Random bytes that a private key is made of."""

_PRIVATE = "PRIVATE+KEY+"
_ED25519 = b"\1"
_NAME = re.compile(r"[^\s+]{1,200}")


def private_key(name: str, seed: bytes) -> str:
    """Write a private key.

    Parameters
    ----------
    name
        Of who signs: without spaces and ``+``.
    seed
        `SEED_BYTES` random bytes.

    Raises
    ------
    ValueError
        When the name or the seed cannot be used.

    Examples
    --------
    >>> private_key("customs.example/journal", bytes(32))
    'PRIVATE+KEY+customs.example/journal+...+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    if not _NAME.fullmatch(name):
        message = f"expected a name without spaces and +, got {name!r:.80}"
        raise ValueError(message)
    if len(seed) != SEED_BYTES:
        message = f"expected {SEED_BYTES} random bytes, got {len(seed)}"
        raise ValueError(message)
    return f"{_PRIVATE}{_key_text(name, _public(seed), seed)}"


def public_key(private: str) -> str:
    """Give the public half of a private key.

    Raises
    ------
    ValueError
        When the text is no private key.

    Examples
    --------
    >>> public_key(private_key("customs.example/journal", bytes(32)))
    'customs.example/journal+...+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop'
    """
    name, seed = _read(private)
    return _key_text(name, _public(seed), _public(seed))


def check_note_key(public: str) -> None:
    """Refuse a text that is no public key.

    Raises
    ------
    ValueError
        When it is none.
    """
    _read_public(public)


def is_private(text: str) -> bool:
    """Tell whether a text is meant as a private key, with a slip in it or without: it must not be told.

    Examples
    --------
    >>> is_private("PRIVATE+KEY+customs.example/journal+a slip"), is_private("customs.example/journal+5f4b7c2c+AT")
    (True, False)
    """
    return text.strip().startswith(_PRIVATE)


def name_of(private: str) -> str:
    """Give the name of who signs with a private key."""
    return _read(private)[0]


def sign_note(text: str, private: str) -> str:
    r"""Write a text with its signature under it.

    Raises
    ------
    ValueError
        When the text does not end with a line break or has an empty line, or the key is none.

    Examples
    --------
    >>> print(sign_note("all is well\n", private_key("customs.example/journal", bytes(32))))
    all is well
    <BLANKLINE>
    — customs.example/journal ...
    <BLANKLINE>
    """
    if not text.endswith("\n") or "\n\n" in text or text.startswith("\n"):
        message = "expected lines of which none is empty and the last ends with a line break"
        raise ValueError(message)
    name, seed = _read(private)
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    value = base64.b64encode(_mark(name, _public(seed)) + signature).decode()
    return f"{text}\n— {name} {value}\n"


def signed_text(note: str, public: str) -> str:
    r"""Give the text of a note, if it is signed with the private half of a key.

    Raises
    ------
    ValueError
        When it is not, or something of it was changed, or the key is none.

    Examples
    --------
    >>> key = private_key("customs.example/posts", bytes(32))
    >>> signed_text(sign_note("all is well\n", key), public_key(key))
    'all is well\n'
    """
    name, packed = _read_public(public)
    text, gap, signatures = note.partition("\n\n")
    for line in signatures.splitlines() if gap else ():
        words = line.split(" ")
        if len(words) == 3 and words[:2] == ["—", name]:
            value = base64.b64decode(words[2], validate=True)
            if value[:4] == _mark(name, packed):
                try:
                    Ed25519PublicKey.from_public_bytes(packed).verify(value[4:], f"{text}\n".encode())
                except InvalidSignature as problem:
                    message = f"the signature of {name} is not that of the text"
                    raise ValueError(message) from problem
                return f"{text}\n"
    message = f"it is not signed with the key of {name}"
    raise ValueError(message)


def _read_public(public: str) -> tuple[str, bytes]:
    """Read the name and the bytes of a public key."""
    name, _, rest = public.strip().partition("+")
    mark, _, value = rest.partition("+")
    try:
        packed = base64.b64decode(value, validate=True)
    except ValueError:
        packed = b""
    if packed[:1] != _ED25519 or len(packed) != SEED_BYTES + 1 or mark != _mark(name, packed[1:]).hex():
        message = "expected a public key, name+mark+Base64"
        raise ValueError(message)
    return name, packed[1:]


def _read(private: str) -> tuple[str, bytes]:
    """Read the name and the seed of a private key."""
    try:
        name, mark, value = private.strip().removeprefix(_PRIVATE).split("+", 2)
        packed = base64.b64decode(value, validate=True)
        seed = packed[1:]
        right = private.startswith(_PRIVATE) and len(seed) == SEED_BYTES and packed[:1] == _ED25519
        right = right and bytes.fromhex(mark) == _mark(name, _public(seed))
    except ValueError:
        right, name, seed = False, "", b""
    if not right:
        # nothing of the text is repeated: it may be a key with a slip in it
        message = f"expected a private key, {_PRIVATE}name+mark+Base64"
        raise ValueError(message)
    return name, seed


def _public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _mark(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _key_text(name: str, public: bytes, held: bytes) -> str:
    return f"{name}+{_mark(name, public).hex()}+{base64.b64encode(_ED25519 + held).decode()}"
