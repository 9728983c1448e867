"""``darvoza sps non-compliance``: the notification of non-compliance to the exporting country, or its withdrawal."""

from argparse import Namespace

from darvoza.cli.control_files import chosen, controlled
from darvoza.cli.paper_output import give
from darvoza.flow.inspection.papers.notices import non_compliance_paper
from darvoza.flow.inspection.records_file import last_moment


def run(options: Namespace) -> int:
    """Write the notification."""
    found = controlled(options)
    notice = chosen({each.number: each for each in found.records.notices}, options.notice, "notice")
    paper = non_compliance_paper(notice, found.document, options.language)
    return give(paper, options, last_moment(found.records))
