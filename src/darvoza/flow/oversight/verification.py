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
from darvoza.progress import OnProgress, counted, unheard

CHECKS = ("commitment", "u", "probability", "selected", "basis", "channel")

_KEYED = frozenset({"commitment", "u"})
"""Checks that need the key of the day."""

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


@dataclass(frozen=True, slots=True)
class Replay:
    """One decision recomputed: for each of `CHECKS` what was written, and what comes out again.

    Attributes
    ----------
    decision_id
        The decision.
    written, again
        Values by check. Without the key of the day commitment and u cannot be recomputed: ``None``, and the u written
        stands for the others.
    """

    decision_id: str
    written: Mapping[str, object]
    again: Mapping[str, object]

    @property
    def disagreed(self) -> tuple[str, ...]:
        """The checks that were recomputed and disagree."""
        return tuple(name for name in CHECKS if name in self.again and not _same(self.again[name], self.written[name]))


def _same(one: object, other: object) -> bool:
    return (one or None) == (other or None) if not isinstance(one, bool) else one == bool(other)


def verify(decisions: pl.DataFrame, shares: Mapping[str, bytes]) -> Verification:
    """Recompute commitment, u, π, selection and channel of every decision.

    Parameters
    ----------
    decisions
        The decisions as written.
    shares
        The revealed key shares, by holder.
    """
    days = decisions.filter(_readable()).get_column("key_day").unique()
    return verify_days(decisions, {day: key_of_day(shares, day) for day in days})


def verify_days(decisions: pl.DataFrame, keys: Mapping[date, bytes], on_progress: OnProgress = unheard) -> Verification:
    """Do the same with the keys of days; decisions of a day without a key disagree.

    Parameters
    ----------
    decisions
        The decisions as written, of whole declarations.
    keys
        The revealed keys, by day.
    on_progress
        Told how many draws were recomputed.
    """
    drawn = _drawn(decisions, keys, on_progress)
    checked = _recomputed(decisions, drawn, keys)
    wrong = checked.select(pl.col(name).ne_missing(pl.col(f"_{name}")).alias(name) for name in CHECKS)
    any_wrong = wrong.select(pl.any_horizontal(CHECKS)).to_series()
    return Verification(
        decisions=decisions.height,
        draws=drawn.height,
        agreed=int((~any_wrong).sum()),
        disagreed={name: int(wrong.get_column(name).sum()) for name in CHECKS},
        examples=tuple(decisions.filter(any_wrong).get_column("decision_id").head(5)),
    )


def replay(decisions: pl.DataFrame, keys: Mapping[date, bytes]) -> tuple[Replay, ...]:
    """Recompute each decision and give both, what was written and what comes out again.

    Parameters
    ----------
    decisions
        The decisions as written, of whole declarations.
    keys
        The revealed keys, by day, as far as they are known.
    """
    checked = _recomputed(decisions, _drawn(decisions, keys), keys, trusting=True)
    return tuple(
        Replay(
            decision_id=row["decision_id"],
            written={name: row[name] for name in CHECKS},
            again={name: row[f"_{name}"] for name in CHECKS if row["key_day"] in keys or name not in _KEYED},
        )
        for row in checked.iter_rows(named=True)
    )


def _readable() -> pl.Expr:
    """Tell what can be read as a fingerprint and a day; the rest was not drawn by us, has no number, and disagrees."""
    return pl.col("fingerprint").str.contains(r"^[0-9a-f]{64}$") & pl.col("key_day").is_not_null()


def _drawn(decisions: pl.DataFrame, keys: Mapping[date, bytes], on_progress: OnProgress = unheard) -> pl.DataFrame:
    """Recompute u for each different draw whose key is known."""
    known = pl.col("key_day").is_in(list(keys)) if keys else pl.lit(value=False)
    draws = decisions.filter(_readable() & known).select("fingerprint", "key_day").unique(maintain_order=True)
    return draws.with_columns(_u=_draw_again(draws, keys, on_progress))


def _recomputed(
    decisions: pl.DataFrame, drawn: pl.DataFrame, keys: Mapping[date, bytes], *, trusting: bool = False
) -> pl.DataFrame:
    """Add to each decision what comes out again; where the key is missing, `trusting` takes u as written."""
    commitments = {day: commitment(key) for day, key in keys.items()}
    rows = decisions.join(drawn, on=["fingerprint", "key_day"], how="left", maintain_order="left")
    if trusting:
        missing = ~pl.col("key_day").is_in(list(keys)) if keys else pl.lit(value=True)
        rows = rows.with_columns(_u=pl.when(missing).then(pl.col("u")).otherwise(pl.col("_u")))
    checked = rows.with_columns(
        _commitment=pl.col("key_day").replace_strict(commitments, default=None, return_dtype=pl.String),
        _probability=pl.col("floors").list.eval(pl.element().struct.field("probability")).list.max(),
    ).with_columns(_selected=pl.col("_u") < pl.col("_probability"), _basis=_basis())
    return checked.with_columns(_channel=_channel())


def _draw_again(draws: pl.DataFrame, keys: Mapping[date, bytes], on_progress: OnProgress) -> pl.Series:
    """Recompute u for each pair of fingerprint and day."""
    marks = counted(map(bytes.fromhex, draws.get_column("fingerprint").to_list()), on_progress)
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
