"""Which draw goods have: that of the first lodging of the same goods, by any mark that both share within its window."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeAlias

import polars as pl

from darvoza.flow.selectivity.fingerprint import SAME_GOODS_DAYS, Marked


class Lodging(NamedTuple):
    """What is known of an earlier lodging: the draw it was given, and the marks of its goods."""

    declaration_id: str
    lodged_at: datetime
    fingerprint: str
    fingerprint_basis: str
    key_day: date
    marks: list[str]


class Kept(Protocol):
    """Earlier draws that are found by the marks of their goods."""

    def sharing(self, marks: Collection[str]) -> Iterable[Lodging]:
        """Give the lodgings of goods with any of these marks, in order of lodging."""


Earlier: TypeAlias = pl.DataFrame | Kept
"""Earlier lodgings: decisions with the columns of `Lodging`, or draws that are found by their marks."""


class Draw(NamedTuple):
    """By what is drawn: the fingerprint, what it rests on, and the day whose key is used."""

    fingerprint: str
    basis: str
    day: date


def first_lodgings(marked: pl.DataFrame, lodged_on: pl.Series, earlier: Earlier | None = None) -> pl.DataFrame:
    """Give each declaration the fingerprint and day that draw for it: those of the first lodging of the same goods.

    Parameters
    ----------
    marked
        As `fingerprints` gives them, in order of lodging.
    lodged_on
        Day of lodging per declaration.
    earlier
        Earlier lodgings, or ``None``.

    Returns
    -------
    pl.DataFrame
        ``fingerprint``, ``fingerprint_basis``, ``key_day``, ``marks``, one row per declaration.

    Notes
    -----
    The window of a mark runs from its first lodging, not from the last: re-lodging every few days does not stretch it.
    """
    marks = marked.get_column("marks")
    book = _Book(_lodgings(earlier, marks.explode(empty_as_null=False, keep_nulls=False).unique().to_list))
    fingerprint, basis, day, kept = (
        column.to_list() for column in (marked["fingerprint"], marked["fingerprint_basis"], lodged_on, marks)
    )
    for place in _met_again(marks, lodged_on, book):
        lodged = day[place]
        draw = book.draw_of(kept[place], lodged) or Draw(fingerprint[place], basis[place], lodged)
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


def first_draws(marked: Sequence[Marked], days: Sequence[date], earlier: Earlier | None = None) -> list[Draw]:
    """Give the same draws of few declarations, one by one.

    Parameters
    ----------
    marked
        As `fingerprints_of_few` gives them, in order of lodging.
    days
        Day of lodging per declaration.
    earlier
        Earlier lodgings, or ``None``.
    """
    book = _Book(_lodgings(earlier, lambda: [mark for one in marked for mark in one.marks]))
    draws = []
    for one, day in zip(marked, days, strict=True):
        draw = book.draw_of(one.marks, day) or Draw(one.fingerprint, one.fingerprint_basis, day)
        book.enter(one.marks, draw, day)
        draws.append(draw)
    return draws


def _lodgings(earlier: Earlier | None, marks: Callable[[], Collection[str]]) -> Iterable[Lodging]:
    """Give the earlier lodgings that may share a mark with goods; of an amended declaration those of every version."""
    if earlier is None:
        return ()
    if not isinstance(earlier, pl.DataFrame):
        return earlier.sharing(marks())
    lodged = earlier.unique(["declaration_id", "marks"], maintain_order=True).sort("lodged_at", maintain_order=True)
    return map(Lodging._make, lodged.select(Lodging._fields).iter_rows())


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

    def __init__(self, lodgings: Iterable[Lodging]) -> None:
        self._of: dict[str, tuple[Draw, date]] = {}
        for lodging in lodgings:
            draw = Draw(lodging.fingerprint, lodging.fingerprint_basis, lodging.key_day)
            self.enter(lodging.marks, draw, lodging.lodged_at.date())

    @property
    def marks(self) -> list[str]:
        """Every mark in the book."""
        return list(self._of)

    def draw_of(self, marks: Iterable[str], day: date) -> Draw | None:
        """Give the draw of an earlier lodging of the same goods, ``None`` if there is none."""
        for mark in marks:
            known = self._of.get(mark)
            basis = mark.split(":", 1)[0]
            # a lodging that states an earlier moment than one that was decided before it buys no second ticket either
            if known and abs((day - known[1]).days) <= SAME_GOODS_DAYS[basis]:
                return Draw(known[0].fingerprint, basis, known[0].day)
        return None

    def enter(self, marks: Iterable[str], draw: Draw, day: date) -> None:
        """Note the marks of a lodging; a mark that already stands for this draw keeps its first day."""
        for mark in marks:
            known = self._of.get(mark)
            same = known is not None and (known[0].fingerprint, known[0].day) == (draw.fingerprint, draw.day)
            self._of[mark] = (draw, min(day, known[1]) if known and same else day)
