"""The draw: one permanent random number for each declaration, from the key of its day and the fingerprint of its goods."""

from typing import Any

import polars as pl

from darvoza.flow.selectivity.fingerprint import Ints, fingerprints, fingerprints_of_few
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.flow.selectivity.same_goods import Earlier, first_draws, first_lodgings
from darvoza.methods.draw import permanent_random_number, permanent_random_numbers


def draw(items: pl.DataFrame, ring: KeyRing, earlier: Earlier | None = None) -> pl.DataFrame:
    """Draw for each declaration.

    Parameters
    ----------
    items
        Canonical goods items, sorted by time of lodging, rows of a declaration next to each other.
    ring
        The key shares.
    earlier
        Earlier decisions: goods that were drawn for keep their number.

    Returns
    -------
    pl.DataFrame
        One row per declaration, in order: ``declaration_id``, ``post``, ``lodged_at``, ``fingerprint``,
        ``fingerprint_basis``, ``key_day``, ``marks``, ``commitment``, ``u``.
    """
    heads = items.group_by("declaration_id", maintain_order=True).agg(pl.col("post", "lodged_at").first())
    lodged = first_lodgings(fingerprints(items), heads.get_column("lodged_at"), earlier)
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


def draw_for_few(
    items: pl.DataFrame, starts: Ints, ring: KeyRing, earlier: Earlier | None = None
) -> list[dict[str, Any]]:
    """Draw the same for few declarations, one by one.

    Parameters
    ----------
    items, ring, earlier
        As for `draw`.
    starts
        First row of each declaration.
    """
    marked = fingerprints_of_few(items, starts)
    posts, moments = (items.get_column(name)[starts].to_list() for name in ("post", "lodged_at"))
    draws = first_draws(marked, moments, earlier)
    keys = {day: (ring.key(day), ring.commitment(day)) for day in {draw.day for draw in draws}}
    return [
        {
            "declaration_id": one.declaration_id,
            "post": post,
            "lodged_at": moment,
            "fingerprint": drawn.fingerprint,
            "fingerprint_basis": drawn.basis,
            "key_day": drawn.day,
            "marks": one.marks,
            "commitment": keys[drawn.day][1],
            "u": permanent_random_number(keys[drawn.day][0], bytes.fromhex(drawn.fingerprint)),
        }
        for one, post, moment, drawn in zip(marked, posts, moments, draws, strict=True)
    ]
