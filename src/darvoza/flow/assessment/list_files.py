"""Named lists read from files: a small YAML header, with its codes inside or in a CSV file beside it.

::

    lists/debtors.yaml      name: debtors
                            source: Debt unit, register of 2026-06-30
                            date: 2026-06-30
                            expires: 2026-09-30
                            version: "2026-06"
                            kind: code
                            file: debtors.csv
    lists/debtors.csv       code,remark
                            01234567890123,enforceable since May

Every row is checked, and every error names its row. An expired list stays in use as it is: a date must not change
what a sentence means, and a list that emptied itself would let through what is watched for. Whoever uses it is told.
"""

import csv
import difflib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

from darvoza.domain.named_list import NamedList
from darvoza.errors import InvalidProfile, ProfileError
from darvoza.flow.fields import Fields, as_sequence, keep_first, leaves, read_yaml

KEYS: Final = frozenset({"name", "version", "source", "date", "expires", "kind", "values", "file"})
CODE, REMARK = "code", "remark"
MOST_ERRORS: Final = 100
"""Errors of one file that are kept; more would help nobody."""

LONGEST_CODE: Final = 200


class ListKind(StrEnum):
    """What the codes of a list are, and so what each of them must look like."""

    CODE = "code"  # an identifier of any form
    HS = "hs"  # a commodity code, 2 to 10 digits
    COUNTRY = "country"  # ISO 3166-1 alpha-2


LOOKS: Final[dict[ListKind, tuple[re.Pattern[str], str]]] = {
    ListKind.CODE: (re.compile(r"[^\x00-\x1f\x7f]+"), "a code without control characters"),
    ListKind.HS: (re.compile(r"[0-9]{2,10}"), "2 to 10 digits of a commodity code"),
    ListKind.COUNTRY: (re.compile(r"[A-Z]{2}"), "a country of two capital letters"),
}


def read_lists(folders: Iterable[Path], root: Path) -> tuple[dict[str, NamedList], list[ProfileError]]:
    """Read every named list of some folders.

    Parameters
    ----------
    folders
        Folders whose ``*.yaml`` files are headers; their ``*.csv`` files hold the codes of those headers.
    root
        What the errors name files from.

    Returns
    -------
    tuple
        The lists by name, and everything that is wrong: a CSV file that no header speaks of, too.
    """
    lists: dict[str, NamedList] = {}
    errors: list[ProfileError] = []
    for folder in folders:
        spoken_of: set[str] = set()
        for path in sorted(folder.glob("*.yaml")):
            source = path.relative_to(root).as_posix()
            try:
                mapping = read_yaml(path, source)
                spoken_of.add(str(mapping.get("file")))
                named = parse_list(mapping, source, folder=folder)
                keep_first(lists, named.name, named, path=f"{source}: name", errors=errors)
            except* ProfileError as group:
                errors.extend(leaves(group))
        errors += [misnamed(path, root) for path in sorted(folder.glob("*")) if is_misnamed(path)]
        errors += [_orphan(path, root) for path in sorted(folder.glob("*.csv")) if path.name not in spoken_of]
    return lists, errors


def is_misnamed(path: Path) -> bool:
    """Tell whether a file would be passed over because of the ending of its name."""
    return path.suffix.lower() in {".yaml", ".yml"} and path.suffix != ".yaml"


def misnamed(path: Path, root: Path) -> InvalidProfile:
    """Make the error for a file that would be passed over because of its name."""
    return InvalidProfile(
        field=path.relative_to(root).as_posix(), expected="a name that ends in .yaml", got=path.name, hint="rename it"
    )


def _orphan(path: Path, root: Path) -> InvalidProfile:
    """Make the error for codes that nobody could use: nothing in a folder of lists is silently left out."""
    expected = f"a header beside it, a YAML file with `file: {path.name}`"
    return InvalidProfile(field=path.relative_to(root).as_posix(), expected=expected, got="none")


def parse_list(mapping: Mapping[str, object], source: str, *, folder: Path | None = None) -> NamedList:
    """Make a named list of its header.

    Parameters
    ----------
    mapping
        The fields of the header.
    source
        What errors call it.
    folder
        Where its CSV file lies; without it the codes must stand in the header.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong with it.
    """
    fields = Fields(mapping, source)
    fields.only(KEYS)
    name, origin = fields.text("name", required=True), fields.text("source", required=True)
    dated, expires = fields.day("date", required=True), fields.day("expires")
    _dates_in_order(fields, dated, expires)
    kind = fields.choice("kind", ListKind, default=ListKind.CODE) or ListKind.CODE
    codes = _codes(fields, kind, folder)
    fields.finish()
    return NamedList(name, codes, origin, dated, expires, fields.text("version"))


def _dates_in_order(fields: Fields, dated: date | None, expires: date | None) -> None:
    if dated is not None and expires is not None and expires < dated:
        fields.refuse("expires", f"a day from {dated} on", expires.isoformat())


def _codes(fields: Fields, kind: ListKind, folder: Path | None) -> tuple[str, ...]:
    file = fields.text("file")
    if file and "values" in fields.mapping:
        fields.refuse("file", "either values or a file", file)
    elif not file:
        values = as_sequence(fields.mapping.get("values"))
        if not values:
            fields.refuse("values", "one or more codes, or the file they stand in", fields.mapping.get("values"))
        return _Codes(fields, kind, lambda place: f"values.{place}").read(enumerate(values))
    elif folder is None or Path(file).name != file or not file.endswith(".csv"):
        fields.refuse("file", "the name of a CSV file beside the header", file)
    else:
        return _read_csv(fields, kind, folder / file)
    return ()


class _Codes:
    """Codes read one after the other, each checked, each once.

    Parameters
    ----------
    fields
        The header, which keeps the errors.
    kind
        What each code must look like.
    place
        Names the place of a code in its file.
    """

    def __init__(self, fields: Fields, kind: ListKind, place: Callable[[int], str]) -> None:
        self._fields, self._place = fields, place
        self._looks, self._expected = LOOKS[kind]
        self._left = MOST_ERRORS
        self._first: dict[str, int] = {}

    def read(self, numbered: Iterable[tuple[int, object]]) -> tuple[str, ...]:
        """Read codes, each with its number."""
        first, looks = self._first, self._looks.fullmatch
        for number, code in numbered:
            if not isinstance(code, str) or code != code.strip() or not looks(code) or len(code) > LONGEST_CODE:
                self._refuse_form(number, code)
            elif first.setdefault(code, number) != number:
                self.refuse(
                    number, "a code that stands here once", code, f"it stands at {self._place(first[code])}, too"
                )
            if not self._left:
                break
        return tuple(first)

    def refuse(self, number: int, expected: str, got: object, hint: str | None = None) -> None:
        """Keep an error about a row; after a hundred of them stop looking."""
        self._fields.refuse(self._place(number), expected, got, hint)
        self._left -= 1
        if not self._left:
            self._fields.refuse(self._place(number), "fewer errors", f"{MOST_ERRORS} of them", "the rest was not read")

    def _refuse_form(self, number: int, code: object) -> None:
        if not isinstance(code, str) or not code.strip():
            self.refuse(number, "a code", code, "leave no blank row or cell")
        elif code != code.strip():
            self.refuse(number, "a code without spaces around it", code)
        elif len(code) > LONGEST_CODE:
            self.refuse(number, f"a code of at most {LONGEST_CODE} characters", code)
        else:
            self.refuse(number, self._expected, code)


def _read_csv(fields: Fields, kind: ListKind, path: Path) -> tuple[str, ...]:
    """Read the codes of a CSV file; its rows are counted from 1, the head included."""
    name = path.name
    reading = _Codes(fields, kind, lambda row: f"{name}: row {row}")
    row, before = 0, len(fields.errors)
    try:
        # utf-8-sig: the mark that Excel puts in front of UTF-8 is no part of the first column's name
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            between = ";" if ";" in head else ","  # Excel writes semicolons where the comma is a decimal sign
            rows = csv.reader(file, delimiter=between, strict=True)
            columns = next(csv.reader([head], delimiter=between), [])
            if not _head_is_right(fields, columns, name):
                return ()
            numbered = ((row := number, code) for number, code in _cells(rows, columns, reading))
            codes = reading.read(numbered)
            if not codes and len(fields.errors) == before:
                fields.refuse(name, "one or more codes", "none")
            return codes
    except FileNotFoundError:
        fields.refuse("file", "a file beside the header", name)
    except UnicodeDecodeError:
        fields.refuse(_row_not_utf8(path, name), "UTF-8", "other bytes", "save it as CSV UTF-8")
    except csv.Error as problem:
        fields.refuse(f"{name}: row {row + 1}", "a row of CSV", str(problem))
    return ()


def _head_is_right(fields: Fields, columns: Sequence[str], name: str) -> bool:
    """Tell whether a file has the columns it may have, and `code` among them."""
    for column in columns:
        if column not in {CODE, REMARK}:
            close = difflib.get_close_matches(column, (CODE, REMARK), n=1)
            hint = f"did you mean {close[0]}?" if close else None
            fields.refuse(f"{name}: row 1", f"the columns {CODE} and, if you like, {REMARK}", column, hint)
    if columns.count(CODE) != 1:
        fields.refuse(f"{name}: row 1", f"a head with the column {CODE}, once", ",".join(columns))
    return set(columns) <= {CODE, REMARK} and columns.count(CODE) == 1


def _cells(rows: Iterable[list[str]], columns: Sequence[str], reading: _Codes) -> Iterator[tuple[int, str | None]]:
    """Give the code of each row with the number of the row; blank lines at the very end are no rows."""
    place, width, blank = columns.index(CODE), len(columns), list[int]()
    for number, row in enumerate(rows, 2):
        if not row:
            blank.append(number)
            continue
        yield from ((skipped, None) for skipped in blank)
        blank.clear()
        if len(row) == width:
            yield number, row[place]
        else:
            reading.refuse(number, f"{width} cells", f"{len(row)} cells")


def _row_not_utf8(path: Path, name: str) -> str:
    """Find the first row that is not UTF-8."""
    with path.open("rb") as file:
        return f"{name}: row {1 + sum(1 for _ in itertools.takewhile(_is_utf8, file))}"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
