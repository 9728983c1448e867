"""What the stage hands on: the declarations taken in, and the rows that were not, with the reason."""

from dataclasses import dataclass

import polars as pl

from darvoza.domain.fields import FIELDS
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.parsing import DTYPE

ITEM_SCHEMA: dict[str, pl.DataType] = {entry.name: DTYPE[entry.kind] for entry in FIELDS} | {
    "file": pl.String(),
    "row": pl.Int64(),
}
"""Columns of the accepted goods items: every canonical field in order, then where each came from."""

REJECTED_SCHEMA: dict[str, pl.DataType] = {
    "file": pl.String(),
    "row": pl.Int64(),
    "column": pl.String(),
    "field": pl.String(),
    "rule": pl.String(),
    "expected": pl.String(),
    "got": pl.String(),
    "declaration_id": pl.String(),
    "record": pl.String(),
}
"""Columns of the errors: one row per error."""

LEFT_SCHEMA: dict[str, pl.DataType] = {
    "file": pl.String(),
    "row": pl.Int64(),
    "path": pl.String(),
    "value": pl.String(),
}
"""Columns of what a message says beyond its mapping: one row per value, with the first row of its declaration or item."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was taken in.

    Attributes
    ----------
    name
        Its name, without folders.
    sha256
        The digest of its bytes, in hex.
    bytes, rows
        Its size, and the number of rows below the header.
    kind, encoding, delimiter
        Its form as found; encoding and delimiter are empty where they mean nothing.
    columns
        All its columns, mapped or not; empty of XML and EDIFACT.
    """

    name: str
    sha256: str
    bytes: int
    kind: str
    encoding: str
    delimiter: str
    rows: int
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeAccount:
    """What was taken in and what was kept aside; the numbers add up.

    Attributes
    ----------
    rejected
        One row per error, columns of `REJECTED_SCHEMA`; a row of a file with three bad values is here three times.
    left
        What messages say beyond their mapping, columns of `LEFT_SCHEMA`: kept, not lost.
    read, accepted, rejected_rows
        Rows read, accepted and rejected; the first is the sum of the others.
    files
        The files, in the order given.
    mapping
        The mapping they were read with.
    """

    rejected: pl.DataFrame
    left: pl.DataFrame
    read: int
    accepted: int
    rejected_rows: int
    files: tuple[SourceFile, ...]
    mapping: Mapping

    def __post_init__(self) -> None:
        assert self.read == self.accepted + self.rejected_rows, "a row was lost or counted twice"  # noqa: S101


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake(IntakeAccount):
    """Declarations taken in, and what was kept aside.

    Attributes
    ----------
    items
        One row per accepted goods item, columns of `ITEM_SCHEMA`, sorted by time of lodging, declaration, version
        and item; ``null`` is unknown or not mapped.
    """

    items: pl.DataFrame
