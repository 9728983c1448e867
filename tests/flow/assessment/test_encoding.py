"""Columns over their dictionaries: few rows are coded one by one, many by columns, and both are the same."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.flow.assessment import encoding
from darvoza.flow.assessment.encoding import Encoded
from darvoza.flow.assessment.forms import COMPARED_AS, compared, folded_box

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


def test_codes_are_folded_once_for_all_that_ask_and_no_text_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def told_box(text: str) -> str:
        told.append(text)
        return folded_box(text)

    monkeypatch.setitem(COMPARED_AS, "containers", told_box)
    held = [["mscu 123456-6", "MSCU1234566"], ["mscu 123456-6", None], None, []]
    columns = Encoded(pl.DataFrame({"declaration_id": list("ABCD"), "containers": held}))
    series = columns.compared_codes("containers")
    assert series.to_list() == [["MSCU1234566"] * 2, ["MSCU1234566", None], None, []]
    assert columns.compared_codes("containers") is series
    assert told == ["mscu 123456-6"], "the other is as it is compared"
    columns.forget()
    assert columns.compared_codes("containers") is not series


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.from_regex(r"[A-Z]{3}[UJZ]\d{6,7}\n?|[A-Zа-я0-9 -]{0,6}", fullmatch=True) | st.none(), max_size=6),
    st.sampled_from(["containers", "seals"]),
)
def test_codes_in_columns_are_folded_as_one_by_one(held: list[str | None], fact: str) -> None:
    frame = pl.DataFrame({"declaration_id": ["A"], fact: pl.Series([held], dtype=pl.List(pl.String))})
    expected = [text if text is None else compared(fact, text) for text in held]
    assert Encoded(frame).compared_codes(fact).to_list() == [expected]
