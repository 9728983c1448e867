"""Second looks: what first examinations overlook, from goods that somebody examined again without knowing the result."""

import polars as pl

from darvoza.flow.oversight.estimate_records import GroupEstimate, Limits, SecondLooks
from darvoza.methods.estimation import Estimate
from darvoza.methods.rate_ratio import ratio_of
from darvoza.methods.second_look import sensitivity


def second_looks(first: pl.DataFrame, second: pl.DataFrame, whole: GroupEstimate | None) -> SecondLooks:
    """Set second looks beside first ones.

    Only declarations whose first result is known count. What is hard to find for both looks is found by neither, so that
    what is said of the released is still at least that.

    Parameters
    ----------
    first
        Declarations as a sample, with ``declaration_id, known, found``.
    second
        Canonical goods items with the outcomes of the second look.
    whole
        What is estimated of the whole, to be corrected; ``None`` where nothing is.
    """
    again = (
        second.filter(pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null())
        .group_by("declaration_id")
        .agg(again=pl.col("finding").any())
    )
    twice = first.filter("known").join(again, on="declaration_id", how="inner").sort("declaration_id")
    found, too = (twice.get_column(name).to_numpy().astype(float) for name in ("found", "again"))
    share = sensitivity(found, too)
    return SecondLooks(
        looked=twice.height,
        again=int(too.sum()),
        both=int((found * too).sum()),
        sensitivity=Limits.of(share),
        leaked=_corrected(whole, share),
    )


def _corrected(whole: GroupEstimate | None, share: Estimate | None) -> Limits | None:
    """Divide what is estimated to have leaked by the share that a first look finds."""
    if share is None or whole is None or whole.leaked is None or whole.leaked.high is None:
        return None
    leaked = Estimate(whole.leaked.value, 0.0, whole.leaked.low, whole.leaked.high, whole.known)
    present = ratio_of(leaked, share)
    return Limits.of(present.capped(whole.released) if present else None)
