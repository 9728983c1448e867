"""The page of a back-test: the same look as the report of a run, the same bytes for the same answer."""

from collections.abc import Mapping

from darvoza import __version__
from darvoza.cli.report import backtest_charts, backtest_words
from darvoza.cli.report.html import page_environment, provenance
from darvoza.cli.report.words import expired_lists
from darvoza.flow.backtest import Backtest, Tried

SHOWN = 12  # profiles told in full; the table and the JSON have them all


def render_backtest(test: Backtest, manifest: Mapping[str, object]) -> str:
    """Make the page of a back-test: one HTML page without scripts, pictures or requests to anywhere.

    Parameters
    ----------
    test
        The answer of history.
    manifest
        Where everything came from.
    """
    ranked = sorted(test.tried, key=_order)
    page = page_environment().get_template("backtest.html.j2")
    return page.render(
        warnings=expired_lists(manifest),
        b=test,
        ranked=ranked,
        full=ranked[:SHOWN],
        scale=_scale(test),
        plots=backtest_charts,
        told=backtest_words,
        parts=provenance(manifest),
        version=__version__,
    )


def _order(one: Tried) -> tuple[float, str]:
    """The likeliest to be worthwhile first."""
    return (-(one.effect.chance_worthwhile or 0.0), one.code)


def _scale(test: Backtest) -> float:
    """The largest rate a chart must hold, so that small rates can be told apart."""
    rates = [0.1, 3 * (test.base.rate if test.base else 0.0)]
    rates += [one.effect.believed_high or 0.0 for one in test.tried]
    return min(max(rates), 1.0)
