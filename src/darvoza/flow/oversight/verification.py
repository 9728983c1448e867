"""Verification: every draw and every decision recomputed from what was published.

Whoever holds the revealed key and the decisions needs nothing else: no model, no profile, no trust.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from darvoza.domain.codes import CHANNEL_OF_ACT, Act, Channel
from darvoza.methods.draw import commitment, key_of_day, permanent_random_numbers

CHECKS = ("commitment", "u", "probability", "selected", "basis", "channel")

_RANK = {channel.value: rank for rank, channel in enumerate(Channel)}


@dataclass(frozen=True, slots=True)
class Verification:
    """What recomputing found.

    Attributes
    ----------
    decisions, draws
        Rows checked, and different draws behind them.
    agreed
        Rows in which everything agrees.
    disagreed
        For each of `CHECKS`, how many rows disagree.
    examples
        Identifiers of the first rows that disagree, at most five.
    """

    decisions: int
    draws: int
    agreed: int
    disagreed: Mapping[str, int]
    examples: tuple[str, ...]


def verify(decisions: pl.DataFrame, shares: Mapping[str, bytes]) -> Verification:
    """Recompute commitment, u, π, selection and channel of every decision.

    Parameters
    ----------
    decisions
        The decisions as written.
    shares
        The revealed key shares, by holder.
    """
    # whatever cannot be read as a fingerprint and a day was not drawn by us: it stays without a number and disagrees
    readable = pl.col("fingerprint").str.contains(r"^[0-9a-f]{64}$") & pl.col("key_day").is_not_null()
    draws = decisions.filter(readable).select("fingerprint", "key_day").unique(maintain_order=True)
    keys = {day: key_of_day(shares, day) for day in draws.get_column("key_day").unique()}
    redrawn = draws.with_columns(_u=_draw_again(draws, keys))
    commitments = {day: commitment(key) for day, key in keys.items()}
    rows = decisions.join(redrawn, on=["fingerprint", "key_day"], how="left", maintain_order="left")
    checked = rows.with_columns(
        _commitment=pl.col("key_day").replace_strict(commitments, default=None, return_dtype=pl.String),
        _probability=pl.col("floors").list.eval(pl.element().struct.field("probability")).list.max(),
    ).with_columns(_selected=pl.col("_u") < pl.col("_probability"), _basis=_basis())
    checked = checked.with_columns(_channel=_channel())
    wrong = checked.select(pl.col(name).ne_missing(pl.col(f"_{name}")).alias(name) for name in CHECKS)
    any_wrong = wrong.select(pl.any_horizontal(CHECKS)).to_series()
    return Verification(
        decisions=decisions.height,
        draws=draws.height,
        agreed=int((~any_wrong).sum()),
        disagreed={name: int(wrong.get_column(name).sum()) for name in CHECKS},
        examples=tuple(decisions.filter(any_wrong).get_column("decision_id").head(5)),
    )


def _draw_again(draws: pl.DataFrame, keys: Mapping[date, bytes]) -> pl.Series:
    """Recompute u for each pair of fingerprint and day."""
    marks = map(bytes.fromhex, draws.get_column("fingerprint").to_list())
    again = permanent_random_numbers((keys[day] for day in draws.get_column("key_day").to_list()), marks, draws.height)
    return pl.Series(np.asarray(again))


def _basis() -> pl.Expr:
    """Give the kind of the first floor above u; floors are written with the strongest title first."""
    kinds = pl.col("floors").list.eval(pl.element().struct.field("kind"))
    over = pl.col("floors").list.eval(pl.element().struct.field("probability")) - pl.col("_u")
    return kinds.list.get(over.list.eval(pl.arg_where(pl.element() > 0)).list.first(), null_on_oob=True)


def _channel() -> pl.Expr:
    """Give the strictest channel of the selected acts of a declaration."""
    rank = pl.col("act").replace_strict(
        {act.value: _RANK[CHANNEL_OF_ACT[act].value] for act in Act}, return_dtype=pl.UInt8
    )
    strictest = pl.when(pl.col("_selected")).then(rank).otherwise(0).max().over("declaration_id")
    return strictest.replace_strict({rank: name for name, rank in _RANK.items()}, return_dtype=pl.String)
