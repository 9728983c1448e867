"""Declarations for a command: files and a mapping in, checked goods items out."""

import sys
from argparse import Namespace
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

import polars as pl

from darvoza.errors import OutputError, UnreadableFile
from darvoza.flow.intake.control_results import is_control_results, read_control_results
from darvoza.flow.intake.doubtful import doubtful
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.intake.monthly import MonthlyIntake, take_in_by_month
from darvoza.flow.intake.outcomes import joined, with_controls, without_results
from darvoza.flow.intake.records import Intake, IntakeAccount
from darvoza.progress import Progress

Taken = TypeVar("Taken", bound=IntakeAccount)

SHOWN = 5
"""Most declarations named on the terminal."""


def take_in_files(options: Namespace, progress: Progress) -> Intake:
    """Take in the files a command was given; refuse to go on with nothing.

    Raises
    ------
    UnreadableFile
        If not one row can be used.
    """
    intake = take_in(options.files, load_mapping(options.mapping), on_progress=progress.at, threads=options.workers)
    progress("intake", intake.read)
    tell_of_doubtful(intake)
    return _usable(intake, options)


def take_in_results(
    options: Namespace, files: Sequence[Path], progress: Progress, *, findings_stand: bool = False
) -> Intake:
    """Take in files with outcomes; say which declarations have none because a row of theirs cannot be read.

    Files of declarations carry outcomes of their own, or stand beside files of results of acts, such as officers at work
    write them. Where findings stand, such a declaration keeps what was found in its other rows, and loses only what was clean.

    Raises
    ------
    UnreadableFile
        If not one row can be used.
    OutputError
        If two files contradict one another, or there are results of acts and no declarations.
    """
    mapping, parts = load_mapping(options.mapping), list[Intake]()
    acts = [file for file in files if is_control_results(file)]
    declared = [file for file in files if file not in acts]
    if not declared:
        raise OutputError(
            field="results", expected="the declarations that the results are of, beside them",
            got=", ".join(file.name for file in files), hint="give the files that the run was made from, too",
        )  # fmt: skip
    for file in declared:
        further = _Further(progress, sum(part.read for part in parts))
        parts.append(take_in([file], mapping, on_progress=further.at, threads=options.workers))
    declarations = joined(parts)
    tell_of_doubtful(declarations)
    intake = _with_acts(declarations, acts)
    progress("intake", intake.read)
    torn = torn_declarations(_usable(intake, Namespace(files=files)))
    tell_of_torn_results(torn, findings_stand=findings_stand)
    return replace(intake, items=without_results(intake.items, torn, findings_stand=findings_stand))


def _with_acts(intake: Intake, files: Sequence[Path]) -> Intake:
    """Put results of acts beside their declarations; their rows are counted like all others."""
    if not files:
        return intake
    read = [(file.name, read_control_results(file)) for file in files]
    controls = pl.concat([found.results.with_columns(file=pl.lit(name)) for name, found in read])
    wrong = pl.concat(
        [
            found.wrong.select(
                "declaration_id", file=pl.lit(name), expected=pl.col("error"), rule=pl.lit("result-of-an-act")
            )
            for name, found in read
        ]
    )
    return replace(
        intake,
        items=with_controls(intake.items, controls),
        rejected=pl.concat([intake.rejected, wrong], how="diagonal"),
        read=intake.read + controls.height + wrong.height,
        accepted=intake.accepted + controls.height,
        rejected_rows=intake.rejected_rows + wrong.height,
    )


class _Further(NamedTuple):
    """Progress of a file after others."""

    progress: Progress
    before: int

    def at(self, rows: int) -> None:
        """Tell how far all files together are."""
        self.progress.at(self.before + rows)


def tell_of_doubtful(intake: Intake) -> None:
    """Say what changes decisions and figures though no row is refused for it."""
    for said in doubtful(intake.items, intake.mapping):
        print(f"ATTENTION: doubtful: {said}", file=sys.stderr)


def tell_of_torn_results(torn: Collection[str], *, findings_stand: bool = False) -> None:
    """Say which declarations count as without a result: the row that cannot be read may be the one with the finding."""
    if torn:
        named = ", ".join(sorted(torn)[:SHOWN]) + (f" and {len(torn) - SHOWN:,} more" if len(torn) > SHOWN else "")
        clean, missing = ("not clean", "in their other rows stands"), ("without a result", "in them is missing below")
        what, left = clean if findings_stand else missing
        print(
            f"ATTENTION: {len(torn):,} declarations count as {what}, because a row of theirs cannot be read: {named}; "
            f"what was found {left}. See the rows with darvoza intake check, and mend the file",
            file=sys.stderr,
        )


def lay_files_aside(options: Namespace, directory: Path, progress: Progress) -> MonthlyIntake:
    """Take in the files a command was given without holding them all, laid aside by month in a directory.

    Raises
    ------
    UnreadableFile
        If not one row can be used.
    """
    intake = take_in_by_month(
        options.files, load_mapping(options.mapping), directory, on_progress=progress.at, threads=options.workers
    )
    progress("intake", intake.read)
    return _usable(intake, options)


def _usable(intake: Taken, options: Namespace) -> Taken:
    """Refuse to go on with nothing."""
    if intake.accepted == 0:
        first = intake.rejected.row(0, named=True) if intake.rejected.height else {}
        raise UnreadableFile(
            f"none of {intake.read} rows can be used; the first is wrong in {first.get('column')}: "
            f"expected {first.get('expected')}, got {first.get('got')}",
            field=str(options.files[0]),
            hint="see all with: darvoza intake check FILE --mapping M.yaml",
        )
    return intake


def torn_declarations(intake: IntakeAccount) -> frozenset[str]:
    """Name the declarations of which a row was refused: what is left of them is not what was declared."""
    return frozenset(intake.rejected.get_column("declaration_id").drop_nulls().to_list())


def rows_told(intake: IntakeAccount) -> dict[str, int]:
    """Give the rows of files with outcomes for a manifest: what a figure rests on, and what is missing from it."""
    torn = len(torn_declarations(intake))
    return {
        "read": intake.read, "accepted": intake.accepted, "rejected": intake.rejected_rows,
        "declarations_without_result_for_it": torn,
    }  # fmt: skip


def told(intake: IntakeAccount) -> str:
    """Say what was taken in; the numbers add up."""
    said = f"{intake.read:,} rows read = {intake.accepted:,} accepted + {intake.rejected_rows:,} rejected"
    return f"{said}; {intake.left.height:,} values beyond the mapping kept" if intake.left.height else said
