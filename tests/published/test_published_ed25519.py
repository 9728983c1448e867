"""Ed25519: RFC 8032 §7.1, and the signed note that the documentation of the Go checksum database shows."""

import base64

import pytest

from darvoza.darvoza_verify import read_keys, signed

VECTORS = {
    "test 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    "test 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    "test 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
}


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_the_published_signatures_hold_and_no_other(vector: tuple[str, str, str]) -> None:
    key, text, signature = map(bytes.fromhex, vector)
    assert signed(key, text, signature)
    assert not signed(key, text + b"\0", signature)
    assert not signed(key, text, bytes([signature[0] ^ 1]) + signature[1:])
    assert not signed(key, text, signature[:40] + bytes([signature[40] ^ 1]) + signature[41:])


def test_a_signature_whose_number_is_not_reduced_is_refused() -> None:
    key, text, signature = map(bytes.fromhex, VECTORS["test 1"])
    order = 2**252 + 27742317777372353535851937790883648493
    larger = int.from_bytes(signature[32:], "little") + order
    assert not signed(key, text, signature[:32] + larger.to_bytes(32, "little"))


def test_the_published_signed_note_holds() -> None:
    keys = read_keys("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n")
    text = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    value = base64.b64decode(line)
    assert signed(keys["PeterNeumann", value[:4]], text, value[4:])
