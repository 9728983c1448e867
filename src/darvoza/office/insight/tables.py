"""Tables to take away: CSV and Excel in which no cell is ever a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.http import HttpResponse

DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters that make a spreadsheet take a text for a formula."""

Cell = str | int | float | datetime | None
EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def guarded(cell: Cell) -> str | int | float:
    """Give a cell as a spreadsheet shows it and never computes it: a suspicious text begins with an apostrophe.

    Examples
    --------
    >>> guarded("=1+1"), guarded(-2), guarded(None)
    ("'=1+1", -2, '')
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes")
    if isinstance(cell, str):
        return f"'{cell}" if cell.lstrip(" ").startswith(DANGEROUS) or cell.startswith(DANGEROUS) else cell
    return cell


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Answer with a file of CSV that spreadsheets read as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return _file("\ufeff" + text.getvalue(), f"{name}.csv", "text/csv; charset=utf-8")


def as_excel(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Answer with a workbook of one sheet; texts stay texts, whatever they begin with."""
    import xlsxwriter  # few ask for a workbook

    content = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(content, options) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.write_row(0, 0, head, bold)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(head) - 1, 18)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                shown = (
                    "" if cell is None else cell.isoformat(timespec="minutes") if isinstance(cell, datetime) else cell
                )
                sheet.write(number, place, shown)
    return _file(content.getvalue(), f"{name}.xlsx", EXCEL)


def _file(content: str | bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
