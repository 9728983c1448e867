"""Which draw goods have: that of the first lodging of the same goods, by any mark that both share within its window."""

from bisect import insort_right
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from operator import itemgetter
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


def first_lodgings(marked: pl.DataFrame, lodged_at: pl.Series, earlier: Earlier | None = None) -> pl.DataFrame:
    """Give each declaration the fingerprint and day that draw for it: those of the first lodging of the same goods.

    Parameters
    ----------
    marked
        As `fingerprints` gives them, in order of lodging.
    lodged_at
        Moment of lodging per declaration.
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
    lodged_on = lodged_at.dt.date()
    fingerprint, basis, day, moments, kept = (
        column.to_list() for column in (marked["fingerprint"], marked["fingerprint_basis"], lodged_on, lodged_at, marks)
    )
    for place in _met_again(marks, lodged_on, book):
        draw = book.draw_of(kept[place], day[place]) or Draw(fingerprint[place], basis[place], day[place])
        book.enter(kept[place], draw, moments[place])
        fingerprint[place], basis[place], day[place] = draw
    return pl.DataFrame(
        {
            "fingerprint": pl.Series(fingerprint, dtype=pl.String),
            "fingerprint_basis": pl.Series(basis, dtype=pl.String),
            "key_day": pl.Series(day, dtype=pl.Date),
            "marks": marks,
        }
    )


def first_draws(marked: Sequence[Marked], moments: Sequence[datetime], earlier: Earlier | None = None) -> list[Draw]:
    """Give the same draws of few declarations, one by one.

    Parameters
    ----------
    marked
        As `fingerprints_of_few` gives them, in order of lodging.
    moments
        Moment of lodging per declaration.
    earlier
        Earlier lodgings, or ``None``.
    """
    book = _Book(_lodgings(earlier, lambda: [mark for one in marked for mark in one.marks]))
    draws = []
    for one, moment in zip(marked, moments, strict=True):
        day = moment.date()
        draw = book.draw_of(one.marks, day) or Draw(one.fingerprint, one.fingerprint_basis, day)
        book.enter(one.marks, draw, moment)
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


class _Standing(NamedTuple):
    """The draw a mark stands for, and since which day."""

    draw: Draw
    since: date


class _Book:
    """Which draw each mark stands for, and since when.

    That is told by the moments of lodging alone: what was lodged late counts where its moment puts it, so that it does not
    matter what was decided together and what one after the other.
    """

    def __init__(self, lodgings: Iterable[Lodging]) -> None:
        self._entries: dict[str, list[tuple[datetime, Draw]]] = {}
        self._standing: dict[str, _Standing] = {}
        for lodging in lodgings:
            draw = Draw(lodging.fingerprint, lodging.fingerprint_basis, lodging.key_day)
            self.enter(lodging.marks, draw, lodging.lodged_at)

    @property
    def marks(self) -> list[str]:
        """Every mark in the book."""
        return list(self._standing)

    def draw_of(self, marks: Iterable[str], day: date) -> Draw | None:
        """Give the draw of an earlier lodging of the same goods, ``None`` if there is none."""
        for mark in marks:
            known = self._standing.get(mark)
            basis = mark.split(":", 1)[0]
            # a lodging that states an earlier moment than one that was decided before it buys no second ticket either
            if known and abs((day - known.since).days) <= SAME_GOODS_DAYS[basis]:
                return Draw(known.draw.fingerprint, basis, known.draw.day)
        return None

    def enter(self, marks: Iterable[str], draw: Draw, moment: datetime) -> None:
        """Note the marks of a lodging."""
        for mark in marks:
            entries = self._entries.setdefault(mark, [])
            if entries and moment < entries[-1][0]:
                insort_right(entries, (moment, draw), key=itemgetter(0))
                known = None
                for at, one in entries:
                    known = _after(known, one, at)
            else:
                entries.append((moment, draw))
                known = _after(self._standing.get(mark), draw, moment)
            if known:
                self._standing[mark] = known


def _after(known: _Standing | None, draw: Draw, moment: datetime) -> _Standing:
    """Give what a mark stands for after a lodging; while it stands for the same draw it keeps its first day."""
    if known and (known.draw.fingerprint, known.draw.day) == (draw.fingerprint, draw.day):
        return _Standing(draw, known.since)
    return _Standing(draw, moment.date())
