"""What a mapping says of the columns of files beyond those it maps: left out on purpose, not spoken of, not there."""

from collections.abc import Iterator
from typing import Final

from darvoza.errors import shown
from darvoza.flow.intake.records import IntakeAccount

SHOWN: Final = 30
"""Most columns named."""


def columns_told(intake: IntakeAccount) -> Iterator[str]:
    """List the columns that were left out, those that the mapping does not speak of, and those it speaks of in vain."""
    unmapped = intake.mapping.unmapped
    there = {column for file in intake.files for column in file.columns}
    left = {column: reason for column, reason in unmapped.items() if column in there or not there}
    if left:
        yield from ("", "Columns left out on purpose:")
        yield from (f"  {column}: {reason}" for column, reason in left.items())
    if there and len(left) < len(unmapped):
        yield from (
            "",
            f"Left out by the mapping and in no file: {_named([each for each in unmapped if each not in left])}",
        )
    for file in intake.files:
        silent = [column for column in file.columns if column not in unmapped and column not in intake.mapping.columns]
        if silent:
            yield from ("", f"Not spoken of by the mapping, in {file.name}: {_named(silent)}")


def _named(columns: list[str]) -> str:
    more = f" and {len(columns) - SHOWN:,} more" if len(columns) > SHOWN else ""
    return ", ".join(map(shown, columns[:SHOWN])) + more
