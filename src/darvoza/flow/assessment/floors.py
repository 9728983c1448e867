"""Floors under π: what profiles ask for, as one table."""

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.domain.selection import PlacedFloor

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
        [(number, *_asked(profile)) for number, profile in enumerate(profiles)],
        schema={
            "profile": pl.Int64,
            "agency": pl.String,
            "act": pl.String,
            "kind": pl.String,
            "source": pl.String,
            "probability": pl.Float64,
        },
        orient="row",
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


def few_profile_floors(profiles: ProfileSet, matches: Iterable[tuple[int, int, int]]) -> list[PlacedFloor]:
    """Turn few matches into the floors that `profile_floors` gives, row by row.

    Parameters
    ----------
    profiles
        The profiles.
    matches
        Numbers of the profile, of the declaration and of the item of each match.
    """
    found: dict[tuple[int, int], list[int]] = {}
    for profile, declaration, item in matches:
        found.setdefault((profile, declaration), []).append(item)
    asks = {number: _asked(profiles.profiles[number]) for number, _ in found}
    return [PlacedFloor(declaration, *asks[number], items) for (number, declaration), items in found.items()]


def _asked(profile: RiskProfile) -> tuple[str, str, str, str, float]:
    """Say what a profile asks for: agency, act, kind, source, probability."""
    act, share = profile.treatment.act.value, float(profile.treatment.share)
    return profile.agency.value, act, profile.floor.value, profile.code, share
