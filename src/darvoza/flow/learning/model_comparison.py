"""Champion and challenger compared on what was examined afterwards: hit rate at capacity, money, log loss.

Both scores were written down at the gate, before anything was known; results are joined to them later. Every measure
is weighted by 1/π, so that what the champion chose does not decide what it is measured on, and stands twice: on all
results, and on those of the random floor alone, which no score had a hand in.
"""

from dataclasses import asdict, dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import Act, Agency
from darvoza.domain.selection import FloorKind
from darvoza.errors import OutputError
from darvoza.methods.detection import Found, total
from darvoza.methods.estimation import hajek
from darvoza.methods.weighted_mean import Mean, correlation_of_means, difference_of_means, log_losses, weighted_mean

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RATES = ":rates"
"""What follows the digest of a champion where the challenger was its own smoothed rates."""

FEWEST_RESULTS = 20
"""Fewest results a comparison is made on."""

NEARLY_ALL = 0.80
"""Share of what was selected whose result must be known; below it, those known may be a choice."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of both models with 95 % intervals; the difference is challenger minus champion."""

    name: str
    champion: Mean
    challenger: Mean
    difference: Mean


@dataclass(frozen=True, slots=True)
class Sample:
    """The measures on one set of results, ``all`` or ``random``; a measure at capacity is left out where there is too little.

    `at_capacity` counts the results among what champion and challenger would examine at that capacity. `unstated` counts the
    findings that do not state their amount, or not all of it: money is that which is stated.
    """

    name: str
    results: int
    findings: int
    measures: tuple[Measure, ...]
    at_capacity: tuple[int, int]
    unstated: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Champion and challenger on the same declarations.

    Attributes
    ----------
    champion, challenger
        Digests.
    declarations
        Declarations that both scored.
    share
        Capacity at which hit rate and money are measured, in (0, 1].
    samples
        What was measured.
    verdict
        ``better`` or ``worse``: log loss of the challenger on all results, beyond chance; else ``undecided``.
    """

    champion: str
    challenger: str
    declarations: int
    share: float
    samples: tuple[Sample, ...]
    verdict: str

    def as_json(self) -> dict[str, object]:
        """Give it as plain values."""
        return {**asdict(self), "samples": [_plain(sample) for sample in self.samples]}


def _plain(sample: Sample) -> dict[str, object]:
    measures = {
        measure.name: {name: getattr(measure, name)._asdict() for name in ("champion", "challenger", "difference")}
        for measure in sample.measures
    }
    counts = {name: getattr(sample, name) for name in ("results", "findings", "unstated")}
    return {"name": sample.name, **counts, "measures": measures}


def compare_models(decisions: pl.DataFrame, results: pl.DataFrame, *, share: float) -> Comparison:
    """Compare the two scores stored with decisions.

    Parameters
    ----------
    decisions
        Decisions of one or more runs with ``score`` and ``challenger_score``.
    results
        Goods items with their outcomes, of the same declarations.
    share
        Capacity at which hit rate and money are measured, in (0, 1].

    Raises
    ------
    OutputError
        When no challenger ran, more than one pair of models did, there are too few results, or too many are missing.
    """
    scored = _scored(decisions)
    pair = scored.select("model_digest", "challenger_digest").unique().rows()
    if len(pair) != 1:
        raise OutputError(
            field="runs", expected="runs of one champion and one challenger", got=f"{len(pair)} pairs of models",
            hint="compare runs of one pair at a time",
        )  # fmt: skip
    known = scored.join(_outcomes(results), on="declaration_id", how="left", maintain_order="left")
    likely = [known.get_column(name).to_numpy() for name in ("score", "challenger_score")]
    tops = [_top(each, share) for each in likely]
    seen = known.select(pl.col("finding").is_not_null() & pl.col("selected")).to_series().to_numpy()
    if seen.sum() < FEWEST_RESULTS:
        raise OutputError(
            field="results", expected=f"results of at least {FEWEST_RESULTS} declarations", got=int(seen.sum())
        )
    asked = int(known.get_column("selected").sum())
    if seen.sum() < NEARLY_ALL * asked:
        raise OutputError(
            field="results", expected=f"results of at least {NEARLY_ALL:.0%} of the {asked:,} declarations selected",
            got=int(seen.sum()), hint="those known may be a choice; wait for the others",
        )  # fmt: skip
    by_chance = seen & (known["u"] < known["floor"]).to_numpy()
    weights = {"all": 1.0 / known["probability"].to_numpy(), "random": 1.0 / known["floor"].to_numpy()}
    samples = tuple(
        _sample(name, known, rows, likely=likely, tops=tops, weights=weights[name])
        for name, rows in (("all", seen), ("random", by_chance))
        if rows.sum() >= FEWEST_RESULTS
    )
    champion, challenger = pair[0]
    return Comparison(champion, challenger, known.height, share, samples, _verdict(samples[0]))


def _scored(decisions: pl.DataFrame) -> pl.DataFrame:
    """Take the decisions that both models scored, one a declaration, with the random floor under each."""
    if "challenger_score" not in decisions.columns:
        raise OutputError(field="runs", expected="runs with the column challenger_score", got="runs without it")
    one = decisions.filter(
        agency=Agency.CUSTOMS.value, act=Act.PHYSICAL.value
    ).filter(pl.col("score").is_not_null() & pl.col("challenger_score").is_not_null())  # fmt: skip
    if one.is_empty():
        raise OutputError(
            field="runs", expected="decisions scored by a champion and a challenger", got="none",
            hint="`darvoza assess --model M --challenger M2` stores both scores",
        )  # fmt: skip
    chance = pl.element().filter(pl.element().struct.field("kind") == FloorKind.RANDOM.value)
    floor = pl.col("floors").list.eval(chance.struct.field("probability")).list.max()
    return one.with_columns(floor=floor).unique("declaration_id", keep="last", maintain_order=True)


def _outcomes(results: pl.DataFrame) -> pl.DataFrame:
    """Sum results up by declaration."""
    known = pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null()
    return (
        results.filter(known)
        .group_by("declaration_id", maintain_order=True)
        .agg(
            pl.col("finding").any(),
            pl.col("recovered").cast(pl.Float64).sum(),
            unstated=(pl.col("finding") & pl.col("recovered").is_null()).any(),
        )
    )


def _top(likely: Floats, share: float) -> Flags:
    """Mark the declarations that would be examined were the share spent on the highest scores."""
    chosen = np.zeros(likely.size, dtype=bool)
    chosen[np.argsort(-likely, kind="stable")[: max(round(share * likely.size), 1)]] = True
    return chosen


def _sample(
    name: str, known: pl.DataFrame, rows: Flags, *, likely: list[Floats], tops: list[Flags], weights: Floats
) -> Sample:
    """Measure both on one set of results."""
    found = known["finding"].fill_null(value=False).to_numpy()[rows]
    money = known["recovered"].fill_null(0.0).to_numpy()[rows]
    w, each = weights[rows], np.arange(int(rows.sum()), dtype=np.int64)
    losses = [log_losses(np.clip(one[rows], 1e-6, 1 - 1e-6), found) for one in likely]
    champion, challenger = (weighted_mean(loss, weights=w, clusters=each) for loss in losses)
    apart = weighted_mean(losses[1] - losses[0], weights=w, clusters=each)
    measures = [Measure("log_loss", champion, challenger, apart)]
    held = [top[rows] for top in tops]
    for measure, values, mean in (("hit_rate", found.astype(np.float64), _rate), ("recovered", money, _amount)):
        first, second = (mean(values[top], w[top]) for top in held)
        if first is not None and second is not None:
            shared = correlation_of_means(values, *(w * top for top in held))
            apart = difference_of_means(second, first, correlation=shared)
            measures.append(Measure(measure, first, second, apart))
    one, other = (int(top.sum()) for top in held)
    unstated = int(known["unstated"].fill_null(value=False).to_numpy()[rows].sum())
    return Sample(name, int(rows.sum()), int(found.sum()), tuple(measures), (one, other), unstated)


def _rate(found: Floats, weights: Floats) -> Mean | None:
    """Give a hit rate in [0, 1] with its limits; ``None`` where it says less than 30 random examinations would."""
    made = hajek(found, 1 / weights)
    return None if made is None else Mean(made.value, made.low, made.high)


def _amount(money: Floats, weights: Floats) -> Mean | None:
    """Give the money an examination; ``None`` below 30 examinations, or 10 of them with money."""
    made, units = total(Found(money, 1 / weights), np.ones(money.size)), float(weights.sum())
    return None if made is None else Mean(*(value / units for value in made))


def _verdict(sample: Sample) -> str:
    difference = sample.measures[0].difference
    return "better" if difference.high < 0 else "worse" if difference.low > 0 else "undecided"
