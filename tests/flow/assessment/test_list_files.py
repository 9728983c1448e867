"""Named lists from files: every row is checked, every error names its row, nothing is dropped."""

from datetime import date
from pathlib import Path

import pytest

from darvoza.domain.named_list import NamedList
from darvoza.errors import ProfileError
from darvoza.flow.assessment.list_files import MOST_ERRORS, parse_list, read_lists
from darvoza.flow.fields import leaves

HEADER = "name: watched\nsource: police\ndate: 2026-01-01\nexpires: 2026-03-31\nversion: 7\nfile: watched.csv\n"


def read(folder: Path, csv: str | bytes = "code\nA\n", header: str = HEADER) -> tuple[dict[str, NamedList], list[str]]:
    (folder / "watched.yaml").write_text(header, encoding="utf-8")
    (folder / "watched.csv").write_bytes(csv if isinstance(csv, bytes) else csv.encode())
    lists, errors = read_lists([folder], folder)
    return lists, [str(error) for error in errors]


def test_a_list_is_a_header_and_a_file_of_codes(tmp_path: Path) -> None:
    lists, errors = read(tmp_path, "code,remark\nB,since May\nA,\n")
    assert errors == []
    named = lists["watched"]
    assert (named.values, named.version, named.source) == (("A", "B"), "7", "police")
    assert (named.dated, named.expires) == (date(2026, 1, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    "csv",
    [
        "code\nA\nB\n",
        "code\r\nA\r\nB\r\n",
        "code\nA\nB",
        "code\nA\nB\n\n\n",
        "\ufeffcode\nA\nB\n",
        "remark;code\nsince May, enforceable;A\n;B\n",
        'remark,code\n"two\nlines",A\nx,"B"\n',
    ],
)
def test_a_list_may_come_out_of_any_spreadsheet(tmp_path: Path, csv: str) -> None:
    lists, errors = read(tmp_path, csv)
    assert errors == []
    assert lists["watched"].values == ("A", "B")


@pytest.mark.parametrize(
    ("csv", "header", "said"),
    [
        ("code\nA\n\nB\n", HEADER, "watched.csv: row 3: expected a code, got None (leave no blank row or cell)"),
        ("code,remark\nA,x\n ,y\n", HEADER, "watched.csv: row 3: expected a code, got ' ' (leave no blank"),
        ("code\nA\nB\nA\n", HEADER, "watched.csv: row 4: expected a code that stands here once, got 'A' (it stands at"),
        ("code\nA\nB\nA\n", HEADER, "watched.csv: row 2, too"),
        ("code\nA \n", HEADER, "watched.csv: row 2: expected a code without spaces around it, got 'A '"),
        ("code\nA\tB\n", HEADER, "watched.csv: row 2: expected a code without control characters"),
        (f"code\n{'9' * 201}\n", HEADER, "watched.csv: row 2: expected a code of at most 200 characters"),
        ("code\n87.03\n", HEADER + "kind: hs\n", "watched.csv: row 2: expected 2 to 10 digits of a commodity code, got '87"),
        ("code\nGeorgia\n", HEADER + "kind: country\n", "row 2: expected a country of two capital letters, got 'Georgia'"),
        ("code\nge\n", HEADER + "kind: country\n", "row 2: expected a country of two capital letters, got 'ge'"),
        ("code,remark\nA\n", HEADER, "watched.csv: row 2: expected 2 cells, got '1 cells'"),
        ("cod\nA\n", HEADER, "watched.csv: row 1: expected the columns code and, if you like, remark, got 'cod' (did you"),
        ("remark\nA\n", HEADER, "watched.csv: row 1: expected a head with the column code, once, got 'remark'"),
        ("A\nB\n", HEADER, "watched.csv: row 1: expected the columns code and"),
        ("", HEADER, "watched.csv: row 1: expected a head with the column code, once, got ''"),
        ("code\n", HEADER, "watched.csv: expected one or more codes, got 'none'"),
        ("code\nЖ\n".encode("cp1251"), HEADER, "watched.csv: row 2: expected UTF-8, got 'other bytes' (save it as CSV UTF-8)"),
        ("code\nA\n".encode("utf-16"), HEADER, "watched.csv: row 1: expected UTF-8"),
        ('code\nA\n"B\n', HEADER, "watched.csv: row 3: expected a row of CSV, got 'unexpected end of data'"),
        ("code\nA\n", HEADER.replace("watched.csv", "other.csv"), "file: expected a file beside the header, got 'other.csv'"),
        ("code\nA\n", HEADER.replace("watched.csv", "../x.csv"), "file: expected the name of a CSV file beside the header"),
        ("code\nA\n", HEADER.replace("watched.csv", "x.xlsx"), "file: expected the name of a CSV file beside the header"),
        ("code\nA\n", HEADER + "values: [A]\n", "watched.yaml: file: expected either values or a file"),
        ("code\nA\n", HEADER + "kind: hscode\n", "watched.yaml: kind: expected one of code, hs, country"),
        ("code\nA\n", HEADER.replace("2026-03-31", "2025-12-31"), "expires: expected a day from 2026-01-01 on, got '2025-"),
        ("code\nA\n", HEADER.replace("file: watched.csv\n", ""), "values: expected one or more codes, or the file they"),
        ("code\nA\n", HEADER.replace("file: watched.csv\n", "values: [A, '', A]\n"), "values.1: expected a code, got ''"),
        ("code\nA\n", HEADER.replace("file: watched.csv\n", "values: [A, A]\n"), "values.1: expected a code that stands"),
        ("code\nA\n", HEADER.replace("file: watched.csv\n", "values: [A]\n"), "watched.csv: expected a header beside it"),
        ("code\nA\n", HEADER + "origin: x\n", "origin: expected one of"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_list_is_named_with_its_row(
    tmp_path: Path, csv: str | bytes, header: str, said: str
) -> None:
    _, errors = read(tmp_path, csv, header)
    assert any(said in error for error in errors), errors


def test_every_row_that_is_wrong_is_named_up_to_a_limit(tmp_path: Path) -> None:
    _, errors = read(tmp_path, "code\n" + "A \n" * 3)
    assert [error.split(": ")[2] for error in errors] == ["row 2", "row 3", "row 4"]
    _, errors = read(tmp_path, "code\n" + "A \n" * 1000)
    assert len(errors) == MOST_ERRORS + 1  # the last says that it stopped
    assert any("the rest was not read" in error for error in errors)


def test_a_name_is_used_by_one_list(tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(HEADER.replace("file: watched.csv", "values: [A]"), encoding="utf-8")
    _, errors = read(tmp_path)
    assert errors == ["watched.yaml: name: expected a name used once, got 'watched'"]


def test_a_header_that_came_from_a_form_holds_its_codes() -> None:
    given = {"name": "n", "source": "s", "date": "2026-01-01", "values": ["A"]}
    assert parse_list(given, "form").values == ("A",)
    with pytest.raises(ExceptionGroup) as caught:
        parse_list({**given, "values": None, "file": "a.csv"}, "form")
    assert all(isinstance(error, ProfileError) for error in leaves(caught.value))


def test_a_long_list_is_read_and_asked_about_at_once(tmp_path: Path) -> None:
    codes = [f"IMP-{number:08}" for number in range(50_000)]
    lists, errors = read(tmp_path, "code\n" + "\n".join(codes) + "\n")
    assert errors == []
    assert len(lists["watched"].values) == 50_000
    assert all(code in lists["watched"].members for code in codes[::1000])
