"""``darvoza sps act``: the act of control, with the word of all services on the consignment."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.cli.control_files import controlled
from darvoza.cli.paper_output import give
from darvoza.flow.inspection.joint import joint_word
from darvoza.flow.inspection.papers.control_papers import act_paper
from darvoza.flow.inspection.records_file import last_moment


def run(options: Namespace) -> int:
    """Write the act; the joint word is that of the moment given, of the last record otherwise.

    Without a run nothing says which services must speak: the act then has no joint word.
    """
    found = controlled(options)
    now = options.at or found.last or datetime.min.replace(tzinfo=UTC)
    known = options.directory is not None
    joint = joint_word(found.together, items=found.document.items, now=now) if known else None
    return give(act_paper(found.document, options.language, joint), options, last_moment(found.records))
