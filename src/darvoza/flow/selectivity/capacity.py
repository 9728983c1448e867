"""Capacity: what posts can do, act by act and day by day, and what of it the floors leave for the score.

Every act of an agency that the plan speaks of is spent for itself: its floors first, then chance's, then the purses.
Customs may look at every declaration. Another agency looks at the goods it is competent for, and at what a law, an alert,
a plan or a profile of its own speaks of, for whatever act. The same u serves them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Final, Generic, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.capacity import EXAMINATION, CapacityPlan, CapacityUnit, Duty, PostCapacity, plain_plan
from darvoza.domain.codes import Agency
from darvoza.domain.selection import MONEY_POWER, FloorKind, Purse
from darvoza.errors import SettingsError
from darvoza.flow.selectivity.floor_table import AnyFloors, Layer, spoken_of, strongest, with_layers
from darvoza.flow.selectivity.load import Demand, load_of
from darvoza.flow.selectivity.places import NOT_STATED, Places, Stated, Where, places_of, stated_for
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

REMEMBERED: Final = 4_096
"""What posts can do is looked up once for so many of them and days."""


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


@dataclass(frozen=True)  # without slots: what is asked of it for every declaration is kept
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

    @cached_property
    def _capacity(self) -> CapacityPlan:
        return self.plan or plain_plan(self.share)

    @cached_property
    def _duties(self) -> tuple[Duty, ...]:
        return tuple(dict.fromkeys((EXAMINATION, *self._capacity.duties())))

    @cached_property
    def _stated(self) -> dict[tuple[Duty, str, date], PostCapacity | None]:
        return {}

    def capacity(self) -> CapacityPlan:
        """Give the plan, the one number where there is none."""
        return self._capacity

    def duties(self) -> tuple[Duty, ...]:
        """Give the acts that are spent; the examination by customs always is."""
        return self._duties

    def stated(self, duty: Duty, post: str, day: date) -> PostCapacity | None:
        """Give what a post can do of a duty on a day; ``None`` where nothing is stated of it."""
        asked, known = (duty, post, day), self._stated
        if asked in known:
            return known[asked]
        found = self._capacity.of(post, duty, day)
        if found is None and duty == EXAMINATION:
            found = PostCapacity(NOBODY, duty, self.share, CapacityUnit.SHARE)
        while len(known) >= REMEMBERED:
            known.pop(next(iter(known)), None)
        known[asked] = found
        return found


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
        Post and moment of lodging of each.
    worths
        What examining it is worth.
    hours
        How long each duty takes on it [h], shape ``(n,)`` each; only for duties that are counted in hours.
    competent
        Beside customs, the agencies that are competent for some of its goods, shape ``(n,)`` each; those not named for
        none.
    """

    where: Where
    worths: Worths
    hours: Mapping[Duty, Floats]
    competent: Mapping[Agency, NDArray[np.bool_]]


@dataclass(frozen=True)  # without slots: the load is reckoned when it is asked for, and kept
class Spent(Generic[AnyFloors]):
    """What came of spending.

    Attributes
    ----------
    floors
        All floors: those given, chance's and the score's.
    demands
        What was demanded under each duty.
    memory
        What is remembered of each duty.
    """

    floors: AnyFloors
    demands: tuple[Demand, ...]
    memory: Mapping[Duty, Memory]

    @cached_property
    def load(self) -> pl.DataFrame:
        """One row for each duty, post and day: `darvoza.flow.selectivity.load.LOAD_COLUMNS`."""
        return load_of(self.demands)


def spend_capacity(
    floors: AnyFloors, lodgings: Lodgings, budget: Budget, memory: Mapping[Duty, Memory]
) -> Spent[AnyFloors]:
    """Put chance and the score under every act that there is a capacity for.

    Parameters
    ----------
    floors
        Floors of law, alerts, profiles and plans, as columns or, where they are few, as rows; the others come likewise.
    lodgings
        The declarations they stand under.
    budget
        What may be spent.
    memory
        What is remembered of each duty from before; nothing for those not named.
    """
    places, demands, layers, after = places_of(lodgings.where), list[Demand](), list[Layer](), dict(memory)
    for duty in budget.duties():
        stated = stated_for(lodgings.where, partial(budget.stated, duty))
        rows = _able(duty, stated, floors, lodgings)
        named = strongest(floors, places.days.size, duty)[rows]
        work = _Work(duty, rows, places.take(rows), stated.take(rows), named)
        lodged = work.lodged(lodgings, budget)
        dial = Dial(budget.dial, budget.split.of(duty.agency))
        spent = spend(lodged, memory.get(duty) or nothing_yet(len(PURSES)), dial)
        chance = np.full(rows.size, budget.random_floor)
        sources = [PURSE_NAMES[number] for number in spent.purse.tolist()]
        layers.append(Layer(duty, FloorKind.RANDOM, rows, chance, [FloorKind.RANDOM.value] * rows.size))
        layers.append(Layer(duty, FloorKind.SCORE, rows, spent.given, sources))
        demands.append(Demand(duty, work.places, work.stated, lodged.costs, named, lodged.floors, spent.given))
        after[duty] = spent.memory
    return Spent(with_layers(floors, layers), tuple(demands), after)


PURSE_NAMES = (*(purse.value for purse in PURSES), Purse.CHANCE.value)


def _able(duty: Duty, stated: Stated, floors: AnyFloors, lodgings: Lodgings) -> Ints:
    """Give the declarations that a duty is about: its post can do something, and its agency may look at them."""
    able = stated.codes != NOT_STATED
    if duty.agency is not Agency.CUSTOMS:
        spoken = spoken_of(floors, able.size, duty.agency)
        able &= spoken | lodgings.competent.get(duty.agency, False)
    return np.flatnonzero(able)


class _Work(NamedTuple):
    """What one duty is about: its declarations, what posts can do of it, and the largest floor that it has already."""

    duty: Duty
    rows: Ints
    places: Places
    stated: Stated
    named: Floats

    def costs(self, lodgings: Lodgings) -> Floats:
        """Give what the act costs on each declaration, in the unit its post is counted in."""
        in_hours = self.stated.counted_in(CapacityUnit.HOURS)
        if not in_hours.any():
            return np.ones(self.rows.size)
        return np.where(in_hours, lodgings.hours[self.duty][self.rows], 1.0)

    def lodged(self, lodgings: Lodgings, budget: Budget) -> Lodged:
        """Write the declarations as numbers."""
        costs = self.costs(lodgings)
        return Lodged(
            logs=np.column_stack([logs_of(worth[self.rows], costs) for worth in lodgings.worths]),
            floors=np.maximum(self.named, budget.random_floor),
            costs=costs,
            posts=self.places.posts,
            days=self.places.days,
            hours=self.places.hours,
            amounts=self.stated.amounts,
            shares=self.stated.counted_in(CapacityUnit.SHARE),
        )
