"""Intake: from files to declarations, with every row accounted for."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.records import ITEM_SCHEMA, Intake, SourceFile
from darvoza.flow.intake.report import check_report, write_rejected
from darvoza.flow.intake.tally import PLACE, Tally, check_asked, complete, in_order

__all__ = ["Intake", "SourceFile", "check_report", "take_in", "write_rejected"]


def take_in(
    paths: Sequence[Path],
    mapping: Mapping,
    *,
    on_progress: Callable[[int], None] | None = None,
    now: datetime | None = None,
    threads: int = 1,
) -> Intake:
    """Take in declarations from files; what cannot be taken in is kept aside, with the reason.

    Parameters
    ----------
    paths
        The files, in the order in which the first of two equal items is kept.
    mapping
        How the files become declarations.
    on_progress
        Called after each chunk with the number of rows read so far.
    now
        An aware moment after which nothing can have been lodged; ``None`` does not ask.
    threads
        Threads used; the result does not depend on it.

    Raises
    ------
    UnreadableFile
        A file is missing, empty, without rows, damaged or of an unknown form; or no file is given.
    InvalidMapping
        A mapped column is not in a file.
    SettingsError
        `now` has no time zone.
    """
    check_asked(paths, now)
    chunks: list[pl.DataFrame] = []
    tally = Tally(mapping, now, on_progress, chunks.append, threads)
    files = tuple(tally.take_file(place, path) for place, path in enumerate(paths))
    items = pl.concat(chunks) if chunks else pl.DataFrame(schema=ITEM_SCHEMA | {PLACE: pl.Int32()})
    chunks.clear()
    items = in_order(tally.settle(items, paths))
    return Intake(items=complete(items), accepted=len(items), files=files, **tally.account())
