"""Profile files in one form: nothing but the sentence is written anew, and nothing is lost."""

import shutil
from pathlib import Path

import pytest

from cli.conftest import PROFILES
from darvoza.cli.main import main
from darvoza.flow.assessment.profile_files import load_profiles
from flow.assessment.refusals import PROFILE

UNTIDY = (
    "# who looks after it\n"
    + PROFILE.replace("title: Something\n", "")
    .replace("when: origin in (NO, GE) and", "# from the meeting of May\nwhen: origin IN (NO,GE)  AND")
    .replace("unknown: match\n", "unknown: match  # a missing origin is suspect\n")
    + "title: Something\n# the end\n"
)
TIDY = """\
# who looks after it
code: KG-1
title: Something
agency: customs
risk_area: origin
rationale: because
justification: the country matters
valid: {from: 2026-01-01, to: 2026-12-31}
# from the meeting of May
when: >-
  origin in (GE, NO) and hs starts with 0101
treatment: {act: physical, share: 0.5}
unknown: match  # a missing origin is suspect
instructions: {en: Look., ru: Смотрите.}
cases:
  - title: A Norwegian horse is looked at
    given: {origin: NO, hs: 010121, price: 1.10, importer_is_new: yes, documents: [CO]}
    expect: match
# the end
"""


def test_a_file_is_put_into_the_one_form_with_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(UNTIDY, encoding="utf-8")
    before = load_profiles(tmp_path)
    assert main(["profile", "format", str(path), "--check"]) == 1
    assert path.read_text(encoding="utf-8") == UNTIDY
    assert main(["profile", "format", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == TIDY
    assert main(["profile", "format", str(path), "--check"]) == 0
    assert load_profiles(tmp_path).digest == before.digest
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]


def test_the_shelf_means_the_same_in_the_one_form(tmp_path: Path) -> None:
    shutil.copytree(PROFILES, tmp_path / "shelf")
    before = load_profiles(tmp_path / "shelf")
    assert main(["profile", "format", str(tmp_path / "shelf")]) == 0
    after = load_profiles(tmp_path / "shelf")
    assert after.digest == before.digest
    assert [one.cases for one in after] == [one.cases for one in before]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            PROFILE.replace("0101\n", "0101  # horses\n"),
            "a.yaml: when: a comment within the sentence could not be kept",
        ),
        ("{code: KG-1, when: origin is GE}\n", "a.yaml: expected fields in block style"),
        (
            PROFILE.replace("when: origin", "when: orgin"),
            "a.yaml: when: there is no fact 'orgin' (did you mean origin?)",
        ),
        ("- 1\n", "a.yaml: expected fields with values"),
    ],
)
def test_what_could_not_be_kept_is_refused_and_left_as_it_is(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    assert main(["profile", "format", str(path)]) == 2
    assert said in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == text


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "format", str(tmp_path / "none.yaml")]) == 2
    assert "nothing there" in capsys.readouterr().err


def test_the_profiles_that_are_shipped_stand_in_the_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "format", "--check", str(PROFILES)]) == 0, capsys.readouterr().out
