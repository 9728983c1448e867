"""What standing does to a selection: a low one raises π, a high one makes the score ask for less, never a floor."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Act, Agency, Role
from darvoza.domain.folding import folded_trader
from darvoza.domain.operators import TERMS, AuthorisedOperator
from darvoza.domain.selection import FloorKind, PlacedFloor
from darvoza.domain.standing import CATEGORY_OF, StandingCategory, StandingRules

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

_OTHERWISE = {rule.value: _STRICTEST[category.value] for rule, category in CATEGORY_OF.items()}
"""How strict the category is that stands in for an authorisation not in force, by the rule that makes it."""

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
        known = as_declared(self.standings)
        for trader, role, category in known.select("trader", "role", "category").iter_rows():
            self._ranks.setdefault(role, {})[trader] = _STRICTEST[category]
        self._terms = _authorised(known)

    def strictest(self, traders: pl.DataFrame) -> list[str | None]:
        """Give what `standing_of` gives."""
        ranks = [self._of_role(role, traders) for role in self._ranks]
        worst = map(max, zip(*ranks, strict=True)) if ranks else [UNJUDGED] * traders.height
        return [_NAMES.get(rank) for rank in worst]

    def _of_role(self, role: str, traders: pl.DataFrame) -> list[int]:
        """Give how strict the category is of each who plays a part; without an authorisation on days when it is not in force."""
        names = traders.get_column(f"{role}_id").to_list()
        ranks = [self._ranks[role].get(name, UNJUDGED) for name in names]
        terms = self._terms.get(role)
        if terms is None:
            return ranks
        days = traders.get_column("lodged_on").to_list()
        held = (terms.get(name) for name in names)
        return [
            one.otherwise if one and not one.operator.in_force(day) else rank
            for one, day, rank in zip(held, days, ranks, strict=True)
        ]


def as_declared(standings: pl.DataFrame) -> pl.DataFrame:
    """Give standings under the identifiers that declarations bear too: those judged before identifiers were folded stand for both.

    Of those that fold alike in one role the stricter counts, with its terms, whoever of them has the folded identifier; of
    two as strict, the one that is stricter while the authorisation is not in force.

    Examples
    --------
    >>> judged = pl.DataFrame({"trader": ["bad-1", "BAD1"], "role": "importer", "category": ["low", "high"]})
    >>> as_declared(judged).rows()
    [('bad-1', 'importer', 'low'), ('BAD1', 'importer', 'low')]
    """
    names = standings.get_column("trader")
    folded = pl.Series("trader", [folded_trader(trader) for trader in names], dtype=pl.String)
    odd = names != folded
    if not odd.any():
        return standings
    rank = pl.col("category").replace_strict(_STRICTEST, return_dtype=pl.Int64)
    lapsed = (
        pl.col("otherwise").cast(pl.String).replace_strict(_OTHERWISE, default=UNJUDGED, return_dtype=pl.Int64)
        if "otherwise" in standings.columns
        else pl.repeat(UNJUDGED, pl.len())
    )
    stricter = (
        standings.with_columns(folded, _own=~odd)
        .sort(rank, lapsed.fill_null(UNJUDGED), "_own", descending=True, maintain_order=True)
        .unique(["trader", "role"], keep="first", maintain_order=True)
        .drop("_own")
    )
    return pl.concat([standings.filter(odd), stricter])


class _Authorised(NamedTuple):
    """Who was authorised when he was judged, and how strict the category is that he has without it."""

    operator: AuthorisedOperator
    otherwise: int


def _authorised(standings: pl.DataFrame) -> dict[str, dict[str | None, _Authorised]]:
    """Give the terms of authorisations by role and trader; none of a table kept before terms were."""
    found: dict[str, dict[str | None, _Authorised]] = {}
    if "otherwise" not in standings.columns:
        return found
    for row in standings.filter(pl.col("otherwise").is_not_null()).iter_rows(named=True):
        terms = {name: row[name] for name in TERMS}
        operator = AuthorisedOperator(row["trader"], Role(row["role"]), **terms)
        found.setdefault(row["role"], {})[row["trader"]] = _Authorised(operator, _OTHERWISE[row["otherwise"]])
    return found


def standing_of(traders: pl.DataFrame, standings: pl.DataFrame) -> pl.Series:
    """Give the category that counts for each declaration: the strictest of those who take part in it and are judged.

    Parameters
    ----------
    traders
        One row a declaration, with the columns ``importer_id``, ``exporter_id``, ``declarant_id``, ``carrier_id`` and,
        where terms of authorisations are known, ``lodged_on``.
    standings
        ``trader``, ``role``, ``category`` of every trader judged, in any roles; where they are known, the terms of
        authorisations (``authorised_on``, ``ends_on``, ``suspended_from``, ``suspended_to``), and ``otherwise``: the rule
        that makes the category on days when the authorisation is not in force.

    Returns
    -------
    pl.Series
        Categories, null where nobody is judged.
    """
    timed = "otherwise" in standings.columns
    ranked = as_declared(standings).with_columns(
        rank=pl.col("category").replace_strict(_STRICTEST, return_dtype=pl.Int64)
    )
    kept = ["trader", "rank", *((*TERMS, "otherwise") if timed else ())]
    ranks = []
    for role in ranked.get_column("role").unique().sort():
        judged = ranked.filter(role=role).select(kept).rename({"trader": f"{role}_id"})
        joined = traders.join(judged, on=f"{role}_id", how="left", maintain_order="left")
        ranks.append(joined.select((_on_the_day() if timed else pl.col("rank")).alias(role)).to_series())
    if not ranks:
        return pl.Series("category", [None] * traders.height, dtype=pl.String)
    worst = pl.DataFrame(ranks).select(pl.max_horizontal(pl.all())).to_series()
    return worst.replace_strict(_NAMES, return_dtype=pl.String).alias("category")


def _on_the_day() -> pl.Expr:
    """Give how strict a category is on the day of lodging: without an authorisation when that is not in force."""
    day = pl.col("lodged_on")
    within = (pl.col("authorised_on") <= day) & (pl.col("ends_on").is_null() | (day <= pl.col("ends_on")))
    suspended = (pl.col("suspended_from") <= day).fill_null(value=False)
    lifted = (pl.col("suspended_to") < day).fill_null(value=False)
    lapsed = pl.col("otherwise").is_not_null() & ~(within & ~(suspended & ~lifted))
    otherwise = pl.col("otherwise").replace_strict(_OTHERWISE, default=None, return_dtype=pl.Int64)
    return pl.when(lapsed).then(otherwise).otherwise("rank")


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
