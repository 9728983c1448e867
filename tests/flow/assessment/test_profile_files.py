from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from darvoza.domain.codes import Act, Agency
from darvoza.domain.profile import UnknownPolicy
from darvoza.errors import InvalidProfile, ProfileError, SentenceError, UnknownFact
from darvoza.flow.assessment.profile_files import load_profiles, parse_profile
from darvoza.flow.assessment.worked_cases import run_case
from flow.assessment.refusals import LIST, PROFILE, PROFILES


def errors_of(group: BaseExceptionGroup[Any]) -> list[ProfileError]:
    return [
        leaf
        for error in group.exceptions
        for leaf in (errors_of(error) if isinstance(error, BaseExceptionGroup) else [error])
    ]


def loaded(folder: Path, **files: str) -> list[str]:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    try:
        load_profiles(folder)
    except ExceptionGroup as group:
        found = errors_of(group)
        assert all(isinstance(error, ProfileError) for error in found)
        return [str(error) for error in found]
    return []


def test_a_profile_is_read_as_written(tmp_path: Path) -> None:
    assert loaded(tmp_path, a=PROFILE) == []
    (profile,) = load_profiles(tmp_path)
    assert (profile.code, profile.agency, profile.unknown) == ("KG-1", Agency.CUSTOMS, UnknownPolicy.MATCH)
    assert (profile.treatment.act, profile.treatment.share) == (Act.PHYSICAL, Decimal("0.5"))
    assert profile.valid.end == date(2026, 12, 31)
    assert profile.instructions["ru"] == "Смотрите."


def test_norway_stays_a_country_and_a_code_keeps_its_zero(tmp_path: Path) -> None:
    loaded(tmp_path, a=PROFILE)
    (profile,) = load_profiles(tmp_path)
    (case,) = profile.cases
    assert case.given == {
        "origin": "NO",
        "hs": "010121",
        "price": Decimal("1.10"),
        "importer_is_new": True,
        "documents": ("CO",),
    }
    assert run_case(profile, case) is True


@pytest.mark.parametrize(("old", "new", "words"), PROFILES)
def test_what_is_wrong_is_named_with_file_and_field(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in PROFILE
    assert any(words in error for error in loaded(tmp_path, a=PROFILE.replace(old, new)))


def test_every_error_of_every_file_is_collected(tmp_path: Path) -> None:
    broken = PROFILE.replace("code: KG-1", "code: KG-2").replace("agency: customs", "agency: x").replace("0.5", "7")
    found = loaded(tmp_path, a=PROFILE, b__deep=broken, c=PROFILE.replace("KG-1", "KG-3").replace("(NO", "NO"))
    assert [error.split(": ")[0] for error in found] == ["b/deep.yaml", "b/deep.yaml", "c.yaml"]


def test_a_code_is_used_once(tmp_path: Path) -> None:
    (error,) = loaded(tmp_path, a=PROFILE, b=PROFILE)
    assert error == "b.yaml: code: expected a name used once, got 'KG-1'"


def test_a_profile_without_a_case_is_refused(tmp_path: Path) -> None:
    (error,) = loaded(tmp_path, a=PROFILE.split("cases:", maxsplit=1)[0])
    assert error.startswith("a.yaml: cases: expected at least one worked case")


def test_a_named_list_beside_the_profiles_can_be_spoken_of(tmp_path: Path) -> None:
    listed = PROFILE.replace("origin in (NO, GE)", 'importer in list "watched"').replace("origin: NO", "importer: '02'")
    assert loaded(tmp_path, customs__a=listed, lists__watched=LIST) == []
    (profile,) = load_profiles(tmp_path)
    assert run_case(profile, profile.cases[0]) is True


@pytest.mark.parametrize("old", ["name: watched\n", "source: police\n", "date: 2026-01-01\n", "values: ['01', '02']\n"])
def test_a_list_says_who_made_it_and_when(tmp_path: Path, old: str) -> None:
    (error,) = loaded(tmp_path, lists__watched=LIST.replace(old, ""))
    assert f"lists/watched.yaml: {old.split(':', maxsplit=1)[0]}: expected" in error


def test_a_sentence_that_names_nobody_needs_no_justification(tmp_path: Path) -> None:
    plain = PROFILE.replace("justification: the country matters\n", "").replace("origin in (NO, GE) and ", "")
    assert loaded(tmp_path, a=plain) == []


@pytest.mark.parametrize("sentence", ['importer is "1"', "export_country is GE", "transit_countries include GE"])
def test_whoever_is_named_must_be_justified(tmp_path: Path, sentence: str) -> None:
    unjust = PROFILE.replace("justification: the country matters\n", "")
    (error,) = loaded(tmp_path, a=unjust.replace("origin in (NO, GE)", sentence))
    assert "TFA 7.4.2" in error


def test_nobody_approves_a_profile_of_their_own(tmp_path: Path) -> None:
    (error,) = loaded(tmp_path, a=PROFILE + "author: A. Asanova\napprover: a. asanova\n")
    assert "approver" in error
    assert "second person" in error
    assert loaded(tmp_path, a=PROFILE + "author: A. Asanova\napprover: B. Bekov\n") == []


def test_the_version_and_the_content_of_a_list_are_part_of_the_profile(tmp_path: Path) -> None:
    sentence = PROFILE.replace("hs starts with 0101", 'importer in list "watched"')
    digests = set()
    for named in (LIST, LIST + "version: 2\n", LIST.replace("'02'", "'03'"), LIST.replace("police", "court")):
        assert loaded(tmp_path, a=sentence, lists__watched=named) == []
        digests.add(load_profiles(tmp_path).digest)
    assert len(digests) == 3  # who made it does not change a decision


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidProfile):
        load_profiles(tmp_path / "none")


def test_one_profile_can_be_read_from_a_mapping() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        parse_profile({"when": "orgin is GE and", "agency": 5}, "form")
    found = errors_of(caught.value)
    assert any(isinstance(error, SentenceError) and not isinstance(error, UnknownFact) for error in found)
    assert {error.field for error in found} >= {"form: when", "form: agency", "form: code", "form: cases"}


def test_a_part_of_a_directory_finds_the_lists_beside_it(tmp_path: Path) -> None:
    listed = PROFILE.replace("origin in (NO, GE)", 'importer in list "watched"').replace("origin: NO", "importer: '02'")
    assert loaded(tmp_path, customs__a=listed, lists__watched=LIST) == []
    (profile,) = load_profiles(tmp_path / "customs")
    assert run_case(profile, profile.cases[0]) is True
    (error,) = loaded(tmp_path / "customs", lists__other=LIST.replace("watched", "other"))
    assert "there is no list 'watched'" in error  # lists of its own are all that it has
