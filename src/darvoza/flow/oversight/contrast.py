"""On which decided declarations two versions of a profile differ: how many each way, when, and which come first."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from darvoza.flow.oversight.evidence import Evidence, Ints, Matched

FIRST: Final = 5
"""Declarations that are named on each side."""


@dataclass(frozen=True, slots=True)
class Side:
    """The declarations on one side of a contrast.

    Attributes
    ----------
    declarations, results, findings
        How many there are, how many have a known result, how many of those a finding.
    first
        The first of them in time: identifier, day, and whether something was found (``None``: not known).
    """

    declarations: int
    results: int
    findings: int
    first: tuple[tuple[str, str, bool | None], ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two versions of a profile beside each other.

    Attributes
    ----------
    old, new
        Their codes.
    both, only_old, only_new
        What both match, and what only one of them does.
    months
        By month, as ``2026-01``: declarations that both match, only the old, only the new; months in which they agree
        are there, too.
    """

    old: str
    new: str
    both: Side
    only_old: Side
    only_new: Side
    months: tuple[tuple[str, int, int, int], ...]

    @property
    def agree(self) -> bool:
        """Whether both match the very same declarations."""
        return not self.only_old.declarations and not self.only_new.declarations


def contrast(old: Matched, new: Matched, evidence: Evidence, named: pl.DataFrame) -> Contrast:
    """Compare what two versions of a profile matched.

    Parameters
    ----------
    old, new
        The two versions with their matches.
    evidence
        The declarations.
    named
        ``declaration_id`` and ``lodged_on`` of each, row by row.
    """
    parts = (
        np.intersect1d(old.declarations, new.declarations, assume_unique=True),
        np.setdiff1d(old.declarations, new.declarations, assume_unique=True),
        np.setdiff1d(new.declarations, old.declarations, assume_unique=True),
    )
    both, only_old, only_new = (_side(rows, evidence, named) for rows in parts)
    return Contrast(old.code, new.code, both, only_old, only_new, _by_month(parts, named))


def _side(rows: Ints, evidence: Evidence, named: pl.DataFrame) -> Side:
    first = [
        (str(name), str(day), bool(evidence.found[row]) if evidence.known[row] else None)
        for row, (name, day) in zip(rows[:FIRST].tolist(), named[rows[:FIRST]].iter_rows(), strict=True)
    ]
    return Side(rows.size, int(evidence.known[rows].sum()), int(evidence.found[rows].sum()), tuple(first))


def _by_month(parts: tuple[Ints, Ints, Ints], named: pl.DataFrame) -> tuple[tuple[str, int, int, int], ...]:
    months = named.select(pl.col("lodged_on").dt.strftime("%Y-%m")).to_series()
    names = months.unique().sort().to_list()
    counted = [dict(months.gather(rows).value_counts().iter_rows()) for rows in parts]
    return tuple((name, *(count.get(name, 0) for count in counted)) for name in names)
