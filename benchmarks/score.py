"""One declaration scored with its reasons, and a million items learned from: seconds and percentiles.

    python benchmarks/score.py [--items 200000]

Learning is measured as intake hands goods items on: features, fit, calibration, card, fit again. The target is 60
seconds for 1,000,000 items on two cores; single items are to be scored with their reasons within a millisecond. Times of
single items are CPU times, which other work on the machine does not stretch.
"""

import argparse
import os
import platform
import time

import lightgbm
import numpy as np
import polars as pl

from darvoza import __version__
from darvoza.flow.assessment.reasoning import reasons_of
from darvoza.flow.enrichment.enrich import enrich
from darvoza.flow.enrichment.vectors import vectors
from darvoza.flow.pipeline import learn
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World
from darvoza.simulation.writing import LegacyPolicy, examined_under, with_outcomes

ITEMS_PER_DECLARATION, MONTHS, SINGLES = 3.0, 12, 3_000


def a_year(items: int) -> pl.DataFrame:
    """Make a year of practice trade with the results of a crude policy."""
    world = World(
        WorldSettings(months=MONTHS, seed=3, declarations_per_month=int(items / ITEMS_PER_DECLARATION / MONTHS))
    )
    rng, months = np.random.default_rng(5), []
    for k in range(MONTHS):
        month = world.month(k)
        drawn, picked = examined_under(LegacyPolicy(), month, rng)
        chance = pl.DataFrame(
            {"declaration_id": drawn, "inclusion_probability": [LegacyPolicy().random_share] * len(drawn)}
        )
        months.append(with_outcomes(month.items, world.inspect(month, [*drawn, *picked], rng=rng), chance))
    return pl.concat(months)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    items = a_year(options.items)
    begun, cpu = time.perf_counter(), time.process_time()
    learned = learn(items, threads=options.workers)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    print(f"darvoza {__version__}, Python {platform.python_version()}, lightgbm {lightgbm.__version__}, polars "
          f"{pl.__version__}; {os.cpu_count()} cores, {options.workers} workers, load {os.getloadavg()[0]:.1f}\n")  # fmt: skip
    print("| learn | items | examined | seconds | CPU seconds |\n|---|---|---|---|---|")
    examined = int(items["examined"].sum())
    print(f"| features, all heads, calibration, card | {items.height:,} | {examined:,} | {wall:.1f} | {cpu:.1f} |")
    one_by_one(items.tail(20_000), learned)


def one_by_one(items: pl.DataFrame, learned: object) -> None:
    """Score items one by one, with and without reasons."""
    model = learned.model  # type: ignore[attr-defined]
    facts = enrich(items)
    rows, features = facts.head(SINGLES).to_dicts(), vectors(facts)
    print(
        f"\n| one item, one thread; {model.score.scorer.size} trees | median, CPU µs | 99th percentile |\n|---|---|---|"
    )
    for name, reasoned in (("probability, loss, severity", False), ("the same, every family and the reasons", True)):
        taken = []
        for place, row in enumerate(rows):
            one = features[place : place + 1]
            begun = time.thread_time()
            said = model.predicted(one)
            if reasoned:
                model.kind_probabilities(one, said.probability)
                reasons_of(model, model.contributions(one)[0], row)
            taken.append((time.thread_time() - begun) * 1e6)
        middle, most = np.percentile(taken[100:], (50, 99))
        print(f"| {name} | {middle:,.0f} | {most:,.0f} |")


if __name__ == "__main__":
    main()
