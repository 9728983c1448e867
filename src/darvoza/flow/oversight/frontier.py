"""The efficient frontier: what share of the harm is detected for each share examined, from what was found.

Decided declarations are selected anew at each share, post by post, by the harm that was expected of them when they were
decided; what was found counts by the probability with which it was looked for and by the one with which it would be.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.errors import OutputError, SettingsError
from darvoza.flow.oversight.chances import NEARLY_ALL, with_chances
from darvoza.methods.detection import Found, Span, share_detected, total
from darvoza.methods.inclusion import Units, inclusion, levels_of, logs_of, solve_cuts, with_chance

Floats = NDArray[np.float64]

SHARES = (0.01, 0.02, 0.03, 0.05, 0.075, 0.10, 0.15, 0.20, 0.30, 0.50, 0.75, 1.0)
"""Shares examined for which the frontier is drawn."""

WORTHS = ("severity", "harm", "money", "probability")
ALL_POSTS = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """How declarations are selected anew.

    Attributes
    ----------
    dial
        T in [0, ∞].
    parts
        Parts of severity, harm, money and probability in what the floors leave.
    random_floor
        ε under every declaration, in (0, 1].
    examiner
        Examinations that one more examiner does in a day, above 0.
    """

    dial: float = 0.1
    parts: tuple[float, float, float, float] = (0.10, 0.90, 0.0, 0.0)
    random_floor: float = 0.01
    examiner: float = 4.0

    def __post_init__(self) -> None:
        if not self.examiner > 0:
            raise SettingsError(field="examiner", expected="examinations a day, above 0", got=self.examiner)
        if not 0 < self.random_floor <= 1:
            raise SettingsError(field="random", expected="a share in (0, 1]", got=self.random_floor)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the frontier.

    Attributes
    ----------
    share
        Share asked for; NaN for the selection that was made.
    examined
        Share examined, Σπ ÷ declarations: more than asked for where floors are more.
    findings, money
        Share detected of the declarations with something to find, and of the money recoverable, with 95 % limits;
        ``None`` where there is too little to say.
    """

    share: float
    examined: float
    findings: Span | None
    money: Span | None


@dataclass(frozen=True, slots=True)
class PostFrontier:
    """The frontier of one post, or of all with each post at the same share.

    Attributes
    ----------
    post
        The post; empty for all.
    declarations, days
        How many were decided, over how many days with declarations.
    results, findings
        Examinations with a result that was come by with a known chance, and those of them with a finding.
    points
        The frontier, ascending.
    now
        The selection that was made.
    more_findings, more_money
        What one more examiner would find and recover in a day, with 95 % limits; of all posts, one more at each of them.
        ``None`` where there is too little.
    why_not
        ``too few`` or ``incomplete`` when nothing can be said.
    unstated
        Findings of which not all amounts are stated: money is that which is.
    """

    post: str
    declarations: int
    days: int
    results: int
    findings: int
    points: tuple[Point, ...]
    now: Point
    more_findings: Span | None
    more_money: Span | None
    why_not: str | None
    unstated: int = 0


@dataclass(frozen=True, slots=True)
class Frontier:
    """The frontier of all posts together, then of each, the busiest first.

    `aside` counts results that the run did not draw, or of which nobody knows with what chance they were come by.
    """

    start: date
    end: date
    all_posts: PostFrontier
    posts: tuple[PostFrontier, ...]
    aside: int = 0


class _Replayed(NamedTuple):
    """Of each declaration: probability at each share, at the share that was, and with one more examiner."""

    shares: Floats
    now: Floats
    more: Floats


def frontier(declarations: pl.DataFrame, replay: Replay) -> Frontier:
    """Draw the frontier from decided declarations.

    Parameters
    ----------
    declarations
        One row each: ``post``, ``day``, ``severity``, ``harm``, ``money``, ``probability`` (as expected when decided), ``floor``
        (the largest of law, alert, profile and plan), ``pi``, ``finding`` (null where no result is known),
        ``recovered`` (as far as it is stated), ``unstated`` (whether a part of it is not), ``selected``, ``stated`` (the probability beside the result, null where there is none). Whose
        results these are, and with what chance they were come by, is asked month by month
        (`darvoza.flow.oversight.chances`). Of the run's own, those known of a post count for the few that are missing there.
    replay
        How they are selected anew.

    Raises
    ------
    OutputError
        When there is nothing to replay.
    """
    if declarations.is_empty():
        raise OutputError(field="runs", expected="decided declarations with a score", got="none")
    declarations = with_chances(
        declarations.with_columns(
            month=pl.col("day").dt.strftime("%Y-%m"),
            known=pl.col("finding").is_not_null(),
            stated=pl.col("stated").cast(pl.Float64),
        )
    )
    posts = declarations.get_column("post")
    names = posts.value_counts().sort(["count", "post"], descending=[True, False]).get_column("post").to_list()
    replayed = _Replayed(*(np.zeros(shape) for shape in ((len(SHARES), posts.len()), posts.len(), posts.len())))
    places = {name: np.flatnonzero((posts == name).to_numpy()) for name in names}
    for rows in places.values():
        for whole, part in zip(replayed, _replayed(declarations[rows], replay), strict=True):
            whole[..., rows] = part
    days = declarations.get_column("day")
    first, last = days.min(), days.max()
    return Frontier(
        start=first if isinstance(first, date) else date.min,
        end=last if isinstance(last, date) else date.max,
        all_posts=_judged(ALL_POSTS, declarations, replayed),
        posts=tuple(
            _judged(name, declarations[rows], _Replayed(*(part[..., rows] for part in replayed)))
            for name, rows in places.items()
        ),
        aside=int((declarations.get_column("known") & declarations.get_column("chance").is_null()).sum()),
    )


def _replayed(declarations: pl.DataFrame, replay: Replay) -> _Replayed:
    """Select the declarations of one post anew."""
    worths = declarations.select(pl.col(name).cast(pl.Float64) for name in WORTHS).to_numpy()
    levels = with_chance(levels_of(logs_of(worths), dial=replay.dial))
    size = declarations.height
    floors = np.maximum(declarations.get_column("floor").to_numpy(), replay.random_floor)
    units = Units(levels, floors, np.ones(size))

    def at(share: float) -> Floats:
        cuts = solve_cuts(units, parts=replay.parts, budget=min(share, 1.0) * size)
        return inclusion(levels, cuts, floors)

    share = float(declarations.get_column("pi").to_numpy().mean())
    extra = replay.examiner * declarations.get_column("day").n_unique() / size
    now = at(share)
    return _Replayed(np.array([at(one) for one in SHARES]), now, np.maximum(at(share + extra), now))


def _judged(post: str, declarations: pl.DataFrame, replayed: _Replayed) -> PostFrontier:
    """Weigh what was found."""
    owed = pl.col("selected") & pl.col("of_run")
    answered = (pl.col("known") & owed).sum().over("post") / owed.sum().over("post")
    missed = pl.col("own") & pl.col("of_run")  # elsewhere nothing of the run is owed, and each result stands for itself
    whole = declarations.with_columns(chance=pl.col("chance") * pl.when(missed).then(answered).otherwise(1.0))
    seen = whole.get_column("chance").is_not_null().to_numpy()
    sample, days = whole.filter(seen), whole.get_column("day").n_unique()
    pi = sample.get_column("chance").to_numpy()
    finding = sample.get_column("finding").cast(pl.Float64).to_numpy()
    findings = Found(finding, pi)
    money = Found(sample.get_column("recovered").cast(pl.Float64).fill_null(0.0).to_numpy() * finding, pi)
    why_not = _why_not(whole.filter(owed), findings, unseen=sample.height < whole.height)

    def point(share: float, q: Floats) -> Point:
        spans = [None if why_not else share_detected(found, q[seen]) for found in (findings, money)]
        return Point(share, float(q.mean()), *spans)

    made = whole.get_column("pi").to_numpy()
    gained = replayed.more - replayed.now
    more = [None if why_not else _daily(total(found, gained[seen]), days) for found in (findings, money)]
    return PostFrontier(
        post=post,
        declarations=declarations.height,
        days=days,
        results=sample.height,
        findings=int(finding.sum()),
        points=tuple(point(share, q) for share, q in zip(SHARES, replayed.shares, strict=True)),
        now=point(float("nan"), made),
        more_findings=_at_most(more[0], float(gained.sum()) / days),
        more_money=more[1],
        why_not=why_not,
        unstated=int(sample.get_column("unstated").sum()),
    )


def _why_not(owed: pl.DataFrame, findings: Found, *, unseen: bool) -> str | None:
    """Say why nothing can be said: results of what the run selected are missing, or they are few, or none was left to chance."""
    if owed.get_column("known").sum() < NEARLY_ALL * owed.height:
        return "incomplete"
    certain = bool((findings.probabilities >= 1).all())
    return "too few" if not findings.enough() or (unseen and certain) else None


def _daily(span: Span | None, days: int) -> Span | None:
    return Span(*(value / days for value in span)) if span else None


def _at_most(span: Span | None, examined: float) -> Span | None:
    """Hold the upper limit of findings to what is examined: no examination has more than one."""
    return span._replace(high=max(min(span.high, examined), span.value)) if span else None


def as_table(drawn: Frontier) -> pl.DataFrame:
    """Write the frontier as a table: a row for each post and share, the selection that was made with no share."""
    rows = [
        (one.post or "all", None if point is one.now else point.share, point.examined, *_plain(point.findings),
         *_plain(point.money), one.declarations, one.results, one.findings, one.unstated, one.why_not)
        for one in (drawn.all_posts, *drawn.posts)
        for point in (*one.points, one.now)
    ]  # fmt: skip
    numbers = ["findings", "findings_low", "findings_high", "money", "money_low", "money_high"]
    schema = {"post": pl.String, "share": pl.Float64, "examined": pl.Float64, **dict.fromkeys(numbers, pl.Float64)}
    counts = {
        "declarations": pl.Int64,
        "results": pl.Int64,
        "with_finding": pl.Int64,
        "unstated": pl.Int64,
        "why_not": pl.String,
    }
    return pl.DataFrame(rows, schema={**schema, **counts}, orient="row")


def _plain(span: Span | None) -> tuple[float | None, float | None, float | None]:
    return (span.value, span.low, span.high) if span else (None, None, None)
