"""Retirement of profiles: the posterior probabilities worked out for a base rate of 3 % and a prior worth 50 results."""

import pytest

from darvoza.methods.posterior import BetaPosterior


@pytest.mark.parametrize(
    ("results", "findings", "chance"), [(50, 0, 0.028), (100, 2, 0.059), (200, 3, 0.007), (100, 10, 0.947)]
)
def test_chances_that_a_profile_is_worthwhile(results: int, findings: int, chance: float) -> None:
    after = BetaPosterior.of(findings, results, prior_mean=0.03, prior_weight=50)
    assert round(after.chance_above(1.5 * 0.03), 3) == chance
