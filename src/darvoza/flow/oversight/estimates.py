"""What was released unseen, and what was found, group by group, with intervals that hold.

Leakage comes first: what the goods nobody examined are estimated to hide. It is unbiased whatever the profiles and the
score are worth, since the probability of each examination was fixed before its draw. The hit rate comes second: it can
rise while leakage doubles. A number that cannot be given is not given; `why_not` says why.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.codes import FAMILY_OF_AREA
from darvoza.domain.selection import FloorKind
from darvoza.flow.oversight.declarations import floors_of
from darvoza.flow.oversight.estimate_records import Estimates, GroupEstimate, Limits, ProfileLift
from darvoza.flow.oversight.examinations import RELEASED_AS, Examinations, examinations, settled
from darvoza.flow.oversight.second_looks import second_looks
from darvoza.methods.estimation import (
    TOO_FEW,
    Estimate,
    difference_estimate,
    horvitz_thompson,
    share_seen,
    unseen_total,
)
from darvoza.methods.intervals import wilson
from darvoza.methods.poisson_sample import Design, outcome_ratio
from darvoza.methods.rate_ratio import ratio_of
from darvoza.methods.sample_size import more_needed

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEARLY_ALL = 0.95
"""Share of the examinations ordered whose result must be known; below it, those known may be a choice, not a chance."""

WISHED = 0.5
"""Half-width wished for, as a share of the rate, when it is said how many more examinations are needed."""

ALL = "all"
BY = ("post", "chapter", "family", "area", "channel", "month")
"""The breakdowns, after the whole."""


def estimates(
    decisions: pl.DataFrame,
    items: pl.DataFrame,
    *,
    titles: Mapping[str, str],
    now: datetime | None = None,
    second: pl.DataFrame | None = None,
) -> Estimates:
    """Estimate what was released unseen and what profiles find, from decisions and the results of examinations.

    Parameters
    ----------
    decisions
        One row per declaration, agency and act, as runs write them.
    items
        Canonical goods items of the same declarations, with outcomes as far as they are known.
    titles
        Title of each profile by its code; a code without title stands for itself.
    now
        When the results were collected; by default when the last one became known.
    second
        Canonical goods items of declarations that were examined once more, by somebody who did not know what the first
        examination had found, with the outcomes of that second look.

    Raises
    ------
    OutputError
        When a column of the decisions is missing.
    """
    return estimates_of(settled(examinations(decisions, items), now=now), decisions, titles=titles, second=second)


def estimates_of(
    examined: Examinations,
    decisions: pl.DataFrame,
    *,
    titles: Mapping[str, str],
    second: pl.DataFrame | None = None,
) -> Estimates:
    """Estimate the same from examinations that were brought together before; see `estimates`."""
    groups = group_estimates(examined)
    return Estimates(
        groups=groups,
        lifts=profile_lifts(examined, decisions, titles),
        settled_until=examined.settled_until,
        begins=examined.begins,
        outstanding=examined.outstanding,
        unmeasured=examined.unmeasured,
        helped=_helped(examined.declarations) if groups and groups[0].leaked else None,
        looks=None if second is None else second_looks(examined.declarations, second, groups[0] if groups else None),
    )


def _helped(rows: pl.DataFrame) -> Limits | None:
    """Estimate what the released hide with the help of the score.

    The value is not cut off and may be below 0: cut off it would be too high on average. Nor is it held back where the
    score does not help: which it does depends on what was found, and a choice by that is no longer right on average.
    """
    if rows.get_column("score").null_count():
        return None
    sample = _Sample.of(rows)
    score, known = sample.column("score"), sample.known
    findings = sample.column("found")[known]
    made = difference_estimate(
        findings, sample.pi[known], score[known], predicted_total=float(score.sum()), design=sample.design()
    )
    if made is None:
        return None
    rest, released = made.plus(-float(findings.sum())), float(rows.height - known.sum())
    return Limits.of(replace(rest, low=min(rest.low, released), high=min(rest.high, released)))


def group_estimates(examined: Examinations) -> tuple[GroupEstimate, ...]:
    """Estimate the whole, then every group of every breakdown, the largest group first; months in order."""
    rows = examined.declarations
    if rows.is_empty():
        return ()
    whole = rows.with_columns(group=pl.lit(ALL))
    return (
        *_groups(ALL, whole),
        *sorted(_groups("post", whole.with_columns(group=pl.col("post"))), key=_largest),
        *sorted(_groups("chapter", _with_own(rows, examined.chapters)), key=_largest),
        *_kinds("family", rows, examined.areas.with_columns(group=_family(pl.col("group")))),
        *_kinds("area", rows, examined.areas),
        *_channels(whole),
        *sorted(_groups("month", whole.with_columns(group=pl.col("month"))), key=lambda one: one.group),
    )


def span_estimates(examined: Examinations, months: Collection[str]) -> tuple[GroupEstimate, ...]:
    """Estimate what was lodged in some months: the whole, then post by post, the largest first; nothing where nothing was.

    Parameters
    ----------
    months
        Months of lodging, as ``2026-03``.
    """
    rows = examined.declarations.filter(pl.col("month").is_in(list(months)))
    if rows.is_empty():
        return ()
    posts = sorted(_groups("post", rows.with_columns(group=pl.col("post"))), key=_largest)
    return (*_groups(ALL, rows.with_columns(group=pl.lit(ALL))), *posts)


def _largest(one: GroupEstimate) -> tuple[int, str]:
    return -one.declarations, one.group


def _groups(by: str, rows: pl.DataFrame) -> Iterator[GroupEstimate]:
    for (name,), part in rows.partition_by("group", as_dict=True, maintain_order=True).items():
        yield _estimate(by, str(name), part)


def _with_own(rows: pl.DataFrame, chapters: pl.DataFrame) -> pl.DataFrame:
    """Give each chapter of a declaration the draw of the declaration, and what was found in the chapter itself."""
    return (
        rows.drop("stake")
        .join(chapters, on="declaration_id", how="inner", suffix="_own", maintain_order="left")
        .with_columns(
            found=pl.col("known") & pl.col("found_own"),
            recovered=pl.when("known").then(pl.col("recovered_own").fill_null(0.0)).otherwise(0.0),
            unstated=pl.col("known") & pl.col("unstated_own"),
        )
    )


def _family(area: pl.Expr) -> pl.Expr:
    """Give the family of a risk area; what is no area of ours stays as it is."""
    known = {area.value: family.value for area, family in FAMILY_OF_AREA.items()}
    return area.replace(known)


def _kinds(by: str, rows: pl.DataFrame, findings: pl.DataFrame) -> list[GroupEstimate]:
    """Estimate each kind of offence: any declaration could hide it, so that the group is one of findings."""
    own = (
        findings.join(rows.filter("known"), on="declaration_id", how="semi")
        .group_by("declaration_id", "group", maintain_order=True)
        .agg(pl.col("found", "unstated").any(), pl.col("recovered").sum())
    )
    blank = rows.drop("found", "recovered", "unstated")
    made = []
    for (name,), part in own.partition_by("group", as_dict=True, maintain_order=True).items():
        told = blank.join(part.drop("group"), on="declaration_id", how="left", maintain_order="left")
        filled = told.with_columns(
            pl.col("found", "unstated").fill_null(value=False), pl.col("recovered").fill_null(0.0)
        )
        made.append(_estimate(by, str(name), filled))
    return sorted(made, key=lambda one: (-one.findings, one.group))


def _channels(rows: pl.DataFrame) -> Iterator[GroupEstimate]:
    """Estimate what went out by each channel; a declaration counts in each by the chance of its draw to send it there."""
    for name in (channel.value for channel in RELEASED_AS):
        part = pl.when(pl.col("pi") < 1).then(pl.col(name) / (1 - pl.col("pi"))).otherwise(0.0)
        thinned = rows.with_columns(part=part).with_columns(found=pl.col("part") * pl.col("found"))
        made = _estimate("channel", name, thinned, released=float(rows.get_column(name).sum()))
        yield replace(
            made,
            declarations=int((rows.get_column("channel") == name).sum()),
            examined=0,
            known=0,
            findings=0,
            detected=None,
            lost=None,
            recovered=0.0,
            unstated=0,
            hit_rate=None,
            why_not_lost=None,
        )


@dataclass(frozen=True, slots=True)
class _Sample:
    """A group as arrays: π of all, thinned by the few results that are missing, and which results are known."""

    rows: pl.DataFrame
    pi: Floats
    known: Flags
    complete: bool

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "_Sample":
        known, drawn = rows.get_column("known").to_numpy(), int(rows.get_column("drawn").sum())
        # The few results still missing are taken to be like those known.
        share = float(known.sum() / drawn) if known.any() else 1.0
        return cls(rows, rows.get_column("pi").to_numpy() * share, known, bool(known.sum() >= NEARLY_ALL * drawn))

    def column(self, name: str) -> Floats:
        """Give one column as numbers."""
        return self.rows.get_column(name).cast(pl.Float64).to_numpy()

    @property
    def unstated(self) -> int:
        """Count the findings of which not all amounts are stated."""
        return int(self.rows.get_column("unstated").sum())

    @property
    def amount(self) -> float | None:
        """Add up the amounts that are stated; ``None`` where there are findings, and no amount is stated of any."""
        stated = (pl.col("found").cast(pl.Float64) > 0) & (~pl.col("unstated") | (pl.col("recovered") > 0))
        known = self.rows.select(stated.any()).item()
        return None if self.unstated and not known else float(self.column("recovered").sum())

    def design(self, bounds: str | None = None) -> Design:
        """Describe the design, for findings or for amounts in proportion to a column."""
        return Design.of(self.pi, None if bounds is None else self.column(bounds))

    def unseen(self, name: str, design: Design) -> Estimate | None:
        """Estimate the total of a column among those without a result."""
        draws = self.column("u")[self.known]
        return unseen_total(self.column(name)[self.known], self.pi[self.known], design=design, draws=draws)

    def lost(self) -> tuple[Estimate | None, str]:
        """Estimate the money among those without a result, as far as amounts are stated, and say what it would be that is missing."""
        if self.unstated and self.amount is None:
            return None, "amounts unknown"
        stakes = self.column("stake")
        if (stakes > 0).mean() < NEARLY_ALL:
            return None, "stakes unknown"
        ratio = outcome_ratio(self.column("recovered")[self.known], stakes[self.known])
        return self.unseen("recovered", self.design("stake").scaled(ratio)), "too few"


def _estimate(by: str, name: str, rows: pl.DataFrame, released: float | None = None) -> GroupEstimate:
    """Estimate one group; `released` is given where the group is a part of every declaration."""
    sample = _Sample.of(rows)
    known, findings = int(sample.known.sum()), float(sample.column("found").sum())
    design = sample.design("part" if released is not None else None)
    released = rows.height - known if released is None else released
    blocked = "none released" if released == 0 else None if sample.complete else "incomplete"
    rest = None if blocked else sample.unseen("found", design)
    rest = rest.capped(released) if rest else None
    rate = rest.per(released) if rest else None
    lost, missing = (None, blocked) if blocked else sample.lost()
    return GroupEstimate(
        by=by,
        group=name,
        declarations=rows.height,
        examined=int(rows.get_column("drawn").sum()),
        known=known,
        findings=int(findings),
        released=released,
        leaked=Limits.of(rest),
        leakage=Limits.of(rate),
        detected=Limits.of(share_seen(findings, rest)),
        lost=Limits.of(lost),
        recovered=sample.amount,
        unstated=sample.unstated,
        hit_rate=_hit_rate(int(findings), known),
        random_checks=min(design.equivalent, float(rows.height)),
        needed=0 if blocked else _needed(design.equivalent, rate),
        why_not=blocked or (None if rest else "too few"),
        why_not_lost=None if lost else missing,
    )


def _needed(checks: float, rate: Estimate | None) -> int:
    """Say how many more random examinations are needed; where nothing was found, the upper limit is planned for."""
    expected = 0.0 if rate is None else rate.value or rate.high
    return more_needed(checks, min(expected, 0.99), relative=WISHED, fewest=TOO_FEW)


def _hit_rate(findings: int, known: int) -> Limits | None:
    if known == 0:
        return None
    low, high = wilson(findings, known)
    return Limits(findings / known, float(low), float(high))


def profile_lifts(
    examined: Examinations, decisions: pl.DataFrame, titles: Mapping[str, str]
) -> tuple[ProfileLift, ...]:
    """Compare every profile with chance, the most frequent match first.

    Parameters
    ----------
    examined
        The examinations.
    decisions
        The decisions they belong to, with their floors.
    titles
        Title of each profile by its code; a code without title stands for itself.
    """
    whole = examined.declarations
    if whole.is_empty():
        return ()
    every, _ = _rate_of_all(whole)
    matched = floors_of(decisions).filter(pl.col("kind") == FloorKind.PROFILE.value)
    rows = whole.join(matched.select("declaration_id", "source").unique(), on="declaration_id", maintain_order="left")
    parts = rows.partition_by("source", as_dict=True, maintain_order=True)
    made = (_lift(str(code), titles.get(str(code), str(code)), part, every) for (code,), part in parts.items())
    return tuple(sorted(made, key=lambda one: (-one.matched, one.code)))


def _rate_of_all(rows: pl.DataFrame) -> tuple[Estimate | None, str | None]:
    """Estimate the share of some declarations in which an examination would find something; or say why not."""
    sample = _Sample.of(rows)
    if not sample.complete:
        return None, "incomplete"
    total = horvitz_thompson(
        sample.column("found")[sample.known],
        sample.pi[sample.known],
        design=sample.design(),
        draws=sample.column("u")[sample.known],
    )
    return (total.capped(rows.height).per(rows.height), None) if total else (None, "too few")


def _lift(code: str, title: str, rows: pl.DataFrame, every: Estimate | None) -> ProfileLift:
    own, why_not = _rate_of_all(rows)
    lift = ratio_of(own, every) if own and every else None
    return ProfileLift(
        code=code,
        title=title,
        matched=rows.height,
        known=int(rows.get_column("known").sum()),
        findings=int(rows.get_column("found").sum()),
        rate=Limits.of(own),
        lift=Limits.of(lift),
        why_not=why_not,
    )
