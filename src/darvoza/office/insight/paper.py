"""The figures on paper: the same numbers as on the page, in its order, with the period and the moment they are of."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from darvoza.domain.codes import Agency
from darvoza.flow.inspection.papers.paper import Block, Fields, Paper, PaperKind, Prose, Rows
from darvoza.flow.inspection.papers.writing import Writing
from darvoza.flow.oversight.estimate_records import GroupEstimate, Limits, ProfileLift
from darvoza.flow.oversight.release_times import ReleaseTime
from darvoza.office.insight.queries.figures import BasisLine, GroupLine, Overview, Scope
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
    if not scope.period.whole:
        yield Prose((counted_otherwise(),))
    yield from _leakage(shown, scope)
    yield from _prose(_uncounted(shown))
    yield from _found(shown)
    yield _groups(_("Month by month"), _("Month"), shown.months)
    yield _groups(_("Posts"), _("Post"), shown.posts)
    yield from _work(shown)
    yield from _overrides(shown, scope)
    if why and shown.estimates and not scope.post:
        yield from _profiles(shown.estimates.lifts)


def counted_otherwise() -> str:
    """Say what of the figures of some months does not go by the month of lodging."""
    return _(
        "Months are those of lodging; but overrides count in the month in which they happened, and hours on duty, with the checks "
        "beside them, in the month of the roster."
    )


def _prose(sentences: Iterable[str]) -> Iterator[Block]:
    """Give sentences as a block; without any there is none."""
    if told := tuple(sentences):
        yield Prose(told)


def _leakage(shown: Overview, scope: Scope) -> Iterator[Block]:
    """Give what was released unseen, or say why it cannot be said."""
    whole, title = shown.whole, _("Leakage")
    if whole is None or whole.leakage is None:
        yield Rows(title, (_("Leakage"), _("Why there is no number")), ((title, no_leakage(shown, scope)),), (2, 5))
        return
    named: tuple[tuple[str, str, str], ...] = (
        (_("Share of the released that hides something"), percent(whole.leakage.value), _span(whole.leakage)),
        (_("Declarations among the released"), number(_value(whole.leaked)), _counted(whole.leaked)),
        (_("Duty and tax lost with them"), number(_value(whole.lost)), _lost(whole)),
        (_("Share of all there is to find that was found"), percent(_value(whole.detected)), _span(whole.detected)),
        (_("Released"), number(whole.released), ""),
        (_("Results it rests on"), number(whole.known), ""),
        (_("Findings among them"), number(whole.findings), ""),
        (_("Random examinations that say as much"), number(whole.random_checks), ""),
    )
    if whole.needed:
        named = (*named, (_("More random examinations needed to know it to one half"), number(whole.needed), ""))
    yield Rows(title, (_("Measure"), _("Value"), _("95 % interval")), named, (6, 2, 3))


def no_leakage(shown: Overview, scope: Scope) -> str:
    """Say why there is no leakage to be told."""
    if not scope.customs:
        return _("Leakage is estimated for the physical examination by customs only.")
    if shown.whole is None and not scope.period.whole and not scope.period.span:
        return _("Leakage is estimated for a month, a quarter, a year, or all months: intervals cannot be added up.")
    whole = shown.whole
    if whole is None:
        return _nothing(shown)
    if whole.why_not == "too few":
        return _(
            "What was examined says as much about the released as %(checks)s random examinations; fewer than 30 say too little. "
            "More random examinations needed: %(needed)s."
        ) % {"checks": number(whole.random_checks), "needed": number(whole.needed)}
    if whole.why_not == "incomplete":
        return _(
            "Results known: %(known)s of %(examined)s examinations ordered. Below 95 %% the known ones may be a choice, and then "
            "they say nothing about the rest."
        ) % {"known": number(whole.known), "examined": number(whole.examined)}
    return _("Nothing was released without examination.")


def _nothing(shown: Overview) -> str:
    """Say of what cannot be estimated whether nothing is there, or nothing is old enough."""
    if shown.estimates is None or shown.estimates.begins is None:
        return _("Nothing is left to estimate from.")
    return _(
        "Nothing is old enough yet to estimate from: results are still coming in. As they come in by now, there will be something "
        "from %(day)s."
    ) % {"day": day(shown.estimates.begins)}


def _uncounted(shown: Overview) -> Iterator[str]:
    """Say what is left out: of all figures what was deleted, of the estimates what is too recent, and what had no chance."""
    made = shown.estimates
    if shown.deleted:
        yield ngettext(
            "%(number)s declaration was deleted because its time was over; no figure knows of it any more.",
            "%(number)s declarations were deleted because their time was over; no figure knows of them any more.",
            shown.deleted,
        ) % {"number": number(shown.deleted)}
    if made and made.settled_until:
        until = day(made.settled_until)
        yield (
            _("Counted is what was lodged until %(until)s; of later lodgings results are still coming in.")
            % {"until": until}
            if made.outstanding is None
            else _(
                "Counted is what was lodged until %(until)s; of later lodgings results are still coming in. "
                "Outstanding: %(outstanding)s."
            )
            % {"until": until, "outstanding": number(made.outstanding)}
        )
    if made and made.unmeasured:
        count = number(made.unmeasured)
        yield _("Declarations without any chance to be examined, of which nothing can be said: %(count)s.") % {
            "count": count
        }


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
                *map(number, (one.ordered, one.checked, one.found)),
                _recovered(one),
            )
            for one in shown.bases
        ),
        (4, 5, 2, 2, 2, 3),
    )


def _recovered(line: BasisLine) -> str:
    """Write what is stated, and of how many checks it is not."""
    return "; ".join(filter(None, (number(line.recovered), _unstated(line.unstated))))


def _groups(title: str, name: str, lines: tuple[GroupLine, ...]) -> Rows:
    counts = (_("Declared"), _("Stopped"), _("Checked"), _("Ordered"), _("With result"), _("With finding"))
    rows = tuple(
        (
            line.group,
            _rate(line.estimate.leakage if line.estimate else None, line.estimate.why_not if line.estimate else None),
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
                _median(one),
                number(one.slow, 1),
                *map(number, (one.released, one.held, one.waiting)),
            )
            for one in shown.releases
        ),
        (3, 4, 3, 2, 3, 2),
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
    yield from _prose(_duty(shown))


def _duty(shown: Overview) -> Iterator[str]:
    """Say what checks took of the hours on duty."""
    if shown.duty:
        told = {"share": percent(shown.duty.share, 0), "days": number(shown.duty.days)}
        told |= {"worked": number(shown.duty.worked, 1), "hours": number(shown.duty.hours, 1)}
        yield (
            _(
                "Of the hours on duty, %(share)s went into checks: %(worked)s of %(hours)s hours, on %(days)s days with a "
                "roster, by how long acts take where nobody has measured."
            )
            % told
        )


def _overrides(shown: Overview, scope: Scope) -> Iterator[Block]:
    """Give departures from what was decided, the most frequent first."""
    other = _("other reasons") if scope.reasons else "–"
    yield Rows(
        _("Overrides"),
        (_("Post"), _("Kind"), _("Reason"), _("Times")),
        tuple(
            (one.post, word(one.move), one.reason or other, number(one.times))
            for one in shown.overrides[:MOST_OVERRIDES]
        ),
        (2, 3, 7, 1),
    )
    if shown.overrides:
        times = {"times": number(shown.departed)}
        yield Prose((ngettext("%(times)s departure in all.", "%(times)s departures in all.", shown.departed) % times,))
    if len(shown.overrides) > MOST_OVERRIDES:
        yield Prose((_("The most frequent fifty are shown; the export holds all."),))


def _profiles(lifts: tuple[ProfileLift, ...]) -> Iterator[Block]:
    """Give what profiles find beside chance, as many as the page shows."""
    rows = tuple(
        (
            f"{one.code} {one.title}",
            number(one.matched),
            _rate(one.rate, one.why_not),
            _lift(one.lift),
            *map(number, (one.known, one.findings)),
        )
        for one in lifts[:MOST_PROFILES]
    )
    head = (_("Profile"), _("Matched"), _("Rate"), _("Lift"), _("With result"), _("With finding"))
    yield Rows(_("Profiles beside chance"), head, rows, (6, 2, 4, 3, 2, 2))
    if len(lifts) > MOST_PROFILES:
        yield Prose((_("The first twenty are shown; the export holds all."),))


def _median(one: ReleaseTime) -> str:
    """Write a median [h] with its limits, where it has both."""
    if one.low is None or one.high is None:
        return number(one.median, 1)
    return f"{number(one.median, 1)} ({number(one.low, 1)} – {number(one.high, 1)})"


def _lift(limits: Limits | None) -> str:
    if limits is None:
        return "—"
    high = "∞" if limits.high is None else number(limits.high, 1)
    return f"{number(limits.value, 1)} ({number(limits.low, 1)} – {high})"


def _lost(whole: GroupEstimate) -> str:
    """Give the limits of what is lost, or say why there are none; and of how many findings the amount is not stated."""
    why = {
        "stakes unknown": _("the value is missing for too many declarations"),
        "amounts unknown": _("no finding states an amount"),
    }
    few = _("too few of the large ones were drawn to say")
    told = _counted(whole.lost) if whole.lost else why.get(whole.why_not_lost or "", few)
    return "; ".join(filter(None, (told, _unstated(whole.unstated))))


def _unstated(count: int) -> str:
    return _("amount not stated: %(count)s") % {"count": number(count)} if count else ""


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


def _rate(limits: Limits | None, why_not: str | None = None) -> str:
    """Write a share with its limits, or why there is none."""
    return f"{percent(limits.value)} ({_span(limits)})" if limits else _why_not(why_not)


def _why_not(why: str | None) -> str:
    reasons = {"too few": _("too few"), "incomplete": _("results are missing")}
    reasons["none released"] = _("nothing was released unseen")
    return reasons.get(why or "", "—")
