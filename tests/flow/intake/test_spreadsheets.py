"""What spreadsheets do to codes and moments is seen, and clocks are those of the place."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from builders import START, an_item, goods
from darvoza.domain.fields import FIELD
from darvoza.flow.intake import reading_excel
from darvoza.flow.intake.beyond_doubt import READERS, Doubt
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import FieldSource, Form, Mapping, load_mapping
from darvoza.flow.intake.parsing import Parsed, Spelling, parse
from darvoza.flow.intake.raw import cell_text
from darvoza.flow.intake.report import doubts

PLAIN = Mapping("", "", "", Form(), ())
BISHKEK = "Asia/Bishkek"


def parsed(field: str, *texts: str | None, **spelling: object) -> Parsed:
    return parse(FIELD[field], pl.Series(texts, dtype=pl.String), Spelling(**spelling))  # type: ignore[arg-type]


def rules(result: Parsed) -> list[str]:
    return [fault.rule for fault in result.faults]


def loaded(tmp_path: Path, *lines: str) -> Mapping:
    path = tmp_path / "mapping.yaml"
    fields = ("declaration_id: a", "lodged_at: b", "post: c", "importer_id: d", "item: e", "origin: f")
    path.write_text("\n".join(["fields:", *(f"  {field}" for field in fields), *lines]), encoding="utf-8")
    return load_mapping(path)


def test_a_code_that_lost_its_first_zero_is_refused_unless_the_mapping_knows_such_codes(tmp_path: Path) -> None:
    usual = loaded(tmp_path, "  hs: g").fields[-1].digits
    assert usual == FieldSource("hs", "g").digits == (6, 8, 10)
    result = parsed("hs", "0201300000", "201300000", "2013000", "02013000", "020130", digits=usual)
    assert result.values.to_list() == ["0201300000", None, None, "02013000", "020130"]
    assert rules(result) == ["zero-lost"]
    assert "6, 8 or 10 digits" in result.faults[0].expected
    known = next(each for each in loaded(tmp_path, "  hs: {column: g, digits: [9]}").fields if each.field == "hs")
    assert rules(parsed("hs", "845012907", digits=known.digits)) == []


@pytest.mark.parametrize("wrong", ["[5]", "[]", "9", "[true]"])
def test_digits_are_a_list_of_lengths(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ExceptionGroup) as problem:
        loaded(tmp_path, f"  hs: {{column: g, digits: {wrong}}}")
    assert "a list of numbers from 6 to 10" in str(problem.value.exceptions[0])


def test_the_number_of_a_trader_has_as_many_digits_as_the_mapping_says(tmp_path: Path) -> None:
    mapping = loaded(tmp_path, "  importer_id: {column: d, digits: [14]}", "  hs: g")
    (tmp_path / "f.csv").write_text(
        "a,b,c,d,e,f,g\n1,2026-03-02,P,01234567890123,1,CN,870323\n2,2026-03-02,P,1234567890123,1,CN,870323\n"
    )
    intake = take_in([tmp_path / "f.csv"], mapping)
    assert intake.rejected.select("row", "field", "rule").rows() == [(3, "importer_id", "zero-lost")]


@pytest.mark.parametrize("field", ["declaration_id", "importer_id", "documents", "container_ids"])
@pytest.mark.parametrize("broken", ["1.23457E+13", "1,23457E+13", "2e+09"])
def test_a_code_that_became_a_number_in_powers_of_ten_is_refused(field: str, broken: str) -> None:
    assert rules(parsed(field, broken)) == ["digits-lost"]
    assert rules(parsed(field, "1E5", "KG-E+4", "E+13")) == []


def test_a_code_that_became_a_number_is_refused_where_declarations_are_lodged_one_by_one() -> None:
    for name in ("importer_id", "documents"):
        with pytest.raises(Doubt):
            READERS[name]("1.23457E+13")


def test_a_list_with_line_ends_between_its_codes_is_read() -> None:
    assert parsed("documents", "380\n851, 5021").values.to_list() == [["380", "851", "5021"]]


@pytest.mark.parametrize("pattern", [None, "%d.%m.%Y", "%d.%m.%Y %H:%M", "102"])
def test_a_typed_cell_keeps_its_hour_whatever_the_pattern_of_its_column(pattern: str | None) -> None:
    written = cell_text(datetime(2026, 3, 7, 10, 30), PLAIN, pattern)  # noqa: DTZ001 - so a spreadsheet holds it
    assert parsed("lodged_at", written, moment=pattern).values.to_list() == [datetime(2026, 3, 7, 10, 30, tzinfo=UTC)]
    for day in (datetime(2026, 3, 7), date(2026, 3, 7)):  # noqa: DTZ001
        told = parsed("lodged_at", cell_text(day, PLAIN, pattern), moment=pattern)
        assert told.values.to_list() == [datetime(2026, 3, 7, tzinfo=UTC)]


@pytest.mark.parametrize("moment", [None, "%d.%m.%Y"])
def test_midnight_in_a_column_of_times_is_local_and_a_column_of_midnights_holds_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str | None
) -> None:
    midnight, minute = datetime(2026, 3, 1), datetime(2026, 3, 1, 0, 1)  # noqa: DTZ001 - so a spreadsheet holds them
    mapping = loaded(tmp_path, "  hs: g", f"format: {{time_zone: {BISHKEK}}}")
    lodged = next(each for each in mapping.fields if each.field == "lodged_at")
    fields = tuple(replace(lodged, moment=moment) if each is lodged else each for each in mapping.fields)

    def read(*moments: datetime) -> list[datetime | None]:
        book = openpyxl.Workbook()
        sheet: Any = book.active
        sheet.append(list("abcdefg"))
        for number, each in enumerate(moments):
            sheet.append([f"D{number}", each, "P", "I", 1, "CN", "08051000"])
        book.save(tmp_path / "d.xlsx")
        return take_in([tmp_path / "d.xlsx"], replace(mapping, fields=fields)).items["lodged_at"].to_list()

    assert read(midnight, minute) == [
        datetime(2026, 2, 28, 18, tzinfo=UTC), datetime(2026, 2, 28, 18, 1, tzinfo=UTC)
    ]  # fmt: skip
    assert read(midnight, midnight) == [datetime(2026, 3, 1, tzinfo=UTC)] * 2
    monkeypatch.setattr(reading_excel, "CHUNK_ROWS", 2)
    assert read(midnight, midnight, midnight) == [datetime(2026, 3, 1, tzinfo=UTC)] * 3
    assert read(midnight, midnight, minute, midnight) == [
        *[datetime(2026, 2, 28, 18, tzinfo=UTC)] * 3,
        datetime(2026, 2, 28, 18, 1, tzinfo=UTC),
    ], "what comes later in a long worksheet tells of its beginning, too"


def test_texts_and_typed_cells_of_one_column_are_read_each_in_its_way() -> None:
    result = parsed("lodged_at", "07.03.2026", "2026-03-08T10:30:00.000000", "2026-03-09", moment="%d.%m.%Y")
    assert [moment and moment.day for moment in result.values] == [7, 8, None]
    assert rules(result) == ["not-a-date"]


def test_a_time_without_a_zone_is_told_by_the_clock_of_the_mapping() -> None:
    morning = datetime(2026, 3, 7, 3, 30, tzinfo=UTC)
    for text, pattern in (("2026-03-07T09:30", None), ("07.03.2026 09:30", "%d.%m.%Y %H:%M"), ("202603070930", "203")):
        assert parsed("lodged_at", text, moment=pattern, zone=BISHKEK).values.to_list() == [morning]
        assert parsed("lodged_at", text, moment=pattern).values[0].hour == 9
    assert parsed("lodged_at", "2026-03-07T09:30+06:00", zone="Asia/Tokyo").values.to_list() == [morning]
    typed = pl.Series([morning]).dt.convert_time_zone(BISHKEK)
    assert parse(FIELD["lodged_at"], typed, Spelling(zone=BISHKEK)).values.to_list() == [morning]
    assert parse(FIELD["lodged_at"], typed.dt.replace_time_zone(None), Spelling(zone=BISHKEK)).values[0] == morning


def test_a_day_stays_that_day_whatever_the_clock() -> None:
    day = [datetime(2026, 3, 7, tzinfo=UTC)]
    assert parsed("lodged_at", "2026-03-07", zone=BISHKEK).values.to_list() == day
    assert parsed("lodged_at", "07.03.2026", moment="%d.%m.%Y", zone=BISHKEK).values.to_list() == day


def test_a_mapping_names_a_zone_that_exists(tmp_path: Path) -> None:
    assert loaded(tmp_path, "  hs: g", "format: {time_zone: Asia/Bishkek}").form.time_zone == BISHKEK
    with pytest.raises(ExceptionGroup) as problem:
        loaded(tmp_path, "  hs: g", "format: {time_zone: Bishkek}")
    assert "a time zone such as Asia/Bishkek" in str(problem.value.exceptions[0])


def test_days_to_come_and_days_without_hours_are_doubtful() -> None:
    late = goods(an_item(), an_item(declaration_id="D2", lodged_at=START.replace(year=2062)))
    assert "1 rows were lodged after tomorrow, the first of them D2 at 2062-03-02 08:00 UTC" in doubts(late, START)
    assert doubts(goods(an_item()), START) == ""
    torn = doubts(goods(an_item(container_ids=("CSQU3054383", "MSCU", "1234566"))), START)
    assert torn.startswith("doubtful: 2 container_ids are numbers of no container, torn or mistyped")
    assert "'MSCU'" in torn
    assert "days only" in doubts(goods(an_item(lodged_at=START.replace(hour=0))), START)
