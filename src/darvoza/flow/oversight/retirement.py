"""Which profiles in force have had their chance: proposals to retire, for people to decide."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from darvoza.domain.selection import FloorKind
from darvoza.flow.oversight.effectiveness import WORTH_KEEPING, BaseRate, posterior
from darvoza.flow.oversight.evidence import Evidence, Matched

UNLIKELY = 0.05
"""A profile is proposed for retirement when the probability that it is worthwhile is below this."""

LIKELY = 0.5
"""From this probability on a profile is kept without further remark."""

EXEMPT = (FloorKind.LAW, FloorKind.ALERT)
"""What is asked for by law or alert is not a matter of hit rates."""


class Verdict(StrEnum):
    """What is proposed for a profile in force."""

    RETIRE = "retire"
    ENDED = "ended"
    WATCH = "watch"
    KEEP = "keep"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one profile in force.

    Attributes
    ----------
    code, title
        The profile.
    verdict
        ``retire``: P(hit rate > 1.5 × base) < 5 %; ``ended``: its validity is over; ``watch``: that probability is
        below one half; ``keep``; ``exempt``: asked for by law or alert.
    results, findings
        Matched declarations with a known result, and with a finding.
    chance_worthwhile
        P(hit rate > 1.5 × base); ``None`` without a base rate.
    """

    code: str
    title: str
    verdict: Verdict
    results: int
    findings: int
    chance_worthwhile: float | None


def propose(matched: Matched, evidence: Evidence, base: BaseRate | None, *, day: date) -> Proposal:
    """Say what is proposed for a profile in force.

    Parameters
    ----------
    matched
        What it matched.
    evidence
        The declarations.
    base
        The base rate; ``None`` without results.
    day
        The day on which the proposal is made.
    """
    rows = matched.declarations
    results, findings = int(evidence.known[rows].sum()), int(evidence.found[rows].sum())
    believed = posterior(findings, results, base)
    chance = believed.chance_above(WORTH_KEEPING * base.rate) if believed and base else None
    profile = matched.profile
    ended = profile.valid.end is not None and profile.valid.end < day
    verdict = _verdict(chance, exempt=profile.floor in EXEMPT, ended=ended)
    return Proposal(profile.code, profile.title, verdict, results, findings, chance)


def _verdict(chance: float | None, *, exempt: bool, ended: bool) -> Verdict:
    if ended:
        return Verdict.ENDED
    if exempt:
        return Verdict.EXEMPT
    if chance is None:
        return Verdict.WATCH
    if chance < UNLIKELY:
        return Verdict.RETIRE
    return Verdict.KEEP if chance >= LIKELY else Verdict.WATCH
