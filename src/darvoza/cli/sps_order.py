"""``darvoza sps order``: the sampling order, with the numbers of the packages to open."""

from argparse import Namespace

from darvoza.cli.control_files import chosen, controlled, draw_of
from darvoza.cli.paper_output import give
from darvoza.cli.reference_data import shipped
from darvoza.flow.inspection.documents import samples_to_take
from darvoza.flow.inspection.papers.sampling_papers import order_paper
from darvoza.flow.inspection.records_file import last_moment
from darvoza.flow.intake.sampling_rules import read_sampling_rules


def run(options: Namespace) -> int:
    """Draw the packages and write the order."""
    found = controlled(options)
    rules = read_sampling_rules(options.rules or shipped("sampling_rules.yaml"))
    rule = chosen(rules.packages, options.rule, "rule")
    part = chosen(rules.parts, options.part, "part") if options.part else None
    u, proof = draw_of(options, found.records)
    samples = samples_to_take(found.document, rule, u=u, part=part)
    paper = order_paper(found.document, samples, options.language, proof=proof)
    lodged = found.document.consignment.declaration.lodged_at
    return give(paper, options, last_moment(found.records) or lodged)
