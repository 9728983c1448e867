"""Policies: what each looks at."""

import pytest

from builders import a_profile
from darvoza.domain.profile import ProfileSet
from darvoza.practice.policies import PolicyName

GIVEN = ProfileSet((a_profile("origin is CN"),))


@pytest.mark.parametrize(
    ("name", "profiles", "score"),
    [("darvoza", True, True), ("random", False, False), ("profiles", True, False), ("score", False, True)],
)
def test_a_policy_looks_at_profiles_score_both_or_neither(name: str, profiles: bool, score: bool) -> None:
    policy = PolicyName(name)
    assert (policy.uses_profiles, policy.uses_score) == (profiles, score)
    assert policy.profiles(GIVEN) == (GIVEN if profiles else ProfileSet(()))
