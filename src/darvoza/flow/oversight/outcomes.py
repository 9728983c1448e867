"""What was found, and what that says about what was not looked at.

Leakage comes first: what the released goods are estimated to hide, from the consignments that chance alone would have
opened. Hit rates come second: they can rise while leakage doubles.
"""

from dataclasses import dataclass

import polars as pl

from darvoza.flow.oversight.declarations import BASES
from darvoza.methods.estimation import TOO_FEW, Estimate, horvitz_thompson
from darvoza.methods.intervals import wilson
from darvoza.methods.metrics import at_share, gains

SHARES = (0.01, 0.02, 0.05, 0.10, 0.20)
NEARLY_ALL = 0.95
"""Share of the random sample whose result must be known; below it, those known may be a choice, not a chance."""
_CURVE_POINTS = 101


@dataclass(frozen=True, slots=True)
class HitRate:
    """Findings ÷ examinations with a result, for the declarations selected on one basis.

    `rate`, `low` and `high` (95 %, Wilson) are ``None`` when nothing was examined.
    """

    basis: str
    selected: int
    examined: int
    findings: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Leakage:
    """Estimated declarations with a finding among those released without examination.

    Attributes
    ----------
    sampled
        Declarations the random floor alone would have stopped (u < ε).
    known
        Those of them whose result is known.
    findings
        Those of them with a finding.
    released
        Expected number of declarations released, ``Σ(1 − π)``.
    total, total_low, total_high
        Released declarations with a finding, with 95 % limits; ``None`` where the estimate cannot be made.
    rate, rate_low, rate_high
        The same as a share of those released.
    why_not
        ``too few`` (under 30 sampled), ``incomplete`` (results of under 95 % known), or ``None``.
    """

    sampled: int
    known: int
    findings: int
    released: float
    total: float | None = None
    total_low: float | None = None
    total_high: float | None = None
    rate: float | None = None
    rate_low: float | None = None
    rate_high: float | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """Precision and recall when the top `share` by score are examined."""

    share: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class GainsCurve:
    """Share of findings against share examined, ranked by score, over declarations with a known result."""

    declarations: int
    findings: int
    examined: tuple[float, ...]
    found: tuple[float, ...]
    cuts: tuple[Cut, ...]


def hit_rates(declarations: pl.DataFrame) -> tuple[HitRate, ...]:
    """Give the hit rate of each basis on which something was selected, from the strongest title to the weakest."""
    counted = (
        declarations.filter(pl.col("basis").is_not_null())
        .group_by("basis")
        .agg(pl.len(), pl.col("finding").count().alias("examined"), pl.col("finding").sum().alias("findings"))
        .sort(pl.col("basis").replace_strict({name: i for i, name in enumerate(BASES)}, return_dtype=pl.UInt8))
    )
    return tuple(_hit_rate(*row) for row in counted.iter_rows())


def _hit_rate(basis: str, selected: int, examined: int, findings: int) -> HitRate:
    if examined == 0:
        return HitRate(basis, selected, 0, 0, None, None, None)
    low, high = wilson(findings, examined)
    return HitRate(basis, selected, examined, findings, findings / examined, float(low), float(high))


def leakage(declarations: pl.DataFrame, random_floor: float) -> Leakage:
    """Estimate what was released with a finding in it, from the declarations with u below the random floor.

    Every declaration had the same probability ε of u < ε, whatever else spoke for or against it, so those with
    u < ε are a Poisson sample of all. A declaration is released with probability 1 − π; the expected number of
    released findings ``Σ y·(1 − π)`` is therefore estimated without bias by ``Σ_{u<ε} y·(1 − π)/ε``. Goods lodged again
    keep their u and are no independent draws; where that is frequent the interval is too narrow.
    """
    sample = declarations.filter(pl.col("u") < random_floor)
    known = sample.filter(pl.col("finding").is_not_null())
    findings = int(known.get_column("finding").sum())
    released = round(float((1 - declarations.get_column("stop")).sum()), 6)
    counts = (sample.height, known.height, findings, released)
    if sample.height < TOO_FEW:
        return Leakage(*counts, why_not="too few")
    if known.height < NEARLY_ALL * sample.height:
        return Leakage(*counts, why_not="incomplete")
    missed = known.select(pl.col("finding").cast(pl.Float64) * (1 - pl.col("stop"))).to_series().to_numpy()
    # The few results still missing are taken to be like those known.
    chance = random_floor * known.height / sample.height
    total = horvitz_thompson(missed, [chance] * known.height)
    if total is None or released < 1:
        return Leakage(*counts, why_not="too few")
    high = min(total.high, released)
    return Leakage(*counts, total.value, total.low, high, *_shares(total, high, released))


def _shares(total: Estimate, high: float, released: float) -> tuple[float, float, float]:
    return min(total.value / released, 1.0), min(total.low / released, 1.0), high / released


def gains_curve(declarations: pl.DataFrame) -> GainsCurve | None:
    """Rank the declarations with a known result by their score; ``None`` without scores or without findings."""
    ranked = declarations.filter(pl.col("finding").is_not_null() & pl.col("score").is_not_null())
    if ranked.is_empty():
        return None
    scores, found = ranked.get_column("score").to_numpy(), ranked.get_column("finding").to_numpy()
    curve = gains(scores, found)
    if curve is None:
        return None
    cuts = (at_share(scores, found, share) for share in SHARES)
    kept = range(curve.examined.size)
    if curve.examined.size > _CURVE_POINTS:  # as many points as a chart can show
        kept = range(0, curve.examined.size, -(-curve.examined.size // _CURVE_POINTS))
    points = [*kept, curve.examined.size - 1] if kept[-1] != curve.examined.size - 1 else list(kept)
    return GainsCurve(
        declarations=ranked.height,
        findings=int(found.sum()),
        examined=tuple(curve.examined[points].tolist()),
        found=tuple(curve.found[points].tolist()),
        cuts=tuple(Cut(cut.share, cut.precision, cut.recall or 0.0) for cut in cuts),
    )
