"""Training: from replayed feature vectors and results to a calibrated score and its card.

Rows are split by time, never at random: the first part fits, the next calibrates and stops the growth, the last is
only ever scored. Rows carry 1/π where π is known, because labels exist only where somebody looked.

What is fitted is used only if it is fit for use, by a stated rule, on the rows it never saw: trees before smoothed
rates, smoothed rates before nothing (`darvoza.flow.learning.fitness`).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from darvoza.domain.features import FEATURES
from darvoza.errors import MissingLibrary, UnfitModel
from darvoza.flow.learning.card import ModelCard, card_of
from darvoza.flow.learning.examples import FAMILIES, Examples
from darvoza.flow.learning.fitness import verdict
from darvoza.flow.learning.heads import (
    LARGEST_OF_CURVE,
    NAMES,
    Fitting,
    calibrating_rows,
    curve,
    cut,
    fit_harm,
    fit_kinds,
    refitted,
    refitted_harm,
)
from darvoza.flow.learning.splitting import split_in_time
from darvoza.methods.boosting import BoostedTrees, BoostingSettings, Sample, fit
from darvoza.methods.calibrated import CalibratedScore, RateSum, log_odds
from darvoza.methods.pooling import fit_independence
from darvoza.methods.score_model import ScoreModel

Ints = NDArray[np.int64]

FEWEST_FOR_TREES = (1_000, 100)
"""Fewest examined items and fewest findings for trees; below, the smoothed rates stand in."""

FEWEST_FINDINGS = 20
"""Fewest findings for any score at all."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted score with what is known of it."""

    model: ScoreModel
    card: ModelCard


def train(examples: Examples, *, settings: BoostingSettings, threads: int) -> Trained:
    """Fit, calibrate, measure on later rows, and fit again on all with what was learned.

    Raises
    ------
    UnfitModel
        If there are fewer than `FEWEST_FINDINGS` findings or non-findings, or nothing that was fitted says more of
        later rows than their base rate does.
    """
    found = int(examples.findings.sum())
    if min(found, examples.findings.size - found) < FEWEST_FINDINGS:
        raise UnfitModel(
            field="finding",
            expected=f"at least {FEWEST_FINDINGS} findings and as many examinations without",
            got=f"{found} findings in {examples.findings.size} examinations",
            hint="record the results of more examinations; until then profiles and chance select",
        )
    split = split_in_time(examples)
    enough = examples.findings.size >= FEWEST_FOR_TREES[0] and found >= FEWEST_FOR_TREES[1]
    fitting = Fitting(examples, split, settings if enough else replace(settings, trees=0), threads)
    rates, trees = _rates(fitting), _trees(fitting)
    judged = verdict(trees, rates, examples, split=split, threads=threads)
    score = trees if judged.trees and trees is not None else rates
    if score is rates:
        fitting = fitting._replace(settings=replace(settings, trees=0))  # without trees for the whole, none for a part
    model = ScoreModel(NAMES, score, rates, fit_kinds(fitting), fit_harm(fitting), 0.0)
    model = replace(model, independence=_independence(model, fitting))
    card = card_of(model, examples, split, judged=judged, threads=threads)
    return Trained(_again(model, fitting), card)


def _calibrated(fitting: Fitting, scorer: BoostedTrees | RateSum) -> CalibratedScore:
    """Put the curve to a score."""
    examples = fitting.examples
    scores = log_odds(scorer, examples.features[fitting.split.calibrate], threads=fitting.threads)
    return CalibratedScore(scorer, curve(fitting, scores, examples.findings))


def _rates(fitting: Fitting) -> CalibratedScore:
    """Take the sum of smoothed rates; only its base rate and its curve are learned."""
    columns = tuple(place for place, feature in enumerate(FEATURES) if feature.name.endswith("_finding_rate"))
    found = fitting.examples.findings[fitting.split.fit]
    return _calibrated(fitting, RateSum(columns, (float(found.sum()) + 0.5) / (found.size + 1.0)))


def _trees(fitting: Fitting) -> CalibratedScore | None:
    """Fit trees on the first part; the second tells when to stop. ``None`` where there is too little, or no library."""
    if fitting.settings.trees == 0:
        return None
    samples = [_sample(fitting.examples, rows) for rows in (fitting.split.fit, fitting.split.calibrate)]
    try:
        grown = fit(samples[0], names=NAMES, settings=fitting.settings, later=samples[1], threads=fitting.threads)
    except MissingLibrary:
        return None
    return _calibrated(fitting, grown)


def _sample(examples: Examples, rows: Ints) -> Sample:
    return Sample(examples.features[rows], examples.findings[rows], cut(examples.weights[rows]))


def _independence(model: ScoreModel, fitting: Fitting) -> float:
    """Fit how independent the items of a declaration are, on the part that calibrates."""
    examples = fitting.examples
    rows = calibrating_rows(examples, fitting.split.calibrate, examples.findings)
    likely = model.probabilities(examples.features[rows], threads=fitting.threads)
    starts = np.flatnonzero(np.diff(examples.declarations[rows], prepend=-1)).astype(np.int64)
    weights = cut(examples.weights[rows], LARGEST_OF_CURVE)[starts]
    return fit_independence(likely, examples.findings[rows], starts, weights)


def _again(model: ScoreModel, fitting: Fitting) -> ScoreModel:
    """Fit all trees again on every row, as many as were found to be right; curves stay."""
    examples, score = fitting.examples, model.score
    if isinstance(score.scorer, BoostedTrees):
        settings = replace(fitting.settings, trees=max(score.scorer.size, 1))
        sample = _sample(examples, np.arange(examples.findings.size, dtype=np.int64))
        score = replace(score, scorer=fit(sample, names=NAMES, settings=settings, threads=fitting.threads))
    kinds = {
        family.value: refitted(model.kinds[family.value], fitting, examples.of_family(family)) for family in FAMILIES
    }
    return replace(model, score=score, kinds=kinds, harm=refitted_harm(model.harm, fitting))
