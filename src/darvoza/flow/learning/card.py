"""The model card: what a score is worth, on rows it never saw, those with and those without precedent apart."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.flow.learning.examples import FAMILIES, Examples
from darvoza.flow.learning.fitness import Verdict
from darvoza.flow.learning.splitting import Split
from darvoza.methods.metrics import at_share, average_precision, brier, expected_calibration_error, roc_auc
from darvoza.methods.recalibration import Bin, reliability_bins
from darvoza.methods.score_model import Head, ScoreModel
from darvoza.methods.weighted_mean import log_losses

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

SHARES = (0.01, 0.02, 0.05, 0.10, 0.20)
"""Shares examined at which precision and recall are stated."""

TOO_GOOD = 0.99
"""An AUC above this on later rows is taken for leakage until somebody shows what it rests on: nobody in the field has
come near it on declarations that do not repeat."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The measures on one set of rows; ``None`` where they are not defined (no rows, no finding)."""

    name: str
    rows: int
    findings: int
    auc: float | None
    average_precision: float | None
    precision: tuple[float | None, ...]
    recall: tuple[float | None, ...]
    brier: float | None
    log_loss: float | None
    calibration_error: float | None


@dataclass(frozen=True, slots=True)
class HeadMeasure:
    """How one head did on later rows.

    Attributes
    ----------
    name
        The family of risk, ``grave``, or ``loss``.
    own
        Whether it is a score of its own; else a share of the score of all findings, or a multiple of the stake.
    findings
        Findings of its kind among all examples.
    auc, average_precision
        As for a slice; ``None`` for ``loss`` and where there are no findings.
    expected, observed
        Weighted sums on later rows: findings of the kind, or money; `observed` is ``None`` where no finding says how much.
    unstated
        Findings on later rows that do not say how much was recovered; of ``loss`` alone.
    """

    name: str
    own: bool
    findings: int
    auc: float | None
    average_precision: float | None
    expected: float
    observed: float | None
    unstated: int = 0


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is, what it was fitted on, and how well it did afterwards.

    Attributes
    ----------
    kind
        ``trees`` or ``rates``.
    trees
        Number of trees of the score.
    fitted_on, calibrated_on, measured_on, set_aside
        Rows of each part, and rows whose result came too late for theirs.
    findings
        Findings among all of them.
    by_chance
        Rows with a known π among all of them.
    effective
        Effective number of the rows measured, (Σw)²/Σw²: what they are worth with unequal weights.
    label_cut_off
        When the last result became known that was learned from [s since 1970].
    independence
        How independent items of a declaration are, in [0, 1]; ``None`` where every declaration has but one.
    verdict
        Why this score is used, and on what numbers.
    slices, heads, reliability
        The measures.
    warnings
        Codes of what is not to be believed yet: ``too-good``.
    """

    kind: str
    trees: int
    fitted_on: int
    calibrated_on: int
    measured_on: int
    set_aside: int
    findings: int
    by_chance: int
    effective: float
    label_cut_off: int
    independence: float | None
    verdict: Verdict
    slices: tuple[Slice, ...]
    heads: tuple[HeadMeasure, ...]
    reliability: tuple[Bin, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Give the card as plain values."""
        named = {
            "reliability": [part._asdict() for part in self.reliability],
            "verdict": {
                name: value._asdict() if isinstance(value, tuple) and hasattr(value, "_asdict") else value
                for name, value in ((field, getattr(self.verdict, field)) for field in Verdict.__dataclass_fields__)
            },
        }
        return {**asdict(self), **named, "shares": list(SHARES)}


class Rows(NamedTuple):
    """The rows of a slice: their order (`score`), their stated level (`likely`), results and weights 1/π."""

    score: Floats
    likely: Floats
    findings: Flags
    weights: Floats

    def of(self, part: Flags) -> "Rows":
        """Take some of them."""
        return Rows(self.score[part], self.likely[part], self.findings[part], self.weights[part])


def measured(name: str, rows: Rows) -> Slice:
    """Measure one slice; every row carries its weight."""
    number, found = int(rows.findings.size), int(rows.findings.sum())
    if number == 0:
        nothing = tuple(None for _ in SHARES)
        return Slice(name, 0, 0, None, None, nothing, nothing, None, None, None)
    score, likely, findings, weights = rows
    tops = [at_share(score, findings, share, weights=weights) for share in SHARES]
    return Slice(
        name,
        number,
        found,
        auc=roc_auc(score, findings, weights=weights),
        average_precision=average_precision(score, findings, weights=weights),
        precision=tuple(top.precision for top in tops),
        recall=tuple(top.recall for top in tops),
        brier=brier(likely, findings, weights=weights),
        log_loss=float(np.average(log_losses(likely, findings), weights=weights)),
        calibration_error=expected_calibration_error(likely, findings, weights=weights),
    )


def card_of(model: ScoreModel, examples: Examples, split: Split, *, judged: Verdict, threads: int) -> ModelCard:
    """Measure a model on the part it never saw."""
    rows = split.measure
    features, findings, weights = examples.features[rows], examples.findings[rows], examples.weights[rows]
    likely = model.probabilities(features, threads=threads)
    held = Rows(model.score.log_odds(features, threads=threads), likely, findings, weights)
    slices = tuple(measured(name, held.of(part)) for name, part in _slices(examples, split).items())
    too_good = any((part.auc or 0.0) > TOO_GOOD for part in slices[:1])
    return ModelCard(
        kind=model.kind,
        trees=getattr(model.score.scorer, "size", 0),
        fitted_on=split.fit.size,
        calibrated_on=split.calibrate.size,
        measured_on=rows.size,
        set_aside=split.set_aside,
        findings=int(examples.findings.sum()),
        by_chance=int(examples.by_chance.sum()),
        effective=float(weights.sum() ** 2 / (weights**2).sum()),
        label_cut_off=int(examples.known.max()),
        independence=model.independence if _has_several(examples) else None,
        verdict=judged,
        slices=slices,
        heads=tuple(_heads(model, examples, rows, likely, threads=threads)),
        reliability=reliability_bins(likely, findings, weights=weights),
        warnings=("too-good",) if too_good else (),
    )


def _has_several(examples: Examples) -> bool:
    """Tell whether any declaration has more than one examined item."""
    return bool(np.unique(examples.declarations).size < examples.declarations.size)


def _slices(examples: Examples, split: Split) -> dict[str, Flags]:
    """Give the rows of each slice among those measured."""
    slices = {
        "all rows": np.ones(split.measure.size, dtype=bool),
        "chosen with a known π": examples.by_chance[split.measure],
    }
    before = slice(0, int(split.measure[0]))
    for name, codes in examples.precedents.items():
        seen = np.isin(codes[split.measure], codes[before])
        slices |= {f"{name} seen before": seen, f"{name} never seen": ~seen}
    return slices


def _heads(model: ScoreModel, examples: Examples, rows: Ints, whole: Floats, *, threads: int) -> Iterator[HeadMeasure]:
    """Measure each head on later rows."""
    features, weights = examples.features[rows], examples.weights[rows]
    kinds: list[tuple[str, Head, Flags]] = [
        (family.value, model.kinds[family.value], examples.of_family(family)) for family in FAMILIES
    ]
    for name, kind, positives in [*kinds, ("grave", model.harm.grave, examples.grave)]:
        likely, found = kind.probabilities(features, whole, threads=threads), positives[rows]
        yield HeadMeasure(
            name,
            kind.own is not None,
            int(positives.sum()),
            roc_auc(likely, found, weights=weights),
            average_precision(likely, found, weights=weights),
            float((weights * likely).sum()),
            float((weights * found).sum()),
        )
    found = examples.findings[rows]
    stated = found & np.isfinite(examples.losses[rows])
    expected = model.predicted(features, threads=threads).loss
    known = int((examples.findings & np.isfinite(examples.losses)).sum())
    observed = float((weights * np.where(stated, examples.losses[rows], 0.0)).sum())
    yield HeadMeasure(
        "loss",
        model.harm.loss.trees is not None,
        known,
        None,
        None,
        float((weights * expected).sum()),
        observed if stated.any() or not found.any() else None,
        int((found & ~stated).sum()),
    )
