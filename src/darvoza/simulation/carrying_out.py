"""What officers of a practice world find when they carry out what was selected, and what customs suspects itself."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.errors import SettingsError
from darvoza.simulation.inspection import DIFFICULTY, levels
from darvoza.simulation.traders import KINDS

Floats = NDArray[np.float64]

OUTCOMES: dict[str, pl.DataType] = {
    "declaration_id": pl.String(), "item": pl.Int64(), "agency": pl.String(), "act": pl.String(),
    "result_at": pl.Datetime("us", "UTC"), "officer": pl.String(), "finding_area": pl.String(),
    "finding_severity": pl.Int64(), "recovered": pl.Float64(), "corrected_hs": pl.String(), "corrected_origin": pl.String(),
    "corrected_value": pl.Float64(), "referral": pl.String(), "words": pl.String(),
}  # fmt: skip
"""Columns of the outcomes, one row an act and item."""

IN_PAPERS = {RiskArea.UNDERVALUATION: 0.6, RiskArea.MISCLASSIFICATION: 0.5, RiskArea.ORIGIN: 0.6}
"""Chance that an offence shows in the papers; what is not here shows only when goods are opened."""

OPENED = frozenset({Act.PHYSICAL.value, Act.SAMPLING.value})
SCANNED = {RiskArea.UNDECLARED: 0.6, RiskArea.PROHIBITED: 0.5}
"""Chance that an offence shows on a picture."""

PER_POST = 3
HOURS = (18.0, 1.2)
"""Hours from lodging to a result: their median, and the spread of their logarithm."""

SUSPECTS, WRONGLY = 0.12, 0.003
"""Chance that an officer suspects a consignment that nobody chose: with an offence, and without one."""

SUSPICIONS = (
    "the driver answers evasively",
    "the seal has been put on twice",
    "the lorry is heavier than its papers say",
    "packages differ from the packing list",
)


def carry_out(
    decisions: pl.DataFrame, truth: pl.DataFrame, *, rng: np.random.Generator, miss: float = 0.15
) -> pl.DataFrame:
    """Carry out what was selected, and refer some of what nobody chose.

    Customs sees every kind of offence, the other services only those of health. What health services find in lots is
    another matter (`darvoza.simulation.health_control`); acts that were carried out there are not given here.

    Parameters
    ----------
    decisions
        Decisions of a run: ``declaration_id``, ``agency``, ``act``, ``selected``, ``post``, ``lodged_at``.
    truth
        What is true of every item, as `darvoza.simulation.writing.write_world` writes it.
    rng
        Chance of the officers.
    miss
        Chance that an average offence is missed when the goods are opened, in [0, 1).

    Returns
    -------
    pl.DataFrame
        Rows of `OUTCOMES`. No area means that nothing was found.

    Raises
    ------
    SettingsError
        When `miss` is no such chance.
    """
    if not 0 <= miss < 1:
        raise SettingsError(field="miss", expected="a chance in [0, 1)", got=miss)
    known = decisions.select("declaration_id", "agency", "act", "selected", "post", "lodged_at")
    chosen = known.filter("selected").with_columns(referral=pl.lit(""))
    customs = known.filter(pl.col("agency") == Agency.CUSTOMS)
    acts = pl.concat([chosen, _suspected(customs, truth, rng)]).drop("selected")
    acts = acts.with_columns(
        officer=pl.format("{}-0{}", "post", pl.Series(rng.integers(1, PER_POST + 1, acts.height))),
        result_at=pl.col("lodged_at") + _delays(acts.height, rng),
    )
    rows = acts.join(truth, on="declaration_id", how="inner", maintain_order="left")
    seen = rng.random(rows.height) < _chance(rows, miss)
    return _told(rows, seen)


def _suspected(customs: pl.DataFrame, truth: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Choose consignments on an officer's own suspicion, of those where customs does nothing."""
    idle = customs.group_by("declaration_id", maintain_order=True).agg(
        pl.col("selected").any(), pl.col("post", "lodged_at").first()
    )
    idle = idle.filter(~pl.col("selected"))
    offends = truth.filter(pl.col("offence").is_not_null()).select("declaration_id").unique()
    guilty = idle.get_column("declaration_id").is_in(offends.get_column("declaration_id").implode()).to_numpy()
    picked = rng.random(idle.height) < np.where(guilty, SUSPECTS, WRONGLY)
    told = pl.Series("referral", SUSPICIONS).gather(pl.Series(rng.integers(0, len(SUSPICIONS), int(picked.sum()))))
    return idle.filter(pl.Series(picked, dtype=pl.Boolean)).select(
        "declaration_id", agency=pl.lit(Agency.CUSTOMS.value), act=pl.lit(Act.PHYSICAL.value), selected="selected",
        post="post", lodged_at="lodged_at", referral=told,
    )  # fmt: skip


def _delays(count: int, rng: np.random.Generator) -> pl.Series:
    median, spread = HOURS
    seconds = np.rint(3600 * median * np.exp(spread * rng.standard_normal(count))).astype(np.int64)
    return pl.Series("delay", seconds * 1_000_000, dtype=pl.Int64).cast(pl.Duration("us"))


def _chance(rows: pl.DataFrame, miss: float) -> Floats:
    """Give the chance that what is wrong with each item is seen by its act; 0 where nothing is wrong."""
    opened = {str(kind): 1 - min(miss * float(factor), 0.95) for kind, factor in zip(KINDS, DIFFICULTY, strict=True)}
    on_paper = {str(kind): IN_PAPERS.get(kind, 0.0) for kind in KINDS}
    on_picture = {str(kind): SCANNED.get(kind, 0.0) for kind in KINDS}
    offence, act = pl.col("offence"), pl.col("act")
    chance = (
        pl.when(act.is_in(list(OPENED)))
        .then(offence.replace_strict(opened, default=0.0, return_dtype=pl.Float64))
        .when(act == Act.SCAN)
        .then(offence.replace_strict(on_picture, default=0.0, return_dtype=pl.Float64))
        .otherwise(offence.replace_strict(on_paper, default=0.0, return_dtype=pl.Float64))
    )
    own = (pl.col("agency") == Agency.CUSTOMS) | (offence == RiskArea.SPS)
    return rows.select(pl.when(own).then(chance).otherwise(0.0).fill_null(0.0)).to_series().to_numpy()


def _told(rows: pl.DataFrame, seen: NDArray[np.bool_]) -> pl.DataFrame:
    """Write what was seen, and what the declaration should have said."""
    found = pl.Series("found", seen, dtype=pl.Boolean)
    area = pl.col("offence")

    def when(kinds: set[RiskArea], column: str) -> pl.Expr:
        return pl.when(found & area.is_in([str(kind) for kind in kinds])).then(column)

    told = rows.select(
        "declaration_id",
        "item",
        "agency",
        "act",
        "result_at",
        "officer",
        "referral",
        finding_area=pl.when(found).then("offence"),
        finding_severity=pl.when(found).then(pl.Series(levels(rows.get_column("severity").to_numpy()))),
        recovered=pl.when(found).then(pl.col("loss").round(2)),
        corrected_hs=when({RiskArea.MISCLASSIFICATION}, "true_hs"),
        corrected_origin=when({RiskArea.ORIGIN}, "true_origin"),
        corrected_value=when({RiskArea.UNDERVALUATION}, "true_value").round(2),
        words=pl.when(pl.col("act") == Act.SAMPLING.value).then(
            pl.format("sample {}-{} went to the laboratory", "declaration_id", "item")
        ),
    )
    return told.select(pl.col(name).cast(kind) for name, kind in OUTCOMES.items())
