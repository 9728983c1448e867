"""A chain of digests: each link names the one before it, so that none can be changed, taken out or put in between.

The body of a link enters by its salted digest only. It may be erased later, with its salt, and the chain still holds.

References
----------
Haber, S. and Stornetta, W. S. (1991), "How to time-stamp a digital document", Journal of Cryptology 3:99 (linking).
"""

from collections.abc import Mapping
from typing import NamedTuple

from darvoza.methods.sealing.canonical_json import digest

NOTHING_BEFORE = "0" * 64
"""What the first link names as the one before it."""


class Link(NamedTuple):
    """Where a chain has come to: how many links, and the digest of the last.

    Examples
    --------
    >>> START.number
    0
    """

    number: int
    head: str


START = Link(0, NOTHING_BEFORE)
"""A chain in which nothing stands yet."""


def next_header(after: Link, said: Mapping[str, object], body_digest: str) -> dict[str, object]:
    """Make the header of the link that follows.

    `said` are the words that stay for ever; the number, the link before and the digest of the body are added.

    Examples
    --------
    >>> next_header(START, {"kind": "note"}, "ab")["sequence"]
    1
    """
    return {**said, "sequence": after.number + 1, "previous": after.head, "body_digest": body_digest}


def next_link(after: Link, header: Mapping[str, object]) -> Link:
    """Close the link: its digest is that of its header, in canonical JSON.

    Examples
    --------
    >>> first = next_link(START, next_header(START, {"kind": "note"}, "ab"))
    >>> first.number, first.head[:12]
    (1, '...')
    """
    return Link(after.number + 1, digest(header))
