"""Floors under π out of the matches of a replay: what each profile would have asked for, as the gate makes them."""

from pathlib import Path
from typing import Final

import polars as pl

from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.floors import profile_floors

ORDER: Final = ("declaration_id", "lodged_on", "agency", "act", "source")
COLUMNS: Final = (*ORDER[:4], "kind", "source", "probability", "items")
"""The columns of the floors: one row per declaration, day of lodging and profile."""


def floors_of(matches: pl.DataFrame, profiles: ProfileSet) -> pl.DataFrame:
    """Turn the matches of a month into floors.

    Parameters
    ----------
    matches
        Columns of `darvoza.warehouse.matching.MATCHES`.
    profiles
        The profiles that made them.

    Returns
    -------
    pl.DataFrame
        `COLUMNS`, ordered by declaration, day, agency, act and profile; ``items`` are the numbers of the items matched.
    """
    identity = pl.struct("declaration_id", "lodged_on")
    declared = matches.select(identity.alias("of")).unique(maintain_order=True).with_row_index("declaration")
    number = pl.DataFrame({"profile": [profile.code for profile in profiles]}).with_row_index("number")
    numbered = (
        matches.sort("profile", "declaration_id", "lodged_on", "item", nulls_last=True)
        .with_columns(of=identity)
        .join(declared, on="of", how="left", maintain_order="left", nulls_equal=True)
        .join(number, on="profile", how="left", maintain_order="left")
    )
    floors = profile_floors(
        profiles,
        matched=numbered.get_column("number").cast(pl.Int64).to_numpy(),
        declarations=numbered.get_column("declaration").cast(pl.Int64).to_numpy(),
        items=numbered.get_column("item").to_numpy(),
    )
    return (
        floors.join(declared, on="declaration", how="left", maintain_order="left")
        .unnest("of")
        .select(COLUMNS)
        .sort(ORDER)
    )


def write_floors(matches: Path, out: Path, profiles: ProfileSet) -> None:
    """Write the floors of a replay, month by month, below `out`."""
    for folder in sorted(matches.glob("lodged_month=*")):
        files = sorted(folder.glob("*.parquet"))
        path = out / folder.name / "part-0.parquet"
        path.parent.mkdir(parents=True)
        floors_of(pl.read_parquet(files, hive_partitioning=False), profiles).write_parquet(path)
