"""Results of the health services, read from a table; a wrong row is kept aside with its error, the others go on."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from darvoza.domain.codes import Act, Agency
from darvoza.errors import UnreadableFile

PolarsDataType = DataType | DataTypeClass

REQUIRED: dict[str, PolarsDataType] = {
    "declaration_id": pl.String, "item": pl.Int64, "lodged_at": pl.Datetime("us", "UTC"), "result_at": pl.Datetime("us", "UTC"),
    "hs": pl.String, "origin": pl.String, "agency": pl.String, "act": pl.String, "passed": pl.Boolean,
}  # fmt: skip
OPTIONAL: dict[str, PolarsDataType] = {
    "region": pl.String, "establishment": pl.String, "hazard": pl.String, "probability": pl.Float64,
    "released_at": pl.Datetime("us", "UTC"), "lot_size": pl.Int64, "sample_size": pl.Int64, "positives": pl.Int64,
}  # fmt: skip
RESULTS: dict[str, PolarsDataType] = {**REQUIRED, **OPTIONAL}
MOST_COLUMNS, LONGEST_HEADER = 200, 65_536
UNNAMED = "unnamed"
"""The hazard of a failure that does not name one."""


class HealthResults(NamedTuple):
    """Results that can be used, and the rows kept aside, as they were, with ``error``."""

    results: pl.DataFrame
    wrong: pl.DataFrame


def read_health_results(path: Path) -> HealthResults:
    """Read a CSV of results, one row an act carried out on a goods item.

    Parameters
    ----------
    path
        CSV in UTF-8 with the columns of `REQUIRED` and any of `OPTIONAL`; moments in ISO 8601 with their zone, ``passed``
        true or false, ``probability`` that with which the act was chosen, in (0, 1], empty where nobody recorded it.

    Raises
    ------
    UnreadableFile
        When the file cannot be read or a column is missing.
    """
    raw = read_result_table(path)
    need_columns(raw, REQUIRED, path)
    given = raw.with_columns(pl.lit(None, pl.String).alias(name) for name in OPTIONAL if name not in raw.columns)
    typed = given.select(_typed(name, kind) for name, kind in RESULTS.items())
    error = _errors(given, typed)
    good = error.is_null()
    named = pl.when(~pl.col("passed")).then(pl.col("hazard").fill_null(UNNAMED)).alias("hazard")
    return HealthResults(typed.filter(good).with_columns(named), raw.with_columns(error).filter(~good))


def read_result_table(path: Path) -> pl.DataFrame:
    """Read a CSV of results as texts.

    Raises
    ------
    UnreadableFile
        When the file cannot be read, or has far more columns than results have.
    """
    try:
        with path.open("rb") as file:
            if file.readline(LONGEST_HEADER + 1).count(b",") >= MOST_COLUMNS:
                raise UnreadableFile(field=path.name, expected=f"at most {MOST_COLUMNS} columns", got="more")
        return pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise UnreadableFile(
            field=path.name, expected="results as CSV", got=f"no readable file: {problem}"
        ) from problem


def need_columns(raw: pl.DataFrame, required: Collection[str], path: Path) -> None:
    """Refuse a table of results that lacks a column.

    Raises
    ------
    UnreadableFile
        Naming what is missing.
    """
    missing = [name for name in required if name not in raw.columns]
    if missing:
        raise UnreadableFile(
            field=path.name, expected=f"the columns {', '.join(required)}", got=f"no {', '.join(missing)}"
        )


def _typed(name: str, kind: PolarsDataType) -> pl.Expr:
    column = pl.col(name).str.strip_chars().replace("", None)
    if kind == pl.Boolean:
        return column.str.to_lowercase().replace_strict(
            {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
        )
    if kind == pl.Datetime("us", "UTC"):
        return column.str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
    return column if kind == pl.String else column.cast(kind, strict=False)


def _errors(given: pl.DataFrame, typed: pl.DataFrame) -> pl.Series:
    """Say what is wrong with each row first, null where nothing is."""
    told: list[pl.Expr] = []
    for name in RESULTS:
        unread = pl.col(f"{name}_given").fill_null("") != ""
        wrong = (unread & pl.col(name).is_null()) | ((pl.lit(name in REQUIRED)) & pl.col(name).is_null())
        told.append(pl.when(wrong).then(_said(name, EXPECTED.get(name, "a value"))))
    told += [
        pl.when(~pl.col("agency").is_in([agency.value for agency in Agency])).then(_said("agency", "a service")),
        pl.when(~pl.col("act").is_in([act.value for act in Act])).then(_said("act", "an act of control")),
        pl.when(~pl.col("probability").is_between(0, 1, closed="right")).then(
            _said("probability", "a number in (0, 1]")
        ),
        pl.when(~pl.col("hs").str.contains(r"^\d{4,10}$")).then(_said("hs", "4 to 10 digits")),
        pl.when(pl.col("result_at") < pl.col("lodged_at")).then(_said("result_at", "a moment not before lodged_at")),
        pl.when(pl.col("released_at") < pl.col("lodged_at")).then(
            _said("released_at", "a moment not before lodged_at")
        ),
    ]
    both = pl.concat([typed, given.select(pl.col(name).alias(f"{name}_given") for name in RESULTS)], how="horizontal")
    return both.select(pl.coalesce(told).alias("error")).to_series()


EXPECTED = {
    "item": "a whole number", "lodged_at": "a moment such as 2026-03-01T09:00:00Z", "passed": "true or false",
    "result_at": "a moment such as 2026-03-01T09:00:00Z", "probability": "a number in (0, 1]", "lot_size": "a whole number",
    "released_at": "a moment such as 2026-03-01T09:00:00Z", "sample_size": "a whole number", "positives": "a whole number",
}  # fmt: skip


def _said(name: str, expected: str) -> pl.Expr:
    return pl.format("{}: expected {}, got '{}'", pl.lit(name), pl.lit(expected), pl.col(f"{name}_given").fill_null(""))
