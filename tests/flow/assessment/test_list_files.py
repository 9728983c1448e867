"""Named lists from files: every row is checked, every error names its row, nothing is dropped."""

from datetime import date
from pathlib import Path

import pytest

from darvoza.domain.named_list import NamedList
from darvoza.errors import ProfileError
from darvoza.flow.assessment.list_files import MOST_ERRORS, parse_list, read_lists
from darvoza.flow.fields import leaves
from flow.assessment.refusals import HEADER, LISTS


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


@pytest.mark.parametrize(("csv", "header", "said"), LISTS)
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
