import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import SettingsError
from darvoza.methods.partial_evidence import PartialEvidence, believed_rates, fitted_prior
from darvoza.methods.smoothed_rates import Prior

PRIOR = Prior(rate=0.06, strength=10)


def one_group(**changes: float) -> PartialEvidence:
    given_ = {"seen": 0.0, "positives": 0.0, "unseen": 0.0, "trials": 0.0, "trial_positives": 0.0, **changes}
    return PartialEvidence(**{name: np.array([float(value)]) for name, value in given_.items()})


def test_a_group_of_which_nothing_is_known_is_believed_to_be_like_all() -> None:
    believed = believed_rates(one_group(unseen=100), PRIOR)
    assert believed.mean[0] == pytest.approx(PRIOR.rate)
    assert believed.alpha[0] + believed.beta[0] == pytest.approx(PRIOR.strength)


@given(passes=st.floats(1, 1e4), share=st.floats(0.001, 0.2))
def test_passes_for_cause_never_lower_the_belief_by_more_than_their_share(passes: float, share: float) -> None:
    evidence = one_group(seen=passes, unseen=passes * (1 - share) / share)
    assert believed_rates(evidence, PRIOR).mean[0] >= PRIOR.rate * (1 - share) - 1e-12


@given(passes=st.integers(1, 200), more=st.integers(1, 200))
def test_each_further_pass_of_chance_lowers_the_belief(passes: int, more: int) -> None:
    evidence = one_group(seen=passes, unseen=5000, trials=passes)
    assert believed_rates(evidence.with_passes(more), PRIOR).mean < believed_rates(evidence, PRIOR).mean


@given(findings=st.integers(1, 50))
def test_a_finding_raises_the_belief_however_it_was_reached(findings: int) -> None:
    for_cause = one_group(seen=50, positives=findings, unseen=950)
    clean = one_group(seen=50, unseen=950)
    assert believed_rates(for_cause, PRIOR).mean > believed_rates(clean, PRIOR).mean


def test_results_of_unequal_chances_count_as_fewer_by_the_design_effect() -> None:
    evidence = PartialEvidence.gather(
        [0] * 3, decay=[1.0] * 3, seen=[True] * 3, positive=[False] * 3, probability=[0.5, 0.5, 0.01]
    )
    assert evidence.trials[0] == pytest.approx((1 + 1 + 99) ** 2 / (1 + 1 + 99**2))


def test_a_result_as_old_as_the_half_life_counts_half() -> None:
    evidence = PartialEvidence.gather([0], decay=[0.5], seen=[True], positive=[True], probability=[0.1])
    assert (evidence.seen[0], evidence.trials[0], evidence.trial_positives[0]) == pytest.approx((0.5, 0.5, 0.5))


def test_a_result_of_unknown_chance_speaks_for_itself_only() -> None:
    evidence = PartialEvidence.gather([0], decay=[1.0], seen=[True], positive=[False], probability=[np.nan])
    assert (evidence.seen[0], evidence.trials[0]) == (1, 0)


def test_a_probability_of_nothing_is_refused() -> None:
    with pytest.raises(SettingsError):
        PartialEvidence.gather([0], decay=[1.0], seen=[True], positive=[False], probability=[0.0])


@pytest.mark.parametrize("strength", [5, 20, 80])
def test_the_strength_of_the_prior_is_recovered(strength: int) -> None:
    rng = np.random.default_rng(1)
    rates = rng.beta(0.1 * strength, 0.9 * strength, 5000)
    found = fitted_prior(rng.binomial(30, rates), np.full(5000, 30.0), rate=0.1).strength
    assert found == pytest.approx(strength, rel=0.25)


def test_where_nothing_can_be_told_the_belief_about_the_strength_decides() -> None:
    assert fitted_prior([0, 0], [1, 1], rate=0.1).strength == pytest.approx(20, rel=0.15)


def test_intervals_hold_true_rates_although_the_suspicious_were_examined_more() -> None:
    """Traders with rates from the prior; what looks suspicious offends more and is examined for certain."""
    rng = np.random.default_rng(11)
    rates = rng.beta(1.0, 9.0, 400)
    traders = np.repeat(np.arange(400), 300)
    suspicious = rng.random(traders.size) < 0.05
    chance = np.where(suspicious, np.minimum(3 * rates[traders], 1), rates[traders] * 0.9)
    positive = rng.random(traders.size) < chance
    probability = np.where(suspicious, 1.0, 0.05)
    seen = rng.random(traders.size) < probability
    evidence = PartialEvidence.gather(
        traders, decay=np.ones(traders.size), seen=seen, positive=positive, probability=probability
    )
    low, high = believed_rates(evidence, Prior(rate=0.1, strength=10)).interval(0.9)
    held = np.mean((low <= rates) & (rates <= high))
    assert held > 0.87, "90 % limits, less what 400 traders leave to chance"
