"""The figures on paper: the same numbers as on the page, in its order, with the period and the moment they are of."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import override

from darvoza.domain.codes import Agency
from darvoza.flow.inspection.papers.paper import Block, Fields, Paper, PaperKind, Prose, Rows
from darvoza.flow.inspection.papers.writing import Writing
from darvoza.flow.oversight.estimate_records import Limits
from darvoza.office.insight.queries.figures import GroupLine, Overview, Scope
from darvoza.office.insight.records import OFFICER
from darvoza.office.shell.templatetags.darvoza import day, moment, number, percent
from darvoza.office.shell.words import word

MOST_OVERRIDES = 50
MOST_PROFILES = 20
"""Rows of a table that may be long; the export holds all."""


def figures_paper(shown: Overview, scope: Scope, *, why: bool, language: str) -> Paper:
    """Write the figures of a scope.

    Parameters
    ----------
    shown
        What the page shows.
    why
        Whether profiles are told: only to whoever may know why something was chosen.
    language
        A language that papers are written in.
    """
    write = Writing(language)
    with override(language):
        blocks = tuple(each for each in _blocks(shown, scope, why=why) if not isinstance(each, Rows) or each.rows)
        service = write.say("service", agency=write.named(Agency(scope.agency)))
        title, named = _("Figures"), ", ".join(filter(None, (scope.period.name or _("all months"), scope.post)))
    footing = (write.say("digest"), write.say("page"))
    return Paper(PaperKind.FIGURES, language, service[0].upper() + service[1:], title, named, blocks, footing)


def _blocks(shown: Overview, scope: Scope, *, why: bool) -> Iterator[Block]:
    behind = ((_("Happened since"), number(shown.behind)),) if shown.behind else ()
    yield Fields(
        (
            (_("Agency"), word(scope.agency)),
            (_("Post"), scope.post or _("all posts")),
            (_("Period of lodging"), scope.period.name or _("all months")),
            (_("As of"), moment(shown.made_at)),
            *behind,
        )
    )
    yield from _leakage(shown, scope)
    yield from _found(shown)
    yield _groups(_("Month by month"), _("Month"), shown.months)
    yield _groups(_("Posts"), _("Post"), shown.posts)
    yield from _work(shown)
    yield from _overrides(shown)
    if why and shown.estimates:
        yield _profiles(shown)


def _leakage(shown: Overview, scope: Scope) -> Iterator[Block]:
    """Give what was released unseen, or say why it cannot be said."""
    whole, title = shown.whole, _("Leakage")
    if whole is None or whole.leakage is None:
        yield Rows(title, (_("Leakage"), _("Why there is no number")), ((title, no_leakage(shown, scope)),), (2, 5))
        return
    named: tuple[tuple[str, str, str], ...] = (
        (_("Share of the released that hides something"), percent(whole.leakage.value), _span(whole.leakage)),
        (_("Declarations among the released"), number(_value(whole.leaked)), _counted(whole.leaked)),
        (_("Duty and tax lost with them"), number(_value(whole.lost)), _counted(whole.lost)),
        (_("Share of all there is to find that was found"), percent(_value(whole.detected)), _span(whole.detected)),
        (_("Released"), number(whole.released), ""),
        (_("Results it rests on"), number(whole.known), ""),
        (_("Random examinations that say as much"), number(whole.random_checks), ""),
    )
    if shown.estimates and shown.estimates.settled_until:
        named = (*named, (_("Counted is what was lodged until"), day(shown.estimates.settled_until), ""))
    yield Rows(title, (_("Measure"), _("Value"), _("95 % interval")), named, (6, 2, 3))


def no_leakage(shown: Overview, scope: Scope) -> str:
    """Say why there is no leakage to be told."""
    if not scope.customs:
        return _("Leakage is estimated for the physical examination by customs only.")
    if shown.whole is None and not scope.period.whole and not scope.period.span:
        return _("Leakage is estimated for a month, a quarter, a year, or all months: intervals cannot be added up.")
    reasons = {"too few": _("too few"), "incomplete": _("results are missing")}
    reasons["none released"] = _("nothing was released unseen")
    why = shown.whole.why_not if shown.whole else None
    return reasons.get(why or "", _("Nothing is left to estimate from."))


def _found(shown: Overview) -> Iterator[Block]:
    """Give the checks by channel and by basis."""
    counts = (_("Ordered"), _("With result"), _("With finding"))
    yield Rows(
        _("Channels"),
        (_("Channel"), _("Declared"), *counts),
        tuple(
            (word(one.channel), *map(number, (one.declared, one.ordered, one.checked, one.found)))
            for one in shown.channels
        ),
        (3, 2, 2, 2, 2),
    )
    yield Rows(
        _("Hit rate"),
        (_("Basis"), _("Hit rate"), *counts, _("Recovered")),
        tuple(
            (
                _("an officer's suspicion") if one.basis == OFFICER else word(one.basis),
                _rate(one.rate),
                *map(number, (one.ordered, one.checked, one.found, one.recovered)),
            )
            for one in shown.bases
        ),
        (4, 5, 2, 2, 2, 3),
    )


def _groups(title: str, name: str, lines: tuple[GroupLine, ...]) -> Rows:
    counts = (_("Declared"), _("Stopped"), _("Checked"), _("Ordered"), _("With result"), _("With finding"))
    rows = tuple(
        (
            line.group,
            _rate(line.estimate.leakage if line.estimate else None),
            _rate(line.rate),
            number(line.declared),
            percent(line.stopped),
            percent(line.examined),
            *map(number, (line.ordered, line.checked, line.found)),
        )
        for line in lines
    )
    return Rows(title, (name, _("Leakage"), _("Hit rate"), *counts), rows, (4, 5, 5, 3, 3, 3, 3, 3, 3))


def _work(shown: Overview) -> Iterator[Block]:
    """Give release times and capacity."""
    yield Rows(
        _("Release times"),
        (
            _("Channel"),
            _("Median, hours"),
            _("Nine of ten, hours"),
            _("Released"),
            _("Held for a finding"),
            _("Waiting"),
        ),
        tuple(
            (
                word(one.channel),
                number(one.median, 1),
                number(one.slow, 1),
                *map(number, (one.released, one.held, one.waiting)),
            )
            for one in shown.releases
        ),
        (3, 3, 3, 2, 3, 2),
    )
    yield Rows(
        _("Capacity used"),
        (_("Act"), _("Expected"), _("Drawn"), _("Opened"), _("Done"), _("Share done")),
        tuple(
            (
                word(one.act),
                number(one.expected, 1),
                *map(number, (one.drawn, one.opened, one.done)),
                percent(one.share, 0),
            )
            for one in shown.load
        ),
        (4, 2, 2, 2, 2, 2),
    )


def _overrides(shown: Overview) -> Iterator[Block]:
    """Give departures from what was decided, the most frequent first."""
    yield Rows(
        _("Overrides"),
        (_("Post"), _("Kind"), _("Reason"), _("Times")),
        tuple(
            (one.post, word(one.move), one.reason or "–", number(one.times)) for one in shown.overrides[:MOST_OVERRIDES]
        ),
        (2, 3, 7, 1),
    )
    if len(shown.overrides) > MOST_OVERRIDES:
        yield Prose((_("The most frequent fifty are shown; the export holds all."),))


def _profiles(shown: Overview) -> Rows:
    lifts = shown.estimates.lifts[:MOST_PROFILES] if shown.estimates and shown.whole and shown.whole.by == "all" else ()
    rows = tuple(
        (
            f"{one.code} {one.title}",
            number(one.matched),
            _rate(one.rate),
            "—" if one.lift is None else number(one.lift.value, 1),
            *map(number, (one.known, one.findings)),
        )
        for one in lifts
    )
    head = (_("Profile"), _("Matched"), _("Rate"), _("Lift"), _("With result"), _("With finding"))
    return Rows(_("Profiles beside chance"), head, rows, (6, 2, 4, 1, 2, 2))


def _value(limits: Limits | None) -> float | None:
    return limits.value if limits else None


def _span(limits: Limits | None) -> str:
    if limits is None:
        return "—"
    return f"{percent(limits.low)} – {'∞' if limits.high is None else percent(limits.high)}"


def _counted(limits: Limits | None) -> str:
    if limits is None:
        return "—"
    return f"{number(limits.low)} – {'∞' if limits.high is None else number(limits.high)}"


def _rate(limits: Limits | None) -> str:
    return f"{percent(limits.value)} ({_span(limits)})" if limits else "—"
