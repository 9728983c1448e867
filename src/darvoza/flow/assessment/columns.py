"""The columns executor: many profiles over many goods items, for replay and back-test.

Each profile is asked only about the rows its guard lets through, found by an inverted index; the rest of its
condition is decided for those candidates as masks. A profile without a guard is asked about every row.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.expression import Expression, facts_used
from darvoza.domain.profile import RiskProfile, UnknownPolicy
from darvoza.errors import InvalidValue
from darvoza.flow.assessment.approximation import EPOCH
from darvoza.flow.assessment.column_types import check_types
from darvoza.flow.assessment.costs import cheapest_first
from darvoza.flow.assessment.encoding import Encoded, Rows, declaration_starts
from darvoza.flow.assessment.grounds import SCHEMA, Gathering
from darvoza.flow.assessment.guards import Guard, guards, without
from darvoza.flow.assessment.index import Index
from darvoza.flow.assessment.masks import Masks, texts_sought

Progress = Callable[[int, int], None]

Behind = tuple[tuple[Guard, ...], bool]
Way = tuple[tuple[Guard, ...], Expression | None]
Groups = list[tuple[Behind, list[tuple[int, Expression | None]]]]

WORTH: float = 0.3
"""An index is used when it leaves at most this share of the rows."""


PART: int = 1_000_000
"""Rows decided at a time: enough for the index to pay, few enough to bound the memory."""

FEW: int = 10_000
"""Rows up to which guards are kept from frame to frame: of more, it costs nothing to choose them anew."""

AGAIN: int = 64
"""Frames for which guards are kept."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Which profile holds for which row, ordered by profile and row.

    Attributes
    ----------
    profiles
        Places of the profiles in the executor's `profiles`; shape ``(n_matches,)``.
    rows
        Row numbers of the frame; shape ``(n_matches,)``.
    """

    profiles: NDArray[np.int32]
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(slots=True)
class _Kept:
    """Guards as they were chosen for a few rows; others mean the same, and cost more or less.

    Attributes
    ----------
    groups
        Which profiles wait behind which guard.
    height
        The rows they were chosen for.
    left
        For how many frames they serve.
    """

    groups: Groups
    height: int
    left: int = AGAIN

    def serves(self, height: int) -> bool:
        """Tell whether they serve a frame of so many rows."""
        return self.left > 0 and height <= FEW and self.height < 2 * height and height < 2 * self.height


class ColumnsExecutor:
    """Decides profiles over columns of facts.

    Parameters
    ----------
    profiles
        The profiles; each is applied to the rows lodged while it is valid, according to its policy for the unknown.

    Examples
    --------
    >>> from datetime import date
    >>> frame = pl.DataFrame({"declaration_id": ["A", "A", "B"], "lodged_on": [date(2026, 1, 1)] * 3})
    >>> ColumnsExecutor([]).match(frame)
    Matches(profiles=array([], dtype=int32), rows=array([], dtype=int64))
    """

    def __init__(self, profiles: Iterable[RiskProfile]) -> None:
        self.profiles = tuple(profiles)
        self._conditions = [cheapest_first(profile.condition) for profile in self.profiles]
        self._ways = [_ways(condition) for condition in self._conditions]
        self._facts = sorted({fact for condition in self._conditions for fact in facts_used(condition)})
        self._texts = texts_sought(self._conditions)
        self._kept: _Kept | None = None

    def match(self, frame: pl.DataFrame, *, on_progress: Progress | None = None) -> Matches:
        """Decide every profile for every row.

        Parameters
        ----------
        frame
            One row a goods item; columns named after facts (a missing column or null is unknown), with
            ``declaration_id``, whose rows lie together, and ``lodged_on``.
        on_progress
            Called after each profile with how many are done and their total; a large frame is decided in parts, and
            every part counts.

        Returns
        -------
        Matches
            Ordered by profile, then row.

        Raises
        ------
        InvalidValue
            A column is missing or of another type than its fact.
        """
        days = _days(frame)
        check_types(frame, self._facts)  # whichever of them will be read: the error is the same for every frame
        found: list[list[NDArray[np.int32]]] = [[] for _ in self.profiles]
        parts = _parts(frame)
        done, total = 0, len(self.profiles) * len(parts)
        for first, columns in parts:
            for place, rows in self._matching(columns, days[first : first + columns.height]):
                found[place].append(rows + np.int32(first))
                done += 1
                if on_progress is not None:
                    on_progress(done, total)
            columns.forget()
        numbers = np.repeat(np.arange(len(found), dtype=np.int32), [sum(map(len, rows)) for rows in found])
        flat = [np.empty(0, np.int32), *(rows for several in found for rows in several)]
        return Matches(numbers, np.concatenate(flat, dtype=np.int64))

    def _matching(self, columns: Encoded, days: NDArray[np.int32]) -> Iterator[tuple[int, Rows]]:
        """Give the place of each profile with the rows it matches, ascending; profile by profile, in no order."""
        masks = Masks(columns, self._texts)
        index = Index(masks)
        span = (int(days.min()), int(days.max())) if len(days) else (0, 0)
        for (guard, doubt_counts), asking in self._groups(index, columns.height):
            candidates = index.behind(guard, doubt_counts=doubt_counts)
            for place, rest in asking:
                rows = candidates.rows
                if rest is not None and len(rows):
                    rows = masks.keep(rest, candidates, doubt_counts=doubt_counts)
                rows = _while_valid(self.profiles[place], days, span, rows)
                yield place, np.sort(rows.astype(np.int32))  # of half the width: sorted in half the time

    def _groups(self, index: Index, height: int) -> Groups:
        """Choose guards, as they were chosen for a few rows before: to choose costs as much as to match those, and changes little."""
        kept = self._kept
        if kept is None or not kept.serves(height):
            kept = self._kept = _Kept(self._by_guard(index, WORTH * height), height)
        kept.left -= 1
        return kept.groups

    def _by_guard(self, index: Index, worth: float) -> Groups:
        """Gather the profiles behind the same guard: they share their candidates, and the columns read for them."""
        made: dict[Behind, list[tuple[int, Expression | None]]] = {}
        for place, ways in enumerate(self._ways):
            doubt_counts = self.profiles[place].unknown is UnknownPolicy.MATCH
            guard, rest = _best(ways, index, worth, doubt_counts=doubt_counts)
            made.setdefault((guard, doubt_counts), []).append((place, rest))
        return sorted(made.items(), key=lambda one: one[0][0][0].fact if one[0][0] else "")

    def grounds(self, frame: pl.DataFrame, matches: Matches) -> pl.DataFrame:
        """Give the facts, with their values, on which matches rest.

        Parameters
        ----------
        frame
            The rows that were matched.
        matches
            What `match` gave for them, or a part of it, in its order.

        Returns
        -------
        polars.DataFrame
            ``match`` (the place in `matches`), ``row`` (the row the fact was read from, which for a question about
            all items may be another), ``fact`` and ``value`` (as text), ordered by match and row, each ground once.
            A match in doubt has none.
        """
        made = [pl.DataFrame(schema=SCHEMA)]
        for first, columns in _parts(frame):
            inside = np.flatnonzero((matches.rows >= first) & (matches.rows < first + columns.height))
            gathering = Gathering(Masks(columns, self._texts))
            places, rows = matches.profiles[inside], matches.rows[inside] - first
            for place in np.unique(places):
                start, end = np.searchsorted(places, [place, place + 1])
                gathering.add(self._conditions[place], inside[start:end], rows[start:end])
            made.append(gathering.table().with_columns(pl.col("row") + first))
            columns.forget()
        return pl.concat(made).sort("match", "row", maintain_order=True)


def _ways(condition: Expression) -> tuple[Way, ...]:
    """Give every way to ask a condition: behind each of its guards, what is left of it; and of every row, all of it."""
    return (((), condition), *((guard, without(condition, guard)) for guard in guards(condition)))


def _best(ways: tuple[Way, ...], index: Index, worth: float, *, doubt_counts: bool) -> Way:
    """Choose the guard that lets the fewest rows through; none where none is worth an index."""
    best, least = ways[0], worth
    for way in ways[1:]:
        expected = index.count(way[0], doubt_counts=doubt_counts)
        if expected <= least:
            best, least = way, expected
    return best


def _parts(frame: pl.DataFrame) -> list[tuple[int, Encoded]]:
    """Cut a frame between declarations into parts of about `PART` rows; give each with the number of its first row."""
    starts = declaration_starts(frame)
    wanted = np.linspace(0, frame.height, max(1, round(frame.height / PART)), endpoint=False)
    edges = np.append(starts, frame.height)
    cuts = np.append(np.unique(edges[np.searchsorted(edges, wanted, side="right") - 1]), frame.height)
    inside = np.split(starts, np.searchsorted(starts, cuts[1:-1]))
    return [
        (first, Encoded(frame.slice(first, after - first), part - first))
        for (first, after), part in zip(pairwise(cuts.tolist()), inside, strict=True)
    ]


def _days(frame: pl.DataFrame) -> NDArray[np.int32]:
    """Give the day of lodging of each row as days since 1970."""
    if "lodged_on" not in frame.columns or frame["lodged_on"].dtype != pl.Date:
        raise InvalidValue(field="lodged_on", expected="a column of dates", got=str(frame.schema.get("lodged_on")))
    if frame["lodged_on"].null_count():
        raise InvalidValue(field="lodged_on", expected="a date in every row", got="missing dates")
    return frame["lodged_on"].to_physical().to_numpy()


def _while_valid(profile: RiskProfile, days: NDArray[np.int32], span: tuple[int, int], rows: Rows) -> Rows:
    """Keep the rows lodged while a profile is valid; `span` is the first and last day of all."""
    start, end = profile.valid.start, profile.valid.end
    if start is not None and (first := start.toordinal() - EPOCH) > span[0]:
        rows = rows[days[rows] >= first]
    if end is not None and (last := end.toordinal() - EPOCH) < span[1]:
        rows = rows[days[rows] <= last]
    return rows
