"""Versions: of an amended declaration, the latest is decided, and what was examined is learned from."""

from typing import Final

import polars as pl

FEW: Final = 10_000
"""Goods items up to which it is first asked whether there is anything to do."""

OUTCOMES = (
    "examined",
    "finding",
    "finding_area",
    "finding_severity",
    "recovered",
    "result_at",
    "inclusion_probability",
)


def latest_versions(items: pl.DataFrame) -> pl.DataFrame:
    """Keep the rows of the latest version of each declaration, in their order.

    An amendment replaces the declaration; adding both up would count the goods twice. A version that is not stated
    counts as the first.

    Parameters
    ----------
    items
        Canonical goods items.

    Examples
    --------
    >>> rows = pl.DataFrame({"declaration_id": ["D1", "D2", "D1"], "version": [None, 1, 2]})
    >>> latest_versions(rows)["version"].to_list()
    [1, 2]
    """
    if items.height <= FEW and _in_one_version_each(items):
        return items
    version = pl.col("version").fill_null(1)
    return items.filter(version == version.max().over("declaration_id"))


def _in_one_version_each(items: pl.DataFrame) -> bool:
    """Tell whether no declaration comes in several versions, as is usual."""
    seen: dict[str, int] = {}
    versions = zip(items.get_column("declaration_id").to_list(), items.get_column("version").to_list(), strict=True)
    return all(
        seen.setdefault(name, number) == number for name, number in ((name, number or 1) for name, number in versions)
    )


def examined_versions(items: pl.DataFrame) -> pl.DataFrame:
    """Keep the version of each declaration that was examined, with what was found; of others, the latest.

    What is lodged after the result has been corrected by it: its values are the answer, and a score that learned from
    them would know at the gate what nobody knows there. So it is the latest version lodged before the first result
    became known that is kept, whichever version the result was recorded with. A result without a date is taken to
    belong to the version it stands with.

    Parameters
    ----------
    items
        Canonical goods items with their outcomes, in order of lodging.

    References
    ----------
    Kim, Tsai et al. (2020), KDD 2020, section 6: values overwritten after inspection inflate what a model seems worth.
    """
    version = pl.col("version").fill_null(1)
    numbered = items.with_columns(_version=version)
    amended = numbered.filter(pl.col("_version").n_unique().over("declaration_id") > 1)
    result = pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null()
    if amended.is_empty() or not amended.select(result.any()).item():
        return latest_versions(items)
    known = pl.coalesce("result_at", "lodged_at").filter(result).min().over("declaration_id")
    # the first version is kept even where its result seems older than itself: clocks differ
    before = (
        known.is_null()
        | (pl.col("lodged_at") <= known)
        | (pl.col("_version") == pl.col("_version").min().over("declaration_id"))
    )
    kept = numbered.filter(before).filter(pl.col("_version") == pl.col("_version").max().over("declaration_id"))
    recorded = amended.filter(result).unique(["declaration_id", "item"], keep="first", maintain_order=True)
    names = [name for name in OUTCOMES if name in items.columns]
    return _with_recorded(kept, recorded.select("declaration_id", "item", *names), names).select(items.columns)


def _with_recorded(kept: pl.DataFrame, recorded: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Put what was recorded with any version beside the goods items of the version kept."""
    joined = kept.join(recorded, on=["declaration_id", "item"], how="left", suffix="_recorded", maintain_order="left")
    return joined.with_columns(pl.coalesce(f"{name}_recorded", name).alias(name) for name in names)
