"""``darvoza intake check``: what a file holds, before anything runs."""

from argparse import Namespace
from collections import Counter
from datetime import UTC, datetime

import polars as pl

from darvoza.cli.output import write_new
from darvoza.flow.gate.lodgeable import lodgeable, reasons_told
from darvoza.flow.intake.doubtful import doubtful
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.intake.records import Intake
from darvoza.flow.intake.report import check_report, doubts
from darvoza.flow.selectivity.fingerprint import BASES, fingerprints
from darvoza.progress import Progress


def run(options: Namespace) -> int:
    """Report on the files; 1 if rows would be rejected."""
    intake = take_in(options.files, load_mapping(options.mapping), on_progress=Progress().at)
    print(
        check_report(intake)
        + doubts(intake.items, datetime.now(UTC))
        + _doubtful_told(intake)
        + _bases_told(intake.items)
    )
    if options.json:
        found = lodgeable(intake)
        write_new(options.json, found.text())
        print(f"{options.json}: {len(found.declarations):,} to lodge", *reasons_told(found), sep="\n  ")
    return 1 if intake.rejected_rows else 0


def _doubtful_told(intake: Intake) -> str:
    """Say what changes decisions though no row is refused for it."""
    return "".join(f"doubtful: {said}\n" for said in doubtful(intake.items, intake.mapping))


def _bases_told(items: pl.DataFrame) -> str:
    """Say by what goods will be known when they are lodged again: by nothing, where a message does not say what carries them."""
    if items.is_empty():
        return ""
    found = Counter(fingerprints(items).get_column("fingerprint_basis").to_list())
    counted = ", ".join(f"{found[basis]:,} by {basis}" for basis in BASES if found[basis])
    told = f"goods lodged again are known (fingerprint_basis): {counted}\n"
    if found["reference"]:
        told += "doubtful: those known by reference get a new draw each time; map transport_document, container_ids or vehicle_id\n"
    return told
