"""Keys are found by the numbers of their parts: the same key has the same code, in whatever frame it stands."""

from collections.abc import Mapping

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.flow.enrichment.finder import KeyFinder
from darvoza.flow.enrichment.keys import MICRO, Codebook, KeyCodes

KINDS = (("post",), ("origin",), (), ("post", "origin"), ("origin", "whole_value"), ("post", "origin", "vehicle_id"))
ROWS = st.lists(
    st.tuples(st.sampled_from(["A", "B", None]), st.sampled_from(["A", "C", None]), st.sampled_from(["V", "W"]), st.integers(0, 2)),
    max_size=8,
)  # fmt: skip
Rows = list[tuple[str | None, str | None, str, int]]


def frame(rows: Rows) -> pl.DataFrame:
    columns = {"post": pl.String(), "origin": pl.String(), "vehicle_id": pl.String(), "customs_value": MICRO}
    return pl.DataFrame(rows, schema=columns, orient="row")


def keys_of(row: Mapping[str, object]) -> list[tuple[object, ...] | None]:
    told = {**row, "whole_value": row["customs_value"]}
    keys = (tuple(told[field] for field in fields) for fields in KINDS)
    return [None if None in key else key for key in keys]


@settings(max_examples=80)
@given(ROWS, ROWS)
def test_a_key_is_found_by_its_code_and_no_other_key_of_any_kind_has_it(here: Rows, asking: Rows) -> None:
    book = Codebook()
    mine, theirs = frame(here), frame(asking)
    finder = KeyFinder(KeyCodes(mine, book), KINDS)
    met: dict[tuple[int, tuple[object, ...]], int] = {}
    for codes, row in zip(finder.codes.T.tolist(), mine.iter_rows(named=True), strict=True):
        for kind, (code, key) in enumerate(zip(codes, keys_of(row), strict=True)):
            assert (code < 0) == (key is None)
            if key is not None:
                assert met.setdefault((kind, key), code) == code
    assert len(set(met.values())) == len(met)
    for codes, row in zip(finder.find(KeyCodes(theirs, book)).T.tolist(), theirs.iter_rows(named=True), strict=True):
        for kind, (code, key) in enumerate(zip(codes, keys_of(row), strict=True)):
            # all goods items have the key without a part, in an empty frame, too
            expected = 0 if key == () else -1 if key is None else met.get((kind, key), -1)
            assert code == expected


@given(ROWS, st.integers(0, 8))
def test_a_part_of_a_frame_finds_itself_in_all_of_it(rows: Rows, first: int) -> None:
    codes, first = KeyCodes(frame(rows)), min(first, len(rows))
    finder = KeyFinder(codes, KINDS, first)
    assert finder.find(codes)[:, first:].tolist() == finder.codes.tolist() == finder.find(codes, first).tolist()
