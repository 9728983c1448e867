"""``darvoza sps play``: officers of a practice world carry out what a run selected."""

from argparse import Namespace
from pathlib import Path

import numpy as np
import polars as pl

from darvoza.cli.results import read_decisions
from darvoza.errors import OutputError
from darvoza.flow.tables import read_table
from darvoza.simulation.health_control import control, written_results

TRUTH = Path("health") / "truth.parquet"


def run(options: Namespace) -> int:
    """Look at the lots that were selected, and write what was found."""
    if options.out.exists():
        raise OutputError(field="out", expected="a file that does not exist yet", got=str(options.out))
    lots = _lots(options.world / TRUTH)
    acts = read_decisions(options.directory).filter("selected").select("declaration_id", "agency", "act", "probability")
    rng = np.random.default_rng([options.seed, 7919, 5])
    results = control(acts, lots, rng=rng, level=options.level, confidence=options.confidence, miss=options.miss)
    written_results(results).write_csv(options.out)
    opened = results.filter(pl.col("sample_size") > 0)
    print(
        f"{results.height:,} results on goods items, {opened.height:,} with packages opened "
        f"({opened.get_column('sample_size').sum():,}); {(~results.get_column('passed')).sum():,} failed"
    )
    print(f"results: {options.out}")
    return 0


def _lots(path: Path) -> pl.DataFrame:
    return read_table(path, "the truth that `darvoza simulate --health` wrote")
