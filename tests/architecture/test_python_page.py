"""The page on the use from Python is run from its first line to its last: its blocks follow one another, and are not examples that stand alone."""

import re
from pathlib import Path

import polars as pl
import pytest

from architecture.house import ROOT
from builders import trade
from darvoza.domain.fields import FIELDS, Kind

PAGE = ROOT / "docs" / "how-to" / "use-from-python.md"


def a_directory(place: Path) -> None:
    """Lay out what the page asks for: 600 declarations, one in six with something to find, all examined."""
    items = trade(600, 1, days=20, examined=1.0)
    lists = [field.name for field in FIELDS if field.kind is Kind.CODES]
    number = pl.int_range(pl.len())
    told = items.with_columns(
        *(pl.col(name).list.join(" ") for name in lists),
        examined=True, finding=number % 6 == 0, recovered=pl.when(number % 6 == 0).then(100).otherwise(0),
        inclusion_probability=None,
    )  # fmt: skip
    told.select(field.name for field in FIELDS).write_csv(place / "declarations.csv")
    (place / "mapping.yaml").write_bytes((ROOT / "mappings" / "own.yaml").read_bytes())
    (place / "profiles").symlink_to(ROOT / "profiles")


def test_the_whole_way_from_python_runs_as_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    a_directory(tmp_path)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    exec(compile("\n".join(blocks), str(PAGE), "exec"), {})  # noqa: S102
    said = capsys.readouterr().out
    assert "leakage " in said
    assert "hit rate " in said
