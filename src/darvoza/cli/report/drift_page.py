"""The page of drift: the same look as the report of a run, the same bytes for the same answer."""

from collections.abc import Mapping

from darvoza import __version__
from darvoza.cli.report import drift_charts, drift_words
from darvoza.cli.report.html import page_environment, provenance
from darvoza.flow.oversight.drift_records import Drift, Watch

MOST = 24
"""Most charts drawn; those that alarmed, then the largest."""


def render_drift(found: Drift, watch: Watch, manifest: Mapping[str, object]) -> str:
    """Make the page of drift: one HTML page without scripts, pictures or requests to anywhere.

    Parameters
    ----------
    found
        What was seen.
    watch
        How drift was watched for.
    manifest
        Where everything came from.
    """
    drawn = sorted((chart for chart in found.charts if chart.why_not is None), key=lambda one: not one.alarms)
    page = page_environment().get_template("drift.html.j2")
    return page.render(
        d=found,
        end=max((chart.known_at[-1] for chart in drawn), default=found.end),
        drawn=drawn[:MOST],
        left_out=len(drawn) - len(drawn[:MOST]),
        few=[chart for chart in found.charts if chart.why_not is not None],
        watch=watch,
        plots=drift_charts,
        told=drift_words,
        parts=provenance(manifest),
        version=__version__,
    )
