"""Proofs of every size hold, and none that was changed does."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.darvoza_verify import consistent, included
from darvoza.methods.sealing.merkle_tree import (
    EMPTY_ROOT,
    GrowingTree,
    consistency_proof,
    inclusion_proof,
    leaf_digest,
    node_digest,
    root,
)

SIZES = 64
LEAVES = [bytes([number]) for number in range(SIZES)]
ROOTS = [root(LEAVES[:size]) for size in range(SIZES + 1)]


def defined_root(leaves: list[bytes]) -> bytes:
    """The root by the definition of RFC 9162 §2.1.1, word for word."""
    if len(leaves) < 2:
        return leaf_digest(leaves[0]) if leaves else hashlib.sha256().digest()
    split = max(power for power in (1, 2, 4, 8, 16, 32) if power < len(leaves))
    return node_digest(defined_root(leaves[:split]), defined_root(leaves[split:]))


@pytest.mark.parametrize("size", range(SIZES + 1))
def test_the_growing_root_is_the_defined_one(size: int) -> None:
    tree = GrowingTree()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    assert tree.root() == defined_root(LEAVES[:size]) == ROOTS[size]
    assert tree.size == size


def test_every_inclusion_proof_of_every_size_holds_for_its_leaf_and_for_no_other_place() -> None:
    for size in range(1, SIZES + 1):
        for index in range(size):
            proof = inclusion_proof(LEAVES[:size], index)
            assert included(LEAVES[index], (index, size), proof, ROOTS[size])
            assert not included(LEAVES[index], ((index + 1) % (size + 1), size), proof, ROOTS[size])
            assert not included(LEAVES[index - 1] + b"!", (index, size), proof, ROOTS[size])


def test_every_consistency_proof_of_every_size_holds() -> None:
    for size in range(1, SIZES + 1):
        for old in range(1, size + 1):
            assert consistent((old, ROOTS[old]), (size, ROOTS[size]), consistency_proof(LEAVES[:size], old))


@given(st.data())
def test_a_changed_inclusion_proof_fails(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, SIZES))
    index = data.draw(st.integers(0, size - 1))
    proof = changed(inclusion_proof(LEAVES[:size], index), data)
    assert not included(LEAVES[index], (index, size), proof, ROOTS[size])


@given(st.data())
def test_a_changed_consistency_proof_fails(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, SIZES))
    old = data.draw(st.integers(1, size - 1))
    proof = changed(consistency_proof(LEAVES[:size], old), data)
    assert not consistent((old, ROOTS[old]), (size, ROOTS[size]), proof)


@given(st.integers(1, SIZES), st.integers(1, SIZES), st.integers(0, 255))
def test_a_consistency_proof_fails_for_another_root(one: int, other: int, flip: int) -> None:
    old, size = sorted((one, other))
    proof = consistency_proof(LEAVES[:size], old)
    wrong = bytes([ROOTS[old][0] ^ (flip or 1)]) + ROOTS[old][1:]
    assert not consistent((old, wrong), (size, ROOTS[size]), proof)
    wrong = bytes([ROOTS[size][0] ^ (flip or 1)]) + ROOTS[size][1:]
    assert not consistent((old, ROOTS[old]), (size, wrong), proof)


def changed(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """A proof with a bit turned, a step lost, a step added, or two different steps in the other order."""
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    turned = bytearray(proof[at])
    turned[bit // 8] ^= 1 << bit % 8
    return data.draw(
        st.sampled_from(
            [
                [*proof[:at], bytes(turned), *proof[at + 1 :]],
                [*proof[:at], *proof[at + 1 :]],
                [*proof[:at], EMPTY_ROOT, *proof[at:]],
                [*proof, proof[at]],
            ]
        )
    )


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_of_what_is_not_there(index: int) -> None:
    with pytest.raises(IndexError, match="index in"):
        inclusion_proof(LEAVES[:3], index)
    with pytest.raises(IndexError, match="size in"):
        consistency_proof(LEAVES[:3], index + 1 if index > 0 else 0)


def test_proofs_of_nonsense_are_refused_and_do_not_fail() -> None:
    assert not included(b"", (0, 0), [], EMPTY_ROOT)
    assert not consistent((0, EMPTY_ROOT), (1, ROOTS[1]), [])
    assert not consistent((2, ROOTS[2]), (1, ROOTS[1]), [])
    assert not consistent((3, ROOTS[3]), (4, ROOTS[4]), [])
    assert not consistent((1, ROOTS[1]), (2, ROOTS[2]), [b"short"])
