"""The run in numbers: how much was selected, where, why, and what it is estimated to have missed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise

import polars as pl

from darvoza.domain.codes import Channel
from darvoza.domain.selection import FloorKind
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.oversight.declarations import BASES, by_declaration, floors_of
from darvoza.flow.oversight.estimate_records import Estimates
from darvoza.flow.oversight.estimates import estimates
from darvoza.flow.oversight.examples import Example, choose_examples
from darvoza.flow.oversight.joint_draw import JointDraw, joint_draw
from darvoza.flow.oversight.outcomes import GainsCurve, HitRate, gains_curve, hit_rates

MOST_PROFILES, MOST_DAYS = 20, 31
PROBABILITY_EDGES = (0.0, 0.01, 0.02, 0.05, 0.10, 0.20, 0.50)
_TOLERANCE = 1e-9  # Σ of floors against capacity: rounding is not an excess


@dataclass(frozen=True, slots=True)
class Count:
    """How many declarations, and which share of all."""

    name: str
    declarations: int
    share: float


@dataclass(frozen=True, slots=True)
class ActCount:
    """One act of one agency: how often it was to be expected (Σπ), and how often it was drawn."""

    agency: str
    act: str
    expected: float
    selected: int


@dataclass(frozen=True, slots=True)
class PostUse:
    """How a post spends its capacity, in physical examinations by customs.

    Attributes
    ----------
    declarations
        Declarations lodged there.
    capacity
        Examinations it can do: the share allowed times the declarations.
    demanded
        What law, alerts, profiles and plans ask for alone.
    expected
        Σπ.
    selected
        Examinations drawn.
    overburdened
        Whether what is demanded alone exceeds the capacity.
    """

    post: str
    declarations: int
    capacity: float
    demanded: float
    expected: float
    selected: int
    overburdened: bool


@dataclass(frozen=True, slots=True)
class ProfileUse:
    """What one profile, measure or plan matched; `alone` is the share of its matches that no other one matched."""

    code: str
    title: str
    kind: str
    declarations: int
    share: float
    alone: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Declarations whose probability of being stopped lies in (low, high], with 1 apart from the rest."""

    low: float
    high: float
    declarations: int


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in plain numbers.

    Attributes
    ----------
    declarations, items, decisions
        What was decided on.
    selected
        Declarations with at least one act to be carried out.
    stopped
        Declarations whose goods are stopped: the red channel.
    capacity, random_floor
        As set for the run.
    channels, bases
        Declarations by channel and by the strongest basis of selection.
    acts, posts, profiles, probabilities
        Acts, use of capacity, most frequent matches (at most 20), and π of the goods being stopped.
    profiles_matched
        How many profiles, measures and plans matched at all.
    results
        Declarations with a known result of an examination.
    estimates
        What was released unseen, which is the headline, and what profiles find; ``None`` when no result is known.
    hit_rates
        By the basis of the examination; empty when no result is known.
    gains
        ``None`` without scores or findings.
    commitments
        Day and commitment of each key used, the first 31 days; `key_days` counts them all.
    profiles_digests, model_digests
        What decided, normally one of each.
    examples
        Ten decisions to read.
    joint
        What one draw for all services stops, beside a draw for each; ``None`` where nobody may stop anything.
    """

    declarations: int
    items: int
    decisions: int
    selected: int
    stopped: int
    capacity: float
    random_floor: float
    channels: tuple[Count, ...]
    bases: tuple[Count, ...]
    acts: tuple[ActCount, ...]
    posts: tuple[PostUse, ...]
    profiles: tuple[ProfileUse, ...]
    profiles_matched: int
    probabilities: tuple[Bin, ...]
    results: int
    estimates: Estimates | None
    hit_rates: tuple[HitRate, ...]
    gains: GainsCurve | None
    commitments: tuple[tuple[str, str], ...]
    key_days: int
    profiles_digests: tuple[str, ...]
    model_digests: tuple[str, ...]
    examples: tuple[Example, ...]
    joint: JointDraw | None = None

    def to_json(self) -> str:
        """Write everything as JSON with sorted keys; days as ISO 8601."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, indent=1, default=str, allow_nan=False)


def summarise(
    decisions: pl.DataFrame,
    items: pl.DataFrame,
    *,
    capacity: float,
    random_floor: float,
    titles: Mapping[str, str],
    capacities: Mapping[str, float] | None = None,
) -> RunSummary:
    """Put a run into numbers.

    Parameters
    ----------
    decisions
        One row per declaration, agency and act, as a run writes them.
    items
        Canonical goods items of the same declarations; outcome columns may be there.
    capacity
        Physical examinations per declaration at each post, in (0, 1].
    random_floor
        The probability ε under every declaration, in (0, 1].
    titles
        Title of each profile by its code; a code without title stands for itself.
    capacities
        Physical examinations that each post can do over the whole run; `capacity` times its declarations by default.

    Raises
    ------
    SettingsError
        When `capacity` or `random_floor` is out of range.
    OutputError
        When there are no decisions, or a column of them is missing.
    """
    for name, value in (("capacity", capacity), ("random_floor", random_floor)):
        if not 0 < value <= 1:
            raise SettingsError(field=name, expected="a share in (0, 1]", got=value)
    if decisions.is_empty():
        raise OutputError(field="decisions", expected="at least one decision", got="none")
    whole = by_declaration(decisions, items)
    results = int(whole.get_column("finding").count())
    matched = _profile_uses(decisions, whole.height, titles)
    days = decisions.select(pl.col("key_day").cast(pl.String), "commitment").unique().sort("key_day", "commitment")
    return RunSummary(
        declarations=whole.height,
        items=items.height,
        decisions=decisions.height,
        selected=int(whole.get_column("basis").count()),
        stopped=int((whole.get_column("channel") == Channel.RED.value).sum()),
        capacity=capacity,
        random_floor=random_floor,
        channels=_counts(whole.get_column("channel"), tuple(channel.value for channel in Channel)),
        bases=_counts(whole.get_column("basis"), BASES),
        acts=_acts(decisions),
        posts=_posts(whole, capacity, capacities or {}),
        profiles=matched[:MOST_PROFILES],
        profiles_matched=len(matched),
        probabilities=_histogram(whole.get_column("stop")),
        results=results,
        estimates=estimates(decisions, items, titles=titles) if results else None,
        hit_rates=hit_rates(whole) if results else (),
        gains=gains_curve(whole),
        commitments=tuple(days.head(MOST_DAYS).iter_rows()),
        key_days=days.height,
        profiles_digests=_distinct(decisions, "profiles_digest"),
        model_digests=_distinct(decisions, "model_digest"),
        examples=choose_examples(decisions, items),
        joint=joint_draw(decisions),
    )


def _counts(values: pl.Series, names: tuple[str, ...]) -> tuple[Count, ...]:
    counted = dict.fromkeys(names, 0) | dict(values.drop_nulls().value_counts().iter_rows())
    return tuple(Count(name, number, number / values.len()) for name, number in counted.items())


def _total(name: str) -> pl.Expr:
    """Add up probabilities; rounded, for threads add in any order and the last bits of the sum depend on it."""
    return pl.col(name).sum().round(6)


def _acts(decisions: pl.DataFrame) -> tuple[ActCount, ...]:
    counted = decisions.group_by("agency", "act").agg(_total("probability"), pl.col("selected").sum())
    return tuple(ActCount(*row) for row in counted.sort("agency", "act").iter_rows())


def _posts(whole: pl.DataFrame, capacity: float, capacities: Mapping[str, float]) -> tuple[PostUse, ...]:
    stated = pl.col("post").first().replace_strict(dict(capacities), default=None, return_dtype=pl.Float64)
    able = stated.fill_null(capacity * pl.len())
    counted = whole.group_by("post").agg(
        pl.len().alias("declarations"),
        able.alias("capacity"),
        _total("demanded"),
        _total("examination"),
        pl.col("examined").sum(),
        (_total("demanded") > able * (1 + _TOLERANCE)).alias("overburdened"),
    )
    rows = counted.sort(["declarations", "post"], descending=[True, False]).iter_rows()
    return tuple(PostUse(*row) for row in rows)


def _profile_uses(decisions: pl.DataFrame, declarations: int, titles: Mapping[str, str]) -> tuple[ProfileUse, ...]:
    """Count, for every named source of a floor, the declarations it matched and those it alone matched."""
    unnamed = (FloorKind.SCORE.value, FloorKind.RANDOM.value)
    matched = (
        floors_of(decisions)
        .filter(~pl.col("kind").is_in(unnamed))
        .unique(["declaration_id", "source"], keep="any")
        .with_columns(others=pl.len().over("declaration_id") - 1)
        .group_by("source")
        .agg(pl.col("kind").min(), pl.len().alias("matched"), (pl.col("others") == 0).mean().alias("alone"))
        .sort(["matched", "source"], descending=[True, False])
    )
    return tuple(
        ProfileUse(source, titles.get(source, source), kind, number, number / declarations, alone)
        for source, kind, number, alone in matched.iter_rows()
    )


def _histogram(stop: pl.Series) -> tuple[Bin, ...]:
    edges = (*PROBABILITY_EDGES, 1.0)
    counts = [int(((stop > low) & (stop <= high) & (stop < 1)).sum()) for low, high in pairwise(edges)]
    # A declaration that nothing can stop has π = 0 here; it belongs to the lowest bin, never out of sight.
    counts[0] += int((stop <= 0).sum())
    bins = [Bin(low, high, n) for (low, high), n in zip(pairwise(edges), counts, strict=True)]
    return (*bins, Bin(1.0, 1.0, int((stop >= 1).sum())))


def _distinct(decisions: pl.DataFrame, column: str) -> tuple[str, ...]:
    if column not in decisions.columns:
        return ()
    return tuple(decisions.get_column(column).drop_nulls().unique().sort().to_list())
