"""``darvoza office journal``: write the journal out, to be checked elsewhere."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.office.commands.starting import start
from darvoza.progress import Progress


def run(options: Namespace) -> int:
    """Write the file and say what is in it; the journal tells of it."""
    start(options, secret=False)
    from darvoza.office.journal.exports import write_out  # noqa: PLC0415 - Django comes first
    from darvoza.office.journal.services import SYSTEM  # noqa: PLC0415

    progress = Progress()
    count, last = write_out(options.out, options.since, by=SYSTEM, now=datetime.now(UTC), on_progress=progress.at)
    progress.clear()
    print(
        f"journal: {options.out}, {count:,} entries, {options.since + 1:,} to {last.number:,}; head {last.head[:16]}…"
    )
    print("it holds what people did: hand it over as the law lets you")
    return 0
