"""The columns executor: many profiles over many goods items, for replay and back-test.

Each profile is asked only about the rows its guard lets through, found by an inverted index; the rest of its
condition is decided for those candidates as masks. A profile without a guard is asked about every row.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.expression import Expression, Flag
from darvoza.domain.profile import RiskProfile, UnknownPolicy
from darvoza.errors import InvalidValue
from darvoza.flow.assessment.approximation import EPOCH
from darvoza.flow.assessment.encoding import Encoded, Mask, Rows
from darvoza.flow.assessment.grounds import Gathering
from darvoza.flow.assessment.guards import Guard, guards, without
from darvoza.flow.assessment.masks import Masks, texts_sought

Progress = Callable[[int, int], None]

WORTH: float = 0.3
"""An index is used when it leaves at most this share of the rows."""


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
        self._guards = [guards(profile.condition) for profile in self.profiles]
        self._texts = texts_sought(profile.condition for profile in self.profiles)

    def match(self, frame: pl.DataFrame, *, on_progress: Progress | None = None) -> Matches:
        """Decide every profile for every row.

        Parameters
        ----------
        frame
            One row a goods item; columns named after facts (a missing column or null is unknown), with
            ``declaration_id``, whose rows lie together, and ``lodged_on``.
        on_progress
            Called with the number of profiles done and their total, after each.

        Returns
        -------
        Matches
            Ordered by profile, then row.

        Raises
        ------
        InvalidValue
            A column is missing or of another type than its fact.
        """
        columns = Encoded(frame)
        masks = Masks(columns, self._texts)
        days = _days(frame)
        span = (int(days.min()), int(days.max())) if len(days) else (0, 0)
        found: list[Rows] = [np.empty(0, np.int64)] * len(self.profiles)
        done = 0
        for (guard, doubt_counts), places in self._by_guard(masks).items():
            candidates = _candidates(guard, masks, doubt_counts=doubt_counts)
            columns.share(candidates)
            for place in places:
                rows = _while_valid(self.profiles[place], days, span, candidates)
                rest = _rest(self.profiles[place].condition, guard)
                found[place] = np.sort(rows if rest is None else masks.keep(rest, rows, doubt_counts=doubt_counts))
                done += 1
                if on_progress is not None:
                    on_progress(done, len(self.profiles))
        rows = np.concatenate(found) if found else np.empty(0, np.int64)
        numbers = np.arange(len(found), dtype=np.int32)
        return Matches(np.repeat(numbers, [len(part) for part in found]), rows)

    def _by_guard(self, masks: Masks) -> dict[tuple[tuple[Guard, ...] | None, bool], list[int]]:
        """Gather the profiles behind the same guard: they share their candidates, and the columns read for them."""
        made: dict[tuple[tuple[Guard, ...] | None, bool], list[int]] = {}
        for place, profile in enumerate(self.profiles):
            doubt_counts = profile.unknown is UnknownPolicy.MATCH
            guard = _best(self._guards[place], masks, doubt_counts=doubt_counts)
            made.setdefault((guard, doubt_counts), []).append(place)
        return made

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
        gathering = Gathering(Masks(Encoded(frame), self._texts))
        for place in np.unique(matches.profiles):
            start, end = np.searchsorted(matches.profiles, [place, place + 1])
            gathering.add(self.profiles[place].condition, np.arange(start, end), matches.rows[start:end])
        return gathering.table()


def _best(known: tuple[tuple[Guard, ...], ...], masks: Masks, *, doubt_counts: bool) -> tuple[Guard, ...] | None:
    """Choose the guard that lets the fewest rows through; ``None`` when none is worth an index."""
    best: tuple[Guard, ...] | None = None
    least = WORTH * masks.columns.height
    for guard in known:
        expected = sum(_count(test, masks, doubt_counts=doubt_counts) for test in guard)
        if expected <= least:
            best, least = guard, expected
    return best


def _candidates(guard: tuple[Guard, ...] | None, masks: Masks, *, doubt_counts: bool) -> Rows:
    """Give the rows worth asking about, each once; sorting is left for those that match."""
    if guard is None:
        return np.arange(masks.columns.height)
    parts = [_rows(test, masks, doubt_counts=doubt_counts) for test in guard]
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def _rest(condition: Expression, guard: tuple[Guard, ...] | None) -> Expression | None:
    """Give what is left to ask behind a guard; ``None``: nothing."""
    return condition if guard is None else without(condition, guard)


def _allowed(test: Guard, masks: Masks, *, doubt_counts: bool) -> Mask:
    """Tell which places of the dictionary a guard lets through; the unknown, too, when doubt counts."""
    table = masks.table(test)  # type: ignore[arg-type]
    if not doubt_counts:
        return table
    table = table.copy()
    table[0] = True
    return table


def _count(test: Guard, masks: Masks, *, doubt_counts: bool) -> int:
    if isinstance(test, Flag):
        return len(_rows(test, masks, doubt_counts=doubt_counts))
    return masks.columns.coded(test.fact).count(_allowed(test, masks, doubt_counts=doubt_counts))


def _rows(test: Guard, masks: Masks, *, doubt_counts: bool) -> Rows:
    if isinstance(test, Flag):
        flags = masks.columns.flags(test.fact)
        return np.flatnonzero(flags != 0 if doubt_counts else flags == 1)
    return masks.columns.coded(test.fact).rows(_allowed(test, masks, doubt_counts=doubt_counts))


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
