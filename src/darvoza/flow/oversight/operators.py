"""Authorised operators beside comparable traders: whether the benefits they were granted are delivered.

WTO TFA 7.7.3 lists seven benefits. Two can be measured from declarations: few examinations and rapid release. They are
compared with those of other traders at the same post, in the same month, with goods of the same chapter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.folding import folded_trader
from darvoza.domain.operators import AuthorisedOperator, Benefit
from darvoza.methods.intervals import wilson
from darvoza.methods.matched_ratio import MatchedRatio, matched_mean_ratio, matched_rate_ratio

Flags = NDArray[np.bool_]

LEAST_BENEFITS = 3
"""Benefits that an authorisation must give at least (WTO TFA 7.7.3)."""


@dataclass(frozen=True, slots=True)
class OperatorBenefits:
    """What one operator, or all together, got beside matched peers.

    Attributes
    ----------
    trader
        The operator; ``None`` for all of them together.
    granted
        The benefits granted (to all of them, for all together).
    examinations
        Share of declarations examined ÷ that of matched peers.
    release
        Time from lodging to release ÷ that of matched peers (geometric means).
    """

    trader: str | None
    granted: tuple[Benefit, ...]
    examinations: MatchedRatio
    release: MatchedRatio

    @property
    def too_few_granted(self) -> bool:
        """Whether fewer benefits were granted than the agreement asks for."""
        return len(self.granted) < LEAST_BENEFITS


@dataclass(frozen=True, slots=True)
class SmallFirms:
    """The share of small firms among operators whose size is stated, with Wilson's 95 % limits; ``None`` without any."""

    small: int
    stated: int
    share: float | None
    low: float | None
    high: float | None


def benefits_delivered(items: pl.DataFrame, operators: Sequence[AuthorisedOperator]) -> tuple[OperatorBenefits, ...]:
    """Compare operators with matched peers: all of them together first, then one by one.

    Parameters
    ----------
    items
        Canonical goods items with their outcomes. A declaration counts as an operator's while his authorisation is in
        force.
    operators
        The register.
    """
    declarations = _declarations(items)
    members = [_member(declarations, operator) for operator in operators]
    anyone = np.logical_or.reduce(members) if members else np.zeros(declarations.height, bool)
    common = [benefit for benefit in Benefit if operators and all(benefit in one.benefits for one in operators)]
    made = [_compared(declarations, anyone, ~anyone, trader=None, granted=tuple(common))]
    for operator, member in zip(operators, members, strict=True):
        made.append(_compared(declarations, member, ~anyone, trader=operator.trader, granted=operator.benefits))
    return tuple(made)


def small_firms(operators: Sequence[AuthorisedOperator]) -> SmallFirms:
    """Count small firms among the operators (WTO TFA 7.7.2(b)(ii): criteria must not restrict them)."""
    sizes = [operator.small for operator in operators if operator.small is not None]
    if not sizes:
        return SmallFirms(0, 0, None, None, None)
    low, high = (float(limit) for limit in wilson(sum(sizes), len(sizes)))
    return SmallFirms(sum(sizes), len(sizes), sum(sizes) / len(sizes), low, high)


def _declarations(items: pl.DataFrame) -> pl.DataFrame:
    """Give one row a declaration: traders, stratum, whether it was examined, hours to release."""
    hours = (pl.col("released_at") - pl.col("lodged_at")).dt.total_seconds() / 3600
    chapter = pl.col("hs").sort_by("customs_value", descending=True, nulls_last=True).first().str.head(2)
    seen = items.group_by("declaration_id", maintain_order=True).agg(
        pl.col("importer_id", "exporter_id", "declarant_id", "carrier_id", "lodged_at", "post").first(),
        chapter.alias("chapter"),
        pl.col("examined").fill_null(value=False).any(),
        hours.first().alias("hours"),
    )
    month = pl.col("lodged_at").dt.strftime("%Y-%m")
    stratum = pl.concat_str("post", month, "chapter", separator="|")
    return seen.with_columns(stratum=stratum.cast(pl.Categorical).to_physical().cast(pl.Int64))


def _member(declarations: pl.DataFrame, operator: AuthorisedOperator) -> Flags:
    """Tell which declarations an operator lodged while authorised."""
    names = [operator.trader, folded_trader(operator.trader)]
    mine = declarations.get_column(f"{operator.role}_id").is_in(names).fill_null(value=False)
    days = declarations.get_column("lodged_at").dt.date()
    force = {day: operator.in_force(day) for day in days.filter(mine).unique()}
    held = [day for day, holds in force.items() if holds]
    return (mine & days.is_in(pl.Series(held, dtype=pl.Date).implode())).to_numpy()


def _compared(
    declarations: pl.DataFrame, member: Flags, peer: Flags, *, trader: str | None, granted: tuple[Benefit, ...]
) -> OperatorBenefits:
    both = member | peer
    stratum, inside = declarations.get_column("stratum").to_numpy()[both], member[both]
    hours = declarations.get_column("hours").fill_null(np.nan).to_numpy()[both]
    timed = hours > 0
    examined = declarations.get_column("examined").to_numpy()[both]
    return OperatorBenefits(
        trader=trader,
        granted=granted,
        examinations=matched_rate_ratio(stratum, inside, examined),
        release=matched_mean_ratio(stratum[timed], inside[timed], hours[timed]),
    )
