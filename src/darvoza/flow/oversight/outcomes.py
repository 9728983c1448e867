"""What was found: hit rates by what decided, and how well the score ranks what was examined."""

from dataclasses import dataclass

import polars as pl

from darvoza.flow.oversight.declarations import BASES
from darvoza.methods.intervals import wilson
from darvoza.methods.metrics import at_share, gains

SHARES = (0.01, 0.02, 0.05, 0.10, 0.20)
_CURVE_POINTS = 101


@dataclass(frozen=True, slots=True)
class HitRate:
    """Findings ÷ examinations with a result, for the declarations whose examination was ordered on one basis.

    The basis is that of the examination whose result it is. What another act of the same declaration was ordered for found
    nothing by it.

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
    """Give the hit rate of each basis on which something was examined, from the strongest title to the weakest."""
    counted = (
        declarations.filter(pl.col("examined_on").is_not_null())
        .group_by(basis="examined_on")
        .agg(pl.len(), pl.col("finding").count().alias("examined"), pl.col("finding").sum().alias("findings"))
        .sort(pl.col("basis").replace_strict({name: i for i, name in enumerate(BASES)}, return_dtype=pl.UInt8))
    )
    return tuple(_hit_rate(*row) for row in counted.iter_rows())


def _hit_rate(basis: str, selected: int, examined: int, findings: int) -> HitRate:
    if examined == 0:
        return HitRate(basis, selected, 0, 0, None, None, None)
    low, high = wilson(findings, examined)
    return HitRate(basis, selected, examined, findings, findings / examined, float(low), float(high))


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
