"""Estimates from a sample with known probabilities: unbiased, and honest about what they do not know."""

import math

import numpy as np
import pytest

from darvoza.errors import SettingsError
from darvoza.methods.estimation import (
    TOO_FEW,
    Estimate,
    difference_estimate,
    hajek,
    horvitz_thompson,
    share_seen,
    unseen_total,
)
from darvoza.methods.poisson_sample import Design, outcome_ratio

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
REPLICATIONS = 2_000


def a_population(rng: np.random.Generator, *, expected: float, pi: Floats) -> Floats:
    """0/1 outcomes, fixed, with about the expected number of sampled positives."""
    positives = round(expected / pi.mean())
    outcomes = np.zeros(pi.size)
    outcomes[rng.choice(pi.size, positives, replace=False)] = 1
    return outcomes


def repeated(outcomes: Floats, pi: Floats, rng: np.random.Generator) -> list[Estimate]:
    made = []
    for _ in range(REPLICATIONS):
        taken = rng.random(pi.size) < pi
        estimate = horvitz_thompson(outcomes[taken], pi[taken])
        assert estimate is not None
        made.append(estimate)
    return made


@pytest.mark.parametrize("expected", [3, 10, 50])
@pytest.mark.parametrize("rate", [0.01, 0.02])
def test_the_interval_covers_what_it_says_at_few_positives(expected: int, rate: float) -> None:
    rng = np.random.default_rng(expected)
    pi = np.full(20_000 if rate == 0.01 else 8_000, rate)
    outcomes = a_population(rng, expected=expected, pi=pi)
    estimates = repeated(outcomes, pi, rng)
    covered = np.mean([e.low <= outcomes.sum() <= e.high for e in estimates])
    noise = 2 * math.sqrt(0.95 * 0.05 / REPLICATIONS)  # exactly 96.7 % at 3, so 97 % itself is within chance
    assert 0.93 - noise <= covered <= 0.97 + noise


@pytest.mark.parametrize("expected", [3, 10, 50])
@pytest.mark.parametrize("rate", [0.01, 0.05, 0.1])
def test_the_exact_coverage_with_equal_probabilities_is_close_to_what_is_stated(expected: int, rate: float) -> None:
    # Every possible count of sampled positives with its binomial chance: no simulation error.
    total = round(expected / rate)
    covered = 0.0
    for seen in range(min(total, 120) + 1):
        estimate = horvitz_thompson([1] * seen + [0] * TOO_FEW, [rate] * (seen + TOO_FEW))
        assert estimate is not None
        if estimate.low <= total <= estimate.high:
            covered += math.comb(total, seen) * rate**seen * (1 - rate) ** (total - seen)
    assert 0.944 <= covered <= 0.975


@pytest.mark.parametrize("expected", [3, 10, 50])
def test_with_unequal_probabilities_the_interval_errs_on_the_wide_side(expected: float) -> None:
    rng = np.random.default_rng(7)
    pi = rng.choice([0.02, 0.05, 0.1], 8_000)
    outcomes = a_population(rng, expected=expected, pi=pi)
    covered = np.mean([e.low <= outcomes.sum() <= e.high for e in repeated(outcomes, pi, rng)])
    assert 0.93 <= covered <= 0.995


def test_total_and_variance_are_unbiased() -> None:
    rng = np.random.default_rng(11)
    pi = rng.uniform(0.05, 0.9, 3_000)
    outcomes = (rng.random(3_000) < 0.1).astype(float)
    estimates = repeated(outcomes, pi, rng)
    values = np.array([e.value for e in estimates])
    true_variance = (outcomes * (1 - pi) / pi).sum()
    assert values.mean() == pytest.approx(outcomes.sum(), abs=4 * math.sqrt(true_variance / REPLICATIONS))
    assert np.mean([e.variance for e in estimates]) == pytest.approx(true_variance, rel=0.05)
    assert values.var() == pytest.approx(true_variance, rel=0.2)


def test_amounts_are_estimated_without_bias_and_covered() -> None:
    rng = np.random.default_rng(5)
    pi, bounds = np.full(6_000, 0.1), rng.gamma(2.0, 50.0, 6_000)
    amounts = (rng.random(6_000) < 0.1) * bounds * rng.beta(2.0, 2.0, 6_000)
    design, estimates = Design.of(pi, bounds), []
    for _ in range(REPLICATIONS):
        taken = rng.random(6_000) < pi
        ratio = outcome_ratio(amounts[taken], bounds[taken])
        estimate = horvitz_thompson(amounts[taken], pi[taken], design=design.scaled(ratio))
        assert estimate is not None
        estimates.append(estimate)
    assert np.mean([e.value for e in estimates]) == pytest.approx(amounts.sum(), rel=0.02)
    assert 0.93 <= np.mean([e.low <= amounts.sum() <= e.high for e in estimates]) <= 0.97


def test_amounts_need_to_know_what_one_more_could_be() -> None:
    with pytest.raises(SettingsError, match="design"):
        horvitz_thompson([120.0] + [0.0] * 40, [0.1] * 41)


@pytest.mark.parametrize("trust", [1.0, 0.4])
def test_predictions_help_when_right_and_do_no_harm_when_wrong(trust: float) -> None:
    rng = np.random.default_rng(3)
    truth = np.clip(rng.gamma(0.3, 0.3, 4_000), 0, 0.95)
    predicted = truth**trust * 0.8
    pi = np.full(4_000, 0.1)
    errors, plain_errors, covered = [], [], 0
    for _ in range(REPLICATIONS):
        outcomes = (rng.random(4_000) < truth).astype(float)
        taken = rng.random(4_000) < pi
        estimate = difference_estimate(
            outcomes[taken], pi[taken], predicted[taken], predicted_total=float(predicted.sum())
        )
        plain = horvitz_thompson(outcomes[taken], pi[taken])
        assert estimate is not None
        assert plain is not None
        covered += estimate.low <= outcomes.sum() <= estimate.high
        errors.append(estimate.value - outcomes.sum())
        plain_errors.append(plain.value - outcomes.sum())
    assert np.mean(errors) == pytest.approx(0, abs=4 * np.std(errors) / math.sqrt(REPLICATIONS))
    assert 0.93 <= covered / REPLICATIONS <= 0.98
    if trust == 1.0:
        assert np.std(errors) < 0.9 * np.std(plain_errors)


@pytest.mark.parametrize("prevalence", [0.02, 0.10])
def test_predictions_three_times_too_high_are_paid_for_by_width_alone(prevalence: float) -> None:
    """A value cut off at what was seen would be too high on average; a scaled interval of few positives too narrow."""
    rng = np.random.default_rng(4)
    truth = np.clip(rng.gamma(0.5, 2 * prevalence, 4_000), 0, 0.95)
    predicted, pi = np.minimum(3 * truth, 1.0), np.clip(truth * 2, 0.03, 1.0)
    errors, covered, below = [], 0, 0
    for _ in range(REPLICATIONS):
        outcomes, taken = (rng.random(4_000) < truth).astype(float), rng.random(4_000) < pi
        estimate = difference_estimate(
            outcomes[taken], pi[taken], predicted[taken], predicted_total=float(predicted.sum()), design=Design.of(pi)
        )
        assert estimate is not None
        errors.append(estimate.value - outcomes.sum())
        covered += estimate.low <= outcomes.sum() <= estimate.high
        below += estimate.value < outcomes[taken].sum()
        assert estimate.low >= outcomes[taken].sum()
    assert np.mean(errors) == pytest.approx(0, abs=4 * np.std(errors) / math.sqrt(REPLICATIONS))
    assert covered / REPLICATIONS >= 0.93
    assert below > 0 or prevalence > 0.05, "few positives: the value must be free to fall below what was seen"


def test_the_difference_estimate_with_empty_predictions_is_horvitz_thompson() -> None:
    outcomes, pi = [1.0] * 5 + [0.0] * 95, [0.2] * 100
    plain = horvitz_thompson(outcomes, pi)
    assert difference_estimate(outcomes, pi, [0.0] * 100, predicted_total=0.0) == plain


def test_when_everything_was_examined_the_total_is_known() -> None:
    assert horvitz_thompson([1] * 4 + [0] * 36, [1.0] * 40) == Estimate(4.0, 0.0, 4.0, 4.0, 40)


def test_the_lower_limit_is_never_below_what_was_seen() -> None:
    estimate = horvitz_thompson([1] * 20 + [0] * 20, [0.9] * 40)
    assert estimate is not None
    assert estimate.low >= 20


def test_nothing_found_still_has_an_upper_limit() -> None:
    estimate = horvitz_thompson([0] * 60, [0.02] * 60)
    assert estimate is not None
    assert (estimate.value, estimate.low) == (0.0, 0.0)
    assert 150 < estimate.high < 190  # the exact limit of no event in Poisson trials, 3.69, times 50


def test_too_few_units_give_no_estimate() -> None:
    assert horvitz_thompson([1] * (TOO_FEW - 1), [0.5] * (TOO_FEW - 1)) is None
    assert horvitz_thompson([1] * TOO_FEW, [0.5] * TOO_FEW) is not None
    assert horvitz_thompson([], []) is None


def test_five_random_checks_are_too_few_however_many_certain_ones_stand_beside_them() -> None:
    outcomes, pi = [1.0] * 500 + [0.0] * 5, [1.0] * 500 + [0.01] * 5
    assert horvitz_thompson(outcomes, pi) is None
    assert hajek(outcomes, pi) is None
    assert unseen_total(outcomes, pi, design=Design.of([1.0] * 500 + [0.01] * 500)) is None
    assert unseen_total(outcomes, pi, design=Design.of([1.0] * 500 + [0.01] * 5_000)) is not None


def test_a_rate_is_the_total_per_unit() -> None:
    rate = Estimate(50.0, 100.0, 30.0, 90.0, 40).per(1_000)
    assert rate == Estimate(0.05, 0.0001, 0.03, 0.09, 40)
    with pytest.raises(SettingsError, match="population"):
        rate.per(0)


def test_what_is_there_is_what_was_seen_and_what_was_not() -> None:
    outcomes, pi = [1] * 6 + [0] * 94, [0.2] * 100
    whole, rest = horvitz_thompson(outcomes, pi), unseen_total(outcomes, pi)
    assert whole is not None
    assert rest is not None
    assert (whole.value, whole.low, whole.high) == pytest.approx((6 + rest.value, 6 + rest.low, 6 + rest.high))
    seen = share_seen(6.0, rest)
    assert seen is not None
    assert seen.value == pytest.approx(6 / whole.value)
    assert (seen.low, seen.high) == pytest.approx((6 / whole.high, 6 / whole.low))
    assert share_seen(0.0, None) is None
    assert rest.capped(10.0).high == 10.0


def test_a_rate_above_one_half_is_as_well_known_as_the_other_one() -> None:
    few, many = hajek([1] * 20 + [0] * 80, [0.1] * 100), hajek([0] * 20 + [1] * 80, [0.1] * 100)
    assert few is not None
    assert many is not None
    assert (few.low, few.value, few.high) == pytest.approx((1 - many.high, 1 - many.value, 1 - many.low))


@pytest.mark.parametrize(
    ("outcomes", "pi"),
    [([1.0], [0.0]), ([1.0], [1.1]), ([-1.0], [0.5]), ([math.nan], [0.5]), ([1.0, 0.0], [0.5])],
)
def test_impossible_samples_are_refused(outcomes: list[float], pi: list[float]) -> None:
    with pytest.raises(SettingsError):
        horvitz_thompson(outcomes * TOO_FEW, pi * TOO_FEW)
