"""``darvoza office load``: take a run into the register."""

import time
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from darvoza.office.commands.figures import make_figures
from darvoza.office.commands.starting import start
from darvoza.progress import Progress

SHOWN = 5
"""Rows left out that are shown of a file."""


def run(options: Namespace) -> int:
    """Take in the declarations again, and the decisions and orders of the run."""
    start(options, secret=False)
    take_in_run(options)
    make_figures()
    return 0


def take_in_run(options: Namespace) -> None:
    """Read the files, write the rows, say how many."""
    from darvoza.flow.intake.intake import take_in  # noqa: PLC0415 - heavy, and Django comes first
    from darvoza.flow.intake.mapping import load_mapping  # noqa: PLC0415
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415
    from darvoza.office.registry.services.loading import load  # noqa: PLC0415
    from darvoza.office.registry.services.run_files import read_run  # noqa: PLC0415

    began = time.monotonic()
    files = read_run(options.run)
    progress = Progress()
    intake = take_in(options.declarations, load_mapping(options.mapping), on_progress=progress.at)
    loaded = load(files, intake.items, by=SYSTEM, now=datetime.now(UTC), on_progress=progress.at)
    progress.clear()
    print(
        f"taken in: {loaded.declarations:,} declarations, {loaded.items:,} items, {loaded.decisions:,} decisions, "
        f"{loaded.orders:,} orders in {time.monotonic() - began:.1f} s"
    )
    if options.results:
        take_in_results(options.results, options.until)


def take_in_results(files: list[Path], until: datetime | None) -> None:
    """Read files of results, record those known by a moment of orders that wait, say how many and what was left out."""
    import polars as pl  # noqa: PLC0415 - heavy, and Django comes first

    from darvoza.flow.intake.control_results import read_control_results  # noqa: PLC0415
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415
    from darvoza.office.registry.services.results import load_results  # noqa: PLC0415

    read = [(path, read_control_results(path)) for path in files]
    for path, (_, wrong) in read:
        for row in wrong.head(SHOWN).iter_rows(named=True):
            print(f"{path}: left out: {row['error']} ({row['declaration_id']})")
        if wrong.height > SHOWN:
            print(f"{path}: {wrong.height - SHOWN:,} more rows left out")
    known = pl.concat([each.results for _, each in read])
    if until is not None:
        known = known.filter(pl.col("result_at") < until)
    loaded = load_results(known, by=SYSTEM, now=datetime.now(UTC))
    print(
        f"results taken in: {loaded.results:,} orders with {loaded.findings:,} items not as declared; {loaded.referrals:,} "
        f"referred by officers; {loaded.strange:,} results of orders that are not here or have a result already, "
        "or of sampling that tell neither samples nor why none was taken; "
        f"{loaded.taken_back:,} items left out, for less is said of them than was found, which takes two people"
    )
