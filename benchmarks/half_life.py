"""How fast counters should fade: scores fitted with several half-lives, measured on what came later.

    python benchmarks/half_life.py [--seeds 3] [--months 12] [--per-month 3000] [--kcs DIRECTORY]

Each practice world is examined at random in the share stated. The first 70 % of the examined items in time fit, the
next 15 % say when to stop, the last 15 % are measured. ``none`` leaves the fading counters out: those for ever and of a
year alone. The best half-life of a world says how long its schemes last; a spread wider than the differences says that
it does not matter.
"""

import argparse
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.features import FEATURES
from darvoza.flow.enrichment.enrich import Sources, enrich
from darvoza.flow.enrichment.vectors import vectors
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.learning.examples import examples_of
from darvoza.flow.learning.splitting import split_in_time
from darvoza.methods.boosting import BoostingSettings, Sample, fit
from darvoza.methods.metrics import average_precision, roc_auc
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World
from darvoza.simulation.writing import LegacyPolicy, examined_under, with_outcomes

HALF_LIVES = (7, 14, 28, 56, 112, 224)
NAMES = tuple(feature.name for feature in FEATURES)
FADING = np.array([name.endswith("_recent") for name in NAMES])
LEARNED = frozenset(feature.fact for feature in FEATURES)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a score was worth on later items."""

    ap: float
    auc: float


def practice_items(seed: int, *, months: int, per_month: int, share: float) -> pl.DataFrame:
    """Play a world and examine a share of it at random."""
    world = World(WorldSettings(months=months, declarations_per_month=per_month, seed=seed))
    rng = np.random.default_rng(seed)
    parts = []
    for k in range(months):
        month = world.month(k)
        drawn, _ = examined_under(LegacyPolicy(random_share=share, discretion=0.0), month, rng)
        parts.append(with_outcomes(month.items, world.inspect(month, drawn, rng=rng)))
    return pl.concat(parts)


def measured(items: pl.DataFrame, half_life: int | None) -> Measured:
    """Fit with one half-life, or without fading counters, and measure on the last part."""
    settings = FactSettings(half_life_days=half_life or HALF_LIVES[0])
    facts = enrich(items, sources=Sources(settings), only=LEARNED, replay=True, threads=2)
    examples = examples_of(items, vectors(facts))
    features = examples.features.copy()
    if half_life is None:
        features[:, FADING] = np.nan
    split, labels = split_in_time(examples), examples.findings.astype(np.float64)
    first, later = (Sample(features[rows], labels[rows]) for rows in (split.fit, split.calibrate))
    model = fit(first, names=NAMES, settings=BoostingSettings(seed=0), later=later, threads=2)
    scores, truth = model.raw(features[split.measure], threads=2), examples.findings[split.measure]
    return Measured(average_precision(scores, truth) or np.nan, roc_auc(scores, truth) or np.nan)


def worlds(options: argparse.Namespace) -> Iterator[tuple[str, list[pl.DataFrame]]]:
    """Give each kind of data with its sets of items."""
    if options.seeds:
        seeds, months, per_month = range(1, options.seeds + 1), options.months, options.per_month
        yield (
            "practice",
            [practice_items(seed, months=months, per_month=per_month, share=options.share) for seed in seeds],
        )
    if options.kcs:
        yield "Korean", [take_in([options.kcs / "train.csv"], load_mapping(Path("mappings/kcs.yaml"))).items]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--months", type=int, default=9)
    parser.add_argument("--per-month", type=int, default=1500)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--kcs", type=Path)
    options = parser.parse_args()
    print("| data | half-life, days | AP | gain over none, standard error | AUC |\n|---|---|---|---|---|")
    for name, sets in worlds(options):
        without = [measured(items, None) for items in sets]
        print(told(name, "none", without, without), flush=True)
        for half_life in HALF_LIVES:
            found = [measured(items, half_life) for items in sets]
            print(told(name, str(half_life), found, without), flush=True)


def told(name: str, half_life: str, found: list[Measured], without: list[Measured]) -> str:
    """Tell the mean, and the gain set by set: worlds differ more than half-lives do."""
    gains = [one.ap - other.ap for one, other in zip(found, without, strict=True)]
    error = statistics.stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else float("nan")
    ap, auc = statistics.mean(one.ap for one in found), statistics.mean(one.auc for one in found)
    return f"| {name} | {half_life} | {ap:.4f} | {statistics.mean(gains):+.4f}, {error:.4f} | {auc:.4f} |"


if __name__ == "__main__":
    main()
