"""The page on the control of animals, plants and food: the same look as the report of a run."""

from collections.abc import Mapping

from darvoza import __version__
from darvoza.cli.report import backtest_charts
from darvoza.cli.report.html import page_environment, provenance
from darvoza.cli.report.numerals import number
from darvoza.flow.oversight.health_evaluation import HealthEvaluation, Service


def render_health(evaluation: HealthEvaluation, manifest: Mapping[str, object]) -> str:
    """Make the page: one HTML page without scripts, pictures or requests to anywhere.

    Parameters
    ----------
    evaluation
        The evaluation.
    manifest
        Where everything came from.
    """
    page = page_environment().get_template("health.html.j2")
    return page.render(
        e=evaluation,
        headline=headline(evaluation),
        scale={service.agency: _scale(service) for service in evaluation.services},
        plots=backtest_charts,
        parts=provenance(manifest),
        version=__version__,
    )


def headline(evaluation: HealthEvaluation) -> str:
    """The period in one sentence."""
    examined = sum(service.examined.number for service in evaluation.services)
    failed = sum(service.examined.failed for service in evaluation.services)
    return (
        f"Of {number(evaluation.declarations)} declarations, the health services have results of "
        f"{number(examined)} examinations; {number(failed)} of them failed."
    )


def _scale(service: Service) -> float:
    """The largest rate a chart must hold, so that small rates can be told apart."""
    tops = [part.found.high for part in service.deciles if part.found.number >= 5]
    return min(max([0.05, *tops]), 1.0)
