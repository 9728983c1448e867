"""Profiles that are over or due are named by the check and by a run, each profile once."""

from pathlib import Path

import pytest

from architecture.house import ROOT
from cli.declared import declared
from darvoza.cli.main import main

PROFILE = """
code: {code}
title: Used cars
agency: customs
risk_area: undervaluation
legal_basis: An order
valid: {{from: {start}, to: {end}}}
review_by: {review}
when: hs starts with 8703
treatment: {{act: physical, share: 1.0}}
unknown: no match
instructions: {{en: Look at the car., ru: Осмотреть автомобиль.}}
cases:
  - {{title: A used car is examined, given: {{hs: "870323"}}, expect: match}}
"""


def library(place: Path, *profiles: tuple[str, str, str, str]) -> str:
    place.mkdir()
    for code, start, end, review in profiles:
        text = PROFILE.format(code=code, start=start, end=end, review=review)
        (place / f"{code}.yaml").write_text(text, encoding="utf-8")
    return str(place)


def test_the_check_names_what_is_over_and_due(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = library(
        tmp_path / "p",
        ("A-1", "2025-01-01", "2025-12-31", "2025-06-30"),
        ("B-1", "2026-01-01", "2026-12-31", "2026-09-30"),
        ("C-1", "2027-01-01", "2027-12-31", "2027-09-30"),
    )
    assert main(["profile", "check", place, "--day", "2026-03-01"]) == 0
    said = capsys.readouterr().err
    assert "EXPIRED: 1 of 3 profiles no longer in force on 2026-03-01 (valid.to): A-1 until 2025-12-31\n" in said
    assert (
        "REVIEW DUE: 1 of 3 profiles to be looked at again before 2026-03-01 (review_by): A-1 by 2025-06-30\n" in said
    )
    assert "C-1" not in said
    assert main(["profile", "check", place, "--day", "2026-12-31"]) == 0
    assert "B-1 until" not in capsys.readouterr().err, "the last day is one of force"


def test_a_directory_without_a_profile_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = library(tmp_path / "none")
    assert main(["profile", "check", place]) == 1
    assert "ATTENTION: no profile (*.yaml) lies below" in capsys.readouterr().err
    words = [
        "assess",
        *declared(tmp_path, {}),
        "--profiles",
        place,
        "--capacity",
        "0.1",
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(words) == 0
    assert "ATTENTION: no profile (*.yaml) lies below" in capsys.readouterr().err


def test_a_run_counts_the_profiles_of_the_library_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = library(tmp_path / "p", ("A-1", "2019-01-01", "2019-12-31", "2019-06-30"))
    words = [
        "assess",
        *declared(tmp_path, {}),
        "--profiles",
        place,
        "--capacity",
        "0.1",
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(words) == 0
    assert "1 of 1 profiles were in force on none of these days" in capsys.readouterr().err


def test_the_shipped_profiles_say_when_they_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "check", str(ROOT / "profiles"), "--day", "2040-01-01"]) == 0
    assert "EXPIRED: " in capsys.readouterr().err
