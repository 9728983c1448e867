"""Whom a profile meets: traders, origins, and traders large and small; and whether it finds as much among all of them.

A group selected more often than others is a question; a group in which less is found for it is the answer: it is
examined too much for what it does (the outcome test; WTO TFA 7.4.2, no arbitrary discrimination). A country of origin
may well be riskier: the two ratios stand side by side, and no number here accuses anyone.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from darvoza.flow.oversight.evidence import Evidence, Flags, Matched
from darvoza.methods.intervals import wilson
from darvoza.methods.rate_ratio import rate, ratio

MOST_GROUPS = 12
MOST_TRADERS = 10
OTHERS = "all others"
UNKNOWN = "unknown"
SIZES = ("large", "middle", "small")


@dataclass(frozen=True, slots=True)
class GroupShare:
    """One group beside all other declarations.

    Attributes
    ----------
    group
        An origin, or a size of trader.
    declarations, matched
        Declarations of the group, and those matched.
    ratio, ratio_low, ratio_high
        Share matched in the group ÷ share matched elsewhere, with 95 % limits; ``None`` where it has no meaning.
    results, findings
        Matched declarations with a known result, and with a finding.
    hit_rate, hit_low, hit_high
        Findings ÷ results with Wilson's 95 % limits; ``None`` without results.
    less_is_found
        Whether the hit rate in the group is surely below that of the other matches: over-inspection of the group.
    """

    group: str
    declarations: int
    matched: int
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    results: int
    findings: int
    hit_rate: float | None
    hit_low: float | None
    hit_high: float | None
    less_is_found: bool


@dataclass(frozen=True, slots=True)
class TraderMet:
    """An importer whom a profile meets: declarations lodged and matched, results, findings."""

    importer: str
    lodged: int
    matched: int
    results: int
    findings: int


def traders_met(matched: Matched, evidence: Evidence) -> tuple[TraderMet, ...]:
    """Name the ten importers most often matched."""
    lodged = evidence.about.group_by("importer").agg(pl.len().alias("lodged"))
    rows = matched.declarations
    met = (
        evidence.about[rows]
        .select("importer")
        .with_columns(known=evidence.known[rows], found=evidence.found[rows])
        .group_by("importer")
        .agg(pl.len().alias("matched"), pl.col("known").sum(), pl.col("found").sum())
        .sort(["matched", "importer"], descending=[True, False])
        .head(MOST_TRADERS)
        .join(lodged, on="importer", how="left", maintain_order="left", nulls_equal=True)
        .select(pl.col("importer").fill_null(UNKNOWN), "lodged", "matched", "known", "found")
    )
    return tuple(TraderMet(*row) for row in met.iter_rows())


def by_origin(matched: Matched, evidence: Evidence) -> tuple[GroupShare, ...]:
    """Compare origins, the most frequent dozen apart and all others together."""
    origins = evidence.about.get_column("origin").fill_null(UNKNOWN)
    counts = origins.value_counts(name="n").sort(["n", "origin"], descending=[True, False])
    names = counts.get_column("origin").head(MOST_GROUPS).to_list()
    groups = [(name, (origins == name).to_numpy()) for name in names]
    if counts.height > MOST_GROUPS:
        groups.append((OTHERS, (~origins.is_in(names)).to_numpy()))
    return tuple(_group(name, inside, matched, evidence) for name, inside in groups)


def by_size(matched: Matched, evidence: Evidence) -> tuple[GroupShare, ...]:
    """Compare importers by size: those that lodge the first, the middle and the last third of all declarations.

    Importers are ranked by the declarations they lodged in the period; one who straddles a border counts as larger.
    """
    lodged = (
        evidence.about.group_by(pl.col("importer").fill_null(UNKNOWN))
        .agg(pl.len().alias("n"))
        .sort(["n", "importer"], descending=[True, False])
        .with_columns(place=((pl.col("n").cum_sum() - pl.col("n")) * len(SIZES)) // pl.col("n").sum())
        .select("importer", "place")
    )
    sizes = (
        evidence.about.select(pl.col("importer").fill_null(UNKNOWN))
        .join(lodged, on="importer", how="left", maintain_order="left")
        .get_column("place")
        .to_numpy()
    )
    return tuple(_group(name, sizes == place, matched, evidence) for place, name in enumerate(SIZES))


def _group(name: str, inside: Flags, matched: Matched, evidence: Evidence) -> GroupShare:
    """Put a group beside all the rest."""
    hit = np.zeros(len(evidence), np.bool_)
    hit[matched.declarations] = True
    selected = ratio(rate(hit[inside]), rate(hit[~inside]))
    known = hit & evidence.known
    here, elsewhere = evidence.found[known & inside], evidence.found[known & ~inside]
    results, findings = here.size, int(here.sum())
    low, high = (float(limit) for limit in wilson(findings, results)) if results else (None, None)
    return GroupShare(
        group=name,
        declarations=int(inside.sum()),
        matched=int(hit[inside].sum()),
        ratio=selected.value if selected else None,
        ratio_low=selected.low if selected else None,
        ratio_high=selected.high if selected else None,
        results=results,
        findings=findings,
        hit_rate=findings / results if results else None,
        hit_low=low,
        hit_high=high,
        less_is_found=high is not None and _surely_less(high, elsewhere),
    )


def _surely_less(high: float, elsewhere: Flags) -> bool:
    """Tell whether an upper limit lies below the lower limit of the rest."""
    return bool(elsewhere.size and high < float(wilson(int(elsewhere.sum()), elsewhere.size).low))
