"""Limits of shares and counts, against the values printed in the papers and tables that define them."""

import numpy as np
import pytest

from darvoza.methods.intervals import clopper_pearson, fay_feuer, garwood, wilson

# Newcombe (1998), Statistics in Medicine 17:857, table I: methods 3 (score) and 5 (Clopper–Pearson).
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]


@pytest.mark.parametrize(("positives", "trials", "score", "exact"), NEWCOMBE)
def test_shares_have_the_limits_of_newcombe_table_1(
    positives: int, trials: int, score: tuple[float, float], exact: tuple[float, float]
) -> None:
    assert np.round(wilson(positives, trials), 4).tolist() == list(score)
    assert np.round(clopper_pearson(positives, trials), 4).tolist() == list(exact)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Garwood (1936), Biometrika 28:437, as tabulated since: 95 % limits of a Poisson mean.
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (3, 0.619, 8.767), (10, 4.795, 18.390), (50, 37.111, 65.919)],
)
def test_counts_have_garwoods_limits(count: int, low: float, high: float) -> None:
    assert garwood(count) == pytest.approx((low, high), abs=6e-4)


def test_a_standardised_rate_has_the_limits_of_fay_and_feuer() -> None:
    # Fleiss (1981), table 14.4, used by Fay & Feuer (1997): Down's syndrome by age of the mother, birth order 5 and more,
    # per 100 000 live births: rate 75.53, gamma limits 67.70 and 188.30 (as computed by the R package dsrTest 1.0.0).
    cases = np.array([0, 8, 63, 112, 262, 295])
    births = np.array([327, 30666, 123419, 149919, 104088, 34392])
    standard = np.array([319933, 931318, 786511, 488235, 237863, 61313])
    weight = standard / standard.sum() / births * 1e5
    rate, variance = (weight * cases).sum(), (weight**2 * cases).sum()
    assert rate == pytest.approx(75.52901, abs=5e-6)
    assert fay_feuer(rate, variance, largest_weight=weight.max()) == pytest.approx((67.70212, 188.30017), abs=1e-5)
