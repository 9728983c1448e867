"""Floors under π: what profiles ask for, as one table."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.profile import ProfileSet

Ints = NDArray[np.int64]


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
