"""``darvoza sps lab``: the request to a laboratory for a sample, with results as far as they are there."""

from argparse import Namespace

from darvoza.cli.control_files import chosen, controlled
from darvoza.cli.paper_output import give
from darvoza.flow.inspection.papers.sampling_papers import laboratory_paper
from darvoza.flow.inspection.records_file import last_moment


def run(options: Namespace) -> int:
    """Write the request."""
    found = controlled(options)
    samples = {sample.number: sample for sample in found.document.control.samples}
    sample = chosen(samples, options.sample, "sample")
    return give(laboratory_paper(found.document, sample, options.language), options, last_moment(found.records))
