"""How well scores rank and how true probabilities are, weighted and safe under ties.

Units with the same score are one group: nothing here depends on the order in which they happen to be stored. Where a
cut runs through a group, the group is taken in proportion, which is the mean over all orders. With weights 1/π the
figures estimate those of the whole from a selected sample. ``None`` means that the figure does not exist, as an AUC
without positives.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import SettingsError

Floats = NDArray[np.float64]


class AtShare(NamedTuple):
    """What is found when the top share of the scores is examined.

    Attributes
    ----------
    share
        The share examined, in (0, 1].
    precision
        Share of the examined that are positive.
    recall
        Share of the positives that are examined; ``None`` when there are none.
    """

    share: float
    precision: float
    recall: float | None


class Gains(NamedTuple):
    """The gains curve: arrays that start at 0 and end at 1, straight between their points."""

    examined: Floats
    found: Floats


class Reliability(NamedTuple):
    """A reliability table, arrays of shape (bins,): mean prediction, observed rate, weight in the bin."""

    predicted: Floats
    observed: Floats
    weight: Floats


def _checked(scores: ArrayLike, labels: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    s, y = np.asarray(scores, dtype=float), np.asarray(labels, dtype=float)
    w = np.ones_like(s) if weights is None else np.asarray(weights, dtype=float)
    if s.ndim != 1 or s.size == 0 or y.shape != s.shape or w.shape != s.shape:
        raise SettingsError(
            field="labels", expected="scores, labels and weights of one shape (n,), n > 0", got=(s.shape, y.shape)
        )
    if not np.isin(y, (0.0, 1.0)).all():
        raise SettingsError(field="labels", expected="labels of 0 or 1", got="other values")
    if np.isnan(s).any() or not np.all((w > 0) & np.isfinite(w)):
        raise SettingsError(field="weights", expected="scores without NaN, finite weights above 0", got="others")
    return s, y, w


def _running(scores: Floats, *amounts: Floats) -> list[Floats]:
    """Sums of each amount from the highest score down, one entry per distinct score, each preceded by 0."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last_of_group = np.append(np.flatnonzero(np.diff(ordered)), scores.size - 1)
    return [np.concatenate(([0.0], np.cumsum(amount[order])[last_of_group])) for amount in amounts]


def roc_auc(scores: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None) -> float | None:
    """Area under the ROC curve: the chance that a positive scores higher than a negative, ties counting half.

    Parameters
    ----------
    scores, labels, weights
        Shape (n,); labels 0 or 1; weights above 0.

    Returns
    -------
    float or None
        In [0, 1]; ``None`` when positives or negatives are missing.

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    References
    ----------
    Hanley & McNeil (1982), Radiology 143:29.

    Examples
    --------
    >>> roc_auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.75
    """
    s, y, w = _checked(scores, labels, weights)
    true, false = _running(s, w * y, w * (1 - y))
    if true[-1] == 0 or false[-1] == 0:
        return None
    return float(np.trapezoid(true, false) / (true[-1] * false[-1]))


def average_precision(scores: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None) -> float | None:
    """Mean of the precision over the positives, ``Σ (R_k − R_{k−1})·P_k`` over distinct scores.

    Parameters
    ----------
    scores, labels, weights
        Shape (n,); labels 0 or 1; weights above 0.

    Returns
    -------
    float or None
        In (0, 1]; ``None`` when there are no positives.

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    Examples
    --------
    >>> print(f"{average_precision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]):.4f}")
    0.8333
    """
    s, y, w = _checked(scores, labels, weights)
    true, taken = _running(s, w * y, w)
    if true[-1] == 0:
        return None
    return float((np.diff(true) * true[1:] / taken[1:]).sum() / true[-1])


def at_share(scores: ArrayLike, labels: ArrayLike, share: float, *, weights: ArrayLike | None = None) -> AtShare:
    """Precision and recall when the top `share` of the weight is examined.

    Parameters
    ----------
    scores, labels, weights
        Shape (n,); labels 0 or 1; weights above 0.
    share
        Share examined, in (0, 1].

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    Examples
    --------
    >>> at_share([0.9, 0.8, 0.2, 0.1], [1, 0, 1, 0], 0.5)
    AtShare(share=0.5, precision=0.5, recall=0.5)
    """
    if not 0 < share <= 1:
        raise SettingsError(field="share", expected="a share in (0, 1]", got=share)
    s, y, w = _checked(scores, labels, weights)
    true, taken = _running(s, w * y, w)
    examined = share * taken[-1]
    found = float(np.interp(examined, taken, true))
    return AtShare(share, float(found / examined), float(found / true[-1]) if true[-1] > 0 else None)


def gains(scores: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None) -> Gains | None:
    """Share of the positives found against the share examined, from the highest score down.

    Parameters
    ----------
    scores, labels, weights
        Shape (n,); labels 0 or 1; weights above 0.

    Returns
    -------
    Gains or None
        One point per distinct score, and (0, 0); ``None`` when there are no positives.

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    Examples
    --------
    >>> curve = gains([3, 2, 2, 1], [1, 1, 0, 0])
    >>> curve.examined.tolist(), curve.found.tolist()
    ([0.0, 0.25, 0.75, 1.0], [0.0, 0.5, 1.0, 1.0])
    """
    s, y, w = _checked(scores, labels, weights)
    true, taken = _running(s, w * y, w)
    return None if true[-1] == 0 else Gains(taken / taken[-1], true / true[-1])


def brier(probabilities: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """Mean squared difference between probability and label, in [0, 1]; lower is better.

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    References
    ----------
    Brier (1950), Monthly Weather Review 78:1, in the form with one class.

    Examples
    --------
    >>> brier([0.5, 0.5], [0, 1])
    0.25
    """
    p, y, w = _checked_probabilities(probabilities, labels, weights)
    return float(np.average((p - y) ** 2, weights=w))


def reliability(
    probabilities: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None, bins: int = 10
) -> Reliability:
    """Mean prediction beside observed rate, in bins of equal weight from the lowest predictions to the highest.

    Parameters
    ----------
    probabilities, labels, weights
        Shape (n,); probabilities in [0, 1]; labels 0 or 1; weights above 0.
    bins
        Number of bins, ``>= 1``; fewer come back when there are fewer units.

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    Examples
    --------
    >>> table = reliability([0.1, 0.2, 0.7, 0.8], [0, 0, 1, 0], bins=2)
    >>> table.predicted.round(2).tolist(), table.observed.tolist()
    ([0.15, 0.75], [0.0, 0.5])
    """
    if bins < 1:
        raise SettingsError(field="bins", expected="at least 1", got=bins)
    p, y, w = _checked_probabilities(probabilities, labels, weights)
    # From the lowest up; the cuts run proportionally through groups of equal predictions.
    taken, true, said = _running(-p, w, w * y, w * p)
    edges = np.linspace(0, taken[-1], min(bins, p.size) + 1)
    weight = np.diff(edges)
    observed, predicted = (np.diff(np.interp(edges, taken, amount)) / weight for amount in (true, said))
    return Reliability(predicted, observed, weight)


def expected_calibration_error(
    probabilities: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None, bins: int = 10
) -> float:
    """Mean distance between prediction and observed rate over bins of equal weight, in [0, 1].

    Raises
    ------
    SettingsError
        When shapes or values do not fit.

    Examples
    --------
    >>> round(expected_calibration_error([0.1, 0.2, 0.7, 0.8], [0, 0, 1, 0], bins=2), 10)
    0.2
    """
    table = reliability(probabilities, labels, weights=weights, bins=bins)
    return float(np.average(np.abs(table.predicted - table.observed), weights=table.weight))


def _checked_probabilities(
    probabilities: ArrayLike, labels: ArrayLike, weights: ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    p, y, w = _checked(probabilities, labels, weights)
    if not np.all((p >= 0) & (p <= 1)):
        raise SettingsError(field="probabilities", expected="values in [0, 1]", got="values outside")
    return p, y, w
