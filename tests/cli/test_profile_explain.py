"""What an approver is told of a profile."""

from pathlib import Path

import pytest

from cli.conftest import PROFILES
from darvoza.cli.main import main
from flow.assessment.refusals import LIST, PROFILE


def told(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main(["profile", "explain", *map(str, words)]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_a_profile_is_explained_by_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, "KG-CUS-0412", "--profiles", PROFILES)
    assert "hs starts with 8703 and export_country in (AE, GE) and unit_value < 0.6 * reference_unit_value" in said
    assert "страна отправления — одна из (AE, GE)" in said
    assert "it does not match; which may be: export_country, reference_unit_value, unit_value" in said
    assert "9 of 500 parts, 4 of 50 levels" in said
    assert "guard hs starts with 8703" in said
    assert "unknown as expected: Without a reference the sentence cannot say" in said
    assert "may be read by: agency" in said


def test_a_profile_is_explained_from_its_file_with_its_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "watched.yaml").write_text(LIST + "expires: 2026-06-30\nversion: v2\n", encoding="utf-8")
    path = tmp_path / "a.yaml"
    sentence = 'importer in list "watched" or price > 1'
    path.write_text(PROFILE.replace("origin in (NO, GE) and hs starts with 0101", sentence), encoding="utf-8")
    said = told(capsys, path, "--day", "2026-07-01")
    assert "guard WARNING: none" in said
    assert "watched, version v2 of 2026-01-01, 2 codes, EXPIRED on 2026-06-30, in use as it is; source: police" in said
    assert "vouched for until 2026-06-30" in told(capsys, path, "--day", "2026-06-30")


def test_a_case_that_fails_is_shown_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(PROFILE.replace("expect: match", "expect: no match"), encoding="utf-8")
    assert main(["profile", "explain", str(path)]) == 1
    assert "BUT EXPECTED no match" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "said"),
    [("KG-CUS-0413", "did you mean KG-CUS-0415?"), ("none.yaml", "nothing there"), ("zzz", "the code of a profile")],
)
def test_what_is_not_there_is_said_so(asked: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "explain", asked, "--profiles", str(PROFILES)]) == 2
    assert said in capsys.readouterr().err
