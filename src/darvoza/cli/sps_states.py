"""``darvoza sps states``: where each trader's goods stand in the sampling plans."""

from argparse import Namespace

import polars as pl

from darvoza.cli.declarations import take_in_files, told
from darvoza.cli.output import fresh_directory
from darvoza.cli.progress import Progress
from darvoza.cli.reference_data import competence_register
from darvoza.flow.intake.plans import read_plans
from darvoza.flow.learning.plan_states import STATES
from darvoza.flow.plan_book import keep_plans


def run(options: Namespace) -> int:
    """Replay the plans over declarations with their results; write the states and print them summed up."""
    plans = read_plans(options.plans)
    progress = Progress()
    with fresh_directory(options.out) as part:
        intake = take_in_files(options, progress)
        states = keep_plans(intake.items, plans, competence=competence_register(options.competence), day=options.day)
        progress("plans", states.height)
        states.write_parquet(part / STATES)
    print(told(intake))
    counted = states.group_by("plan", "mode", "fraction").agg(
        pl.len().alias("streams"), pl.col("consignments", "examined", "failures").sum()
    )
    for row in counted.sort("plan", "fraction", descending=[False, True]).iter_rows(named=True):
        print(
            f"{row['plan']}: {row['streams']:,} streams at {row['fraction']:.0%} ({row['mode']}), "
            f"{row['consignments']:,} consignments, {row['examined']:,} examined, {row['failures']:,} failed"
        )
    print(f"states: {options.out / STATES}")
    return 0
