"""The fingerprint of the goods: what cannot change without moving the goods.

Identity is the transport document, the containers, the vehicle, the importer and the set of HS headings. Weights,
values, texts, origins, the post and the declarant are left out: re-lodging may change them, and must not buy a second
draw. Names are compared without case, blanks and punctuation, and Cyrillic letters that look Latin count as Latin.

Where neither a transport document nor equipment is known, nothing identifies the goods but the declaration itself;
its reference then stands in, and the decision says so (``fingerprint_basis``).
"""

import hashlib

import numpy as np
import polars as pl

SAME_GOODS_DAYS = {"document": 30, "containers": 30, "vehicle": 3, "reference": 30}
"""For how many days the same fingerprint is the same goods. A lorry comes back with the next load within a week; a
transport document does not."""

_LOOK_ALIKE = dict(zip("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS", strict=True))


def fingerprints(items: pl.DataFrame) -> pl.DataFrame:
    """Give the fingerprint of each declaration.

    Parameters
    ----------
    items
        Canonical goods items, rows of a declaration next to each other.

    Returns
    -------
    pl.DataFrame
        One row per declaration, in order: ``declaration_id``, ``fingerprint`` (64 hex digits), ``fingerprint_basis``
        (``document``, ``containers``, ``vehicle`` or ``reference``).
    """
    parts = (
        items.group_by("declaration_id", maintain_order=True)
        .agg(
            _plain(pl.col("transport_document").first()).alias("document"),
            pl.col("container_ids").first().list.sort().list.join(",").alias("containers"),
            _plain(pl.col("vehicle_id").first()).alias("vehicle"),
            _plain(pl.col("importer_id").first()).alias("importer"),
            pl.col("hs").str.slice(0, 4).unique().sort().str.join(",").alias("headings"),
        )
        .with_columns(_plain(pl.col("containers"), keep=",").alias("containers"))
        .with_columns(pl.col("document", "containers", "vehicle", "importer").replace("", None))
    )
    basis = (
        pl.when(pl.col("document").is_not_null())
        .then(pl.lit("document"))
        .when(pl.col("containers").is_not_null())
        .then(pl.lit("containers"))
        .when(pl.col("vehicle").is_not_null())
        .then(pl.lit("vehicle"))
        .otherwise(pl.lit("reference"))
    )
    text = pl.concat_str(
        [
            pl.lit("darvoza fingerprint 1"),
            *(pl.col(name).fill_null("") for name in ("document", "containers", "vehicle", "importer", "headings")),
            pl.when(pl.col("fingerprint_basis") == "reference").then(pl.col("declaration_id")).otherwise(pl.lit("")),
        ],
        separator="|",
    )
    marked = parts.with_columns(fingerprint_basis=basis).with_columns(text=text)
    digests = [hashlib.sha256(line.encode()).hexdigest() for line in marked.get_column("text")]
    return marked.select("declaration_id", pl.Series("fingerprint", digests, dtype=pl.String), "fingerprint_basis")


def _plain(code: pl.Expr, keep: str = "") -> pl.Expr:
    """Strip a code to capital letters and digits, look-alikes folded."""
    letters = code.str.to_uppercase().str.replace_all(rf"[^\p{{L}}\p{{N}}{keep}]", "")
    return letters.str.replace_many(list(_LOOK_ALIKE), list(_LOOK_ALIKE.values()))


def first_draw_days(marks: pl.DataFrame, lodged_on: pl.Series, earlier: pl.DataFrame | None = None) -> pl.Series:
    """Give the day whose key draws for each declaration: that of the first lodging of the same goods.

    Parameters
    ----------
    marks
        ``fingerprint`` and ``fingerprint_basis`` per declaration, in order of lodging.
    lodged_on
        Day of lodging per declaration.
    earlier
        ``fingerprint`` and ``key_day`` of earlier decisions, or ``None``.

    Notes
    -----
    The window runs from the first lodging, not from the last: re-lodging every few days does not stretch it.
    """
    first = {} if earlier is None else dict(earlier.sort("key_day").select("fingerprint", "key_day").iter_rows())
    repeated = marks.get_column("fingerprint").is_duplicated()
    if first:
        repeated = repeated | marks.get_column("fingerprint").is_in(list(first))
    days = lodged_on.to_list()
    rows = marks.select("fingerprint", "fingerprint_basis").rows()
    for row in np.flatnonzero(repeated.to_numpy()).tolist():
        fingerprint, basis = rows[row]
        begun = first.get(fingerprint)
        if begun is not None and 0 <= (days[row] - begun).days <= SAME_GOODS_DAYS[basis]:
            days[row] = begun
        else:
            first[fingerprint] = days[row]
    return pl.Series("key_day", days, dtype=pl.Date)
