"""A condition tried on the decided history while it is written: what it would have selected in the last 90 days, and found."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.expression import Expression
from darvoza.domain.profile import ProfileSet, RiskProfile, Treatment, UnknownPolicy, Validity
from darvoza.flow.backtest import Trial, backtest
from darvoza.flow.learning.history_store import MANIFEST, History, open_history

DAYS: Final = 90


def history() -> History | None:
    """Open the history of this office; nothing where there is none yet."""
    directory = Path(settings.HISTORY)
    if not (directory / MANIFEST).is_file():
        return None
    return _opened(directory, (directory / MANIFEST).stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _opened(directory: Path, _written: int) -> History:
    return open_history(directory)


@lru_cache(maxsize=4)
def last_day(known: History) -> date:
    """Give the last day on which something was lodged."""
    days = known.declarations(known.months[-1:]).get_column("lodged_on")
    return date.fromisoformat(str(days.max()))


@dataclass(frozen=True, slots=True)
class Quick:
    """What a condition would have done in the last days of the history.

    Attributes
    ----------
    start, end
        First and last day.
    all
        Declarations of these days.
    matched, selected
        Those that match, and how many of them would be examined: the share of the matches.
    results, findings
        Matches whose examination is known, and those of them with a finding.
    expected, low, high
        Findings to be expected among the selected, with 95 % limits, from the results of the matches and, while these are
        few, the base rate; ``None`` without a base rate.
    base
        How often an examination finds something, whatever asked for it.
    """

    start: date
    end: date
    all: int
    matched: int
    selected: float
    results: int
    findings: int
    expected: float | None
    low: float | None
    high: float | None
    base: float | None


def quick(condition: Expression, unknown: UnknownPolicy, share: Decimal) -> Quick | None:
    """Try a condition on the last 90 days of the history; nothing where there is no history."""
    known = history()
    return _quick(condition, unknown, share, known) if known else None


@lru_cache(maxsize=256)
def _quick(condition: Expression, unknown: UnknownPolicy, share: Decimal, known: History) -> Quick:
    end = last_day(known)
    start = end - timedelta(days=DAYS - 1)
    test = backtest(Trial(ProfileSet((tried(condition, unknown, share),)), known, start=start, end=end))
    effect = test.tried[0].effect
    selected = effect.declarations * float(share)
    return Quick(
        start=start,
        end=end,
        all=test.declarations,
        matched=effect.declarations,
        selected=selected,
        results=effect.results,
        findings=effect.findings,
        expected=_times(effect.believed, selected),
        low=_times(effect.believed_low, selected),
        high=_times(effect.believed_high, selected),
        base=test.base.rate if test.base else None,
    )


def _times(rate: float | None, selected: float) -> float | None:
    return None if rate is None else rate * selected


def tried(condition: Expression, unknown: UnknownPolicy, share: Decimal) -> RiskProfile:
    """Make a profile of a condition alone, to be tried."""
    return RiskProfile(
        code="tried",
        title="",
        agency=Agency.CUSTOMS,
        risk_area=RiskArea.DOCUMENTS,
        condition=condition,
        treatment=Treatment(Act.PHYSICAL, share),
        unknown=unknown,
        valid=Validity(),
    )
