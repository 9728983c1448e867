"""``darvoza play``: officers of a practice world carry out what a run selected."""

from argparse import Namespace

import numpy as np
import polars as pl

from darvoza.cli.results import read_decisions
from darvoza.errors import OutputError
from darvoza.flow.intake.control_results import read_control_results
from darvoza.flow.tables import read_table
from darvoza.simulation.carrying_out import carry_out

TRUTH = "truth.parquet"
ACT = ["declaration_id", "agency", "act"]


def run(options: Namespace) -> int:
    """Look at what was selected, refer some of the rest, and write what was found."""
    if options.out.exists():
        raise OutputError(field="out", expected="a file that does not exist yet", got=str(options.out))
    path = options.world / TRUTH
    truth = read_table(path, "the truth that `darvoza simulate` wrote")
    rng = np.random.default_rng([options.seed, 7919, 6])
    decisions = read_decisions(options.directory)
    for done in options.done:
        carried_out = read_control_results(done).results.select(ACT).unique()
        decisions = decisions.join(carried_out, on=ACT, how="anti", maintain_order="left")
    results = carry_out(decisions, truth, rng=rng, miss=options.miss)
    results.with_columns(pl.col("result_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ")).write_csv(options.out)
    acts = results.unique(ACT)
    suspected = acts.filter(pl.col("referral") != "").height
    print(
        f"{acts.height:,} acts carried out, {suspected:,} of them on an officer's own suspicion; "
        f"{results.get_column('finding_area').count():,} goods items not as declared"
    )
    print(f"results: {options.out}")
    return 0
