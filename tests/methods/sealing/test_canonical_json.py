"""Canonical JSON is that of RFC 8785, for the values that it takes."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from darvoza.methods.sealing.canonical_json import DEEPEST, LARGEST, canonical, digest, salted_digest

KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=8)
TEXTS = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_the_text_is_that_of_the_reference_writer(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"share": 0.5}, "share"),
        ({"items": [{"mass": float("nan")}]}, "items.0.mass"),
        ({"count": LARGEST + 1}, "count"),
        ({"ключ": 1}, "ASCII"),
        ({1: "one"}, "ASCII"),
        ({"seen": b"bytes"}, "seen"),
        ({"seen": {1, 2}}, "seen"),
        ("\ud800", "surrogate"),
        ({"why": "\0"}, "why"),
        ({"\0": "why"}, "ASCII"),
    ],
)
def test_what_has_more_than_one_text_is_refused_with_its_place(value: object, place: str) -> None:
    with pytest.raises(ValueError, match=place):
        canonical(value)


def test_what_is_too_deep_is_refused() -> None:
    value: object = "bottom"
    for _ in range(DEEPEST):
        value = [value]
    assert canonical(value)
    with pytest.raises(ValueError, match="levels"):
        canonical([value])


@given(VALUES, VALUES)
def test_two_values_have_one_digest_only_when_they_have_one_text(one: object, other: object) -> None:
    assert (digest(one) == digest(other)) == (canonical(one) == canonical(other))


def test_a_salt_has_its_length() -> None:
    with pytest.raises(ValueError, match="16 bytes, got 3"):
        salted_digest(b"abc", "yes")
