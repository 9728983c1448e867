"""What rows that cannot be read mean for a run: declarations decided without a part, and those not decided at all."""

import sys
from collections.abc import Collection
from pathlib import Path

from darvoza.cli.declarations import SHOWN, torn_declarations
from darvoza.flow.intake.records import Intake
from darvoza.flow.intake.report import nameless


def tell_of_refused(intake: Intake, decided: Collection[str], rejected: Path) -> None:
    """Say it of every declaration that lost a row, and of every file of which any declaration may have.

    Parameters
    ----------
    intake
        What was read.
    decided
        References of the declarations that were decided.
    rejected
        The file with the rows that were refused.
    """
    refused = torn_declarations(intake)
    lost, torn = refused.difference(decided), refused.intersection(decided)
    mend = f"see {rejected}, mend the file and assess it again"
    if lost:
        _tell(
            f"{len(lost):,} declarations were not decided at all, for no row of theirs can be read: {_named(lost)}; {mend}"
        )
    if torn:
        _tell(f"decided without rows that cannot be read: {_named(torn)}; {mend}, or examine them by hand")
    for file, count in nameless(intake).items():
        _tell(
            f"{count:,} rows of {file} that cannot be read name no declaration, and any of that file may have been decided "
            f"without one of them; {mend}"
        )


def _named(declarations: Collection[str]) -> str:
    """Name some declarations, and count the others."""
    more = f" and {len(declarations) - SHOWN:,} more" if len(declarations) > SHOWN else ""
    return ", ".join(sorted(declarations)[:SHOWN]) + more


def _tell(what: str) -> None:
    print(f"ATTENTION: {what}", file=sys.stderr)
