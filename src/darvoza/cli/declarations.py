"""Declarations for a command: files and a mapping in, checked goods items out."""

from argparse import Namespace
from pathlib import Path
from typing import TypeVar

from darvoza.cli.progress import Progress
from darvoza.errors import UnreadableFile
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.intake.monthly import MonthlyIntake, take_in_by_month
from darvoza.flow.intake.records import Intake, IntakeAccount

Taken = TypeVar("Taken", bound=IntakeAccount)


def take_in_files(options: Namespace, progress: Progress) -> Intake:
    """Take in the files a command was given; refuse to go on with nothing.

    Raises
    ------
    UnreadableFile
        If not one row can be used.
    """
    intake = take_in(options.files, load_mapping(options.mapping), on_progress=progress.at, threads=options.workers)
    progress("intake", intake.read)
    return _usable(intake, options)


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
            f"expected {first.get('expected')}, got {first.get('got')!r}",
            field=str(options.files[0]),
            hint="see all with: darvoza intake check FILE --mapping M.yaml",
        )
    return intake


def torn_declarations(intake: IntakeAccount) -> frozenset[str]:
    """Name the declarations of which a row was refused: what is left of them is not what was declared."""
    return frozenset(intake.rejected.get_column("declaration_id").drop_nulls().to_list())


def told(intake: IntakeAccount) -> str:
    """Say what was taken in; the numbers add up."""
    said = f"{intake.read:,} rows read = {intake.accepted:,} accepted + {intake.rejected_rows:,} rejected"
    return f"{said}; {intake.left.height:,} values beyond the mapping kept" if intake.left.height else said
