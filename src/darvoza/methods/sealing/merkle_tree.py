"""Merkle trees: one digest for a list that only grows, and short proofs about it.

An inclusion proof shows that a leaf stands in the list, a consistency proof that a longer list begins with a shorter one.
Both have about log₂ n digests. This module builds; `darvoza.darvoza_verify` checks, so that who checks needs nothing of
who wrote.

References
----------
RFC 9162, Certificate Transparency 2.0, §2.1.1 (tree), §2.1.3.1 (inclusion), §2.1.4.1 (consistency). The digest is SHA-256.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import reduce

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""


def leaf_digest(leaf: bytes) -> bytes:
    """Digest a leaf; the zero byte keeps leaves and nodes apart.

    Examples
    --------
    >>> leaf_digest(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return hashlib.sha256(b"\0" + leaf).digest()


def node_digest(left: bytes, right: bytes) -> bytes:
    """Digest two digests into the one above them."""
    return hashlib.sha256(b"\1" + left + right).digest()


class GrowingTree:
    """The root of a list that grows, in the memory of log₂ n digests.

    Examples
    --------
    >>> tree = GrowingTree()
    >>> tree.root() == EMPTY_ROOT
    True
    >>> tree.append(b"")
    >>> tree.root() == leaf_digest(b"")
    True
    """

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Put a leaf at the end."""
        carried, ones = leaf_digest(leaf), self.size
        while ones & 1:
            carried = node_digest(self._peaks.pop(), carried)
            ones >>= 1
        self._peaks.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """Give the root of what was appended."""
        if not self._peaks:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_digest(left, right), reversed(self._peaks))


def root(leaves: Iterable[bytes]) -> bytes:
    r"""Give the root over leaves.

    Examples
    --------
    >>> root([b"", b"\0"]).hex()[:16]
    'fac54203e7cc696c'
    """
    tree = GrowingTree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    r"""Give the digests that lead from a leaf to the root.

    Parameters
    ----------
    leaves
        All leaves.
    index
        Which one, in [0, n).

    Raises
    ------
    IndexError
        When there is no such leaf.

    Examples
    --------
    >>> [each.hex()[:8] for each in inclusion_proof([b"", b"\0"], 0)]
    ['96a296d2']
    """
    if not 0 <= index < len(leaves):
        message = f"expected an index in [0, {len(leaves)}), got {index}"
        raise IndexError(message)
    path: list[bytes] = []
    first, last = 0, len(leaves)
    while last - first > 1:
        middle = first + _split(last - first)
        left = index < middle
        path.append(root(leaves[middle:last] if left else leaves[first:middle]))
        first, last = (first, middle) if left else (middle, last)
    return path[::-1]


def consistency_proof(leaves: Sequence[bytes], size: int) -> list[bytes]:
    r"""Give the digests that show the tree over all leaves to begin with the tree over the first `size`.

    Raises
    ------
    IndexError
        When `size` is not in [1, n].

    Examples
    --------
    >>> [each.hex()[:8] for each in consistency_proof([b"", b"\0"], 1)]
    ['96a296d2']
    >>> consistency_proof([b"", b"\0"], 2)
    []
    """
    if not 1 <= size <= len(leaves):
        message = f"expected a size in [1, {len(leaves)}], got {size}"
        raise IndexError(message)
    path: list[bytes] = []
    first, last, whole = 0, len(leaves), True
    while size != last:
        middle = first + _split(last - first)
        if size <= middle:
            path.append(root(leaves[middle:last]))
            last = middle
        else:
            path.append(root(leaves[first:middle]))
            first, whole = middle, False
    # The old root is known to who checks; a part of it inside the tree is not.
    return ([] if whole else [root(leaves[first:last])]) + path[::-1]


def _split(count: int) -> int:
    """Give the largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
