"""What is believed of a group's rate when some of its cases were looked at for cause, some by chance, most not at all.

A case looked at is a fact, however it was chosen. What nobody looked at has to be believed, and only results that
chance had a hand in say anything about it: a result drawn with probability π speaks for (1 − π)/π cases that were not
drawn. A case that had to be looked at (π = 1) speaks for none. So no number of passes for cause can stand for what
was never seen.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError
from darvoza.methods.smoothed_rates import Prior

Floats = NDArray[np.float64]

BEYOND = 1e-6
"""A number of draws less likely than this is not of the draw: one group in a million is suspected wrongly."""


@dataclass(frozen=True, slots=True)
class PartialEvidence:
    """What was seen of each group, and what chance says of the rest; arrays of shape ``(groups,)``.

    Attributes
    ----------
    seen, positives
        Decayed number of cases looked at, and of positives among them.
    unseen
        Decayed number of cases nobody looked at.
    trials, trial_positives
        As how many cases the results of chance count for what is unseen, and how many of them are positive.
    """

    seen: Floats
    positives: Floats
    unseen: Floats
    trials: Floats
    trial_positives: Floats

    @classmethod
    def gather(
        cls,
        groups: ArrayLike,
        *,
        decay: ArrayLike,
        seen: ArrayLike,
        positive: ArrayLike,
        probability: ArrayLike,
    ) -> Self:
        """Sum cases up by group.

        With ``v = (1 − π)/π`` and decay ``d``, the chance results of a group count as ``n = (Σdv)²/Σdv²`` cases (the
        design effect of unequal weights, and age), with rate ``Σdvz/Σdv``.

        Parameters
        ----------
        groups
            Number of the group of each case, from 0 without a gap; shape ``(n,)``.
        decay
            Weight of each case by its age, in (0, 1].
        seen
            Whether it was looked at and the result is known.
        positive
            Whether it was a positive; not looked at where it was not seen.
        probability
            π with which it was looked at, in (0, 1]; NaN where that is not known: it then speaks for itself only.

        Raises
        ------
        SettingsError
            When shapes or ranges do not fit.

        References
        ----------
        Kish (1965), Survey Sampling, section 11.2 (effective size).

        Examples
        --------
        Ten passes for cause beside 90 cases unseen; then ten passes of a draw with π = 0.1:

        >>> cases = dict(groups=[0] * 100, decay=[1.0] * 100, seen=[True] * 10 + [False] * 90, positive=[False] * 100)
        >>> PartialEvidence.gather(**cases, probability=[1.0] * 100).trials
        array([0.])
        >>> PartialEvidence.gather(**cases, probability=[0.1] * 100).trials
        array([10.])
        """
        group = np.asarray(groups, dtype=np.int64)
        d, pi = np.asarray(decay, dtype=float), np.asarray(probability, dtype=float)
        looked, found = np.asarray(seen, dtype=bool), np.asarray(positive, dtype=bool)
        if not group.shape == d.shape == pi.shape == looked.shape == found.shape:
            raise SettingsError(field="cases", expected="arrays of one shape", got=[group.shape, d.shape, pi.shape])
        if np.any((d <= 0) | (d > 1)) or np.any((pi <= 0) | (pi > 1)):
            raise SettingsError(field="decay, probability", expected="values in (0, 1]", got="values outside")
        count = int(group.max()) + 1 if group.size else 0

        def total(weights: Floats) -> Floats:
            return np.bincount(group, weights, minlength=count).astype(float)

        odds = np.where(looked & ~np.isnan(pi), (1 - pi) / np.where(np.isnan(pi), 1.0, pi), 0.0)
        first, second = total(d * odds), total(d * odds**2)
        trials = np.divide(first**2, second, out=np.zeros(count), where=second > 0)
        share = np.divide(total(d * odds * found), first, out=np.zeros(count), where=first > 0)
        return cls(total(d * looked), total(d * (looked & found)), total(d * ~looked), trials, trials * share)

    def with_passes(self, more: ArrayLike) -> "PartialEvidence":
        """Give the evidence as it would be after so many more chance results without a positive in each group."""
        return PartialEvidence(
            self.seen, self.positives, self.unseen, self.trials + np.asarray(more), self.trial_positives
        )

    def of(self, places: ArrayLike) -> "PartialEvidence":
        """Keep some groups."""
        kept = np.asarray(places)
        parts = (self.seen, self.positives, self.unseen, self.trials, self.trial_positives)
        return PartialEvidence(*(part[kept] for part in parts))


def seen_beyond_chance(groups: ArrayLike, *, seen: ArrayLike, probability: ArrayLike) -> NDArray[np.bool_]:
    """Tell of each group whether more of its cases were looked at than the probabilities beside them can have drawn.

    Then something else than chance chose, and what was seen speaks for nothing unseen. So many draws are less likely than
    `BEYOND`, by the Poisson tail above Σπ, which is never below that of the sum of draws so far out. A case that had to
    be looked at says nothing; of one that was not seen and whose π is not known, the mean π of the other cases
    of its group is taken.

    Parameters
    ----------
    groups, seen, probability
        As for `PartialEvidence.gather`.

    References
    ----------
    Hoeffding (1956), Annals of Mathematical Statistics 27:713 (sums of unequal trials against equal ones).

    Examples
    --------
    >>> cases = dict(groups=[0] * 60, seen=[True] * 30 + [False] * 30)
    >>> [seen_beyond_chance(**cases, probability=[pi] * 60).item() for pi in (0.01, 0.5)]
    [True, False]
    """
    group, pi = np.asarray(groups, dtype=np.int64), np.asarray(probability, dtype=float)
    looked = np.asarray(seen, dtype=bool)
    count = int(group.max()) + 1 if group.size else 0
    drawn = looked & (pi < 1)
    stated = drawn | (~looked & ~np.isnan(pi))
    asked = np.bincount(group, np.where(stated, pi, 0.0), minlength=count)
    told = np.bincount(group, stated, minlength=count)
    blank = np.bincount(group, ~looked & np.isnan(pi), minlength=count)
    # of groups of which no π is known nothing was drawn
    expected = asked * (1 + blank / np.maximum(told, 1))
    happened = np.bincount(group, drawn, minlength=count)
    return np.asarray((happened > 0) & (scipy.special.pdtrc(happened - 1, expected) < BEYOND))


@dataclass(frozen=True, slots=True)
class BelievedRates:
    """A Beta distribution of the rate of each group; arrays of shape ``(groups,)``."""

    alpha: Floats
    beta: Floats

    @property
    def mean(self) -> Floats:
        """The mean of each rate."""
        return self.alpha / (self.alpha + self.beta)

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Give the equal-tailed limits that hold each rate with probability `level`, in (0, 1)."""
        if not 0 < level < 1:
            raise SettingsError(field="level", expected="a level strictly between 0 and 1", got=level)
        low = scipy.special.betaincinv(self.alpha, self.beta, (1 - level) / 2)
        return np.asarray(low), np.asarray(scipy.special.betaincinv(self.alpha, self.beta, (1 + level) / 2))

    def chance_above(self, rate: float) -> Floats:
        """Give the probability that each rate lies above a value."""
        return np.asarray(scipy.special.betaincc(self.alpha, self.beta, min(max(rate, 0.0), 1.0)))


def believed_rates(evidence: PartialEvidence, prior: Prior) -> BelievedRates:
    """Join what was seen and what is believed of the rest.

    The rate is ``s·p + (1 − s)·θ``: s the share seen, p the rate of what was seen, θ that of what was not. Both start
    from the prior; p learns from every result, θ from chance alone. They are taken as fully dependent (standard
    deviations add), so the distribution is rather too wide than too narrow; its mean and variance give the Beta.

    Parameters
    ----------
    evidence
        What is known of the groups.
    prior
        What is believed of a group of which nothing is known.

    Examples
    --------
    Fifty passes for cause among a thousand cases, and fifty by chance:

    >>> none, fifty = np.zeros(1), np.array([50.0])
    >>> for_cause = PartialEvidence(fifty, none, np.array([950.0]), none, none)
    >>> by_chance = PartialEvidence(fifty, none, np.array([950.0]), fifty, none)
    >>> prior = Prior(rate=0.06, strength=10)
    >>> print(believed_rates(for_cause, prior).mean.round(3), believed_rates(by_chance, prior).mean.round(3))
    [0.058] [0.01]
    """
    whole = evidence.seen + evidence.unseen
    share = np.divide(evidence.seen, whole, out=np.zeros(whole.shape), where=whole > 0)
    seen_mean, seen_sd = _moments(evidence.positives, evidence.seen, prior)
    rest_mean, rest_sd = _moments(evidence.trial_positives, evidence.trials, prior)
    mean = share * seen_mean + (1 - share) * rest_mean
    variance = (share * seen_sd + (1 - share) * rest_sd) ** 2
    size = mean * (1 - mean) / variance - 1
    return BelievedRates(mean * size, (1 - mean) * size)


STRENGTHS = np.geomspace(2.0, 500.0, 120)
"""Strengths of the prior that are tried, as so many trials."""


def fitted_prior(positives: ArrayLike, trials: ArrayLike, *, rate: float) -> Prior:
    """Find how far groups differ: the strength of the prior under which their counts are likeliest.

    The marginal likelihood is beta-binomial; counts may be fractions. A lognormal belief about the strength (median
    20 trials, 95 % within 1.4 to 290) decides where counts are too few to tell, where moments would say that all
    groups are alike.

    Parameters
    ----------
    positives, trials
        Counts per group, shape ``(groups,)``, ``0 <= positives <= trials``.
    rate
        The rate of all groups together, in (0, 1).

    References
    ----------
    Griffiths (1973), Biometrics 29:637 (beta-binomial likelihood); Gelman et al. (2013), section 5.3.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> rates = rng.beta(0.5, 4.5, 2000)
    >>> round(fitted_prior(rng.binomial(20, rates), np.full(2000, 20.0), rate=0.1).strength)
    5
    """
    y, n = np.asarray(positives, dtype=float), np.asarray(trials, dtype=float)
    y, n = y[n > 0][:, None], n[n > 0][:, None]
    alpha, beta = STRENGTHS * rate, STRENGTHS * (1 - rate)
    likelihood = (scipy.special.betaln(y + alpha, n - y + beta) - scipy.special.betaln(alpha, beta)).sum(axis=0)
    belief = -((np.log(STRENGTHS / 20) / 1.36) ** 2) / 2
    return Prior(rate=rate, strength=float(STRENGTHS[np.argmax(likelihood + belief)]))


def _moments(positives: Floats, trials: Floats, prior: Prior) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the Beta posterior."""
    size = prior.strength + trials
    mean = (prior.strength * prior.rate + positives) / size
    return mean, np.sqrt(mean * (1 - mean) / (size + 1))
