"""Rates of small groups, shrunken towards the whole, and the transparent score they add up to.

One finding in one examination is not a rate of 100 %. Each group's rate is pulled towards the base rate, the more the
fewer its trials; how strongly is estimated from the spread between groups (empirical Bayes, beta-binomial).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError, UnfitModel

Floats = NDArray[np.float64]

LEAST_STRENGTH, GREATEST_STRENGTH = 1.0, 500.0
_LEAST_RATE = 1e-6  # keeps the log-odds finite when no group has a positive


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a group before its own trials are seen: Beta(m·p₀, m·(1 − p₀)).

    Attributes
    ----------
    rate
        Base rate p₀ in (0, 1).
    strength
        How many trials the belief is worth, m in [1, 500].
    """

    rate: float
    strength: float

    def __post_init__(self) -> None:
        if not (0 < self.rate < 1 and self.strength > 0):
            raise SettingsError(field="prior", expected="0 < rate < 1 and strength > 0", got=(self.rate, self.strength))


class TransparentScore(NamedTuple):
    """A score that is a plain sum.

    Attributes
    ----------
    log_odds
        The score, shape (n,): logit p₀ plus the sum of the contributions.
    contributions
        What each key added or took away, shape (n, k).
    """

    log_odds: Floats
    contributions: Floats


def _counts(positives: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    y, n = np.asarray(positives, dtype=float), np.asarray(trials, dtype=float)
    if y.shape != n.shape:
        raise SettingsError(field="trials", expected=f"the shape of positives, {y.shape}", got=n.shape)
    # Decayed sums of the same terms differ by rounding, hence the tolerance.
    if not (np.all(n >= 0) and np.all(y >= 0) and np.all(y <= n + 1e-9)):
        raise SettingsError(field="positives", expected="0 <= positives <= trials everywhere", got="values outside")
    return y, n


def moment_prior(positives: ArrayLike, trials: ArrayLike, *, rate: float | None = None) -> Prior:
    """Estimate the prior of a family of groups by the method of moments.

    With ``r = y/n`` and ``ω = n/Σn``, ``τ² = (Σω(r − p₀)² − p₀(1 − p₀)·Σω/n) / (1 − Σω/n)`` is the variance between
    groups and ``m = p₀(1 − p₀)/τ² − 1``, clipped to [1, 500]. The denominator makes the estimate unbiased when groups
    are small; with large groups it is 1. When groups differ no more than chance explains, m is 500: groups tell little.

    Parameters
    ----------
    positives, trials
        Counts per group, shape (groups,); may be decayed or weighted. Groups without trials are left out.
    rate
        The base rate p₀ in (0, 1), if it is known from elsewhere (best: from a random sample); the pooled rate of the
        groups otherwise.

    Raises
    ------
    SettingsError
        When a count or the rate is out of range.
    UnfitModel
        When no group has a trial.

    References
    ----------
    Kleinman (1973), JASA 68:46.

    Examples
    --------
    >>> prior = moment_prior([1, 5, 0, 12], [40, 40, 40, 40])
    >>> print(f"{prior.rate:.4f} {prior.strength:.1f}")
    0.1125 7.5
    """
    y, n = _counts(positives, trials)
    y, n = y[n > 0], n[n > 0]
    if n.size == 0:
        raise UnfitModel("no group has a trial", field="trials", hint="smoothed rates need examined history")
    whole = float(n.sum())
    p0 = float(np.clip(y.sum() / whole, _LEAST_RATE, 1 - _LEAST_RATE)) if rate is None else rate
    if not 0 < p0 < 1:
        raise SettingsError(field="rate", expected="a base rate strictly between 0 and 1", got=p0)
    noise = p0 * (1 - p0)
    groups_per_trial = min(n.size / whole, 1 - 1e-9)
    spread = float((n / whole * (y / n - p0) ** 2).sum())
    between = (spread - noise * groups_per_trial) / (1 - groups_per_trial)
    strength = GREATEST_STRENGTH if between <= 0 else noise / between - 1
    return Prior(rate=p0, strength=float(np.clip(strength, LEAST_STRENGTH, GREATEST_STRENGTH)))


def shrunken_rate(positives: ArrayLike, trials: ArrayLike, prior: Prior) -> Floats:
    """Posterior mean rate of each group, ``(y + m·p₀)/(n + m)``; the base rate where there is no trial.

    Parameters
    ----------
    positives, trials
        Counts, any one shape.
    prior
        The belief they are shrunken towards.

    Returns
    -------
    Floats
        Rates in (0, 1), the same shape.

    Raises
    ------
    SettingsError
        When a count is out of range.

    Examples
    --------
    >>> shrunken_rate([0, 1, 8], [0, 1, 20], Prior(rate=0.1, strength=10)).round(3).tolist()
    [0.1, 0.182, 0.3]
    """
    y, n = _counts(positives, trials)
    return np.asarray((y + prior.strength * prior.rate) / (n + prior.strength))


def logit(rates: ArrayLike) -> Floats:
    """Log-odds of rates in (0, 1).

    Examples
    --------
    >>> logit([0.5]).tolist()
    [0.0]
    """
    p = np.asarray(rates, dtype=float)
    return np.asarray(np.log(p) - np.log1p(-p))


def transparent_score(
    positives: ArrayLike, trials: ArrayLike, priors: tuple[Prior, ...], *, base_rate: float
) -> TransparentScore:
    """Add up what each key of a row says: ``logit p₀ + Σ_k (logit θ_k − logit p₀k)``.

    A naive sum: keys that tell the same story count twice, so the order is to be trusted more than the level;
    calibrate before use as a probability. A key without history contributes exactly 0.

    Parameters
    ----------
    positives, trials
        Counts known for each key of each row, shape (n, k).
    priors
        The prior of each key, k of them.
    base_rate
        Rate of the whole in (0, 1), where the sum starts.

    Raises
    ------
    SettingsError
        When shapes, counts or the base rate do not fit.

    Examples
    --------
    >>> prior = Prior(rate=0.1, strength=10)
    >>> score = transparent_score([[8, 0], [0, 0]], [[20, 0], [0, 0]], (prior, prior), base_rate=0.1)
    >>> score.contributions.round(2).tolist()
    [[1.35, 0.0], [0.0, 0.0]]
    >>> score.log_odds.round(2).tolist()
    [-0.85, -2.2]
    """
    y, n = _counts(positives, trials)
    if y.ndim != 2 or y.shape[1] != len(priors):
        raise SettingsError(field="priors", expected=f"one prior per column of {y.shape} counts", got=len(priors))
    if not 0 < base_rate < 1:
        raise SettingsError(field="base_rate", expected="a rate strictly between 0 and 1", got=base_rate)
    contributions = np.zeros(y.shape)
    for key, prior in enumerate(priors):
        # The two logits of an empty key differ by rounding; a key without history must say exactly nothing.
        said = logit(shrunken_rate(y[:, key], n[:, key], prior)) - logit(prior.rate)
        contributions[:, key] = np.where(n[:, key] > 0, said, 0.0)
    return TransparentScore(logit(base_rate) + contributions.sum(axis=1), contributions)
