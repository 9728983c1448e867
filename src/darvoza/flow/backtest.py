"""The same sentence over history, with profiles not yet in force: what they would have done, found and cost.

Read-only by construction: nothing here writes, and nothing it reads can be written through it. Profiles are tried as
if they had been valid throughout; those in force beside them too, unless their validity was over on the last day.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.profile import ProfileSet, RiskProfile, UnknownPolicy, Validity
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.chronicle import amended_of
from darvoza.flow.learning.history_store import History, MonthKept
from darvoza.flow.matching import Asked, Matching, match_here
from darvoza.flow.oversight.burden import Burden, burden
from darvoza.flow.oversight.contrast import Contrast, contrast
from darvoza.flow.oversight.disparity import GroupShare, TraderMet, by_origin, by_size, traders_met
from darvoza.flow.oversight.effectiveness import BaseRate, Effectiveness, base_rate, effectiveness
from darvoza.flow.oversight.evidence import Evidence, Matched
from darvoza.flow.oversight.overlap import Alone, Overlap, Replacement, alone, overlaps, replacement
from darvoza.flow.oversight.retirement import Proposal, propose
from darvoza.flow.pipeline import Progress, silent

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried on what.

    Attributes
    ----------
    profiles
        The profiles to try.
    history
        The decided history.
    force
        The profiles in force; none by default.
    start, end
        First and last day of lodging; ``None`` is open.
    capacity
        Physical examinations per declaration at each post, in (0, 1].
    replaces
        The code of the profile in force whose place a new one would take.
    """

    profiles: ProfileSet
    history: History
    force: ProfileSet = field(default_factory=lambda: ProfileSet(()))
    start: date | None = None
    end: date | None = None
    capacity: float = 0.10
    replaces: str | None = None

    def __post_init__(self) -> None:
        if not len(self.profiles):
            raise SettingsError(field="profiles", expected="at least one profile", got="none")
        if not 0 < self.capacity <= 1:
            raise SettingsError(field="capacity", expected="a share in (0, 1]", got=self.capacity)
        codes = [profile.code for profile in self.force]
        if self.replaces is not None and self.replaces not in codes:
            hint = "name the profiles in force with --against" if not codes else None
            raise SettingsError(field="replace", expected="a profile in force", got=self.replaces, hint=hint)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a profile would have done.

    Attributes
    ----------
    code, title, sentence, agency, act, asked
        The profile; `asked` is the share of its matches for which it asks its act.
    effect, cost, alone
        What it found, what it costs, and what it alone found.
    overlaps
        The profiles in force it shares declarations with.
    traders, origins, sizes
        Whom it meets.
    replaced
        What would change if it took the place of another; ``None`` when that was not asked.
    """

    code: str
    title: str
    sentence: str
    agency: str
    act: str
    asked: float
    effect: Effectiveness
    cost: Burden
    alone: Alone
    overlaps: tuple[Overlap, ...]
    traders: tuple[TraderMet, ...]
    origins: tuple[GroupShare, ...]
    sizes: tuple[GroupShare, ...]
    replaced: Replacement | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """The answer of history.

    Attributes
    ----------
    start, end
        First and last day of lodging in the period.
    items, declarations, examined, results, findings
        What the period holds.
    capacity
        As asked.
    base
        The base rate; ``None`` without results.
    tried
        The profiles tried, by code.
    proposals
        What is proposed for the profiles in force, by code.
    """

    start: date
    end: date
    items: int
    declarations: int
    examined: int
    results: int
    findings: int
    capacity: float
    base: BaseRate | None
    tried: tuple[Tried, ...]
    proposals: tuple[Proposal, ...]


def backtest(trial: Trial, *, matching: Matching = match_here, progress: Progress = silent) -> Backtest:
    """Try profiles on decided history.

    Parameters
    ----------
    trial
        What is tried on what.
    matching
        Matches profiles against the history: on this machine, unless something else carries the work.
    progress
        Told of every finished stage.

    Raises
    ------
    OutputError
        When the history holds nothing of the period.
    """
    period, new, force = _matched_history(trial, matching, progress)
    days = period.evidence.about.get_column("lodged_on")
    first, latest = (date.fromisoformat(str(day)) for day in (days.min(), days.max()))
    last = trial.end or latest
    base = base_rate(period.evidence)
    tried = _judge(new, [one for one in force if _still_valid(one.profile, last)], trial, period.evidence)
    progress("judgement", len(tried))
    return Backtest(
        start=first,
        end=latest,
        items=period.items,
        declarations=len(period.evidence),
        examined=int(period.evidence.examined.sum()),
        results=int(period.evidence.known.sum()),
        findings=int(period.evidence.found.sum()),
        capacity=trial.capacity,
        base=base,
        tried=tried,
        proposals=tuple(propose(one, period.evidence, base, day=last) for one in force),
    )


def contrast_history(trial: Trial, *, progress: Progress = silent) -> tuple[Contrast, ...]:
    """Say on which past declarations profiles differ from those in force, pair by pair.

    Parameters
    ----------
    trial
        What is tried on what: as many profiles in force as new ones, which are paired in order of their codes. All
        are taken as if they had been valid throughout.
    progress
        Told of every finished stage.

    Raises
    ------
    OutputError
        When the history holds nothing of the period.
    """
    period, new, force = _matched_history(trial, match_here, progress)
    return tuple(
        contrast(before, after, period.evidence, period.named) for before, after in zip(force, new, strict=True)
    )


def _matched_history(
    trial: Trial, matching: Matching, progress: Progress
) -> tuple["_Period", list[Matched], list[Matched]]:
    """Match the new profiles, and those in force, over the period."""
    period = _Period.of(trial, trial.history.within(trial.start, trial.end))
    progress("declarations", len(period.evidence))
    matched = _match(trial, period, matching, progress)
    return period, matched[: len(trial.profiles)], matched[len(trial.profiles) :]


def _still_valid(profile: RiskProfile, day: date) -> bool:
    return profile.valid.end is None or profile.valid.end >= day


def _judge(new: Sequence[Matched], force: Sequence[Matched], trial: Trial, evidence: Evidence) -> tuple[Tried, ...]:
    """Judge every new profile beside those in force."""
    return tuple(
        _tried(one, shared, force, trial=trial, evidence=evidence)
        for one, shared in zip(new, overlaps(new, force, evidence), strict=True)
    )


def _tried(
    one: Matched, shared: tuple[Overlap, ...], force: Sequence[Matched], *, trial: Trial, evidence: Evidence
) -> Tried:
    others = [other for other in force if other.code != one.code]
    profile = one.profile
    old = next((other for other in force if other.code == trial.replaces), None)
    remaining = [other for other in others if other.code != trial.replaces]
    return Tried(
        code=profile.code,
        title=profile.title,
        sentence=" ".join(profile.sentence.split()),
        agency=profile.agency.value,
        act=profile.treatment.act.value,
        asked=one.share,
        effect=effectiveness(one, evidence),
        cost=burden(one, others, evidence, capacity=trial.capacity),
        alone=alone(one, others, evidence),
        overlaps=shared,
        traders=traders_met(one, evidence),
        origins=by_origin(one, evidence),
        sizes=by_size(one, evidence),
        replaced=replacement(one, old, remaining, evidence) if old is not None else None,
    )


@dataclass(frozen=True, slots=True)
class _Period:
    """The part of the history that is asked about.

    `first` holds, for each month, the number of its first declaration among all of the months; `place` the row of
    each of those among the evidence, -1 outside the period and of versions that do not count; `named` their identifiers and days, row by row.
    """

    months: tuple[MonthKept, ...]
    first: Ints
    place: Ints
    evidence: Evidence
    named: pl.DataFrame
    items: int

    @classmethod
    def of(cls, trial: Trial, months: tuple[MonthKept, ...]) -> "_Period":
        """Read the declarations of a period, each in the version that counts."""
        when = Asked((), trial.history, months, trial.start, trial.end).when
        counts = pl.col("stands") if when is None else pl.col("stands") & when
        every = amended_of(trial.history).decided(trial.history, months)
        inside = every.filter(counts)
        if inside.is_empty():
            raise OutputError(field="from/to", expected="days with declarations", got=f"{trial.start} to {trial.end}")
        kept = every.select(counts).to_series().to_numpy()
        return cls(
            months=months,
            first=np.cumsum([0, *(month.declarations for month in months)]),
            place=np.where(kept, np.cumsum(kept) - 1, -1),
            evidence=Evidence.of(inside),
            named=inside.select("declaration_id", "lodged_on"),
            items=int(inside.get_column("items").sum()),
        )


def _match(trial: Trial, period: _Period, matching: Matching, progress: Progress) -> list[Matched]:
    """Match the profiles tried, then those in force; equal conditions are asked once."""
    everyone = [*trial.profiles, *trial.force]
    asked: dict[tuple[str, UnknownPolicy], RiskProfile] = {}
    for profile in everyone:
        asked.setdefault((profile.condition_digest, profile.unknown), replace(profile, valid=Validity()))
    question = Asked(tuple(asked.values()), trial.history, period.months, trial.start, trial.end)
    found: dict[tuple[str, UnknownPolicy], list[tuple[Ints, Ints, Ints]]] = {key: [] for key in asked}
    first_item = 0
    for place, (month, of_month) in enumerate(zip(period.months, matching(question, progress), strict=True)):
        for key, one in zip(asked, of_month, strict=True):
            declarations = period.place[one.declarations + period.first[place]]
            found[key].append((one.rows + first_item, declarations, declarations[one.hits]))
        first_item += month.items
    return [_matched(profile, found[profile.condition_digest, profile.unknown]) for profile in everyone]


def _matched(profile: RiskProfile, parts: Sequence[tuple[Ints, Ints, Ints]]) -> Matched:
    """Join the months of one profile."""
    items, declarations, found = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Matched(profile, np.sort(items), np.unique(declarations), np.unique(found))


def as_text(test: Backtest) -> str:
    """Write an answer as JSON, which two back-tests that agree have in common to the last byte."""
    text = json.dumps(asdict(test), indent=1, sort_keys=True, ensure_ascii=False, default=str, allow_nan=False)
    return text + "\n"
