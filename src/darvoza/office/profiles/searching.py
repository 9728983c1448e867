"""A sentence asked of the history as a question: which declarations fulfil it, and what was found in them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import polars as pl

from darvoza.domain.expression import Expression
from darvoza.domain.profile import UnknownPolicy
from darvoza.flow.chronicle import amended_of
from darvoza.flow.learning.history_store import History
from darvoza.flow.matching import Asked, match_here
from darvoza.flow.pipeline import silent
from darvoza.office.profiles.trials import tried

SHOWN: Final = 200
"""Declarations that are listed, the newest first; all are counted."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One declaration that was found: what it is, and what came of it (``None``: no result is known)."""

    declaration_id: str
    lodged_on: date
    post: str
    origin: str
    items: int
    finding: bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found.

    Attributes
    ----------
    declarations, results, findings
        How many fulfil the sentence, how many of them have a known result, how many of those a finding.
    hits
        The newest of them.
    """

    declarations: int
    results: int
    findings: int
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a search looks.

    Attributes
    ----------
    start, end
        First and last day; ``None`` is open.
    post
        The post; empty for all.
    allowed
        References of the declarations that may be seen; ``None`` for all.
    """

    start: date | None = None
    end: date | None = None
    post: str = ""
    allowed: Collection[str] | None = None


def search(condition: Expression, known: History, bounds: Bounds) -> Answer:
    """Find the declarations of the history that fulfil a condition; what is unknown does not.

    Raises
    ------
    OutputError
        When the history holds nothing of the days.
    """
    months = known.within(bounds.start, bounds.end)
    asked = Asked((tried(condition, UnknownPolicy.NO_MATCH, Decimal(1)),), known, months, bounds.start, bounds.end)
    amended, parts = amended_of(known), []
    for month, (found,) in zip(months, match_here(asked, silent), strict=True):
        parts.append(amended.decided(known, [month])[np.unique(found.declarations)])
    rows = pl.concat(parts)
    if bounds.post:
        rows = rows.filter(pl.col("post") == bounds.post)
    if bounds.allowed is not None:
        rows = rows.filter(pl.col("declaration_id").is_in(list(bounds.allowed)))
    newest = rows.sort("lodged_on", "declaration_id", descending=[True, False]).head(SHOWN)
    return Answer(
        rows.height,
        int(rows["known"].sum()),
        int(rows["finding"].sum()),
        [_hit(row) for row in newest.iter_rows(named=True)],
    )


def _hit(row: dict[str, object]) -> Hit:
    return Hit(
        declaration_id=str(row["declaration_id"]),
        lodged_on=date.fromisoformat(str(row["lodged_on"])),
        post=str(row["post"]),
        origin=str(row["origin"] or ""),
        items=int(str(row["items"])),
        finding=bool(row["finding"]) if row["known"] else None,
    )
