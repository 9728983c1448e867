"""What a profile would cost: examinations on top of those that are done anyway, by post and week."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from darvoza.domain.codes import Act, Agency
from darvoza.flow.oversight.evidence import Evidence, Floats, Matched


@dataclass(frozen=True, slots=True)
class PostLoad:
    """Extra examinations at one post.

    Attributes
    ----------
    post
        The post.
    weeks
        Weeks in which something was lodged there.
    matched
        Declarations matched.
    extra
        Extra examinations to be expected, in all.
    per_week, busiest
        The same for a mean week and for the busiest.
    capacity
        Examinations the post can do in a mean week.
    weeks_over
        Weeks in which the profiles in force do not exceed the capacity alone, but do so with the extra ones.
    """

    post: str
    weeks: int
    matched: int
    extra: float
    per_week: float
    busiest: float
    capacity: float
    weeks_over: int


@dataclass(frozen=True, slots=True)
class Burden:
    """The cost of a profile in examinations.

    Attributes
    ----------
    newly
        Matched declarations not yet at its share by the profiles in force.
    extra
        Extra acts to be expected: the share, less what the profiles in force ask for already, summed up.
    counts
        Whether the act uses the capacity, which is physical examinations by customs.
    of_capacity
        Extra acts as a share of all the capacity of the period; ``None`` when the act does not use it.
    weekly
        Extra acts in each week of the period, all posts together, from the first Monday on.
    posts
        By post, the most burdened first.
    """

    newly: int
    extra: float
    counts: bool
    of_capacity: float | None
    weekly: tuple[float, ...]
    posts: tuple[PostLoad, ...]


def uses_capacity(matched: Matched) -> bool:
    """Tell whether a profile asks for physical examinations by customs."""
    return matched.profile.agency is Agency.CUSTOMS and matched.profile.treatment.act is Act.PHYSICAL


def floors_of(sets: Sequence[Matched], size: int) -> Floats:
    """Give the largest share that some profiles ask for, for each declaration; shape ``(size,)``, 0 where none does."""
    floors = np.zeros(size)
    for one in sets:
        floors[one.declarations] = np.maximum(floors[one.declarations], one.share)
    return floors


def burden(matched: Matched, others: Sequence[Matched], evidence: Evidence, *, capacity: float) -> Burden:
    """Count the examinations a profile adds to those of other profiles.

    Parameters
    ----------
    matched
        What the profile matched.
    others
        What the profiles in force matched, the one it is a new version of left out.
    evidence
        The declarations.
    capacity
        Physical examinations per declaration at each post, in (0, 1].
    """
    rows = matched.declarations
    alike = floors_of([other for other in others if other.asks_like(matched)], len(evidence))
    added = np.maximum(matched.share - alike[rows], 0.0)
    counts = uses_capacity(matched)
    demanded = floors_of([other for other in others if uses_capacity(other)], len(evidence))
    size = evidence.slots.height
    by_slot = evidence.slots.with_columns(
        matched=np.bincount(evidence.slot[rows], minlength=size),
        extra=np.bincount(evidence.slot[rows], weights=added, minlength=size),
        demanded=np.bincount(evidence.slot, weights=demanded, minlength=size),
        room=pl.col("declarations") * capacity,
    )
    weekly = by_slot.group_by("week").agg(pl.col("extra").sum()).sort("week").upsample("week", every="1w")
    extra = float(added.sum())
    room = capacity * len(evidence)
    return Burden(
        newly=int((added > 0).sum()),
        extra=extra,
        counts=counts,
        of_capacity=extra / room if counts and room else None,
        weekly=tuple(weekly.get_column("extra").fill_null(0.0).to_list()),
        posts=_posts(by_slot, counts=counts),
    )


def _posts(by_slot: pl.DataFrame, *, counts: bool) -> tuple[PostLoad, ...]:
    tipped = (pl.col("demanded") <= pl.col("room")) & (pl.col("demanded") + pl.col("extra") > pl.col("room"))
    posts = (
        by_slot.group_by("post")
        .agg(
            pl.len().alias("weeks"),
            pl.col("matched").sum(),
            pl.col("extra").sum(),
            (pl.col("extra").sum() / pl.len()).alias("per_week"),
            pl.col("extra").max().alias("busiest"),
            pl.col("room").mean().alias("capacity"),
            (tipped.sum() if counts else pl.lit(0)).alias("weeks_over"),
        )
        .sort(["extra", "post"], descending=[True, False])
    )
    return tuple(PostLoad(*row) for row in posts.iter_rows())
