"""The joint draw: how many consignments one number for all services stops, and how many a number each would stop."""

import math
from dataclasses import dataclass

import polars as pl

from darvoza.domain.codes import CHANNEL_OF_ACT, Channel

STOPS = tuple(act.value for act, channel in CHANNEL_OF_ACT.items() if channel is Channel.RED)
"""Acts for which goods are stopped."""


@dataclass(frozen=True, slots=True)
class ServiceStops:
    """What one service asks for: declarations it may stop at all, how many it is to be expected to, and how many it did."""

    agency: str
    declarations: int
    expected: float
    stopped: int


@dataclass(frozen=True, slots=True)
class JointDraw:
    """Consignments stopped by any service.

    Attributes
    ----------
    services
        Each service that may stop goods.
    stopped
        How many were stopped, each once, however many services look at it.
    expected, deviation
        Σ over consignments of the largest π of any service, and the standard deviation of what one draw gives about it.
    apart
        Σ of 1 − Π(1 − π): how many would be stopped on the average if each service drew for itself.
    """

    services: tuple[ServiceStops, ...]
    stopped: int
    expected: float
    deviation: float
    apart: float

    @property
    def fewer(self) -> float:
        """The share of stops that the joint draw saves on the average, in [0, 1)."""
        return 1 - self.expected / self.apart if self.apart else 0.0


def joint_draw(decisions: pl.DataFrame) -> JointDraw | None:
    """Hold what was stopped against what was to be expected, jointly and apart.

    Parameters
    ----------
    decisions
        Decisions of a run: ``declaration_id``, ``agency``, ``act``, ``probability``, ``selected``.

    Returns
    -------
    JointDraw | None
        ``None`` where nobody may stop anything.

    Notes
    -----
    With one u for all services a consignment is stopped when u < max π, and no joint law that gives each service its own
    probability stops it less often: P(any) ≥ max P(one). One service draws once for all its acts either way.
    """
    stops = decisions.filter(pl.col("act").is_in(STOPS) & (pl.col("probability") > 0))
    if stops.is_empty():
        return None
    each = stops.group_by("declaration_id", "agency").agg(pl.col("probability").max(), pl.col("selected").any())
    any_of = each.group_by("declaration_id").agg(
        pl.col("probability").max().alias("together"),
        (1 - (1 - pl.col("probability")).product()).alias("apart"),
        pl.col("selected").any(),
    )
    variance = pl.col("together") * (1 - pl.col("together"))
    expected, variance_of_all, apart, stopped = any_of.select(
        pl.col("together").sum().round(6),
        variance.sum().round(6).alias("variance"),
        pl.col("apart").sum().round(6),
        pl.col("selected").sum(),
    ).row(0)
    services = each.group_by("agency").agg(pl.len(), pl.col("probability").sum().round(6), pl.col("selected").sum())
    return JointDraw(
        tuple(ServiceStops(*row) for row in services.sort("agency").iter_rows()),
        stopped, expected, math.sqrt(max(variance_of_all, 0.0)), apart,
    )  # fmt: skip
