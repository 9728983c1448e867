"""Intake of more than fits into memory: goods items are laid aside by month of lodging, on disk, as they are read.

What stays in memory is one chunk of a file, and of every goods item the few fields by which rows of an intake can
contradict each other. What is laid aside is read again a month at a time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from darvoza.flow.intake.consistency import HEADER_FIELDS
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.records import IntakeAccount
from darvoza.flow.intake.tally import PLACE, Tally, check_asked, complete, in_order

COMPARED: Final = ("declaration_id", "version", "item", *HEADER_FIELDS, "file", "row", PLACE)
"""Fields by which the rows of an intake are compared, and found again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyIntake(IntakeAccount):
    """Declarations taken in and laid aside by month.

    Attributes
    ----------
    directory
        Where they lie until they are no longer needed.
    months
        Months of lodging, as ``2026-01``, in order.
    late
        File, by number and name, and row of what was laid aside before it was rejected.
    """

    directory: Path
    months: tuple[str, ...]
    late: pl.DataFrame

    def items(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Give each month and its accepted goods items, as `Intake.items` would hold them."""
        for month in self.months:
            chunks = [pl.read_ipc(path) for path in sorted((self.directory / month).iterdir())]
            kept = pl.concat(chunks).join(self.late, on=[PLACE, "file", "row"], how="anti", maintain_order="left")
            if kept.height:
                yield month, complete(in_order(kept))


@dataclass(slots=True)
class _Aside:
    """Lays chunks aside, and keeps of each what rows are compared by."""

    directory: Path
    compared: list[pl.DataFrame] = field(default_factory=list)
    months: set[str] = field(default_factory=set)

    def keep(self, chunk: pl.DataFrame) -> None:
        """Write the items of a chunk to the folders of their months."""
        self.compared.append(chunk.select(name for name in COMPARED if name in chunk.columns))
        month = pl.col("lodged_at").dt.strftime("%Y-%m").alias("_month")
        for (name,), items in chunk.with_columns(month).partition_by("_month", as_dict=True, include_key=False).items():
            folder = self.directory / str(name)
            folder.mkdir(exist_ok=True)
            items.write_ipc(folder / f"{len(self.compared):08d}.arrow", compression="lz4")
            self.months.add(str(name))


def take_in_by_month(
    paths: Sequence[Path],
    mapping: Mapping,
    directory: Path,
    *,
    on_progress: Callable[[int], None] | None = None,
    now: datetime | None = None,
    threads: int = 1,
) -> MonthlyIntake:
    """Take in declarations from files without ever holding all of them; otherwise as `take_in`.

    Parameters
    ----------
    paths, mapping, on_progress, now, threads
        As for `take_in`.
    directory
        An empty directory for what is laid aside.

    Raises
    ------
    UnreadableFile, InvalidMapping, SettingsError
        As `take_in`.
    """
    check_asked(paths, now)
    aside = _Aside(directory)
    tally = Tally(mapping, now, on_progress, aside.keep, threads)
    files = tuple(tally.take_file(place, path) for place, path in enumerate(paths))
    early = set(tally.rejected)
    accepted = tally.settle(pl.concat(aside.compared), paths).height if aside.compared else 0
    where = {PLACE: pl.Int32, "file": pl.String, "row": pl.Int64}
    late = pl.DataFrame(sorted(tally.rejected - early), schema=where, orient="row")
    return MonthlyIntake(
        directory=directory,
        months=tuple(sorted(aside.months)),
        late=late,
        accepted=accepted,
        files=files,
        **tally.account(),
    )
