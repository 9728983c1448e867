"""Columns over their dictionaries: few rows are coded one by one, many by columns, and both are the same."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.flow.assessment import encoding
from darvoza.flow.assessment.encoding import Encoded

TEXTS = (
    st.none()
    | st.text(max_size=5)
    | st.sampled_from(["Used  car", "used car", "ЁЛКА ", "ёлка", "İ", "ß", "", "z", "Я"])
)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, max_size=12), st.sampled_from(["hs", "description"]))
def test_few_rows_are_coded_like_many(texts: list[str | None], fact: str) -> None:
    frame = pl.DataFrame({"declaration_id": ["D"] * len(texts), fact: pl.Series(texts, dtype=pl.String)})
    few = Encoded(frame).coded(fact)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "ONE_BY_ONE", -1)
        many = Encoded(frame).coded(fact)
    assert few.words == many.words
    assert few.places.dtype == many.places.dtype
    assert np.array_equal(few.places, many.places)


@pytest.mark.parametrize("distinct", [255, 256, 1_000])
def test_codes_are_as_narrow_as_their_dictionary_allows(distinct: int) -> None:
    frame = pl.DataFrame({"declaration_id": "D", "hs": [f"{number:06}" for number in range(distinct)]})
    assert Encoded(frame).coded("hs").places.dtype == (np.uint8 if distinct < 256 else np.uint16)
