"""How long goods of the health services wait until they are released: by how many services looked at them."""

from dataclasses import dataclass

import polars as pl

from darvoza.methods.order_statistics import middle_of

MANY = 3
"""From so many services on, consignments are counted together."""


@dataclass(frozen=True, slots=True)
class Release:
    """From lodging to release, in hours, of consignments that passed every check (WTO TFA 7.6).

    Attributes
    ----------
    services
        How many health services examined them; `MANY` stands for as many or more.
    consignments
        How many passed every check that was asked for.
    stated
        Of how many the release itself was recorded; of the others the last result counts, after which nothing held them.
    pending
        How many more still wait for a result.
    median, low, high
        The median with its interval of 95 %, ``None`` where there are too few.
    nine_in_ten
        Nine in ten were released within so many hours; ``None`` where none was.
    """

    services: int
    consignments: int
    stated: int
    pending: int
    median: float | None
    low: float | None
    high: float | None
    nine_in_ten: float | None


def releases(results: pl.DataFrame, decisions: pl.DataFrame) -> tuple[Release, ...]:
    """Measure how long consignments waited for their release.

    Parameters
    ----------
    results
        Results of acts on goods items: ``declaration_id``, ``agency``, ``act``, ``lodged_at``, ``result_at``,
        ``released_at`` (empty where nobody recorded it), ``passed``.
    decisions
        Decisions of the same declarations; the acts selected are those that must have a result.

    Returns
    -------
    tuple of Release
        By number of services, those with consignments only. A consignment that failed a check is not counted: what
        becomes of it is not a release.
    """
    agencies = results.get_column("agency").unique().implode()
    asked = decisions.filter("selected", pl.col("agency").is_in(agencies)).select("declaration_id", "agency", "act")
    done = results.select("declaration_id", "agency", "act").unique()
    open_ = asked.unique().join(done, on=["declaration_id", "agency", "act"], how="anti")
    known = results.group_by("declaration_id").agg(
        pl.col("passed").all(),
        pl.col("agency").n_unique().clip(upper_bound=MANY).alias("services"),
        pl.col("lodged_at").min(), pl.col("result_at").max(), pl.col("released_at").max(),
    )  # fmt: skip
    moment = pl.coalesce("released_at", "result_at")
    hours = ((moment - pl.col("lodged_at")).dt.total_seconds() / 3600).alias("hours")
    waits = pl.col("declaration_id").is_in(open_.get_column("declaration_id").unique().implode())
    passed = known.filter("passed").with_columns(hours, waits.alias("waits")).sort("services", "declaration_id")
    return tuple(
        _release(int(str(services)), own) for (services,), own in passed.group_by("services", maintain_order=True)
    )


def _release(services: int, own: pl.DataFrame) -> Release:
    free = own.filter(~pl.col("waits"))
    hours = free.get_column("hours").to_numpy()
    stated, pending = free.get_column("released_at").count(), own.height - free.height
    if not hours.size:
        return Release(services, 0, 0, pending, None, None, None, None)
    return Release(services, hours.size, stated, pending, *middle_of(hours))
