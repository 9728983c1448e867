"""``darvoza intake check``: what a file holds, before anything runs."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.cli.output import write_new
from darvoza.cli.progress import Progress
from darvoza.flow.gate.lodgeable import lodgeable, reasons_told
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.intake.report import check_report, doubts


def run(options: Namespace) -> int:
    """Report on the files; 1 if rows would be rejected."""
    intake = take_in(options.files, load_mapping(options.mapping), on_progress=Progress().at)
    print(check_report(intake) + doubts(intake.items, datetime.now(UTC)))
    if options.json:
        found = lodgeable(intake)
        write_new(options.json, found.text())
        print(f"{options.json}: {len(found.declarations):,} to lodge", *reasons_told(found), sep="\n  ")
    return 1 if intake.rejected_rows else 0
