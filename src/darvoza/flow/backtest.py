"""The same sentence over history, with profiles not yet in force: what they would have done, found and cost.

Read-only by construction: nothing here writes, and nothing it reads can be written through it. Profiles are tried as
if they had been valid throughout; those in force beside them too, unless their validity was over on the last day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.expression import Expression, OneOf, Quantified, StartsWith, facts_used, nodes
from darvoza.domain.profile import ProfileSet, RiskProfile, UnknownPolicy, Validity
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.guards import guards
from darvoza.flow.learning.history_store import FACTS, History, MonthKept
from darvoza.flow.oversight.burden import Burden, burden
from darvoza.flow.oversight.disparity import GroupShare, TraderMet, by_origin, by_size, traders_met
from darvoza.flow.oversight.effectiveness import BaseRate, Effectiveness, base_rate, effectiveness
from darvoza.flow.oversight.evidence import Evidence, Matched
from darvoza.flow.oversight.overlap import Alone, Overlap, Replacement, alone, overlaps, replacement
from darvoza.flow.oversight.retirement import Proposal, propose
from darvoza.flow.pipeline import Progress, silent

Ints = NDArray[np.int64]

MOST_PREFIXES = 32
"""More HS codes than this are not worth a predicate of their own."""


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


def backtest(trial: Trial, *, progress: Progress = silent) -> Backtest:
    """Try profiles on decided history.

    Parameters
    ----------
    trial
        What is tried on what.
    progress
        Told of every finished stage.

    Raises
    ------
    OutputError
        When the history holds nothing of the period.
    """
    months = trial.history.within(trial.start, trial.end)
    period = _Period.of(trial, months)
    progress("declarations", len(period.evidence))
    everyone = [*trial.profiles, *trial.force]
    matched = _match(everyone, period, progress)
    new, force = matched[: len(trial.profiles)], matched[len(trial.profiles) :]
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
    each of those among the evidence, -1 outside the period.
    """

    history: History
    months: tuple[MonthKept, ...]
    when: pl.Expr | None
    first: Ints
    place: Ints
    evidence: Evidence
    items: int

    @classmethod
    def of(cls, trial: Trial, months: tuple[MonthKept, ...]) -> "_Period":
        """Read the declarations of a period."""
        when = None
        if trial.start is not None or trial.end is not None:
            when = pl.col("lodged_on").is_between(trial.start or date.min, trial.end or date.max)
        every = trial.history.declarations(months)
        inside = every.filter(when) if when is not None else every
        if inside.is_empty():
            raise OutputError(field="from/to", expected="days with declarations", got=f"{trial.start} to {trial.end}")
        kept = every.select(when).to_series().to_numpy() if when is not None else np.ones(every.height, np.bool_)
        return cls(
            history=trial.history,
            months=months,
            when=when,
            first=np.cumsum([0, *(month.declarations for month in months)]),
            place=np.where(kept, np.cumsum(kept) - 1, -1),
            evidence=Evidence.of(inside),
            items=int(inside.get_column("items").sum()),
        )


def _match(profiles: Sequence[RiskProfile], period: _Period, progress: Progress) -> list[Matched]:
    """Match profiles month by month; equal conditions are asked once."""
    asked: dict[tuple[str, UnknownPolicy], RiskProfile] = {}
    for profile in profiles:
        asked.setdefault((profile.condition_digest, profile.unknown), replace(profile, valid=Validity()))
    found: dict[tuple[str, UnknownPolicy], list[tuple[Ints, Ints, Ints]]] = {key: [] for key in asked}
    first_item = 0
    for place, month in enumerate(period.months):
        for whole in (False, True):
            group = {key: one for key, one in asked.items() if _needs_whole(one.condition) is whole}
            if group:
                parts = _match_month(tuple(group.values()), period, place, first_item, whole=whole)
                for key, part in zip(group, parts, strict=True):
                    found[key].append(part)
        first_item += month.items
        progress(f"match {month.month}", month.items)
    return [_matched(profile, found[profile.condition_digest, profile.unknown]) for profile in profiles]


def _needs_whole(condition: Expression) -> bool:
    """Tell whether a condition looks at more than one goods item at a time."""
    return any(isinstance(node, Quantified) for node in nodes(condition))


def _match_month(
    profiles: tuple[RiskProfile, ...], period: _Period, place: int, first_item: int, *, whole: bool
) -> list[tuple[Ints, Ints, Ints]]:
    """Match profiles over one month: items, their declarations, and the declarations of items with a finding."""
    used = sorted(set().union(*(facts_used(profile.condition) for profile in profiles)) & set(FACTS))
    where = _both(period.when, None if whole else _hs_range(profiles))
    columns = ["row", "declaration", "lodged_on", "examined", "finding", *used]
    frame = period.history.items(period.months[place], columns, where)
    if whole:
        frame = frame.sort("declaration", "row")
    # A condition on single items may see every row as a declaration of its own, in the order of the file.
    identity = pl.col("declaration" if whole else "row").alias("declaration_id")
    matches = ColumnsExecutor(profiles).match(frame.with_columns(identity))
    rows = frame.get_column("row").cast(pl.Int64).to_numpy() + first_item
    declarations = period.place[frame.get_column("declaration").cast(pl.Int64).to_numpy() + period.first[place]]
    found = frame.select(pl.col("examined").fill_null(value=False) & pl.col("finding").fill_null(value=False))
    hit = found.to_series().to_numpy()
    ends = np.searchsorted(matches.profiles, np.arange(len(profiles) + 1))
    chosen = [matches.rows[ends[k] : ends[k + 1]] for k in range(len(profiles))]
    return [(rows[part], declarations[part], declarations[part[hit[part]]]) for part in chosen]


def _both(one: pl.Expr | None, other: pl.Expr | None) -> pl.Expr | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _hs_range(profiles: Sequence[RiskProfile]) -> pl.Expr | None:
    """Say which HS codes could match any of some profiles, as ranges that skip row groups; ``None`` when any could."""
    ranges: set[tuple[str, str]] = set()
    for profile in profiles:
        own = [_codes(guard) for guard in guards(profile.condition)]
        narrow = min((codes for codes in own if codes), key=len, default=None)
        if narrow is None or profile.unknown is UnknownPolicy.MATCH:
            return None
        ranges |= narrow
    if len(ranges) > MOST_PREFIXES:
        return None
    code = pl.col("hs")
    return pl.any_horizontal((code >= low) & (code < high) for low, high in sorted(ranges))


def _codes(guard: tuple[Expression, ...]) -> set[tuple[str, str]]:
    """Give the half-open ranges of HS codes a guard lets through; empty when it speaks of something else."""
    ranges: set[tuple[str, str]] = set()
    for test in guard:
        match test:
            case StartsWith("hs", prefixes):
                ranges |= {(prefix, prefix + "\U0010ffff") for prefix in prefixes}
            case OneOf("hs", values):
                ranges |= {(value, value + "\x00") for value in values}
            case _:
                return set()
    return ranges


def _matched(profile: RiskProfile, parts: Sequence[tuple[Ints, Ints, Ints]]) -> Matched:
    """Join the months of one profile."""
    items, declarations, found = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Matched(profile, np.sort(items), np.unique(declarations), np.unique(found))
