import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.flow.intake.csv_blocks import blocks, cut_at_once

LETTERS = st.text(alphabet='ab",;\n\r é', max_size=6)


def as_the_careful_reader(text: str, delimiter: str) -> list[list[str]] | None:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


@given(st.text(alphabet='a",\n\r é', max_size=40), st.integers(2, 4))
def test_what_is_cut_at_once_is_what_the_careful_reader_reads(text: str, width: int) -> None:
    cut = cut_at_once(text.encode(), ",", width)
    if cut is not None:
        assert [list(row) for row in cut.rows()] == as_the_careful_reader(text, ",")


@given(st.lists(st.lists(LETTERS, min_size=3, max_size=3), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_rows_as_a_careful_writer_writes_them_are_cut_at_once(rows: list[list[str]], delimiter: str) -> None:
    flat = [[value.replace("\n", " ").replace("\r", " ") for value in row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(flat)
    cut = cut_at_once(text.getvalue().encode(), delimiter, 3)
    assert cut is not None
    assert [list(row) for row in cut.rows()] == flat


@pytest.mark.parametrize(
    "block",
    [
        b'a,"b\n',
        b'a,"b\nc"\n',
        b'a,b"\n',
        b'"a"x,b\n',
        b"a\n",
        b"a,b,c\n",
        b"a,b\n\n",
        b"a,b\rc,d\n",
        b"a," + b"x" * 140_000,
    ],
)
def test_a_line_that_needs_care_is_left_to_it(block: bytes) -> None:
    assert cut_at_once(block, ",", 2) is None


def test_text_that_is_no_utf_8_is_left_to_care() -> None:
    assert cut_at_once("а,б\n".encode("cp1251"), ",", 2) is None


@given(st.binary(max_size=60), st.integers(1, 20))
def test_blocks_put_together_are_the_file_and_each_ends_with_a_line(data: bytes, size: int) -> None:
    read = list(blocks(io.BytesIO(data), size=size))
    assert b"".join(read) == data
    assert all(block.endswith(b"\n") for block in read[:-1])
