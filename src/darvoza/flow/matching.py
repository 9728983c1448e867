"""Profiles matched against a decided history, month by month: on this machine, or wherever a door carries the work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.expression import Expression, OneOf, Quantified, StartsWith, facts_used, nodes
from darvoza.domain.profile import RiskProfile, UnknownPolicy
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.guards import guards
from darvoza.flow.chronicle import amended_of
from darvoza.flow.learning.history_store import FACTS, History, MonthKept
from darvoza.flow.pipeline import Progress

Ints = NDArray[np.int64]

MOST_PREFIXES = 32
"""More HS codes than this are not worth a predicate of their own."""

KEPT_WITH_FACTS = ("row", "declaration", "lodged_on", "examined", "finding")


class Found(NamedTuple):
    """The matches of one profile in one month, in any order; of an amended declaration, those of the version that counts.

    Attributes
    ----------
    rows, declarations
        Row of each matching goods item, and number of its version of a declaration, as the month counts them; shape
        ``(n,)``.
    hits
        Whether there was a finding on that very item, shape ``(n,)``.
    """

    rows: Ints
    declarations: Ints
    hits: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which profiles are matched against which part of a history.

    Attributes
    ----------
    profiles
        The profiles, valid always.
    history, months
        The history and its months.
    start, end
        First and last day of lodging; ``None`` is open.
    """

    profiles: tuple[RiskProfile, ...]
    history: History
    months: tuple[MonthKept, ...]
    start: date | None = None
    end: date | None = None

    @property
    def when(self) -> pl.Expr | None:
        """The days as a predicate; ``None`` when all are asked about."""
        if self.start is None and self.end is None:
            return None
        return pl.col("lodged_on").is_between(self.start or date.min, self.end or date.max)


Matching = Callable[[Asked, Progress], list[list[Found]]]
"""Gives, for each month in order, the matches of each profile in order."""


def match_here(asked: Asked, progress: Progress) -> list[list[Found]]:
    """Match on this machine, one month in memory at a time."""
    made = []
    for month in asked.months:
        found: dict[int, Found] = {}
        for whole in (False, True):
            places = [n for n, one in enumerate(asked.profiles) if needs_whole(one.condition) is whole]
            if places:
                found |= zip(places, _match_month(asked, places, month, whole=whole), strict=True)
        made.append(standing(asked.history, month, [found[place] for place in range(len(asked.profiles))]))
        progress(f"match {month.month}", month.items)
    return made


def standing(history: History, month: MonthKept, found: Sequence[Found]) -> list[Found]:
    """Keep the matches of versions of declarations that count, with the findings noted with whichever version.

    Parameters
    ----------
    history, month
        The history, and the month in which was matched.
    found
        The matches of each profile, every version by itself.
    """
    amended = amended_of(history)
    if amended.replaced.is_empty():
        return list(found)
    replaced = amended.replaced.filter(month=month.month).get_column("declaration").to_numpy()
    told = amended.standing.filter(month=month.month)
    hit = told.filter(_HIT).get_column("row").to_numpy()
    rows = told.get_column("row").to_numpy()
    kept = []
    for one in found:
        stands = ~np.isin(one.declarations, replaced)
        hits = np.where(np.isin(one.rows, rows), np.isin(one.rows, hit), one.hits)
        kept.append(Found(one.rows[stands], one.declarations[stands], hits[stands]))
    return kept


_HIT = pl.col("examined").fill_null(value=False) & pl.col("finding").fill_null(value=False)
"""Whether there was a finding on a goods item."""


def columns_asked(profiles: Sequence[RiskProfile]) -> list[str]:
    """Name the columns of a history that matching some profiles reads."""
    used = set().union(*(facts_used(profile.condition) for profile in profiles)) & set(FACTS)
    return list(dict.fromkeys([*KEPT_WITH_FACTS, *sorted(used)]))


def match_frame(profiles: Sequence[RiskProfile], frame: pl.DataFrame, *, whole: bool) -> list[Found]:
    """Match profiles over goods items of one month.

    Parameters
    ----------
    profiles
        The profiles.
    frame
        The columns of `columns_asked`; when `whole`, every declaration entire, in any order.
    whole
        Whether some condition looks at more than one goods item at a time. Otherwise each row may stand for a
        declaration of its own, in the order of the file.
    """
    if whole:
        frame = frame.sort("declaration", "row")
    identity = pl.col("declaration" if whole else "row").alias("declaration_id")
    matches = ColumnsExecutor(profiles).match(frame.with_columns(identity))
    rows, declarations = (frame.get_column(name).cast(pl.Int64).to_numpy() for name in ("row", "declaration"))
    hit = frame.select(_HIT).to_series().to_numpy()
    ends = np.searchsorted(matches.profiles, np.arange(len(profiles) + 1))
    chosen = (matches.rows[ends[k] : ends[k + 1]] for k in range(len(profiles)))
    return [Found(rows[part], declarations[part], hit[part]) for part in chosen]


def needs_whole(condition: Expression) -> bool:
    """Tell whether a condition looks at more than one goods item at a time."""
    return any(isinstance(node, Quantified) for node in nodes(condition))


def _match_month(asked: Asked, places: Sequence[int], month: MonthKept, *, whole: bool) -> list[Found]:
    profiles = [asked.profiles[place] for place in places]
    where = _both(asked.when, None if whole else _hs_range(profiles))
    return match_frame(profiles, asked.history.items(month, columns_asked(profiles), where), whole=whole)


def _both(one: pl.Expr | None, other: pl.Expr | None) -> pl.Expr | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _hs_range(profiles: Sequence[RiskProfile]) -> pl.Expr | None:
    """Say which HS codes could match any of some profiles, as ranges that skip row groups; ``None`` when any could."""
    ranges: set[tuple[str, str]] = set()
    for profile in profiles:
        own = [_codes(guard) for guard in guards(profile.condition)]
        narrow = min((codes for codes in own if codes), key=len, default=None)
        if narrow is None or profile.unknown is UnknownPolicy.MATCH:
            return None
        ranges |= narrow
    if len(ranges) > MOST_PREFIXES:
        return None
    code = pl.col("hs")
    return pl.any_horizontal((code >= low) & (code < high) for low, high in sorted(ranges))


def _codes(guard: tuple[Expression, ...]) -> set[tuple[str, str]]:
    """Give the half-open ranges of HS codes a guard lets through; empty when it speaks of something else."""
    ranges: set[tuple[str, str]] = set()
    for test in guard:
        match test:
            case StartsWith("hs", prefixes):
                ranges |= {(prefix, prefix + "\U0010ffff") for prefix in prefixes}
            case OneOf("hs", values):
                ranges |= {(value, value + "\x00") for value in values}
            case _:
                return set()
    return ranges
