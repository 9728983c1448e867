"""What is done with one month, or with one part of it on a cluster: the same work, wherever it is done."""

from collections.abc import Sequence

import polars as pl

from darvoza.domain.expression import facts_used
from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.learning.history_store import FACTS, held

OUTCOMES = ("examined", "finding")
KEY = ("declaration_id", "item", "lodged_on")
VERSION = ("version", "declaration")

MATCHES: dict[str, type[pl.DataType]] = {
    "profile": pl.String,
    "declaration_id": pl.String,
    "item": pl.Int64,
    "lodged_on": pl.Date,
    "known": pl.Boolean,
    "finding": pl.Boolean,
}
"""The columns of the matches.

``known`` and ``finding`` are outcomes of the whole declaration: whether the result of an examination of any of its
items is known, and whether one of them had a finding.
"""


def columns_needed(profiles: ProfileSet, available: Sequence[str]) -> list[str]:
    """Name the columns that deciding these profiles needs, of those there are.

    Raises
    ------
    OutputError
        When a fact that a profile asks for is none of them.
    """
    used = {fact for profile in profiles for fact in facts_used(profile.condition)}
    held(used.intersection(FACTS), available)
    return [name for name in available if name in used or name in (*KEY, *VERSION, *OUTCOMES)]


def match_month(facts: pl.DataFrame, executor: ColumnsExecutor) -> pl.DataFrame:
    """Decide every profile for the goods items of one month, or for some whole declarations of it.

    Parameters
    ----------
    facts
        One row a goods item, in any order; every item of a declaration must be there, each in one version.
    executor
        Decides.

    Returns
    -------
    pl.DataFrame
        One row per profile and matching item (`MATCHES`), ordered by profile, declaration and item.
    """
    ordered = facts.sort("declaration_id", "item", nulls_last=True, maintain_order=True)
    found = executor.match(ordered)
    for name in OUTCOMES:
        if name not in ordered.columns:
            ordered = ordered.with_columns(pl.lit(None, pl.Boolean).alias(name))
    result = pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null()
    outcomes = ordered.select(
        *KEY,
        known=result.any().over("declaration_id"),
        finding=(result & pl.col("finding").fill_null(value=False)).any().over("declaration_id"),
    )
    codes = pl.Series("profile", [profile.code for profile in executor.profiles], dtype=pl.String)
    matched = outcomes.select(pl.all().gather(found.rows)).with_columns(profile=codes.gather(found.profiles))
    return matched.select(pl.col(name).cast(dtype) for name, dtype in MATCHES.items()).sort(
        "profile", "declaration_id", "item"
    )


def summarised(matches: pl.LazyFrame, profiles: ProfileSet) -> pl.DataFrame:
    """Sum the matches up by profile: items, declarations, those with a known result, those with a finding.

    A profile without a match stands there with zeros. A declaration lodged again on another day counts again.
    """
    declared = matches.group_by("profile", "declaration_id", "lodged_on").agg(
        pl.len().alias("items"), pl.col("known", "finding").any()
    )
    counted = (
        declared.group_by("profile")
        .agg(
            pl.col("items").sum(),
            pl.len().alias("declarations"),
            pl.col("known").sum().alias("examined"),
            pl.col("finding").sum().alias("findings"),
        )
        .collect(engine="streaming")
    )
    codes = pl.DataFrame({"profile": pl.Series([profile.code for profile in profiles], dtype=pl.String)})
    return (
        codes.join(counted, on="profile", how="left", maintain_order="left")
        .with_columns(pl.exclude("profile").fill_null(0).cast(pl.Int64))
        .select("profile", "items", "declarations", "examined", "findings")
    )
