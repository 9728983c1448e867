"""What standing does to a selection: a low one raises π, a high one makes the score ask for less, never a floor."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Act, Agency
from darvoza.domain.selection import FloorKind, PlacedFloor
from darvoza.domain.standing import StandingCategory, StandingRules

Floats = NDArray[np.float64]

SOURCE = "standing"
"""The source named beside the floor of a low standing."""

_STRICTEST = {
    category.value: place
    for place, category in enumerate(
        (StandingCategory.AUTHORISED, StandingCategory.HIGH, StandingCategory.MEDIUM, StandingCategory.NEW,
         StandingCategory.LOW)
    )
}  # fmt: skip

_NAMES = {place: name for name, place in _STRICTEST.items()}

UNJUDGED: Final = -1
"""The rank of who is not judged."""


class Judged:
    """The standings of traders, found one by one: what a gate asks for a few at a time.

    Parameters
    ----------
    standings
        As for `standing_of`; a trader is judged once in a role.
    """

    def __init__(self, standings: "pl.DataFrame | Judged") -> None:
        self.standings: pl.DataFrame = standings.standings if isinstance(standings, Judged) else standings
        self._ranks: dict[str, dict[str | None, int]] = {}
        for trader, role, category in self.standings.select("trader", "role", "category").iter_rows():
            self._ranks.setdefault(role, {})[trader] = _STRICTEST[category]

    def strictest(self, traders: pl.DataFrame) -> list[str | None]:
        """Give what `standing_of` gives."""
        ranks = [
            [of_role.get(trader, UNJUDGED) for trader in traders.get_column(f"{role}_id").to_list()]
            for role, of_role in self._ranks.items()
        ]
        worst = map(max, zip(*ranks, strict=True)) if ranks else [UNJUDGED] * traders.height
        return [_NAMES.get(rank) for rank in worst]


def standing_of(traders: pl.DataFrame, standings: pl.DataFrame) -> pl.Series:
    """Give the category that counts for each declaration: the strictest of those who take part in it and are judged.

    Parameters
    ----------
    traders
        One row a declaration, with the columns ``importer_id``, ``exporter_id``, ``declarant_id``, ``carrier_id``.
    standings
        ``trader``, ``role``, ``category`` of every trader judged, in any roles.

    Returns
    -------
    pl.Series
        Categories, null where nobody is judged.
    """
    ranked = standings.select(
        "trader", "role", rank=pl.col("category").replace_strict(_STRICTEST, return_dtype=pl.Int64)
    )
    ranks = []
    for role in ranked.get_column("role").unique().sort():
        judged = ranked.filter(role=role).select(pl.col("trader").alias(f"{role}_id"), pl.col("rank").alias(role))
        joined = traders.join(judged, on=f"{role}_id", how="left", maintain_order="left")
        ranks.append(joined.get_column(role))
    if not ranks:
        return pl.Series("category", [None] * traders.height, dtype=pl.String)
    worst = pl.DataFrame(ranks).select(pl.max_horizontal(pl.all())).to_series()
    return worst.replace_strict(_NAMES, return_dtype=pl.String).alias("category")


def low_standing_floors(categories: pl.Series, rules: StandingRules) -> pl.DataFrame:
    """Put the floor of a low standing under the customs examination of each declaration it concerns.

    Returns
    -------
    pl.DataFrame
        ``declaration``, ``agency``, ``act``, ``kind``, ``source``, ``probability``, ``items`` (none: the whole).
    """
    rows = (categories == StandingCategory.LOW.value).fill_null(value=False).arg_true().cast(pl.UInt32)
    return pl.DataFrame({"declaration": rows}).filter(rules.low_floor > 0).select(
        "declaration",
        agency=pl.lit(Agency.CUSTOMS.value),
        act=pl.lit(Act.PHYSICAL.value),
        kind=pl.lit(FloorKind.PLAN.value),
        source=pl.lit(SOURCE),
        probability=pl.lit(rules.low_floor),
        items=pl.lit([], dtype=pl.List(pl.Int64)),
    )  # fmt: skip


def few_low_standing_floors(categories: Sequence[str | None], rules: StandingRules) -> list[PlacedFloor]:
    """Put the same floors under few declarations, row by row."""
    act = Agency.CUSTOMS.value, Act.PHYSICAL.value, FloorKind.PLAN.value, SOURCE, rules.low_floor
    low = [row for row, category in enumerate(categories) if category == StandingCategory.LOW]
    return [PlacedFloor(row, *act, []) for row in low] if rules.low_floor > 0 else []


def standing_factors(categories: pl.Series | Sequence[str | None], rules: StandingRules) -> Floats:
    """Give what the expected harm of each declaration counts when the score spends the capacity, in (0, 1]."""
    factors: dict[str | None, float] = {
        StandingCategory.HIGH.value: rules.high_factor,
        StandingCategory.AUTHORISED.value: rules.authorised_factor,
    }
    if not isinstance(categories, pl.Series):
        return np.array([factors.get(category, 1.0) for category in categories], dtype=np.float64)
    return categories.replace_strict(factors, default=1.0, return_dtype=pl.Float64).fill_null(1.0).to_numpy()
