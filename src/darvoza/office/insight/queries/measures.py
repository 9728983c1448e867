"""What an export tells beside counts: one row a measure, with its value and limits, of every other table of the page."""

from collections.abc import Iterator
from typing import Final

from darvoza.flow.oversight.estimate_records import Estimates, GroupEstimate, Limits
from darvoza.office.insight.queries.figures import Overview
from darvoza.office.insight.tables import Cell

MEASURE_HEAD: Final[tuple[str, ...]] = ("measure", "value", "low", "high")

Measured = tuple[str, str, str, Cell, Cell, Cell]
"""Table, group and measure, then value and limits."""


def measures(shown: Overview, *, why: bool) -> Iterator[Measured]:
    """Give every measure of the page, in its order; profiles only to whoever may know why something was chosen."""
    if shown.whole:
        yield from _headline(shown.whole)
    if shown.estimates:
        yield from _basis(shown.estimates)
    if shown.deleted:
        yield ("deleted", "all", "declarations of the whole office", shown.deleted, None, None)
    yield from _work(shown)
    if why and shown.estimates and shown.whole and shown.whole.by == "all":
        yield from _profiles(shown.estimates)


def _headline(whole: GroupEstimate) -> Iterator[Measured]:
    yield _limited("leakage", "all", "declarations leaked", whole.leaked)
    yield _limited("leakage", "all", "duty and tax lost", whole.lost)
    yield _limited("leakage", "all", "share detected", whole.detected)
    yield ("leakage", "all", "released", whole.released, None, None)
    yield ("leakage", "all", "random checks that say as much", whole.random_checks, None, None)
    yield ("leakage", "all", "random checks needed", whole.needed, None, None)


def _basis(made: Estimates) -> Iterator[Measured]:
    yield ("leakage", "all", "lodged until", made.settled_until, None, None)
    for name, count in (("outstanding", made.outstanding), ("without any chance", made.unmeasured)):
        if count is not None:  # counted of all posts and months together
            yield ("leakage", "all", name, count, None, None)


def _work(shown: Overview) -> Iterator[Measured]:
    for time in shown.releases:
        yield ("release times", time.channel, "median, hours", time.median, time.low, time.high)
        yield ("release times", time.channel, "nine of ten, hours", time.slow, None, None)
        yield from _named("release times", time.channel, time, ("released", "held", "waiting"))
    for load in shown.load:
        yield from _named("capacity", load.act, load, ("expected", "drawn", "opened", "done", "share"))
    if shown.duty:
        yield from _named("duty", "all", shown.duty, ("days", "hours", "worked", "share"))
    for one in shown.overrides:
        yield ("override", one.post, f"{one.move}: {one.reason}", one.times, None, None)


def _named(table: str, group: str, line: object, names: tuple[str, ...]) -> Iterator[Measured]:
    for name in names:
        yield (table, group, name, getattr(line, name), None, None)


def _profiles(made: Estimates) -> Iterator[Measured]:
    for one in made.lifts:
        yield from _named("profile", one.code, one, ("matched", "known", "findings"))
        yield _limited("profile", one.code, "rate", one.rate)
        yield _limited("profile", one.code, "lift", one.lift)


def _limited(table: str, group: str, measure: str, limits: Limits | None) -> Measured:
    return (table, group, measure, *((limits.value, limits.low, limits.high) if limits else (None, None, None)))
