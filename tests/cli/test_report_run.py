"""``darvoza report``: the page of a run made again with later results, second looks, and plain errors."""

from pathlib import Path

import pytest

from cli.conftest import MAPPING, Place
from darvoza.cli.main import main


def words(place: Place, out: Path, *more: str) -> list[str]:
    return [
        "report",
        str(place.run),
        "--results",
        str(place.months[-1]),
        "--mapping",
        str(MAPPING),
        "--out",
        str(out),
        *more,
    ]


def test_the_report_is_made_again_and_says_what_leaked(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(place, tmp_path / "later", "--second-look", str(place.months[-1]))) == 0
    said = capsys.readouterr().out
    assert "Leakage cannot be estimated" in said  # most results of that month are outstanding, and that is said
    assert "looked at twice" in said
    page = (tmp_path / "later" / "report.html").read_text(encoding="utf-8")
    assert "looked at twice" in page
    assert "second looks" in page
    assert {path.name for path in (tmp_path / "later").iterdir()} == {"report.html", "manifest.json"}


def test_results_of_other_goods_are_refused(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [word if word != str(place.months[-1]) else str(place.months[0]) for word in words(place, tmp_path / "out")]
    assert main(asked) == 2
    assert "results of declarations that the run decided" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_directory_that_is_no_run_is_refused(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["report", str(tmp_path), *words(place, tmp_path / "out")[2:]]
    assert main(asked) == 2
    assert "a directory that `darvoza assess` wrote" in capsys.readouterr().err
