"""What a profile shares with those in force, and what it alone would have found.

Sets are compared as rows of a 0/1 matrix, so that many profiles meet many others in one product. Declarations are the
unit of overlap; goods items that of conflict: two profiles that ask different acts of the same service for the very
same goods. A conflict harms nothing by itself, the strictest floor counts, but two authors should know of each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from darvoza.flow.oversight.evidence import Evidence, Ints, Matched, incidence


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two profiles beside each other.

    Attributes
    ----------
    code
        The other profile.
    both
        Declarations both matched.
    share_of_matches, share_of_findings
        Of the matches and findings of the profile, the share the other matched too; the latter ``None`` without
        findings.
    share_of_other
        Of the matches of the other, the share the profile matched too.
    jaccard
        Both ÷ either, in [0, 1].
    relation
        ``same``, ``inside`` (always inside the other), ``around`` (the other always inside it) or ``partly``.
    conflict
        Goods items both matched while asking different acts or shares of the same service; 0 when there are none.
    """

    code: str
    both: int
    share_of_matches: float
    share_of_findings: float | None
    share_of_other: float
    jaccard: float
    relation: str
    conflict: int


@dataclass(frozen=True, slots=True)
class Alone:
    """What a profile matched that no other one did: declarations, results, findings and revenue, ``None`` where not known.

    `unstated` counts the findings of which no amount is stated: revenue is that of the others.
    """

    declarations: int
    results: int
    findings: int
    recovered: float | None
    unstated: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """What would have changed, had a profile stood in the place of another.

    Attributes
    ----------
    code
        The profile that would have gone.
    kept, gained, lost
        Declarations both match, only the new one, only the old one.
    findings_kept, caught, missed
        Findings among them: the old one had them too, the new one adds them, the new one lacks them.
    missed_by_all
        Findings lost that no other profile in force matches either.
    recovered_caught, recovered_missed
        Revenue behind `caught` and `missed`.
    unstated_caught, unstated_missed
        Findings among `caught` and `missed` of which no amount is stated.
    """

    code: str
    kept: int
    gained: int
    lost: int
    findings_kept: int
    caught: int
    missed: int
    missed_by_all: int
    recovered_caught: float | None
    recovered_missed: float | None
    unstated_caught: int
    unstated_missed: int


def overlaps(new: Sequence[Matched], force: Sequence[Matched], evidence: Evidence) -> tuple[tuple[Overlap, ...], ...]:
    """Compare each of some profiles with each profile in force; its own earlier version is left out.

    Returns
    -------
    tuple
        For each of `new` the profiles it shares a declaration with, the most shared first.
    """
    size = len(evidence)
    mine = incidence([one.declarations for one in new], size)
    its = incidence([one.declarations for one in force], size).T
    found = [one.declarations[evidence.found[one.declarations]] for one in new]
    both, findings = (mine @ its).todense(), (incidence(found, size) @ its).todense()
    width = 1 + max((int(one.items[-1]) for one in (*new, *force) if one.items.size), default=0)
    items = (incidence([one.items for one in new], width) @ incidence([one.items for one in force], width).T).todense()
    made = []
    for row, one in enumerate(new):
        rows = [
            _overlap(one, other, int(both[row, column]), (int(findings[row, column]), found[row].size),
                     shared=int(items[row, column]))
            for column, other in enumerate(force)
            if other.code != one.code and both[row, column]
        ]  # fmt: skip
        made.append(tuple(sorted(rows, key=lambda overlap: (-overlap.both, overlap.code))))
    return tuple(made)


def _overlap(one: Matched, other: Matched, both: int, findings: tuple[int, int], *, shared: int) -> Overlap:
    mine, its = one.declarations.size, other.declarations.size
    relation = {(True, True): "same", (True, False): "inside", (False, True): "around", (False, False): "partly"}
    alike = one.profile.treatment == other.profile.treatment or one.profile.agency != other.profile.agency
    return Overlap(
        code=other.code,
        both=both,
        share_of_matches=both / mine,
        share_of_findings=findings[0] / findings[1] if findings[1] else None,
        share_of_other=both / its,
        jaccard=both / (mine + its - both),
        relation=relation[both == mine, both == its],
        conflict=0 if alike else shared,
    )


def alone(matched: Matched, others: Sequence[Matched], evidence: Evidence) -> Alone:
    """Count what no other profile matched: the marginal value of a profile."""
    return _counted(_without(matched.declarations, others, len(evidence)), evidence)


def _without(rows: Ints, others: Sequence[Matched], size: int) -> Ints:
    """Take away the rows that any other profile matched."""
    taken = np.zeros(size, np.bool_)
    for other in others:
        taken[other.declarations] = True
    return rows[~taken[rows]]


def _counted(rows: Ints, evidence: Evidence) -> Alone:
    known = rows[evidence.known[rows]]
    found = int(evidence.found[known].sum())
    return Alone(rows.size, known.size, found, evidence.money(known), evidence.unstated(known))


def replacement(new: Matched, old: Matched, others: Sequence[Matched], evidence: Evidence) -> Replacement:
    """Say what would have been caught and missed had `new` stood in the place of `old`.

    Parameters
    ----------
    new, old
        The two profiles.
    others
        The other profiles in force, without the two.
    evidence
        The declarations.
    """
    kept = np.intersect1d(new.declarations, old.declarations, assume_unique=True)
    gained = np.setdiff1d(new.declarations, old.declarations, assume_unique=True)
    lost = np.setdiff1d(old.declarations, new.declarations, assume_unique=True)
    caught, missed = _counted(gained, evidence), _counted(lost, evidence)
    return Replacement(
        code=old.code,
        kept=kept.size,
        gained=gained.size,
        lost=lost.size,
        findings_kept=_counted(kept, evidence).findings,
        caught=caught.findings,
        missed=missed.findings,
        missed_by_all=_counted(_without(lost, others, len(evidence)), evidence).findings,
        recovered_caught=caught.recovered,
        recovered_missed=missed.recovered,
        unstated_caught=caught.unstated,
        unstated_missed=missed.unstated,
    )
