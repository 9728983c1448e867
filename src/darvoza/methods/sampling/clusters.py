"""How many clusters to open, such as boxes, when marked units keep together.

References
----------
ISPM 31, Methodologies for sampling of consignments (2008, IPPC), appendix 4. Its text was recalled, not read, and the
numbers of its table were not at hand.
"""

import math
from typing import NamedTuple

import numpy as np
import scipy

from darvoza.errors import SettingsError
from darvoza.methods.sampling.arguments import amount, largest_miss, share, share_up_to_one, whole


class ClusterSample(NamedTuple):
    """How many clusters to open, how many units that is, and the chance that one cluster shows nothing."""

    clusters: int
    units: int
    miss_per_cluster: float


def correlated(correlation: float) -> float:
    """Clustering θ of a beta-binomial from the correlation ρ of two units of one cluster, ``θ = ρ / (1 − ρ)``.

    Raises
    ------
    SettingsError
        When the correlation is not in [0, 1).

    Examples
    --------
    >>> round(correlated(0.2), 9)
    0.25
    """
    rho = amount("rho", correlation)
    if rho >= 1:
        raise SettingsError(field="rho", expected="a correlation from 0 to below 1", got=correlation)
    return rho / (1 - rho)


def clustered_size(
    level: float, *, confidence: float, clustering: float, units_per_cluster: int, sensitivity: float = 1.0
) -> ClusterSample:
    """Smallest number of clusters to open when marked units keep together.

    The share of marked units differs between clusters as a beta distribution with mean `level`; the same number of
    units is taken from each. Taking many units from one cluster then tells less than as many from several.

    Parameters
    ----------
    level, confidence, sensitivity
        As for `hypergeometric_size`; a marked unit is recognised or overlooked each by itself.
    clustering
        θ ``>= 0``: 0 is no clustering. The beta distribution is ``α = level/θ``, ``β = (1 − level)/θ``.
    units_per_cluster
        Units taken from each cluster, at least 1.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    References
    ----------
    ISPM 31, appendix 4; the formula ``∏ (1 − p + jθ)/(1 + jθ)`` is the beta-binomial probability of 0.

    Examples
    --------
    >>> clustered_size(0.01, confidence=0.95, clustering=0.05, units_per_cluster=20)
    ClusterSample(clusters=22, units=440, miss_per_cluster=0.867...)
    """
    log_miss = math.log(
        miss_per_cluster(level, clustering=clustering, units_per_cluster=units_per_cluster, sensitivity=sensitivity)
    )
    ratio = math.log(largest_miss(confidence)) / log_miss
    # the ratio of two logarithms may lie a rounding error above the whole number that it is
    clusters = max(1, math.ceil(ratio * (1 - 1e-12)))
    return ClusterSample(clusters, clusters * units_per_cluster, math.exp(log_miss))


def miss_per_cluster(level: float, *, clustering: float, units_per_cluster: int, sensitivity: float = 1.0) -> float:
    """Chance that the units taken from one cluster show nothing; arguments as for `clustered_size`.

    Raises
    ------
    SettingsError
        When an argument is out of range.

    Examples
    --------
    >>> round(miss_per_cluster(0.05, clustering=0.2, units_per_cluster=10), 8)
    0.74309049
    """
    p, theta = share("level", level), amount("clustering", clustering)
    units = whole("units_per_cluster", units_per_cluster)
    seen = share_up_to_one("sensitivity", sensitivity)
    if theta == 0 or seen == 1:
        j = np.arange(units) * theta
        return math.exp(float(np.log1p(-p * seen / (1 + j)).sum()))
    x = np.arange(units + 1, dtype=float)
    a, b = p / theta, (1 - p) / theta
    log_pmf = -math.log1p(units) - scipy.special.betaln(units - x + 1, x + 1)
    log_pmf += scipy.special.betaln(x + a, units - x + b) - scipy.special.betaln(a, b)
    return float(np.exp(log_pmf + scipy.special.xlog1py(x, -seen)).sum())
