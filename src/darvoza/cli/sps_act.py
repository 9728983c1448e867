"""``darvoza sps act``: the act of control, with the word of all services on the consignment."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.cli.control_files import controlled
from darvoza.cli.paper_output import give
from darvoza.flow.inspection.joint import joint_word
from darvoza.flow.inspection.papers.control_papers import act_paper
from darvoza.flow.inspection.records_file import last_moment


def run(options: Namespace) -> int:
    """Write the act; the joint word is that of the moment given, of the last record otherwise."""
    found = controlled(options)
    last = last_moment(found.records)
    now = options.at or last or datetime.min.replace(tzinfo=UTC)
    joint = joint_word(found.together, items=found.document.items, now=now)
    return give(act_paper(found.document, options.language, joint), options, last)
