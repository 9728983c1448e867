"""Which worksheets of a workbook are read: the only one that holds anything, or those that the mapping names."""

from collections.abc import Sequence
from typing import Any, Final

from darvoza.errors import UnreadableFile

ALL: Final = "*"
SHEETS: Final = "the name of a worksheet in quotation marks, its place (1 is the first), a list of them, or '*' for all"


def sheets_named(value: object) -> tuple[str | int, ...] | None:
    """Read what a mapping says of worksheets; ``None`` when it cannot be read.

    Examples
    --------
    >>> sheets_named("*"), sheets_named(1), sheets_named(["January", "February"]), sheets_named(0)
    (('*',), (1,), ('January', 'February'), None)
    """
    given: list[Any] = [] if value is None else value if isinstance(value, list) else [value]
    usable = all((type(each) is int and each > 0) or (isinstance(each, str) and each.strip()) for each in given)
    return tuple(given) if usable and (given or value is None) else None


def chosen_sheets(where: str, sheets: Sequence[Any], wanted: Sequence[str | int]) -> list[int]:
    """Give the places of the worksheets that are read, from 0 on.

    Parameters
    ----------
    where
        The name of the file, for the error.
    sheets
        The worksheets of openpyxl.
    wanted
        What the mapping says, as `sheets_named` gives it.

    Raises
    ------
    UnreadableFile
        A worksheet that is named is not there; or none is named and several hold something, so that rows would be lost.
    """
    if wanted and ALL not in wanted:
        return list(dict.fromkeys(_place(where, sheets, each) for each in wanted))
    filled = [place for place, sheet in enumerate(sheets) if _holds_anything(sheet)]
    if len(filled) > 1 and not wanted:
        raise UnreadableFile(
            field=where, expected="one worksheet, or format.sheet in the mapping to say which are read",
            got=f"{len(filled)} with something in them: {', '.join(repr(sheets[place].title) for place in filled)}",
            hint="write format: {sheet: NAME}, its place (sheet: 1), a list of them, or sheet: '*' for all",
        )  # fmt: skip
    return filled or list(range(len(sheets)))[:1]


def _place(where: str, sheets: Sequence[Any], wanted: str | int) -> int:
    titles = [sheet.title for sheet in sheets]
    if isinstance(wanted, str) and wanted in titles:
        return titles.index(wanted)
    if isinstance(wanted, int) and wanted <= len(titles):
        return wanted - 1
    expected = f"a worksheet {wanted!r}" if isinstance(wanted, str) else f"{wanted} worksheets or more"
    raise UnreadableFile(
        field=where, expected=expected, got=", ".join(map(repr, titles)), hint="set format.sheet in the mapping"
    )


def _holds_anything(sheet: Any) -> bool:  # noqa: ANN401 - openpyxl's worksheet
    return any(value is not None for row in sheet.iter_rows(values_only=True) for value in row)
