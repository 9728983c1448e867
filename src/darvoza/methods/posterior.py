"""What is believed of a share after some trials: the Beta posterior.

Ten trials without a positive do not make a share of zero. The prior holds the belief before anything was seen, as so
many trials at the base rate; with every trial it weighs less.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import scipy

from darvoza.errors import SettingsError


@dataclass(frozen=True, slots=True)
class BetaPosterior:
    """A Beta distribution of a share.

    Attributes
    ----------
    alpha, beta
        Its parameters, above 0: positives and negatives believed or seen.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd edition, section 2.4.

    Examples
    --------
    >>> after = BetaPosterior.of(10, 100, prior_mean=0.03, prior_weight=50)
    >>> print(f"{after.mean:.4f}")
    0.0767
    >>> print(f"{after.chance_above(0.045):.3f}")
    0.947
    """

    alpha: float
    beta: float

    @classmethod
    def of(cls, positives: int, trials: int, *, prior_mean: float, prior_weight: float = 50.0) -> Self:
        """Update a prior with what was seen.

        Parameters
        ----------
        positives, trials
            Counts, ``0 <= positives <= trials``; no trial at all leaves the prior.
        prior_mean
            The share believed beforehand, in (0, 1).
        prior_weight
            As how many trials the prior counts, above 0.

        Raises
        ------
        SettingsError
            When an argument is out of range.
        """
        if not 0 <= positives <= trials:
            raise SettingsError(field="positives", expected=f"a count from 0 to {trials}", got=positives)
        if not (0 < prior_mean < 1 and prior_weight > 0):
            got = (prior_mean, prior_weight)
            raise SettingsError(field="prior", expected="a mean strictly between 0 and 1, a weight above 0", got=got)
        return cls(prior_weight * prior_mean + positives, prior_weight * (1 - prior_mean) + trials - positives)

    @property
    def mean(self) -> float:
        """The mean of the share."""
        return self.alpha / (self.alpha + self.beta)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Give the equal-tailed interval that holds the share with probability `level`, in (0, 1)."""
        if not 0 < level < 1:
            raise SettingsError(field="level", expected="a level strictly between 0 and 1", got=level)
        low, high = scipy.special.betaincinv(self.alpha, self.beta, np.array([(1 - level) / 2, (1 + level) / 2]))
        return float(low), float(high)

    def chance_above(self, share: float) -> float:
        """Give the probability that the share is above a value; 0 from 1 on."""
        return float(scipy.special.betaincc(self.alpha, self.beta, min(max(share, 0.0), 1.0)))
