"""Shrunken rates: the prior is found again, small groups are not condemned, the score is a plain sum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError, UnfitModel
from darvoza.methods.smoothed_rates import Prior, logit, moment_prior, shrunken_rate, transparent_score


@pytest.mark.parametrize(("rate", "strength"), [(0.05, 10.0), (0.2, 30.0), (0.5, 4.0)])
@pytest.mark.parametrize("mean_trials", [5, 60])
def test_the_prior_behind_simulated_groups_is_recovered(rate: float, strength: float, mean_trials: int) -> None:
    rng = np.random.default_rng(42)
    trials = 1 + rng.poisson(mean_trials, 20_000)
    truth = rng.beta(strength * rate, strength * (1 - rate), trials.size)
    prior = moment_prior(rng.binomial(trials, truth), trials)
    assert prior.rate == pytest.approx(rate, rel=0.03)
    assert prior.strength == pytest.approx(strength, rel=0.15)


def test_shrunken_rates_are_closer_to_the_truth_than_raw_ones() -> None:
    rng = np.random.default_rng(1)
    trials = 1 + rng.poisson(8, 5_000)
    truth = rng.beta(1, 9, trials.size)
    positives = rng.binomial(trials, truth)
    shrunken = shrunken_rate(positives, trials, moment_prior(positives, trials))
    assert ((shrunken - truth) ** 2).mean() < 0.6 * ((positives / trials - truth) ** 2).mean()


def test_groups_that_differ_by_chance_alone_are_shrunken_almost_wholly() -> None:
    trials = np.full(3_000, 20)
    prior = moment_prior(np.random.default_rng(2).binomial(trials, 0.1), trials)
    assert prior.strength > 150


def test_the_strength_is_clipped_at_both_ends() -> None:
    assert moment_prior([0, 50, 0, 50], [50, 50, 50, 50]).strength == 1
    assert moment_prior([5, 5, 5, 5], [50, 50, 50, 50]).strength == 500
    assert moment_prior([0, 0], [10, 10]).strength == 500


def test_the_base_rate_may_come_from_a_random_sample() -> None:
    assert moment_prior([5, 9], [10, 10], rate=0.1).rate == 0.1
    with pytest.raises(SettingsError, match="rate"):
        moment_prior([5], [10], rate=1.0)


@given(st.floats(0, 1e4), st.floats(0, 1), st.floats(0.001, 0.999), st.floats(1, 500))
def test_a_shrunken_rate_lies_between_the_base_rate_and_the_raw_rate(
    trials: float, share: float, rate: float, strength: float
) -> None:
    got = float(shrunken_rate(trials * share, trials, Prior(rate, strength)))
    raw = share if trials > 0 else rate
    assert min(rate, raw) - 1e-9 <= got <= max(rate, raw) + 1e-9


def test_the_transparent_score_is_the_sum_of_what_each_key_says() -> None:
    rng = np.random.default_rng(3)
    trials = rng.poisson(4, (500, 3))
    positives = rng.binomial(trials, 0.2)
    priors = (Prior(0.2, 10.0), Prior(0.1, 30.0), Prior(0.3, 2.0))
    score = transparent_score(positives, trials, priors, base_rate=0.15)
    assert score.log_odds == pytest.approx(logit(0.15) + score.contributions.sum(axis=1))
    for key, prior in enumerate(priors):
        expected = logit(shrunken_rate(positives[:, key], trials[:, key], prior)) - logit(prior.rate)
        assert score.contributions[:, key] == pytest.approx(expected)
    assert (score.contributions[trials == 0] == 0).all()


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(SettingsError):
        moment_prior([3], [2])
    with pytest.raises(SettingsError, match="trials"):
        moment_prior([1, 1], [2])
    with pytest.raises(UnfitModel):
        moment_prior([0.0], [0.0])
    with pytest.raises(SettingsError, match="priors"):
        transparent_score([[1.0]], [[2.0]], (), base_rate=0.1)
    with pytest.raises(SettingsError, match="base_rate"):
        transparent_score([[1.0]], [[2.0]], (Prior(0.1, 1.0),), base_rate=0.0)
    with pytest.raises(SettingsError):
        Prior(0.0, 1.0)
