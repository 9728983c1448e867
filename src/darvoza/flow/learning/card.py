"""The model card: what a score is worth, on rows it never saw, all of them and those without precedent."""

from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from darvoza.methods.metrics import at_share, average_precision, brier, expected_calibration_error, roc_auc

Floats = NDArray[np.float64]

SHARES = (0.01, 0.02, 0.05, 0.10, 0.20)
"""Shares examined at which precision and recall are stated."""


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
    calibration_error: float | None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is, what it was fitted on, and how well it did afterwards."""

    kind: str
    trees: int
    fitted_on: int
    calibrated_on: int
    measured_on: int
    findings: int
    slices: tuple[Slice, ...]

    def as_json(self) -> dict[str, object]:
        """Give the card as plain values."""
        return {**asdict(self), "shares": list(SHARES)}


class Rows(NamedTuple):
    """The rows of a slice: their order (`score`), their stated level (`likely`), results and weights 1/π."""

    score: Floats
    likely: Floats
    findings: NDArray[np.bool_]
    weights: Floats


def measured(name: str, rows: Rows) -> Slice:
    """Measure one slice; every row carries its weight."""
    number, found = int(rows.findings.size), int(rows.findings.sum())
    if number == 0:
        nothing = tuple(None for _ in SHARES)
        return Slice(name, 0, 0, None, None, nothing, nothing, None, None)
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
        calibration_error=expected_calibration_error(likely, findings, weights=weights),
    )


def card_text(card: ModelCard) -> str:
    """Write the card for people, in Markdown."""
    kind = f"{card.trees} boosted trees" if card.kind == "trees" else "sum of smoothed rates"
    head = (
        f"# Model card\n\n{kind}; fitted on {card.fitted_on:,} examined items, calibrated on the next "
        f"{card.calibrated_on:,}, measured on the last {card.measured_on:,} in time.\n\n"
    )
    titles = ["rows", "n", "findings", "AUC", "AP", *(f"P / R at {share:.0%}" for share in SHARES), "Brier", "ECE"]
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    for part in card.slices:
        tops = [f"{_number(p)} / {_number(r)}" for p, r in zip(part.precision, part.recall, strict=True)]
        cells = [
            part.name,
            f"{part.rows:,}",
            f"{part.findings:,}",
            _number(part.auc),
            _number(part.average_precision),
            *tops,
            _number(part.brier),
            _number(part.calibration_error),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    tail = (
        "\nAUC: chance that an item with a finding scores above one without. AP: mean precision over the findings. "
        "P: share of findings among the items with the highest scores. R: share of all findings among them. "
        "Brier and ECE: distance between stated probability and result.\n"
    )
    return head + "\n".join(lines) + "\n" + tail


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
