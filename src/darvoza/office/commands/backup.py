"""``darvoza office backup``: copy the office while it works."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Write the backup and say what is in it."""
    start(options, secret=False)
    from darvoza.office.operations.backups import back_up  # noqa: PLC0415 - Django comes first

    made = back_up(options.out, datetime.now(UTC))
    print(f"backup: {options.out}, {made.size / 1024**2:,.1f} MB, as of {made.made_at}")
    print(f"journal: {made.entries:,} entries, head {made.head[:16]}…; the secret of the office is not in it")
    return 0
