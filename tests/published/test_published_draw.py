"""The draw against published values of the keyed hash it is made of."""

import pytest

from darvoza.methods.draw import permanent_random_number, permanent_random_numbers

# RFC 4231, section 4: HMAC-SHA-256 of test cases 1, 2, 3 and 6.
RFC_4231 = [
    (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
]


@pytest.mark.parametrize(("key", "data", "digest"), RFC_4231)
def test_a_draw_is_the_first_53_bits_of_the_published_digest(key: bytes, data: bytes, digest: str) -> None:
    expected = (int(digest, 16) >> (256 - 53)) / 2**53
    assert permanent_random_number(key, data) == expected
    assert permanent_random_numbers([key], [data], 1).tolist() == [expected]
