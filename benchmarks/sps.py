"""Route consignments and compute π of every health service for each: a million, step by step.

Run with ``python benchmarks/sps.py [consignments]``; prints a Markdown table. The seed is fixed. Goods are those that health
services control in the practice world, drawn with replacement, one goods item a consignment; measures are the shipped ones,
with a continuous plan and the hazard score on top. Seconds are of the clock, and of the
processor: on a machine that does other work only the second can be compared.
"""

import sys
import time
from collections.abc import Callable
from datetime import date
from importlib import metadata

import numpy as np
import polars as pl

from darvoza.cli.reference_data import competence_register, shipped
from darvoza.domain.codes import Act, Agency
from darvoza.domain.expression import facts_used
from darvoza.domain.profile import ProfileSet
from darvoza.domain.sps.hazard import HazardSettings
from darvoza.domain.sps.measure import MeasureScope
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.floors import profile_floors
from darvoza.flow.assessment.hazard_floors import hazard_floors, usual_scores
from darvoza.flow.assessment.measures import measure_profiles
from darvoza.flow.assessment.plan_floors import plan_floors
from darvoza.flow.enrichment.enrich import Sources, enrich
from darvoza.flow.enrichment.routing import routing_facts
from darvoza.flow.intake.measures import read_measures
from darvoza.flow.learning.hazards import hazard_table, results_known
from darvoza.flow.pipeline import ALWAYS
from darvoza.flow.selectivity.deciding import decide
from darvoza.simulation.health_control import control
from darvoza.simulation.health_writing import acts_of_history
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World

SEED, MONTHS, ALLOWED = 20_260_901, 6, 20.0
MEASURES = ("sps_frequencies.yaml", "sps_increased_controls.yaml", "sps_plant_frequencies.yaml")
PLAN = SamplingPlan(
    "CSP", "Fruit on a continuous plan", Agency.PHYTOSANITARY, Act.PHYSICAL, MeasureScope(goods=("08",)), (1.0, 0.1), (5,),
    "none, for the benchmark", date(2026, 1, 1),
)  # fmt: skip


def trade(count: int, rng: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give consignments, and results of the months before to learn hazards from."""
    world = World(WorldSettings(months=MONTHS, outbreaks=True))
    months = [world.month(k) for k in range(MONTHS)]
    lots = [world.health(month) for month in months]
    results = pl.concat(control(acts_of_history(each, rng), each, rng=rng) for each in lots)
    controlled = pl.concat(month.items for month in months).filter(pl.col("origin_region").is_not_null())
    rows = controlled[rng.integers(0, controlled.height, count)]
    names = pl.Series("declaration_id", [f"D{k:07d}" for k in range(count)])
    return rows.with_columns(names, item=pl.lit(1, pl.Int64)), results


def timed(name: str, step: Callable[[], pl.DataFrame], told: list[tuple[str, float, float, int]]) -> pl.DataFrame:
    """Take the time of one step."""
    began, worked = time.perf_counter(), time.process_time()
    made = step()
    told.append((name, time.perf_counter() - began, time.process_time() - worked, made.height))
    return made


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rng = np.random.default_rng(SEED)
    items, results = trade(count, rng)
    register, starts = competence_register(None), np.arange(count, dtype=np.int64)
    measures = [measure for name in MEASURES for measure in read_measures(shipped(name))]
    profiles = ProfileSet(measure_profiles(measures))
    settings, day = HazardSettings(), date(2026, 7, 1)
    cells = hazard_table(results, measures, day=day, settings=settings)
    usual = usual_scores(results_known(results, day), cells, settings)
    wanted = ALWAYS.union(*(facts_used(profile.condition) for profile in profiles), {"item"})
    u = pl.DataFrame({"declaration_id": items.get_column("declaration_id"), "u": rng.random(count)})
    told: list[tuple[str, float, float, int]] = []
    timed("routed by code, process and use", lambda: routing_facts(items, register), told)
    facts = timed(
        "facts that measures need, routing again among them",
        lambda: enrich(items, sources=Sources(competence=register), only=wanted, threads=2), told,
    )  # fmt: skip

    def by_measures() -> pl.DataFrame:
        matches = ColumnsExecutor(profiles).match(facts)
        rows = matches.rows.astype(np.int64)
        return profile_floors(
            profiles,
            matched=matches.profiles.astype(np.int64),
            declarations=rows,
            items=np.ones(rows.size, dtype=np.int64),
        )

    floors = [
        timed(f"floors of {len(measures)} measures", by_measures, told),
        timed("floors of a plan", lambda: plan_floors(facts, (PLAN,), None, starts=starts), told),
        timed("floors of the hazard score", lambda: hazard_floors(facts, cells, usual, settings, starts=starts), told),
    ]
    timed("π of every service and act, drawn", lambda: decide(pl.concat(floors), u), told)
    print(
        f"{count:,} consignments, seed {SEED}; Python {sys.version.split()[0]}, polars {metadata.version('polars')}\n"
    )
    print("| step | rows made | s | CPU s |\n| --- | ---: | ---: | ---: |")
    for name, seconds, worked, rows in told:
        print(f"| {name} | {rows:,} | {seconds:.2f} | {worked:.2f} |")
    whole, work = sum(each[1] for each in told), sum(each[2] for each in told)
    print(f"| **all** | | **{whole:.2f}** | **{work:.2f}** |\n\n{ALLOWED:.0f} s allowed for a million, on two cores")
    if work > 2 * ALLOWED * max(count / 1e6, 1):
        sys.exit("more work than two cores do in the time allowed")


if __name__ == "__main__":
    main()
