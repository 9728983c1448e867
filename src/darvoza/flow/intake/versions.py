"""Versions: of an amended declaration, the latest is the one that is decided."""

import polars as pl


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
    version = pl.col("version").fill_null(1)
    return items.filter(version == version.max().over("declaration_id"))
