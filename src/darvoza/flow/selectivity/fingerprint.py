"""The identity of the goods: what cannot change without moving the goods.

A consignment leaves up to three marks, each of them together with its importer and its set of HS headings: its
transport document, its containers, its vehicle. Two lodgings that share any one mark within its window are the same
goods, and the second keeps the draw of the first: to buy a second ticket, everything would have to change at once.

Weights, values, texts, origins, the post and the declarant are left out: re-lodging may change them freely. Codes are
compared without case, blanks and punctuation, and Cyrillic letters that look Latin count as Latin.

Where no mark exists, nothing identifies the goods but the declaration itself; its reference then stands in, and the
decision says so (``fingerprint_basis``).
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

import polars as pl

SAME_GOODS_DAYS = {"document": 30, "containers": 30, "vehicle": 3, "reference": 30}
"""For how many days the same mark is the same goods. A lorry comes back with the next load within a week; a transport
document does not."""

BASES = tuple(SAME_GOODS_DAYS)

_Draw: TypeAlias = tuple[str, str, date]
"""Fingerprint, basis and day of a draw."""

_LOOK_ALIKE = dict(zip("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS", strict=True))


def fingerprints(items: pl.DataFrame) -> pl.DataFrame:
    """Give the marks of each declaration and its fingerprint, the first of them.

    Parameters
    ----------
    items
        Canonical goods items, rows of a declaration next to each other.

    Returns
    -------
    pl.DataFrame
        One row per declaration, in order: ``declaration_id``, ``fingerprint`` (64 hex digits), ``fingerprint_basis``
        (one of `BASES`), ``marks`` (list of ``basis:digits``, in the order of `BASES`).
    """
    parts = (
        items.group_by("declaration_id", maintain_order=True)
        .agg(
            _plain(pl.col("transport_document").first()).alias("document"),
            _plain(pl.col("container_ids").first().list.join(","), keep=",").alias("containers"),
            _plain(pl.col("vehicle_id").first()).alias("vehicle"),
            _plain(pl.col("importer_id").first()).alias("importer"),
            pl.col("hs").str.slice(0, 4).unique().sort().str.join(",").alias("headings"),
        )
        .with_columns(pl.col("containers").str.split(",").list.sort().list.join(","))
        .with_columns(pl.col("document", "containers", "vehicle").replace("", None))
    )
    nameless = pl.all_horizontal(pl.col("document", "containers", "vehicle").is_null())
    parts = parts.with_columns(pl.when(nameless).then(pl.col("declaration_id")).alias("reference"))
    lines = parts.select(_line(basis) for basis in BASES)
    marks = [_mark(basis, lines.get_column(basis)) for basis in BASES]
    return (
        parts.select("declaration_id")
        .with_columns(pl.DataFrame(marks).select(pl.concat_list(BASES).list.drop_nulls().alias("marks")))
        .with_columns(
            fingerprint=pl.col("marks").list.first().str.split(":").list.last(),
            fingerprint_basis=pl.col("marks").list.first().str.split(":").list.first(),
        )
    )


def _line(basis: str) -> pl.Expr:
    """Write one identification together with importer and headings; null where there is none."""
    return pl.concat_str([pl.lit(f"darvoza mark 1 {basis}"), basis, "importer", "headings"], separator="|").alias(basis)


def _mark(basis: str, lines: pl.Series) -> pl.Series:
    """Hash identifications, ``basis:digits``; null where there is none."""
    digests = [
        None if line is None else f"{basis}:{hashlib.sha256(line.encode()).hexdigest()}" for line in lines.to_list()
    ]
    return pl.Series(basis, digests, dtype=pl.String)


def _plain(code: pl.Expr, keep: str = "") -> pl.Expr:
    """Strip a code to capital letters and digits, look-alikes folded."""
    letters = code.str.to_uppercase().str.replace_all(rf"[^\p{{L}}\p{{N}}{keep}]", "")
    return letters.str.replace_many(list(_LOOK_ALIKE), list(_LOOK_ALIKE.values()))


def first_lodgings(marked: pl.DataFrame, lodged_on: pl.Series, earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    """Give each declaration the fingerprint and day that draw for it: those of the first lodging of the same goods.

    Parameters
    ----------
    marked
        As `fingerprints` gives them, in order of lodging.
    lodged_on
        Day of lodging per declaration.
    earlier
        Earlier decisions, as `darvoza.flow.pipeline.assess` gave them, or ``None``.

    Returns
    -------
    pl.DataFrame
        ``fingerprint``, ``fingerprint_basis``, ``key_day``, ``marks``, one row per declaration.

    Notes
    -----
    The window of a mark runs from its first lodging, not from the last: re-lodging every few days does not stretch it.
    """
    book = _Book(earlier)
    marks = marked.get_column("marks")
    fingerprint, basis, day, kept = (
        column.to_list() for column in (marked["fingerprint"], marked["fingerprint_basis"], lodged_on, marks)
    )
    for place in _met_again(marks, lodged_on, book):
        lodged = day[place]
        draw = book.draw_of(kept[place], lodged) or (fingerprint[place], basis[place], lodged)
        book.enter(kept[place], draw, lodged)
        fingerprint[place], basis[place], day[place] = draw
    return pl.DataFrame(
        {
            "fingerprint": pl.Series(fingerprint, dtype=pl.String),
            "fingerprint_basis": pl.Series(basis, dtype=pl.String),
            "key_day": pl.Series(day, dtype=pl.Date),
            "marks": marks,
        }
    )


def _met_again(marks: pl.Series, lodged_on: pl.Series, book: "_Book") -> list[int]:
    """Find the declarations that share a mark with another one within its window; the others need no book."""
    known = pl.col("marks").is_in(book.marks) if book.marks else pl.lit(value=False)
    flat = (
        pl.DataFrame({"marks": marks, "day": lodged_on})
        .with_row_index("place")
        .explode("marks")
        # few marks occur twice: only they are worth sorting
        .filter(pl.col("marks").is_duplicated() | known)
        .sort("marks", "place")
        .with_columns(
            window=pl.col("marks").str.split(":").list.first().replace_strict(SAME_GOODS_DAYS, return_dtype=pl.Int64),
            gap=(pl.col("day") - pl.col("day").shift().over("marks")).dt.total_days(),
        )
    )
    near = pl.col("gap") <= pl.col("window")
    shared = near | near.shift(-1).over("marks") | known
    return flat.filter(shared.fill_null(value=False)).get_column("place").unique().sort().to_list()


class _Book:
    """Which draw each mark stands for, and since when."""

    def __init__(self, earlier: pl.DataFrame | None) -> None:
        self._of: dict[str, tuple[_Draw, date]] = {}
        if earlier is not None:
            # an amended declaration has the marks of every version
            lodged = earlier.unique(["declaration_id", "marks"], maintain_order=True).sort(
                "lodged_at", maintain_order=True
            )
            columns = ("fingerprint", "fingerprint_basis", "key_day", "marks", pl.col("lodged_at").dt.date())
            for fingerprint, basis, day, marks, lodged_on in lodged.select(columns).iter_rows():
                self.enter(marks, (fingerprint, basis, day), lodged_on)

    @property
    def marks(self) -> list[str]:
        """Every mark in the book."""
        return list(self._of)

    def draw_of(self, marks: Iterable[str], day: date) -> _Draw | None:
        """Give the draw of an earlier lodging of the same goods, ``None`` if there is none."""
        for mark in marks:
            known = self._of.get(mark)
            basis = mark.split(":", 1)[0]
            # a lodging that states an earlier moment than one that was decided before it buys no second ticket either
            if known and abs((day - known[1]).days) <= SAME_GOODS_DAYS[basis]:
                return known[0][0], basis, known[0][2]
        return None

    def enter(self, marks: Iterable[str], draw: _Draw, day: date) -> None:
        """Note the marks of a lodging; a mark that already stands for this draw keeps its first day."""
        for mark in marks:
            known = self._of.get(mark)
            same = known is not None and (known[0][0], known[0][2]) == (draw[0], draw[2])
            self._of[mark] = (draw, min(day, known[1]) if known and same else day)
