"""Training: from replayed feature vectors and results to a calibrated score and its card.

Rows are split by time, never at random: the first part fits, the next calibrates and stops the growth, the last is
only ever scored. Results known later than the decision are as the replay left them, and rows carry 1/π where π is
known, because labels exist only where somebody looked.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.domain.features import FEATURES
from darvoza.errors import UnfitModel
from darvoza.flow.learning.card import ModelCard, Rows, Slice, measured
from darvoza.methods.boosting import BoostedTrees, BoostingSettings, Validation, fit
from darvoza.methods.calibration import fit_calibrator
from darvoza.methods.score_model import RateSum, ScoreModel, log_odds

Features = NDArray[np.float32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
"""The features, in the order of the vector."""

FEWEST_FOR_TREES = (1_000, 100)
"""Fewest examined items and fewest findings for trees; below, the smoothed rates stand in."""

FEWEST_FINDINGS = 20
"""Fewest findings for any score at all."""

SPLIT = (0.70, 0.85)
"""Where in time fitting ends and where calibrating ends."""

LARGEST_WEIGHT = 10.0
"""Weights 1/π are cut at this multiple of their mean: one row must not carry the fit."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Examined items in order of lodging.

    Attributes
    ----------
    features
        Shape ``(n, p)``.
    findings
        Whether each examination found something, shape ``(n,)``.
    weights
        1/π where known, else 1, shape ``(n,)``.
    stakes
        Declared duties and taxes, NaN unknown, shape ``(n,)``.
    slices
        Names of slices → key codes of the rows; the card states rows whose key was never seen in the fitting part.
    """

    features: Features
    findings: Flags
    weights: Floats
    stakes: Floats
    slices: dict[str, NDArray[np.int64]]

    def part(self, start: int, stop: int) -> tuple[Features, Flags, Floats]:
        """Cut a part out."""
        return self.features[start:stop], self.findings[start:stop], self.weights[start:stop]


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
        If there are fewer than `FEWEST_FINDINGS` findings or non-findings.
    """
    found = int(examples.findings.sum())
    if min(found, examples.findings.size - found) < FEWEST_FINDINGS:
        raise UnfitModel(
            field="finding",
            expected=f"at least {FEWEST_FINDINGS} findings and as many examinations without",
            got=f"{found} findings in {examples.findings.size} examinations",
            hint="record the results of more examinations; until then profiles and chance select",
        )
    split = Split(*(int(examples.findings.size * share) for share in SPLIT))
    enough = examples.findings.size >= FEWEST_FOR_TREES[0] and found >= FEWEST_FOR_TREES[1]
    scorer = _trees(examples, split, settings, threads) if enough else _rates(examples, split)
    features, findings, weights = examples.part(split.first, split.second)
    calibrator = fit_calibrator(log_odds(scorer, features, threads=threads), findings, weights=_cut(weights))
    model = ScoreModel(NAMES, calibrator, _typical(examples.stakes), scorer)
    card = _card(model, examples, split, threads)
    if isinstance(scorer, BoostedTrees):
        model = replace(model, scorer=_again(examples, scorer, settings, threads))
    return Trained(model, card)


class Split(NamedTuple):
    """Row at which calibrating begins, and row at which measuring begins."""

    first: int
    second: int


def _typical(stakes: Floats) -> float:
    """Give the median of the stakes that are known and positive, 1 if there is none."""
    known = stakes[np.isfinite(stakes) & (stakes > 0)]
    return float(np.median(known)) if known.size else 1.0


def _cut(weights: Floats) -> Floats:
    """Scale weights to mean 1 and cut the largest."""
    scaled = weights / weights.mean() if weights.size else weights
    return np.minimum(scaled, LARGEST_WEIGHT)


def _trees(examples: Examples, split: Split, settings: BoostingSettings, threads: int) -> BoostedTrees:
    """Fit trees on the first part; the second tells when to stop."""
    features, findings, weights = examples.part(0, split.first)
    later, results, later_weights = examples.part(split.first, split.second)
    return fit(
        features,
        findings,
        names=NAMES,
        settings=settings,
        weights=_cut(weights),
        validation=Validation(later, results, _cut(later_weights)),
        threads=threads,
    )


def _again(examples: Examples, stopped: BoostedTrees, settings: BoostingSettings, threads: int) -> BoostedTrees:
    """Fit on every row with as many trees as were found to be right."""
    grown = stopped.text.count("\nTree=")
    return fit(
        examples.features,
        examples.findings,
        names=stopped.names,
        settings=replace(settings, trees=max(grown, 1)),
        weights=_cut(examples.weights),
        threads=threads,
    )


def _rates(examples: Examples, split: Split) -> RateSum:
    """Take the sum of smoothed rates; only its base rate is learned."""
    columns = tuple(place for place, feature in enumerate(FEATURES) if feature.name.endswith("_finding_rate"))
    rate = (float(examples.findings[: split.first].sum()) + 0.5) / (split.first + 1.0)
    return RateSum(columns, rate)


def _card(model: ScoreModel, examples: Examples, split: Split, threads: int) -> ModelCard:
    """Measure the model on the last part, which it never saw."""
    features, findings, weights = examples.part(split.second, examples.findings.size)
    score, likely = model.log_odds(features, threads=threads), model.probabilities(features, threads=threads)
    slices = {"all rows": np.ones(findings.size, dtype=bool)}
    for name, codes in examples.slices.items():
        slices[name] = ~np.isin(codes[split.second :], codes[: split.second])
    held: list[Slice] = [
        measured(name, Rows(score[rows], likely[rows], findings[rows], weights[rows])) for name, rows in slices.items()
    ]
    return ModelCard(
        kind=model.kind,
        fitted_on=split.first,
        calibrated_on=split.second - split.first,
        measured_on=findings.size,
        findings=int(examples.findings.sum()),
        slices=tuple(held),
        trees=model.scorer.text.count("\nTree=") if isinstance(model.scorer, BoostedTrees) else 0,
    )
