import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import polars as pl
import pytest

from darvoza.errors import InvalidMapping, UnreadableFile
from darvoza.flow.intake.intake import Intake
from darvoza.flow.intake.reading_csv import find_encoding
from flow.intake.made_files import COLUMNS, a_row

Take = Callable[..., Intake]


def a_workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    header: list[Any] = list(COLUMNS)
    for row in (header, *rows):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def typed_row(**changes: object) -> list[object]:
    """A row with the types a spreadsheet or a program would give its values."""
    good = ["D1", 1, datetime(2025, 3, 1, 9, 30), "P1", "I1", 870323, "CN", 12.5, 10, "USD", "used car"]  # noqa: DTZ001
    return [changes.get(name, value) for name, value in zip(COLUMNS, good, strict=True)]


def a_line(**changes: object) -> str:
    row = dict(zip(COLUMNS, typed_row(Date="2025-03-01T09:30:00"), strict=True)) | changes
    return json.dumps({key: value for key, value in row.items() if value is not None}, ensure_ascii=False)


def rejections(intake: Intake) -> list[tuple[int, str | None, str]]:
    return list(intake.rejected.select("row", "field", "rule").iter_rows())


@pytest.mark.parametrize("form", ["{}", "{decimal: ','}"])
def test_a_workbook_gives_its_numbers_and_dates_whatever_the_decimal_mark_of_texts(take: Take, form: str) -> None:
    intake = take(a_workbook(typed_row(), typed_row(Ref="D2", Gross=0.1 + 12)), "file.xlsx", form)
    first = intake.items.row(0, named=True)
    assert (first["lodged_at"], first["hs"]) == (datetime(2025, 3, 1, 9, 30, tzinfo=UTC), "870323")
    assert (first["gross_mass"], first["item"], first["row"]) == (Decimal("12.5"), 1, 2)
    assert intake.items["gross_mass"][1] == Decimal("12.1")


def test_a_formula_without_a_value_and_an_excel_error_are_errors_of_their_rows(take: Take) -> None:
    intake = take(
        a_workbook(typed_row(Net="=5+5"), typed_row(Ref="D2", Goods="#N/A"), typed_row(Ref="D3")), "file.xlsx"
    )
    assert rejections(intake) == [(2, None, "formula"), (3, None, "excel-error")]
    assert intake.accepted == 1


def test_a_formula_saved_with_its_value_is_taken_by_the_value(take: Take) -> None:
    # openpyxl writes no cached values; a spreadsheet program writes them as <v> beside the formula.
    source = a_workbook(typed_row(Net="=5+5"))
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                before = data
                data = data.replace(b"<f>5+5</f><v></v>", b"<f>5+5</f><v>10</v>").replace(
                    b"<f>5+5</f><v />", b"<f>5+5</f><v>10</v>"
                )
                assert data != before
            new.writestr(name, data)
    assert take(changed.getvalue(), "file.xlsx").items["net_mass"].to_list() == [Decimal(10)]


def test_empty_rows_of_a_sheet_are_counted_but_are_no_rows(take: Take) -> None:
    intake = take(a_workbook(typed_row(), [], typed_row(Ref="D2")), "file.xlsx")
    assert (intake.read, intake.items["row"].to_list()) == (2, [2, 4])


def test_a_workbook_without_rows_or_with_damage_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFile, match="no declarations"):
        take(a_workbook(), "file.xlsx")
    with pytest.raises(UnreadableFile, match="not an Excel workbook"):
        take(b"PK\x03\x04" + bytes(100), "file.xlsx")


def test_a_worksheet_that_breaks_off_is_unreadable(take: Take) -> None:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_workbook(typed_row()))) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[:-60] if name.endswith("sheet1.xml") else data)
    with pytest.raises(UnreadableFile, match=r"damaged worksheet|not an Excel workbook"):
        take(changed.getvalue(), "file.xlsx")


def test_a_worksheet_that_is_shorter_than_the_list_of_the_archive_says_is_unreadable(take: Take) -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_workbook(typed_row()))) as old, zipfile.ZipFile(stored, "w") as new:
        names = old.namelist()
        for name in names:
            new.writestr(name, old.read(name))
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        changed = bytearray(stored.getvalue())
        at = changed.rindex(
            b"PK\x01\x02", 0, changed.rindex(name.encode())
        )  # its entry in the list, and in it both sizes
        changed[at + 20 : at + 28] = (10**6).to_bytes(4, "little") * 2
        with pytest.raises(UnreadableFile, match=r"damaged worksheet|not an Excel workbook"):
            take(bytes(changed), "file.xlsx")


def test_a_broken_line_of_ndjson_is_an_error_of_its_row(take: Take) -> None:
    lines = [a_line(), '{"Ref": "D2", ', "[1]", "", a_line(Ref="D3", HS={"a": 1}), a_line(Ref="D4", Net=None)]
    intake = take("\n".join(lines) + "\n", "file.ndjson")
    assert rejections(intake) == [(2, None, "not-json"), (3, None, "not-json"), (5, None, "nested")]
    assert intake.items.select("declaration_id", "row").rows() == [("D1", 1), ("D4", 6)]
    assert intake.items["net_mass"].to_list() == [Decimal(10), None]


def test_a_name_that_stands_twice_in_a_line_of_ndjson_is_not_guessed(take: Take) -> None:
    twice = [
        a_line(Ref=f"D{number}")[:-1] + more for number, more in enumerate([', "HS": "870324"}', ', "Ref": "D9"}'])
    ]
    intake = take("\n".join([*twice, a_line(Ref="D2"), a_line(Ref="D3")[:-1] + ', "x": {"y": 1, "y": 2}}']), "f.ndjson")
    assert intake.items["declaration_id"].to_list() == ["D2"]
    found = intake.rejected.select("row", "rule", "got", "declaration_id").rows()
    assert found == [
        (1, "duplicate-name", "'HS' twice", "D0"), (2, "duplicate-name", "'Ref' twice", None),
        (4, "duplicate-name", "'y' twice", "D3"),
    ]  # fmt: skip


def test_numbers_of_ndjson_never_pass_through_a_float(take: Take) -> None:
    line = a_line(Net=1).replace('"Net": 1', '"Net": 0.123456500000000000001').replace("12.5", "1.25e1")
    row = take(line + "\n", "file.ndjson").items.row(0, named=True)
    assert (row["net_mass"], row["gross_mass"]) == (Decimal("0.123457"), Decimal("12.5"))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999999999", "9" * 5000])
def test_numbers_of_ndjson_beyond_measure_are_refused(take: Take, number: str) -> None:
    line = a_line(Net=1).replace('"Net": 1', f'"Net": {number}').replace('"Gross": 12.5, ', "")
    intake = take(f"{line}\n{a_line(Ref='D2')}\n", "file.ndjson")
    assert [(row, field) for row, field, _ in rejections(intake)] == [(1, "net_mass")]


def test_bytes_of_another_encoding_in_ndjson_are_an_error_of_their_row(take: Take) -> None:
    content = a_line(Goods="авто").encode("cp1251") + b"\n" + a_line(Ref="D2", Goods="авто").encode() + b"\n"
    escaped = a_line(Ref="D3").replace("used car", "\\ud800")
    intake = take(content + escaped.encode() + b"\n", "file.ndjson")
    assert rejections(intake) == [(1, None, "encoding"), (3, None, "not-json")]


def test_a_column_of_a_required_field_that_no_line_has_is_missing(take: Take) -> None:
    with pytest.raises(InvalidMapping) as caught:
        take(a_line(HS=None) + "\n", "file.ndjson")
    assert caught.value.field == "fields.hs"


def test_parquet_keeps_its_types(take: Take) -> None:
    buffer = io.BytesIO()
    frame = pl.DataFrame([typed_row(), typed_row(Ref="D2", Net=-1)], schema=list(COLUMNS), orient="row")
    frame.write_parquet(buffer)
    intake = take(buffer.getvalue(), "file.parquet", "{decimal: ','}")
    assert rejections(intake) == [(2, "net_mass", "below-minimum")]
    row = intake.items.row(0, named=True)
    assert (row["gross_mass"], row["lodged_at"]) == (Decimal("12.5"), datetime(2025, 3, 1, 9, 30, tzinfo=UTC))
    assert json.loads(intake.rejected["record"][0])["HS"] == 870323


def test_damaged_or_nested_parquet_is_unreadable(take: Take) -> None:
    with pytest.raises(UnreadableFile, match="damaged Parquet"):
        take(b"PAR1" + bytes(50), "file.parquet")
    buffer = io.BytesIO()
    frame = pl.DataFrame([typed_row()], schema=list(COLUMNS), orient="row")
    frame.with_columns(pl.struct("Net").alias("HS")).write_parquet(buffer)
    with pytest.raises(UnreadableFile, match="plain values"):
        take(buffer.getvalue(), "file.parquet")


def test_all_forms_of_a_file_give_the_same_declarations(take: Take) -> None:
    buffer = io.BytesIO()
    pl.DataFrame([a_row()], schema=list(COLUMNS), orient="row").write_parquet(buffer)
    forms = {
        "a.csv": (",".join(COLUMNS) + "\n" + ",".join(a_row()) + "\n").encode(),
        "a.ndjson": json.dumps(dict(zip(COLUMNS, a_row(), strict=True))).encode(),
        "a.xlsx": a_workbook(list(a_row())),
        "a.parquet": buffer.getvalue(),
    }
    items = [take(content, name).items.drop("file", "row") for name, content in forms.items()]
    assert all(frame.equals(items[0]) for frame in items[1:])


def test_a_character_cut_by_the_end_of_the_sample_does_not_hide_utf8() -> None:
    assert find_encoding("имя".encode()[:-1]) == "utf-8"
    assert find_encoding("имя товара ".encode() + "да".encode("cp1251")) == "utf-8"
