"""The draw: one permanent random number for each declaration, from the key of its day and the fingerprint of its goods."""

import polars as pl

from darvoza.flow.selectivity.fingerprint import fingerprints, first_lodgings
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.methods.draw import permanent_random_numbers


def draw(items: pl.DataFrame, ring: KeyRing, earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    """Draw for each declaration.

    Parameters
    ----------
    items
        Canonical goods items, sorted by time of lodging, rows of a declaration next to each other.
    ring
        The key shares.
    earlier
        Earlier decisions (``fingerprint``, ``fingerprint_basis``, ``key_day``, ``marks``): goods that were drawn for
        keep their number.

    Returns
    -------
    pl.DataFrame
        One row per declaration, in order: ``declaration_id``, ``post``, ``lodged_at``, ``fingerprint``,
        ``fingerprint_basis``, ``key_day``, ``marks``, ``commitment``, ``u``.
    """
    heads = items.group_by("declaration_id", maintain_order=True).agg(pl.col("post", "lodged_at").first())
    lodged = first_lodgings(fingerprints(items), heads.get_column("lodged_at").dt.date(), earlier)
    days = lodged.get_column("key_day")
    keys = {day: ring.key(day) for day in days.unique()}
    commitments = {day: ring.commitment(day) for day in keys}
    u = permanent_random_numbers(
        (keys[day] for day in days.to_list()),
        map(bytes.fromhex, lodged.get_column("fingerprint").to_list()),
        heads.height,
    )
    return pl.concat([heads, lodged], how="horizontal").with_columns(
        days.replace_strict(commitments, return_dtype=pl.String).alias("commitment"), pl.Series("u", u)
    )
