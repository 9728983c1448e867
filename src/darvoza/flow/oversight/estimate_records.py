"""Estimates as they are shown: of a group of declarations, of a profile beside chance, and laid out as a table."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import polars as pl

from darvoza.methods.estimation import Estimate


@dataclass(frozen=True, slots=True)
class Limits:
    """An estimate as it is shown: value and 95 % limits; `high` is ``None`` where there is no upper limit."""

    value: float
    low: float
    high: float | None

    @classmethod
    def of(cls, estimate: Estimate | None) -> "Limits | None":
        """Take what is shown of an estimate."""
        if estimate is None:
            return None
        return cls(estimate.value, estimate.low, estimate.high if math.isfinite(estimate.high) else None)


@dataclass(frozen=True, slots=True)
class GroupEstimate:
    """What is estimated of one group of declarations, with 95 % limits.

    Attributes
    ----------
    by, group
        The breakdown (``all``, ``post``, HS ``chapter``, risk ``family`` and ``area``, ``channel``, ``month``), and the
        group in it.
    declarations, examined, known, findings
        Declarations, examinations ordered, results known, results with a finding.
    released
        Declarations without a result: what `leaked` speaks of. For a channel, the number expected in it.
    leaked, leakage
        Declarations among those released that would have shown a finding; the same as a share of them.
    detected
        Findings as a share of all there are.
    lost
        Duty and tax among those released [currency of the customs value].
    recovered
        Duty and tax recovered, as far as it is stated; ``None`` where there are findings, and no amount is stated of any.
    unstated
        Findings of which not all amounts are stated: `recovered` and `lost` count what is, and are too low by the rest.
    hit_rate
        Findings ÷ results (Wilson); ``None`` without results, and for a channel.
    random_checks
        How many examinations drawn by chance alone would say as much of the released.
    needed
        Random examinations still needed to know `leakage` to one half.
    why_not
        Why there is no leakage: ``too few`` (what was examined says less than 30 random examinations), ``incomplete``
        (under 95 % of the results known), ``none released``; or ``None``.
    why_not_lost
        The same for `lost`: ``too few`` also when a few large stakes could hold most of it, ``stakes unknown`` when the
        value is missing for more than one in twenty, ``amounts unknown`` when no finding states an amount.
    """

    by: str
    group: str
    declarations: int
    examined: int
    known: int
    findings: int
    released: float
    leaked: Limits | None
    leakage: Limits | None
    detected: Limits | None
    lost: Limits | None
    recovered: float | None
    hit_rate: Limits | None
    random_checks: float
    needed: int
    why_not: str | None
    why_not_lost: str | None
    unstated: int = 0


@dataclass(frozen=True, slots=True)
class ProfileLift:
    """What a profile finds, beside what chance would find.

    Attributes
    ----------
    code, title
        The profile.
    matched, known, findings
        Declarations matched, results known, results with a finding.
    rate
        Share of the matched in which an examination would find something, had all been examined.
    lift
        The same divided by the share among all declarations: how much better than chance; without an upper limit
        while chance may find nothing at all.
    why_not
        ``too few``, ``incomplete`` or ``None``.
    """

    code: str
    title: str
    matched: int
    known: int
    findings: int
    rate: Limits | None
    lift: Limits | None
    why_not: str | None


@dataclass(frozen=True, slots=True)
class SecondLooks:
    """What second looks, made blind to the first, say of what first looks overlook.

    Attributes
    ----------
    looked
        Declarations looked at twice.
    again, both
        Those in which the second look found something, and those of them in which the first had.
    sensitivity
        Share of what there is that a first look finds; ``None`` when the second looks found too few.
    leaked
        Declarations among the released in which something is wrong, what a first look would overlook included.
    """

    looked: int
    again: int
    both: int
    sensitivity: Limits | None
    leaked: Limits | None


@dataclass(frozen=True, slots=True)
class Estimates:
    """All that is estimated of a run, or of several.

    Attributes
    ----------
    groups
        The whole first, then every group of every breakdown.
    lifts
        Every profile beside chance.
    settled_until
        Last moment of lodging that is counted; ``None`` when every result is there.
    outstanding
        Examinations without a result, before anything was left out for being too recent; ``None`` where they were not counted.
    unmeasured
        Declarations that had no chance to be examined, of which nothing can be said; ``None`` where they were not counted.
    helped
        The `leaked` of the whole with the help of the score (difference estimator); ``None`` without a score. Its
        value is not cut off, and below 0 where the score states far too much.
    looks
        Second looks; ``None`` where there were none.
    begins
        When the first lodging will be old enough to be counted, as results come in by now; ``None`` where one is, or there is none.
    """

    groups: tuple[GroupEstimate, ...]
    lifts: tuple[ProfileLift, ...]
    settled_until: datetime | None
    outstanding: int | None
    unmeasured: int | None
    helped: Limits | None = None
    looks: SecondLooks | None = None
    begins: datetime | None = None

    @property
    def whole(self) -> GroupEstimate | None:
        """The estimate of everything; ``None`` when nothing is left to estimate from."""
        return self.groups[0] if self.groups else None

    def of(self, by: str) -> tuple[GroupEstimate, ...]:
        """Give the groups of one breakdown."""
        return tuple(group for group in self.groups if group.by == by)


def as_frame(rows: Sequence[GroupEstimate] | Sequence[ProfileLift]) -> pl.DataFrame:
    """Lay estimates out as a table, one row each; limits become columns such as ``leakage_low``."""
    return pl.DataFrame([_flat(asdict(row)) for row in rows], infer_schema_length=None)


def _flat(row: dict[str, object]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for name, value in row.items():
        shown = value if isinstance(value, dict) else dict.fromkeys(("value", "low", "high"))
        plain |= {f"{name}{end}": shown[part] for part, end in _ENDS} if name in _ESTIMATED else {name: value}
    return plain


_ESTIMATED = ("leaked", "leakage", "detected", "lost", "hit_rate", "rate", "lift")
_ENDS = (("value", ""), ("low", "_low"), ("high", "_high"))
