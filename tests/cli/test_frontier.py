"""``darvoza frontier``: a table, a page without requests, and plain errors."""

import json
import re
from pathlib import Path

import polars as pl
import pytest

from cli.conftest import MAPPING, Place, assess_words
from darvoza.cli.main import main
from darvoza.flow.oversight.frontier import SHARES


def words(place: Place, run: Path, out: Path) -> list[str]:
    return ["frontier", str(run), "--results", str(place.months[-1]), "--mapping", str(MAPPING), "--out", str(out)]


def test_the_frontier_is_told_and_written(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(place, place.run, tmp_path / "out")) == 0
    said = capsys.readouterr().out
    table = re.findall(r"^ +(\d+\.\d%)  +\d+\.\d%   ", said, re.MULTILINE)
    assert set(table) <= {f"{share:.1%}" for share in SHARES}
    assert ("asked  examined" in said) == bool(table)
    assert "1,200 declarations" in said
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "frontier.html", "frontier.json", "frontier.parquet", "manifest.json",
    }  # fmt: skip
    page = (tmp_path / "out" / "frontier.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http-equiv", "")
    assert json.loads((tmp_path / "out" / "frontier.json").read_text())["all_posts"]["declarations"] == 1200
    assert "all" in pl.read_parquet(tmp_path / "out" / "frontier.parquet")["post"].to_list()
    assert main(words(place, place.run, tmp_path / "again")) == 0
    assert (tmp_path / "again" / "frontier.html").read_text(encoding="utf-8") == page


def test_a_run_without_a_score_is_refused(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = [word for word in assess_words(place, tmp_path / "plain") if word not in {"--model", str(place.model)}]
    assert main(plain) == 0
    assert main(words(place, tmp_path / "plain", tmp_path / "out")) == 2
    assert "decided with a score" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
