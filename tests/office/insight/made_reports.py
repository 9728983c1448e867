"""Reports as commands write them, small, for the tests of the office."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from darvoza.flow.oversight.estimate_records import GroupEstimate, Limits
from darvoza.flow.oversight.frontier import Frontier, Point, PostFrontier
from darvoza.methods.detection import Span
from darvoza.office.insight.report_files import POINTS
from people import POST

POSTS_FILE = Path(__file__).parents[3] / "reference_data" / "practice_posts.csv"


def _post(name: str, *, few: bool = False) -> PostFrontier:
    """A frontier of two points."""
    span = None if few else Span(0.5, 0.25, 0.75)
    points = (Point(0.1, 0.12, span, span), Point(1.0, 1.0, None if few else Span(1.0, 1.0, 1.0), span))
    more = None if few else Span(1.5, 0.5, 3.0)
    why = "too few" if few else None
    return PostFrontier(
        name, 400, 28, 60, 20, points, Point(float("nan"), 0.11, span, span), more, more, why, 0 if few else 7
    )


def frontier_directory(place: Path) -> Path:
    """A frontier as the command writes it: of all posts, of a post, and of one with too few results."""
    place.mkdir(exist_ok=True)
    drawn = Frontier(date(2026, 3, 1), date(2026, 3, 28), _post(""), (_post(POST), _post("KG-DOS", few=True)))
    plain = json.dumps(asdict(drawn), default=str).replace("NaN", "null")
    (place / "frontier.json").write_text(plain, encoding="utf-8")
    settings = {"dial": "0.1", "parts": [0.1, 0.9, 0, 0], "random_floor": 0.01, "examiner": 4.0}
    (place / "manifest.json").write_text(json.dumps({"settings": settings}), encoding="utf-8")
    return place


def drift_directory(place: Path, *, verdict: str = "refit") -> Path:
    """A report on drift with an alarm."""
    place.mkdir(exist_ok=True)
    values = [float(n % 7) for n in range(2 * POINTS)]
    alarm = {"raised": "2026-03-20 08:00:00+00:00", "since": "2026-03-10 08:00:00+00:00"}
    chart = {"by": "chapter", "group": "39", "results": 600, "findings": 31, "expected": 10.5, "threshold": 4.0,
             "known_at": ["2026-03-01"] * len(values), "values": values, "alarms": [alarm], "why_not": None}  # fmt: skip
    quiet = {**chart, "group": "84", "values": [], "alarms": [], "why_not": "too few"}
    month = {
        "month": "2026-03",
        "results": 600,
        "findings": 31,
        "expected": 10.5,
        "line": [0.1, 0.4, 0.2, 0.6],
        "why_not": None,
    }
    content = {
        "charts": [quiet, chart], "declarations": 5000, "results": 600, "findings": 31,
        "model": {"verdict": verdict, "slope": [0.1, 0.4, 0.2, 0.6]}, "months": [month],
        "expectations": [{"sample": "random", "group": "all", "results": 600, "stated": 0.02, "rate": [0.05, 0.04, 0.07]}],
    }  # fmt: skip
    (place / "drift.json").write_text(json.dumps(content), encoding="utf-8")
    return place


def card_directory(place: Path, **changes: object) -> Path:
    """A model with its card."""
    place.mkdir(exist_ok=True)
    part = {"name": "all rows", "rows": 1188, "findings": 55, "auc": 0.873, "precision": [0.3] * 5, "recall": [0.4] * 5,
            "brier": 0.05, "log_loss": 0.19}  # fmt: skip
    card = {
        "kind": "trees", "trees": 85, "fitted_on": 5471, "calibrated_on": 1135, "measured_on": 1188, "findings": 350,
        "by_chance": 4268, "verdict": {"slope": {"slope": 0.96, "low": 0.72, "high": 1.19}}, "slices": [part],
        "heads": [{"name": "valuation", "own": True, "findings": 190, "auc": 0.928, "expected": 139.6, "observed": 429.0}],
        "reliability": [{"predicted": 0.03, "observed": 0.17, "low": 0.1, "high": 0.29, "rows": 99}],
        "shares": [0.01, 0.02, 0.05, 0.1, 0.2], "warnings": [],
    } | changes  # fmt: skip
    (place / "card.json").write_text(json.dumps(card), encoding="utf-8")
    (place / "SHA256SUMS").write_text("ab  card.json\n", encoding="utf-8")
    return place


def comparison_file(place: Path) -> Path:
    """A comparison of two models."""
    mean = {"value": -0.02, "low": -0.04, "high": -0.001}
    measures = {"log_loss": dict.fromkeys(("champion", "challenger", "difference"), mean)}
    content = {
        "champion": "aa" * 32, "challenger": "bb" * 32, "declarations": 3000, "share": 0.1, "verdict": "better",
        "samples": [{"name": "random", "results": 120, "findings": 9, "measures": measures}],
    }  # fmt: skip
    place.write_text(json.dumps(content), encoding="utf-8")
    return place


def with_estimates(figures: dict[str, Any]) -> dict[str, Any]:
    """The same figures as if enough had been examined: leakage of the whole and of two months."""
    known = Limits(0.02, 0.01, 0.04)
    shared = {
        "declarations": 400, "examined": 90, "known": 90, "findings": 12, "released": 310.0, "leaked": Limits(6.2, 3.1, 12.4),
        "leakage": known, "detected": Limits(0.66, 0.49, 0.79), "lost": Limits(9e4, 4e4, 2e5), "recovered": 6e3,
        "hit_rate": Limits(0.13, 0.08, 0.22), "random_checks": 60.0, "needed": 400, "why_not": None, "why_not_lost": None,
    }  # fmt: skip
    named = (("all", "all"), ("month", "2026-02"), ("month", "2026-03"), ("post", "KG-AKT"))
    groups = [asdict(GroupEstimate(by=by, group=group, **shared)) for by, group in named]  # type: ignore[arg-type]
    estimates = {
        "groups": groups,
        "lifts": [],
        "settled_until": None,
        "outstanding": 0,
        "unmeasured": 0,
        "helped": None,
    }
    declared = [*figures["declared"], ["", "KG-AKT", "2026-02", "green", 5]]
    return {**figures, "estimates": estimates, "declared": declared}
