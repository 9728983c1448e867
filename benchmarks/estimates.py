"""Do the estimates hold? Bias and coverage over many draws from worlds whose truth is known.

    python benchmarks/estimates.py [--populations 100] [--draws 20]

Each world is a population of declarations with a probability to be examined: a score spends the capacity, a floor of
chance lies under it. Populations are made anew a hundred times, each is drawn from twenty times; an interval is right
when it holds the truth of its own population. The gate: |bias| below 2 % of the truth, and 93 to 97 % of the 95 %
intervals right. Rows that show why something else is not done are outside it; the exit code is 1 when a row is not.
"""

import argparse
import math
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy import special

from darvoza import __version__
from darvoza.methods.estimation import Estimate, difference_estimate, hajek, horvitz_thompson, unseen_total
from darvoza.methods.inclusion import Units, inclusion, levels_of, logs_of, solve_cuts, with_chance
from darvoza.methods.poisson_sample import Design, outcome_ratio, sampling_variance
from darvoza.methods.rate_ratio import ratio_of
from darvoza.methods.reporting_delay import settled_after
from darvoza.methods.second_look import sensitivity

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

UNITS, FLOOR, CAPACITY = 20_000, 0.01, 0.10
TRUE_MEAN_OF_LOSS = 0.5
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Setting:
    """What a world is like.

    Attributes
    ----------
    rate
        Share of the units with a finding.
    skill
        How well the score knows the risk, from 0 (chance) to 1 (all there is to know).
    tail
        σ of the logarithm of the stakes; 0 counts findings instead of money.
    by_stake
        Part of the floor that grows with the stake, as a share of all units; 0 for the same floor under all.
    drift
        By what the risk of the half that the score trusts most has been multiplied since the score was made.
    """

    rate: float = 0.05
    skill: float = 0.7
    tail: float = 0.0
    by_stake: float = 0.0
    drift: float = 1.0


@dataclass(frozen=True, slots=True)
class World:
    """A population: outcomes, π, predictions and stakes, shape (N,); `money` tells what the outcomes are."""

    outcomes: Floats
    probabilities: Floats
    predictions: Floats
    stakes: Floats
    money: bool

    def design(self) -> Design:
        """What is known of it before anything is drawn."""
        return Design.of(self.probabilities, self.stakes if self.money else None)


def make_world(setting: Setting, rng: np.random.Generator, units: int = UNITS) -> World:
    """Make a population and decide with what probability each unit is examined."""
    risk = rng.normal(0.0, 1.5, units)
    level = _level(risk, setting.rate)
    seen = setting.skill * risk + math.sqrt(1 - setting.skill**2) * rng.normal(0.0, 1.5, units)
    predicted = special.expit(level + seen)
    chance = special.expit(level + risk)
    if setting.drift != 1.0:
        trusted = predicted < np.median(predicted)
        chance = np.where(trusted, np.minimum(setting.drift * chance, 0.9), chance)
    stakes = np.exp(rng.normal(7.0, setting.tail, units)) if setting.tail else np.ones(units)
    floors = np.maximum(FLOOR, np.minimum(setting.by_stake * stakes / stakes.mean(), 1.0))
    worth = predicted * np.sqrt(1 + stakes / np.median(stakes))
    levels = with_chance(levels_of(logs_of(worth[:, np.newaxis]), dial=0.1))
    cuts = solve_cuts(Units(levels, floors, np.ones(units)), parts=[1.0], budget=CAPACITY * units)
    outcomes = (rng.random(units) < chance).astype(float)
    money = setting.tail > 0
    if money:
        outcomes = outcomes * stakes * rng.beta(2.0, 2.0, units)
    predictions = predicted * stakes * TRUE_MEAN_OF_LOSS if money else predicted
    return World(outcomes, inclusion(levels, cuts, floors), predictions, stakes, money)


def _level(risk: Floats, rate: float) -> float:
    """The intercept that gives this rate."""
    low, high = -15.0, 5.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if special.expit(middle + risk).mean() < rate else (low, middle)
    return low


Limits = tuple[float, float, float]
"""Estimate, lower and upper limit."""
Method = Callable[[World, Flags], Limits | None]


def _limits(estimate: Estimate | None) -> Limits | None:
    return None if estimate is None else (estimate.value, estimate.low, estimate.high)


def _design(world: World, drawn: Flags) -> Design:
    """The design, scaled by what findings are of their stakes, as far as this sample tells."""
    ratio = outcome_ratio(world.outcomes[drawn], world.stakes[drawn]) if world.money else 1.0
    return world.design().scaled(ratio)


def by_weights(world: World, drawn: Flags) -> Limits | None:
    """Horvitz–Thompson, as shipped."""
    y, pi = world.outcomes[drawn], world.probabilities[drawn]
    return _limits(horvitz_thompson(y, pi, design=_design(world, drawn)))


def by_difference(world: World, drawn: Flags) -> Limits | None:
    """The difference estimator, as shipped."""
    y, pi, m = (x[drawn] for x in (world.outcomes, world.probabilities, world.predictions))
    total = float(world.predictions.sum())
    return _limits(difference_estimate(y, pi, m, predicted_total=total, design=_design(world, drawn)))


def by_wald(world: World, drawn: Flags) -> Limits | None:
    """The textbook: ± 1.96 standard errors."""
    y, pi = world.outcomes[drawn], world.probabilities[drawn]
    value, reach = float((y / pi).sum()), Z * math.sqrt(sampling_variance(y, pi))
    return value, value - reach, value + reach


@dataclass(slots=True)
class Tally:
    """What came out over all draws.

    Attributes
    ----------
    errors, widths
        Estimate less truth, and width of the interval, in units of the truth.
    below, above
        Draws whose interval lay below, and above, the truth.
    refused
        Draws for which nothing was said.
    """

    errors: list[float] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    below: int = 0
    above: int = 0
    refused: int = 0

    def add(self, limits: Limits | None, truth: float) -> None:
        """Count one draw."""
        if limits is None:
            self.refused += 1
            return
        value, low, high = limits
        self.errors.append(value / truth - 1)
        self.below += high < truth
        self.above += low > truth
        self.widths.append((high - low) / truth)

    @property
    def coverage(self) -> float:
        """Share of the intervals that held the truth."""
        return 1 - (self.below + self.above) / len(self.errors)

    @property
    def bias(self) -> float:
        """Mean error in units of the truth."""
        return float(np.mean(self.errors))

    @property
    def bias_error(self) -> float:
        """Standard error of `bias`: how far it may be from 0 by chance."""
        return float(np.std(self.errors) / math.sqrt(len(self.errors)))


Row = tuple[str, str, Tally]


def replicate(
    setting: Setting, methods: dict[str, Method], *, populations: int, draws: int, seed: int
) -> dict[str, Tally]:
    """Draw again and again, and count."""
    rng = np.random.default_rng(seed)
    tallies = {name: Tally() for name in methods}
    for _ in range(populations):
        world = make_world(setting, rng)
        truth = float(world.outcomes.sum())
        for _ in range(draws):
            drawn = rng.random(UNITS) < world.probabilities
            for name, method in methods.items():
                tallies[name].add(method(world, drawn), truth)
    return tallies


WORLDS = {
    "hardly any findings (1 %), one by chance": Setting(rate=0.01),
    "few findings (5 %), five of them by chance": Setting(rate=0.05),
    "many findings (15 %)": Setting(rate=0.15),
    "many findings, useless score": Setting(rate=0.15, skill=0.0),
    "drift: the trusted half turns, × 4": Setting(rate=0.05, drift=4.0),
    "money, heavy tail, floor grows with the stake": Setting(tail=1.5, by_stake=0.03),
    "the same, useless score": Setting(tail=1.5, by_stake=0.03, skill=0.0),
    "the same, drift × 4": Setting(tail=1.5, by_stake=0.03, drift=4.0),
    "money, heavy tail, one floor for all": Setting(tail=1.5),
}
OUTSIDE = ("hardly any", "one floor for all", "± 1.96", "against what is there | Horvitz", "count as clean")
"""Rows that are there for comparison: what they show is said in docs/explanation/estimates.md."""
BIAS, COVERAGE = 0.02, (0.93, 0.97)
METHODS: dict[str, Method] = {"Horvitz–Thompson": by_weights, "difference": by_difference, "± 1.96 se": by_wald}


def officers_who_miss(*, populations: int, draws: int, seed: int, miss: float = 0.2, again: float = 0.2) -> list[Row]:
    """Officers miss a fifth; a part of what they examined is examined again, blind."""
    rng = np.random.default_rng(seed)
    found, there, corrected = (Tally() for _ in range(3))
    for _ in range(populations):
        world = make_world(Setting(rate=0.15), rng)
        offence = world.outcomes == 1
        findable = offence & (rng.random(UNITS) >= miss)  # what an officer would find, were everything examined
        for _ in range(draws):
            drawn = rng.random(UNITS) < world.probabilities
            first, pi = findable[drawn].astype(float), world.probabilities[drawn]
            plain = horvitz_thompson(first, pi, design=world.design())
            found.add(_limits(plain), float(findable.sum()))
            there.add(_limits(plain), float(offence.sum()))
            twice = rng.random(first.size) < again
            second = offence[drawn][twice] & (rng.random(int(twice.sum())) >= miss)
            share = sensitivity(first[twice], second)
            whole = ratio_of(plain, share) if plain is not None and share is not None else None
            corrected.add(_limits(whole), float(offence.sum()))
    return [
        ("against what officers would find", "Horvitz–Thompson", found),
        ("against what is there", "Horvitz–Thompson", there),
        ("against what is there", f"corrected by a blind second look at {again:.0%}", corrected),
    ]


def results_that_are_late(*, populations: int, draws: int, seed: int, days: int = 91) -> list[Row]:
    """Findings take longer than clean results; on the last day many are still to come."""
    rng = np.random.default_rng(seed)
    naive, settled = Tally(), Tally()
    for _ in range(populations):
        world = make_world(Setting(rate=0.15), rng)
        lodged = rng.uniform(0, days, UNITS)
        late = np.minimum(rng.exponential(np.where(world.outcomes == 1, 10.0, 3.0)), 30.0)
        for _ in range(draws):
            drawn = rng.random(UNITS) < world.probabilities
            waited = days - lodged[drawn]
            known = late[drawn] <= waited
            y, pi = world.outcomes[drawn], world.probabilities[drawn]
            naive.add(_limits(horvitz_thompson(y * known, pi, design=world.design())), float(world.outcomes.sum()))
            kinds = [known & (y == kind) for kind in (0, 1)]
            wait = max(settled_after(late[drawn][kind], waited[kind]) for kind in kinds)
            closed = lodged <= days - wait
            kept = closed[drawn] & known
            limits = horvitz_thompson(y[kept], pi[kept], design=Design.of(world.probabilities[closed]))
            settled.add(_limits(limits), float(world.outcomes[closed].sum()))
    return [
        ("results not yet known count as clean", "Horvitz–Thompson", naive),
        ("only what was lodged long enough ago", "Horvitz–Thompson", settled),
    ]


def rates_and_lift(*, populations: int, draws: int, seed: int) -> list[Row]:
    """The rate where the number of units is unknown, the leakage, and the lift of a profile that matches 3 %."""
    rng = np.random.default_rng(seed)
    shares, rest, lift = (Tally() for _ in range(3))
    for _ in range(populations):
        world = make_world(Setting(), rng)
        y = world.outcomes
        matched = rng.random(UNITS) < np.where(y == 1, 0.09, 0.027)
        pi = np.maximum(world.probabilities, 0.3 * matched)
        designs = Design.of(pi), Design.of(pi[matched])
        truth = float(y[matched].mean() / y.mean())
        for _ in range(draws):
            drawn = rng.random(UNITS) < pi
            shares.add(_limits(hajek(y[drawn], pi[drawn])), float(y.mean()))
            unseen = unseen_total(y[drawn], pi[drawn], design=designs[0])
            rest.add(_limits(unseen), float(y[~drawn].sum()))
            own = horvitz_thompson(y[drawn & matched], pi[drawn & matched], design=designs[1])
            every = horvitz_thompson(y[drawn], pi[drawn], design=designs[0])
            both = own is not None and every is not None
            found = ratio_of(own.per(int(matched.sum())), every.per(UNITS)) if both and own and every else None
            lift.add(_limits(found), truth)
    return [
        ("rate of all, their number unknown", "Hájek", shares),
        ("findings in what was released", "Horvitz–Thompson", rest),
        ("lift of a profile over all", "ratio from both intervals", lift),
    ]


def worlds(*, populations: int, draws: int, seed: int) -> Iterator[Row]:
    """Every world by every method."""
    for place, (name, setting) in enumerate(WORLDS.items()):
        tallies = replicate(setting, METHODS, populations=populations, draws=draws, seed=seed + place)
        yield from ((name, method, tally) for method, tally in tallies.items())


def holds(row: Row, *, chance: float = 0.0) -> bool:
    """Tell whether a row passes the gate, `chance` standard errors of the simulation allowed."""
    tally = row[2]
    low, high = COVERAGE
    noise = chance * math.sqrt(0.05 * 0.95 / len(tally.errors))
    return abs(tally.bias) < BIAS + chance * tally.bias_error and low - noise <= tally.coverage <= high + noise


def gated(row: Row) -> bool:
    """Tell whether a row has to pass the gate."""
    return not any(mark in f"{row[0]} | {row[1]}" for mark in OUTSIDE)


def told(rows: list[Row] | Iterator[Row]) -> bool:
    """Print a table, and tell whether every row that has to pass the gate does."""
    print("\n| world | method | bias | ± by chance | coverage of 95 % | below / above | median width | gate |")
    print("|---|---|---|---|---|---|---|---|")
    passed = True
    for row in rows:
        world, method, tally = row
        n = len(tally.errors)
        if n == 0:
            print(f"| {world} | {method} | | | too few in all of {tally.refused:,} draws | | | |")
            continue
        refused = f" (too few in {tally.refused:,} draws)" if tally.refused else ""
        verdict = ("holds" if holds(row) else "FAILS") if gated(row) else "outside"
        passed &= verdict != "FAILS"
        print(
            f"| {world} | {method} | {tally.bias:+.1%} | {tally.bias_error:.1%} | {tally.coverage:.1%}{refused} | "
            f"{tally.below / n:.1%} / {tally.above / n:.1%} | {np.median(tally.widths):.2f} | {verdict} |",
            flush=True,
        )
    return passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--populations", type=int, default=100)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sizes = {"populations": options.populations, "draws": options.draws, "seed": options.seed}
    print(
        f"darvoza {__version__}, Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}"
    )
    print(f"{options.populations} populations of {UNITS:,}, {options.draws} draws from each; seed {options.seed}")
    parts = worlds(**sizes), rates_and_lift(**sizes), officers_who_miss(**sizes), results_that_are_late(**sizes)
    verdicts = [told(part) for part in parts]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
