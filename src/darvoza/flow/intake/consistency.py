"""Rules across the values of a row, and across the rows of an intake."""

import polars as pl

from darvoza.flow.intake.parsing import Fault

HEADER_FIELDS = ("lodged_at", "post", "importer_id")


def row_faults(items: pl.DataFrame) -> list[tuple[str, Fault]]:
    """Check the values of each row against one another.

    Returns
    -------
    list
        The field each fault speaks of, and the fault.
    """
    if not {"gross_mass", "net_mass"} <= set(items.columns):
        return []
    broken = (items["gross_mass"] < items["net_mass"]).fill_null(value=False)
    fault = Fault("gross-below-net", "a gross mass not below the net mass", broken)
    return [("gross_mass", fault)] if broken.any() else []


def intake_faults(items: pl.DataFrame) -> list[tuple[str, Fault]]:
    """Check the rows of a whole intake, in the order they were read, against one another.

    The first row of an item is kept and any later one is rejected. The first row of a declaration says when and where
    it was lodged and for whom; a later row that says otherwise is rejected.
    """
    version = pl.col("version").fill_null(1) if "version" in items.columns else pl.lit(1).alias("version")
    first = items.select(pl.struct("declaration_id", version, "item").is_first_distinct()).to_series()
    faults = []
    if not first.all():
        words = "one row for each declaration, version and item"
        faults.append(("declaration_id", Fault("duplicate-item", words, ~first)))
    if items["declaration_id"].n_unique() == len(items):
        return faults
    whole = items.lazy().select("declaration_id", version, *HEADER_FIELDS)
    differing = whole.select(
        (pl.col(name) != pl.col(name).first().over("declaration_id", "version")).alias(name) for name in HEADER_FIELDS
    ).collect()
    for name in HEADER_FIELDS:
        if differing[name].any():
            words = f"the same {name} in all rows of a declaration"
            faults.append((name, Fault("header-differs", words, differing[name])))
    return faults


class ItemCounter:
    """Counts goods items within their declaration, in the order of the file and across chunks.

    Rejected rows are counted too: the number is the place of the item in the declaration as it was lodged.

    Examples
    --------
    >>> counter = ItemCounter()
    >>> counter.count(pl.Series(["a", "a", "b"])).to_list(), counter.count(pl.Series(["b", "a"])).to_list()
    ([1, 2, 1], [2, 3])
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def count(self, keys: pl.Series) -> pl.Series:
        """Number the rows of the next chunk; a row without a key gets no number."""
        frame = pl.DataFrame({"key": keys.cast(pl.String)})
        within = frame.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("key")).to_series()
        before = pl.Series([self._seen.get(key, 0) for key in frame["key"]], dtype=pl.Int64)
        numbers = (within + before).rename("item")
        last = frame.with_columns(numbers).group_by("key").agg(pl.col("item").max())
        self._seen.update(last.drop_nulls().iter_rows())
        return pl.select(pl.when(keys.is_not_null()).then(numbers).alias("item")).to_series()
