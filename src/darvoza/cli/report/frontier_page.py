"""The page of the frontier: the same look as the report of a run, the same bytes for the same answer."""

from collections.abc import Mapping

from darvoza import __version__
from darvoza.cli.report import frontier_charts, frontier_words
from darvoza.cli.report.html import page_environment, provenance
from darvoza.flow.oversight.frontier import Frontier, Replay


def render_frontier(drawn: Frontier, replay: Replay, manifest: Mapping[str, object]) -> str:
    """Make the page of the frontier: one HTML page without scripts, pictures or requests to anywhere.

    Parameters
    ----------
    drawn
        The frontier.
    replay
        How declarations were selected anew.
    manifest
        Where everything came from.
    """
    page = page_environment().get_template("frontier.html.j2")
    return page.render(
        f=drawn,
        replay=replay,
        plots=frontier_charts,
        told=frontier_words,
        parts=provenance(manifest),
        version=__version__,
    )
