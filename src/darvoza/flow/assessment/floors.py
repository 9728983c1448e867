"""Floors under π: what profiles, the score and chance each ask for, as one table."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Act, Agency
from darvoza.domain.profile import ProfileSet
from darvoza.domain.selection import FloorKind

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def profile_floors(profiles: ProfileSet, *, matched: Ints, declarations: Ints, items: Ints) -> pl.DataFrame:
    """Turn matches into floors: each profile asks for its act with its share.

    Parameters
    ----------
    profiles
        The profiles, in the order that `matched` counts.
    matched, declarations, items
        One match of one goods item each: number of the profile, of the declaration, and of the item within it.

    Returns
    -------
    pl.DataFrame
        One row per profile and declaration: ``declaration``, ``agency``, ``act``, ``kind``, ``source``,
        ``probability``, ``items``.
    """
    asks = pl.DataFrame(
        {
            "profile": range(len(profiles)),
            "agency": [profile.agency.value for profile in profiles],
            "act": [profile.treatment.act.value for profile in profiles],
            "kind": [profile.floor.value for profile in profiles],
            "source": [profile.code for profile in profiles],
            "probability": [float(profile.treatment.share) for profile in profiles],
        },
        schema={
            "profile": pl.Int64,
            "agency": pl.String,
            "act": pl.String,
            "kind": pl.String,
            "source": pl.String,
            "probability": pl.Float64,
        },
    )
    matches = pl.DataFrame(
        {"profile": matched.astype(np.int64), "declaration": declarations.astype(np.uint32), "items": items}
    )
    return (
        matches.group_by("profile", "declaration", maintain_order=True)
        .agg(pl.col("items"))
        .join(asks, on="profile", how="left", maintain_order="left")
        .select("declaration", "agency", "act", "kind", "source", "probability", "items")
    )


def floor_for_all(kind: FloorKind, probability: Floats) -> pl.DataFrame:
    """Make the same kind of floor under the customs examination of every declaration.

    Parameters
    ----------
    kind
        ``SCORE`` or ``RANDOM``.
    probability
        The floor of each declaration, shape ``(n,)``; those at 0 are left out.
    """
    return (
        pl.DataFrame(
            {
                "declaration": np.arange(probability.size, dtype=np.uint32),
                "probability": probability,
            }
        )
        .filter(pl.col("probability") > 0)
        .select(
            "declaration",
            agency=pl.lit(Agency.CUSTOMS.value),
            act=pl.lit(Act.PHYSICAL.value),
            kind=pl.lit(kind.value),
            source=pl.lit(kind.value),
            probability=pl.col("probability"),
            items=pl.lit([], dtype=pl.List(pl.Int64)),
        )
    )
