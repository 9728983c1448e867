"""Capacity: what posts can do, act by act and day by day, and what of it the floors leave for the score.

Every act of an agency that the plan speaks of is spent for itself: its floors first, then chance's, then the purses.
Customs may look at every declaration. Another agency looks at the goods it is competent for, and at what a law, an alert,
a plan or a profile of its own speaks of, for whatever act. The same u serves them all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.capacity import ANY_POST, EXAMINATION, CapacityPlan, CapacityUnit, Duty, PostCapacity, plain_plan
from darvoza.domain.codes import Act, Agency
from darvoza.domain.selection import MONEY_POWER, FloorKind, Purse
from darvoza.errors import SettingsError
from darvoza.flow.selectivity.deciding import strongest
from darvoza.flow.selectivity.spending import Dial, Lodged, Memory, nothing_yet, spend
from darvoza.methods.inclusion import logs_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARE_UNSTATED = 0.10
"""Examinations per declaration at a post of which a plan says nothing, not even by ``*``."""

PURSES = (Purse.SEVERITY, Purse.HARM, Purse.MONEY, Purse.PROBABILITY)
"""The purses in the order in which they are served; what they do not spend chance does."""

NOBODY = ""
"""For whom a capacity was stated that no row states."""

LOAD_COLUMNS = (
    "agency",
    "act",
    "post",
    "day",
    "unit",
    "stated_for",
    "declarations",
    "cost",
    "capacity",
    "demanded",
    "floors",
    "expected",
    "overload",
    "overloaded",
)
"""Columns of the record of each post and day."""


@dataclass(frozen=True, slots=True)
class Split:
    """How the purses share what the floors leave of a capacity.

    A tenth for severity; the rest by harm, which is probability and money in one: in the closed loop that found more and
    recovered more than a purse for each.

    Attributes
    ----------
    severity, harm, money, probability
        Parts ≥ 0 that add up to 1.
    """

    severity: float = 0.10
    harm: float = 0.90
    money: float = 0.0
    probability: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no division of a whole."""
        parts = (self.severity, self.harm, self.money, self.probability)
        if not (all(part >= 0 for part in parts) and abs(sum(parts) - 1) < 1e-9):
            expected = "parts for severity, harm, money and probability of 0 or more that add up to 1"
            raise SettingsError(field="purses", expected=expected, got=", ".join(f"{part:g}" for part in parts))

    def of(self, agency: Agency) -> tuple[float, ...]:
        """Give the parts of an agency, in the order of `PURSES`: to others than customs, harm is not money.

        What customs spends by harm, half of it others spend by severity and half by probability.

        Examples
        --------
        >>> Split().of(Agency.CUSTOMS), Split().of(Agency.VETERINARY)
        ((0.1, 0.9, 0.0, 0.0), (0.55, 0.0, 0.0, 0.45))
        """
        if agency is Agency.CUSTOMS:
            return (self.severity, self.harm, self.money, self.probability)
        half = self.harm / 2
        return (self.severity + half + self.money, 0.0, 0.0, half + self.probability)


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent on acts of control, and how.

    Attributes
    ----------
    share
        Examinations per declaration at each post, in (0, 1]; a plan overrules it.
    random_floor
        ε: the probability no declaration falls below, in (0, 1]; at most `share` where there is no plan.
    dial
        T in [0, ∞]: 0 ranks and cuts, ∞ leaves it to chance. The default costs little harm: see the frontier.
    split
        How the purses share what the floors leave.
    plan
        What posts can do; without one, `share` of the declarations of each.
    money_power
        How far money counts in the harm, in [0, 1]: 0 counts findings alone.
    """

    share: float = SHARE_UNSTATED
    random_floor: float = 0.01
    dial: float = 0.1
    split: Split = field(default_factory=Split)
    plan: CapacityPlan | None = None
    money_power: float = MONEY_POWER

    def __post_init__(self) -> None:
        if not 0 <= self.money_power <= 1:
            raise SettingsError(field="money-power", expected="a number from 0 to 1", got=self.money_power)
        if not 0 < self.share <= 1:
            raise SettingsError(field="capacity", expected="a share in (0, 1]", got=self.share)
        most = 1.0 if self.plan else self.share
        if not 0 < self.random_floor <= most:
            raise SettingsError(
                field="random",
                expected=f"a share above 0 and at most {'1' if self.plan else f'the capacity {self.share}'}",
                got=self.random_floor,
                hint="the random floor is what everything is measured with; it is never 0",
            )
        if not self.dial >= 0:
            raise SettingsError(field="dial", expected="0 (rank and cut) up to inf (chance)", got=self.dial)

    def capacity(self) -> CapacityPlan:
        """Give the plan, the one number where there is none."""
        return self.plan or plain_plan(self.share)

    def duties(self) -> tuple[Duty, ...]:
        """Give the acts that are spent; the examination by customs always is."""
        return tuple(dict.fromkeys((EXAMINATION, *self.capacity().duties())))


class Worths(NamedTuple):
    """What examining each declaration is expected to be worth, shape ``(n,)`` each, ≥ 0; in the order of `PURSES`."""

    severity: Floats
    harm: Floats
    money: Floats
    probability: Floats


class Lodgings(NamedTuple):
    """Declarations in order of lodging.

    Attributes
    ----------
    where
        ``post`` and ``lodged_at`` of each.
    worths
        What examining it is worth.
    hours
        How long each duty takes on it [h], shape ``(n,)`` each; only for duties that are counted in hours.
    competent
        Beside customs, the agencies that are competent for some of its goods, shape ``(n,)`` each; those not named for
        none.
    """

    where: pl.DataFrame
    worths: Worths
    hours: Mapping[Duty, Floats]
    competent: Mapping[Agency, NDArray[np.bool_]]


class Spent(NamedTuple):
    """What came of spending.

    Attributes
    ----------
    floors
        All floors: those given, chance's and the score's.
    load
        One row for each duty, post and day: `LOAD_COLUMNS`.
    memory
        What is remembered of each duty.
    """

    floors: pl.DataFrame
    load: pl.DataFrame
    memory: Mapping[Duty, Memory]


def spend_capacity(floors: pl.DataFrame, lodgings: Lodgings, budget: Budget, memory: Mapping[Duty, Memory]) -> Spent:
    """Put chance and the score under every act that there is a capacity for.

    Parameters
    ----------
    floors
        Floors of law, alerts, profiles and plans: ``declaration``, ``agency``, ``act``, ``kind``, ``source``,
        ``probability``, ``items``.
    lodgings
        The declarations they stand under.
    budget
        What may be spent.
    memory
        What is remembered of each duty from before; nothing for those not named.
    """
    parts, loads, after = [floors], [], dict(memory)
    for duty in budget.duties():
        work = _Work(floors, lodgings, budget, duty)
        spent = spend(work.lodged, memory.get(duty) or nothing_yet(len(PURSES)), work.dial)
        chance = np.full(work.rows.size, budget.random_floor)
        sources = [PURSE_NAMES[number] for number in spent.purse.tolist()]
        parts.append(_floors(duty, FloorKind.RANDOM, work.rows, probability=chance))
        parts.append(_floors(duty, FloorKind.SCORE, work.rows, probability=spent.given, sources=sources))
        loads.append(work.load(spent.given))
        after[duty] = spent.memory
    return Spent(pl.concat(parts), pl.concat(loads).sort("post", "day", "agency", "act"), after)


PURSE_NAMES = (*(purse.value for purse in PURSES), Purse.CHANCE.value)


class _Work:
    """What one duty is about: its declarations, what they cost, what there is to spend."""

    def __init__(self, floors: pl.DataFrame, lodgings: Lodgings, budget: Budget, duty: Duty) -> None:
        self.duty, self.budget = duty, budget
        own = floors.filter(pl.col("agency") == duty.agency.value)
        placed = _capacities(lodgings.where, duty, budget)
        able = placed.get_column("amount").is_not_null().to_numpy()
        if duty.agency is not Agency.CUSTOMS:
            spoken = np.isin(np.arange(able.size), own.get_column("declaration").to_numpy())
            able &= spoken | lodgings.competent.get(duty.agency, False)
        self.rows = np.flatnonzero(able)
        self.placed = placed[self.rows]
        named = strongest(floors, able.size, agency=duty.agency.value, act=duty.act.value)
        self.named = named.to_numpy()[self.rows]
        self.costs = self._costs(lodgings)
        self.dial = Dial(budget.dial, budget.split.of(duty.agency))
        self.lodged = self._lodged(lodgings)

    def _costs(self, lodgings: Lodgings) -> Floats:
        """Give what the act costs on each declaration, in the unit its post is counted in."""
        in_hours = (self.placed.get_column("unit") == CapacityUnit.HOURS.value).to_numpy()
        if not in_hours.any():
            return np.ones(self.rows.size)
        return np.where(in_hours, lodgings.hours[self.duty][self.rows], 1.0)

    def _lodged(self, lodgings: Lodgings) -> Lodged:
        """Write the declarations as numbers."""
        moments = self.placed.get_column("lodged_at")
        hours = moments.dt.hour().cast(pl.Float64) + moments.dt.minute() / 60 + moments.dt.second() / 3600
        return Lodged(
            logs=np.column_stack([logs_of(worth[self.rows], self.costs) for worth in lodgings.worths]),
            floors=np.maximum(self.named, self.budget.random_floor),
            costs=self.costs,
            posts=self.placed.get_column("post").to_numpy().astype(str),
            days=moments.dt.epoch("d").cast(pl.Int64).to_numpy(),
            hours=hours.to_numpy(),
            amounts=self.placed.get_column("amount").to_numpy(),
            shares=(self.placed.get_column("unit") == CapacityUnit.SHARE.value).to_numpy(),
        )

    def load(self, given: Floats) -> pl.DataFrame:
        """Record what each post could do each day, and what was asked of it."""
        floors = self.lodged.floors
        whole = self.placed.with_columns(
            day=pl.col("lodged_at").dt.date(),
            demanded=pl.Series(self.named * self.costs),
            floors=pl.Series(floors * self.costs),
            expected=pl.Series(np.maximum(floors, given) * self.costs),
            cost=pl.Series(self.costs),
        )
        sums = [pl.col(name).sum().round(6) for name in ("demanded", "floors", "expected")]
        shared = pl.col("unit") == CapacityUnit.SHARE.value
        counted = (
            whole.group_by("post", "day")
            .agg(
                pl.col("unit", "amount", "stated_for").first(),
                pl.len().alias("declarations"),
                *sums,
                pl.col("cost").mean(),
            )
            .with_columns(
                capacity=pl.when(shared).then(pl.col("amount") * pl.col("declarations")).otherwise(pl.col("amount"))
            )
            .with_columns(overload=(pl.col("floors") - pl.col("capacity")).clip(lower_bound=0.0).round(6))
            # less than one act over is the fraction that a draw makes whole anyway
            .with_columns(overloaded=pl.col("overload") >= pl.col("cost"))
        )
        return counted.select(
            pl.lit(self.duty.agency.value).alias("agency"), pl.lit(self.duty.act.value).alias("act"), *LOAD_COLUMNS[2:]
        )


def _capacities(where: pl.DataFrame, duty: Duty, budget: Budget) -> pl.DataFrame:
    """Set beside each declaration what its post can do that day; null where the plan does not say."""
    days = where.select("post", pl.col("lodged_at").dt.date().alias("day"))
    stated = [
        (post, day, found.amount, found.unit.value, found.post) if found else (post, day, None, None, None)
        for post, day in days.unique().iter_rows()
        for found in [_stated(budget, post, duty, day)]
    ]
    schema = {"post": pl.String, "day": pl.Date, "amount": pl.Float64, "unit": pl.String, "stated_for": pl.String}
    table = pl.DataFrame(stated, schema=schema, orient="row")
    joined = days.join(table, on=["post", "day"], how="left", maintain_order="left")
    return pl.concat(
        [where.select("post", "lodged_at"), joined.select("amount", "unit", "stated_for")], how="horizontal"
    )


def _stated(budget: Budget, post: str, duty: Duty, day: date) -> PostCapacity | None:
    found = budget.capacity().of(post, duty, day)
    if found is None and duty == EXAMINATION:
        return PostCapacity(NOBODY, duty, budget.share, CapacityUnit.SHARE)
    return found


def _floors(
    duty: Duty, kind: FloorKind, rows: Ints, *, probability: Floats, sources: list[str] | None = None
) -> pl.DataFrame:
    """Make floors under one act of some declarations; those at 0 are left out."""
    return (
        pl.DataFrame(
            {
                "declaration": rows.astype(np.uint32),
                "source": pl.Series(sources or [kind.value] * rows.size, dtype=pl.String),
                "probability": probability,
            }
        )
        .filter(pl.col("probability") > 0)
        .select(
            "declaration",
            agency=pl.lit(duty.agency.value),
            act=pl.lit(duty.act.value),
            kind=pl.lit(kind.value),
            source=pl.col("source"),
            probability=pl.col("probability"),
            items=pl.lit([], dtype=pl.List(pl.Int64)),
        )
    )


def capacity_by_post(load: pl.DataFrame) -> dict[str, float]:
    """Give the examinations by customs that each post could do over all days of a record.

    Parameters
    ----------
    load
        The record of each post and day.
    """
    examined = load.filter(agency=EXAMINATION.agency.value, act=EXAMINATION.act.value)
    acts = examined.group_by("post").agg((pl.col("capacity") / pl.col("cost")).sum()).sort("post")
    return dict(acts.iter_rows())


def unnamed_posts(load: pl.DataFrame) -> Iterator[tuple[Duty, str, bool]]:
    """Name the posts that a plan does not name: the duty, the post, and whether its row for ``*`` stood in.

    Parameters
    ----------
    load
        The record of each post and day.
    """
    strange = load.filter(pl.col("stated_for") != pl.col("post")).select("agency", "act", "post", "stated_for").unique()
    for agency, act, post, stated_for in strange.sort("agency", "act", "post", "stated_for").iter_rows():
        yield Duty(Agency(agency), Act(act)), post, stated_for == ANY_POST
