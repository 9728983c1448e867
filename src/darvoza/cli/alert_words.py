"""Alerts in words, and what the commands on them share."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from darvoza.cli.reference_data import shipped
from darvoza.domain.sps.alert import AlertRules
from darvoza.errors import SettingsError
from darvoza.flow.assessment.measures import measure_profiles
from darvoza.flow.intake.alert_book import BOOK, MEASURES, AlertBook, book_text, keep, read_book
from darvoza.flow.intake.alert_measures import Consequence
from darvoza.flow.intake.alert_rules import read_alert_rules
from darvoza.flow.intake.measure_text import measures_text

HEADING = "Written from the alerts beside it by `darvoza sps alerts`; what is changed here by hand is lost."


def rules_of(options: Namespace) -> AlertRules:
    """Read the rules that were given, or the shipped ones."""
    return read_alert_rules(options.rules or shipped("sps_alerts.yaml"))


def existing_book(directory: Path) -> AlertBook:
    """Read the book of a directory that must have one.

    Raises
    ------
    SettingsError
        When it has none.
    """
    if not (directory / BOOK).is_file():
        raise SettingsError(
            field="DIR", expected=f"a directory with {BOOK}", got=str(directory),
            hint="make one with: darvoza sps alerts import FILE --into DIR",
        )  # fmt: skip
    return read_book(directory)


def keep_book(directory: Path, book: AlertBook, found: tuple[Consequence, ...]) -> bool:
    """Write the book and what follows from it; tell whether anything changed."""
    measures = measures_text((each.measure for each in found), HEADING)
    return keep(directory, [(BOOK, book_text(book)), (MEASURES, measures)])


def told(found: Consequence) -> Iterator[str]:
    """Say what follows from an alert, and what the rules set because the source said nothing."""
    measure = found.measure
    yield f"  {measure.title}; {measure.legal_basis}"
    profiles = measure_profiles([measure])
    for profile in profiles:
        yield f"  {profile.treatment.act} check of {profile.treatment.share:.0%} by {measure.agency} when {profile.sentence}"
    if not profiles:
        yield "  no floor: it is evidence only"
    day = {"to": f"last day {measure.end}", "review_by": f"to be reviewed by {measure.review_by}"}
    yield "  " + "; ".join(
        f"{words} (set by the rules, the source gives none)" if name in found.by_setting else words
        for name, words in day.items()
    )
    if measure.terminated_on:
        yield f"  ended on {measure.terminated_on}: {measure.termination}"
