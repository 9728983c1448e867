"""What another selection would have detected, from what one selection with known probabilities found.

A unit examined stands for 1/π units. Had it been selected with probability q instead, it would have been detected q times:
``Σ y·q/π`` estimates what would have been detected, ``Σ y·(1 − q)/π`` what would have been missed, both without bias
(Horvitz–Thompson; off-policy replay with known propensities).

What units with π = 1 add is known; the interval is that of the others. Where none of them had anything, its upper part is
what may hide in those that were not drawn: findings that were all certain to be seen do not make the rest clean.

The interval of the share detected, ``D/(D + M)``. Both parts are sums of few, unequally weighted counts, so each has the
mid-p gamma interval that totals have (`darvoza.methods.estimation`), with the variance of a Poisson sample. They are
put together by MOVER in the log-odds: the distance of each limit is the root of the sum of squares of the distances of
the parts. Their errors go the same way, if any, so that this errs on the wide side. Coverage on simulated worlds is
repeated in `tests/methods/test_detection.py`.

References
----------
Horvitz & Thompson (1952), JASA 47:663. Donner & Zou (2012), Statistical Methods in Medical Research 21:347 (MOVER).
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.errors import SettingsError
from darvoza.methods.intervals import gamma_quantile, mid_p_gamma

Floats = NDArray[np.float64]

FEWEST_SAMPLED, FEWEST_POSITIVE = 30, 10
"""Fewest examined units, and fewest with a finding among them, for a number; below, the interval spans almost all."""


class Span(NamedTuple):
    """A number with the limits of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Found:
    """Examined units.

    Attributes
    ----------
    outcomes
        What was found in each, ≥ 0: 0 or 1, or an amount; shape ``(n,)``.
    probabilities
        π with which each was examined, in (0, 1].

    Raises
    ------
    SettingsError
        When a probability is none: one that is not a number would pass for certain.
    """

    outcomes: Floats
    probabilities: Floats

    def __post_init__(self) -> None:
        wrong = self.probabilities[~((self.probabilities > 0) & (self.probabilities <= 1))]
        if wrong.size:
            raise SettingsError(field="probabilities", expected="chances in (0, 1]", got=float(wrong[0]))

    def enough(self) -> bool:
        """Tell whether there is enough for an interval that says something."""
        return self.outcomes.size >= FEWEST_SAMPLED and int((self.outcomes > 0).sum()) >= FEWEST_POSITIVE


def total(found: Found, factors: Floats, *, level: float = 0.95) -> Span | None:
    """Estimate ``Σ y·factor`` over all units, sampled or not.

    Parameters
    ----------
    found
        Examined units.
    factors
        A factor ≥ 0 of each, shape ``(n,)``.
    level
        Confidence level in (0, 1).

    Returns
    -------
    Span or None
        ``None`` when there is too little.

    Examples
    --------
    >>> found = Found(np.array([1.0] * 20 + [0.0] * 80), np.full(100, 0.1))
    >>> span = total(found, np.full(100, 0.5))
    >>> f"{span.value:.0f} ({span.low:.0f} to {span.high:.0f})"
    '100 (65 to 149)'
    """
    return _span(found, factors, level) if found.enough() else None


def _span(found: Found, factors: Floats, level: float) -> Span:
    """Give the sum of what was certain to be seen, which is known, and of the rest, with the interval of the rest."""
    chance = found.probabilities < 1
    known = float(found.outcomes[~chance] @ factors[~chance])
    outcomes, pi = found.outcomes[chance], found.probabilities[chance]
    weights = factors[chance] / pi
    if not (weights > 0).any():  # nothing that was left to chance could add anything
        return Span(known, known, known)
    value = float(outcomes @ weights)
    variance = float((outcomes * weights) ** 2 @ (1 - pi))
    largest = int(np.argmax(weights))
    # one unit more would have added this: the largest weight there is, for a finding of the usual size
    usual = float(np.mean(found.outcomes[found.outcomes > 0])) if (found.outcomes > 0).any() else 1.0
    step = max(usual * float(weights[largest]), 1e-12)
    step_variance = max(step**2 * (1 - float(pi[largest])), 1e-24)
    low, high = mid_p_gamma(value, variance, next_weight=step, next_variance=step_variance, level=level)
    # As in totals: never below the exact limit of what may hide where nothing was found.
    exact = value + float(gamma_quantile((1 + level) / 2, step, step_variance))
    return Span(known + value, known + float(low), known + max(float(high), exact))


def share_detected(found: Found, replayed: Floats, *, level: float = 0.95) -> Span | None:
    """Estimate the share of all there is that another selection would detect.

    Parameters
    ----------
    found
        Examined units.
    replayed
        Probability q with which the other selection would examine each of them, in [0, 1], shape ``(n,)``.
    level
        Confidence level in (0, 1).

    Returns
    -------
    Span or None
        In [0, 1]; ``None`` when there is too little.

    Examples
    --------
    >>> found = Found(np.array([1.0] * 40 + [0.0] * 60), np.array([0.5] * 20 + [0.1] * 80))
    >>> span = share_detected(found, found.probabilities)
    >>> f"{span.value:.2f} ({span.low:.2f} to {span.high:.2f})"
    '0.17 (0.11 to 0.24)'
    """
    if not found.enough():
        return None
    detected, missed = _span(found, replayed, level), _span(found, 1 - replayed, level)
    if detected.value <= 0:
        return Span(0.0, 0.0, _share(detected.high, missed.low))
    if missed.value <= 0:
        certain = bool(np.all(replayed >= 1))
        return Span(1.0, 1.0 if certain else _share(detected.value, missed.high), 1.0)
    middle = math.log(detected.value / missed.value)
    down = math.hypot(_distance(detected.value, detected.low), _distance(missed.high, missed.value))
    up = math.hypot(_distance(detected.high, detected.value), _distance(missed.value, missed.low))
    return Span(_share(detected.value, missed.value), _logistic(middle - down), _logistic(middle + up))


def _distance(larger: float, smaller: float) -> float:
    return math.log(larger / smaller) if smaller > 0 else math.inf


def _share(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest > 0 else 1.0


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-min(max(odds, -700.0), 700.0)))
