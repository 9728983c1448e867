"""From scores to probabilities that mean what they say.

A score orders; capacity, harm and explanation need "of hundred like this, so many have a finding". Isotonic regression
learns any rising curve but needs positives; with fewer than 200 of them a two-parameter sigmoid (Platt) is used.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from darvoza.errors import ModelError, SettingsError, UnfitModel
from darvoza.json_text import read_json

Floats = NDArray[np.float64]

FEWEST_FOR_ISOTONIC = 200
"""Fewest positives, and fewest negatives, for isotonic regression, which overfits small sets; a choice."""


class CalibrationKind(StrEnum):
    """How scores become probabilities."""

    ISOTONIC = "isotonic"
    PLATT = "platt"


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A rising curve from score to probability, as plain numbers.

    Attributes
    ----------
    kind
        ``isotonic``: straight lines between the knots, flat outside. ``platt``: a sigmoid.
    knots
        Pairs (score, probability), both rising; empty for ``platt``.
    intercept, slope
        Of the log-odds, for ``platt``: ``1/(1 + exp(−(intercept + slope·score)))``, slope ``>= 0``.
    """

    kind: CalibrationKind
    knots: tuple[tuple[float, float], ...] = ()
    intercept: float = 0.0
    slope: float = 1.0

    def __call__(self, scores: ArrayLike) -> Floats:
        """Probability of each score, in (0, 1), any shape.

        Examples
        --------
        >>> Calibrator(CalibrationKind.ISOTONIC, knots=((0.0, 0.1), (2.0, 0.5)))([-1, 1, 3]).round(2).tolist()
        [0.1, 0.3, 0.5]
        """
        s = np.asarray(scores, dtype=float)
        if self.kind is CalibrationKind.PLATT:
            return np.asarray(scipy.special.expit(self.intercept + self.slope * s))
        at, probability = np.array(self.knots).T
        return np.asarray(np.interp(s, at, probability))

    def described(self) -> dict[str, object]:
        """Give the curve as plain values."""
        return {
            "kind": str(self.kind),
            "knots": [list(knot) for knot in self.knots],
            "intercept": self.intercept,
            "slope": self.slope,
        }

    @classmethod
    def read(cls, held: object) -> Self:
        """Read a curve back from plain values.

        Raises
        ------
        ModelError
            When they are not a rising curve.

        Examples
        --------
        >>> curve = Calibrator(CalibrationKind.PLATT, intercept=-2.0, slope=0.9)
        >>> Calibrator.read(curve.described()) == curve
        True
        """
        try:
            if not isinstance(held, dict):
                raise TypeError(type(held))
            made = cls(
                CalibrationKind(held["kind"]),
                tuple((float(at), float(probability)) for at, probability in held["knots"]),
                float(held["intercept"]),
                float(held["slope"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(field="calibration", expected="kind, knots, intercept and slope", got=held) from error
        made._check()
        return made

    def to_json(self) -> str:
        """Write the curve as canonical JSON; reading it back gives an equal curve, to the last bit."""
        return json.dumps(self.described(), sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a curve back.

        Raises
        ------
        ModelError
            When the text is not a rising curve.
        """
        try:
            held = read_json(text)
        except ValueError as error:
            raise ModelError(field="calibration", expected="JSON", got=text) from error
        return cls.read(held)

    def _check(self) -> None:
        numbers = np.array([*(n for knot in self.knots for n in knot), self.intercept, self.slope])
        at, probability = np.array(self.knots or [(0.0, 0.5)]).T
        rising = (np.diff(at) > 0).all() and (np.diff(probability) >= 0).all() and self.slope >= 0
        inside = ((probability >= 0) & (probability <= 1)).all()
        complete = bool(self.knots) == (self.kind is CalibrationKind.ISOTONIC)
        if not (np.isfinite(numbers).all() and rising and inside and complete):
            raise ModelError(field="calibration", expected="a rising curve of finite numbers", got=self.knots)


def fit_calibrator(scores: ArrayLike, labels: ArrayLike, *, weights: ArrayLike | None = None) -> Calibrator:
    """Fit the curve the evidence allows: isotonic from 200 positives on, Platt's sigmoid below.

    Use rows that the scores were not fitted on.

    Parameters
    ----------
    scores
        Shape (n,), such as log-odds.
    labels
        0 or 1, shape (n,).
    weights
        Above 0, such as 1/π, shape (n,).

    Raises
    ------
    SettingsError
        When shapes or values do not fit.
    UnfitModel
        When positives or negatives are missing.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> scores = rng.normal(-2, 1, 20_000)
    >>> curve = fit_calibrator(scores, rng.random(20_000) < 1 / (1 + np.exp(-scores)))
    >>> curve.kind, bool(abs(curve(0.0) - 0.5) < 0.05)
    (<CalibrationKind.ISOTONIC: 'isotonic'>, True)
    """
    s, y, w = _checked(scores, labels, weights)
    enough = min(y.sum(), (1 - y).sum()) >= FEWEST_FOR_ISOTONIC
    return _isotonic(s, y, w) if enough else _platt(s, y, w)


def _checked(scores: ArrayLike, labels: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    s, y = np.asarray(scores, dtype=float), np.asarray(labels, dtype=float)
    w = np.ones_like(s) if weights is None else np.asarray(weights, dtype=float)
    if s.ndim != 1 or y.shape != s.shape or w.shape != s.shape or not np.isin(y, (0.0, 1.0)).all():
        raise SettingsError(field="labels", expected=f"one label of 0 or 1 for each of {s.shape} scores", got=y.shape)
    if not (np.isfinite(s).all() and np.all((w > 0) & np.isfinite(w))):
        raise SettingsError(field="scores", expected="finite scores, finite weights above 0", got="others")
    if np.unique(y).size < 2:
        raise UnfitModel("calibration needs positives and negatives", field="labels")
    return s, y, w


def _isotonic(s: Floats, y: Floats, w: Floats) -> Calibrator:
    """Weighted isotonic regression, then straight lines between the centres of its blocks.

    The steps themselves would tie most scores; the lines keep their order. Outside the outermost centres the line goes
    on to the extreme scores, at most halfway towards 0 or 1, so that the very top stays ranked as well.
    """
    at, group = np.unique(s, return_inverse=True)
    weight = np.bincount(group, w)
    fitted = scipy.optimize.isotonic_regression(np.bincount(group, w * y) / weight, weights=weight)
    block = np.repeat(np.arange(fitted.blocks.size - 1), np.diff(fitted.blocks))
    centre = np.bincount(block, weight * at) / np.bincount(block, weight)
    # 0 and 1 are never known for certain: half a unit of mean weight against all of it.
    least = 0.5 / (s.size + 1)
    level = np.clip(fitted.x[fitted.blocks[:-1]], least, 1 - least)
    if centre.size == 1:
        return _platt(s, y, w)  # the scores do not rank at all; a flat sigmoid says so
    first, last = np.diff(level)[[0, -1]] / np.diff(centre)[[0, -1]]
    bottom = max(level[0] - first * (centre[0] - at[0]), level[0] / 2)
    top = min(level[-1] + last * (at[-1] - centre[-1]), (1 + level[-1]) / 2)
    scores = np.concatenate(([at[0]], centre, [at[-1]]))
    levels = np.concatenate(([bottom], level, [top]))
    keep = np.append(np.diff(scores) > 0, [True])  # a block of one score is its own end
    return Calibrator(CalibrationKind.ISOTONIC, tuple(zip(scores[keep].tolist(), levels[keep].tolist(), strict=True)))


def _platt(s: Floats, y: Floats, w: Floats) -> Calibrator:
    """Weighted logistic regression on one score, with Platt's smoothed targets (Platt 1999, equation 11)."""
    positives, negatives = (w * y).sum() / w.mean(), (w * (1 - y)).sum() / w.mean()
    target = np.where(y == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    middle, scale = float(np.average(s, weights=w)), float(s.std()) or 1.0
    x, share = (s - middle) / scale, w / w.sum()

    def loss(parameters: Floats) -> tuple[float, Floats]:
        z = parameters[0] + parameters[1] * x
        error = share * (scipy.special.expit(z) - target)
        return float((share * (np.logaddexp(0, z) - target * z)).sum()), np.array([error.sum(), (error * x).sum()])

    rate = float((share * target).sum())
    start = np.array([scipy.special.logit(rate), 1.0])
    # A falling curve would turn the ranking over; at worst the scores say nothing (slope 0).
    found = scipy.optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), (0, None)], tol=1e-12
    )
    slope = float(found.x[1]) / scale
    return Calibrator(CalibrationKind.PLATT, intercept=float(found.x[0]) - slope * middle, slope=slope)
