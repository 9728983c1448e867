"""Release times: from lodging to the last result that was waited for, by post and channel.

Goods in which something was found are held: all results are recorded, but when they are let go, if ever, no result tells.
They are counted apart and have no release time.

What is still waiting has no release time yet. It is counted apart and not guessed at: while many wait, the times of
those released say too little, for the slow ones are missing among them.
"""

from dataclasses import dataclass

import polars as pl

from darvoza.domain.codes import Channel
from darvoza.methods.order_statistics import middle_of

ALL_POSTS = ""


@dataclass(frozen=True, slots=True)
class ReleaseTime:
    """How long the goods of one channel wait for their release.

    Attributes
    ----------
    post
        The post; empty for all.
    channel
        The channel.
    released, waiting
        Consignments with all results recorded and nothing found, and those that still wait for a result.
    median
        Time within which half of those released were [h]; ``None`` when none was.
    low, high
        95 % limits of the median [h]; ``None`` where there are too few for that side.
    slow
        Time within which nine of ten were [h]; ``None`` when none was.
    held
        Consignments with all results recorded, of which one names a finding.
    """

    post: str
    channel: str
    released: int
    waiting: int
    median: float | None
    low: float | None
    high: float | None
    slow: float | None
    held: int = 0


def release_times(consignments: pl.DataFrame) -> tuple[ReleaseTime, ...]:
    """Measure release times, first over all posts, then post by post; channels in order of strictness.

    Parameters
    ----------
    consignments
        One row each: ``post``, ``channel``, ``lodged_at``; ``released_at``, the moment of the last result, null while an
        agency has not spoken; and ``held``, whether a result names a finding.

    References
    ----------
    World Customs Organization, Guide to Measure the Time Required for the Release of Goods.

    Examples
    --------
    >>> from datetime import UTC, datetime, timedelta
    >>> at = datetime(2026, 3, 1, tzinfo=UTC)
    >>> hours = [1, 2, 3, None, 5]
    >>> released = [at + timedelta(hours=h) if h else None for h in hours]
    >>> rows = {"post": ["KG-AKT"] * 5, "channel": ["red"] * 5, "lodged_at": [at] * 5, "released_at": released}
    >>> first = release_times(pl.DataFrame(rows | {"held": [False] * 4 + [True]}))[0]
    >>> first.released, first.waiting, first.held, first.median
    (3, 1, 1, 2.0)
    """
    hours = (pl.col("released_at") - pl.col("lodged_at")).dt.total_seconds() / 3600
    kept = pl.col("held") & pl.col("released_at").is_not_null()
    measured = consignments.select("post", "channel", hours=hours.clip(lower_bound=0.0), held=kept)
    everywhere = measured.with_columns(post=pl.lit(ALL_POSTS))
    parts = pl.concat([everywhere, measured]).partition_by("post", "channel", as_dict=True)
    made = [_measured(str(post), str(channel), part) for (post, channel), part in parts.items()]
    rank = {channel.value: place for place, channel in enumerate(Channel)}
    return tuple(sorted(made, key=lambda one: (one.post, rank.get(one.channel, len(rank)))))


def _measured(post: str, channel: str, part: pl.DataFrame) -> ReleaseTime:
    hours = part.filter(~pl.col("held")).get_column("hours")
    held, known = part.height - hours.len(), hours.drop_nulls().to_numpy()
    waiting = hours.len() - known.size
    if not known.size:
        return ReleaseTime(post, channel, 0, waiting, None, None, None, None, held)
    return ReleaseTime(post, channel, known.size, waiting, *middle_of(known), held)
