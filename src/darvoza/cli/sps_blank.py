"""``darvoza sps blank``: a blank act, for days without electricity or network."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.cli.paper_output import give
from darvoza.domain.codes import Agency
from darvoza.flow.inspection.papers.control_papers import blank_act

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Written into a blank where no moment is given: a form has no moment, and stays the same file."""


def run(options: Namespace) -> int:
    """Write the blank."""
    return give(blank_act(Agency(options.agency), options.language), options, NEVER)
