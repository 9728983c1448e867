"""Results of acts of control, read from a table; a wrong row is kept aside with its error, the others go on."""

from pathlib import Path
from typing import NamedTuple

import polars as pl
from polars.datatypes import DataType, DataTypeClass

from darvoza.domain.casework import A_NUMBER, AN_AMOUNT, FEWEST_WORDS, LARGEST_AMOUNT, WITHOUT_A_SAMPLE
from darvoza.domain.codes import Act, Agency, RiskArea, Severity
from darvoza.domain.fields import NO_CHAPTER, OF_A_CHAPTER
from darvoza.flow.intake.health_results import (
    LONGEST_HEADER,
    UNNAMED,
    need_columns,
    read_health_results,
    read_result_table,
)

PolarsDataType = DataType | DataTypeClass

REQUIRED: dict[str, PolarsDataType] = {
    "declaration_id": pl.String, "item": pl.Int64, "agency": pl.String, "act": pl.String,
    "result_at": pl.Datetime("us", "UTC"), "finding_area": pl.String,
}  # fmt: skip
OPTIONAL: dict[str, PolarsDataType] = {
    "officer": pl.String, "finding_severity": pl.Int64, "recovered": pl.Decimal(38, 2), "corrected_hs": pl.String,
    "corrected_origin": pl.String, "corrected_value": pl.Decimal(38, 2), "referral": pl.String, "words": pl.String,
}  # fmt: skip
CONTROL_RESULTS: dict[str, PolarsDataType] = {**REQUIRED, **OPTIONAL}
CORRECTED = ("corrected_hs", "corrected_origin", "corrected_value")
EMPTY = frozenset({"finding_area"})
"""A column that must be there and may be empty: nothing was found."""

PAPER = "certificate"
"""The hazard of a health service's result that lies in the papers and not in the goods."""


class ControlResults(NamedTuple):
    """Results that can be used, and the rows kept aside, as they were, with ``error``."""

    results: pl.DataFrame
    wrong: pl.DataFrame


def read_control_results(path: Path) -> ControlResults:
    """Read a CSV of results, one row an act carried out on a goods item, of customs or of a health service.

    Parameters
    ----------
    path
        CSV in UTF-8 with the columns of `REQUIRED` and any of `OPTIONAL`; moments in ISO 8601 with their zone;
        ``finding_area`` a risk area, empty where nothing was found; ``finding_severity`` 0 to 4; ``recovered`` and
        ``corrected_value`` from 0, and these, as what was corrected, only with a ``finding_area``; ``referral`` the suspicion of an officer who chose the consignment himself; ``words`` what else was said, of an act of sampling that found nothing its samples or why none was taken. A file
        with a column ``passed`` is read as results of a health service
        (`darvoza.flow.intake.health_results.read_health_results`).

    Raises
    ------
    UnreadableFile
        When the file cannot be read or a column is missing.
    """
    raw = read_result_table(path)
    if "passed" in raw.columns:
        return _of_health(path)
    need_columns(raw, REQUIRED, path)
    given = raw.with_columns(pl.lit(None, pl.String).alias(name) for name in OPTIONAL if name not in raw.columns)
    given = given.select(pl.col(name).str.strip_chars().replace("", None) for name in CONTROL_RESULTS)
    typed = given.select(_typed(name, kind) for name, kind in CONTROL_RESULTS.items())
    error = _errors(given, typed)
    good = error.is_null()
    return ControlResults(typed.filter(good), raw.with_columns(error).filter(~good))


def is_control_results(path: Path) -> bool:
    """Tell whether a file holds results of acts, and not declarations, by the names of its columns."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.readline(LONGEST_HEADER).decode("utf-8-sig", errors="replace")
    return {"declaration_id", "item", "agency", "act", "result_at"} <= {
        name.strip(' "\r\n') for name in head.split(",")
    }


def _of_health(path: Path) -> ControlResults:
    """Read results of a health service: what failed is a sanitary risk, or lies in the papers.

    Where nothing failed, the size of the sample is said: it tells that one was taken.
    """
    read = read_health_results(path)
    area = pl.when(pl.col("hazard") == PAPER).then(pl.lit(RiskArea.DOCUMENTS.value))
    area = pl.when(~pl.col("passed")).then(area.otherwise(pl.lit(RiskArea.SPS.value)))
    hazard = pl.when(~pl.col("hazard").is_in([UNNAMED, PAPER])).then("hazard")
    taken = pl.col("passed") & (pl.col("act") == Act.SAMPLING.value) & (pl.col("sample_size") > 0)
    words = pl.coalesce(hazard, pl.when(taken).then(pl.format("sample_size {}", "sample_size")))
    known = read.results.with_columns(finding_area=area, words=words)
    told = known.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in CONTROL_RESULTS.items() if name not in known.columns
    )
    return ControlResults(told.select(*CONTROL_RESULTS), read.wrong)


def _typed(name: str, kind: PolarsDataType) -> pl.Expr:
    column = pl.col(name)
    if kind == pl.Datetime("us", "UTC"):
        return column.str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
    return column if kind == pl.String else column.cast(kind, strict=False)


EXPECTED = {
    "item": "a whole number from 1", "result_at": "a moment such as 2026-03-01T09:00:00Z", "agency": "a service",
    "act": "an act of control", "finding_area": "a risk area, or nothing", "finding_severity": "a whole number from 0 to 4",
    "recovered": AN_AMOUNT, "corrected_value": AN_AMOUNT, "corrected_hs": "6 to 10 digits", "corrected_origin": "a country of two letters",
    "words": WITHOUT_A_SAMPLE,
}  # fmt: skip


def _errors(given: pl.DataFrame, typed: pl.DataFrame) -> pl.Series:
    """Say what is wrong with each row first, null where nothing is."""
    both = pl.concat([typed, given.select(pl.all().name.suffix("_given"))], how="horizontal")
    told = [pl.when(_unread(name)).then(_said(name)) for name in CONTROL_RESULTS]
    allowed = {
        "item": pl.col("item") >= 1,
        "agency": pl.col("agency").is_in([agency.value for agency in Agency]),
        "act": pl.col("act").is_in([act.value for act in Act]),
        "finding_area": pl.col("finding_area").is_in([area.value for area in RiskArea]),
        "finding_severity": pl.col("finding_severity").is_between(min(Severity), max(Severity)),
        "recovered": pl.col("recovered").is_between(0, LARGEST_AMOUNT),
        "corrected_value": pl.col("corrected_value").is_between(0, LARGEST_AMOUNT),
        "corrected_hs": pl.col("corrected_hs").str.contains(r"^\d{6,10}$"),
        "corrected_origin": pl.col("corrected_origin").str.contains(r"^[A-Z]{2}$"),
    }
    told += [pl.when(pl.col(name).is_not_null() & ~right).then(_said(name)) for name, right in allowed.items()]
    told.append(pl.when(pl.col("corrected_hs").str.starts_with(NO_CHAPTER)).then(_said("corrected_hs", OF_A_CHAPTER)))
    corrected = pl.any_horizontal(pl.col(name).is_not_null() for name in CORRECTED)
    of_finding = corrected | (pl.col("recovered") > 0) | (pl.col("finding_severity") > 0)
    found = "finding_area: expected what was found, for there is a severity, duty or a corrected value, got ''"
    told.append(pl.when(pl.col("finding_area").is_null() & of_finding.fill_null(value=False)).then(pl.lit(found)))
    said = pl.col("words").fill_null("")  # as `tells_of_samples`
    silent = (said.str.len_chars() < FEWEST_WORDS) & ~said.str.contains(A_NUMBER)
    unsampled = (pl.col("act") == Act.SAMPLING.value) & pl.col("finding_area").is_null() & silent
    told.append(pl.when(unsampled).then(_said("words")))
    return both.select(pl.coalesce(told).alias("error")).to_series()


def _unread(name: str) -> pl.Expr:
    """Tell where a value was given and cannot be read, or is missing and must not be."""
    missing = pl.col(name).is_null()
    asked = name in REQUIRED and name not in EMPTY
    return missing if asked else missing & pl.col(f"{name}_given").is_not_null()


def _said(name: str, expected: str = "") -> pl.Expr:
    told = pl.lit(expected or EXPECTED.get(name, "a value"))
    return pl.format("{}: expected {}, got '{}'", pl.lit(name), told, pl.col(f"{name}_given").fill_null(""))
