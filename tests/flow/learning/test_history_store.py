"""The decided history on disk: its form, the form before it, and what is neither."""

import json
from pathlib import Path

import polars as pl
import pytest

from builders import trade
from darvoza.errors import OutputError
from darvoza.flow.chronicle import by_month, keep_history
from darvoza.flow.learning.history_store import FACTS, MANIFEST, PARTITION, open_history, outdated


@pytest.fixture
def place(tmp_path: Path) -> Path:
    keep_history(by_month(trade(60, 2, days=40, examined=0.4)), tmp_path, told={})
    return tmp_path


def of_the_first_form(place: Path) -> Path:
    """Turn a history into one as it was written before."""
    for folder in place.glob("lodged_month=*"):
        folder.rename(folder.with_name(folder.name.removeprefix("lodged_")))
    manifest = json.loads((place / MANIFEST).read_text())
    (place / MANIFEST).write_text(json.dumps(manifest | {"history": 1}))
    return place


def test_no_fact_has_the_name_of_the_folders() -> None:
    assert PARTITION[1] in FACTS
    assert PARTITION[2] not in FACTS


def test_a_reader_that_takes_columns_from_paths_keeps_the_fact_month(place: Path) -> None:
    read = pl.scan_parquet(place / "lodged_month=*" / "*.parquet", hive_partitioning=True).collect()
    assert read.schema["month"] == pl.Int64
    assert set(read["lodged_month"].cast(pl.String).str.slice(0, 7)) == {
        kept.month for kept in open_history(place).months
    }


def test_a_history_of_the_first_form_is_read_and_it_is_said(place: Path) -> None:
    before = open_history(place)
    items = before.items(before.months[0], ["declaration_id", "month"])
    earlier = open_history(of_the_first_form(place))
    assert earlier.items(earlier.months[0], ["declaration_id", "month"]).equals(items)
    assert outdated(place, before.form) is None
    said = outdated(place, earlier.form) or ""
    assert "folders month=…" in said
    assert "write it again with `darvoza history`" in said


def test_a_history_of_a_form_not_known_is_refused_with_what_to_do(place: Path) -> None:
    manifest = json.loads((place / MANIFEST).read_text())
    (place / MANIFEST).write_text(json.dumps(manifest | {"history": 9}))
    with pytest.raises(OutputError, match=r"form 1 to 3 with months, got 'form 9 with 2 months.*write it again with"):
        open_history(place)


def test_a_history_with_a_file_missing_is_refused(place: Path) -> None:
    next(place.rglob("part-0.parquet")).unlink()
    with pytest.raises(OutputError, match="expected the file lodged_month="):
        open_history(place)
