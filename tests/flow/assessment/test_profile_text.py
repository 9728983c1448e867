"""A profile that is written down reads back to the same profile."""

from dataclasses import replace
from pathlib import Path

import pytest

from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.flow.assessment.profile_files import load_profiles, parse_profile
from darvoza.flow.assessment.profile_text import fields_text, profile_fields, profile_text
from darvoza.flow.fields import parse_yaml

ROOT = Path(__file__).parents[3] / "profiles"


@pytest.fixture(scope="module")
def shipped() -> ProfileSet:
    """The starter profiles."""
    return load_profiles(ROOT)


def plain(profile: RiskProfile) -> RiskProfile:
    """The profile without the line breaks of its sentence."""
    return replace(profile, sentence=" ".join(profile.sentence.split()))


def test_every_starter_profile_reads_back_to_itself(shipped: ProfileSet) -> None:
    for profile in shipped:
        text = profile_text(profile)
        again = parse_profile(parse_yaml(text, profile.code), profile.code, lists=shipped.lists)
        assert plain(again) == plain(profile)
        assert profile_text(again) == text


def test_values_that_look_like_others_stay_texts() -> None:
    fields = parse_yaml("code: A\ntitle: 'NO'\nowner: '010121'\nrationale: \"a: b # c\"", "x")
    assert parse_yaml(fields_text(fields), "x") == fields


def test_what_says_nothing_is_left_out(shipped: ProfileSet) -> None:
    assert all(value for profile in shipped for value in profile_fields(profile).values())
