"""Facts of goods items in the form in which they were made, and in every other."""

import math

import numpy as np
import polars as pl
from polars.testing import assert_frame_equal

from builders import an_item, goods, trade
from darvoza.flow.enrichment.enrich import enrich
from darvoza.flow.fact_table import FactTable, Listed


def test_whatever_form_a_fact_was_made_in_it_is_the_same_in_every_other() -> None:
    frame = enrich(trade(30, 1), replay=True)
    made = FactTable(
        {
            name: (
                column.cast(pl.Float64).to_numpy()
                if name.startswith(("importer_", "origin_is")) and column.dtype in {pl.Float64, pl.Boolean}
                else Listed(column.to_list(), column.dtype)
            )
            for name, column in zip(frame.columns, frame.get_columns(), strict=True)
        },
        frame.height,
    )
    assert_frame_equal(made.frame, frame, check_exact=True)
    assert made.rows(frame.columns) == frame.to_dicts() == FactTable.of(frame).rows(frame.columns)
    places = np.array([7, 2])
    for table in (made, FactTable.of(frame)):
        assert list(table.some(places, frame.columns)) == [frame.row(place, named=True) for place in (7, 2)]
        assert list(table.some(places, [])) == [{}, {}]
    numbers = ["unit_value", "importer_is_new", "importer_items", "packages"]
    expected = frame.select(pl.col(numbers).cast(pl.Float64)).to_numpy().T
    assert np.array_equal(made.numbers(numbers), expected, equal_nan=True)
    assert np.array_equal(FactTable.of(frame).numbers(numbers), expected, equal_nan=True)
    assert_frame_equal(made.at(pl.Series([3, 1])).frame, frame[[3, 1]], check_exact=True)


def test_a_flag_that_is_no_number_is_unknown_and_not_true() -> None:
    table = FactTable({"importer_is_new": np.array([1.0, math.nan, 0.0])}, 3)
    assert table.values("importer_is_new") == table.frame["importer_is_new"].to_list() == [True, None, False]


def test_of_nothing_there_are_no_rows() -> None:
    assert FactTable.of(enrich(goods(an_item())[:0])).rows(["hs", "item"]) == []
