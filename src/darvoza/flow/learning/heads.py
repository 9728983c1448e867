"""Heads: a calibrated score for each family of risk and for what is grave, and what a finding is worth.

A family with too few findings of its own falls back on its share of the score of all findings, chapter by chapter of
the tariff, shrunken towards its share over all chapters (`darvoza.methods.group_share`).
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.domain.features import FEATURES
from darvoza.flow.learning.examples import FAMILIES, Examples
from darvoza.flow.learning.splitting import Split
from darvoza.methods.amounts import Amount, Base
from darvoza.methods.boosting import BoostedTrees, BoostingSettings, Objective, Sample, fit
from darvoza.methods.calibrated import CalibratedScore
from darvoza.methods.calibration import Calibrator, fit_calibrator
from darvoza.methods.group_share import group_share
from darvoza.methods.score_model import Harm, Head

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
"""The features, in the order of the vector."""

FEWEST_OF_FAMILY = (100, 15)
"""Fewest findings of a family to fit it a head of its own, and to calibrate that head."""

FEWEST_AMOUNTS = 500
"""Fewest findings with a known loss for trees on it; below, the loss is a multiple of the declared duty and tax."""

FEWEST_BY_CHANCE = 50
"""Fewest findings with a known π for a curve that rests on those alone; below, all rows calibrate it."""

NEGATIVES = (20, 20_000)
"""Rows without the finding that a head looks at: so many for each with it, and at least so many. They are drawn at
random and weigh the more, so that the rate stays right."""

LARGEST_WEIGHT, LARGEST_OF_CURVE = 10.0, 50.0
"""Weights 1/π are cut at this multiple of their mean, for trees and for the curve: one row must not carry the fit.
The curve sets the level, so its weights are cut later."""

_CHAPTER, _STAKE = NAMES.index("hs_chapter"), NAMES.index("stake")


class Fitting(NamedTuple):
    """What every fit needs: the examples, the parts, the settings, the threads."""

    examples: Examples
    split: Split
    settings: BoostingSettings
    threads: int

    @property
    def small(self) -> BoostingSettings:
        """Settings of a head: fewer trees."""
        # 60 trees of rate 0.1 measured as well as 150 of rate 0.05, and answer three times as fast
        return replace(self.settings, trees=min(self.settings.trees, 60), learning_rate=0.1, min_leaf=20)


def cut(weights: Floats, largest: float = LARGEST_WEIGHT) -> Floats:
    """Stabilise weights: scale them to mean 1 and cut the largest."""
    scaled = weights / weights.mean() if weights.size else weights
    return np.minimum(scaled, largest)


def calibrating_rows(examples: Examples, rows: Ints, positives: Flags, *, fewest: int = FEWEST_BY_CHANCE) -> Ints:
    """Take the rows whose π is known, if there are enough positives among them; else all."""
    chosen = rows[examples.by_chance[rows]]
    return chosen if int(positives[chosen].sum()) >= fewest else rows


def curve(fitting: Fitting, scores: Floats, positives: Flags, *, fewest: int = FEWEST_BY_CHANCE) -> Calibrator:
    """Fit the curve from log-odds to probability on the calibrating part.

    Parameters
    ----------
    fitting
        What every fit needs.
    scores
        Log-odds of the calibrating rows.
    positives
        Of all examples.
    fewest
        Fewest positives with a known π for a curve that rests on those alone.
    """
    part = fitting.split.calibrate
    rows = calibrating_rows(fitting.examples, part, positives, fewest=fewest)
    weights = cut(fitting.examples.weights[rows], LARGEST_OF_CURVE)
    return fit_calibrator(scores[np.searchsorted(part, rows)], positives[rows], weights=weights)


def fit_kinds(fitting: Fitting) -> dict[str, Head]:
    """Fit the families."""
    return {family.value: _kind(fitting, fitting.examples.of_family(family)) for family in FAMILIES}


def fit_harm(fitting: Fitting) -> Harm:
    """Fit what findings are worth."""
    examples, grave = fitting.examples, fitting.examples.grave
    level = float(examples.severities[grave].mean()) if grave.any() else 0.0
    return Harm(_loss(fitting), _kind(fitting, grave), Amount(Base(), level))


def refitted(kind: Head, fitting: Fitting, positives: Flags) -> Head:
    """Fit the head of a family again, on every row; its curve stays."""
    if kind.own is None:
        return kind
    every = np.arange(positives.size, dtype=np.int64)
    return replace(kind, own=replace(kind.own, scorer=_grown(fitting, positives, every)))


def refitted_harm(harm: Harm, fitting: Fitting) -> Harm:
    """Fit what findings are worth again, on every row; curves and factors stay."""
    grave = refitted(harm.grave, fitting, fitting.examples.grave)
    loss = harm.loss
    if loss.trees is not None:
        every = np.arange(fitting.examples.findings.size, dtype=np.int64)
        loss = replace(loss, trees=_loss_trees(fitting, loss.base, _with_loss(fitting.examples, every)))
    return Harm(loss, grave, harm.level)


def _kind(fitting: Fitting, positives: Flags) -> Head:
    """Fit one kind of finding: its share of all, and where there are enough, a score of its own."""
    examples, split = fitting.examples, fitting.split
    found = split.fit[examples.findings[split.fit]]
    share = group_share(examples.features[found], positives[found], column=_CHAPTER)
    enough = [int(positives[part].sum()) for part in (split.fit, split.calibrate)]
    if fitting.settings.trees == 0 or enough[0] < FEWEST_OF_FAMILY[0] or enough[1] < FEWEST_OF_FAMILY[1]:
        return Head(share)
    trees = _grown(fitting, positives, split.fit)
    scores = trees.raw(examples.features[split.calibrate], fitting.threads)
    return Head(share, CalibratedScore(trees, curve(fitting, scores, positives, fewest=FEWEST_OF_FAMILY[1])))


def _grown(fitting: Fitting, positives: Flags, rows: Ints) -> BoostedTrees:
    """Fit trees on all positives and a random part of the rest, which weighs for the whole of it."""
    rest = rows[~positives[rows]]
    wanted = min(rest.size, max(NEGATIVES[0] * int(positives[rows].sum()), NEGATIVES[1]))
    drawn = np.random.default_rng(fitting.settings.seed).choice(rest, wanted, replace=False)
    chosen = np.sort(np.concatenate([rows[positives[rows]], drawn]))
    weights = cut(fitting.examples.weights[rows])[np.searchsorted(rows, chosen)]
    weights = np.where(positives[chosen], weights, weights * (rest.size / max(wanted, 1)))
    sample = Sample(fitting.examples.features[chosen], positives[chosen], weights)
    return fit(sample, names=NAMES, settings=fitting.small, threads=fitting.threads)


def _loss(fitting: Fitting) -> Amount:
    """Fit what a finding brings in: a multiple of the declared duty and tax, refined by trees where there are enough.

    Where nobody recorded what was recovered, the declared duty and tax stand for it as they are.
    """
    examples, split = fitting.examples, fitting.split
    stakes = np.expm1(examples.features[:, _STAKE].astype(np.float64))
    known = stakes[np.isfinite(stakes) & (stakes > 0)]
    base = Base(_STAKE, float(np.median(known)) if known.size else 1.0)
    rows, later = _with_loss(examples, split.fit), _with_loss(examples, split.calibrate)
    if not (both := np.concatenate([rows, later])).size:
        return Amount(base, 1.0)
    factor = _multiple(examples, both, Amount(base, 1.0)(examples.features[both]))
    plain = Amount(base, factor, mean=_multiple(examples, both, np.ones(both.size)))
    if fitting.settings.trees == 0 or rows.size < FEWEST_AMOUNTS or not later.size:
        return plain
    trees = _loss_trees(fitting, base, rows)
    grown = replace(plain, trees=trees)
    return replace(grown, trees_factor=_multiple(examples, later, grown(examples.features[later])))


def _with_loss(examples: Examples, rows: Ints) -> Ints:
    """Take the findings whose loss is known."""
    return rows[examples.findings[rows] & np.isfinite(examples.losses[rows])]


def _multiple(examples: Examples, rows: Ints, expected: Floats) -> float:
    """Give the factor that makes the expected sum the one that was recovered."""
    weights = cut(examples.weights[rows])
    return float((weights * examples.losses[rows]).sum() / max((weights * expected).sum(), 1e-9))


def _loss_trees(fitting: Fitting, base: Base, rows: Ints) -> BoostedTrees:
    examples = fitting.examples
    level = base.logarithm(examples.features[rows])
    sample = Sample(examples.features[rows], examples.losses[rows], cut(examples.weights[rows]), level)
    settings = replace(fitting.small, objective=Objective.AMOUNT)
    return fit(sample, names=NAMES, settings=settings, threads=fitting.threads)
