"""An expired list is said loudly and stays in use."""

import json
from pathlib import Path

import polars as pl
import pytest

from cli.conftest import MAPPING, Place
from darvoza.cli.main import main

PROFILE = """\
code: T-1
title: Watched importers
agency: customs
risk_area: origin
rationale: because
justification: they owe
valid: {from: 2026-01-01, to: 2027-12-31}
when: importer in list "watched"
treatment: {act: documentary, share: 1}
unknown: no match
instructions: {en: Look., ru: Смотрите.}
cases: [{title: A watched importer is met, given: {importer: 'IMP-1'}, expect: match}]
"""
HEADER = "name: watched\nsource: Debt unit\ndate: 2026-01-01\nexpires: 2026-03-31\nversion: v3\nfile: watched.csv\n"


@pytest.fixture
def profiles(tmp_path: Path, place: Place) -> Path:
    folder = tmp_path / "profiles"
    (folder / "lists").mkdir(parents=True)
    importers = pl.read_csv(place.months[-1], infer_schema=False)["importer_id"].unique().sort().to_list()
    codes = ["IMP-1", *dict.fromkeys(code for code in importers if code)]
    (folder / "T-1.yaml").write_text(PROFILE, encoding="utf-8")
    (folder / "lists" / "watched.yaml").write_text(HEADER, encoding="utf-8")
    (folder / "lists" / "watched.csv").write_text("code\n" + "\n".join(codes) + "\n", encoding="utf-8")
    return folder


def test_a_check_says_which_list_has_expired(profiles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "check", str(profiles), "--day", "2026-03-31"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["profile", "check", str(profiles), "--day", "2026-04-01"]) == 0
    said = capsys.readouterr().err
    assert "EXPIRED LIST: watched" in said
    assert "expired on 2026-03-31; it stays in use as it is in T-1. Ask its source for a new one: Debt unit" in said


def test_a_check_says_what_is_doubtful_in_a_list_and_lets_it_be(
    profiles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = profiles / "lists" / "watched.csv"
    path.write_text("code\nIMP-1\nimp 1\n1.23457E+13\n", encoding="utf-8")
    assert main(["profile", "check", str(profiles), "--day", "2025-12-31"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "DOUBTFUL LIST: watched: it is dated 2026-01-01, after 2025-12-31",
        "DOUBTFUL LIST: watched: 1 code is a number as a spreadsheet shortens it, and names nobody: '1.23457E+13'",
        "DOUBTFUL LIST: watched: 2 codes differ in nothing but case, spaces, signs or look-alike letters: 'IMP-1' and 'imp 1'",
    ]


def test_a_check_says_which_facts_are_compared_folded_and_a_list_of_plates_holds_each_way_of_writing_one(
    profiles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plated = PROFILE.replace("importer in list", "vehicle in list").replace(
        "importer: 'IMP-1'", "vehicle: '01кg123авс'"
    )
    (profiles / "T-2.yaml").write_text(plated.replace("T-1", "T-2"), encoding="utf-8")
    path = profiles / "lists" / "watched.csv"
    path.write_text("code\nIMP-1\n01 KG 123 ABC\n", encoding="utf-8")
    assert main(["profile", "check", str(profiles), "--day", "2026-03-31"]) == 0
    folded = "compared folded, whatever case, blanks, signs or look-alike letters"
    assert capsys.readouterr().out.splitlines()[:2] == [f"{folded}: importer in T-1", f"{folded}: vehicle in T-2"]


def test_a_run_with_an_expired_list_says_so_everywhere_and_still_matches(
    profiles: Path, place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    words = ["assess", place.months[-1], "--mapping", MAPPING, "--profiles", profiles, "--capacity", "0.1"]
    assert main([str(word) for word in (*words, "--out", out)]) == 0
    assert "EXPIRED LIST: watched" in capsys.readouterr().err
    (told,) = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["lists"]
    assert (told["name"], told["version"], told["expired"], told["expires"]) == ("watched", "v3", True, "2026-03-31")
    assert "Expired lists." in (out / "report.html").read_text(encoding="utf-8")
    assert pl.read_parquet(out / "decisions.parquet").filter(act="documentary").height > 0
