"""What stands in the lists and files that are, were or are to be in force, to be read and taken along; and what each changed."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from darvoza.office.administration.data_differences import DataDifference, difference
from darvoza.office.administration.data_life import DataKind
from darvoza.office.administration.models import DataVersion, FileForce
from darvoza.office.administration.queries.reference import text_in_force
from darvoza.office.profiles.models import CodeList

READ: Final = 1_000
"""The longest list whose codes stand on its page; a longer one is taken along."""

EARLIER: Final = timedelta(microseconds=1)


class Content(NamedTuple):
    """What stands in one state of a list or file: the name of a file, and its text."""

    kind: DataKind
    name: str
    file: str
    text: str


def content_of(kind: DataKind, number: int) -> Content | None:
    """Give what stands in a state, by the number of its entry; nothing when there is none.

    A list is CSV with the column ``code``, as it is taken in again: its codes as they are, which a spreadsheet must not read as
    formulas.
    """
    if kind is DataKind.LIST:
        row = CodeList.objects.filter(pk=number).first()
        return Content(kind, row.name, f"{row.name}.csv", _as_csv(row.values)) if row else None
    entry = FileForce.objects.filter(pk=number, kind=kind).select_related("version").first()
    return Content(kind, entry.name, entry.name, entry.version.text) if entry else None


def _as_csv(codes: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code"])
    writer.writerows([code] for code in codes)
    return text.getvalue()


def codes_to_read(number: int | None) -> list[str] | None:
    """Give the codes of a state of a list; nothing when they are too many for a page."""
    row = CodeList.objects.filter(pk=number, size__lte=READ).first() if number is not None else None
    return list(row.values) if row else None


def changed_by(row: DataVersion, state: Path) -> DataDifference | None:
    """Tell what an approved version changed against what was in force when it was approved; nothing of any other."""
    if row.answered_at is None:
        return None
    kind = DataKind(row.kind)
    if kind is DataKind.LIST:
        return difference(kind, text_in_force(kind, row.name, state, row.answered_at - EARLIER), row.text)
    before = FileForce.objects.filter(kind=kind, name=row.name, at__lt=row.answered_at, decided_at__lte=row.answered_at)
    held = before.exclude(version=row).select_related("version").order_by("-pk").first()
    return difference(kind, held.version.text if held else "", row.text)
