"""Rows that stand in a file twice become goods items of their own: that is said."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from darvoza.flow.intake.doubtful import doubtful
from darvoza.flow.intake.intake import Intake, take_in
from darvoza.flow.intake.mapping import Mapping
from flow.intake.made_files import FIELDS, a_csv, a_row

Load = Callable[[str], Mapping]
COUNTED = FIELDS.replace("  item: Item\n", "") + "\nitem: {number_within: declaration_id}\n"


def taken(tmp_path: Path, load: Load, *rows: list[str], mapping: str = COUNTED) -> Intake:
    path = tmp_path / "file.csv"
    path.write_text(a_csv(*rows), encoding="utf-8")
    return take_in([path], load(mapping))


def test_rows_equal_to_an_earlier_one_of_their_declaration_are_doubtful(tmp_path: Path, load: Load) -> None:
    rows = [a_row(Ref="D1"), a_row(Ref="D1", Net="9"), a_row(Ref="D2"), a_row(Ref="D1"), a_row(Ref="D2")]
    intake = taken(tmp_path, load, *rows)
    assert intake.accepted == 5
    (said,) = doubtful(intake.items, intake.mapping)
    assert said.startswith(
        "2 rows say the same as an earlier row of the same declaration, the first of them file.csv row 5 of D1"
    )


def test_rows_that_differ_or_are_numbered_by_the_file_are_not(tmp_path: Path, load: Load) -> None:
    rows = [a_row(Ref="D1"), a_row(Ref="D1", Goods="other"), a_row(Ref="D2")]
    intake = taken(tmp_path, load, *rows)
    assert list(doubtful(intake.items, intake.mapping)) == []
    numbered = taken(tmp_path, load, a_row(Item="1"), a_row(Item="2"), mapping=FIELDS)
    assert list(doubtful(numbered.items, numbered.mapping)) == []


def test_rows_that_do_not_agree_on_what_they_declare_in_common_are_doubtful(tmp_path: Path, load: Load) -> None:
    rows = [
        a_row(Ref="D1"),
        a_row(Ref="D2"),
        a_row(Ref="D2", Item="2", Currency="EUR"),
        a_row(Ref="D2", Item="3", Currency=""),
    ]
    intake = taken(tmp_path, load, *rows, mapping=FIELDS)
    assert intake.accepted == 4
    (said,) = doubtful(intake.items, intake.mapping)
    assert said.startswith(
        "rows of one declaration do not agree on what they declare in common, in 1 declarations: invoice_currency, first in "
        "file.csv row 4 of D2"
    )
    versions = [pl.Series("version", [1, 1, 2, 3]), pl.Series("item", [1, 1, 1, 1])]
    assert list(doubtful(intake.items.with_columns(versions), intake.mapping)) == [], "an amendment says other things"
    lists = [pl.Series("seal_ids", [None, ["A"], ["A"], ["A"]]), pl.lit("USD").alias("invoice_currency")]
    assert list(doubtful(intake.items.with_columns(lists), intake.mapping)) == []
    procedures = [pl.Series("procedure", ["40", "40", "42", "40"]), pl.lit("USD").alias("invoice_currency")]
    assert list(doubtful(intake.items.with_columns(procedures), intake.mapping)) == [], "each item may have its own"
