"""Estimates in words: what was released unseen, how sure that is, and what it would take to be surer."""

from collections.abc import Iterator

from darvoza.cli.report.numerals import THIN, number, percent
from darvoza.flow.oversight.estimate_records import Estimates, GroupEstimate, Limits, SecondLooks

WHY_FIRST = (
    "Leakage comes first and the hit rate second: a hit rate can rise while more and more passes unseen, since it says "
    "nothing of what nobody looked at."
)
BREAKDOWNS = {
    "post": "By post",
    "chapter": "By HS chapter",
    "family": "By risk family",
    "area": "By risk area",
    "channel": "By channel",
    "month": "By month",
}
_CHANNEL = {
    "green": "green: released at once",
    "blue": "blue: released, audited later",
    "yellow": "yellow: released after a check of documents",
    "red": "red: stopped for another check, not examined",
}


def between(limits: Limits) -> str:
    """Both limits of a share.

    Examples
    --------
    >>> between(Limits(0.05, 0.031, 0.08)).replace(THIN, " ")
    '3.1 % to 8 %'
    """
    return (
        f"{percent(limits.low)} to {percent(limits.high)}" if limits.high is not None else f"{percent(limits.low)} up"
    )


def times(limits: Limits) -> str:
    """Both limits of a ratio.

    Examples
    --------
    >>> times(Limits(3.0, 1.48, 6.09)), times(Limits(3.0, 1.48, None))
    ('1.5 to 6.1', '1.5 or more')
    """
    return f"{limits.low:.1f} to {limits.high:.1f}" if limits.high is not None else f"{limits.low:.1f} or more"


def group(one: GroupEstimate) -> str:
    """The name of a group."""
    return _CHANNEL.get(one.group, one.group) if one.by == "channel" else one.group.replace("_", " ")


def leakage(made: Estimates) -> Iterator[str]:
    """What is to be said of the whole, sentence by sentence."""
    whole = made.whole
    if made.settled_until is not None:
        waiting = "" if made.outstanding is None else f" ({number(made.outstanding)} are outstanding)"
        yield (
            f"Counted is what was lodged until {made.settled_until:%Y-%m-%d}: of later lodgings results are still coming "
            f"in{waiting}, and a result not yet known is not “nothing found”."
        )
    if made.unmeasured:
        yield f"{number(made.unmeasured)} declarations had no chance at all to be examined; nothing can be said of them."
    if whole is None and made.begins is not None:
        yield (
            "Nothing is old enough yet to estimate from: as results come in by now, there will be something from "
            f"{made.begins:%Y-%m-%d}."
        )
    elif whole is None:
        yield "Nothing is left to estimate from."
    elif whole.leaked is None or whole.leakage is None:
        yield _why_not(whole)
    else:
        yield from _told(whole, whole.leaked)
        if made.helped is not None:
            yield _helped(whole.leaked, made.helped)
    if made.looks is not None or (whole is not None and whole.leaked is not None):
        yield _overlooked(made.looks)


def _helped(leaked: Limits, helped: Limits) -> str:
    """The same estimated with the help of the score."""
    high = number(helped.high) if helped.high is not None else "unknown"
    interval = f"95{THIN}% interval {number(helped.low)} to {high}"
    if helped.value < 0:
        return (
            f"With the help of the score the sum comes out below 0, where nothing can be ({interval}): the score states more "
            "than there is. Go by the figure above."
        )
    told = f"With the help of the score the same is about {number(helped.value)} ({interval})."
    if helped.high is None or (leaked.high is not None and helped.high - helped.low > leaked.high - leaked.low):
        return f"{told} That is the less sure of the two: here the score is of no help."
    return f"{told} That is the surer of the two, because the score is of help here."


def _overlooked(looks: SecondLooks | None) -> str:
    """What officers overlook."""
    if looks is None:
        return "What officers overlook is not counted: this is what an examination would find, not what is there."
    told = (
        f"Of {number(looks.looked)} declarations looked at twice the second look found something in "
        f"{number(looks.again)}; in {number(looks.both)} of them the first had, too"
    )
    if looks.sensitivity is None:
        return f"{told}. Fewer than 20 say too little of what first looks overlook."
    told += f": {percent(looks.sensitivity.value)} (95{THIN}% interval {between(looks.sensitivity)})"
    if looks.leaked is None:
        return f"{told}."
    high = number(looks.leaked.high) if looks.leaked.high is not None else "unknown"
    return (
        f"{told}. With what a first look overlooks, something is wrong in at least about {number(looks.leaked.value)} of the "
        f"released ({number(looks.leaked.low)} to {high})."
    )


def _told(whole: GroupEstimate, leaked: Limits) -> Iterator[str]:
    high = number(leaked.high) if leaked.high is not None else "unknown"
    detected = whole.detected
    share = (
        f", {percent(detected.value)} of all there is to find (95{THIN}% interval {between(detected)})"
        if detected
        else ""
    )
    yield (
        f"Among the {number(whole.released)} declarations released without examination, about {number(leaked.value)} "
        f"would have shown a finding (95{THIN}% interval {number(leaked.low)} to {high}). The {number(whole.known)} "
        f"examinations found {number(whole.findings)}{share}. About the released they say as much as "
        f"{number(whole.random_checks)} examinations by chance alone, and this holds whatever the profiles and the score "
        "are worth."
    )
    if whole.needed:
        yield f"{number(whole.needed)} more random examinations are needed to know the leakage to ±50{THIN}% of itself."
    yield _money(whole)


def _money(whole: GroupEstimate) -> str:
    lost = whole.lost
    if lost is None:
        reason = {
            "too few": "a few large stakes could hold most of it, and too few of the large ones were drawn",
            "stakes unknown": "the value is missing for too many declarations",
            "amounts unknown": "no finding states an amount",
        }
        return f"Duty and tax lost with them cannot be estimated: {reason.get(whole.why_not_lost or '', 'too few')}."
    high = number(lost.high) if lost.high is not None else "unknown"
    return (
        f"Duty and tax lost with them: about {number(lost.value)} (95{THIN}% interval {number(lost.low)} to {high}); "
        f"recovered: {_recovered(whole)}."
    )


def _recovered(whole: GroupEstimate) -> str:
    """What was recovered, and of how many findings that is not told."""
    known = "not known" if whole.recovered is None else number(whole.recovered)
    if not whole.unstated:
        return known
    left = f"{number(whole.unstated)} of {number(whole.findings)} findings do not state their amount, or not all of it"
    return f"{known}. Both are of the amounts stated: {left}"


def _why_not(whole: GroupEstimate) -> str:
    if whole.why_not == "too few":
        return (
            f"Too few: what was examined says no more about the released than {number(whole.random_checks)} random "
            f"examinations, and fewer than 30 say too little. {number(whole.needed)} more random examinations are needed."
        )
    if whole.why_not == "incomplete":
        return (
            f"Leakage cannot be estimated: of {number(whole.examined)} examinations ordered, only "
            f"{number(whole.known)} have a known result. What is known may have been chosen, and then it says nothing "
            "about the rest."
        )
    return "Nothing was released: every declaration was examined."
