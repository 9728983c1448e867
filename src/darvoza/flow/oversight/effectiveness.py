"""How well a profile finds what it is meant to find, with the doubt that belongs to it.

A declaration is the unit: an examination opens a consignment, and it finds something or not. The plain hit rate is
findings over results. Where examination was a matter of chance with a known π, the Horvitz–Thompson estimate says what
examining *all* matches would have found, without favour to those the score preferred.
"""

import math
from dataclasses import dataclass

import numpy as np

from darvoza.flow.oversight.evidence import Evidence, Flags, Ints, Matched
from darvoza.methods.estimation import TOO_FEW, Estimate, hajek, horvitz_thompson
from darvoza.methods.posterior import BetaPosterior
from darvoza.methods.rate_ratio import Rate, rate, ratio, ratio_of

PRIOR_WEIGHT = 50.0
"""As how many examinations the base rate counts before a profile has results of its own."""

WORTH_KEEPING = 1.5
"""A profile should find more than this many times the base rate."""

NEARLY_ALL = 0.95
"""Share of the examined whose result must be known before chances are taken at their word."""


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How often an examination finds something, whatever profile asked for it.

    Attributes
    ----------
    rate
        The rate itself, in (0, 1).
    results, findings
        What it rests on.
    by_chance
        Whether it is estimated for all declarations from those examined with a known chance (weights 1/π); otherwise
        it is the plain rate of what somebody chose to examine, and usually too high.
    """

    rate: float
    results: int
    findings: int
    by_chance: bool


@dataclass(frozen=True, slots=True)
class Weighted:
    """What examining every match would have found, as a share of the matches (Horvitz–Thompson), with 95 % limits.

    The numbers are ``None`` where that cannot be said, and `why_not` tells why: ``too few`` (under 30 results),
    ``unknown chances`` (a result without its π), ``incomplete`` (results of under 95 % of the examined are known),
    ``all certain`` (every result had π = 1, so that chance has nothing to say about the other matches).
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Effectiveness:
    """What a profile matched and found.

    Attributes
    ----------
    items, declarations, share
        Goods items and declarations matched; their share of all declarations.
    examined, results, findings
        Matched declarations that were examined, those with a known result, those with a finding.
    findings_here
        Those with a finding on the very items that matched.
    hit_rate
        Findings ÷ results; ``None`` without a result.
    believed, believed_low, believed_high
        Mean and 95 % limits of the Beta posterior, whose prior is the base rate; ``None`` without a base rate.
    chance_worthwhile
        Probability that the hit rate is above 1.5 × the base rate.
    weighted
        What examining every match would have found.
    lift, lift_low, lift_high
        Hit rate ÷ base rate with 95 % limits, weighted by 1/π on both sides where π is known, and then ``None`` when
        either side rests on too few; a limit that does not exist is ``None``.
    recovered
        Duty and tax recovered from the matches [currency of the customs value]; ``None`` where no finding says how much.
    unstated
        Findings of which no amount is stated; `recovered` is the sum of the others.
    """

    items: int
    declarations: int
    share: float
    examined: int
    results: int
    findings: int
    findings_here: int
    hit_rate: float | None
    believed: float | None
    believed_low: float | None
    believed_high: float | None
    chance_worthwhile: float | None
    weighted: Weighted
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    recovered: float | None
    unstated: int


def base_rate(evidence: Evidence) -> BaseRate | None:
    """Give the base rate, from what chance drew if that is enough; ``None`` without results.

    Where nothing at all was found, half a finding is assumed, so that a rate remains to compare with.
    """
    made, by_chance = _base(evidence)
    if made is None:
        return None
    value = made.value if 0 < made.value < 1 else (made.positives + 0.5) / (made.trials + 1)
    return BaseRate(value, made.trials, made.positives, by_chance)


def _base(evidence: Evidence) -> tuple[Rate | None, bool]:
    drawn = evidence.known & ~np.isnan(evidence.probability)
    by_chance = int(drawn.sum()) >= TOO_FEW
    return _rate(evidence, drawn if by_chance else evidence.known, weighted=by_chance), by_chance


def _weighted_lift(evidence: Evidence, known: Ints) -> Estimate | None:
    """Divide the rate of the matches by that of all, both of which chance could have drawn."""
    drawn = np.flatnonzero(evidence.known & ~np.isnan(evidence.probability))
    own, every = (hajek(evidence.found[rows], evidence.probability[rows]) for rows in (known, drawn))
    return ratio_of(own, every) if own and every else None


def _rate(evidence: Evidence, rows: Flags | Ints, *, weighted: bool = False) -> Rate | None:
    return rate(evidence.found[rows], 1 / evidence.probability[rows] if weighted else None)


def effectiveness(matched: Matched, evidence: Evidence) -> Effectiveness:
    """Judge one profile by decided declarations."""
    rows = matched.declarations
    known = rows[evidence.known[rows]]
    findings = int(evidence.found[known].sum())
    base, by_chance = _base(evidence)
    chances = not np.isnan(evidence.probability[known]).any()
    lift = _weighted_lift(evidence, known) if by_chance and chances else ratio(_rate(evidence, known), base)
    believed = posterior(findings, known.size, base_rate(evidence))
    low, high = believed.interval() if believed else (None, None)
    assumed = base_rate(evidence)
    return Effectiveness(
        items=matched.items.size,
        declarations=rows.size,
        share=rows.size / len(evidence) if len(evidence) else 0.0,
        examined=int(evidence.examined[rows].sum()),
        results=known.size,
        findings=findings,
        findings_here=int(evidence.found[matched.found_here].sum()),
        hit_rate=findings / known.size if known.size else None,
        believed=believed.mean if believed else None,
        believed_low=low,
        believed_high=high,
        chance_worthwhile=believed.chance_above(WORTH_KEEPING * assumed.rate) if believed and assumed else None,
        weighted=weighted(rows, evidence),
        lift=lift.value if lift else None,
        lift_low=lift.low if lift else None,
        lift_high=lift.high if lift and lift.high != math.inf else None,
        recovered=evidence.money(known),
        unstated=evidence.unstated(known),
    )


def posterior(findings: int, results: int, base: BaseRate | None) -> BetaPosterior | None:
    """Give what is believed of a hit rate; ``None`` without a base rate."""
    if base is None:
        return None
    return BetaPosterior.of(findings, results, prior_mean=base.rate, prior_weight=PRIOR_WEIGHT)


def weighted(rows: Ints, evidence: Evidence) -> Weighted:
    """Estimate the share of matches with a finding, had every match been examined."""
    known = rows[evidence.known[rows]]
    chances = evidence.probability[known]
    if known.size < TOO_FEW:
        return Weighted(why_not="too few")
    if np.isnan(chances).any():
        return Weighted(why_not="unknown chances")
    if known.size < NEARLY_ALL * int(evidence.examined[rows].sum()):
        return Weighted(why_not="incomplete")
    if chances.min() == 1.0 and known.size < rows.size:
        return Weighted(why_not="all certain")
    total = horvitz_thompson(evidence.found[known], chances)
    if total is None:
        return Weighted(why_not="too few")
    share = total.per(rows.size)
    return Weighted(min(share.value, 1.0), min(share.low, 1.0), min(share.high, 1.0))
