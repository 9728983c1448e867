"""Columns that a mapping does not speak of are named, and rates that are percentages are doubted."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from darvoza.flow.intake.columns import columns_told
from darvoza.flow.intake.doubtful import doubtful
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.report import check_report
from flow.intake.made_files import COLUMNS, FIELDS, a_csv, a_row

Load = Callable[[str], Mapping]
LEFT_OUT = FIELDS + "\nunmapped: {НОВЫЙ: not needed, НЕТ_ТАКОЙ: x}\n"
RECORD = dict(zip((*COLUMNS, "НОВЫЙ", "Ещё"), (*a_row(), "1", "2"), strict=True))


def written(place: Path, form: str) -> Path:
    path = place / f"file.{form}"
    match form:
        case "csv":
            path.write_text("\n".join([",".join(RECORD), ",".join(RECORD.values())]), encoding="utf-8")
        case "ndjson":
            path.write_text(json.dumps(RECORD), encoding="utf-8")
        case "parquet":
            pl.DataFrame([RECORD]).write_parquet(path)
        case _:
            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet("a")
            sheet.append(list(RECORD))
            sheet.append(list(RECORD.values()))
            book.save(path)
    return path


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet", "xlsx"])
def test_columns_beyond_the_mapping_are_named(tmp_path: Path, load: Load, form: str) -> None:
    intake = take_in([written(tmp_path, form)], load(LEFT_OUT))
    assert [line for line in columns_told(intake) if line] == [
        "Columns left out on purpose:",
        "  НОВЫЙ: not needed",
        "Left out by the mapping and in no file: 'НЕТ_ТАКОЙ'",
        f"Not spoken of by the mapping, in file.{form}: 'Ещё'",
    ]
    assert "Not spoken of by the mapping, in" in check_report(intake)


def test_a_file_that_is_mapped_whole_is_left_alone(tmp_path: Path, load: Load) -> None:
    path = tmp_path / "file.csv"
    path.write_text(a_csv(a_row()), encoding="utf-8")
    assert list(columns_told(take_in([path], load(FIELDS)))) == []


@pytest.mark.parametrize(("scale", "doubted"), [("1", True), ("0.01", False)])
def test_a_rate_of_thirteen_hundred_per_cent_is_doubted(tmp_path: Path, load: Load, scale: str, doubted: bool) -> None:
    path = tmp_path / "file.csv"
    rows = [[*a_row(Ref=f"D{place}"), rate] for place, rate in enumerate(("13", "0", "8", "13", "0.5"))]
    path.write_text("\n".join(map(",".join, ([*COLUMNS, "Rate"], *rows))), encoding="utf-8")
    intake = take_in([path], load(FIELDS + f"  tax_rate: {{column: Rate, scale: {scale}}}\n"))
    said = list(doubtful(intake.items, intake.mapping))
    assert [each[:8] for each in said] == ["tax_rate"] * doubted


def test_the_check_says_how_words_become_flags(tmp_path: Path, load: Load) -> None:
    path = tmp_path / "file.csv"
    path.write_text("\n".join([",".join((*COLUMNS, "Seen")), ",".join((*a_row(), "да"))]), encoding="utf-8")
    intake = take_in([path], load(FIELDS + "  examined: Seen\n"))
    assert 'codes: {"да": "true", "нет": "false"}' in check_report(intake)
