"""A workbook with several worksheets loses none of them in silence."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from darvoza.errors import InvalidMapping, UnreadableFile
from darvoza.flow.intake.intake import Intake, take_in
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.monthly import take_in_by_month
from flow.intake.made_files import COLUMNS, FIELDS, a_row

Load = Callable[[str], Mapping]


def workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows(*references: str, **changes: str) -> list[list[str]]:
    return [list(COLUMNS), *(a_row(Ref=reference, **changes) for reference in references)]


@pytest.fixture
def months(tmp_path: Path) -> Path:
    sheets = {"Январь": rows("J1", "J2"), "Февраль": rows("F1"), "Пусто": [], "Март": rows("M1", "M2")}
    return workbook(tmp_path / "months.xlsx", sheets)


def taken(load: Load, path: Path, sheet: str = "") -> Intake:
    return take_in([path], load(f"format: {{{sheet}}}\n{FIELDS}"))


def references(intake: Intake) -> set[str]:
    return set(intake.items.get_column("declaration_id"))


def test_several_worksheets_are_refused_by_name_unless_the_mapping_says_which_are_read(
    load: Load, months: Path
) -> None:
    with pytest.raises(UnreadableFile) as problem:
        taken(load, months)
    assert "'Январь', 'Февраль', 'Март'" in str(problem.value)
    assert "Пусто" not in str(problem.value)
    assert "sheet" in str(problem.value.hint)


def test_an_empty_worksheet_beside_the_only_one_asks_for_nothing(load: Load, tmp_path: Path) -> None:
    path = workbook(tmp_path / "one.xlsx", {"Пусто": [], "Лист": rows("A1")})
    intake = taken(load, path)
    assert references(intake) == {"A1"}
    assert set(intake.items.get_column("file")) == {"one.xlsx"}


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("sheet: Февраль", {"F1"}),
        ("sheet: 4", {"M1", "M2"}),
        ("sheet: [Март, 2]", {"F1", "M1", "M2"}),
        ("sheet: '*'", {"J1", "J2", "F1", "M1", "M2"}),
    ],
)
def test_worksheets_are_read_by_name_by_place_or_all(load: Load, months: Path, sheet: str, expected: set[str]) -> None:
    intake = taken(load, months, sheet)
    assert references(intake) == expected
    assert intake.read == len(expected)


def test_a_row_is_found_by_its_worksheet(load: Load, tmp_path: Path) -> None:
    wrong = [*rows("F1"), *rows("F2", HS="8703A")[1:]]
    again = [*rows("A1"), *rows("J1")[1:]]
    path = workbook(tmp_path / "months.xlsx", {"Январь": rows("J1"), "Февраль": wrong, "Март": again})
    intake = taken(load, path, "sheet: '*'")
    assert intake.rejected.select("file", "row", "rule").rows() == [
        ("months.xlsx [Февраль]", 3, "not-hs"),
        ("months.xlsx [Март]", 3, "duplicate-item"),
    ]
    assert "J1" in intake.rejected.row(1, named=True)["record"]
    assert intake.accepted == 3


def test_laid_aside_by_month_the_rows_of_all_worksheets_are_as_many(load: Load, tmp_path: Path) -> None:
    path = workbook(tmp_path / "months.xlsx", {"Январь": rows("J1", "J2"), "Февраль": rows("F1", "J2")})
    aside = tmp_path / "aside"
    aside.mkdir()
    intake = take_in_by_month([path], load(f"format: {{sheet: '*'}}\n{FIELDS}"), aside)
    kept = {name for _, items in intake.items() for name in items.get_column("declaration_id")}
    assert (kept, intake.accepted, intake.rejected_rows) == ({"J1", "J2", "F1"}, 3, 1)


def test_a_worksheet_without_the_columns_is_named(load: Load, tmp_path: Path) -> None:
    path = workbook(tmp_path / "cover.xlsx", {"Обложка": [["Отчёт"]], "Данные": rows("A1")})
    with pytest.raises(InvalidMapping, match=r"cover\.xlsx \[Обложка\]"):
        taken(load, path, "sheet: '*'")
    assert references(taken(load, path, "sheet: Данные")) == {"A1"}


@pytest.mark.parametrize(("sheet", "words"), [("sheet: Апрель", "Апрель"), ("sheet: 9", "9 worksheets")])
def test_a_worksheet_that_is_not_there_is_refused(load: Load, months: Path, sheet: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        taken(load, months, sheet)


@pytest.mark.parametrize("sheet", ["sheet: 0", "sheet: []", "sheet: true", "sheet: {a: b}", "sheet: ''"])
def test_what_names_no_worksheet_is_no_mapping(load: Load, sheet: str) -> None:
    with pytest.raises(ExceptionGroup) as problem:
        load(f"format: {{{sheet}}}\n{FIELDS}")
    assert "format.sheet" in str(problem.value.exceptions[0])
