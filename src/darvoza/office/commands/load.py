"""``darvoza office load``: take a run into the register."""

import time
from argparse import Namespace
from datetime import UTC, datetime

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Take in the declarations again, and the decisions and orders of the run."""
    start(options, secret=False)
    take_in_run(options)
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
    intake = take_in(options.declarations, load_mapping(options.mapping))
    loaded = load(files, intake.items, by=SYSTEM, now=datetime.now(UTC))
    print(
        f"taken in: {loaded.declarations:,} declarations, {loaded.items:,} items, {loaded.decisions:,} decisions, "
        f"{loaded.orders:,} orders in {time.monotonic() - began:.1f} s"
    )
