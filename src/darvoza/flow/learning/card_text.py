"""The model card for people, in Markdown."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from darvoza.flow.learning.card import SHARES, TOO_GOOD, HeadMeasure, ModelCard, Slice
from darvoza.flow.learning.fitness import Verdict
from darvoza.flow.learning.heads import FEWEST_OF_FAMILY
from darvoza.methods.recalibration import LEAST_SLOPE, Bin

WHY_NOT = {
    "too-few": "there are too few results for trees, or the library that grows them cannot be loaded",
    "worse-than-rates": "the trees foretold later results worse than the smoothed rates did",
    "worse-than-base-rate": "the trees foretold later results worse than their base rate did",
    "slope": f"the calibration slope of the trees lies below {LEAST_SLOPE}: they are far too sure",
}
"""Codes of the verdict → words."""

WARNINGS = {
    "too-good": (
        f"An AUC above {TOO_GOOD} on later rows is taken for **leakage** until somebody shows what it rests on: values "
        "overwritten after the examination, rows that repeat, a result among the fields."
    ),
}
"""Codes of warnings → words."""


def card_text(card: ModelCard) -> str:
    """Write the card for people."""
    parts = [
        "# Model card",
        _head(card),
        *(f"!!! warning\n    {WARNINGS[code]}" for code in card.warnings),
        "## Is it fit for use?",
        _verdict(card.verdict, card.kind),
        "## On later rows",
        _table(_slice_titles(), (_slice_row(part) for part in card.slices)),
        (
            "AUC: chance that an item with a finding scores above one without. AP: mean precision over the findings. "
            "P: share of findings among the items with the highest scores. R: share of all findings among them. "
            "Brier, log loss, ECE: distance between stated probability and result. A score that does well only on what "
            "was *seen before* remembers; what it does on what was *never seen* is prediction."
        ),
        "## By kind of finding",
        _table(
            ["head", "fitted by itself", "findings", "AUC", "AP", "expected", "observed"], map(_head_row, card.heads)
        ),
        (
            f"A family with fewer than {FEWEST_OF_FAMILY[0]} findings to fit on or {FEWEST_OF_FAMILY[1]} to calibrate on "
            "takes its share of the score of all findings, by chapter of the tariff, shrunken towards its share of all. "
            "Expected and observed are sums over the later rows, weighted by 1/π; of `loss`, in money. "
            "Where findings do not say what was recovered, the declared duty stands for the loss in what is expected, and what is "
            "observed is not known, or a least amount."
        ),
        "## Stated and observed",
        _table(["stated", "observed", "95 % interval", "rows"], map(_bin_row, card.reliability)),
    ]
    return "\n\n".join(parts) + "\n"


def _head(card: ModelCard) -> str:
    kind = f"{card.trees} boosted trees" if card.kind == "trees" else "sum of smoothed rates"
    day = datetime.fromtimestamp(card.label_cut_off, UTC).date()
    aside = f" {card.set_aside:,} whose result came too late for their part are in none." if card.set_aside else ""
    return (
        f"{kind}; fitted on {card.fitted_on:,} examined items, calibrated on the next {card.calibrated_on:,}, measured "
        f"on the last {card.measured_on:,} in time, then fitted again on all.{aside} {card.findings:,} findings, the "
        f"last known on {day}. {card.by_chance:,} items were chosen with a known π; the rows measured are worth "
        f"{card.effective:,.0f} of equal weight. {_independence(card.independence)}"
    )


def _independence(share: float | None) -> str:
    """Say how much the second item of a declaration tells that the first did not."""
    if share is None:
        return "Every declaration has one examined item: how independent several would be is not known."
    return f"Items of a declaration are {share:.0%} independent."


def _verdict(verdict: Verdict, kind: str) -> str:
    used = "The trees are used" if kind == "trees" else "The smoothed rates are used"
    why = "".join(f"; {WHY_NOT[code]}" for code in verdict.why_not)
    told = [f"{used}{why}."]
    if verdict.against_rates is not None:
        told.append(f"Log loss of the trees minus that of the rates: {_interval(verdict.against_rates)}.")
    told.append(f"Log loss of what is used minus that of the base rate: {_interval(verdict.against_base)}.")
    if verdict.slope is not None:
        slope = (verdict.slope.slope, verdict.slope.low, verdict.slope.high)
        told.append(f"Calibration slope: {_interval(slope, digits=2)}; 1 is right.")
    return " ".join(told)


def _interval(numbers: Sequence[float], *, digits: int = 4) -> str:
    value, low, high = numbers
    return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _slice_titles() -> list[str]:
    tops = [f"P / R at {share:.0%}" for share in SHARES]
    return ["rows", "n", "findings", "AUC", "AP", *tops, "Brier", "log loss", "ECE"]


def _slice_row(part: Slice) -> list[str]:
    tops = [f"{_number(p)} / {_number(r)}" for p, r in zip(part.precision, part.recall, strict=True)]
    losses = [_number(part.brier), _number(part.log_loss), _number(part.calibration_error)]
    head = [part.name, f"{part.rows:,}", f"{part.findings:,}", _number(part.auc), _number(part.average_precision)]
    return [*head, *tops, *losses]


def _head_row(head: HeadMeasure) -> list[str]:
    own = "yes" if head.own else "no"
    sums = [f"{head.expected:,.0f}", _observed(head)]
    return [head.name, own, f"{head.findings:,}", _number(head.auc), _number(head.average_precision), *sums]


def _observed(head: HeadMeasure) -> str:
    """Write what was observed; an amount that only some findings state is the least that it was."""
    if head.observed is None:
        return "not known"
    return f"{head.observed:,.0f}" if not head.unstated else f"≥ {head.observed:,.0f} ({head.unstated:,} say no amount)"


def _bin_row(part: Bin) -> list[str]:
    return [f"{part.predicted:.4f}", f"{part.observed:.4f}", f"{part.low:.4f} – {part.high:.4f}", f"{part.rows:,}"]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
