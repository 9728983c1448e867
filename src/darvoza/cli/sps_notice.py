"""``darvoza sps notice``: the notice that a measure was introduced or ended, to be published (WTO TFA 5.1)."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, time

from darvoza.cli.paper_output import give
from darvoza.domain.sps.measure import Measure
from darvoza.errors import SettingsError
from darvoza.flow.inspection.papers.notices import measure_paper
from darvoza.flow.inspection.papers.paper import as_text
from darvoza.flow.intake.measures import read_measures


def run(options: Namespace) -> int:
    """Write the notice of one measure; the moment of its file is the start of the day it is about."""
    measures = {measure.code: measure for measure in read_measures(options.file)}
    if options.code not in measures:
        raise SettingsError(field="CODE", expected=f"one of {', '.join(measures)}", got=options.code)
    measure = measures[options.code]
    day = measure.terminated_on or measure.start
    return give(measure_paper(measure, options.language), options, datetime.combine(day, time(), UTC))


def notice(measure: Measure, language: str) -> Iterator[str]:
    """Give the notice of a measure as lines."""
    yield from as_text(measure_paper(measure, language)).splitlines()
