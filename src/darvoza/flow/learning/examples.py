"""Examples: the examined items of a replay, with what was known of them and what was found."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import FAMILY_OF_AREA, SEVERITY_OF_AREA, RiskFamily, Severity
from darvoza.domain.fact_settings import DEFAULT, FactSettings

Features = NDArray[np.float32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

FAMILIES: tuple[RiskFamily, ...] = tuple(RiskFamily)
"""The families, in the order of their numbers."""

PRECEDENTS: dict[str, tuple[str, ...]] = {
    "HS × origin × trader": ("hs", "origin", "importer_id"),
    "HS × route × tax × mass": ("hs", "origin", "export_country", "tax_rate", "tax_type", "net_mass"),
}
"""What may have been seen before; the card states rows with and without such a precedent apart: a score that does well
only on the first remembers, and does not predict."""

RESULT_DELAY = 7 * 86_400
"""A result without a date of its own counts as known this many seconds after lodging."""


OUTCOMES = (
    "examined",
    "finding",
    "finding_area",
    "finding_severity",
    "recovered",
    "result_at",
    "inclusion_probability",
)
"""Fields of a goods item that hold its outcome."""


def known_before(items: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Forget the outcomes that became known at or after a moment; the goods items stay.

    Parameters
    ----------
    items
        Goods items with their outcomes.
    moment
        The cut-off, UTC.
    """
    known = pl.coalesce("result_at", pl.col("lodged_at") + pl.duration(seconds=RESULT_DELAY)) < moment
    return items.with_columns(
        pl.when(known).then(pl.col(name)).alias(name) for name in OUTCOMES if name in items.columns
    )


@dataclass(frozen=True, slots=True)
class Replay:
    """How the past is lived again.

    Attributes
    ----------
    settings
        How facts are made.
    until
        Cut-off of the labels: what became known at or after it is not learned from; ``None`` for all.
    """

    settings: FactSettings = DEFAULT
    until: datetime | None = None


PLAIN_REPLAY = Replay()
"""With the default settings, everything known."""


def latest_rows(items: pl.DataFrame) -> Ints:
    """Give the last row of each importer, in order."""
    last = items.select("importer_id").with_row_index("row").group_by("importer_id").agg(pl.col("row").max())
    return np.asarray(last.get_column("row").sort().cast(pl.Int64).to_numpy())


@dataclass(frozen=True, slots=True)
class Examples:
    """Examined items in order of lodging, items of a declaration next to each other.

    Attributes
    ----------
    features
        Shape ``(n, p)``.
    findings
        Whether each examination found something, shape ``(n,)``.
    weights
        1/π where known, else 1, shape ``(n,)``.
    by_chance
        Whether π is known, shape ``(n,)``.
    families
        Number of the family of the finding in `FAMILIES`, −1 where there is none or it is not known, shape ``(n,)``.
    severities
        Level of `darvoza.domain.codes.Severity`, shape ``(n,)``.
    losses
        Duty and tax recovered [value], NaN unknown, shape ``(n,)``.
    lodged, known
        When each item was lodged and its result became known [s since 1970], shape ``(n,)``.
    declarations
        Number of the declaration, from 0, shape ``(n,)``.
    precedents
        What may have been seen before → number of the combination, shape ``(n,)``.
    """

    features: Features
    findings: Flags
    weights: Floats
    by_chance: Flags
    families: Ints
    severities: Ints
    losses: Floats
    lodged: Ints
    known: Ints
    declarations: Ints
    precedents: dict[str, Ints]

    def of_family(self, family: RiskFamily) -> Flags:
        """Tell which findings are of a family."""
        return np.asarray(self.findings & (self.families == FAMILIES.index(family)))

    @property
    def grave(self) -> Flags:
        """Findings that do harm which is not money."""
        return np.asarray(self.findings & (self.severities > Severity.NONE))


def examples_of(items: pl.DataFrame, features: Features) -> Examples:
    """Take the examined items, in order of lodging.

    Parameters
    ----------
    items
        Goods items with their outcomes, rows of a declaration next to each other.
    features
        Their vectors, shape ``(n, p)``.
    """
    seen = items.select(pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null()).to_series()
    rows = np.flatnonzero(seen.to_numpy())
    examined = items[rows]
    probability = examined.get_column("inclusion_probability").cast(pl.Float64)
    lodged = examined.get_column("lodged_at").dt.epoch("s")
    return Examples(
        features=features[rows],
        findings=examined.get_column("finding").to_numpy(),
        weights=1.0 / probability.fill_null(1.0).to_numpy(),
        by_chance=probability.is_not_null().to_numpy(),
        families=_families(examined),
        severities=_severities(examined),
        losses=examined.get_column("recovered").cast(pl.Float64).fill_null(np.nan).to_numpy(),
        lodged=lodged.to_numpy(),
        known=examined.get_column("result_at").dt.epoch("s").fill_null(lodged + RESULT_DELAY).to_numpy(),
        declarations=examined.get_column("declaration_id").rle_id().cast(pl.Int64).to_numpy(),
        precedents={name: _codes(examined, fields) for name, fields in PRECEDENTS.items()},
    )


def _families(examined: pl.DataFrame) -> Ints:
    """Number the family of each finding."""
    number = {area.value: FAMILIES.index(family) for area, family in FAMILY_OF_AREA.items()}
    area = pl.when(pl.col("finding")).then(pl.col("finding_area"))
    codes: Ints = (
        examined.select(area.replace_strict(number, default=-1, return_dtype=pl.Int64).fill_null(-1))
        .to_series()
        .to_numpy()
    )
    return codes


def _severities(examined: pl.DataFrame) -> Ints:
    """Take the severity that was recorded, else what the area of the finding stands for."""
    usual = {area.value: int(level) for area, level in SEVERITY_OF_AREA.items()}
    assumed = pl.col("finding_area").replace_strict(usual, default=0, return_dtype=pl.Int64)
    level = pl.when(pl.col("finding")).then(pl.coalesce("finding_severity", assumed))
    levels: Ints = examined.select(level.cast(pl.Int64).fill_null(0)).to_series().to_numpy()
    return levels


def _codes(items: pl.DataFrame, fields: tuple[str, ...]) -> Ints:
    """Number the different combinations of these fields."""
    text = items.select(pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in fields], separator="|"))
    codes: Ints = text.to_series().cast(pl.Categorical).to_physical().cast(pl.Int64).to_numpy()
    return codes
