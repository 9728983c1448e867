"""What the two versions of a profile are told to differ in, on paper and on past declarations."""

import json
import re
from pathlib import Path

import pytest

from cli.conftest import MAPPING, Place
from darvoza.cli.main import main
from flow.assessment.refusals import PROFILE

OLD = PROFILE.replace("origin in (NO, GE) and hs starts with 0101", "hs starts with (61, 62) and tax_rate > 0.1")
OLD = OLD.replace("expect: match", "expect: no match")
NEW = OLD.replace("(61, 62)", "(61, 62, 64)").replace("share: 0.5", "share: 0.25").replace("Something", "A thing")


@pytest.fixture
def versions(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "old.yaml", tmp_path / "new.yaml"
    for path, text in zip(paths, (OLD, NEW), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_two_files_are_compared_in_meaning_and_in_words(
    versions: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profile", "diff", *map(str, versions)]) == 0
    said = capsys.readouterr().out
    assert "KG-1  changed in meaning" in said
    assert "share: 0.5 → 0.25  [lowered]" in said
    assert "term: hs starts with (61, 62) → hs starts with (61, 62, 64)  [widened]" in said
    assert "in words only: title" in said
    assert "1 profile: 0 added, 0 removed, 1 changed in meaning, 0 changed in words only, 0 unchanged" in said


def test_past_declarations_on_which_they_differ_are_those_of_the_back_test(
    versions: tuple[Path, Path], place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = map(str, versions)
    history, out = str(tmp_path / "history"), str(tmp_path / "out")
    assert main(["history", *map(str, place.months[:2]), "--mapping", str(MAPPING), "--out", history]) == 0
    force = tmp_path / "force"
    force.mkdir()
    (force / "old.yaml").write_text(OLD, encoding="utf-8")
    words = ["backtest", new, "--history", history, "--against", str(force), "--replace", "KG-1", "--out", out]
    assert main(words) == 0
    replaced = json.loads((tmp_path / "out" / "backtest.json").read_text(encoding="utf-8"))["tried"][0]["replaced"]
    capsys.readouterr()
    assert main(["profile", "diff", old, new, "--history", history]) == 0
    said = capsys.readouterr().out
    counts = [int(text.replace(",", "")) for text in re.findall(r"([\d,]+) declarations", said)]
    assert counts == [replaced["kept"], replaced["lost"], replaced["gained"]]
    assert counts[2] > 0
    assert len(re.findall(r"^    2026-0[12] ", said, re.MULTILINE)) == 2
    assert "first by the new alone: " in said


def test_days_without_a_history_are_refused(versions: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "diff", *map(str, versions), "--from", "2026-01-01"]) == 2
    assert "add --history" in capsys.readouterr().err


def test_directories_are_compared_profile_by_profile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for side, files in (
        ("old", {"a": OLD, "b": OLD.replace("KG-1", "KG-2")}),
        ("new", {"a": OLD, "c": OLD.replace("KG-1", "KG-3")}),
    ):
        (tmp_path / side).mkdir()
        for name, text in files.items():
            (tmp_path / side / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert main(["profile", "diff", str(tmp_path / "old"), str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert "KG-2  removed  Something" in said
    assert "KG-3  added  Something" in said
    assert "3 profiles: 1 added, 1 removed, 0 changed in meaning, 0 changed in words only, 1 unchanged" in said
