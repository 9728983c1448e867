"""Decided declarations as a sample: with what probability each was examined, and what came of it.

An examination here is the act that capacity is counted in. It was carried out when u < π; a result of a declaration
that was not drawn for it (from an older policy, from another act) is not part of the sample and is left aside.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from darvoza.domain.codes import CHANNEL_OF_ACT, Act, Channel
from darvoza.flow.oversight.declarations import by_declaration
from darvoza.methods.reporting_delay import settled_after

RELEASED_AS = (Channel.GREEN, Channel.BLUE, Channel.YELLOW, Channel.RED)
"""How a declaration that was not examined can have gone; red when it was stopped for another act."""

_ABSENT: dict[str, pl.DataType] = {
    "hs": pl.String(),
    "customs_value": pl.Float64(),
    "tax_rate": pl.Float64(),
    "examined": pl.Boolean(),
    "finding": pl.Boolean(),
    "finding_area": pl.String(),
    "recovered": pl.Float64(),
    "result_at": pl.Datetime("us", "UTC"),
}
"""Columns of goods items that may be missing, with the type of the nulls that stand in for them."""
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Examinations:
    """Decided declarations and what came of those examined.

    Attributes
    ----------
    declarations
        One row each: ``declaration_id, post, channel, month, lodged_at, u, score, pi, drawn, known, found, recovered,
        unstated, stake, result_at``, and the chances to be released as ``green, blue, yellow, red``, which add up to 1 − π.
        `drawn`: the examination was ordered; `known`: its result is there, and `found`, `recovered` and `unstated` count only
        then. `unstated`: something was found whose amount nobody stated; what is stated beside it is in `recovered`.
    chapters, areas
        One row for each declaration and HS chapter in it, and for each declaration and risk area of a finding in it:
        ``declaration_id, group, found, recovered, unstated, stake`` of the items concerned.
    unmeasured
        Declarations with π = 0, of which no sample can say anything; they are left out above.
    settled_until
        Last moment of lodging that is counted; ``None`` when every result is there.
    outstanding
        Examinations without a result, before anything was left out for being too recent.
    begins
        When the first lodging will be old enough to be counted, as results come in by now; ``None`` where one is, or there is none.
    """

    declarations: pl.DataFrame
    chapters: pl.DataFrame
    areas: pl.DataFrame
    unmeasured: int
    settled_until: datetime | None = None
    outstanding: int = 0
    begins: datetime | None = None


def examinations(decisions: pl.DataFrame, items: pl.DataFrame) -> Examinations:
    """Gather decisions and the results of examinations.

    Parameters
    ----------
    decisions
        One row per declaration, agency and act, as runs write them.
    items
        Canonical goods items of the same declarations, with outcomes as far as they are known.

    Raises
    ------
    OutputError
        When a column of the decisions is missing.
    """
    goods = _goods(items)
    lodged = decisions.group_by("declaration_id").agg(pl.col("lodged_at").first())
    results = _summed(goods, "declaration_id").join(
        goods.group_by("declaration_id").agg(pl.col("known").any(), pl.col("result_at").max()), on="declaration_id"
    )
    whole = (
        by_declaration(decisions, items)
        .select("declaration_id", "post", "channel", "u", "score", pi="examination", drawn="examined")
        .join(lodged, on="declaration_id", how="left", maintain_order="left")
        .join(_chances(decisions), on="declaration_id", how="left", maintain_order="left")
        .join(results, on="declaration_id", how="left", maintain_order="left")
        .with_columns(
            month=pl.col("lodged_at").dt.strftime("%Y-%m"),
            known=pl.col("drawn") & pl.col("known").fill_null(value=False),
            red=pl.max_horizontal(pl.col("red") - pl.col("pi"), 0.0),
        )
        .with_columns(
            found=pl.col("known") & pl.col("found").fill_null(value=False),
            recovered=pl.when("known").then(pl.col("recovered").fill_null(0.0)).otherwise(0.0),
            unstated=pl.col("known") & pl.col("unstated").fill_null(value=False),
            stake=pl.col("stake").fill_null(0.0),
        )
    )
    # In one order always: sums of fractions depend on it in their last digits.
    measured = whole.filter(pl.col("pi") > 0).sort("declaration_id")
    chapters = _summed(goods.with_columns(group=pl.col("hs").str.slice(0, 2)), "declaration_id", "group")
    areas = goods.filter("found").with_columns(group=pl.col("finding_area").fill_null("not said"))
    return Examinations(
        declarations=measured,
        chapters=chapters.filter(pl.col("group").is_not_null()),
        areas=_summed(areas, "declaration_id", "group"),
        unmeasured=whole.height - measured.height,
        outstanding=int((measured.get_column("drawn") & ~measured.get_column("known")).sum()),
    )


def _goods(items: pl.DataFrame) -> pl.DataFrame:
    """Goods items with every column that is asked for; what is at stake is the duty and tax declared, or the value."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in _ABSENT.items() if name not in items.columns]
    value, rate = (pl.col(name).cast(pl.Float64) for name in ("customs_value", "tax_rate"))
    return (
        items.with_columns(missing)
        .with_columns(known=pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null())
        .with_columns(
            found=pl.col("known") & pl.col("finding").fill_null(value=False),
            recovered=pl.when("known").then(pl.col("recovered").cast(pl.Float64)),
            stake=pl.when(rate > 0).then(value * rate).otherwise(value).fill_null(0.0),
        )
        .with_columns(unstated=pl.col("found") & pl.col("recovered").is_null())
    )


def _summed(goods: pl.DataFrame, *keys: str) -> pl.DataFrame:
    return goods.group_by(keys, maintain_order=True).agg(
        pl.col("found").any(), pl.col("recovered").sum(), pl.col("unstated").any(), pl.col("stake").sum()
    )


def _chances(decisions: pl.DataFrame) -> pl.DataFrame:
    """Give, by declaration, the largest π of red, and with what chance u leaves it yellow, blue or green."""
    channel = pl.col("act").replace_strict({act.value: CHANNEL_OF_ACT[act].value for act in Act})
    largest = decisions.group_by("declaration_id").agg(
        pl.col("probability").filter(channel == name.value).max().fill_null(0.0).alias(name.value)
        for name in (Channel.RED, Channel.YELLOW, Channel.BLUE)
    )
    stopped = pl.max_horizontal("red", "yellow")
    return largest.select(
        "declaration_id",
        "red",
        yellow=stopped - pl.col("red"),
        blue=pl.max_horizontal(stopped, "blue") - stopped,
        green=1 - pl.max_horizontal(stopped, "blue"),
    )


def settled(examined: Examinations, *, now: datetime | None = None) -> Examinations:
    """Leave out what was lodged so recently that its results are still coming in.

    A result not yet known is not "nothing found", and findings often take longer than clean results. So only what was
    lodged long enough ago counts: so long that 99 % of the findings, and of the clean results, had come in by then,
    with allowance for the slow ones not seen yet.

    Parameters
    ----------
    now
        When the results were collected; by default when the last one became known.
    """
    whole = examined.declarations
    dated = whole.filter(pl.col("known") & pl.col("result_at").is_not_null())
    if examined.outstanding == 0 or dated.is_empty():
        return examined
    latest = now or dated.get_column("result_at").max()
    if not isinstance(latest, datetime):
        return examined
    days = dated.select(
        "found",
        delay=(pl.col("result_at") - pl.col("lodged_at")).dt.total_seconds().clip(lower_bound=0) / _DAY,
        waited=(pl.lit(latest) - pl.col("lodged_at")).dt.total_seconds() / _DAY,
    ).filter(pl.col("delay") <= pl.col("waited"))
    kinds = (days.filter(pl.col("found") == kind) for kind in (True, False))
    wait = max(settled_after(kind.get_column("delay"), kind.get_column("waited")) for kind in kinds)
    waiting = timedelta(days=float(np.ceil(wait)))
    last = latest - waiting
    kept = whole.filter(pl.col("lodged_at") <= last)
    first = whole.get_column("lodged_at").min()
    begins = first + waiting if kept.is_empty() and isinstance(first, datetime) else None
    return replace(examined, declarations=kept, settled_until=last, begins=begins)
