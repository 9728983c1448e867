"""``darvoza office report``: take in what other commands worked out: frontier, drift, model card, comparison, places."""

from argparse import Namespace
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Take in every report that is named."""
    start(options, secret=False)
    take_in_reports(options.reports)
    return 0


def take_in_reports(paths: Iterable[Path]) -> None:
    """Read reports, keep those that are new, say which."""
    from darvoza.office.insight.report_files import read_report  # noqa: PLC0415 - Django comes first
    from darvoza.office.insight.services.reports import take_in_report  # noqa: PLC0415
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415

    read = [read_report(path) for path in paths]
    for report in read:
        new = take_in_report(report, by=SYSTEM, now=datetime.now(UTC))
        print(f"report: {report.kind} {report.digest[:16]} {'taken in' if new else 'was here already'}")
