"""``darvoza office figures``: make the figures of the register anew."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Make them, say how long it took."""
    start(options, secret=False)
    make_figures()
    return 0


def make_figures() -> None:
    """Make the figures of an office that is ready."""
    from darvoza.office.insight.services.reckoning import reckon  # noqa: PLC0415 - heavy, and Django comes first

    made = reckon(now=datetime.now(UTC))
    print(f"figures: made in {made.seconds:.1f} s")
