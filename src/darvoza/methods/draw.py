"""Random numbers that nobody can choose or predict and anybody can verify later.

A key is made for each day from shares that different people hold; its commitment is published before the day, the
key itself after it. A number is then a keyed hash of what identifies the unit: permanent, uniform, recomputable.

References
----------
HMAC: RFC 2104; SHA-256: FIPS 180-4. Permanent random numbers: Ohlsson, E. (1995), "Coordination of samples using
permanent random numbers", in Business Survey Methods, Wiley.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

SHARE_BYTES = 32
"""Fewest bytes of a share: as long as the hash, so that no share is the weak one."""

_SCALE = 2.0**-53


def key_of_day(shares: Mapping[str, bytes], day: date) -> bytes:
    """Make the key of one day out of every holder's share.

    Whoever lacks one share knows nothing of the key: the shares go into the hash as a whole, holder by holder in
    alphabetical order, each preceded by its length.

    Examples
    --------
    >>> shares = {"a": bytes(32), "b": bytes(range(32))}
    >>> key_of_day(shares, date(2026, 1, 1)) == key_of_day(dict(reversed(shares.items())), date(2026, 1, 1))
    True
    """
    material = hashlib.sha256(b"darvoza day key 1\0" + day.isoformat().encode())
    for holder in sorted(shares):
        name, share = holder.encode(), shares[holder]
        material.update(len(name).to_bytes(4, "big") + name + len(share).to_bytes(4, "big") + share)
    return material.digest()


def commitment(key: bytes) -> str:
    """Give the hex digest that commits to a key without telling it."""
    return hashlib.sha256(b"darvoza commitment 1\0" + key).hexdigest()


def permanent_random_number(key: bytes, fingerprint: bytes) -> float:
    """Read the keyed hash of a fingerprint as a number in [0, 1).

    The first 53 bits are used, so that the number is exact in double precision and strictly below 1.

    Examples
    --------
    >>> permanent_random_number(bytes(32), b"the same goods")
    0.1...
    """
    digest = hmac.digest(key, fingerprint, "sha256")
    return (int.from_bytes(digest[:7], "big") >> 3) * _SCALE


def permanent_random_numbers(keys: Iterable[bytes], fingerprints: Iterable[bytes], count: int) -> NDArray[np.float64]:
    """Do the same for many, keys and fingerprints in step; shape ``(count,)``."""
    digest = hmac.digest
    tops = np.frombuffer(
        b"".join(digest(key, mark, "sha256")[:8] for key, mark in zip(keys, fingerprints, strict=True)), dtype=">u8"
    )
    if tops.size != count:
        message = f"expected {count} fingerprints, got {tops.size}"
        raise ValueError(message)
    return np.asarray((tops >> np.uint64(11)).astype(np.float64) * _SCALE)
