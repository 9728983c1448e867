"""Words and numbers of the frontier, for the page and for the terminal."""

from darvoza.cli.report.numerals import number, percent
from darvoza.flow.oversight.frontier import Frontier, PostFrontier
from darvoza.methods.detection import Span

WHY_NOT = {
    "too few": "too few findings to say (fewer than 10, or fewer than 30 results)",
    "incomplete": "too many results of what was selected are missing",
}


def limits(span: Span | None) -> str:
    """A share with its interval.

    Examples
    --------
    >>> limits(None)
    'too few'
    >>> limits(Span(0.5, 0.4, 0.6)).replace(chr(0x202f), " ")
    '50 % (40 % to 60 %)'
    """
    return f"{percent(span.value)} ({percent(span.low)} to {percent(span.high)})" if span else "too few"


def more(span: Span | None) -> str:
    """A number a day with its interval."""
    return f"{_digits(span.value)} ({_digits(span.low)} to {_digits(span.high)})" if span else "too few"


def _digits(value: float) -> str:
    return number(value) if value >= 9.95 else f"{value:.2f}"


def unstated(one: PostFrontier) -> str:
    """Of how many findings the money does not speak."""
    return f"money is that of the findings that state an amount: {number(one.unstated)} of {number(one.findings)} do not, or not all"


def headline(drawn: Frontier) -> str:
    """The frontier in one sentence."""
    whole = drawn.all_posts
    if whole.now.findings is None:
        return (
            f"Of {number(whole.declarations)} declarations too little is known to say what share of harm is detected."
        )
    return (
        f"Examining {percent(whole.now.examined)} of {number(whole.declarations)} declarations detected "
        f"{percent(whole.now.findings.value)} of those with something to find "
        f"(95\u202f% interval {percent(whole.now.findings.low)} to {percent(whole.now.findings.high)})."
    )


def plot_label(one: PostFrontier, kind: str) -> str:
    """The curve, for those who do not see it."""
    said = (f"{percent(p.examined)} examined, {limits(getattr(p, kind))} detected" for p in one.points)
    return f"Frontier, {kind}: " + "; ".join(said)
