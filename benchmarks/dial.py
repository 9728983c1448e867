"""The dial: what its logarithm costs in harm, how well a day keeps its capacity, and how fast a year is spent.

    python benchmarks/dial.py [--declarations 1000000] [--streams 4]

Beside the spending stands what any loop over as many single declarations costs in the same process: a logistic each.
"""

import argparse
import math
import os
import platform
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy import optimize, special

from darvoza import __version__
from darvoza.flow.selectivity.spending import Dial, Lodged, nothing_yet, spend
from darvoza.methods.inclusion import Units, inclusion, levels_of, logs_of, solve_cuts, with_chance

Floats = NDArray[np.float64]
HOURS = np.array([1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 12, 10, 12, 13, 12, 10, 7, 5, 4, 3, 2, 2, 1], dtype=float)
WEEKDAYS = np.array([1.1, 1.15, 1.1, 1.1, 1.0, 0.6, 0.5])
MONDAY, LEARNING_DAYS = 20_517, 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--declarations", type=int, default=1_000_000)
    parser.add_argument("--streams", type=int, default=4)
    options = parser.parse_args()
    print(f"darvoza {__version__}, Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}; "
          f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    price_of_the_logarithm()
    days_within_their_capacity(options.streams)
    speed(options.declarations)


def entropy(pi: Floats) -> float:
    """Entropy of independent draws."""
    return float((special.entr(pi) + special.entr(1 - pi)).sum())


def price_of_the_logarithm() -> None:
    """Compare the optimum in ln h with the optimum in h at the same entropy."""
    rng = np.random.default_rng(0)
    n, share, floor = 20_000, 0.10, 0.01
    floors, costs = np.full(n, floor), np.ones(n)
    kinds = {
        "lognormal, σ = 1.2": rng.lognormal(0, 1.2, n),
        "lognormal, σ = 2": rng.lognormal(0, 2, n),
        "beta(0.5, 8)": rng.beta(0.5, 8, n),
    }
    print("\n| harm | T | share of harm, log | share of harm, h itself | rank and cut |\n|---|---|---|---|---|")
    for name, harm in kinds.items():
        whole, cut = harm.sum(), np.sort(harm)[::-1][: int(share * n)].sum()
        for dial in (0.05, 0.1, 0.2, 0.5, 1.0):
            levels = with_chance(levels_of(logs_of(harm[:, None]), dial=dial))
            cuts = solve_cuts(Units(levels, floors, costs), parts=[1.0], budget=share * n)
            logarithmic = inclusion(levels, cuts, floors)
            linear = _linear(harm, floor, share, entropy(logarithmic))
            print(
                f"| {name} | {dial} | {logarithmic @ harm / whole:.1%} | {linear @ harm / whole:.1%} | {cut / whole:.1%} |"
            )


def _linear(harm: Floats, floor: float, share: float, wanted: float) -> Floats:
    """The optimum in h itself, ``max(f, σ((h − λ)/T))``, with T such that its entropy is the wanted one."""

    def spread(log_t: float) -> Floats:
        scale = math.exp(log_t) * harm.mean()

        def pi(cut: float) -> Floats:
            return np.asarray(np.maximum(floor, special.expit((harm - cut) / scale)))

        reach = 60 * scale
        found = optimize.brentq(lambda cut: pi(cut).sum() - share * harm.size, harm.min() - reach, harm.max() + reach)
        return pi(float(found))

    return spread(float(optimize.brentq(lambda log_t: entropy(spread(log_t)) - wanted, math.log(1e-3), math.log(50))))


def stream(per_day: float, days: int, *, posts: int, drift: float, seed: int) -> Lodged:
    """Declarations of some posts over some days, with busy hours and quiet weekends; one in fifty has an alert."""
    rng = np.random.default_rng(seed)
    n = int(per_day * days * posts)
    weight = WEEKDAYS[np.arange(days) % 7] * rng.gamma(40, 1 / 40, days)
    day = rng.choice(days, n, p=weight / weight.sum())
    hour = rng.choice(24, n, p=HOURS / HOURS.sum()) + rng.random(n)
    order = np.lexsort((hour, day))
    return Lodged(
        logs=rng.normal(-3, 1.2, (n, 3)) + drift * day[order][:, None],
        floors=np.where(rng.random(n) < 0.02, 1.0, 0.01),
        costs=np.ones(n),
        posts=np.array([f"P{number}" for number in range(posts)])[rng.integers(posts, size=n)],
        days=(MONDAY + day[order]).astype(np.int64),
        hours=hour[order],
        amounts=np.full(n, 0.1 * per_day),
        shares=np.zeros(n, dtype=bool),
    )


def days_within_their_capacity(streams: int) -> None:
    """Count the days on which the acts drawn lie within two standard deviations of the capacity."""
    print(
        "\n| acts a day | drift a day | within | Σπ too high by | days of overload, left out |\n|---|---|---|---|---|"
    )
    for per_day in (30, 100, 300):
        for drift in (0.0, 0.025):
            seen = [_days(stream(per_day, 120, posts=1, drift=drift, seed=seed), seed) for seed in range(streams)]
            inside, over, left_out = (np.concatenate(part) for part in zip(*seen, strict=True))
            print(
                f"| {0.1 * per_day:.0f} | {drift:.1%} | {inside.mean():.1%} | {over.mean() / (0.1 * per_day):.1%} "
                f"| {left_out.mean():.1%} |"
            )


def _days(lodged: Lodged, seed: int) -> tuple[NDArray[np.bool_], Floats, NDArray[np.bool_]]:
    """Of the days after a month of learning: within or not, Σπ less the capacity, overloaded or not."""
    pi = np.maximum(lodged.floors, spend(lodged, nothing_yet(3), Dial(0.1, (0.1, 0.45, 0.45))).given)
    day = lodged.days - lodged.days.min()
    drawn = np.bincount(day, np.random.default_rng(seed).random(pi.size) < pi)
    expected, variance, floors = (np.bincount(day, weight) for weight in (pi, pi * (1 - pi), lodged.floors))
    later = np.arange(drawn.size) >= LEARNING_DAYS
    overloaded = later & (floors > lodged.amounts[0])
    kept = later & ~overloaded
    inside = np.abs(drawn - lodged.amounts[0]) <= 2 * np.sqrt(variance)
    return inside[kept], (expected - lodged.amounts[0])[later], overloaded[later]


def speed(declarations: int) -> None:
    """Spend a year of 15 posts, by three purses and by one; CPU time, as other work on the machine would disturb."""
    lodged = stream(declarations / 365 / 15, 365, posts=15, drift=0.0, seed=1)

    def loop() -> None:
        total = 0.0
        for value in lodged.hours.tolist():
            total += 1 / (1 + math.exp(-value))

    yardstick = cpu(loop)
    print(f"\n| spending {lodged.days.size:,} declarations | CPU seconds | loops of one logistic each |\n|---|---|---|")
    for purses, parts in ((3, (0.1, 0.45, 0.45)), (1, (1.0,))):
        narrow = lodged._replace(logs=lodged.logs[:, :purses])
        dial = Dial(0.1, parts)
        taken = cpu(partial(spend, narrow, nothing_yet(purses), dial))
        print(f"| {purses} {'purse' if purses == 1 else 'purses'} | {taken:.1f} | {taken / yardstick:.1f} |")


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of a piece of work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
