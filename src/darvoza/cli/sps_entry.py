"""``darvoza sps entry``: the entry document of a service for a consignment, in three parts."""

from argparse import Namespace

from darvoza.cli.control_files import controlled
from darvoza.cli.paper_output import give
from darvoza.flow.inspection.papers.control_papers import entry_paper
from darvoza.flow.inspection.records_file import last_moment


def run(options: Namespace) -> int:
    """Write the entry document."""
    found = controlled(options)
    return give(entry_paper(found.document, options.language), options, last_moment(found.records))
