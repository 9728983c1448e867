"""Intake laid aside by month says and keeps what an intake in memory does."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from darvoza.errors import UnreadableFile
from darvoza.flow.intake import reading_csv
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.monthly import MonthlyIntake, take_in_by_month
from flow.intake.made_files import FIELDS, a_csv, a_row

Load = Callable[[str], Mapping]


def files(folder: Path, *texts: str) -> list[Path]:
    paths = [folder / f"{number}.csv" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def monthly(paths: list[Path], mapping: Mapping, folder: Path) -> MonthlyIntake:
    aside = folder / "aside"
    aside.mkdir()
    return take_in_by_month(paths, mapping, aside)


def trouble(seed: int) -> str:
    """Rows of three months: good ones, bad ones, items twice, heads that differ."""
    random = Random(seed)
    rows = []
    for _ in range(120):
        changes = {
            "Ref": f"D{random.randint(1, 60)}",
            "Item": str(random.randint(1, 3)),
            "Date": f"2025-0{random.randint(1, 3)}-1{random.randint(0, 2)}",
            "Importer": random.choice(["I1", "I1", "I2"]),
            "HS": random.choice(["870323", "010121", "8"]),
        }
        rows.append(a_row(**changes))
    return a_csv(*rows)


@pytest.mark.parametrize("seed", range(3))
def test_the_months_together_are_the_items_of_an_intake_in_memory(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(reading_csv, "CHUNK_ROWS", 32, raising=True)
    paths, mapping = files(tmp_path, trouble(seed), trouble(seed + 10)), load(FIELDS)
    whole, parts = take_in(paths, mapping), monthly(paths, mapping, tmp_path)
    assert_frame_equal(pl.concat([items for _, items in parts.items()]), whole.items)
    assert_frame_equal(parts.rejected, whole.rejected)
    assert set(whole.rejected["rule"]) == {"not-hs", "duplicate-item", "header-differs"}
    assert (parts.read, parts.accepted, parts.rejected_rows) == (whole.read, whole.accepted, whole.rejected_rows)
    assert parts.files == whole.files
    assert len(parts.months) == 3


def test_a_month_of_which_everything_was_rejected_late_is_no_month(load: Load, tmp_path: Path) -> None:
    late = a_csv(a_row(), a_row(Item="2", Date="2025-04-01"))
    parts = monthly(files(tmp_path, late), load(FIELDS), tmp_path)
    assert [month for month, _ in parts.items()] == ["2025-03"]
    assert (parts.accepted, parts.rejected_rows) == (1, 1)


def test_when_nothing_can_be_used_there_are_no_months(load: Load, tmp_path: Path) -> None:
    parts = monthly(files(tmp_path, a_csv(a_row(HS="x"))), load(FIELDS), tmp_path)
    assert list(parts.items()) == []
    assert (parts.read, parts.accepted, parts.rejected_rows) == (1, 0, 1)


def test_an_intake_of_no_file_is_refused(load: Load, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no file"):
        take_in_by_month([], load(FIELDS), tmp_path)
