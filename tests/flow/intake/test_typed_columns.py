"""Columns with types of their own, as Parquet has them, say what the same values say as texts and in a worksheet."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest

from darvoza.flow.intake import reading_parquet
from darvoza.flow.intake.intake import Intake, take_in
from darvoza.flow.intake.mapping import Mapping
from flow.intake.made_files import COLUMNS, FIELDS, ROW

Read = Callable[..., Intake]
MIDNIGHT = datetime(2026, 3, 2)  # noqa: DTZ001 - so a column without a zone holds it


@pytest.fixture
def read(tmp_path: Path, load: Callable[[str], Mapping]) -> Read:
    """Read a Parquet file of good rows with some columns changed."""

    def write_and_read(form: str, changed: dict[str, pl.Series], **source: object) -> Intake:
        height = max(map(len, changed.values()))
        whole = {name: pl.Series([value] * height) for name, value in zip(COLUMNS, ROW, strict=True)}
        whole["Ref"] = pl.Series([f"D{number}" for number in range(height)])
        written = BytesIO()
        pl.DataFrame(whole | changed).write_parquet(written)
        path = tmp_path / "file.parquet"
        path.write_bytes(written.getvalue())
        mapping = load(f"format: {form}\n{FIELDS}")
        fields = (replace(each, **source) if each.column in changed else each for each in mapping.fields)  # type: ignore[arg-type]
        return take_in([path], replace(mapping, fields=tuple(fields)))

    return write_and_read


@pytest.mark.parametrize("kind", [pl.Categorical(), pl.Enum(["1.234,5", "-", "02.03.2026"]), pl.String()])
def test_texts_that_are_kept_once_each_are_spelt_as_the_mapping_says(read: Read, kind: pl.DataType) -> None:
    form = "{decimal: ',', thousands: '.'}"
    gross = read(form, {"Gross": pl.Series(["1.234,5", "-"], dtype=kind)}, missing=("", "-")).items["gross_mass"]
    assert gross.to_list() == [Decimal("1234.5"), None]
    days = read("{}", {"Date": pl.Series(["02.03.2026"], dtype=kind)}, moment="%d.%m.%Y").items["lodged_at"]
    assert days.to_list() == [datetime(2026, 3, 2, tzinfo=UTC)]


@pytest.mark.parametrize("kind", [pl.Int64(), pl.Float64(), pl.String()])
def test_days_that_are_written_as_numbers_are_read_by_their_pattern(read: Read, kind: pl.DataType) -> None:
    intake = read("{}", {"Date": pl.Series([20260302]).cast(kind)}, moment="102")
    assert intake.items["lodged_at"].to_list() == [datetime(2026, 3, 2, tzinfo=UTC)]


@pytest.mark.parametrize("kind", [pl.Int64(), pl.Float64(), pl.Decimal(10, 2), pl.String()])
def test_a_number_that_means_nothing_given_is_unknown_whatever_the_type_of_its_column(
    read: Read, kind: pl.DataType
) -> None:
    gross = read("{}", {"Gross": pl.Series([0, 12]).cast(kind)}, missing=("", "0")).items["gross_mass"]
    assert gross.to_list() == [None, Decimal(12)]


def test_a_column_of_midnights_holds_days_and_one_with_an_hour_in_it_moments(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lodged(*moments: datetime) -> list[datetime | None]:
        return read("{time_zone: Asia/Bishkek}", {"Date": pl.Series(moments)}).items["lodged_at"].to_list()

    day, local = MIDNIGHT.replace(tzinfo=UTC), MIDNIGHT.replace(tzinfo=UTC) - timedelta(hours=6)
    minute = timedelta(minutes=1)
    assert lodged(MIDNIGHT, MIDNIGHT) == [day, day]
    assert lodged(MIDNIGHT, MIDNIGHT + minute) == [local, local + minute]
    monkeypatch.setattr(reading_parquet, "CHUNK_ROWS", 1)
    assert lodged(MIDNIGHT, MIDNIGHT + minute) == [local, local + minute], "what comes later tells of the beginning"
    assert lodged(day, day) == [day, day], "a moment with its zone is that moment"
