"""What was worked out elsewhere, as its pages show it: the frontier, the score, the map."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from darvoza.office.insight import report_files as kinds
from darvoza.office.insight.drawings import Drawing, Frame
from darvoza.office.insight.maps import Map, Place, draw_map
from darvoza.office.insight.models import Report
from darvoza.office.insight.queries.figures import Overview, Scope
from darvoza.office.insight.scales import axis_end

ALL = "all"
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """The last report of a kind."""

    name: str
    digest: str
    taken_at: datetime
    content: Plain


def last_report(kind: str) -> Kept | None:
    """Give the last report of a kind; nothing when there is none."""
    row = Report.objects.filter(kind=kind).order_by("-taken_at", "-pk").first()
    return Kept(row.name, row.digest, row.taken_at, row.content) if row else None


@dataclass(frozen=True, slots=True)
class FrontierShown:
    """The frontier of a post, or of all: as drawn for findings and for money, and as a table."""

    report: Kept
    post: str
    posts: tuple[str, ...]
    one: Plain
    findings: Drawing | None
    money: Drawing | None

    @property
    def each(self) -> int:
        """At how many posts one examiner more stands, where all are shown together; 0 where it is one post's frontier."""
        return len(self.posts) if not self.post and len(self.posts) > 1 else 0


def frontier_shown(scope: Scope) -> FrontierShown | None:
    """Give the frontier of the scope; nothing without a report, or for an agency that it is not of."""
    report = last_report(kinds.FRONTIER) if scope.customs else None
    if report is None:
        return None
    by_post = {one["post"]: one for one in report.content["posts"]}
    one = by_post.get(scope.post) if scope.post else report.content["all_posts"]
    if one is None:
        return None
    posts = () if scope.placed else tuple(by_post)
    return FrontierShown(report, scope.post, posts, one, _curve(one, "findings"), _curve(one, "money"))


def _curve(one: Plain, kind: str) -> Drawing | None:
    """Draw share detected against share examined, and the selection that was made."""
    known = [(point["examined"], *point[kind]) for point in one["points"] if point[kind]]
    if not known:
        return None
    frame, now = Frame(), one["now"]
    return Drawing(
        frame=frame,
        line=frame.line([(0.0, 0.0), *((x, value) for x, value, _, _ in known)]),
        band=frame.band([(0.0, 0.0, 0.0), *((x, low, high) for x, _, low, high in known)]),
        aside=frame.line([(0.0, 0.0), (1.0, 1.0)]),
        dots=(frame.dot(now["examined"], *now[kind]),) if now[kind] else (),
    )


@dataclass(frozen=True, slots=True)
class ScoreShown:
    """The model card with its reliability drawn, drift, and champion beside challenger; each may be missing."""

    card: Kept | None
    reliability: Drawing | None
    drift: Kept | None
    charts: tuple[tuple[Plain, Drawing], ...]
    comparison: Kept | None


MOST_CHARTS = 6


def score_shown() -> ScoreShown:
    """Give what is known of the score."""
    card, drift = last_report(kinds.MODEL), last_report(kinds.DRIFT)
    return ScoreShown(
        card=card,
        reliability=_reliability(card.content["reliability"]) if card else None,
        drift=drift,
        charts=tuple(_charts(drift.content["charts"])) if drift else (),
        comparison=last_report(kinds.COMPARISON),
    )


def _reliability(bins: list[Plain]) -> Drawing | None:
    """Draw observed against stated; on the straight line the score says what is true."""
    if not bins:
        return None
    end = axis_end(max(part["predicted"], part["high"]) for part in bins)
    frame = Frame(end, end)
    dots = tuple(frame.dot(part["predicted"], part["observed"], part["low"], part["high"]) for part in bins)
    return Drawing(frame, aside=frame.line([(0.0, 0.0), (end, end)]), dots=dots)


def _charts(charts: list[Plain]) -> list[tuple[Plain, Drawing]]:
    """Draw the charts that have enough results: those with an alarm first."""
    drawn = [chart for chart in charts if chart["values"] and not chart["why_not"]]
    drawn.sort(key=lambda chart: not chart["alarms"])
    return [(chart, _chart(chart)) for chart in drawn[:MOST_CHARTS]]


def _chart(chart: Plain) -> Drawing:
    values, limit = chart["values"], chart["threshold"]
    frame = Frame(max(len(values) - 1, 1), max(*values, limit) * 1.1)
    return Drawing(
        frame,
        line=frame.line(enumerate(values)),
        aside=frame.line([(0, limit), (frame.right, limit)]),
        shares=False,
    )


def posts_map(shown: Overview) -> Map | None:
    """Draw the posts, the area of each by its declarations; nothing without places or at one post."""
    report = last_report(kinds.PLACES)
    if report is None or not shown.posts:
        return None
    return draw_map(_places(report.content), Counter({line.group: line.declared for line in shown.posts}))


def _places(content: Mapping[str, Plain]) -> list[Place]:
    return [Place(code, one["name"], one["latitude"], one["longitude"]) for code, one in content.items()]
