"""``darvoza sps detention``: the notice to the trader that goods are held or refused, why, and what he may do."""

from argparse import Namespace
from datetime import datetime

import polars as pl

from darvoza.cli.control_files import controlled
from darvoza.cli.paper_output import give
from darvoza.cli.results import read_orders
from darvoza.flow.inspection.joint import joint_word
from darvoza.flow.inspection.papers.detention import detention_paper
from darvoza.flow.inspection.records_file import last_moment


def run(options: Namespace) -> int:
    """Write the notice; the word is that of the moment given, of the last record otherwise."""
    found = controlled(options)
    last = last_moment(found.records) or found.document.consignment.declaration.lodged_at
    joint = joint_word(found.together, items=found.document.items, now=options.at or found.last or last)
    deadline = _deadline(options, found.records.declaration_id)
    paper = detention_paper(found.document, joint, options.language, deadline=deadline, delay=found.records.delay)
    return give(paper, options, last)


def _deadline(options: Namespace, declaration_id: str) -> datetime | None:
    """Read by when the goods were to be seen off the orders of a run."""
    if options.directory is None:
        return None
    mine = read_orders(options.directory).filter(pl.col("declaration_id") == declaration_id)
    found = mine.get_column("deadline").min()
    return found if isinstance(found, datetime) else None
