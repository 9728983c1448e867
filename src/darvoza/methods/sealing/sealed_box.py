"""Sealed boxes: bytes that one holder of a private key can read, and nobody on the way; whoever opens one sees if it was changed.

A key of X25519 is made for each box and thrown away; what both sides share goes through HKDF into a key of
ChaCha20-Poly1305. `bound` is text that is not hidden, but without which the box does not open.

References
----------
X25519: RFC 7748 §6.1; HKDF: RFC 5869; ChaCha20-Poly1305: RFC 8439 §2.8. The layout follows HPKE's base mode (RFC 9180 §5)
and is not wire-compatible with it.
"""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
"""Random bytes that a private key is made of."""

_PRIVATE, _PUBLIC = "DARVOZA+SEAL+PRIVATE+", "DARVOZA+SEAL+PUBLIC+"
_NONCE = bytes(12)  # the key is used once


def box_keys(seed: bytes) -> tuple[str, str]:
    """Make a private key and its public half out of `KEY_BYTES` random bytes.

    Examples
    --------
    >>> box_keys(bytes(32))[1]
    'DARVOZA+SEAL+PUBLIC+L+V9o0fNYkMVKNqsX7spBzD/9oSvxM/C7ZCZX1jLO3Q='
    """
    if len(seed) != KEY_BYTES:
        message = f"expected {KEY_BYTES} random bytes, got {len(seed)}"
        raise ValueError(message)
    public = X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return _PRIVATE + base64.b64encode(seed).decode(), _PUBLIC + base64.b64encode(public).decode()


def check_box_key(public: str) -> None:
    """Refuse a text that is no public key of a box.

    Raises
    ------
    ValueError
        When it is none.
    """
    _bytes(public, _PUBLIC)


def seal(plain: bytes, public: str, *, bound: bytes, seed: bytes) -> bytes:
    """Seal bytes for the holder of a key.

    Parameters
    ----------
    public
        Public half of the holder's key.
    bound
        What the box belongs to, such as the text of a manifest.
    seed
        `KEY_BYTES` random bytes, new for each box.

    Raises
    ------
    ValueError
        When the key is none.

    Examples
    --------
    >>> private, public = box_keys(bytes(32))
    >>> opened(seal(b"the key of the day", public, bound=b"7", seed=bytes(range(32))), private, bound=b"7")
    b'the key of the day'
    """
    to, once = _bytes(public, _PUBLIC), X25519PrivateKey.from_private_bytes(seed)
    mine = once.public_key().public_bytes_raw()
    key = _key(once.exchange(X25519PublicKey.from_public_bytes(to)), mine + to)
    return mine + ChaCha20Poly1305(key).encrypt(_NONCE, plain, bound)


def opened(box: bytes, private: str, *, bound: bytes) -> bytes:
    """Open a box.

    Raises
    ------
    ValueError
        When it was sealed for another key, belongs to something else, or was changed.
    """
    own = X25519PrivateKey.from_private_bytes(_bytes(private, _PRIVATE))
    theirs, sealed = box[:KEY_BYTES], box[KEY_BYTES:]
    try:
        shared = own.exchange(X25519PublicKey.from_public_bytes(theirs))
        key = _key(shared, theirs + own.public_key().public_bytes_raw())
        return ChaCha20Poly1305(key).decrypt(_NONCE, sealed, bound)
    except (ValueError, InvalidTag) as problem:
        message = "the box was sealed for another key, belongs to something else, or was changed"
        raise ValueError(message) from problem


def _key(shared: bytes, both: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"darvoza sealed box 1" + both).derive(shared)


def _bytes(text: str, prefix: str) -> bytes:
    """Read a key; nothing of it is repeated when it is wrong."""
    try:
        found = base64.b64decode(text.strip().removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not text.startswith(prefix) or len(found) != KEY_BYTES:
        message = f"expected a key, {prefix}Base64"
        raise ValueError(message)
    return found
